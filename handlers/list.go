package handlers

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"time"

	"protime-admin/internal/people"
	"protime-admin/internal/tell"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// listTimeout bounds the reading for one page of a list: a person waits for it. A CSV has the longer bound of the client.
const listTimeout = 45 * time.Second

// fullPage is how many rows a page has at least, unless it is the last.
const fullPage = 100

// GET /clockings: the records of one collection. Rows go out as API pages come in: the one page that is not drawn into
// a buffer first. No header goes out before the first API page, so that a refusal is still a page of its own.
func (s *Server) list(v *visit, c *contract.Collection) error {
	if q := v.request().URL.Query(); q.Has("q") {
		return s.search(v, c, q.Get("q"))
	}
	if c.Rows != "" {
		return s.rowsPage(v, c)
	}
	if why := v.whyNot(c, contract.List); why != "" {
		return v.refuse(c, contract.List, why)
	}
	v.need(columnFields(c))
	params, err := v.params(c, false)
	if err != nil {
		return err
	}
	sel := v.selection(c)
	l := s.listView(v, c, &sel)
	l.Up = v.up(c, params)
	status := http.StatusOK
	if sel.problem || sel.ask != nil {
		if sel.problem {
			status = http.StatusUnprocessableEntity
		}
		l.Rows, l.End = func(func(views.Row) bool) {}, &views.ListEnd{}
		l.Ask = sel.ask
		page := v.page(l.Heading)
		page.Problem = sel.problem
		return v.show(status, views.ListPage(page, l))
	}
	return s.stream(v, c, params, sel, l)
}

// stream sends the page while the API is still being read.
func (s *Server) stream(v *visit, c *contract.Collection, params []string, sel selection, l *views.List) error {
	q := v.request().URL.Query()
	options := protime.ListOptions{Filter: sel.filter, Token: q.Get("page"), ExternalReferences: q.Get("externalReferences")}
	limited, cancel := context.WithTimeout(v.request().Context(), listTimeout)
	defer cancel()
	next, stop := iter.Pull2(s.API.List(limited, c.URL(params...), options))
	defer stop()
	first, err, _ := next()
	if options.Token != "" && (errors.Is(err, protime.Conflict) || errors.Is(err, protime.ErrToken)) {
		// The API forgot where we were: say so, and begin again.
		return v.to(v.request().URL.Path + "?" + with(q, "page", "", "restarted", "1"))
	}
	if err != nil {
		status, failure := v.listFailure(c, err)
		return &pageError{status: status, failure: failure, cause: err}
	}
	source := &rowSource{v: v, c: c, params: params, sel: sel, page: first, next: next, done: v.doneRecord()}
	source.finish = l.End
	if order := v.sortOrder(c, q.Get("sort")); order != nil {
		l.Rows = source.sorted(order)
	} else {
		l.Rows = source.rows
	}
	page := v.page(l.Heading)
	page.Banner = v.banner()
	if q.Get("restarted") != "" {
		l.Intro = v.words.T("list.restarted")
	}
	h := v.c.Response().Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	v.c.Response().WriteHeader(http.StatusOK)
	return views.ListPage(page, l).Render(v.request().Context(), v.c.Response())
}

// listFailure is the failure of a page of a list. Where its time was over it says what to narrow.
func (v *visit) listFailure(c *contract.Collection, err error) (int, views.Failure) {
	status, failure := v.s.explain(v, err)
	if errors.Is(err, protime.Timeout) && !errors.Is(err, protime.NoToken) && len(c.Filters) > 0 {
		failure.Steps[0] = v.words.T("list.narrow")
	}
	if c.Name == "people" && v.s.People.State().Partial {
		failure.Steps = append(failure.Steps, v.words.T("list.people-partial"))
		failure.Links = append(failure.Links, views.Link{
			Text: v.words.T("search.heading", "collection", v.words.Collection(c)), Href: c.URL() + "?q=",
		})
	}
	return status, failure
}

// listView is all of the page but its rows.
func (s *Server) listView(v *visit, c *contract.Collection, sel *selection) *views.List {
	q := v.request().URL.Query()
	path := v.request().URL.EscapedPath()
	l := &views.List{Heading: v.words.Collection(c), Filters: sel.inputs, Action: path, End: &views.ListEnd{}}
	if sort := q.Get("sort"); sort != "" {
		l.Keep = append(l.Keep, views.Pair{Name: "sort", Value: sort})
	}
	if sel.deleted {
		l.Keep = append(l.Keep, views.Pair{Name: "deleted", Value: "show"})
	}
	if c.SoftDelete != "" {
		l.Deleted = &views.Toggle{Text: v.words.T("list.show-deleted"), Href: path + "?" + with(q, "page", "", "deleted", "show")}
		if sel.deleted {
			l.Deleted = &views.Toggle{Text: v.words.T("list.hide-deleted"), Href: path + "?" + with(q, "page", "", "deleted", "")}
		}
	}
	if c.Offers(contract.Create) {
		if why := v.whyNot(c, contract.Create); why != "" {
			l.WhyNot = v.words.T("list.no-new", "why", why)
		} else {
			l.New = path + "/new" + sel.asRecord(c)
		}
	}
	if c.Upsert && v.whyNot(c, contract.Replace) == "" {
		l.ByKey = path + "/by-key"
	}
	if c.Name == "people" {
		l.Search = path
	}
	l.Earlier, l.Later = v.neighbours(sel, path, q)
	l.CSV = path + ".csv?" + with(q, "page", "", "restarted", "", "done", "")
	l.Naming = v.naming(c)
	l.Columns = v.columns(c, q)
	if _, _, ok := sortColumn(c, q.Get("sort")); ok {
		l.Sorted = v.words.T("list.sorted")
	}
	return l
}

