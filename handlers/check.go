package handlers

import (
	"errors"

	"protime-admin/internal/change"
)

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
