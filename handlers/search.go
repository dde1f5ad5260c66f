package handlers

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"protime-admin/internal/catalog"
	"protime-admin/internal/form"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// mostHits is how many records a search shows.
const mostHits = 20

// GET /search?in=terminals&q=: what a picker asks for, also of collections that have no list.
func (s *Server) searchIn(x *exchange) error {
	q := x.request().URL.Query()
	c, ok := s.Contract.Collection(q.Get("in"))
	if !ok {
		return echo.ErrNotFound
	}
	return s.search(x, c, q.Get("q"))
}

// GET /people?q=: records by name, number or badge; JSON for the script of a picker, a page for a person.
func (s *Server) search(x *exchange, c *contract.Collection, text string) error {
	text = strings.TrimSpace(text)
	var hits []form.Hit
	script := strings.Contains(x.request().Header.Get("Accept"), "application/json")
	if text != "" || script { // a picker that is opened with nothing typed shows the first by name
		hits = x.finder().Find(x.request().Context(), c.Name, text, mostHits)
	}
	if script {
		type hit struct {
			ID     string `json:"id"`
			Label  string `json:"label"`
			Detail string `json:"detail,omitempty"`
		}
		found := make([]hit, 0, len(hits))
		for _, h := range hits {
			found = append(found, hit(h))
		}
		x.c.Response().Header().Set("Vary", "Accept")
		return x.c.JSON(http.StatusOK, found)
	}
	l := &views.Search{
		Heading: x.words.T("search.heading", "collection", x.words.Collection(c)), Action: x.request().URL.EscapedPath(),
		Text: text, Count: x.words.N("search.count", len(hits)),
	}
	if c.Name == "people" {
		l.Naming = x.namingOfPeople()
	}
	for _, h := range hits {
		row := views.Found{Text: h.Label, Detail: h.Detail}
		if len(c.Params) == 1 {
			row.Href = c.ItemURL(h.ID)
		}
		if clockings, ok := s.Contract.Collection("clockings"); ok && c.Name == "people" {
			row.Clockings = clockings.URL() + "?person=" + url.QueryEscape(h.ID)
		}
		l.Rows = append(l.Rows, row)
	}
	return x.show(http.StatusOK, views.SearchPage(x.page(l.Heading), l))
}

// finder answers pickers from memory: people from their directory, everything else from the catalogs.
type finder struct {
	s        *Server
	ctx      context.Context //nolint:containedctx // it lives as long as its request
	language string
}

func (x *exchange) finder() finder { return finder{x.s, x.request().Context(), x.words.Tag} }

// Offered implements form.Finder.
func (f finder) Offered(collection string) bool {
	if collection == "people" {
		return f.s.People.State().Count > 0
	}
	return f.s.Catalog.Offered(f.ctx, collection)
}

// Find implements form.Finder.
func (f finder) Find(ctx context.Context, collection, text string, limit int) []form.Hit {
	var hits []form.Hit
	if collection == "people" {
		for _, p := range f.s.People.Find(ctx, text, limit) {
			hits = append(hits, form.Hit{ID: p.ID, Label: p.Name(), Detail: p.Number})
		}
		return hits
	}
	for _, e := range f.s.Catalog.Find(ctx, collection, text, limit) {
		hits = append(hits, f.hit(e))
	}
	return hits
}

// Label implements form.Finder.
func (f finder) Label(collection, id string) (form.Hit, bool) {
	if collection == "people" {
		p, ok := f.s.People.Person(id)
		return form.Hit{ID: id, Label: p.Name(), Detail: p.Number}, ok
	}
	e, ok := f.s.Catalog.Label(collection, id)
	return f.hit(e), ok
}

func (f finder) hit(e catalog.Entry) form.Hit {
	hit := form.Hit{ID: e.ID, Label: e.Name(f.language), Detail: e.Code}
	if hit.Detail == hit.Label {
		hit.Detail = ""
	}
	return hit
}