// up leads from a list below a record to that record.
func (v *visit) up(c *contract.Collection, params []string) views.Link {
	parent, ok := v.s.Contract.Collection(c.Parent)
	if !ok || !parent.Offers(contract.Read) || len(params) < len(parent.Params) {
		return views.Link{}
	}
	return views.Link{Text: tell.UpperFirst(v.words.One(parent)), Href: parent.ItemURL(params...)}
}

// naming says why ids stand where names are due.
func (v *visit) naming(c *contract.Collection) string {
	for _, f := range columnFields(c) {
		if f.Ref == "people" {
			return v.namingOfPeople()
		}
	}
	return ""
}

// need has the names loaded that some fields refer to; it waits a moment for those that were never read.
func (v *visit) need(fields []contract.Field) {
	if names := referred(fields); len(names) > 0 {
		v.s.Catalog.Need(v.request().Context(), names...)
	}
}

// referred are the collections, people aside, that fields refer to, in their members and rows too.
func referred(fields []contract.Field) []string {
	var names []string
	for _, f := range fields {
		names = append(names, referred(f.Fields)...)
		if f.Item != nil {
			names = append(names, referred([]contract.Field{*f.Item})...)
		}
		if f.Ref != "" && f.Ref != "people" && !slices.Contains(names, f.Ref) {
			names = append(names, f.Ref)
		}
	}
	return names
}

// namingOfPeople says why names of people are missing, "" when all are known.
func (v *visit) namingOfPeople() string {
	state := v.s.People.State()
	switch {
	case state.Phase == people.Ready && state.Partial:
		return v.words.T("list.people-partial")
	case state.Phase == people.Ready:
		return ""
	case state.Reason == people.NotGranted:
		return v.words.T("list.names-scope")
	case state.Phase == people.Failed:
		return v.words.T("list.names-failed")
	}
	return v.words.N("list.names-filling", state.Count)
}

func (v *visit) columns(c *contract.Collection, q url.Values) []views.Column {
	var columns []views.Column
	path := v.request().URL.EscapedPath()
	for _, f := range columnFields(c) {
		column := views.Column{Name: f.Path, Label: v.words.Label(c, f), Number: f.Type == "number"}
		sort := f.Path
		switch q.Get("sort") {
		case f.Path:
			column.Direction, sort = "ascending", "-"+f.Path
		case "-" + f.Path:
			column.Direction = "descending"
		}
		column.Sort = path + "?" + with(q, "sort", sort, "done", "", "restarted", "")
		columns = append(columns, column)
	}
	return columns
}

// widest is how many columns a list has at most.
const widest = 7

// columnFields are the fields that a row shows: what names a record first, then what fits beside it.
func columnFields(c *contract.Collection) []contract.Field {
	var fields []contract.Field
	taken := map[string]bool{"id": true, "changeVersion": true, "status": c.SoftDelete != ""}
	add := func(f contract.Field) {
		if taken[f.Name] || f.Personal || len(fields) >= widest || !c.IsPublic(f.Path) {
			return
		}
		taken[f.Name] = true
		fields = append(fields, f)
	}
	for _, f := range tell.TitleFields(c) {
		add(f)
	}
	for _, f := range c.Fields {
		if f.Type == "array" || f.Type == "object" && f.Ref == "" && !translated(f) || tell.IsRemark(f) {
			continue
		}
		add(f)
	}
	return fields
}

func translated(f contract.Field) bool {
	for _, member := range f.Fields {
		if member.Name == "translations" {
			return true
		}
	}
	return false
}

// with is a query with some parameters changed: name and value by turns, "" takes one away.
func with(q url.Values, changes ...string) string {
	changed := url.Values{}
	for name, values := range q {
		changed[name] = values
	}
	for i := 0; i+1 < len(changes); i += 2 {
		if changes[i+1] == "" {
			changed.Del(changes[i])
		} else {
			changed.Set(changes[i], changes[i+1])
		}
	}
	return changed.Encode()
}
