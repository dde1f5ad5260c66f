package handlers

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"protime-admin/views"
)

// ViewStore holds addresses of lists that people have given a name.
type ViewStore interface {
	// Save gives a path a name of a person, in place of the one that had it; false where the person has most others.
	Save(ctx context.Context, issuer, subject, name, path string, most int) (saved bool, err error)
	// List returns a person's paths by name.
	List(ctx context.Context, issuer, subject string) (map[string]string, error)
	Remove(ctx context.Context, issuer, subject, name string) error
}

// Bounds of what one person saves.
const (
	mostViews    = 50
	mostViewName = 60 // characters
)

// GET /views?path=/clockings?department=3: the views that a person has saved, and a form that saves an address.
func (s *Server) savedViews(x *exchange) error {
	return s.showViews(x, http.StatusOK, views.SaveView{Path: x.viewPath(x.request().URL.Query().Get("path"))})
}

func (s *Server) showViews(x *exchange, status int, form views.SaveView) error {
	saved, err := x.listViews()
	if err != nil {
		return err
	}
	form.Dated = strings.Contains(form.Path, periodFrom+"=") || strings.Contains(form.Path, periodUntil+"=")
	page := x.page(x.words.T("views.title"))
	page.Problem = form.Problem != ""
	return x.show(status, views.SavedViewsPage(page, &views.SavedViews{Saved: saved, New: form}))
}

// viewPath is an address of a page of ours without what was said about its last request; "" for any other.
func (x *exchange) viewPath(address string) string {
	u, err := url.Parse(x.safe(address))
	if err != nil || u.Path == "" {
		return ""
	}
	return pathWith(u.EscapedPath(), with(u.Query(), "page", ""))
}

// listViews are a person's views by name.
func (x *exchange) listViews() ([]views.Link, error) {
	paths, err := x.s.Views.List(x.request().Context(), x.actor.Issuer, x.actor.Subject)
	if err != nil {
		return nil, err
	}
	links := make([]views.Link, 0, len(paths))
	for _, name := range slices.Sorted(maps.Keys(paths)) {
		links = append(links, views.Link{Text: name, Href: paths[name]})
	}
	return links, nil
}

// viewsMenu is the menu of saved views on a page that can be saved. It is not on the page where the views cannot be read.
func (x *exchange) viewsMenu() *views.ViewsMenu {
	if x.stopped() {
		return nil
	}
	saved, err := x.listViews()
	if err != nil {
		x.s.Logger.WarnContext(x.request().Context(), "saved views cannot be read", "id", x.id, "error", err)
		return nil
	}
	return &views.ViewsMenu{Saved: saved, Save: "/views?" + url.Values{"path": {x.viewPath(x.here())}}.Encode()}
}

// POST /views saves an address under a name.
func (s *Server) saveView(x *exchange) error {
	posted, err := x.posted()
	if err != nil {
		return err
	}
	form := views.SaveView{Name: strings.TrimSpace(posted.Get("name")), Path: x.viewPath(posted.Get("path"))}
	path := form.Path
	if u, err := url.Parse(path); err == nil && posted.Get("days") == "" {
		path = pathWith(u.EscapedPath(), with(u.Query(), periodFrom, "", periodUntil, ""))
	}
	if x.given != nil {
		return s.showViews(x, http.StatusOK, form)
	}
	switch {
	case path == "":
		form.Problem = x.words.T("views.no-page")
	case form.Name == "":
		form.Problem = x.words.T("views.name-required")
	case utf8.RuneCountInString(form.Name) > mostViewName:
		form.Problem = x.words.N("views.name-long", mostViewName)
	}
	if form.Problem != "" {
		return s.showViews(x, http.StatusUnprocessableEntity, form)
	}
	saved, err := s.Views.Save(x.request().Context(), x.actor.Issuer, x.actor.Subject, form.Name, path, mostViews)
	if err != nil {
		return err
	}
	if !saved {
		form.Problem = x.words.N("views.most", mostViews)
		return s.showViews(x, http.StatusUnprocessableEntity, form)
	}
	return x.to(path)
}

// POST /views/delete removes a view.
func (s *Server) deleteView(x *exchange) error {
	posted, err := x.posted()
	if err != nil {
		return err
	}
	if err := s.Views.Remove(x.request().Context(), x.actor.Issuer, x.actor.Subject, posted.Get("name")); err != nil {
		return err
	}
	return x.to("/views")
}
