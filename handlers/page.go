package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"protime-admin/internal/change"
	"protime-admin/views"
)

// page is what every page has around its own content.
func (x *exchange) page(title string) *views.Page {
	s, texts := x.s, x.s.texts[x.words.Tag]
	p := &views.Page{
		Printer: x.words.Printer, Texts: texts, Title: title, Base: s.base, Path: x.here(), Assets: s.links,
		Languages: texts.Languages, Support: s.Config.SupportContact,
	}
	if x.session == nil {
		return p
	}
	p.Tenant, p.Environment = s.Config.Protime.Tenant, s.Environment
	p.Person = x.session.Identity.Name
	p.Role = x.roleKey()
	p.Nav = x.nav()
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

func (x *exchange) nav() []views.NavLink {
	path := x.address().Path
	links := []views.NavLink{
		{Key: "nav.clockings", Href: "/clockings"}, {Key: "nav.people", Href: "/people"}, {Key: "nav.collections", Href: "/"},
	}
	if change.Has(x.actor.Roles, change.SeeLog) {
		links = append(links, views.NavLink{Key: "nav.changes", Href: "/changes"})
	} else if change.Has(x.actor.Roles, change.Make) {
		links = append(links, views.NavLink{Key: "nav.my-changes", Href: "/changes?mine=1"})
	}
	links = slices.DeleteFunc(links, func(link views.NavLink) bool {
		name := link.Href[1:]
		_, documented := x.s.Contract.Collection(name)
		return !documented && (name == "clockings" || name == "people")
	})
	for i := range links {
		place, _, _ := strings.Cut(links[i].Href, "?")
		links[i].Current = path == place || place != "/" && strings.HasPrefix(path, place+"/")
	}
	return links
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
