package protime_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"protime-admin/protime"
)

// Frames of HTTP/2 (RFC 9113, 6).
const (
	frameData, frameHeaders, frameReset, frameSettings, frameGoAway = 0, 1, 3, 4, 7

	flagEnd, flagAck = 1, 1

	noError, protocolError, refusedStream = 0, 1, 7
)

// serveHTTP2 reads requests until end answers true; each is counted when it is complete, then end spoils it.
func serveHTTP2(conn net.Conn, seen *atomic.Int64, end func(conn net.Conn, stream uint32) bool) {
	defer conn.Close()
	reader := bufio.NewReader(conn)
	if _, err := io.CopyN(io.Discard, reader, int64(len("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))); err != nil {
		return
	}
	writeFrame(conn, frameSettings, 0, 0, nil)
	for {
		head := make([]byte, 9)
		if _, err := io.ReadFull(reader, head); err != nil {
			return
		}
		length := int64(binary.BigEndian.Uint32(head[:4]) >> 8)
		if _, err := io.CopyN(io.Discard, reader, length); err != nil {
			return
		}
		kind, flags, stream := head[3], head[4], binary.BigEndian.Uint32(head[5:])
		switch {
		case kind == frameSettings && flags&flagAck == 0:
			writeFrame(conn, frameSettings, flagAck, 0, nil)
		case (kind == frameHeaders || kind == frameData) && flags&flagEnd != 0:
			seen.Add(1)
			if end(conn, stream) {
				return
			}
		}
	}
}

func writeFrame(conn net.Conn, kind, flags byte, stream uint32, payload []byte) {
	frame := binary.BigEndian.AppendUint32(nil, uint32(len(payload))<<8|uint32(kind))
	frame = binary.BigEndian.AppendUint32(append(frame, flags), stream)
	_, _ = conn.Write(append(frame, payload...))
}

func reset(code uint32) func(net.Conn, uint32) bool {
	return func(conn net.Conn, stream uint32) bool {
		writeFrame(conn, frameReset, 0, stream, binary.BigEndian.AppendUint32(nil, code))
		return false
	}
}

// goAway says that nothing was processed, and closes.
func goAway(conn net.Conn, _ uint32) bool {
	writeFrame(conn, frameGoAway, 0, 0, binary.BigEndian.AppendUint32(make([]byte, 4), noError))
	return true
}

// spoiled is a server that acts on each request and then breaks off, over HTTP/2 as end says. It returns how many
// requests it has seen, and a transport that prefers HTTP/2.
func spoiled(t *testing.T, end func(net.Conn, uint32) bool) (*httptest.Server, *atomic.Int64, *http.Transport) {
	t.Helper()
	seen := new(atomic.Int64)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		seen.Add(1)
		panic(http.ErrAbortHandler)
	}))
	server.Config.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){
		"h2": func(_ *http.Server, conn *tls.Conn, _ http.Handler) { serveHTTP2(conn, seen, end) },
	}
	server.TLS = &tls.Config{NextProtos: []string{"h2", "http/1.1"}, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)
	transport := server.Client().Transport.(*http.Transport).Clone()
	transport.ForceAttemptHTTP2 = true
	t.Cleanup(transport.CloseIdleConnections)
	return server, seen, transport
}

// writes are one call of each kind.
func writes(ctx context.Context) map[string]func(*protime.Client) (protime.Answer, error) {
	return map[string]func(*protime.Client) (protime.Answer, error){
		"POST": func(c *protime.Client) (protime.Answer, error) { return c.Create(ctx, "/clockings", []byte("{}")) },
		"POST without a body": func(c *protime.Client) (protime.Answer, error) {
			return c.Create(ctx, "/clockings", nil)
		},
		"PUT": func(c *protime.Client) (protime.Answer, error) {
			return c.Replace(ctx, "/clockings/1", []byte("{}"), "")
		},
		"DELETE": func(c *protime.Client) (protime.Answer, error) { return c.Delete(ctx, "/clockings/1", nil, "") },
	}
}

