package simulation

import (
	"context"
	"net"
	"net/http"
	"sync"

	"protime-admin/protime/simulator"
)

// network is a server and its listener over in-memory pipes: a synctest bubble must not block on sockets.
type network struct {
	server  *http.Server
	waiting chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

// changeKey is the context's key of the id of a change, changeHeader the header under which the journal has it. The
// product does not send it: each write has a connection of its own, which is labelled with the id.
type changeKey struct{}

const changeHeader = "X-Simulated-Change"

type connection struct {
	net.Conn
	change string
}

func serve(tenant *simulator.Tenant) *network {
	n := &network{waiting: make(chan net.Conn), closed: make(chan struct{})}
	n.server = &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if id, ok := r.Context().Value(changeKey{}).(string); ok {
				r.Header.Set(changeHeader, id)
			}
			tenant.ServeHTTP(w, r)
		}),
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, changeKey{}, c.(connection).change)
		},
	}
	go func() { _ = n.server.Serve(n) }() // ends with Close
	return n
}

func (n *network) Accept() (net.Conn, error) {
	select {
	case c := <-n.waiting:
		return c, nil
	case <-n.closed:
		return nil, net.ErrClosed
	}
}

func (n *network) Close() error {
	n.once.Do(func() { close(n.closed) })
	return nil
}

func (n *network) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

func (n *network) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	change, _ := ctx.Value(changeKey{}).(string)
	select {
	case n.waiting <- connection{there, change}:
		return here, nil
	case <-n.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// client is an HTTP client whose every connection leads to the server.
func (n *network) client() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: n.dial}}
}
