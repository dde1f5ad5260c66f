package handlers

import (
	"errors"
	"net/http"
	"strings"

	"protime-admin/internal/change"
	"protime-admin/views"
)

// GET /changes/{id}: one change with all that the log has of it, for those who may see it.
func (s *Server) receipt(x *exchange) error {
	r, err := x.changeOfPath()
	if err != nil {
		return err
	}
	return x.receiptPage(r, http.StatusOK, receiptForm{})
}

// receiptPage draws one change.
func (x *exchange) receiptPage(r change.Receipt, status int, typed receiptForm) error {
	page := x.page(x.words.OutcomeTitle(r))
	page.State = string(r.State)
	page.Problem = status >= http.StatusBadRequest
	if done := x.request().URL.Query().Get("done"); done != "" && done != r.ID {
		page.Banner = x.banner()
	}
	return x.show(status, views.ReceiptPage(page, x.receiptView(r, typed)))
}

func (x *exchange) receiptView(r change.Receipt, typed receiptForm) *views.Receipt {
	view := x.words.Receipt(r)
	batches, err := x.batchesOf([]change.Receipt{r}, false)
	if err != nil {
		x.s.Logger.WarnContext(x.request().Context(), "the batch of a change cannot be read", "error", err)
	}
	view.Part = x.batchRowLink(r, batches)
	view.Permalink, view.Log = x.permalink(r.ID), x.logLink()
	x.addHistory(view, r)
	view.Check, view.Rule = x.checkPath(r), typed.view(x, x.rulePath(r))
	view.Undo, view.WhyNot = x.undoPath(r)
	return view
}

// mostSince is how many changes of the record a receipt lists.
const mostSince = 10

// addHistory adds the newest changes of the record. Where the log cannot be read now, the link to them is enough.
func (x *exchange) addHistory(view *views.Receipt, r change.Receipt) {
	record := x.words.RecordPath(r)
	href := x.historyPath(record)
	if href == "" {
		return
	}
	view.History = views.Link{Text: x.words.T("log.since", "record", view.Record.Text), Href: href}
	changes, err := x.recordChanges(record, mostSince)
	if err != nil {
		x.s.Logger.WarnContext(x.request().Context(), "the changes of a record cannot be read", "error", err)
		return
	}
	for _, c := range changes {
		past := views.Past{When: x.words.Moment(c.At, x.words.TimeZone), Said: x.words.Said(c), Current: c.ID == r.ID}
		if !past.Current && change.MaySee(x.actor, c) {
			past.Href = "/changes/" + c.ID
		}
		view.Since = append(view.Since, past)
	}
}

// permalink is the absolute URL of a receipt, for a message to somebody else.
func (x *exchange) permalink(id string) string {
	return strings.TrimSuffix(x.s.Config.PublicURL.String(), "/") + "/changes/" + id
}

// POST /changes/{id}/check: looks at Protime for what became of a change that is in doubt. It sends nothing but GETs,
// so that a repeated request does no harm.
func (s *Server) check(x *exchange) error {
	if x.stopped() && change.Has(x.actor.Roles, change.Resolve) {
		return x.logAway()
	}
	first, err := x.changeOfPath()
	if err != nil {
		return err
	}
	values, err := x.posted()
	if err != nil {
		return err
	}
	r, err := s.Desk.Check(x.request().Context(), x.actor, first.ID)
	switch {
	case errors.Is(err, change.ErrNotInDoubt):
		r = first // another look has decided it meanwhile
	case err != nil:
		return x.aboutChange(first.ID, err)
	}
	return x.redirectBack(r, values)
}

// The inputs of a ruling: what a person found in Protime, and how they know.
const (
	inputRuling    = "ruling"
	inputRulingWhy = "why"
)

// POST /changes/{id}/rule: what a person found in Protime of a change that is in doubt.
func (s *Server) rule(x *exchange) error {
	if x.stopped() && change.Has(x.actor.Roles, change.Resolve) {
		return x.logAway()
	}
	first, err := x.changeOfPath()
	if err != nil {
		return err
	}
	values, err := x.posted()
	if err != nil {
		return err
	}
	page := receiptForm{ruling: change.Ruling(values.Get(inputRuling)), why: strings.TrimSpace(withoutBidi(values.Get(inputRulingWhy)))}
	if x.given != nil {
		return x.receiptPage(first, http.StatusOK, page)
	}
	if page.ruling != change.RuledThere && page.ruling != change.RuledNotThere {
		page.rulingProblem = x.words.T("rule.choose")
	}
	switch {
	case page.why == "":
		page.whyProblem = x.words.T("rule.why.required")
	case len(page.why) > longestReason:
		page.whyProblem = x.words.T("form.why.long")
	}
	if page.rulingProblem+page.whyProblem != "" && x.rulePath(first) != "" {
		return x.receiptPage(first, http.StatusUnprocessableEntity, page)
	}
	r, err := s.Desk.Rule(x.request().Context(), x.actor, first.ID, page.ruling, page.why)
	if err != nil {
		return x.aboutChange(first.ID, err)
	}
	return x.redirectBack(r, values)
}

// receiptForm is what was typed into the form of a receipt page, and what is wrong with it.
type receiptForm struct {
	ruling                    change.Ruling
	why                       string
	rulingProblem, whyProblem string
}

func (f receiptForm) view(x *exchange, action string) *views.Rule {
	if action == "" {
		return nil
	}
	return &views.Rule{
		Action: action, Why: f.why, WhyProblem: f.whyProblem, RulingProblem: f.rulingProblem,
		Choices: []views.Choice{
			{Value: string(change.RuledThere), Text: x.words.T("rule.there"), Selected: f.ruling == change.RuledThere},
			{Value: string(change.RuledNotThere), Text: x.words.T("rule.not-there"), Selected: f.ruling == change.RuledNotThere},
		},
	}
}
