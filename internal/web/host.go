package web

import (
	"net/http"
	"strings"
)

// onPublicURL answers on the public host and below the public path alone, and strips that path. A name that an
// attacker points at this server (DNS rebinding) reaches no page.
func onPublicURL(o Options, next http.Handler) http.Handler {
	base := o.Public.EscapedPath()
	stripped := http.StripPrefix(base, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := requestedHost(r, o.TrustedProxies)
		if o.Public.Port() == "" {
			host = withoutDefaultPort(o.Public.Scheme, host)
		}
		if !strings.EqualFold(host, o.Public.Host) {
			o.Refuse.OtherHost(w, r, host)
			return
		}
		path := r.URL.EscapedPath()
		if base != "" && path == base {
			http.Redirect(w, r, base+"/", http.StatusSeeOther)
			return
		}
		if !strings.HasPrefix(path, base+"/") {
			o.Refuse.NotFound(w, r)
			return
		}
		stripped.ServeHTTP(w, r)
	})
}

// withoutDefaultPort removes the port that a browser leaves out.
func withoutDefaultPort(scheme, host string) string {
	if scheme == "https" {
		return strings.TrimSuffix(host, ":443")
	}
	return strings.TrimSuffix(host, ":80")
}
