package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"protime-admin/internal/batch"
	"protime-admin/internal/field"
	"protime-admin/internal/form"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// Inputs of the page that picks people, beside those of a new record and the groups of a list's filters.
const (
	inputCircle   = "circle"
	inputOrgGroup = "organisation-group"
	inputWho      = "who" // badges, employee numbers or names, one on each line
)

// pickForm is one request for the page that gives many people the same record.
type pickForm struct {
	x      *exchange
	c      *contract.Collection
	plan   *form.Plan
	person string // name of the input of the person
	date   string // of the date
	values url.Values
	typed  form.Submission
	notes  []string
	whoNot string // what is wrong with who was picked
}

// GET /batches/people: a form that adds the same clocking for many people. The address may fill it.
func (s *Server) pickPeople(x *exchange) error {
	p, err := x.pickForm(x.address().Query())
	if err != nil {
		return err
	}
	for name, value := range p.c.Preset {
		if !p.values.Has(name) {
			p.values.Set(name, value)
		}
	}
	if p.values.Get(p.date) == "" { // a terminal is seen to be dead on the day itself
		p.values.Set(p.date, x.words.Today.Format(time.DateOnly))
	}
	state := p.plan.New(x.request().Context(), p.values, x.finder(), x.words.Today)
	return p.show(http.StatusOK, state)
}

// POST /batches/people: makes a draft with a row for each person, and leads to its check. Who is not known by what was
// typed has a row there that asks.
func (s *Server) makeForPeople(x *exchange) error {
	values, err := x.posted()
	if err != nil {
		return err
	}
	p, err := x.pickForm(values)
	if err != nil {
		return err
	}
	if !isID(values.Get(form.InputChange)) {
		return &pageError{status: http.StatusUnprocessableEntity, failure: x.words.Failure("bad-request")}
	}
	if x.given != nil {
		p.notes = append(p.notes, x.words.T("form.restored"))
		return p.show(http.StatusOK, p.typed.State(protime.Record{}))
	}
	problems := slices.DeleteFunc(p.typed.Problems(), func(one form.Problem) bool { return one.Name == p.person })
	chosen, typed := p.chosen(), lines(values.Get(inputWho))
	nobody := len(typed) == 0 && chosen.none()
	var ids []string
	if len(problems) == 0 && p.whoNot == "" { // who is in a group depends on the date
		if ids, err = p.members(chosen); err != nil {
			return err
		}
		nobody = len(typed)+len(ids) == 0
	}
	if p.whoNot == "" && (nobody || len(typed)+len(ids) > mostTicked) {
		p.whoNot = x.words.N("people.how-many", mostTicked)
	}
	if p.whoNot != "" || len(problems) > 0 {
		return p.show(http.StatusUnprocessableEntity, p.typed.State(protime.Record{}))
	}
	return x.makeDraft(p.draft(ids, typed))
}

// peoplePath leads to the page for many people, with the groups and, where it is one, the date that a list is filtered by;
// "" where this person may not add such a record.
func (x *exchange) peoplePath(c *contract.Collection, filters url.Values, from, to string) string {
	if !isByDay(c) || x.whyNot(c, contract.Create) != "" {
		return ""
	}
	q := url.Values{inputCollection: {c.Name}, form.InputReturn: {x.here()}}
	for _, name := range []string{filterDepartment, inputCircle, inputOrgGroup} {
		if chosen := filters.Get(name); chosen != "" {
			q.Set(name, chosen)
		}
	}
	if from == to && from != "" {
		q.Set(inputDate, from)
	}
	return "/batches/people?" + q.Encode()
}

