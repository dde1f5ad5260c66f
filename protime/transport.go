package protime

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"time"
)

// transports returns the HTTP clients for reads and for writes. A given one is copied, so that switching redirects
// and cookies off does not reach the caller's; of its *http.Transport the dialling, proxy and TLS settings are used.
//
// Both speak HTTP/1.1 only: net/http sends a request again over HTTP/2, thousands of times if need be, when the server
// resets its stream with PROTOCOL_ERROR or says GOAWAY. A write takes a new connection each time, because on a kept
// one net/http sends a request without a body again, and because a kept connection that the server is just closing
// leaves the outcome of a write unknown. A RoundTripper of another type is used as it is; see writeBody.
func transports(given *http.Client) (reads, writes *http.Client) {
	reads, writes = new(http.Client), new(http.Client)
	if given != nil {
		*reads = *given
	}
	reads.Jar = nil
	reads.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	*writes = *reads
	settings := defaultTransport()
	switch of := reads.Transport.(type) {
	case nil:
	case *http.Transport:
		settings = of
	default:
		return reads, writes
	}
	oneConnectionEach := http1(settings)
	oneConnectionEach.DisableKeepAlives = true
	reads.Transport, writes.Transport = http1(settings), oneConnectionEach
	return reads, writes
}

// http1 copies a transport without HTTP/2. A DialTLSContext that agrees on HTTP/2 by itself ends in an error.
func http1(of *http.Transport) *http.Transport {
	t := of.Clone()
	t.Protocols = new(http.Protocols)
	t.Protocols.SetHTTP1(true)
	t.ForceAttemptHTTP2 = false
	t.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	if t.TLSClientConfig != nil {
		t.TLSClientConfig.NextProtos = []string{"http/1.1"}
	}
	if t.MaxResponseHeaderBytes == 0 {
		t.MaxResponseHeaderBytes = 1 << 20
	}
	return t
}

func defaultTransport() *http.Transport {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           dialer.DialContext,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
		IdleConnTimeout:       30 * time.Second,
		MaxIdleConns:          64,
		MaxIdleConnsPerHost:   32,
	}
}

// writeBody is the body of a write, also of one without content: it is never nil and has no GetBody, so that no
// transport of net/http, HTTP/2 included, sends the request a second time.
func writeBody(content []byte) io.ReadCloser { return io.NopCloser(bytes.NewReader(content)) }

// loopback reports whether a host is this machine.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