func TestInvariant3_AWriteIsSentOnceOverHTTP2(t *testing.T) {
	for name, end := range map[string]func(net.Conn, uint32) bool{
		"PROTOCOL_ERROR": reset(protocolError), "REFUSED_STREAM": reset(refusedStream), "GOAWAY": goAway,
	} {
		server, seen, transport := spoiled(t, end)
		for _, carrier := range []http.RoundTripper{
			transport,
			roundTripper(transport.RoundTrip), // a wrapped transport keeps HTTP/2
		} {
			a := newAPI(t, nil)
			c := a.client(func(p *protime.Config) {
				p.BaseURL, p.HTTP = server.URL+prefix, &http.Client{Transport: carrier}
				p.Timeout = 2 * time.Second // a request that is repeated without end fails, and does not hang
			})
			for method, call := range writes(t.Context()) {
				seen.Store(0)
				answer, err := call(c)
				if failed := failure(t, err); !failed.Is(protime.Unanswered) || !failed.Left() || !answer.Sent {
					t.Errorf("%s, %s: got %q, sent %v", name, method, failed.Kinds(), answer.Sent)
				}
				if got := seen.Load(); got != 1 {
					t.Errorf("%s, %s, %T: the server got %d requests, want 1", name, method, carrier, got)
				}
			}
		}
	}
}

func TestAGetIsNotRepeatedWithoutEndOverHTTP2(t *testing.T) {
	server, seen, transport := spoiled(t, reset(protocolError))
	a := newAPI(t, nil)
	c := a.client(func(p *protime.Config) { p.BaseURL, p.HTTP = server.URL+prefix, &http.Client{Transport: transport} })
	_, answer, err := c.Get(t.Context(), "/clockings/1", "")
	if failed := failure(t, err); !failed.Is(protime.Unanswered) {
		t.Errorf("got %q", failed.Kinds())
	}
	if got := seen.Load(); got != 3 || len(answer.Earlier) != 2 {
		t.Errorf("the server got %d requests, and %d earlier attempts are known, want 3 and 2", got, len(answer.Earlier))
	}
}

func TestInvariant3_ATokenIsAskedForOnceOverHTTP2(t *testing.T) {
	server, seen, transport := spoiled(t, reset(protocolError))
	a := newAPI(t, nil)
	c := a.client(func(p *protime.Config) { p.TokenURL, p.HTTP = server.URL, &http.Client{Transport: transport} })
	if _, err := c.Granted(t.Context()); failure(t, err).Op != "token" || seen.Load() != 1 {
		t.Errorf("got %v after %d requests, want 1", err, seen.Load())
	}
}

// The server answers one request on each connection, reads the next one and hangs up: an idle connection that dies just
// as it is used again.
func TestInvariant3_AWriteDoesNotTakeAKeptConnection(t *testing.T) {
	var seen atomic.Int64
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				reader := bufio.NewReader(conn)
				for i := range 2 {
					r, err := http.ReadRequest(reader)
					if err != nil {
						return
					}
					body, _ := io.ReadAll(r.Body)
					if r.Method != http.MethodGet {
						seen.Add(1)
					}
					if r.Method == http.MethodDelete && (len(body) > 0 || len(r.TransferEncoding) > 0) {
						t.Errorf("a DELETE without a body: got %q, %v", body, r.TransferEncoding)
					}
					if i == 0 {
						_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
					}
				}
			}()
		}
	}()
	a := newAPI(t, nil)
	c := a.client(func(p *protime.Config) { p.BaseURL = "http://" + listener.Addr().String() + prefix })
	for method, call := range writes(t.Context()) {
		if _, _, err := c.Get(t.Context(), "/clockings/1", ""); err != nil {
			t.Fatal(err)
		}
		seen.Store(0)
		if answer, err := call(c); err != nil || answer.Status != 200 || seen.Load() != 1 {
			t.Errorf("%s: got %d, %v after %d requests, want 200 after 1", method, answer.Status, err, seen.Load())
		}
	}
}

func TestTheDialerAndTheTrustOfTheCallersTransportAreUsed(t *testing.T) {
	server := httptest.NewTLSServer(answering(200, "application/json", "{}"))
	t.Cleanup(server.Close)
	transport := server.Client().Transport.(*http.Transport).Clone()
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		if strings.HasPrefix(address, "api.example:") {
			address = server.Listener.Addr().String()
		}
		return (&net.Dialer{Timeout: time.Second}).DialContext(ctx, network, address)
	}
	transport.TLSClientConfig.ServerName = "example.com"
	a := newAPI(t, nil)
	c := a.client(func(p *protime.Config) {
		p.BaseURL, p.HTTP = "https://api.example"+prefix, &http.Client{Transport: transport}
	})
	if _, _, err := c.Get(t.Context(), "/clockings/1", ""); err != nil {
		t.Errorf("a GET: %v", err)
	}
	if _, err := c.Delete(t.Context(), "/clockings/1", nil, ""); err != nil {
		t.Errorf("a write: %v", err)
	}
	if transport.DisableKeepAlives || transport.Protocols != nil {
		t.Error("the caller's transport was changed")
	}
}
