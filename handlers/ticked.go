package handlers

import (
	"net/http"
	"net/url"
	"slices"

	"protime-admin/internal/batch"
	"protime-admin/internal/form"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// Inputs of the bar of ticked rows, beside change and return.
const (
	inputTickedDay = "day"  // of a person's day: person.date.digest.minute, the minute of the likely time or "", and ~ with what was typed instead
	inputTickedRow = "row"  // of a record: its id; of a clocking: id.digest
	inputEvery     = "all"  // every row that the filter of the page finds that return names
	inputDoing     = "do"   // one of the doings; "": what the field that was filled stands for
	inputTime      = "time" // that is added to each day
	inputMinutes   = "minutes"
	inputTerminal  = "terminal"
)

// mostTicked bounds how many rows are taken at once: each record is read.
const mostTicked = 2000

// doing is what is done with the rows that are ticked.
type doing string

const (
	doAdd      doing = "add"
	doLikely   doing = "likely" // adds to each day its likely time
	doMove     doing = "move"
	doTerminal doing = "terminal"
	doDelete   doing = "delete"
)

func (d doing) operation() batch.Operation {
	switch d {
	case doAdd, doLikely:
		return batch.Create
	case doDelete:
		return batch.Delete
	}
	return batch.Replace
}

func (d doing) verb() contract.Verb {
	switch d {
	case doAdd, doLikely:
		return contract.Create
	case doDelete:
		return contract.Delete
	}
	return contract.Replace
}

// ticks is the bar of a page whose rows can be ticked, nil where this person may do nothing with them.
func (x *exchange) ticks(c *contract.Collection, days bool) *views.Ticks {
	can := func(verb contract.Verb) bool { return c.Offers(verb) && x.whyNot(c, verb) == "" }
	t := &views.Ticks{Name: inputTickedRow, Days: days, Low: !days, Delete: can(contract.Delete) && !nested(c) && len(c.Key) == 0}
	if isByDay(c) {
		t.Add, t.Move, t.Terminal = days && can(contract.Create), can(contract.Replace), can(contract.Replace)
	}
	if days {
		t.Name = inputTickedDay
	}
	if !t.Add && !t.Move && !t.Delete {
		return nil
	}
	t.Hidden = []views.Pair{
		{Name: form.InputChange, Value: newID()}, {Name: form.InputReturn, Value: x.here()}, {Name: inputCollection, Value: c.Name},
	}
	return t
}

// tickedForm is one request to do something with rows that were ticked.
type tickedForm struct {
	x       *exchange
	c       *contract.Collection
	values  url.Values
	do      doing
	back    string
	days    []tickedDay
	rows    []tickedRow
	fresh   bool // days and rows were just read
	unclear bool // several fields were filled
	// changed are the rows that are not any more what the page showed, in words.
	changed []string
}

// POST /batches/ticked: makes a draft of a batch from the rows that were ticked in a list or in the worklist, and leads to
// its check. What the bar left open is asked on a page of its own; rows that are not as they were shown are said there.
func (s *Server) ticked(x *exchange) error {
	t, err := x.tickedForm()
	if err != nil {
		return err
	}
	if why := x.whyNot(t.c, t.do.verb()); why != "" {
		return x.refuse(t.c, t.do.verb(), why)
	}
	if t.values.Get(inputEvery) != "" {
		if err := t.every(); err != nil {
			return err
		}
	} else {
		t.readTicks()
	}
	if n := len(t.days) + len(t.rows); n == 0 || n > mostTicked {
		return t.show(http.StatusUnprocessableEntity, x.words.N("ticked.how-many", mostTicked), "")
	}
	if err := t.readNow(); err != nil {
		return err
	}
	if len(t.changed) > 0 {
		return t.show(http.StatusConflict, x.words.T("ticked.changed"), "")
	}
	if x.given != nil {
		return t.show(http.StatusOK, x.words.T("form.restored"), "")
	}
	draft, rows, problem := t.draft()
	switch {
	case t.unclear:
		return t.show(http.StatusOK, "", "")
	case problem != nil:
		return t.show(http.StatusUnprocessableEntity, "", views.ProblemText(x.words.Printer, problem))
	case rows == nil:
		return t.show(http.StatusOK, "", "")
	case len(rows) == 0:
		return t.show(http.StatusUnprocessableEntity, x.words.T("ticked.no-clockings"), "")
	case len(rows) > mostTicked:
		return t.show(http.StatusUnprocessableEntity, x.words.N("ticked.how-many", mostTicked), "")
	}
	return x.makeDraft(draft, rows)
}

// GET /batches/ticked: there is nothing to show without rows.
func (s *Server) tickedNothing(x *exchange) error { return x.to("/") }

func (x *exchange) tickedForm() (*tickedForm, error) {
	values, err := x.posted()
	if err != nil {
		return nil, err
	}
	bad := &pageError{status: http.StatusUnprocessableEntity, failure: x.words.Failure("bad-request")}
	c, ok := x.s.Contract.Collection(values.Get(inputCollection))
	if !ok || !isID(values.Get(form.InputChange)) {
		return nil, bad
	}
	t := &tickedForm{x: x, c: c, values: values, do: doing(values.Get(inputDoing)), back: x.safe(values.Get(form.InputReturn))}
	if t.back == "" {
		t.back = "/"
	}
	if t.do == "" { // Enter in a field, without the script
		t.do = doAdd
		switch {
		case values.Get(inputMinutes) == "":
		case values.Get(inputTime) == "":
			t.do = doMove
		default:
			t.unclear = true
		}
	}
	if !slices.Contains([]doing{doAdd, doLikely, doMove, doTerminal, doDelete}, t.do) || t.do != doDelete && !isByDay(c) || nested(c) {
		return nil, bad
	}
	return t, nil
}

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
