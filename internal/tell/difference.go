package tell

import (
	"strings"

	"protime-admin/internal/change"
	"protime-admin/internal/field"
	"protime-admin/internal/form"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// Differences are the fields that differ between two states of a record, in words.
func (w *Words) Differences(plan *form.Plan, before, after protime.Record) []views.PreviewRow {
	var rows []views.PreviewRow
	for _, d := range plan.Diff(before, after) {
		row := views.PreviewRow{
			Label: d.Name, Now: views.Value{Text: string(d.Before)}, After: views.Value{Text: string(d.After)},
		}
		if d.Input != nil {
			row.Label = w.First(d.Input.Labels, d.Input.Human)
			row.Now, row.After = w.Value(d.Input.Field, d.Before), w.Value(d.Input.Field, d.After)
		}
		rows = append(rows, row)
	}
	return rows
}

// DifferencesOf compares two states of a record given as JSON; nil is no record.
func (w *Words) DifferencesOf(c *contract.Collection, verb contract.Verb, before, after []byte) []views.PreviewRow {
	if verb != contract.Create {
		verb = contract.Replace
	}
	return w.Differences(w.Plan(c, verb), field.Record(before), field.Record(after))
}

// Changed are the values before and after a change, field by field.
func (w *Words) Changed(r change.Receipt) []views.PreviewRow {
	c, ok := w.Contract.Collection(r.Collection)
	if !ok || r.Erased {
		return nil
	}
	return w.DifferencesOf(c, r.Verb, r.Before, r.After)
}

// LeftOut names the values that are not sent, because the record's kind does not take them.
func (w *Words) LeftOut(c *contract.Collection, paths []string) string {
	names := make([]string, 0, len(paths))
	for _, path := range paths {
		f, ok := c.Field(path)
		if !ok {
			f = contract.Field{Name: path, Path: path}
		}
		names = append(names, w.Label(c, f))
	}
	return w.T("form.left-out", "fields", strings.Join(names, ", "))
}
