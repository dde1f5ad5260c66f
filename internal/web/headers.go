package web

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
)

// withHeaders sets what a browser may do with a response. Pages hold data of people, so no cache keeps a response
// unless its handler says otherwise.
func withHeaders(o Options, next http.Handler) http.Handler {
	fixed := http.Header{}
	fixed.Set("X-Content-Type-Options", "nosniff")
	fixed.Set("Referrer-Policy", "same-origin")
	fixed.Set("Cache-Control", "no-store")
	fixed.Set("Permissions-Policy",
		"accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()")
	if len(o.FrameAncestors) == 0 {
		fixed.Set("X-Frame-Options", "DENY")
		fixed.Set("Cross-Origin-Opener-Policy", "same-origin")
		fixed.Set("Cross-Origin-Resource-Policy", "same-origin")
	}
	if o.Public.Scheme == "https" {
		fixed.Set("Strict-Transport-Security", "max-age=31536000")
	}
	styles := "'self'"
	for _, style := range o.Styles {
		sum := sha256.Sum256([]byte(style))
		styles += " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	var latest atomic.Pointer[policy] // the targets change once in years: the text is joined once
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		for name, values := range fixed {
			h[name] = values
		}
		var targets []string
		if o.FormTargets != nil {
			targets = o.FormTargets()
		}
		current := latest.Load()
		if current == nil || !slices.Equal(current.targets, targets) {
			current = newPolicy(styles, targets, o.FrameAncestors)
			latest.Store(current)
		}
		h["Content-Security-Policy"] = current.header
		next.ServeHTTP(w, r)
	})
}

// policy is the Content-Security-Policy for some targets of forms.
type policy struct{ targets, header []string }

// newPolicy allows data: images alone, because the icon is one. Browsers apply form-action to the
// redirects after a form as well, so that signing out needs the identity provider among the targets.
func newPolicy(styles string, targets, ancestors []string) *policy {
	forms := "'self'"
	for _, target := range slices.Compact(slices.Clone(targets)) {
		// A target with a blank or a semicolon would begin a directive of its own.
		if !strings.ContainsAny(target, " ;,\t\r\n") {
			forms += " " + target
		}
	}
	frames := "'none'"
	if len(ancestors) > 0 {
		frames = strings.Join(ancestors, " ")
	}
	return &policy{targets, []string{"default-src 'none'; style-src " + styles + "; script-src 'self'; img-src data:; " +
		"connect-src 'self'; base-uri 'none'; form-action " + forms + "; frame-ancestors " + frames}}
}
