package tell

import (
	"strings"

	"protime-admin/internal/change"
	"protime-admin/internal/field"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// Banner is a change in a line: for whom, when, what it was and is now, and what the API answered. Its Check and Undo are
// left empty: they depend on who reads it.
func (w *Words) Banner(r change.Receipt) *views.Banner {
	b := &views.Banner{
		Tone: Tone(r), Title: w.OutcomeTitle(r), Sentence: w.Summary(r), Status: w.State(r.State),
		Notes: w.OutcomeNotes(r), Standing: w.Standing(r), Receipt: "/changes/" + r.ID, Call: w.Call(r),
	}
	if r.State == change.Applied && r.How == change.ByAnswer && !r.Erased {
		b.Title, b.Sentence = w.line(r), ""
	}
	if r.Status != 0 {
		b.Status = Status(r.Status)
	}
	if r.State == change.Applied || r.State == change.Accepted {
		b.NoLocation = r.Location == ""
		b.Location = views.Link{Text: r.Location}
		if page := w.LocationPage(r.Location); page != "" {
			b.Location = views.Link{Text: page, Href: page}
		}
	}
	return b
}

// line says a change that was made: "Jan Maes, Mon 16 Nov 2026: 17:20 → 17:02".
func (w *Words) line(r change.Receipt) string {
	c, ok := w.Contract.Collection(r.Collection)
	if !ok {
		return w.Summary(r)
	}
	before, after := field.Record(r.Before), field.Record(r.After)
	record := after
	if r.Verb == contract.Delete {
		record = before
	}
	of, short := w.whose(c, r, record), w.ShortName(c, record)
	if short == "" {
		short = w.One(c)
	}
	said := ""
	switch {
	case created(r) && r.Undoes != "":
		said = w.T("change.line.again", "of", of, "what", short)
	case created(r):
		said = w.T("change.line.added", "of", of, "what", short)
	case r.Verb == contract.Delete:
		said = w.T("change.line.deleted", "of", of, "what", short)
	default:
		said = w.T("change.line", "of", of, "changes", w.changes(c, r, w.ShortName(c, before)))
	}
	if r.Undoes != "" {
		return w.T("change.line.undone", "line", said)
	}
	return said
}

// whose names a record by its person and its date, else by its kind and number.
func (w *Words) whose(c *contract.Collection, r change.Receipt, record protime.Record) string {
	var names []string
	if person := w.PersonName(r.Person); person != "" {
		names = append(names, person)
	}
	for _, f := range w.titles[c] {
		if raw, ok := record.Lookup(f.Name); ok && f.Format == "date" {
			names = append(names, w.Value(f, raw).Text)
		}
	}
	if len(names) == 0 {
		return UpperFirst(w.What(r))
	}
	return strings.Join(names, ", ")
}

// changes are the values that changed. That by which the record is known needs no label; where it stayed it is named in
// front.
func (w *Words) changes(c *contract.Collection, r change.Receipt, short string) string {
	var said []string
	named := short == ""
	for _, row := range w.Changed(r) {
		before, after := w.OrNothing(row.Now), w.OrNothing(row.After)
		if !named && len(w.titles[c]) > 0 && row.Label == w.Label(c, w.titles[c][0]) {
			named = true
			said = append([]string{w.T("change.line.value", "before", before, "after", after)}, said...)
			continue
		}
		said = append(said, w.T("change.field", "field", row.Label, "before", before, "after", after))
	}
	if !named {
		return w.T("change.line.at", "what", short, "changes", strings.Join(said, "; "))
	}
	return strings.Join(said, "; ")
}

// Stored are the values that Protime has otherwise than they were sent, in sentences.
func (w *Words) Stored(c *contract.Collection, r change.Receipt, stored protime.Record) []string {
	var differ []string
	for _, d := range w.Plan(c, r.Verb).Diff(field.Record(r.After), stored) {
		completed := field.IsNull(d.Before) && created(r) // by Protime, of what nobody sent
		if d.Input == nil || completed {
			continue
		}
		differ = append(differ, w.T("banner.differs", "field", w.First(d.Input.Labels, d.Input.Human),
			"sent", w.OrNothing(w.Value(d.Input.Field, d.Before)), "stored", w.OrNothing(w.Value(d.Input.Field, d.After))))
	}
	return differ
}

// Calculated are the values that Protime calculated of a record: "Time as calculated 17:06".
func (w *Words) Calculated(c *contract.Collection, stored protime.Record) []string {
	var all []string
	for _, f := range c.ReadOnly() {
		if raw, ok := stored.Lookup(f.Name); ok && strings.HasPrefix(f.Name, "calculated") && !field.IsNull(raw) {
			all = append(all, w.Label(c, f)+" "+w.Value(f, raw).Text)
		}
	}
	return all
}
