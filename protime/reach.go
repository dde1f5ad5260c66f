package protime

import (
	"context"
	"net/http/httptrace"
	"sync/atomic"
)

// reach watches how far a request comes, because a write without an answer is either "nothing happened" or
// "unknown", and the transport's error alone does not tell which.
type reach struct {
	asked atomic.Bool // the transport looked for a connection: it reports to us
	got   atomic.Bool // it had one, name resolved, proxy and TLS done
}

// watch returns a context that reports to r. The hooks run on the transport's own goroutines.
func (r *reach) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { r.asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { r.got.Store(true) },
	})
}

// mayHaveLeft reports whether the request may have left. Having a connection counts as leaving: the transport writes on
// another goroutine, so that "not written yet" can be untrue a moment later. A transport that never reports (a
// caller's own) is taken to have sent.
func (r *reach) mayHaveLeft() bool {
	return r.got.Load() || !r.asked.Load()
}
