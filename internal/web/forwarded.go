package web

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// clientAddress is the last address that is no trusted proxy: of X-Forwarded-For where the connection comes from a
// proxy, else of the connection. echo.ExtractIPFromXFFHeader does the same but refuses addresses with a port, which
// Azure Application Gateway writes.
func clientAddress(r *http.Request, proxies []netip.Prefix) netip.Addr {
	address, _ := parseAddress(r.RemoteAddr)
	if !trusted(proxies, address) {
		return address
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && trusted(proxies, address); i-- {
		hop, ok := parseAddress(strings.TrimSpace(hops[i]))
		if !ok {
			break
		}
		address = hop
	}
	return address
}

// requestedHost is the name that the browser asked for. Behind proxies it is the last of X-Forwarded-Host: each proxy
// appends the name that it was asked for itself.
func requestedHost(r *http.Request, proxies []netip.Prefix) string {
	address, _ := parseAddress(r.RemoteAddr)
	forwarded := strings.Join(r.Header.Values("X-Forwarded-Host"), ",")
	if forwarded == "" || !trusted(proxies, address) {
		return r.Host
	}
	return strings.TrimSpace(forwarded[strings.LastIndex(forwarded, ",")+1:])
}

func trusted(proxies []netip.Prefix, address netip.Addr) bool {
	for _, proxy := range proxies {
		if proxy.Contains(address) {
			return true
		}
	}
	return false
}

// parseAddress reads an address with or without a port; false when there is none.
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
