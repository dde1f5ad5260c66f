package handlers

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"protime-admin/internal/change"
	"protime-admin/internal/form"
	"protime-admin/views"
)

// The inputs of a ruling: what a person found in Protime, and how they know.
const (
	inputRuling    = "ruling"
	inputRulingWhy = "why"
)

// GET /changes/{id}/rule: the receipt, which has the form. It is the address of a form that was sent back.
func (s *Server) ruleForm(v *visit) error { return s.receipt(v) }

// POST /changes/{id}/rule: what a person found in Protime of a change that is in doubt.
func (s *Server) rule(v *visit) error {
	if v.stopped() && change.Has(v.actor.Roles, change.Clarify) {
		return v.logAway()
	}
	first, err := v.changeOfPath()
	if err != nil {
		return err
	}
	values, err := v.posted()
	if err != nil {
		return err
	}
	page := receiptForm{ruling: change.Ruling(values.Get(inputRuling)), why: strings.TrimSpace(values.Get(inputRulingWhy))}
	if v.restored() {
		return v.receiptPage(first, http.StatusOK, page)
	}
	if page.ruling != change.RuledThere && page.ruling != change.RuledNotThere {
		page.rulingProblem = v.words.T("rule.choose")
	}
	switch {
	case page.why == "":
		page.whyProblem = v.words.T("rule.why.required")
	case len(page.why) > longestReason:
		page.whyProblem = v.words.T("form.why.long")
	}
	if page.rulingProblem+page.whyProblem != "" && v.rulePath(first) != "" {
		return v.receiptPage(first, http.StatusUnprocessableEntity, page)
	}
	r, err := s.Desk.Rule(v.request().Context(), v.actor, first.ID, page.ruling, page.why)
	if err != nil {
		return v.notCleared(first.ID, err)
	}
	return v.cleared(r, values)
}

// receiptForm is what was typed into the form of a receipt page, and what is wrong with it.
type receiptForm struct {
	ruling                    change.Ruling
	why                       string
	rulingProblem, whyProblem string
}

func (f receiptForm) view(v *visit, action string) *views.Rule {
	if action == "" {
		return nil
	}
	return &views.Rule{
		Action: action, Why: f.why, WhyProblem: f.whyProblem, RulingProblem: f.rulingProblem,
		Choices: []views.Choice{
			{Value: string(change.RuledThere), Text: v.words.T("rule.there"), Selected: f.ruling == change.RuledThere},
			{Value: string(change.RuledNotThere), Text: v.words.T("rule.not-there"), Selected: f.ruling == change.RuledNotThere},
		},
	}
}

// rulePath is where a ruling is sent, "" where a look or an answer has settled it or this person may not.
func (v *visit) rulePath(r change.Receipt) string {
	if v.checkPath(r) == "" {
		return ""
	}
	return "/changes/" + r.ID + "/rule"
}

// notCleared is the page for a change that cannot be looked for or ruled on.
func (v *visit) notCleared(id string, err error) error {
	kind, status := "", http.StatusConflict
	switch {
	case errors.Is(err, change.ErrNotInDoubt):
		kind = "not-in-doubt"
	case errors.Is(err, change.ErrRunning):
		kind = "still-running"
	case errors.Is(err, change.ErrRole):
		kind, status = "not-your-change", http.StatusForbidden
	default:
		return err
	}
	failure := v.words.Failure(kind)
	if status == http.StatusConflict {
		failure.Links = []views.Link{{Text: v.words.T("change.details"), Href: "/changes/" + id}}
	}
	return &pageError{status: status, failure: failure, cause: err}
}

// cleared goes back to where a look or a ruling was asked for, with the change named.
func (v *visit) cleared(r change.Receipt, values url.Values) error {
	back := "/changes/" + r.ID
	if target := v.safe(values.Get(form.InputReturn)); target != "" {
		back = target
	}
	return v.to(marked(back, "done", r.ID, v.words.RecordPath(r)))
}
