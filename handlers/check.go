package handlers

import (
	"errors"

	"protime-admin/internal/change"
	"protime-admin/protime/contract"
)

// POST /changes/{id}/check: looks at Protime for what became of a change that is in doubt. It sends nothing but GETs,
// so that a second press does no harm.
func (s *Server) check(x *exchange) error {
	if x.stopped() && change.Has(x.actor.Roles, change.Clarify) {
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
		r = first // the other half of a double press was faster: its answer is the answer
	case err != nil:
		return x.aboutChange(first.ID, err)
	}
	return x.cleared(r, values)
}

// checkPath is where Check now is sent, "" where there is nothing to look up or this person may not. Nothing outranks
// a look that saw the change.
func (x *exchange) checkPath(r change.Receipt) string {
	settled := r.State == change.Applied && r.How == change.ByLook
	if !r.InDoubt() || settled || r.Erased || x.stopped() || !change.Has(x.actor.Roles, change.Clarify) {
		return ""
	}
	return "/changes/" + r.ID + "/check"
}

// undoPath leads to a change's undo; why says why there is none where one could expect it.
func (x *exchange) undoPath(r change.Receipt) (path, why string) {
	if r.State != change.Applied || r.UndoneBy != "" || r.Erased || !change.MayUndo(x.actor, r) {
		return "", ""
	}
	c, ok := x.s.Contract.Collection(r.Collection)
	if !ok {
		return "", ""
	}
	if why := x.whyNot(c, inverseOf(r.Verb)); why != "" {
		sentence := x.words.T("undo.not", "why", why)
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
