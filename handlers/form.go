package handlers

import (
	"cmp"
	"errors"
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

// formRequest is the state of one request that creates, edits or deletes a record. Its pages are new.go, edit.go and
// delete.go.
type formRequest struct {
	v      *visit
	c      *contract.Collection
	verb   contract.Verb
	plan   *form.Plan
	params []string
	page   string     // path of the page that the form belongs to, and of the record in the audit log
	query  string     // of the API's resource: the external reference that the path's last element is
	values url.Values // that were posted; nil on GET

	base    protime.Record // as Protime has it now
	etag    string
	exists  bool // PUT replaces a record; false: it creates one
	loaded  bool // base was asked for
	loadErr error

	typed     *form.Submission
	problems  []form.Problem
	conflicts []form.FieldConflict
	moved     []change.Difference // since a delete was confirmed
	notes     []string
}

// newFormRequest reads the path of a page. A verb that the API does not have is refused here.
func (s *Server) newFormRequest(v *visit, c *contract.Collection, verb contract.Verb) (*formRequest, error) {
	params, err := v.params(c, verb != contract.Create && !c.Whole)
	if err != nil {
		return nil, err
	}
	if !c.Offers(verb) {
		return nil, v.refuse(c, verb, v.whyNot(c, verb))
	}
	f := &formRequest{v: v, c: c, verb: verb, plan: s.plan(c, verb), params: params, exists: verb != contract.Create}
	if !f.exists || c.Whole {
		f.page = c.URL(params...) // the log, too, knows such rows by the path of the API
	} else {
		f.page = c.ItemURL(params...)
	}
	return f, nil
}

// press is the press of one of the form's buttons.
func (f *formRequest) press(prepare func() (change.Change, *outcome), draw func(outcome) error) press {
	draft := slices.ContainsFunc([]string{form.InputAdd, form.InputRemove, inputPreview}, func(button string) bool {
		return f.values.Get(button) != ""
	})
	return press{
		id: f.values.Get(form.InputChange), reason: f.reason(), draft: draft, collection: f.c, back: f.back(),
		fingerprint: f.plan.Fingerprint(f.values, string(f.verb), f.page, f.query),
		instead:     f.c.URL(f.params...), prepare: prepare, draw: draw,
	}
}

const inputPreview = "preview"

func (f *formRequest) reason() change.Reason {
	return change.Reason{Code: f.values.Get(form.InputWhy), Note: f.values.Get(form.InputNote)}
}

// submission decodes what was posted, once. With a key of one's own the plan is known when load has returned.
func (f *formRequest) submission() *form.Submission {
	if f.typed == nil {
		typed := f.plan.Decode(f.v.request().Context(), f.values, f.v.finder(), f.v.words.Today)
		f.typed = &typed
	}
	return f.typed
}

// load reads the record, once. With a key of one's own there may be none: then the form creates it. A record that is
// kept as deleted is errDeleted.
func (f *formRequest) load() error {
	if f.loaded || f.verb == contract.Create {
		return f.loadErr
	}
	f.loaded = true
	record, answer, err := f.v.s.fetch(f.v, f.c, f.params, f.query)
	switch {
	case err != nil && f.query != "" && errors.Is(err, protime.NotFound):
		f.exists, f.plan = false, f.v.s.plan(f.c, contract.Create)
		f.notes = append(f.notes, f.v.words.T("key.will-create", "key", f.params[len(f.params)-1]))
		return nil
	case err != nil:
		f.loadErr = err
		return err
	}
	f.base, f.etag = record, answer.ETag
	if f.query != "" {
		f.notes = append(f.notes, f.v.words.T("key.will-replace", "key", f.params[len(f.params)-1]))
	}
	if tell.IsDeleted(f.c, record) {
		f.loadErr = errDeleted
	}
	return f.loadErr
}

var errDeleted = errors.New("the record is deleted")

// gone says that the record was deleted, by whom and when if the log knows, and offers to add it again.
func (f *formRequest) gone(err error) *outcome {
	v, o := f.v, f.v.failed(err)
	if !errors.Is(err, errDeleted) && !errors.Is(err, errNoRow) && !errors.Is(err, protime.NotFound) {
		return o
	}
	deletions, _, unread := v.s.Desk.Changes(v.request().Context(), v.actor, change.Query{
		Path: f.page, Verb: contract.Delete, State: change.Applied, Limit: 1,
	})
	if unread == nil && len(deletions) > 0 {
		who, when := v.words.Actor(deletions[0].Actor), v.words.Moment(deletions[0].At, v.s.Config.TimeZone)
		o.failure.Reasons = append(o.failure.Reasons, v.words.T("error.deleted.by", "who", who, "when", when))
	}
	back := f.back()
	if isBelow(back, f.page) {
		back = f.c.URL(f.params...)
	}
	if link, ok := f.addLink("list.again", back); ok {
		o.failure.Links = append(o.failure.Links, link)
	}
	return o
}

// addLink leads to the form that adds a record with the values of this one, and with what was typed; false where
// there is nothing to add, or nobody may.
func (f *formRequest) addLink(text, back string) (views.Link, bool) {
	v := f.v
	if v.whyNot(f.c, contract.Create) != "" || f.base.Raw() == nil && f.values == nil {
		return views.Link{}, false
	}
	link := views.Link{Text: v.words.T(text)}
	if f.values == nil {
		link.Href = v.againLink(f.c, f.params, f.base, back)
		return link, true
	}
	link.Href = newLink(f.c, f.params, f.submission().Query(v.s.plan(f.c, contract.Create), f.base), back)
	return link, true
}

// prepared merges what was typed onto the record and makes the change of it.
func (f *formRequest) prepared() (change.Change, *outcome) {
	after, leftOut, problems := f.submission().Merge(f.base)
	if len(problems) > 0 {
		f.problems = problems
		return change.Change{}, &outcome{status: http.StatusUnprocessableEntity}
	}
	body, err := f.plan.Body(f.base, after)
	if err != nil {
		return change.Change{}, f.v.failed(err)
	}
	if f.exists && f.values.Get(inputPreview) == "" && len(f.plan.Diff(f.base, after)) == 0 {
		return change.Change{}, &outcome{status: http.StatusOK, unchanged: f.page}
	}
	return f.change(after, body, leftOut), nil
}

// change is what is handed in at the desk.
func (f *formRequest) change(after protime.Record, body []byte, leftOut []string) change.Change {
	operation := f.c.Operations[f.verb]
	c := change.Change{
		ID: f.values.Get(form.InputChange), Actor: f.v.actor, Collection: f.c.Name, Verb: f.verb, Path: f.page,
		Reason: f.reason(), LeftOut: leftOut, RequestID: f.v.id, Secret: f.c.Secret,
		Fingerprint: f.plan.Fingerprint(f.values, string(f.verb), f.page, f.query),
		Request: change.Request{
			Method: operation.Method, Path: operation.URL(f.params...), Query: f.query, Body: body, IfMatch: f.etag,
		},
		After: after.Raw(), Person: after.Text("person", "id"),
	}
	if f.exists {
		c.Before = f.base.Raw()
	}
	if c.Person == "" {
		c.Person = f.base.Text("person", "id")
	}
	return c
}

// back is the page to go to after the change, or on Cancel.
func (f *formRequest) back() string {
	target := f.values.Get(form.InputReturn)
	if target == "" {
		target = f.v.address().Query().Get("return")
	}
	if safe := f.v.safe(target); safe != "" {
		return safe
	}
	switch {
	case f.verb == contract.Replace && f.exists && f.c.Offers(contract.Read) && len(f.c.Key) == 0:
		return f.page
	case f.verb == contract.Replace && f.c.Whole:
		return strings.TrimSuffix(f.page, "/edit")
	}
	return f.c.URL(f.params...)
}

// draw shows the form of a new or changed record as it was typed, with what became of it.
func (f *formRequest) draw(o outcome) error {
	if f.load() == nil && o.refusal != nil {
		f.refused(&o)
	}
	typed := f.submission()
	switch add, remove := f.values.Get(form.InputAdd), f.values.Get(form.InputRemove); {
	case o.failure == nil && add != "":
		return f.show(o, typed.AddRow(f.base, add))
	case o.failure == nil && remove != "":
		return f.show(o, typed.RemoveRow(f.base, remove))
	case len(f.conflicts) > 0:
		return f.show(o, typed.Conflicted(f.base, f.conflicts))
	}
	return f.show(o, typed.State(f.base, f.problems...))
}

// refused puts what Protime said where it belongs: beside the inputs that it named, as the conflict that it is, or above
// the form with another way.
func (f *formRequest) refused(o *outcome) {
	v := f.v
	switch {
	case o.notOffered:
		if link, ok := f.addLink("error.add-instead", f.back()); ok && f.verb == contract.Replace {
			o.failure.Links = append(o.failure.Links, link)
			o.failure.Steps = []string{v.words.T("error.add-instead.text")}
		}
	case o.refusal.Is(protime.Invalid):
		f.problems, o.failure = f.invalid(o.refusal), nil
		f.notes = append(f.notes, v.words.StatusLine(o.refusal.Status))
	case o.refusal.Is(protime.Conflict) && f.exists:
		fresh, answer, err := v.s.fetch(v, f.c, f.params, f.query)
		if err != nil {
			return
		}
		f.base, f.etag = fresh, answer.ETag
		if f.conflicts = f.submission().Compare(f.base); len(f.conflicts) > 0 {
			o.failure = nil
			f.notes = append(f.notes, v.words.StatusLine(o.refusal.Status))
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
	v := f.v
	state.Change = formID(state.Change, o.newID)
	state.Return = f.back()
	f.sides(state.Cells)
	view := &views.Form{
		Heading: f.heading(), Action: f.action(), Cancel: f.back(), State: state, Groups: views.GroupCells(state.Cells),
		Whole: o.problems, Trouble: o.failure, Notes: f.notes, Reasons: v.reasons(state.Why),
		Required: v.s.Config.Audit.ReasonRequired, WhyNot: o.whyNot, Conflict: len(f.conflicts) > 0,
		Unsure: o.unsure, First: o.first, Posted: v.posting(),
	}
	if o.prepared != nil && f.values.Get(inputPreview) != "" {
		view.Preview = f.preview(o.prepared)
	}
	if f.exists {
		view.Name = v.words.RecordName(f.c, f.base)
		if change.Has(v.actor.Roles, change.SeeHistory) {
			view.History = "/changes?" + with(map[string][]string{}, "record", f.page)
		}
	}
	for _, shown := range state.Shown {
		part := views.Part{Name: v.words.First(shown.Input.Labels, shown.Input.Human), Value: v.words.Value(shown.Input.Field, shown.Raw)}
		if !part.Value.Empty() && shown.Input.Field.Name != "id" && shown.Input.Field.Name != "changeVersion" {
			view.Known = append(view.Known, part)
		}
	}
	for _, member := range state.Unknown {
		view.Unknown = append(view.Unknown, views.Part{Name: member.Name, Value: views.Value{Text: string(member.Raw)}})
	}
	if len(state.LeftOut) > 0 {
		view.Notes = append(view.Notes, v.words.LeftOut(f.c, state.LeftOut))
	}
	if v.s.People.State().Partial && choosesPeople(state.Cells) {
		view.Notes = append(view.Notes, v.words.T("list.people-partial"))
	}
	page := v.page(view.Heading)
	page.Problem = o.status >= http.StatusBadRequest
	if !v.posting() {
		page.Banner = v.banner()
	}
	return v.show(o.status, views.FormPage(page, view))
}

// choosesPeople says that one of the cells, or a cell in them, is a picker of people.
func choosesPeople(cells []form.Cell) bool {
	return slices.ContainsFunc(cells, func(c form.Cell) bool {
		return c.Input.Field.Ref == "people" || choosesPeople(c.Cells) || choosesPeople(c.Rows)
	})
}

// sides writes the three values of each conflict as a person reads them.
func (f *formRequest) sides(cells []form.Cell) {
	v := f.v
	for i := range cells {
		c := &cells[i]
		f.sides(c.Cells)
		f.sides(c.Rows)
		if c.Conflict == nil {
			continue
		}
		said := func(raw []byte) string { return v.words.OrNothing(v.words.Value(c.Input.Field, raw)) }
		c.Conflict.Said = form.Sides{
			Opened: said(c.Conflict.Opened), Server: said(c.Conflict.Server), Mine: said(c.Conflict.Mine),
		}
		if c.Conflict.Mine == nil && c.Typed.Text != "" {
			c.Conflict.Said.Mine = c.Typed.Text
		}
	}
}

func (f *formRequest) heading() string {
	words := f.v.words
	if f.verb == contract.Create || !f.exists {
		return words.T("form.new", "one", f.v.words.One(f.c))
	}
	id := ""
	if len(f.params) > 0 && len(f.c.Key) == 0 {
		id = f.params[len(f.params)-1]
	}
	return tell.UpperFirst(words.T("form.edit", "one", f.v.words.One(f.c), "id", id))
}

// action is where the form is sent: the page's own path.
func (f *formRequest) action() string {
	action := f.v.address().EscapedPath()
	if f.query != "" {
		action += "?" + with(map[string][]string{}, "by", f.v.address().Query().Get("by"))
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
		Rows: f.v.words.Differences(f.plan, f.base, after), Request: request, Body: tell.Indented(c.Request.Body),
	}
}

// fetch reads the record that a form is about, also where the API gives it only as part of a list or a document.
func (s *Server) fetch(v *visit, c *contract.Collection, params []string, query string) (protime.Record, protime.Answer, error) {
	ctx := v.request().Context()
	switch {
	case len(c.Key) > 0:
		document, answer, err := s.API.Get(ctx, c.URL(params...), "")
		if err != nil {
			return document, answer, err
		}
		row, ok := rowByKey(c, document, params[len(params)-1])
		if !ok {
			return row, answer, &pageError{status: http.StatusNotFound, failure: v.words.Failure("not-found"), cause: errNoRow}
		}
		return row, answer, nil
	case c.Whole:
		return s.API.Get(ctx, c.URL(params...), "")
	}
	return s.API.Get(ctx, c.ItemURL(params...), query)
}
