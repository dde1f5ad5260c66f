package handlers

import (
	"errors"
	"net/http"

	"protime-admin/internal/change"
	"protime-admin/internal/form"
	"protime-admin/internal/tell"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// GET /clockings/8192/delete: names the record and what follows; nothing happens yet.
func (s *Server) deleteForm(v *visit, c *contract.Collection) error {
	f, err := s.deleteSheet(v, c)
	if err != nil {
		return err
	}
	if why := v.whyNot(c, contract.Delete); why != "" {
		return v.refuse(c, contract.Delete, why)
	}
	if err := f.load(); err != nil {
		return err
	}
	return f.confirm(http.StatusOK)
}

func (s *Server) deleteSheet(v *visit, c *contract.Collection) (*sheet, error) {
	params, err := v.params(c, true)
	if err != nil {
		return nil, err
	}
	return &sheet{
		v: v, c: c, verb: contract.Delete, plan: s.plan(c, contract.Replace), params: params, page: c.ItemURL(params...),
		exists: true,
	}, nil
}

// POST /clockings/8192/delete: one DELETE of the record as it was confirmed.
func (s *Server) delete(v *visit, c *contract.Collection) error {
	f, err := s.deleteSheet(v, c)
	if err != nil {
		return err
	}
	if !c.Offers(contract.Delete) {
		return v.refuse(c, contract.Delete, v.whyNot(c, contract.Delete))
	}
	if f.values, err = v.posted(); err != nil {
		return err
	}
	f.sub = f.plan.Decode(v.request().Context(), f.values, v.finder(), v.words.Today)
	if again, ok := f.sentDelete(); ok {
		return again
	}
	if err := f.load(); err != nil {
		// The other half of a double press may have been faster: then the record is gone, as it should be.
		if again, ok := f.sentDelete(); ok {
			return again
		}
		return err
	}
	if why := v.whyNot(c, contract.Delete); why != "" {
		refused := v.refusal(c, contract.Delete, why)
		f.trouble = &refused.failure
		v.askToWait(refused.status, refused)
		return f.confirm(refused.status)
	}
	f.problemsFirst()
	if v.restored() {
		return f.confirm(http.StatusOK)
	}
	if len(f.whole) > 0 || f.whyNot != "" {
		return f.confirm(http.StatusUnprocessableEntity)
	}
	opened, err := protime.ParseRecord([]byte(f.values.Get(form.InputOpened)))
	if err != nil {
		f.whole = append(f.whole, v.words.T("form.incomplete"))
		return f.confirm(http.StatusUnprocessableEntity)
	}
	if moved := change.Moved(opened, f.base, opened, f.plan.Paths()); len(moved) > 0 {
		f.conflict = true
		return f.confirmMoved(moved)
	}
	var body []byte
	if op := c.Operations[contract.Delete]; len(op.Body) > 0 {
		if body, err = s.plan(c, contract.Delete).Body(f.base, f.base); err != nil {
			return err
		}
	}
	r, err := s.Desk.Do(v.request().Context(), f.change(protime.Record{}, body, nil))
	if err != nil {
		return f.notSentDelete(err)
	}
	return f.answeredDelete(r)
}

// sentDelete answers a form that was sent before: with its receipt, or with why this is another change.
func (f *sheet) sentDelete() (answer error, ok bool) { //nolint:revive // an answer and whether there is one
	if f.sub.Change == "" || f.v.restored() || f.v.stopped() {
		return nil, false
	}
	receipt, found, err := f.v.s.Desk.Spent(f.v.request().Context(), f.sub.Change, f.fingerprint(), f.v.actor)
	switch {
	case err != nil:
		return f.notSentDelete(err), true
	case found:
		return f.answeredDelete(receipt), true
	}
	return nil, false
}

// confirm draws the question.
func (f *sheet) confirm(status int) error {
	v := f.v
	id := f.sub.Change
	if id == "" || f.spent {
		id = newID()
	}
	v.loadNames(f.c.Fields)
	name := v.words.RecordName(f.c, f.base)
	view := &views.Confirm{
		Heading: tell.UpperFirst(v.words.T("delete.heading", "one", v.words.One(f.c), "name", name)), Action: v.request().URL.EscapedPath(),
		Button: tell.UpperFirst(v.words.T("delete.button", "one", v.words.One(f.c))), Consequence: v.words.T("delete.consequence"),
		Cancel: f.back(), Change: id, Opened: f.plan.Opened(f.base), Return: f.back(), Whole: f.whole, Trouble: f.trouble,
		Reasons: v.reasons(f.sub.Why), Why: f.sub.Why, Note: f.sub.Note, WhyNot: f.whyNot, Unsure: f.unsure,
		Conflict: f.conflict, First: f.first,
	}
	if f.c.SoftDelete != "" {
		view.Consequence = v.words.T("delete.consequence-soft")
	}
	if short := v.words.ShortName(f.c, f.base); short != "" {
		view.Button = tell.UpperFirst(v.words.T("delete.button-name", "one", v.words.One(f.c), "name", short))
	}
	for _, field := range f.c.Writable() {
		raw, _ := f.base.Lookup(field.Name)
		if value := v.words.Value(field, raw); !value.Empty() {
			view.Facts = append(view.Facts, views.Part{Name: v.words.Label(f.c, field), Value: value})
		}
	}
	page := v.page(view.Heading)
	page.Problem = status >= http.StatusBadRequest
	return v.show(status, views.ConfirmPage(page, view))
}

// confirmMoved asks again, because the record is no longer the one that was confirmed.
func (f *sheet) confirmMoved(moved []change.Difference) error {
	v := f.v
	for _, m := range moved {
		label, before, after := m.Path, views.Value{Text: string(m.Opened)}, views.Value{Text: string(m.Now)}
		if field, ok := f.c.Field(m.Path); ok {
			label, before, after = v.words.Label(f.c, field), v.words.Value(field, m.Opened), v.words.Value(field, m.Now)
		}
		f.whole = append(f.whole, v.words.T("delete.moved", "field", label, "before", before.Text, "after", after.Text))
	}
	return f.confirm(http.StatusConflict)
}

func (f *sheet) answeredDelete(r change.Receipt) error {
	switch r.State {
	case change.Refused, change.NotSent:
		return f.refusedDelete(r)
	case change.Unknown, change.Sending:
		if err := f.load(); err != nil {
			// The record cannot be read: the receipt alone is shown.
			return f.v.receiptPage(r, f.v.unsureStatus(r), receiptForm{})
		}
		f.unsure = f.v.receiptBanner(r)
		return f.confirm(f.v.unsureStatus(r))
	}
	return f.done(r)
}

// refusedDelete shows the question again, with what Protime said.
func (f *sheet) refusedDelete(r change.Receipt) error {
	v := f.v
	f.spent = true
	said := refusal(tell.Answer(r), r.Request.Path)
	var status int
	if r.State == change.NotSent || said == nil {
		failure := v.words.Unsent(r)
		f.trouble, status = &failure, v.unsentStatus(r)
	} else {
		failure := v.words.APIFailure(said)
		f.trouble, status = &failure, apiStatus(said)
		if f.notOffered(said) {
			f.trouble = f.offerAnother(said)
		}
		v.askToWait(status, said)
	}
	f.trouble.Call = v.words.Call(r)
	if f.base.Raw() == nil {
		if err := f.load(); err != nil {
			return &pageError{status: status, failure: *f.trouble}
		}
	}
	return f.confirm(status)
}

// gone is the page for a record that is not there any more, with the way to the change that took it away.
func (f *sheet) gone(unread error) error {
	if f.first == "" {
		return unread
	}
	status, failure := f.v.s.explain(f.v, unread)
	failure.Links = append(failure.Links, views.Link{Text: f.v.words.T("form.first-receipt"), Href: f.first})
	return &pageError{status: status, failure: failure, cause: unread}
}

func (f *sheet) notSentDelete(err error) error {
	v := f.v
	var spent *change.SpentError
	if errors.As(err, &spent) && spent.First != nil {
		f.first = "/changes/" + spent.First.ID
	}
	if f.base.Raw() == nil {
		if unread := f.load(); unread != nil {
			return f.gone(unread)
		}
	}
	switch {
	case spent != nil:
		f.spent = true
		f.whole = append(f.whole, v.words.T("form.spent"))
		return f.confirm(http.StatusConflict)
	case errors.Is(err, change.ErrRole), errors.Is(err, change.ErrOwnRecord), errors.Is(err, change.ErrWhose):
		failure := v.words.Failure("forbidden")
		failure.Text = v.words.T(refusalKey(err))
		f.trouble = &failure
		return f.confirm(http.StatusForbidden)
	}
	f.logTrouble(err)
	return f.confirm(http.StatusServiceUnavailable)
}
