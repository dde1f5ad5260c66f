package tell

import (
	"cmp"
	"slices"
	"strings"

	"protime-admin/internal/change"
	"protime-admin/internal/field"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// Receipt is one change with all that the log knows of it. What depends on who reads it is left empty: Check, Rule,
// Undo, History and Since, and the links to the log.
func (w *Words) Receipt(r change.Receipt) *views.Receipt {
	view := &views.Receipt{
		Said: w.Said(r), Outcome: w.OutcomeTitle(r), By: w.madeBy(r), Tone: Tone(r), Icon: stateIcon(r), State: w.State(r.State),
		Notes: w.receiptNotes(r), Standing: w.Standing(r), Facts: w.receiptFacts(r), Timeline: w.Timeline(r),
		Rows: w.Changed(r), Record: w.RecordLink(r), Person: w.PersonLink(r.Person),
	}
	view.Open = UpperFirst(w.T("log.open", "record", view.Record.Text))
	if !r.Erased {
		view.Call = w.Call(r)
	}
	if r.Undoes != "" {
		view.Undoes = "/changes/" + r.Undoes
	}
	if r.UndoneBy != "" {
		view.UndoneBy = "/changes/" + r.UndoneBy
	}
	return view
}

func (w *Words) receiptNotes(r change.Receipt) []string {
	notes := w.OutcomeNotes(r)
	if r.State == change.Refused {
		notes = append(notes, refusalReasons(r)...)
	}
	if r.Erased {
		notes = append(notes, w.T("change.erased"))
	}
	return notes
}

// receiptFacts are who, when and why, and what the API answered.
func (w *Words) receiptFacts(r change.Receipt) []views.Part {
	var facts []views.Part
	add := func(label string, value views.Value) {
		if value.Text != "" {
			facts = append(facts, views.Part{Name: label, Value: value})
		}
	}
	add(w.T("change.when"), views.Value{Text: w.Moment(r.At, w.TimeZone)})
	add(w.T("change.who"), views.Value{Text: w.Actor(r.Actor), Detail: r.Actor.Email})
	add(w.T("change.reason"), views.Value{Text: cmp.Or(w.Reason(r), w.T("record.not-given"))})
	add(w.T("change.state"), views.Value{Text: w.State(r.State)})
	if r.Status != 0 {
		if !r.Ended.IsZero() {
			add(w.T("change.ended"), views.Value{Text: w.Moment(r.Ended, w.TimeZone), Detail: w.took(r)})
		}
		add(w.T("change.status"), views.Value{Text: Status(r.Status)})
	}
	add("Location", views.Value{Text: r.Location, Href: w.LocationPage(r.Location)})
	add("Operation-Location", views.Value{Text: r.OperationLocation})
	add(w.T("change.id"), views.Value{Text: r.ID})
	add(w.T("change.request"), views.Value{Text: r.RequestID})
	return facts
}

// madeBy says who made a change, when, and why.
func (w *Words) madeBy(r change.Receipt) string {
	text := w.T("log.receipt", "who", w.Actor(r.Actor), "when", w.Moment(r.At, w.TimeZone)) + "."
	if why := w.Reason(r); why != "" {
		text += " " + w.T("log.receipt.why", "reason", strings.TrimRight(why, ". "))
	}
	return text
}

// stateIcon is the drawing beside a state.
func stateIcon(r change.Receipt) string {
	switch Tone(r) {
	case "good":
		return "check"
	case "bad":
		return "close"
	}
	return "warn"
}

// ChangeRow is one change as the log's page lists it. Its Receipt, Check and Undo are left empty: they depend on who
// reads it.
func (w *Words) ChangeRow(r change.Receipt) views.ChangeRow {
	row := views.ChangeRow{
		When: w.Moment(r.At, w.TimeZone), Time: r.At.In(w.TimeZone).Format("15:04"), Said: w.Said(r), Reason: w.Reason(r),
		State: w.State(r.State), Tone: Tone(r), Icon: stateIcon(r),
	}
	row.What = views.Plain(row.Said)
	switch {
	case r.Status != 0 && r.State == change.Applied && r.How == change.ByAnswer:
		row.State = Status(r.Status)
	case r.Status != 0:
		row.Status = Status(r.Status)
	}
	if r.Undoes != "" {
		row.Tags = append(row.Tags, w.T("changes.tag.undo"))
	}
	switch r.Reversal {
	case change.TakenBack:
		row.Tags = append(row.Tags, w.T("changes.tag.undone"))
	case change.Restored:
		row.Tags = append(row.Tags, w.T("changes.tag.restored"))
	case change.ReversalDoubt:
		row.Tags = append(row.Tags, w.T("changes.tag.undo-doubt"))
	}
	switch r.How {
	case change.ByLook:
		row.Tags = append(row.Tags, w.T("changes.tag.look"))
	case change.ByRuling:
		row.Tags = append(row.Tags, w.T("changes.tag.ruling"))
	}
	if r.Erased {
		row.Tags = append(row.Tags, w.T("changes.tag.erased"))
	}
	return row
}

// Secrets are the one-time keys in the answer to a change: members that the contract marks as secret or does not know.
func (w *Words) Secrets(c *contract.Collection, r change.Receipt) []views.Part {
	if !strings.HasPrefix(strings.TrimSpace(string(r.Shown)), "{") {
		// The key alone, or something that is not JSON: shown as it came, because it does not come again.
		return []views.Part{{Name: w.T("call.answered"), Value: views.Value{Text: field.Plain(r.Shown)}}}
	}
	var secrets []views.Part
	for name, raw := range field.Record(r.Shown).Members() {
		_, documented := c.Field(name)
		if (!documented || slices.Contains(c.Secret, name)) && !field.IsNull(raw) {
			secrets = append(secrets, views.Part{Name: name, Value: views.Value{Text: field.Plain(raw)}})
		}
	}
	return secrets
}
