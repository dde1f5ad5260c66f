package handlers

import (
	"net/http"

	"protime-admin/internal/form"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// show is the page that asks, with the rows that are left ticked.
func (t *tickedForm) show(status int, note string, problem string) error {
	x := t.x
	view := &views.Ticked{
		Note: note, Changed: t.changed, Problem: problem, Action: "/batches/ticked", Do: string(t.do), Cancel: t.back,
		Text: x.words.T("ticked.next"),
		Hidden: []views.Pair{
			{Name: form.InputChange, Value: newID()}, {Name: form.InputReturn, Value: t.back},
			{Name: inputCollection, Value: t.c.Name},
		},
	}
	for _, d := range t.days {
		view.Rows = append(view.Rows, views.TickedRow{Value: d.value(), Text: x.dayName(d.personDay), Detail: timesOn(d.date, d.now)})
		view.Likely = view.Likely || d.likely != nil && t.do == doAdd
	}
	view.Name = inputTickedDay
	for _, r := range t.rows {
		view.Name = inputTickedRow
		view.Rows = append(view.Rows, views.TickedRow{Value: r.value(), Text: r.name(x, t.c)})
	}
	switch t.do {
	case doAdd:
		view.Heading, view.Button = x.words.T("ticked.heading.add"), x.words.T("ticked.add.button")
		view.Input, view.Label, view.Hint = inputTime, x.words.T("ticked.time"), x.words.T("ticked.time.hint")
	case doLikely:
		view.Heading, view.Button = x.words.T("ticked.heading.add"), x.words.T("ticked.likely")
	case doMove:
		view.Heading, view.Button = x.words.T("ticked.heading.move"), x.words.T("ticked.move.button")
		view.Input, view.Label, view.Hint = inputMinutes, x.words.T("ticked.minutes"), x.words.T("ticked.minutes.hint")
	case doTerminal:
		view.Heading, view.Button = x.words.T("ticked.heading.terminal"), x.words.T("ticked.terminal.button")
		view.Input, view.Label = inputTerminal, x.words.Label(t.c, t.terminalField())
		view.Options = x.terminals(t.values.Get(inputTerminal))
	case doDelete:
		view.Heading, view.Button = x.words.T("ticked.heading.delete"), x.words.T("ticked.delete.button")
	}
	if view.Input != "" {
		view.Value = t.values.Get(view.Input)
	}
	page := x.page(view.Heading)
	page.Kind = views.FormOnly
	page.Problem = status == http.StatusUnprocessableEntity
	return x.show(status, views.TickedPage(page, view))
}

// terminalField is the field of the terminal.
func (t *tickedForm) terminalField() contract.Field {
	f, _ := t.c.Field("terminal")
	return f
}

// mostTerminals bounds the choice of terminals; where there are more, or none is known, one is typed.
const mostTerminals = 500

// terminals are those to choose from, nil where one has to be typed.
func (x *exchange) terminals(chosen string) []views.Choice {
	x.s.Catalog.Need(x.request().Context(), "terminals")
	hits := x.finder().Find(x.request().Context(), "terminals", "", mostTerminals+1)
	if len(hits) == 0 || len(hits) > mostTerminals {
		return nil
	}
	choices := []views.Choice{{Text: x.words.T("ticked.terminal.choose")}}
	for _, hit := range hits {
		choices = append(choices, views.Choice{Value: hit.ID, Text: hit.Text(), Selected: hit.ID == chosen})
	}
	return choices
}

// dayName names a person's day.
func (x *exchange) dayName(d personDay) string {
	return x.words.PersonName(d.person) + ", " + x.words.LongDay(d.date)
}
