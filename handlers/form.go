package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"protime-admin/internal/change"
	"protime-admin/internal/form"
	"protime-admin/internal/tell"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// formRequest is the state of one request that creates, edits or deletes a record. Its pages are new.go, edit.go and
// delete.go.
type formRequest struct {
	x      *exchange
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
	drawn     []string            // the days that the page showed on which a record is added
	notes     []string
	warnings  []views.Warning
	day       *views.FormDay
	carried   string // the day's clockings, for the form to bring them back
	movedBy   string // who changed the record since it was opened, "" where the log does not know
	asks      bool   // the warnings kept the form from being sent
}

// newFormRequest reads the path of a page. A verb that the API does not have is refused here.
func (s *Server) newFormRequest(x *exchange, c *contract.Collection, verb contract.Verb) (*formRequest, error) {
	params, err := x.params(c, verb != contract.Create && !c.ReplacesRows)
	if err != nil {
		return nil, err
	}
	if !c.Offers(verb) {
		return nil, x.refuse(c, verb, x.whyNot(c, verb))
	}
	f := &formRequest{x: x, c: c, verb: verb, plan: s.plan(c, verb), params: params, exists: verb != contract.Create}
	if !f.exists || c.ReplacesRows {
		f.page = c.URL(params...) // the log, too, knows such rows by the path of the API
	} else {
		f.page = c.ItemURL(params...)
	}
	return f, nil
}

// submit is the form as it was posted, with the page's functions.
func (f *formRequest) submit(prepare func() (change.Change, *outcome), draw func(outcome) error) submit {
	return submit{
		id: f.values.Get(form.InputChange), reason: f.reason(), draft: f.isDraft(), collection: f.c, back: f.back(), next: f.next,
		fingerprint: f.fingerprint(), instead: f.c.URL(f.params...), prepare: prepare, draw: draw,
	}
}

func (f *formRequest) reason() change.Reason {
	return reasonOf(f.values)
}

