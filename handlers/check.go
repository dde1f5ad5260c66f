package handlers

import (
	"errors"

	"protime-admin/internal/change"
	"protime-admin/protime/contract"
)

// POST /changes/{id}/check: looks at Protime for what became of a change that is in doubt. It sends nothing but GETs,
// so that a second press does no harm.
func (s *Server) check(v *visit) error {
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
	r, err := s.Desk.Check(v.request().Context(), v.actor, first.ID)
	switch {
	case errors.Is(err, change.ErrNotInDoubt):
		r = first // the other half of a double press was faster: its answer is the answer
	case err != nil:
		return v.notCleared(first.ID, err)
	}
	return v.cleared(r, values)
}

// safe is a path of ours to go back to, without the prefix; "" when the text is none.
func (v *visit) safe(target string) string {
	if target == "" {
		return ""
	}
	safe := v.s.SignIn.Redirects.Safe(v.s.base + target)
	if safe == v.s.SignIn.Redirects.Home() && target != "/" {
		return ""
	}
	return safe[len(v.s.base):]
}

// checkPath is where Check now is sent, "" where there is nothing to look up or this person may not. Nothing outranks
// a look that saw the change.
func (v *visit) checkPath(r change.Receipt) string {
	settled := r.State == change.Applied && r.How == change.ByLook
	if !r.InDoubt() || settled || r.Erased || v.stopped() || !change.Has(v.actor.Roles, change.Clarify) {
		return ""
	}
	return "/changes/" + r.ID + "/check"
}

// undoPath leads to a change's undo; why says why there is none where one could expect it.
func (v *visit) undoPath(r change.Receipt) (path, why string) {
	if r.State != change.Applied || r.UndoneBy != "" || r.Erased || !change.MayUndo(v.actor, r) {
		return "", ""
	}
	c, ok := v.s.Contract.Collection(r.Collection)
	if !ok {
		return "", ""
	}
	if why := v.whyNot(c, inverseOf(r.Verb)); why != "" {
		sentence := v.words.T("undo.not", "why", why)
		return "", sentence
	}
	return "/changes/" + r.ID + "/undo", ""
}

// inverseOf is the verb that takes another one back.
func inverseOf(verb contract.Verb) contract.Verb {
	switch verb {
	case contract.Create:
		return contract.Delete
	case contract.Delete:
		return contract.Create
	}
	return contract.Replace
}