// pickForm reads the values of the page. A collection whose records have no person and no date has no such page.
func (x *exchange) pickForm(values url.Values) (*pickForm, error) {
	c, ok := x.s.Contract.Collection(values.Get(inputCollection))
	if !ok {
		return nil, &pageError{status: http.StatusNotFound, failure: x.words.Failure("no-page")}
	}
	if why := x.whyNot(c, contract.Create); why != "" {
		return nil, x.refuse(c, contract.Create, why)
	}
	p := &pickForm{x: x, c: c, plan: x.s.plan(c, contract.Create), values: values}
	for _, in := range p.plan.Inputs {
		switch f := in.Field; {
		case f.Ref == "people" && p.person == "":
			p.person = f.Path + ".id"
		case in.Kind == field.Date && f.Required && p.date == "":
			p.date = f.Path
		}
	}
	if p.person == "" || p.date == "" || nested(c) {
		return nil, &pageError{status: http.StatusNotFound, failure: x.words.Failure("no-page")}
	}
	p.typed = p.plan.Decode(x.request().Context(), values, x.finder(), x.words.Today)
	return p, nil
}

// show draws the form; of its inputs all but the person.
func (p *pickForm) show(status int, state form.State) error {
	x := p.x
	isPerson := func(name string) bool { return name == p.person }
	state.Cells = slices.DeleteFunc(state.Cells, func(c form.Cell) bool { return isPerson(c.Name) })
	state.Problems = slices.DeleteFunc(state.Problems, func(one form.Problem) bool { return isPerson(one.Name) })
	state.Change = newID()
	fields := &views.Form{State: state}
	if p.whoNot != "" {
		fields.Sentences = []string{p.whoNot}
	}
	fields.Arrange()
	slices.SortStableFunc(fields.InView, func(a, b *form.Cell) int { // the date stands before the time
		switch p.date {
		case a.Name:
			return -1
		case b.Name:
			return 1
		}
		return 0
	})
	view := &views.PickPeople{
		Heading: x.words.T("people.heading", "what", x.words.Within(x.words.Collection(p.c))),
		Action:  "/batches/people", Collection: p.c.Name, Form: fields, Who: p.values.Get(inputWho), Notes: p.notes,
		Groups: p.groups(), Return: p.back(),
	}
	page := x.page(view.Heading)
	page.Kind = views.BatchOnly
	page.Problem = status >= http.StatusBadRequest
	page.Focus = fields.OnlyProblem()
	return x.show(status, views.PickPeoplePage(page, view))
}

func (p *pickForm) back() string {
	if safe := p.x.safe(p.values.Get(form.InputReturn)); safe != "" {
		return safe
	}
	return p.c.URL()
}

// lines are the people who were typed: badges, employee numbers and names, each once.
func lines(text string) []string {
	var all []string
	seen := map[string]bool{"": true}
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune("\r\n\t;,", r) }) {
		if line = strings.TrimSpace(line); !seen[line] {
			seen[line], all = true, append(all, line)
		}
	}
	return all
}

// draft is the batch: who was typed comes first. Date and time are cells, which can be corrected for one person; the rest
// is the same for everybody.
func (p *pickForm) draft(ids, typed []string) (batch.Batch, []batch.Row) {
	b := p.x.draftOf(p.c, batch.Create, batch.People, p.values)
	same := p.typed.Query(p.plan, protime.Record{})
	own := []string{p.date}
	if same.Has(inputOfTime) {
		own = append(own, inputOfTime)
	}
	b.Columns = p.x.handColumns(p.c, b.Operation, append([]string{p.person, p.person + batch.SuffixName}, own...)...)
	b.Preset = map[string]string{}
	for name := range same {
		if name != p.person && !slices.Contains(own, name) && name != form.InputWhy && name != form.InputNote {
			b.Preset[name] = same.Get(name)
		}
	}
	var rows []batch.Row
	add := func(person ...string) {
		for _, name := range own {
			person = append(person, same.Get(name))
		}
		rows = append(rows, batch.Row{Number: len(rows) + 1, Cells: person})
	}
	for _, text := range typed {
		add("", text)
	}
	for _, id := range ids {
		add(id, "")
	}
	return b, rows
}
