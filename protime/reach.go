package protime

import (
	"context"
	"net/http/httptrace"
	"sync/atomic"
)

// reach records whether a request had a connection: after a write without an answer nothing has happened, or the outcome
// is unknown, and the error of the transport does not tell which.
type reach struct {
	asked atomic.Bool // the transport asked for a connection, so it calls the hooks
	got   atomic.Bool // it has one, with proxy and TLS
}

// watch returns a context whose hooks write to r. They run on goroutines of the transport.
func (r *reach) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { r.asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { r.got.Store(true) },
	})
}

// mayHaveSent reports whether the request may have been sent. A connection counts as sent, because the transport writes
// on another goroutine. So does a transport of the caller that calls no hooks.
func (r *reach) mayHaveSent() bool {
	return r.got.Load() || !r.asked.Load()
}
