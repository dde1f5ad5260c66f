package tell

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"protime-admin/internal/change"
	"protime-admin/internal/field"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// Head names the columns of a file of records. A reference has columns for its id and, of a person, the employee number.
func (w *Words) Head(c *contract.Collection, fields []contract.Field) []string {
	var head []string
	for _, f := range fields {
		head = append(head, w.Label(c, f))
		if f.Ref == "people" {
			head = append(head, w.T("field.employeeNumber"))
		}
		if f.Ref != "" {
			head = append(head, w.Label(c, f)+" (id)")
		}
	}
	return head
}

// Cells are a record's values in the columns of Head.
func (w *Words) Cells(fields []contract.Field, record protime.Record) []string {
	var cells []string
	for _, f := range fields {
		raw, _ := record.Lookup(f.Name)
		cells = append(cells, w.cell(f, raw))
		id := record.Text(f.Name, "id")
		if f.Ref == "people" {
			person, _ := w.Names.Label("people", id)
			cells = append(cells, person.Detail) // names are not unique
		}
		if f.Ref != "" {
			cells = append(cells, id)
		}
	}
	return cells
}

// cell writes dates as yyyy-mm-dd, times as 08:05, durations as 7:36 and decimals with a comma, as package spreadsheet
// expects them: to be sorted and calculated with. Everything else is as a page says it; an object that has no words is
// JSON.
func (w *Words) cell(f contract.Field, raw json.RawMessage) string {
	switch field.For(f) {
	case field.Date, field.Duration, field.Clock:
		if typed, _ := field.Format(f, raw); typed.Day == "" || typed.Day == "0" {
			return cmp.Or(typed.Text, w.Value(f, raw).Text)
		}
	}
	value := w.Value(f, raw)
	switch {
	case field.For(f) == field.Decimal:
		return strings.Replace(value.Text, ".", ",", 1)
	case len(value.Parts) > 0:
		return joined(value, "; ")
	case value.Text != "" && value.Text == string(raw):
		return compact(raw)
	}
	return value.Text
}

// ChangeHead names the columns of a file of changes.
func (w *Words) ChangeHead() []string {
	return []string{
		w.T("change.id"), w.T("change.when"), w.T("change.who"), w.T("change.email"), w.T("changes.verb"),
		w.T("filter.collection-name"), w.T("change.record"), w.T("change.person"), w.T("change.person") + " (id)",
		w.T("change.what-changed"), w.T("change.reason"), w.T("change.state"), w.T("change.status"), "Location",
		w.T("change.before"), w.T("change.after"), w.T("change.undoes"), w.T("change.undone-by"),
	}
}

// ChangeCells are a change in the columns of ChangeHead. Its time is written so that it sorts as text.
func (w *Words) ChangeCells(r change.Receipt) []string {
	status := ""
	if r.Status != 0 {
		status = strconv.Itoa(r.Status)
	}
	return []string{
		r.ID, r.At.In(w.TimeZone).Format(time.DateTime), w.Actor(r.Actor), r.Actor.Email, w.Verb(r.Verb), r.Collection,
		cmp.Or(w.RecordPath(r), r.Path), w.PersonName(r.Person), r.Person, w.ChangedText(r), w.Reason(r), w.State(r.State),
		status, r.Location, compact(r.Before), compact(r.After), r.Undoes, r.UndoneBy,
	}
}

// compact is JSON without space; anything else is returned as it is.
func compact(raw []byte) string {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return string(raw)
	}
	return b.String()
}
