package protime

import (
	"net"
	"net/http"
	"time"
)

// transport returns the client that carries every request. A given one is copied, so that switching redirects and
// cookies off does not reach the caller's.
func transport(given *http.Client) *http.Client {
	carrier := http.Client{}
	if given != nil {
		carrier = *given
	}
	if carrier.Transport == nil {
		carrier.Transport = ownTransport()
	}
	carrier.Jar = nil
	carrier.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &carrier
}

// ownTransport keeps idle connections for less time than servers and load balancers usually do: a write that goes
// out on a connection that the server is just closing gets no answer, and its outcome is unknown.
func ownTransport() *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           dialer.DialContext,
		ForceAttemptHTTP2:     true,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
		IdleConnTimeout:       30 * time.Second,
		MaxIdleConns:          64,
		MaxIdleConnsPerHost:   32,
	}
}

// loopback reports whether a host is this machine.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