// submission decodes what was posted, once. With a key of one's own the plan is known when load has returned.
func (f *formRequest) submission() *form.Submission {
	if f.typed == nil {
		finder := f.x.finder()
		finder.idle = !f.allowed()
		typed := f.plan.Decode(f.x.request().Context(), f.values, finder, f.x.words.Today)
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
	record, answer, err := f.x.s.fetch(f.x, f.c, f.params, f.query)
	switch {
	case err != nil && f.query != "" && errors.Is(err, protime.NotFound):
		f.exists, f.plan = false, f.x.s.plan(f.c, contract.Create)
		f.notes = append(f.notes, f.x.words.T("key.will-create", "key", f.params[len(f.params)-1]))
		return nil
	case err != nil:
		f.loadErr = err
		return err
	}
	f.base, f.etag = record, answer.ETag
	if f.query != "" {
		f.notes = append(f.notes, f.x.words.T("key.will-replace", "key", f.params[len(f.params)-1]))
	}
	if tell.IsDeleted(f.c, record) {
		f.loadErr = errDeleted
	}
	return f.loadErr
}

// isGone reports whether an error of load says that there is no record to change any more.
func isGone(err error) bool {
	return errors.Is(err, errDeleted) || errors.Is(err, errNoRow) || errors.Is(err, protime.NotFound)
}

// gone says that the record was deleted, by whom and when if the log knows, and offers to add it again.
func (f *formRequest) gone(err error) *outcome {
	x, o := f.x, f.x.failed(err)
	if !isGone(err) {
		return o
	}
	if f.verb == contract.Delete && errors.Is(err, errDeleted) {
		o.failure.Text = x.words.T("error.deleted.already")
	}
	deletions, _, unread := x.s.Desk.Changes(x.request().Context(), x.actor, change.Query{
		Path: f.page, Verb: contract.Delete, State: change.Applied, Limit: 1,
	})
	if unread == nil && len(deletions) > 0 {
		o.failure.Text += " " + x.deletedBy(deletions[0])
	}
	if f.values != nil {
		o.failure.Text += " " + x.words.T("error.deleted.not-sent")
	}
	back := f.back()
	if isBelow(back, f.page) {
		back = f.c.URL(f.params...)
	}
	if list := f.c.URL(f.params...); f.c.Offers(contract.List) {
		if strings.HasPrefix(back, list+"?") {
			list = back
		}
		o.failure.Links = append(o.failure.Links, views.Link{Text: x.words.Collection(f.c), Href: list})
	}
	if link, ok := f.addLink("list.again", back); ok {
		o.failure.Links = append(o.failure.Links, link)
	}
	return o
}

// deletedBy says who deleted a record and when.
func (x *exchange) deletedBy(r change.Receipt) string {
	at := r.At.In(x.s.Config.TimeZone)
	date, clock := x.words.Date(at.Format(time.DateOnly)), at.Format("15:04")
	if r.Actor.Subject == x.actor.Subject && r.Actor.Issuer == x.actor.Issuer {
		return x.words.T("error.deleted.by-you", "date", date, "time", clock)
	}
	return x.words.T("error.deleted.by", "who", x.words.Actor(r.Actor), "date", date, "time", clock)
}

// vanished is gone for a record that went between our reading and the request, nil where a 404 means something else.
func (f *formRequest) vanished(o outcome) *outcome {
	if !o.notOffered || !f.exists || !o.refusal.Is(protime.NotFound) {
		return nil
	}
	_, _, err := f.x.s.fetch(f.x, f.c, f.params, f.query)
	if !errors.Is(err, errNoRow) && !errors.Is(err, protime.NotFound) {
		return nil
	}
	gone := f.gone(err)
	gone.newID, gone.failure.Call = true, o.failure.Call
	return gone
}

// addLink leads to the form that adds a record with the values of this one and with what was typed, and from there to
// back. It is false where there is nothing to add, or where this person may not.
func (f *formRequest) addLink(text, back string) (views.Link, bool) {
	x := f.x
	if x.whyNot(f.c, contract.Create) != "" || f.base.Raw() == nil && f.values == nil {
		return views.Link{}, false
	}
	link := views.Link{Text: x.words.T(text)}
	if f.values == nil {
		link.Href = x.againLink(f.c, f.params, f.base, back)
		return link, true
	}
	link.Href = newLink(f.c, f.params, f.submission().Query(x.s.plan(f.c, contract.Create), f.base), back)
	return link, true
}

func (f *formRequest) allowed() bool { return f.x.whyNot(f.c, f.verb) == "" }

// denied is the outcome for a person who may not send the form, nil for everybody else.
func (f *formRequest) denied() *outcome {
	why := f.x.whyNot(f.c, f.verb)
	if why == "" {
		return nil
	}
	return f.x.failed(f.x.refusal(f.c, f.verb, why))
}

// incomplete is the outcome for a form that does not say what it showed, so that nothing can be compared with it.
func (f *formRequest) incomplete() *outcome {
	return &outcome{status: http.StatusUnprocessableEntity, sentences: []string{f.x.words.T("form.incomplete")}}
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
		return change.Change{}, f.x.failed(err)
	}
	if f.exists && f.values.Get(inputPreview) == "" && len(f.plan.Diff(f.base, after)) == 0 {
		return change.Change{}, &outcome{status: http.StatusOK, unchanged: f.page}
	}
	c, around := f.change(after, body, leftOut), []protime.Record(nil)
	sends := !f.isDraft() && f.x.given == nil
	switch {
	case f.verb == contract.Create && sends:
		c, around = f.x.s.Desk.Survey(f.x.request().Context(), c)
	case f.verb == contract.Replace && f.moves(after):
		around = f.aroundNow(after)
	}
	f.warn(after, around)
	if f.asks = sends && f.unseen(); f.asks {
		f.day = f.dayOf(after, around)
		return change.Change{}, &outcome{status: http.StatusUnprocessableEntity}
	}
	return c, nil
}

// fingerprint digests what was typed and where it is sent.
func (f *formRequest) fingerprint() []byte {
	return change.Fingerprint(f.verb, f.page+"?"+f.query, f.plan.Typed(f.values))
}

// change is the change that the form asks for.
func (f *formRequest) change(after protime.Record, body []byte, leftOut []string) change.Change {
	operation := f.c.Operations[f.verb]
	c := change.Change{
		ID: f.values.Get(form.InputChange), Actor: f.x.actor, Collection: f.c.Name, Verb: f.verb, Path: f.page,
		Reason: f.reason(), LeftOut: leftOut, RequestID: f.x.id, Secret: f.c.Secret, Fingerprint: f.fingerprint(),
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
		target = f.x.address().Query().Get("return")
	}
	if safe := f.x.safe(target); safe != "" {
		return safe
	}
	switch {
	case f.verb == contract.Replace && f.exists && f.c.Offers(contract.Read) && len(f.c.Key) == 0:
		return f.page
	case f.verb == contract.Replace && f.c.ReplacesRows:
		return strings.TrimSuffix(f.page, "/edit")
	}
	return f.c.URL(f.params...)
}
