package handlers

import (
	"net/http"

	"protime-admin/internal/change"
	"protime-admin/internal/form"
	"protime-admin/internal/tell"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// GET /clockings/8192/delete: names the record and what follows; nothing happens yet.
func (s *Server) deleteForm(x *exchange, c *contract.Collection) error {
	f, err := s.newFormRequest(x, c, contract.Delete)
	if err != nil {
		return err
	}
	if why := x.whyNot(c, contract.Delete); why != "" {
		return x.refuse(c, contract.Delete, why)
	}
	return f.confirm(outcome{status: http.StatusOK})
}

// POST /clockings/8192/delete: one DELETE of the record as it was confirmed.
func (s *Server) delete(x *exchange, c *contract.Collection) error {
	f, err := s.newFormRequest(x, c, contract.Delete)
	if err != nil {
		return err
	}
	if f.values, err = x.posted(); err != nil {
		return err
	}
	return x.send(f.submit(f.prepareDelete, f.confirm))
}

func (f *formRequest) prepareDelete() (change.Change, *outcome) {
	if o := f.denied(); o != nil {
		return change.Change{}, o
	}
	if err := f.load(); err != nil {
		return change.Change{}, f.gone(err)
	}
	opened, err := protime.ParseRecord([]byte(f.values.Get(form.InputOpened)))
	if err != nil {
		return change.Change{}, f.incomplete()
	}
	if f.moved = change.Moved(opened, f.base, opened, f.confirmed().Paths()); len(f.moved) > 0 {
		return change.Change{}, &outcome{status: http.StatusConflict, sentences: f.movedSentences()}
	}
	body, err := f.plan.Body(f.base, f.base)
	if err != nil {
		return change.Change{}, f.x.failed(err)
	}
	return f.change(protime.Record{}, body, nil), nil
}

// confirmed is the plan of the values that a person confirms to delete: those of a change.
func (f *formRequest) confirmed() *form.Plan { return f.x.s.plan(f.c, contract.Replace) }

// confirm draws the question, with what became of it.
func (f *formRequest) confirm(o outcome) error {
	x := f.x
	if gone := f.vanished(o); gone != nil {
		return gone.page()
	}
	if err := f.load(); err != nil {
		return f.withoutRecord(o)
	}
	x.loadNames(f.c.Fields)
	name, reason := x.words.RecordName(f.c, f.base), x.reasonShown(f.reason())
	f.warn(protime.Record{}, nil)
	view := &views.Confirm{
		Warnings: f.warnings,
		Heading:  tell.UpperFirst(x.words.T("delete.heading", "one", x.words.One(f.c), "name", name)), Action: x.address().EscapedPath(),
		Button: tell.UpperFirst(x.words.T("delete.button", "one", x.words.One(f.c))), Consequence: x.words.T("delete.consequence"),
		Cancel: f.back(), Change: formID(f.values.Get(form.InputChange), o.newID), Opened: f.confirmed().Opened(f.base),
		Return: f.back(), Sentences: o.sentences, Trouble: o.failure, Reasons: x.reasons(reason.Code), Why: reason.Code,
		Note: reason.Note, WhyNot: o.whyNot, Unsure: o.unsure, Conflict: len(f.moved) > 0, First: o.first,
	}
	if f.c.SoftDelete != "" {
		view.Consequence = x.words.T("delete.consequence-soft")
	}
	if short := x.words.ShortName(f.c, f.base); short != "" {
		view.Button = tell.UpperFirst(x.words.T("delete.button-name", "one", x.words.One(f.c), "name", short))
	}
	for _, field := range f.c.Writable() {
		raw, _ := f.base.Lookup(field.Name)
		if value := x.words.Value(field, raw); !value.Empty() {
			view.Facts = append(view.Facts, views.Part{Name: x.words.Label(f.c, field), Value: value})
		}
	}
	page := x.page(view.Heading)
	page.Problem = o.status >= http.StatusBadRequest
	return x.show(o.status, views.ConfirmPage(page, view))
}

// withoutRecord is the page for a record that cannot be read or is gone: the receipt of a change that was sent, else why
// there is nothing to confirm.
func (f *formRequest) withoutRecord(o outcome) error {
	if o.unsure != nil {
		return f.x.receiptPage(*o.receipt, o.status, receiptForm{})
	}
	var links []views.Link
	if o.first != "" {
		links = append(links, views.Link{Text: f.x.words.T("form.first-receipt"), Href: o.first})
	}
	if o.failure == nil {
		o = *f.gone(f.loadErr)
	}
	return o.page(links...)
}

// movedSentences say what changed since the record was confirmed.
func (f *formRequest) movedSentences() []string {
	x := f.x
	var sentences []string
	for _, m := range f.moved {
		row := x.movedRow(f.c, m)
		sentences = append(sentences, x.words.T("delete.moved", "field", row.Label, "before", row.Left.Text, "after", row.Now.Text))
	}
	return sentences
}
