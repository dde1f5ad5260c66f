package handlers

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"protime-admin/internal/form"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// mostHits is how many records a search shows.
const mostHits = 20

// GET /search?in=terminals&q=: what a picker asks for, also of collections that have no list. Without a collection it is
// the search of every page.
func (s *Server) searchIn(x *exchange) error {
	q := x.request().URL.Query()
	if !q.Has("in") {
		return s.searchEverywhere(x, strings.TrimSpace(q.Get("q")))
	}
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
	l.All = l.Action
	for _, h := range hits {
		l.Rows = append(l.Rows, s.found(c, h))
	}
	return x.show(http.StatusOK, views.SearchPage(x.page(l.Heading), l))
}

// found is the row of a record of a collection.
func (s *Server) found(c *contract.Collection, h form.Hit) views.Found {
	row := views.Found{Text: h.Label, Detail: h.Detail}
	if len(c.Params) == 1 {
		row.Href = c.ItemURL(h.ID)
	}
	if clockings, ok := s.Contract.Collection("clockings"); ok && c.Name == "people" {
		row.Clockings = clockings.URL() + "?person=" + url.QueryEscape(h.ID)
	}
	return row
}
