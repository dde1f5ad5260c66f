package handlers

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"time"

	"protime-admin/internal/listing"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// listTimeout bounds the reading for one page of a list: a person waits for it. A CSV file has the longer bound of the client.
const listTimeout = 45 * time.Second

// GET /clockings: the records of one collection. Rows are sent while pages of the API are read: it is the one page that
// is not drawn into a buffer first. Nothing is sent before the API's first page, so that a refusal has a page of its own.
func (s *Server) list(x *exchange, c *contract.Collection) error {
	if q := x.request().URL.Query(); q.Has("q") {
		return s.search(x, c, q.Get("q"))
	}
	if c.Rows != "" {
		return s.document(x, c)
	}
	if why := x.whyNot(c, contract.List); why != "" {
		return x.refuse(c, contract.List, why)
	}
	if week := x.weekHref(); week != "" {
		return x.to(week)
	}
	x.loadNames(s.columns[c.Name])
	params, err := x.params(c, false)
	if err != nil {
		return err
	}
	selected := x.recordFilters().Read(x.request().Context(), c)
	selected.Problem = selected.Problem || selected.Period == "date" && x.weekProblem() != ""
	l := s.listView(x, c, &selected)
	l.Up, l.Sheet = x.up(c, params), x.sheetPath(c, c.URL(params...))
	if selected.Problem || selected.Ask != nil || selected.Nobody {
		status := http.StatusOK
		if selected.Problem {
			status = http.StatusUnprocessableEntity
		}
		l.Rows, l.Ask = func(func(views.Row) bool) {}, selected.Ask
		if selected.Nobody {
			l.End.Empty, l.End.Advice = true, x.words.T("list.empty.advice")
		}
		page := x.page(l.Heading)
		page.Problem = selected.Problem
		return x.show(status, views.ListPage(page, l))
	}
	if len(l.Tabs) > 0 && l.Tabs[0].Current {
		return s.bands(x, c, &selected, l)
	}
	return s.stream(x, c, params, selected, l)
}

// stream sends the page while the API is being read.
func (s *Server) stream(x *exchange, c *contract.Collection, params []string, selected listing.Selection, l *views.List) error {
	q := x.request().URL.Query()
	options := protime.ListOptions{Filter: selected.Filter, Token: q.Get("page"), ExternalReferences: q.Get("externalReferences")}
	limited, cancel := context.WithTimeout(x.request().Context(), listTimeout)
	defer cancel()
	next, stop := iter.Pull2(s.API.List(limited, c.URL(params...), options))
	defer stop()
	first, err, _ := next()
	if options.Token != "" && (errors.Is(err, protime.Conflict) || errors.Is(err, protime.ErrToken)) {
		return x.to(x.request().URL.Path + "?" + with(q, "page", "", "restarted", "1")) // the API has forgotten the place
	}
	if err != nil {
		status, failure := x.listFailure(c, err)
		return &pageError{status: status, failure: failure, cause: err}
	}
	source := &rowSource{
		x: x, c: c, params: params, selected: &selected, page: first, next: next, changed: x.doneRecord(), end: l.End,
		back: x.backQuery(),
	}
	source.fields = source.filled(first.Records, q.Get("sort"))
	l.Rows = source.rows
	l.Columns = x.columns(c, source.fields, q)
	if order := listing.Order(x.words, c, q.Get("sort")); order != nil {
		l.Rows, l.Sorted = source.sorted(order), x.words.T("list.sorted")
	}
	l.Ticks = x.ticks(c, false)
	source.every = l.Ticks != nil && x.safe(x.path()) != ""
	x.sawDone(c, params, first.Records)
	page := x.page(l.Heading)
	page.Banner = x.banner()
	if q.Get("restarted") != "" {
		l.Intro = x.words.T("list.restarted")
	}
	x.c.Response().Header().Set("Content-Type", "text/html; charset=utf-8")
	x.c.Response().WriteHeader(http.StatusOK)
	return views.ListPage(page, l).Render(x.request().Context(), x.c.Response())
}

