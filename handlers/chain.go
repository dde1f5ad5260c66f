package handlers

import (
	"net/http"
	"net/url"

	"protime-admin/internal/config"
	"protime-admin/internal/sso"
	"protime-admin/internal/web"
)

// Limits of a posted form, in bytes.
const (
	bodyLimit = 1 << 20
	// A form that was kept over a sign-in comes back sealed, which makes it larger.
	sealedLimit = sso.MaxSealedForm + 64<<10
)

// chain puts the routes inside what every request goes through first.
func (s *Server) chain(routes http.Handler) http.Handler {
	return web.New(web.Options{
		Public: s.Config.PublicURL, TrustedProxies: s.Config.TrustedProxies, FrameAncestors: s.Config.FrameAncestors,
		FormTargets: s.formTargets, Styles: []string{s.links.Style, s.links.FormStyle, s.links.WorkStyle},
		BodyLimit: func(path string) int64 {
			if path == "/login/restore" || path == "/login/frame" {
				return sealedLimit
			}
			return bodyLimit
		},
		// The identity provider says that a session is over, and proves by a signature that it does.
		CrossOrigin: []string{"POST /login/backchannel"},
		Logger:      s.Logger, Now: s.Now, Observe: s.Observe,
		Probes: web.Probes{Version: s.Version, Ready: s.Ready, Dependencies: s.Health},
		Refuse: web.Refusals{
			NotFound: func(w http.ResponseWriter, r *http.Request) { s.refuseUnread(w, r, http.StatusNotFound, "no-page") },
			CrossOrigin: func(w http.ResponseWriter, r *http.Request) {
				s.refuseUnread(w, r, http.StatusForbidden, "cross-origin")
			},
			OtherHost: s.otherHost,
			Panic:     s.lastResort,
		},
	}, routes)
}

// formTargets are the origins of the identity provider, to which signing out redirects. The provider may be reached
// later than this server starts, and may move; until then the issuer's own origin has to do.
func (s *Server) formTargets() []string {
	origins := s.SignIn.Provider.Origins()
	if issuer, err := url.Parse(s.Config.OIDC.Issuer); err == nil && len(origins) == 0 {
		return []string{issuer.Scheme + "://" + issuer.Host}
	}
	return origins
}

// otherHost answers a request for another host: somebody typed another name of this machine, or a proxy does not say
// which name was asked for. A redirect would come back the same way behind such a proxy. On one machine there is none:
// localhost and 127.0.0.1 differ for browsers alone.
func (s *Server) otherHost(w http.ResponseWriter, r *http.Request, host string) {
	public, asked := s.Config.PublicURL, url.URL{Host: host}
	if r.Method == http.MethodGet && config.Loopback(asked.Hostname()) && config.Loopback(public.Hostname()) &&
		asked.Port() == public.Port() {
		// RequestURI would also have what is no path, such as x:@evil.example/.
		target := public.Scheme + "://" + public.Host + pathWith(r.URL.EscapedPath(), r.URL.RawQuery)
		http.Redirect(w, r, target, http.StatusSeeOther) //nolint:gosec // our own host
		return
	}
	s.refuseUnread(w, r, http.StatusMisdirectedRequest, "other-host", "address", public.String()+"/")
}

// refuseUnread draws the page of a request whose session is not looked at.
func (s *Server) refuseUnread(w http.ResponseWriter, r *http.Request, status int, kind string, args ...string) {
	c := s.inner.NewContext(r, w)
	x := &exchange{s: s, c: c, id: requestID(r.Context())}
	x.words = s.words(r, "")
	c.Set(exchangeKey, x)
	s.fail(&pageError{status: status, failure: x.words.Failure(kind, args...)}, c)
}
