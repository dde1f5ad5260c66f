package web

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
)

// recovered answers a panic with the page for it. Where a part of the response has gone out already, the connection is
// cut, so that no client takes the part for all of it.
func recovered(o Options, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				reset(w, r)
				panic(cause)
			}
			o.Logger.ErrorContext(r.Context(), "panic", "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
			if started, ok := w.(*response); ok && started.status != 0 {
				reset(w, r)
				panic(http.ErrAbortHandler)
			}
			o.Refuse.Panic(w)
		}()
		next.ServeHTTP(w, r)
	})
}

// reset ends the connection of an HTTP/1.0 request with a TCP reset: a usual end is the end of the response there.
func reset(w http.ResponseWriter, r *http.Request) {
	if r.ProtoAtLeast(1, 1) {
		return
	}
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if tcp, ok := connection.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // closed already when this fails
	}
	_ = connection.Close()
}
