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
	e.GET("/changes/:change/rule", s.in(s.ruleForm))
	e.POST("/changes/:change/rule", s.in(s.rule))
	e.GET("/changes/:change/undo", s.in(s.undoPreview))
	e.POST("/changes/:change/undo", s.in(s.undo))

	for _, c := range s.Contract.Collections {
		s.collectionRoutes(e, c)
	}
}

// collectionRoutes gives one collection its pages. What the API does not offer has its page, too: it says so.
func (s *Server) collectionRoutes(e *echo.Echo, c *contract.Collection) {
	on := func(h func(*visit, *contract.Collection) error) echo.HandlerFunc {
		return s.in(func(v *visit) error { return h(v, c) })
	}
	path := pattern(c.Path)
	if path == "" {
		path = strings.TrimSuffix(pattern(c.ItemPath), "/:"+c.Params[len(c.Params)-1].Name)
	}
	e.GET(path, on(s.list))
	e.GET(path+".csv", on(s.listCSV))
	e.GET(path+"/new", on(s.newForm))
	e.POST(path+"/new", on(s.create))
	if c.Upsert {
		e.GET(path+"/by-key", on(s.keyForm))
	}
	if c.Whole {
		e.GET(path+"/edit", on(s.editForm))
		e.POST(path+"/edit", on(s.edit))
		return
	}
	item := pattern(c.ItemPath)
	if len(c.Key) > 0 {
		item = path + "/:" + rowParam
	}
	if item == "" {
		return
	}
	e.GET(item, on(s.record))
	e.GET(item+"/edit", on(s.editForm))
	e.POST(item+"/edit", on(s.edit))
	e.GET(item+"/delete", on(s.deleteForm))
	e.POST(item+"/delete", on(s.delete))
}

// rowParam is the path parameter of a row that has no id of its own: its key fields joined by "~".
const rowParam = "row"

// pattern turns a template of the contract into a route: "/clockings/{id}" into "/clockings/:id".
func pattern(template string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(template)
}
