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
func (s *Server) document(v *visit, c *contract.Collection) error {
	if why := v.whyNot(c, contract.List); why != "" {
		return v.refuse(c, contract.List, why)
	}
	params, err := v.params(c, false)
	if err != nil {
		return err
	}
	path := c.URL(params...)
	document, _, err := s.API.Get(v.request().Context(), path, "")
	if err != nil {
		return err
	}
	v.loadNames(c.Fields)
	l := &views.List{Heading: v.words.Collection(c), Intro: params[len(params)-1], Up: v.up(c, params), End: &views.ListEnd{}}
	for _, f := range listing.RowFields(c) {
		l.Columns = append(l.Columns, views.Column{Name: f.Path, Label: v.words.Label(c, f)})
	}
	switch {
	case c.Whole:
		l.History = v.historyPath(path)
		if l.WhyNot = v.whyNot(c, contract.Replace); l.WhyNot == "" {
			l.Change = path + "/edit"
		}
	case c.Offers(contract.Create):
		if l.WhyNot = v.whyNot(c, contract.Create); l.WhyNot == "" {
			l.New = path + "/new"
		}
	}
	rows := listing.Rows(c, document)
	l.Rows = func(yield func(views.Row) bool) {
		for _, row := range rows {
			if !yield(v.documentRow(c, params, row)) {
				return
			}
		}
	}
	l.End.Empty, l.End.Advice = len(rows) == 0, v.words.T("list.empty.rows")
	if len(rows) > 0 {
		l.End.Count = v.words.N("list.count", len(rows))
	}
	page := v.page(l.Heading)
	page.Banner = v.banner()
	return v.show(http.StatusOK, views.ListPage(page, l))
}

func (v *visit) documentRow(c *contract.Collection, params []string, record protime.Record) views.Row {
	var row views.Row
	for _, f := range listing.RowFields(c) {
		raw, _ := record.Lookup(f.Name)
		row.Cells = append(row.Cells, v.words.Value(f, raw))
	}
	key := listing.RowKey(c, record)
	if len(c.Key) == 0 || !idPattern.MatchString(key) {
		return row
	}
	path := c.ItemURL(append(slices.Clone(params), key)...)
	row.ID, row.Href, row.Name = "r-"+key, path, v.words.RecordName(c, record)
	v.rowActions(c, path, &row)
	return row
}

// documentRowPage shows one row of a document.
func (s *Server) documentRowPage(v *visit, c *contract.Collection, params []string) error {
	record, _, err := s.fetch(v, c, params, "")
	if err != nil {
		return err
	}
	view := s.recordView(v, c, params, record)
	view.Heading = tell.UpperFirst(v.words.One(c))
	page := v.page(view.Heading)
	page.Banner = v.banner()
	return v.show(http.StatusOK, views.RecordPage(page, view))
}
