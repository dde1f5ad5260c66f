package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"protime-admin/internal/form"
	"protime-admin/internal/listing"
	"protime-admin/internal/tell"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// GET /clockings/8192: every field of one record, and what may be done with it.
func (s *Server) record(x *exchange, c *contract.Collection) error {
	params, err := x.params(c, true)
	if err != nil {
		return err
	}
	if len(c.Key) > 0 {
		return s.documentRowPage(x, c, params)
	}
	if why := x.whyNot(c, contract.Read); why != "" {
		return x.refuse(c, contract.Read, why)
	}
	record, _, err := s.API.Get(x.request().Context(), c.ItemURL(params...), x.readQuery(c))
	if err != nil {
		return err
	}
	x.loadNames(c.Fields)
	x.saw(c.ItemURL(params...), record)
	page := x.page(x.words.RecordHeading(c, record, params[len(params)-1]))
	page.Banner = x.banner()
	return x.show(http.StatusOK, views.RecordPage(page, s.recordView(x, c, params, record)))
}

func (s *Server) recordView(x *exchange, c *contract.Collection, params []string, record protime.Record) *views.Record {
	view := &views.Record{
		Heading: x.words.RecordHeading(c, record, params[len(params)-1]), Name: x.words.RecordName(c, record),
		Tags: x.words.Remarks(c, record), Raw: tell.Indented(record.Raw()),
	}
	view.List = views.Link{Text: x.words.Collection(c), Href: c.URL(params...)}
	back := x.here()
	if target := x.safe(x.address().Query().Get(form.InputReturn)); strings.HasPrefix(target, view.List.Href+"?") {
		back, view.List.Href = target, target // the list as it was filtered
	}
	known := map[string]bool{}
	for _, f := range c.Fields {
		known[f.Name] = true
		if f.Personal || !c.IsPublic(f.Path) {
			continue
		}
		raw, _ := record.Lookup(f.Name)
		view.Fields = append(view.Fields, views.Part{Name: x.words.Label(c, f), Value: x.words.Value(f, raw)})
	}
	for name, raw := range record.Members() {
		if !known[name] {
			view.Unknown = append(view.Unknown, views.Part{Name: name, Value: views.Value{Text: string(raw)}})
		}
	}
	view.Related = x.related(c, params)
	s.recordActions(x, c, params, record, view, back)
	view.History = x.historyPath(c.ItemURL(params...))
	return view
}

// recordActions says what may be done, and why not where it may not. back is where each of them returns to.
func (s *Server) recordActions(
	x *exchange, c *contract.Collection, params []string, record protime.Record, view *views.Record, back string,
) {
	path := c.ItemURL(params...)
	if tell.IsDeleted(c, record) {
		view.WhyNot = append(view.WhyNot, x.words.T("record.deleted"))
		if x.whyNot(c, contract.Create) == "" {
			view.Again = x.againLink(c, params, record, back)
		}
		return
	}
	if c.Offers(contract.Create) && x.whyNot(c, contract.Create) == "" {
		view.Like = x.againLink(c, params, record, back)
	}
	if until := x.closedUntil(record); until != "" {
		view.WhyNot = append(view.WhyNot, x.words.T("record.closed", "date", x.words.Day(until)))
		return
	}
	query := "?" + url.Values{form.InputReturn: {back}}.Encode()
	for _, verb := range []contract.Verb{contract.Replace, contract.Delete} {
		why, key := x.whyNot(c, verb), "record.no-edit"
		if verb == contract.Delete {
			key = "record.no-delete"
		}
		switch {
		case why == "" && verb == contract.Replace:
			view.Edit = path + "/edit" + query
		case why == "":
			view.Delete = path + "/delete" + query
		default:
			view.WhyNot = append(view.WhyNot, x.words.T(key, "why", why))
		}
	}
	view.WhyNot = slices.Compact(view.WhyNot)
}

// GET .../usages, .../restrictions: the list of a collection whose rows the API gives as one document of their parent.
func (s *Server) document(x *exchange, c *contract.Collection) error {
	if why := x.whyNot(c, contract.List); why != "" {
		return x.refuse(c, contract.List, why)
	}
	params, err := x.params(c, false)
	if err != nil {
		return err
	}
	path := c.URL(params...)
	document, _, err := s.API.Get(x.request().Context(), path, "")
	if err != nil {
		return err
	}
	x.loadNames(c.Fields)
	l := &views.List{Heading: x.words.Collection(c), Intro: params[len(params)-1], Up: x.up(c, params), End: &views.ListEnd{}}
	for _, f := range listing.RowFields(c) {
		l.Columns = append(l.Columns, views.Column{Name: f.Path, Label: x.words.Label(c, f)})
	}
	switch {
	case c.ReplacesRows:
		l.History = x.historyPath(path)
		if l.WhyNot = x.whyNot(c, contract.Replace); l.WhyNot == "" {
			l.Change = path + "/edit"
		}
	case c.Offers(contract.Create):
		if l.WhyNot = x.whyNot(c, contract.Create); l.WhyNot == "" {
			l.New = path + "/new"
		}
	}
	rows := form.RowsOf(c, document)
	l.Rows = func(yield func(views.Row) bool) {
		for _, row := range rows {
			if !yield(x.documentRow(c, params, row)) {
				return
			}
		}
	}
	l.End.Empty, l.End.Advice = len(rows) == 0, x.words.T("list.empty.rows")
	if len(rows) > 0 {
		l.End.Count = x.words.N("list.count", len(rows))
	}
	page := x.page(l.Heading)
	page.Banner = x.banner()
	return x.show(http.StatusOK, views.ListPage(page, l))
}

func (x *exchange) documentRow(c *contract.Collection, params []string, record protime.Record) views.Row {
	var row views.Row
	for _, f := range listing.RowFields(c) {
		raw, _ := record.Lookup(f.Name)
		row.Cells = append(row.Cells, x.words.Value(f, raw))
	}
	key := form.RowKey(c, record)
	if len(c.Key) == 0 || !isElement(key) {
		return row
	}
	path := c.ItemURL(append(slices.Clone(params), key)...)
	row.ID, row.Href, row.Name = "r-"+key, path, x.words.RecordName(c, record)
	x.rowActions(c, path, &row)
	return row
}

// documentRowPage shows one row of a document.
func (s *Server) documentRowPage(x *exchange, c *contract.Collection, params []string) error {
	record, _, err := s.fetch(x, c, params, "")
	if err != nil {
		return err
	}
	view := s.recordView(x, c, params, record)
	view.Heading = tell.UpperFirst(x.words.One(c))
	page := x.page(view.Heading)
	page.Banner = x.banner()
	return x.show(http.StatusOK, views.RecordPage(page, view))
}
