package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
)

// headers says what a browser may do with our pages. Pages hold data of people: nothing is kept by a cache unless its
// handler says otherwise.
func (s *Server) headers(next http.Handler) http.Handler {
	fixed := http.Header{}
	fixed.Set("X-Content-Type-Options", "nosniff")
	fixed.Set("Referrer-Policy", "same-origin")
	fixed.Set("Cache-Control", "no-store")
	fixed.Set("Permissions-Policy",
		"accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()")
	if len(s.Config.FrameAncestors) == 0 {
		fixed.Set("X-Frame-Options", "DENY")
		fixed.Set("Cross-Origin-Opener-Policy", "same-origin")
		fixed.Set("Cross-Origin-Resource-Policy", "same-origin")
	}
	if s.Config.PublicURL.Scheme == "https" {
		fixed.Set("Strict-Transport-Security", "max-age=31536000")
	}
	before, after := s.policy()
	var last atomic.Pointer[policyOf]
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		for name, values := range fixed {
			h[name] = values
		}
		origins := s.SignIn.Provider.Origins()
		policy := last.Load()
		if policy == nil || !slices.Equal(policy.origins, origins) {
			policy = &policyOf{origins, []string{before + s.signInOrigins(origins) + after}}
			last.Store(policy)
		}
		h["Content-Security-Policy"] = policy.header
		next.ServeHTTP(w, r)
	})
}

// policyOf is the policy for some origins of the identity provider: the same for years, and put together once.
type policyOf struct {
	origins, header []string
}

// policy is the Content-Security-Policy around the origins that forms may lead to besides our own. Pictures may be
// in their own address: the script gives the page its icon so, which spares every first visit a request.
func (s *Server) policy() (before, after string) {
	ancestors := "'none'"
	if len(s.Config.FrameAncestors) > 0 {
		ancestors = strings.Join(s.Config.FrameAncestors, " ")
	}
	return "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; " +
		"form-action 'self'", "; frame-ancestors " + ancestors
}

// signInOrigins are those of the identity provider, each after a space. Signing out posts to us and is sent on to it:
// browsers hold form-action against that, too. They are asked for with each request, because the provider may be
// reached later than we start, and may move.
func (s *Server) signInOrigins(origins []string) string {
	if issuer, err := url.Parse(s.Config.OIDC.Issuer); err == nil && len(origins) == 0 {
		origins = []string{issuer.Scheme + "://" + issuer.Host}
	}
	text := ""
	for _, origin := range slices.Compact(origins) {
		// A host of the metadata with a blank or a semicolon would be a directive of its own.
		if !strings.ContainsAny(origin, " ;,\t\r\n") {
			text += " " + origin
		}
	}
	return text
}
