package handlers

import (
	"net/http"
	"slices"

	"protime-admin/internal/listing"
	"protime-admin/internal/tell"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

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
	rows := listing.Rows(c, document)
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
	key := listing.RowKey(c, record)
	if len(c.Key) == 0 || !idPattern.MatchString(key) {
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
