package handlers

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"protime-admin/internal/config"
	"protime-admin/internal/spreadsheet"
	"protime-admin/internal/sso"
	"protime-admin/internal/web"
	"protime-admin/protime/contract"
)

// routes is the map of the product: every URL, and nothing registered anywhere else. A page's path is the API's path,
// so that a Location of the API is a page of ours.
func (s *Server) routes(e *echo.Echo) {
	e.GET("/static/*", s.static)

	e.GET("/login", s.public(s.login))
	e.GET("/login/callback", s.public(s.loginCallback))
	e.POST("/login/frame", s.public(s.loginFrame))
	e.POST("/login/restore", s.public(s.loginRestore))
	e.POST("/login/backchannel", s.public(s.backchannelLogout))
	e.GET("/signed-in", s.private(s.signedIn))
	e.POST("/logout", s.public(s.logout))
	e.POST("/session", s.private(s.extendSession))
	e.GET("/sessions", s.private(s.sessions))
	e.POST("/sessions/:session/end", s.private(s.endSession))
	e.POST("/language", s.public(s.chooseLanguage))
	s.form(e, "/views", s.savedViews, s.saveView)
	e.POST("/views/delete", s.private(s.deleteView))
	e.GET("/keys", s.private(s.keys))
	e.POST("/keys", s.private(s.chooseKeys))

	e.GET("/", s.private(s.missing))
	e.GET("/missing", s.private(s.missing))
	e.GET("/missing.csv", s.private(s.missingFile(spreadsheet.CSV)))
	e.GET("/missing.xlsx", s.private(s.missingFile(spreadsheet.XLSX)))
	s.form(e, "/batches/people", s.pickPeople, s.makeForPeople)
	s.form(e, "/batches/ticked", s.tickedNothing, s.ticked)
	s.form(e, "/missing/acknowledge", s.missing, s.acknowledge)
	e.POST("/missing/acknowledge/:acknowledgement/undo", s.private(s.unacknowledge))
	e.GET("/collections", s.private(s.collections))
	e.GET("/search", s.private(s.searchIn))
	e.GET("/activity-structure-versions", s.private(s.structure))

	e.GET("/changes", s.private(s.changes))
	e.GET("/changes.csv", s.private(s.changesFile(spreadsheet.CSV)))
	e.GET("/changes.xlsx", s.private(s.changesFile(spreadsheet.XLSX)))
	e.GET("/changes.ndjson", s.private(s.changesNDJSON))
	e.GET("/changes/:change", s.private(s.receipt))
	e.POST("/changes/:change/check", s.private(s.check))
	s.form(e, "/changes/:change/rule", s.receipt, s.rule)
	s.form(e, "/changes/:change/undo", s.undoPreview, s.undo)

	e.GET("/batches", s.private(s.batches))
	e.GET("/batches/template.csv", s.private(s.template(spreadsheet.CSV)))
	e.GET("/batches/template.xlsx", s.private(s.template(spreadsheet.XLSX)))
	s.form(e, newBatchPath, s.newBatch, s.makeBatch)
	s.form(e, "/batches/:batch", s.batchPage, s.changeDraft)
	s.form(e, "/batches/:batch/start", s.batchPage, s.startBatch)
	e.POST("/batches/:batch/discard", s.private(s.discardBatch))

	e.GET("/batches/:batch/events", s.private(s.batchEvents))
	e.POST("/batches/:batch/pause", s.private(s.pauseBatch))
	e.POST("/batches/:batch/resume", s.private(s.resumeBatch))
	e.POST("/batches/:batch/cancel", s.private(s.cancelBatch))
	e.POST("/batches/:batch/retry", s.private(s.retryBatch))
	e.POST("/batches/:batch/undo", s.private(s.undoBatch))
	e.GET("/batches/:batch/rejected.csv", s.private(s.rejectedRows(spreadsheet.CSV)))
	e.GET("/batches/:batch/rejected.xlsx", s.private(s.rejectedRows(spreadsheet.XLSX)))

	for _, c := range s.Contract.Collections {
		s.collectionRoutes(e, c)
	}
}

// collectionRoutes gives one collection its pages. What the API does not offer has its page, too: it says so.
func (s *Server) collectionRoutes(e *echo.Echo, c *contract.Collection) {
	of := func(h func(*exchange, *contract.Collection) error) func(*exchange) error {
		return func(x *exchange) error { return h(x, c) }
	}
	path := pattern(c.Path)
	if path == "" {
		path = strings.TrimSuffix(pattern(c.ItemPath), "/:"+c.Params[len(c.Params)-1].Name)
	}
	e.GET(path, s.private(of(s.list)))
	e.GET(path+".csv", s.private(of(s.listFile(spreadsheet.CSV))))
	e.GET(path+".xlsx", s.private(of(s.listFile(spreadsheet.XLSX))))
	s.form(e, path+"/new", of(s.newForm), of(s.create))
	if c.Upsert {
		e.GET(path+"/by-key", s.private(of(s.keyForm)))
	}
	if c.ReplacesRows {
		s.form(e, path+"/edit", of(s.editForm), of(s.edit))
		return
	}
	item := pattern(c.ItemPath)
	if len(c.Key) > 0 {
		item = path + "/:" + rowParam
	}
	if item == "" {
		return
	}
	if c.Name == "people" {
		e.GET(item, s.private(of(s.person)))
		e.GET(item+"/days", s.private(of(s.days)))
		e.GET(item+"/days.csv", s.private(of(s.daysFile(spreadsheet.CSV))))
		e.GET(item+"/days.xlsx", s.private(of(s.daysFile(spreadsheet.XLSX))))
	} else {
		e.GET(item, s.private(of(s.record)))
	}
	s.form(e, item+"/edit", of(s.editForm), of(s.edit))
	s.form(e, item+"/delete", of(s.deleteForm), of(s.delete))
}

// form registers a page with a form: GET shows it, POST sends it. A form that comes back after sign-in is drawn by what
// handles the POST.
func (s *Server) form(e *echo.Echo, path string, show, send func(*exchange) error) {
	e.GET(path, s.private(show))
	e.POST(path, s.private(send))
	s.forms[path] = send
}

// pattern turns a template of the contract into a route: "/clockings/{id}" into "/clockings/:id".
func pattern(template string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(template)
}

// public wraps a route that needs no session, private one that does.
func (s *Server) public(h func(*exchange) error) echo.HandlerFunc {
	return func(c echo.Context) error { return h(s.exchangeOf(c)) }
}

func (s *Server) private(h func(*exchange) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		x := s.exchangeOf(c)
		if x.session == nil {
			return s.askToSignIn(x)
		}
		if x.hasSealed() {
			return s.giveBack(x)
		}
		return h(x)
	}
}

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
		FormTargets: s.formTargets, Styles: []string{s.links.Style, s.links.FormStyle, s.links.WorkStyle, s.links.BatchStyle},
		BodyLimit: func(path string) int64 {
			if path == "/login/restore" || path == "/login/frame" {
				return sealedLimit
			}
			if path == newBatchPath {
				return uploadLimit
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
