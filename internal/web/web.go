// Package web is the chain of middleware around every request of an HTTP server, and the server's start and end.
//
// New puts the chain together, outermost first: identity and log line of the request (request.go, log.go), recovery
// from panics (recover.go), response headers (headers.go), probes (probes.go), host and path prefix (host.go), size of
// the body (size.go), origin of writes (origin.go), compression (compress.go). NewEvents (events.go) begins a response
// of server-sent events. Serve (serve.go) listens and stops gracefully; Static (static.go) serves embedded files. The
// package knows no pages: those that refuse a request are functions that it is given.
package web

import (
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"
)

// Options describe the chain around a handler. What is not marked optional is required.
type Options struct {
	Public         *url.URL       // address that browsers use: scheme, host, path prefix without a trailing slash
	TrustedProxies []netip.Prefix // their X-Forwarded-For and X-Forwarded-Host count; optional
	FrameAncestors []string       // origins that may embed pages; optional
	// FormTargets are origins besides our own that forms may lead to, asked for with each request; optional.
	FormTargets func() []string
	// Styles are the contents that a page's <style> element may have; optional.
	Styles []string
	// BodyLimit is how many bytes the body of a request for path may have; path has no prefix.
	BodyLimit func(path string) int64
	// CrossOrigin are patterns of http.ServeMux, without the prefix, that take writes from other origins; optional.
	CrossOrigin []string
	Logger      *slog.Logger
	Now         func() time.Time
	// Observe is told of every request when it has ended, streams of events aside. method is one of a few words. status
	// is StatusClientGone where the client went away, and 500 where the response broke off; optional.
	Observe func(method string, status int, took time.Duration)
	Probes  Probes
	Refuse  Refusals
}

// Refusals write the pages of requests that end in the chain.
type Refusals struct {
	NotFound    http.HandlerFunc // outside of the path prefix: 404
	OtherHost   func(w http.ResponseWriter, r *http.Request, host string)
	CrossOrigin http.HandlerFunc            // a write from another origin: 403
	Panic       func(w http.ResponseWriter) // nothing has been written yet: 500
}

// New returns next inside the chain.
func New(o Options, next http.Handler) http.Handler {
	h := compressed(o.Styles, next)
	h = sameOrigin(o, h)
	h = sized(o.BodyLimit, h)
	h = headAsGet(h)
	h = onPublicURL(o, h)
	h = probed(o, h)
	h = withHeaders(o, h)
	h = recovered(o, h)
	return logged(o, h)
}
