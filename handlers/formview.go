package handlers

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"protime-admin/internal/change"
	"protime-admin/internal/field"
	"protime-admin/internal/form"
	"protime-admin/internal/tell"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// draw shows the form of a new or changed record as it was typed, with what became of it.
func (f *formRequest) draw(o outcome) error {
	if gone := f.vanished(o); gone != nil {
		o = *gone
	}
	if f.load() == nil && o.refusal != nil {
		f.refused(&o)
	}
	typed := f.submission()
	switch add, remove := f.values.Get(form.InputAdd), f.values.Get(form.InputRemove); {
	case o.failure == nil && add != "":
		return f.show(o, typed.AddRow(f.base, add))
	case o.failure == nil && remove != "":
		return f.show(o, typed.RemoveRow(f.base, remove))
	case o.failure == nil && f.values.Get(inputDay) != "":
		days := map[string]int{"-1": -1, "1": 1}
		return f.show(o, typed.StepDate(f.base, f.c.First, days[f.values.Get(inputDay)]))
	case !f.allowed():
		return f.show(o, typed.Unchecked(f.base))
	case len(f.conflicts) > 0:
		return f.show(o, typed.Conflicted(f.base, f.conflicts))
	}
	return f.show(o, typed.State(f.base, f.problems...))
}

// refused puts what Protime said where it belongs: beside the inputs that it named, as the conflict that it is, or above
// the form with another way.
func (f *formRequest) refused(o *outcome) {
	x := f.x
	switch {
	case o.notOffered:
		if link, ok := f.addLink("error.add-instead", f.back()); ok && f.verb == contract.Replace {
			o.failure.Links = append(o.failure.Links, link)
			o.failure.Steps = []string{x.words.T("error.add-instead.text")}
		}
	case o.refusal.Is(protime.Invalid):
		f.problems, o.failure = f.invalid(o.refusal), nil
		f.notes = append(f.notes, x.words.StatusLine(o.refusal.Status))
	case o.refusal.Is(protime.Conflict) && f.exists:
		fresh, answer, err := x.s.fetch(x, f.c, f.params, f.query)
		if err != nil {
			return
		}
		f.base, f.etag = fresh, answer.ETag
		if f.conflicts = f.submission().Compare(f.base); len(f.conflicts) > 0 {
			f.movedBy = f.changedMeanwhile()
			o.failure = nil
			f.notes = append(f.notes, x.words.StatusLine(o.refusal.Status))
		}
	}
}

// invalid are the problems of a record that Protime named.
func (f *formRequest) invalid(said *protime.Error) []form.Problem {
	problems := f.plan.Attach(said.Fields)
	reasons := said.Reasons
	if len(problems)+len(reasons) == 0 {
		reasons = []string{cmp.Or(said.Message, tell.Status(said.Status))}
	}
	for _, reason := range reasons {
		problems = append(problems, form.Problem{Problem: field.Problem{
			Key: field.ProblemAPI, Args: map[string]string{"text": reason},
		}})
	}
	return problems
}

// show draws a state of the form. GET and POST share it.
func (f *formRequest) show(o outcome, state form.State) error {
	x := f.x
	state.Change = formID(state.Change, o.newID)
	state.Return = f.back()
	state.Why = x.reasonShown(change.Reason{Code: state.Why}).Code
	if x.given != nil {
		f.notes = append(f.notes, x.words.T("form.restored"))
	}
	f.sides(state.Cells)
	view := &views.Form{
		Warnings: f.warnings, Drawn: f.drawn, Asks: f.asks, Day: f.day, Moved: f.movedBy, Next: f.nextPath(), NextNew: f.addsForPeople(),
		Delete:  f.deletePath(),
		Heading: f.heading(), Action: f.action(), Cancel: f.back(), State: state,
		Sentences: o.sentences, Trouble: o.failure, Notes: f.notes, Reasons: x.reasons(state.Why),
		Required: x.s.Config.Audit.ReasonRequired, WhyNot: o.whyNot, Conflict: len(f.conflicts) > 0,
		Around: cmp.Or(f.carried, f.values.Get(inputAround)), Unsure: o.unsure, First: o.first, Posted: x.posting(), Gone: isGone(f.loadErr),
	}
	view.Arrange()
	if o.prepared != nil && f.values.Get(inputPreview) != "" {
		view.Preview = f.preview(o.prepared)
	}
	if f.exists {
		view.Name = x.words.RecordName(f.c, f.base)
		view.History = x.historyPath(f.page)
	}
	for _, shown := range state.Shown {
		part := views.Part{Name: x.words.First(shown.Input.Labels, shown.Input.Human), Value: x.words.Value(shown.Input.Field, shown.Raw)}
		if !part.Value.Empty() && shown.Input.Field.Name != "id" && shown.Input.Field.Name != "changeVersion" {
			view.Known = append(view.Known, part)
		}
	}
	for _, member := range state.Unknown {
		view.Unknown = append(view.Unknown, views.Part{Name: member.Name, Value: views.Value{Text: string(member.Raw)}})
	}
	if len(state.LeftOut) > 0 {
		view.Notes = append(view.Notes, x.words.LeftOut(f.c, state.LeftOut))
	}
	if x.s.People.State().Partial && choosesPeople(state.Cells) {
		view.Notes = append(view.Notes, x.words.T("list.people-partial"))
	}
	page := x.page(view.Heading)
	page.Kind = views.FormOnly
	page.Problem = o.status >= http.StatusBadRequest && (!f.asks || len(state.Problems) > 0)
	if f.values.Get(inputDay) != "" || x.given != nil {
		page.Focus = view.FirstFocus()
	}
	if page.Problem {
		page.Focus = view.OnlyProblem()
	}
	if !x.posting() {
		page.Banner = x.banner()
		page.Focus = view.FirstFocus()
	}
	return x.show(o.status, views.FormPage(page, view))
}

