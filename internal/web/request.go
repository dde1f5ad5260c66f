package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"sync/atomic"
)

// Request is what the chain knows of a request before any handler runs.
type Request struct {
	ID      string     // 16 hexadecimal digits, for log lines, the audit log and error pages
	Address netip.Addr // of the client, as far as trusted proxies tell
	user    atomic.Pointer[user]
}

type user struct{ session, digest string }

type requestKey struct{}

// RequestFrom returns the request of ctx, or one without values where the chain has not run.
func RequestFrom(ctx context.Context) *Request {
	if r, ok := ctx.Value(requestKey{}).(*Request); ok {
		return r
	}
	return &Request{}
}

// SetUser makes the log lines of ctx's request say who sent it. session is an id that is no credential; digest names the
// same person with each request and cannot be turned back into a name.
func SetUser(ctx context.Context, session, digest string) {
	RequestFrom(ctx).user.Store(&user{session, digest})
}

// attributes are the members of every log line of the request.
func (r *Request) attributes() []slog.Attr {
	attributes := []slog.Attr{slog.String("id", r.ID)}
	if u := r.user.Load(); u != nil {
		attributes = append(attributes, slog.String("session", u.session), slog.String("user", u.digest))
	}
	return attributes
}

func newRequestID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails: the standard library ends the process instead
	return hex.EncodeToString(b[:])
}

// StatusClientGone is what logs and metrics say of a request whose client went away before it had its answer. It is
// never sent. The number is the one that nginx uses.
const StatusClientGone = 499

// ClientGone reports whether the client has closed its connection while a handler runs: whatever fails then has most
// likely failed because of it, and nobody reads an error page. A request that the server gives up is not meant.
func ClientGone(ctx context.Context) bool {
	return errors.Is(context.Cause(ctx), context.Canceled)
}

// headAsGet routes a HEAD as the GET of the same page; net/http leaves the body out.
func headAsGet(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			get := *r
			get.Method = http.MethodGet
			r = &get
		}
		next.ServeHTTP(w, r)
	})
}
