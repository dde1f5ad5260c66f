package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"protime-admin/internal/change"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// page is what every page has around its own content.
func (x *exchange) page(title string) *views.Page {
	s, texts := x.s, x.s.texts[x.words.Tag]
	p := &views.Page{
		Printer: x.words.Printer, Texts: texts, Title: title, Base: s.base, Path: x.here(), Assets: s.links,
		Languages: texts.Languages, Support: s.Config.SupportContact,
	}
	p.Styled = s.SignIn.Cookies.Value(x.request(), styleCookie) == s.files.Name(stylesheet)
	if x.session == nil {
		return p
	}
	p.Tenant, p.Environment = s.Config.Protime.Tenant, s.Environment
	p.Person = x.session.Identity.Name
	p.Role = x.roleKey()
	p.Keys = x.hasKeys()
	p.Nav, p.More = x.nav()
	if x.stopped() && change.Has(x.actor.Roles, change.Make) {
		p.Notice = x.words.T("page.changes-stopped")
	}
	p.EndsIn = int(s.SignIn.Sessions.Remaining(*x.session).Seconds())
	p.Warn = min(120, p.EndsIn/2)
	return p
}

// roleKey is the message that names what this person may do.
func (x *exchange) roleKey() string {
	edits, audits := slices.Contains(x.actor.Roles, change.Editor), slices.Contains(x.actor.Roles, change.Auditor)
	switch {
	case edits && audits:
		return "role.editor-auditor"
	case edits:
		return "role.editor"
	case audits:
		return "role.auditor"
	}
	return "role.viewer"
}

// usedCollections are those that the bar names beside people and clockings; the page of all collections has the rest.
func usedCollections() []string { return []string{"absences", "assignments", "calculated-totals"} }

// nav is what the bar leads to: what people open every day, and the rest behind "More", which is where the log is of those
// who make changes: the bar has no place for it beside many at once. A phone has no place for people, whom the search
// finds, and for many at once, so that both are behind "More" there.
func (x *exchange) nav() (bar, more []views.NavLink) {
	bar = []views.NavLink{{Text: x.words.T("nav.to-check"), Href: "/"}}
	both := func(link views.NavLink) {
		link.Class = "wide-only"
		bar = append(bar, link)
		link.Class = "phone-only"
		more = append(more, link)
	}
	if c, ok := x.s.Contract.Collection("people"); ok {
		both(views.NavLink{Text: x.words.Collection(c), Href: c.URL()})
	}
	if c, ok := x.s.Contract.Collection("clockings"); ok {
		bar = append(bar, views.NavLink{Text: x.words.Collection(c), Href: c.URL()})
	}
	makes := change.Has(x.actor.Roles, change.Make)
	if makes {
		both(views.NavLink{Text: x.words.T("nav.batches"), Href: "/batches"})
	}
	switch log := (views.NavLink{Text: x.words.T("nav.changes"), Href: "/changes"}); {
	case change.Has(x.actor.Roles, change.SeeLog) && makes:
		more = append(more, log)
	case change.Has(x.actor.Roles, change.SeeLog):
		both(log)
	case makes:
		more = append(more, views.NavLink{Text: x.words.T("nav.my-changes"), Href: "/changes?mine=1"})
	}
	for _, name := range usedCollections() {
		if c, ok := x.s.Contract.Collection(name); ok && x.whyNot(c, contract.List) == "" {
			more = append(more, views.NavLink{Text: x.words.Collection(c), Href: c.URL()})
		}
	}
	more = append(more, views.NavLink{Text: x.words.T("nav.collections"), Href: "/collections"})
	path := x.address().Path
	for _, links := range [][]views.NavLink{bar, more} {
		for i := range links {
			place, _, _ := strings.Cut(links[i].Href, "?")
			links[i].Current = path == place || place == "/" && path == "/missing" || place != "/" && strings.HasPrefix(path, place+"/")
		}
	}
	return bar, more
}

// show renders a page into a buffer and then writes it, so that a page that cannot be rendered is answered with an error
// page and never with half of one. It renders also after the request's context was canceled: at the end of the server
// that is when the page has to say that an outcome is unknown.
func (x *exchange) show(status int, page templ.Component) error {
	buffer := templ.GetBuffer()
	defer templ.ReleaseBuffer(buffer)
	if err := page.Render(context.WithoutCancel(x.request().Context()), buffer); err != nil {
		return err
	}
	h := x.c.Response().Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(buffer.Len()))
	x.c.Response().WriteHeader(status)
	_, err := x.c.Response().Write(buffer.Bytes())
	return err
}

// stylesheet is the file, and styleCookie the cookie that says that a browser has it: it holds the file's name, which
// the next version's differs from.
const (
	stylesheet  = "style.css"
	styleCookie = "protime-style"
)

// GET /static/...
func (s *Server) static(c echo.Context) error {
	if name := c.Param("*"); name == s.files.Name(stylesheet) {
		c.SetCookie(s.SignIn.Cookies.New(styleCookie, name, 365*24*60*60))
	}
	if !s.files.Serve(c.Response(), c.Request(), c.Param("*")) {
		return echo.ErrNotFound
	}
	return nil
}
