package handlers

import (
	"net/http"
	"slices"
	"strings"

	"protime-admin/internal/change"
	"protime-admin/internal/field"
	"protime-admin/internal/tell"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// rowsPage is the list of a collection that the API gives as one document of its parent: usages, restrictions.
func (s *Server) rowsPage(v *visit, c *contract.Collection) error {
	if why := v.whyNot(c, contract.List); why != "" {
		return v.refuse(c, contract.List, why)
	}
	params, err := v.params(c, false)
	if err != nil {
		return err
	}
	document, _, err := s.API.Get(v.request().Context(), c.URL(params...), "")
	if err != nil {
		return err
	}
	v.need(c.Fields)
	path := c.URL(params...)
	l := &views.List{Heading: v.words.Collection(c), Intro: params[len(params)-1], Up: v.up(c, params), End: &views.ListEnd{}}
	for _, f := range rowFields(c) {
		l.Columns = append(l.Columns, views.Column{Name: f.Path, Label: v.words.Label(c, f)})
	}
	switch {
	case c.Whole:
		if l.WhyNot = v.whyNot(c, contract.Replace); l.WhyNot == "" {
			l.Change = path + "/edit"
		}
	case c.Offers(contract.Create):
		if l.WhyNot = v.whyNot(c, contract.Create); l.WhyNot == "" {
			l.New = path + "/new"
		}
	}
	rows := v.documentRows(c, params, document)
	l.Rows = slices.Values(rows)
	l.End.Empty = len(rows) == 0
	l.End.Advice = v.words.T("list.empty.rows")
	if len(rows) > 0 {
		l.End.Count = v.words.N("list.count", len(rows))
	}
	if change.Has(v.actor.Roles, change.SeeHistory) && c.Whole {
		l.History = "/changes?" + with(map[string][]string{}, "record", path)
	}
	page := v.page(l.Heading)
	page.Banner = v.banner()
	return v.show(http.StatusOK, views.ListPage(page, l))
}

func (v *visit) documentRows(c *contract.Collection, params []string, document protime.Record) []views.Row {
	raw, _ := document.Lookup(c.Rows)
	var rows []views.Row
	for element := range field.Elements(raw) {
		record, err := protime.ParseRecord(element)
		if err != nil {
			continue
		}
		row := views.Row{}
		for _, f := range rowFields(c) {
			raw, _ := record.Lookup(f.Name)
			row.Cells = append(row.Cells, v.words.Value(f, raw))
		}
		if len(c.Key) > 0 {
			v.rowActions(c, params, record, &row)
		}
		rows = append(rows, row)
	}
	return rows
}

func (v *visit) rowActions(c *contract.Collection, params []string, record protime.Record, row *views.Row) {
	key := rowKey(c, record)
	if !idPattern.MatchString(key) {
		return
	}
	path := c.ItemURL(append(slices.Clone(params), key)...)
	row.ID, row.Href, row.Name = "r-"+key, path, v.words.RecordName(c, record)
	if v.whyNot(c, contract.Replace) == "" {
		row.Edit = path + "/edit"
	}
	if v.whyNot(c, contract.Delete) == "" {
		row.Delete = path + "/delete"
	}
}

// rowFields are the fields of one row; they stand at the top of a collection's fields, or inside its rows member.
func rowFields(c *contract.Collection) []contract.Field {
	if f, ok := c.Field(c.Rows); ok && len(f.Fields) > 0 {
		return f.Fields
	}
	var fields []contract.Field
	for _, f := range c.Fields {
		if f.Name != "changeVersion" && f.Name != c.Rows {
			fields = append(fields, f)
		}
	}
	return fields
}

// rowKey names a row that has no id: its key fields joined by "~". A field that is not given leaves its place empty.
func rowKey(c *contract.Collection, record protime.Record) string {
	values := make([]string, 0, len(c.Key))
	for _, path := range c.Key {
		raw := lookup(record, path)
		if field.IsNull(raw) {
			raw = nil
		}
		values = append(values, field.Plain(raw))
	}
	return strings.Join(values, "~")
}

// rowByKey finds a row in its document.
func rowByKey(c *contract.Collection, document protime.Record, key string) (protime.Record, bool) {
	raw, _ := document.Lookup(c.Rows)
	for element := range field.Elements(raw) {
		if record, err := protime.ParseRecord(element); err == nil && rowKey(c, record) == key {
			return record, true
		}
	}
	return protime.Record{}, false
}

// rowPage shows one row of a document.
func (s *Server) rowPage(v *visit, c *contract.Collection, params []string) error {
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
