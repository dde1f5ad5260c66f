package handlers

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"
)

// Limits of a request.
const (
	bodyLimit = 1 << 20 // of a posted form, in bytes
)

type requestKey struct{}

// request is what the door knows of a request before anybody looks at it.
type request struct {
	id      string // for log lines, the audit log and error pages
	address string // of the client, as far as trusted proxies tell
	status  int
}

func requestOf(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{}
}

// outside is everything between the listener and the routes, outermost first: identity of the request and its log
// line, health for anybody, headers, the host, the prefix, size, origin, compression.
func (s *Server) outside(inner http.Handler) http.Handler {
	var h = inner
	h = gzhttp.GzipHandler(h)
	h = s.sameOrigin(h)
	h = s.sized(h)
	h = s.prefixed(h)
	h = s.headers(h)
	h = s.health(h)
	h = s.recovered(h)
	return s.logged(h)
}

func (s *Server) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := s.Now()
		about := &request{id: newRequestID(), address: s.clientAddress(r)}
		counted := &answer{ResponseWriter: w}
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, about))
		next.ServeHTTP(counted, r)
		took := s.Now().Sub(start)
		if s.Observe != nil {
			s.Observe(knownMethod(r.Method), counted.code(), took)
		}
		// The path alone: queries hold names and dates of people.
		s.Logger.LogAttrs(r.Context(), slog.LevelInfo, "request", slog.String("id", about.id),
			slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Int("status", counted.code()),
			slog.Int64("bytes", counted.bytes), slog.Duration("took", took),
			slog.String("address", about.address))
	})
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

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

func (a *answer) Write(p []byte) (int, error) {
	n, err := a.ResponseWriter.Write(p)
	a.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *answer) Flush() {
	_ = http.NewResponseController(a.ResponseWriter).Flush() //nolint:errcheck // a writer that cannot flush buffers
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
			if cause == http.ErrAbortHandler {
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

// headers says what a browser may do with our pages. Pages hold data of people: nothing is kept by a cache unless its
// handler says otherwise.
func (s *Server) headers(next http.Handler) http.Handler {
	fixed := http.Header{}
	fixed.Set("X-Content-Type-Options", "nosniff")
	fixed.Set("Referrer-Policy", "same-origin")
	fixed.Set("Cache-Control", "no-store")
	fixed.Set("Permissions-Policy",
		"accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()")
	ancestors := "'none'"
	if framed := s.Config.FrameAncestors; len(framed) > 0 {
		ancestors = strings.Join(framed, " ")
	} else {
		fixed.Set("X-Frame-Options", "DENY")
		fixed.Set("Cross-Origin-Opener-Policy", "same-origin")
		fixed.Set("Cross-Origin-Resource-Policy", "same-origin")
	}
	// Signing out posts to us and is sent on to the identity provider: browsers hold form-action against that, too.
	actions := "'self'"
	if issuer, err := url.Parse(s.Config.OIDC.Issuer); err == nil && issuer.Host != "" {
		actions += " " + issuer.Scheme + "://" + issuer.Host
	}
	fixed.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "+
		"connect-src 'self'; base-uri 'none'; form-action "+actions+"; frame-ancestors "+ancestors)
	if s.Config.PublicURL.Scheme == "https" {
		fixed.Set("Strict-Transport-Security", "max-age=31536000")
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		for name, values := range fixed {
			h[name] = values
		}
		next.ServeHTTP(w, r)
	})
}

// prefixed answers only on PUBLIC_URL's host and below its path: a name that an attacker points at us gets nothing.
// A person who typed another name of this machine is sent to the right one.
func (s *Server) prefixed(next http.Handler) http.Handler {
	public := s.Config.PublicURL
	stripped := http.StripPrefix(s.base, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.EqualFold(s.host(r), public.Host) {
			if r.Method == http.MethodGet || r.Method == http.MethodHead {
				http.Redirect(w, r, public.Scheme+"://"+public.Host+s.base+"/", http.StatusSeeOther)
				return
			}
			http.Error(w, http.StatusText(http.StatusMisdirectedRequest), http.StatusMisdirectedRequest)
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
		stripped.ServeHTTP(w, r)
	})
}

// host is the name that the browser asked for; a trusted proxy may say which one that was.
func (s *Server) host(r *http.Request) string {
	host := r.Host
	if forwarded := r.Header.Get("X-Forwarded-Host"); forwarded != "" && s.trusted(peer(r)) {
		host = forwarded
	}
	for _, suffix := range [...]string{":80", ":443"} {
		if name, ok := strings.CutSuffix(host, suffix); ok && s.Config.PublicURL.Port() == "" {
			return name
		}
	}
	return host
}

func (s *Server) sized(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, bodyLimit)
		next.ServeHTTP(w, r)
	})
}

func (s *Server) sameOrigin(next http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	// A proxy may rewrite Host; the public address is ours whatever it does. The URL was checked with the configuration.
	_ = guard.AddTrustedOrigin(s.Config.PublicURL.Scheme + "://" + s.Config.PublicURL.Host) //nolint:errcheck // checked
	guard.SetDenyHandler(http.HandlerFunc(s.crossOrigin))
	return guard.Handler(next)
}

// clientAddress is the last address before our own proxies.
func (s *Server) clientAddress(r *http.Request) string {
	address := peer(r)
	if !s.trusted(address) {
		return address
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop := strings.TrimSpace(hops[i])
		if _, err := netip.ParseAddr(hop); err != nil {
			return address
		}
		address = hop
		if !s.trusted(hop) {
			return address
		}
	}
	return address
}

func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func (s *Server) trusted(address string) bool {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	for _, prefix := range s.Config.TrustedProxies {
		if prefix.Contains(ip.Unmap()) {
			return true
		}
	}
	return false
}

// Timeouts of the listener, for those who start one.
const (
	ReadHeaderTimeout = 10 * time.Second
	ReadTimeout       = 60 * time.Second
	IdleTimeout       = 120 * time.Second
	MaxHeaderBytes    = 64 << 10
)
