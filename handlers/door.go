package handlers

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"protime-admin/internal/sso"
)

// Limits of a request, for those who start a listener.
const (
	ReadHeaderTimeout = 10 * time.Second
	ReadTimeout       = 60 * time.Second
	IdleTimeout       = 120 * time.Second
	MaxHeaderBytes    = 64 << 10
)

// Limits of a posted form, in bytes.
const (
	bodyLimit = 1 << 20
	// A form that was kept over a sign-in comes back sealed, which makes it larger.
	parkedLimit = sso.MaxParkedToken + 64<<10
)

type requestKey struct{}

// request is what the door knows of a request before anybody looks at it.
type request struct {
	id      string     // for log lines, the audit log and error pages
	address netip.Addr // of the client, as far as trusted proxies tell
}

func requestOf(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{}
}

// outside is everything between the listener and the routes, outermost first: identity of the request and its log
// line, headers, health for anybody, the host, the prefix, size, origin, compression.
func (s *Server) outside(inner http.Handler) http.Handler {
	h := inner
	h = gzhttp.GzipHandler(h)
	h = s.sameOrigin(h)
	h = s.sized(h)
	h = s.prefixed(h)
	h = s.probes(h)
	h = s.headers(h)
	h = s.recovered(h)
	return s.logged(h)
}

func (s *Server) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := s.Now()
		about := &request{id: newRequestID(), address: s.clientAddress(r)}
		counted := &answer{ResponseWriter: w}
		counted.patience()
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, about))
		next.ServeHTTP(counted, r)
		took := s.Now().Sub(start)
		if s.Observe != nil {
			s.Observe(knownMethod(r.Method), counted.code(), took)
		}
		s.line(r, about, counted, start.Add(took), took)
	})
}

// line writes what was asked and answered. The path alone: queries hold names and dates of people. The line goes to the
// handler directly, because a Logger walks the stack for the source of each line, which is this one every time.
func (s *Server) line(r *http.Request, about *request, counted *answer, at time.Time, took time.Duration) {
	h := s.Logger.Handler()
	if !h.Enabled(r.Context(), slog.LevelInfo) {
		return
	}
	line := slog.NewRecord(at, slog.LevelInfo, "request", 0)
	line.AddAttrs(slog.String("id", about.id), slog.String("method", r.Method), slog.String("path", r.URL.Path),
		slog.Int("status", counted.code()), slog.Int64("bytes", counted.bytes), slog.Duration("took", took),
		slog.String("address", about.address.String()))
	_ = h.Handle(r.Context(), line) // as a Logger does: there is nowhere to say so
}

// knownMethod keeps made-up methods from becoming as many metrics.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
		return method
	}
	return "other"
}

// answer counts what goes out.
type answer struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// patience gives a client a minute to take what is written next: one that stops reading holds nothing for long, and a
// file that streams for an hour is no trouble.
func (a *answer) patience() {
	_ = http.NewResponseController(a.ResponseWriter).SetWriteDeadline(time.Now().Add(time.Minute)) // not on every writer
}

func (a *answer) WriteHeader(status int) {
	a.patience()
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(p []byte) (int, error) {
	a.patience()
	n, err := a.ResponseWriter.Write(p)
	a.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *answer) Flush() {
	_ = http.NewResponseController(a.ResponseWriter).Flush() // a writer that cannot flush keeps what it has
}

func (a *answer) code() int {
	if a.status == 0 {
		return http.StatusOK
	}
	return a.status
}

func newRequestID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails: the standard library ends the process instead
	return hex.EncodeToString(b[:])
}

func (s *Server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			cause := recover()
			if cause == nil {
				return
			}
			if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(cause)
			}
			s.Logger.ErrorContext(r.Context(), "panic", "id", requestOf(r.Context()).id,
				"cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
			if a, ok := w.(*answer); ok && a.status != 0 {
				// Half a page must not look whole.
				panic(http.ErrAbortHandler)
			}
			s.lastResort(w)
		}()
		next.ServeHTTP(w, r)
	})
}

// prefixed answers only on PUBLIC_URL's host and below its path: a name that an attacker points at us gets nothing.
func (s *Server) prefixed(next http.Handler) http.Handler {
	stripped := http.StripPrefix(s.base, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.EqualFold(s.host(r), s.Config.PublicURL.Host) {
			s.misdirected(w, r)
			return
		}
		path := r.URL.EscapedPath()
		if s.base != "" && path == s.base {
			http.Redirect(w, r, s.base+"/", http.StatusSeeOther)
			return
		}
		if !strings.HasPrefix(path, s.base+"/") {
			s.nowhere(w, r)
			return
		}
		if r.Method == http.MethodHead {
			// The same answer as to GET; the server leaves its body out.
			asked := *r
			asked.Method = http.MethodGet
			r = &asked
		}
		stripped.ServeHTTP(w, r)
	})
}

func (s *Server) sized(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		limit := int64(bodyLimit)
		if r.URL.Path == "/login/restore" || r.URL.Path == "/login/frame" {
			limit = parkedLimit
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses writes that another site makes a browser send. The identity provider's word that a session is
// over comes from a server, which proves who it is by a signature.
func (s *Server) sameOrigin(next http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	// A proxy may rewrite Host; the public address is ours whatever it does. The URL was checked with the configuration.
	_ = guard.AddTrustedOrigin(s.Config.PublicURL.Scheme + "://" + s.Config.PublicURL.Host)
	guard.AddInsecureBypassPattern("POST /login/backchannel")
	guard.SetDenyHandler(http.HandlerFunc(s.crossOrigin))
	return guard.Handler(next)
}

// crossOrigin answers a write that another site has sent.
func (s *Server) crossOrigin(w http.ResponseWriter, r *http.Request) {
	s.turnAway(w, r, http.StatusForbidden, "cross-origin")
}

// nowhere answers what is asked outside of the prefix.
func (s *Server) nowhere(w http.ResponseWriter, r *http.Request) {
	s.turnAway(w, r, http.StatusNotFound, "no-page")
}

// misdirected answers a request for another host: somebody typed another name of this machine, or a proxy does not say
// which name was asked for. Sending the browser on would go round in circles behind such a proxy.
// On one machine there is no such proxy: localhost and 127.0.0.1 are told apart by browsers alone.
func (s *Server) misdirected(w http.ResponseWriter, r *http.Request) {
	public := s.Config.PublicURL
	asked := url.URL{Host: s.host(r)}
	if r.Method == http.MethodGet && loopback(asked.Hostname()) && loopback(public.Hostname()) && asked.Port() == public.Port() {
		http.Redirect(w, r, public.Scheme+"://"+public.Host+r.URL.RequestURI(), http.StatusSeeOther) //nolint:gosec // our own host
		return
	}
	s.turnAway(w, r, http.StatusMisdirectedRequest, "other-host", "address", s.Config.PublicURL.String()+"/")
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// turnAway draws the page of a request that gets no further than the door: nobody looks at who sent it.
func (s *Server) turnAway(w http.ResponseWriter, r *http.Request, status int, kind string, args ...string) {
	c := s.inner.NewContext(r, w)
	v := &visit{s: s, c: c, id: requestOf(r.Context()).id}
	v.words = s.words(r, "")
	c.Set(visitKey, v)
	s.fail(&pageError{status: status, failure: v.words.Failure(kind, args...)}, c)
}
