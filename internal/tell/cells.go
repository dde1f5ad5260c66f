package tell

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strings"

	"protime-admin/internal/change"
	"protime-admin/internal/day"
	"protime-admin/internal/field"
	"protime-admin/internal/spreadsheet"
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
func (w *Words) Cells(fields []contract.Field, record protime.Record) []spreadsheet.Cell {
	var cells []spreadsheet.Cell
	for _, f := range fields {
		raw, _ := record.Lookup(f.Name)
		cells = append(cells, w.cell(f, raw))
		id := record.Text(f.Name, "id")
		if f.Ref == "people" {
			person, _ := w.Names.Label("people", id)
			cells = append(cells, spreadsheet.Text(person.Detail)) // names are not unique
		}
		if f.Ref != "" {
			cells = append(cells, spreadsheet.Number(id))
		}
	}
	return cells
}

// cell keeps dates, times of their date and of the next day, durations and decimals as what they are, to be sorted and
// calculated with. Everything else is as a page says it; an object that has no words is JSON.
func (w *Words) cell(f contract.Field, raw json.RawMessage) spreadsheet.Cell {
	value := w.Value(f, raw)
	minutes, timed := field.Minutes(raw)
	switch kind := field.For(f); {
	case kind == field.Date && !field.IsNull(raw):
		return spreadsheet.Date(field.Plain(raw))
	case kind == field.Duration && timed:
		return spreadsheet.Duration(minutes)
	case kind == field.Clock && timed && 0 <= minutes && minutes < 24*60:
		return spreadsheet.Clock(minutes)
	case kind == field.Clock && timed && 24*60 <= minutes && minutes < 2*24*60:
		return spreadsheet.NextDay(minutes, value.Text)
	case kind == field.Decimal || kind == field.Integer:
		return spreadsheet.Number(value.Text)
	case len(value.Parts) > 0:
		return spreadsheet.Text(joined(value, "; "))
	case value.Text != "" && value.Text == string(raw):
		return spreadsheet.Text(compact(raw))
	}
	return spreadsheet.Text(value.Text)
}

// ChangeHead names the columns of a file of changes.
func (w *Words) ChangeHead() []string {
	return []string{
		w.T("change.id"), w.T("change.when"), w.T("change.who"), w.T("change.email"), w.T("changes.verb"),
		w.T("filter.collection-name"), w.T("change.record"), w.T("change.person"), w.T("change.person") + " (id)",
		w.T("change.what-changed"), w.T("change.reason"), w.T("change.state"), w.T("change.status"), "Location",
		w.T("change.before"), w.T("change.after"), w.T("change.undoes"), w.T("change.undone-by"),
		w.T("batch.title") + " (id)", w.T("batch.row"),
	}
}

// ChangeCells are a change in the columns of ChangeHead.
func (w *Words) ChangeCells(r change.Receipt) []spreadsheet.Cell {
	var status spreadsheet.Cell
	if r.Status != 0 {
		status = spreadsheet.Count(r.Status)
	}
	var batch string
	var row spreadsheet.Cell
	if r.Part != nil {
		batch, row = r.Part.Batch, spreadsheet.Count(r.Part.Row)
	}
	text := spreadsheet.Text
	return []spreadsheet.Cell{
		text(r.ID), spreadsheet.Moment(r.At, w.TimeZone), text(w.Actor(r.Actor)), text(r.Actor.Email), text(w.Verb(r.Verb)),
		text(r.Collection), text(cmp.Or(w.RecordPath(r), r.Path)), text(w.PersonName(r.Person)), text(r.Person),
		text(w.ChangedText(r)), text(w.Reason(r)), text(w.State(r.State)), status, text(r.Location),
		text(compact(r.Before)), text(compact(r.After)), text(r.Undoes), text(r.UndoneBy),
		text(batch), row,
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

// Times are the clockings of a day in one line, from in to out: "08:05–12:00, 12:31–?". A question mark is a clocking that
// is missing; a day that is not over ends with its last in.
func (w *Words) Times(d day.Day) string {
	t := dayTeller{Words: w, day: d}
	var all []string
	for i, s := range d.Stretches {
		in, out := "?", "?"
		if s.In != nil {
			in = t.time(*s.In)
		}
		if s.Out != nil {
			out = t.time(*s.Out)
		} else if d.Running && i == len(d.Stretches)-1 {
			out = ""
		}
		all = append(all, in+"–"+out)
	}
	for _, c := range d.Second {
		all = append(all, t.time(c)+" ("+t.T("day.second")+")")
	}
	for _, c := range d.Other {
		all = append(all, t.time(c)+" ("+t.Printer.Value("kind", c.Kind)+")")
	}
	return strings.Join(all, ", ")
}

// time is that of a clocking, with the day where it falls on another one.
func (t *dayTeller) time(c day.Clocking) string {
	text := ClockText(t.minute(c))
	if other := t.otherDay(t.minute(c)); other != "" {
		text += " (" + other + ")"
	}
	return text
}
