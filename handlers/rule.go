package handlers

import (
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
	if v.given != nil {
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
		return v.aboutChange(first.ID, err)
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

// cleared goes back to where a look or a ruling was asked for, with the change named.
func (v *visit) cleared(r change.Receipt, values url.Values) error {
	back := "/changes/" + r.ID
	if target := v.safe(values.Get(form.InputReturn)); target != "" {
		back = target
	}
	return v.to(marked(back, "done", r.ID, v.words.RecordPath(r)))
}