// choosesPeople says that one of the cells, or a cell in them, is a picker of people.
func choosesPeople(cells []form.Cell) bool {
	return slices.ContainsFunc(cells, func(c form.Cell) bool {
		return c.Input.Field.Ref == "people" || choosesPeople(c.Cells) || choosesPeople(c.Rows)
	})
}

// sides writes the three values of each conflict as a person reads them.
func (f *formRequest) sides(cells []form.Cell) {
	x := f.x
	for i := range cells {
		c := &cells[i]
		f.sides(c.Cells)
		f.sides(c.Rows)
		if c.Conflict == nil {
			continue
		}
		said := func(raw []byte) string { return x.words.OrNothing(x.words.Value(c.Input.Field, raw)) }
		c.Conflict.Said = form.Sides{
			Opened: said(c.Conflict.Opened), Server: said(c.Conflict.Server), Mine: said(c.Conflict.Mine),
		}
		if c.Conflict.Mine == nil && c.Typed.Text != "" {
			c.Conflict.Said.Mine = c.Typed.Text
		}
	}
}

func (f *formRequest) heading() string {
	words := f.x.words
	if f.verb == contract.Create || !f.exists {
		return words.T("form.new", "one", f.x.words.One(f.c))
	}
	id := ""
	if len(f.params) > 0 && len(f.c.Key) == 0 {
		id = f.params[len(f.params)-1]
	}
	return tell.UpperFirst(words.T("form.edit", "one", f.x.words.One(f.c), "id", id))
}

// action is where the form is sent: the page's own path.
func (f *formRequest) action() string {
	action := f.x.address().EscapedPath()
	if f.query != "" {
		action += "?" + url.Values{"by": {f.x.address().Query().Get("by")}}.Encode()
	}
	return action
}

// preview shows what would be sent: each field now and after, and the exact request.
func (f *formRequest) preview(c *change.Change) *views.Preview {
	request := c.Request.Method + " " + c.Request.Path
	if c.Request.Query != "" {
		request += "?" + c.Request.Query
	}
	after, _ := protime.ParseRecord(c.After) // made from a record
	return &views.Preview{
		Rows: f.x.words.Differences(f.plan, f.base, after), Creates: !f.exists, Request: request, Body: tell.Indented(c.Request.Body),
	}
}

// deletePath leads to the page that asks before it deletes the record, "" where that is not offered.
func (f *formRequest) deletePath() string {
	x := f.x
	if f.verb != contract.Replace || !f.exists || !f.c.HasItem() || len(f.c.Key) > 0 || f.query != "" || f.base.Raw() == nil ||
		x.whyNot(f.c, contract.Delete) != "" || x.closedUntil(f.base) != "" {
		return ""
	}
	return f.page + "/delete?" + url.Values{form.InputReturn: {f.back()}}.Encode()
}

// Buttons beside Save, and where the one that goes on leads.
const (
	inputPreview = "preview"
	inputDay     = "day"  // by how many days the date moves
	inputThen    = "then" // "next": after saving, on to the next person
	inputNext    = "next" // path of that page, where it is known
)

// isDraft reports whether the button that was pressed sends nothing to Protime.
func (f *formRequest) isDraft() bool {
	return slices.ContainsFunc([]string{form.InputAdd, form.InputRemove, inputPreview, inputDay}, func(button string) bool {
		return f.values.Get(button) != ""
	})
}

// redraws reports whether the button that was pressed only changes what the form shows.
func (f *formRequest) redraws() bool {
	typed := f.submission()
	return typed.Add+typed.Remove+f.values.Get(inputDay) != ""
}

// next is the page to go on to after saving, "" where the form goes back: a new record is followed by one of another
// person with the same values.
func (f *formRequest) next() string {
	if f.values.Get(inputThen) != "next" {
		return ""
	}
	if !f.addsForPeople() {
		return f.nextPath()
	}
	inputs := f.submission().Query(f.plan, protime.Record{})
	for _, field := range f.c.Writable() {
		if field.Ref == "people" || field.Type == "object" && field.Ref == "" {
			maps.DeleteFunc(inputs, func(name string, _ []string) bool { return strings.HasPrefix(name, field.Name+".") })
		}
	}
	return newLink(f.c, f.params, inputs, f.back())
}

// nextPath is the page of the next person where the page that the form was opened from named one, or where it is a
// worklist, which names none while it arrives; else "".
func (f *formRequest) nextPath() string {
	named := cmp.Or(f.values.Get(inputNext), f.x.address().Query().Get(inputNext))
	if named == "" && f.exists && !f.x.posting() {
		return f.x.nextToCheck(f.back(), f.base.Text("person", "id"), f.base.Text("date"))
	}
	return f.x.safe(named)
}

// addsForPeople reports whether the form adds a record of a person who is chosen first of all.
func (f *formRequest) addsForPeople() bool {
	return f.verb == contract.Create && len(f.c.First) > 0 && slices.ContainsFunc(f.c.Writable(), func(field contract.Field) bool {
		return field.Name == f.c.First[0] && field.Ref == "people"
	})
}
