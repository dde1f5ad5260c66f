package handlers

import (
	"strings"

	"github.com/labstack/echo/v4"

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
	s.form(e, "/missing/acknowledge", s.missing, s.acknowledge)
	e.POST("/missing/acknowledge/:acknowledgement/undo", s.private(s.unacknowledge))
	e.GET("/collections", s.private(s.collections))
	e.GET("/search", s.private(s.searchIn))
	e.GET("/activity-structure-versions", s.private(s.structure))

	e.GET("/changes", s.private(s.changes))
	e.GET("/changes.csv", s.private(s.changesCSV))
	e.GET("/changes.ndjson", s.private(s.changesNDJSON))
	e.GET("/changes/:change", s.private(s.receipt))
	e.POST("/changes/:change/check", s.private(s.check))
	s.form(e, "/changes/:change/rule", s.receipt, s.rule)
	s.form(e, "/changes/:change/undo", s.undoPreview, s.undo)

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
	e.GET(path+".csv", s.private(of(s.listCSV)))
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
