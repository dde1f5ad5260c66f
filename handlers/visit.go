package handlers

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"protime-admin/internal/change"
	"protime-admin/internal/sso"
	"protime-admin/internal/tell"
	"protime-admin/internal/web"
	"protime-admin/views"
)

// visit is one request of one person: what every handler needs to answer it.
type visit struct {
	s       *Server
	c       echo.Context
	id      string // of the request
	words   *tell.Words
	session *sso.Session    // nil: nobody is signed in
	ended   error           // why there is no session, when there was one
	actor   change.Actor    // zero when nobody is
	receipt *change.Receipt // of ?done=, once it was read
	given   *givenForm      // a form that is drawn again after sign-in; nil: the request's own
}

const visitKey = "visit"

// visitOf returns the request's visit; the first call reads who it is from the session cookie.
func (s *Server) visitOf(c echo.Context) *visit {
	if v, ok := c.Get(visitKey).(*visit); ok {
		return v
	}
	v := &visit{s: s, c: c, id: requestID(c.Request().Context())}
	s.recognise(v)
	if v.session != nil {
		web.SetUser(c.Request().Context(), v.session.ID, s.userDigest(v.session.Identity))
	}
	r := c.Request()
	choice := s.SignIn.Cookies.Value(r, languageCookie)
	v.words = s.words(r, choice)
	c.Set(visitKey, v)
	return v
}

// words are those of a request, in the person's choice of language, else the browser's, else the configuration's.
func (s *Server) words(r *http.Request, choice string) *tell.Words {
	tag := s.Lang.Match(choice, "", r.Header.Get("Accept-Language"), s.Config.DefaultLanguage)
	now := s.Now().In(s.Config.TimeZone)
	return &tell.Words{
		Printer: s.Lang.Printer(tag), Teller: s.teller, Names: finder{s, r.Context(), tag},
		Today: time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC),
	}
}

// open is a route for anybody, in for whoever is signed in.
func (s *Server) open(h func(*visit) error) echo.HandlerFunc {
	return func(c echo.Context) error { return h(s.visitOf(c)) }
}

func (s *Server) in(h func(*visit) error) echo.HandlerFunc {
	return func(c echo.Context) error {
		v := s.visitOf(c)
		if v.session == nil {
			return s.askToSignIn(v)
		}
		if v.hasParked() {
			return s.giveBack(v)
		}
		return h(v)
	}
}

func (v *visit) request() *http.Request { return v.c.Request() }

// address is the page's URL without the prefix: the request's, or that of a form that is given back.
func (v *visit) address() *url.URL {
	if v.given != nil {
		return v.given.address
	}
	return v.request().URL
}

// posting reports whether a form was posted, now or before a sign-in.
func (v *visit) posting() bool { return v.given != nil || v.request().Method == http.MethodPost }

// path is the page's own path with its query, without the prefix.
func (v *visit) path() string {
	u := v.address()
	path := u.EscapedPath()
	if u.RawQuery != "" {
		path += "?" + u.RawQuery
	}
	return path
}

// page is the frame of a page for this visit.
func (v *visit) page(title string) *views.Page {
	s, texts := v.s, v.s.texts[v.words.Tag]
	p := &views.Page{
		Printer: v.words.Printer, Texts: texts, Title: title, Base: s.base, Path: v.path(), Assets: s.links,
		Languages: texts.Languages, Support: s.Config.SupportContact,
	}
	if v.session == nil {
		return p
	}
	p.Tenant, p.Environment = s.Config.Protime.Tenant, s.Environment
	p.Person = v.session.Identity.Name
	p.Role = v.roleKey()
	p.Nav = v.nav()
	if v.stopped() && change.Has(v.actor.Roles, change.Make) {
		p.Notice = v.words.T("page.changes-stopped")
	}
	p.EndsIn = int(s.SignIn.Sessions.Remaining(*v.session).Seconds())
	p.Warn = min(120, p.EndsIn/2)
	return p
}

// roleKey is the message that names what this person may do.
func (v *visit) roleKey() string {
	switch {
	case v.has(change.Editor) && v.has(change.Auditor):
		return "role.editor-auditor"
	case v.has(change.Editor):
		return "role.editor"
	case v.has(change.Auditor):
		return "role.auditor"
	}
	return "role.viewer"
}

func (v *visit) has(role change.Role) bool {
	for _, r := range v.actor.Roles {
		if r == role {
			return true
		}
	}
	return false
}

func (v *visit) nav() []views.NavLink {
	path := v.address().Path
	links := []views.NavLink{
		{Key: "nav.clockings", Href: "/clockings"}, {Key: "nav.people", Href: "/people"}, {Key: "nav.collections", Href: "/"},
	}
	if change.Has(v.actor.Roles, change.SeeLog) {
		links = append(links, views.NavLink{Key: "nav.changes", Href: "/changes"})
	} else if change.Has(v.actor.Roles, change.Make) {
		links = append(links, views.NavLink{Key: "nav.my-changes", Href: "/changes?mine=1"})
	}
	kept := links[:0]
	for _, link := range links {
		if name := strings.TrimPrefix(link.Href, "/"); name == "clockings" || name == "people" {
			if _, ok := v.s.Contract.Collection(name); !ok {
				continue
			}
		}
		place, _, _ := strings.Cut(link.Href, "?")
		link.Current = path == place || place != "/" && strings.HasPrefix(path, place+"/")
		kept = append(kept, link)
	}
	return kept
}

// show draws a page into a buffer and then writes it, so that a page that cannot be drawn is answered with a page of its
// own and never with half of one.
func (v *visit) show(status int, page templ.Component) error {
	buffer := templ.GetBuffer()
	defer templ.ReleaseBuffer(buffer)
	if err := page.Render(v.request().Context(), buffer); err != nil {
		return err
	}
	h := v.c.Response().Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(buffer.Len()))
	v.c.Response().WriteHeader(status)
	_, err := v.c.Response().Write(buffer.Bytes())
	return err
}

// to sends the browser to a path of ours, after a change or a sign-in.
func (v *visit) to(path string) error {
	return v.c.Redirect(http.StatusSeeOther, v.s.base+path)
}
