package handlers

import (
	"net/http"
	"strings"

	"protime-admin/internal/change"
	"protime-admin/views"
)

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
