package handlers

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// host is the name that the browser asked for; a trusted proxy may say which one that was.
func (s *Server) host(r *http.Request) string {
	host := r.Host
	if forwarded := r.Header.Get("X-Forwarded-Host"); forwarded != "" && s.trusted(peer(r)) {
		// Each proxy on the way appends what it was asked for; ours came last.
		names := strings.Split(forwarded, ",")
		host = strings.TrimSpace(names[len(names)-1])
	}
	if s.Config.PublicURL.Port() != "" {
		return host
	}
	port := map[string]string{"http": ":80", "https": ":443"}[s.Config.PublicURL.Scheme]
	return strings.TrimSuffix(host, port)
}

// clientAddress is the last address before our own proxies, for log lines and for the limit on sign-ins.
func (s *Server) clientAddress(r *http.Request) netip.Addr {
	address := peer(r)
	if !s.trusted(address) {
		return address
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, ok := parseAddress(strings.TrimSpace(hops[i]))
		if !ok {
			return address
		}
		address = hop
		if !s.trusted(hop) {
			return address
		}
	}
	return address
}

// peer is who the connection comes from; the zero address when that is no IP address.
func peer(r *http.Request) netip.Addr {
	address, _ := parseAddress(r.RemoteAddr)
	return address
}

// parseAddress reads an address with or without a port, as proxies write both.
func parseAddress(text string) (netip.Addr, bool) {
	if host, _, err := net.SplitHostPort(text); err == nil {
		text = host
	}
	address, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		return netip.Addr{}, false
	}
	return address.Unmap().WithZone(""), true
}

func (s *Server) trusted(address netip.Addr) bool {
	for _, prefix := range s.Config.TrustedProxies {
		if prefix.Contains(address) {
			return true
		}
	}
	return false
}