// listView is all of the page but its rows.
func (s *Server) listView(x *exchange, c *contract.Collection, selected *listing.Selection) *views.List {
	q := x.request().URL.Query()
	path := x.request().URL.EscapedPath()
	l := &views.List{
		Heading: x.words.Collection(c), Filters: selected.Inputs, Action: path, Files: x.files(path, with(q, "page", "")),
		Naming: x.naming(c), Columns: x.columns(c, x.s.columns[c.Name], q), End: &views.ListEnd{},
	}
	if sort := q.Get("sort"); sort != "" {
		l.Hidden = append(l.Hidden, views.Pair{Name: "sort", Value: sort})
	}
	if selected.Deleted {
		l.Hidden = append(l.Hidden, views.Pair{Name: "deleted", Value: "show"})
	}
	if q.Get("view") == "flat" {
		l.Hidden = append(l.Hidden, views.Pair{Name: "view", Value: "flat"})
	}
	if c.SoftDelete != "" {
		l.Deleted = &views.Toggle{Text: x.words.T("list.show-deleted"), Href: path + "?" + with(q, "page", "", "deleted", "show")}
		if selected.Deleted {
			l.Deleted = &views.Toggle{Text: x.words.T("list.hide-deleted"), Href: path + "?" + with(q, "page", "", "deleted", "")}
		}
	}
	if c.Offers(contract.Create) {
		if why := x.whyNot(c, contract.Create); why != "" {
			l.WhyNot = x.words.T("list.no-new", "why", why)
		} else {
			l.New = path + "/new"
			if q := selected.NewRecord(c).Encode(); q != "" {
				l.New += "?" + q
			}
		}
	}
	if c.Upsert && x.whyNot(c, contract.Replace) == "" {
		l.ByKey = path + "/by-key"
	}
	if c.Name == "people" {
		l.Search = path
	}
	if selected.Period == "date" {
		l.Period = x.listPeriod(selected)
	}
	l.Views = x.viewsMenu()
	l.People = x.peoplePath(c, q, selected.From, selected.To)
	if isByDay(c) {
		l.Tabs = x.tabs(path, q)
	}
	return l
}

// listPeriod is the choice of days of a list, which may have no end.
func (x *exchange) listPeriod(selected *listing.Selection) *views.Period {
	view := x.choiceOfDays(periodOf(selected), "", 0)
	if selected.From != "" && selected.To == "" {
		view.Text, view.Days = x.words.T("filter.from"), x.words.Date(selected.From)
	}
	return view
}

// tabs are the ways to look at clockings: by day, and one by one with every column. What asks for an order or for some
// kinds, without which in and out cannot be told, is looked at one by one.
func (x *exchange) tabs(path string, q url.Values) []views.Tab {
	flat := q.Get("view") == "flat" || q.Get("sort") != "" || q.Get("kind") != "" || q.Get("externalReferences") != ""
	byDay := with(q, "view", "", "sort", "", "kind", "", "externalReferences", "", "page", "")
	return []views.Tab{
		{Text: x.words.T("list.by-day"), Href: pathWith(path, byDay), Current: !flat},
		{Text: x.words.T("list.one-by-one"), Href: path + "?" + with(q, "view", "flat", "page", ""), Current: flat},
	}
}

// columns are those of fields, each with the link that sorts by it.
func (x *exchange) columns(c *contract.Collection, fields []contract.Field, q url.Values) []views.Column {
	var columns []views.Column
	for _, f := range fields {
		column := views.Column{Name: f.Path, Label: x.words.Label(c, f)}
		switch {
		case f.Type == "number":
			column.Class = "num"
		case f.Format == "date":
			column.Class = "day"
		}
		sort := f.Path
		switch q.Get("sort") {
		case f.Path:
			column.Direction, sort = "ascending", "-"+f.Path
		case "-" + f.Path:
			column.Direction = "descending"
		}
		column.Sort = x.request().URL.EscapedPath() + "?" + with(q, "sort", sort)
		columns = append(columns, column)
	}
	return columns
}
