package handlers

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"protime-admin/internal/form"
	"protime-admin/internal/parallel"
	"protime-admin/internal/tell"
	"protime-admin/protime"
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

// searchTimeout bounds the reading of records by number, which asks several collections at the same time.
const searchTimeout = 10 * time.Second

// searchReaders is how many of them are asked at the same time: the API limits the rate.
const searchReaders = 4

// GET /search?q=: people by name, number or badge, and records by number. The only hit is opened at once.
func (s *Server) searchEverywhere(x *exchange, text string) error {
	l := &views.Search{Heading: x.words.T("search.everywhere"), Action: "/search", Text: text}
	if people, ok := s.Contract.Collection("people"); ok && text != "" {
		for _, h := range exact(text, x.finder().Find(x.request().Context(), "people", text, mostHits)) {
			l.Rows = append(l.Rows, s.found(people, h))
		}
		l.Naming = x.namingOfPeople()
	}
	if _, err := strconv.ParseUint(text, 10, 63); err == nil {
		records, unread := s.numbered(x, text)
		l.Rows = append(l.Rows, records...)
		if len(unread) > 0 {
			l.Unread = x.words.T("search.unread", "collections", strings.Join(unread, ", "))
		}
	}
	if len(l.Rows) == 1 && l.Rows[0].Href != "" && l.Unread == "" {
		return x.to(l.Rows[0].Href)
	}
	if text != "" {
		l.Count = x.words.N("search.count", len(l.Rows))
	}
	return x.show(http.StatusOK, views.SearchPage(x.page(l.Heading), l))
}

// exact is the one person whose number was typed, who is the first hit, or all hits.
func exact(text string, hits []form.Hit) []form.Hit {
	if len(hits) > 0 && (hits[0].ID == text || hits[0].Detail == text) {
		return hits[:1]
	}
	return hits
}

// numbered reads the registration with a number from every collection whose records are of a person. unread are the
// collections that could not be asked.
func (s *Server) numbered(x *exchange, number string) (found []views.Found, unread []string) {
	ctx, cancel := context.WithTimeout(x.request().Context(), searchTimeout)
	defer cancel()
	var asked []*contract.Collection
	for _, c := range s.Contract.Collections {
		person, _ := c.Field("person")
		id, _ := c.Field("id")
		if person.Ref == "people" && id.Type == "integer" && len(c.Params) == 1 && x.whyNot(c, contract.Read) == "" {
			asked = append(asked, c)
		}
	}
	records, errs := make([]protime.Record, len(asked)), make([]error, len(asked))
	var reading parallel.Group
	free := make(chan struct{}, searchReaders)
	for i, c := range asked {
		reading.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			records[i], _, errs[i] = s.API.Get(ctx, c.ItemURL(number), "")
		})
	}
	reading.Wait()
	for i, c := range asked {
		switch err := errs[i]; {
		case err == nil:
			found = append(found, views.Found{
				Text: x.words.RecordName(c, records[i]), Detail: tell.UpperFirst(x.words.One(c)) + " " + number, Href: c.ItemURL(number),
			})
		case !slices.ContainsFunc([]error{protime.NotFound, protime.NotOffered, protime.Forbidden, protime.Unauthorized},
			func(kind error) bool { return errors.Is(err, kind) }):
			unread = append(unread, x.words.Collection(c))
		}
	}
	return found, unread
}
