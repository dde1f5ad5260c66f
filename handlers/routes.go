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

	e.GET("/login", s.open(s.login))
	e.GET("/login/callback", s.open(s.loginCallback))
	e.POST("/login/frame", s.open(s.loginFrame))
	e.POST("/login/restore", s.open(s.loginRestore))
	e.POST("/login/backchannel", s.open(s.backchannelLogout))
	e.GET("/signed-in", s.in(s.signedIn))
	e.POST("/logout", s.open(s.logout))
	e.POST("/session", s.in(s.extendSession))
	e.GET("/sessions", s.in(s.sessions))
	e.POST("/sessions/:session/end", s.in(s.endSession))
	e.POST("/language", s.open(s.chooseLanguage))

	e.GET("/", s.in(s.home))
	e.GET("/search", s.in(s.searchIn))
	e.GET("/activity-structure-versions", s.in(s.structure))

	e.GET("/changes", s.in(s.changes))
	e.GET("/changes.csv", s.in(s.changesCSV))
	e.GET("/changes.ndjson", s.in(s.changesNDJSON))
	e.GET("/changes/:change", s.in(s.receipt))
	e.POST("/changes/:change/check", s.in(s.check))
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
	e.GET(path, s.in(of(s.list)))
	e.GET(path+".csv", s.in(of(s.listCSV)))
	s.form(e, path+"/new", of(s.newForm), of(s.create))
	if c.Upsert {
		e.GET(path+"/by-key", s.in(of(s.keyForm)))
	}
	if c.Whole {
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
	e.GET(item, s.in(of(s.record)))
	s.form(e, item+"/edit", of(s.editForm), of(s.edit))
	s.form(e, item+"/delete", of(s.deleteForm), of(s.delete))
}

// form registers a page with a form: GET shows it, POST sends it. A form that comes back after sign-in is drawn by what
// handles the POST.
func (s *Server) form(e *echo.Echo, path string, show, send func(*exchange) error) {
	e.GET(path, s.in(show))
	e.POST(path, s.in(send))
	s.forms[path] = send
}

// rowParam is the path parameter of a row that has no id of its own: its key fields joined by "~".
const rowParam = "row"

// pattern turns a template of the contract into a route: "/clockings/{id}" into "/clockings/:id".
func pattern(template string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(template)
}
