package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/google/uuid"

	"protime-admin/internal/change"
	"protime-admin/internal/form"
	"protime-admin/protime/contract"
)

// GET /clockings/8192/edit: the full record in a form.
func (s *Server) editForm(x *exchange, c *contract.Collection) error {
	f, err := s.editRequest(x, c)
	if err != nil {
		return err
	}
	if why := x.whyNot(c, contract.Replace); why != "" {
		return x.refuse(c, contract.Replace, why)
	}
	if err := f.load(); err != nil {
		return f.gone(err).page()
	}
	state := f.plan.Open(f.base, x.finder())
	f.warn(f.base, nil)
	around := f.around(f.base)
	f.day, f.carried = f.dayOf(f.base, around), carry(f.base, around)
	if !f.exists {
		state = f.plan.New(x.request().Context(), x.address().Query(), x.finder(), x.words.Today)
	}
	return f.show(outcome{status: http.StatusOK}, state)
}

// POST /clockings/8192/edit: a fresh GET, the comparison with what was opened, the merge, and one PUT.
func (s *Server) edit(x *exchange, c *contract.Collection) error {
	f, err := s.editRequest(x, c)
	if err != nil {
		return err
	}
	if f.values, err = x.posted(); err != nil {
		return err
	}
	return x.send(f.submit(f.prepareEdit, f.draw))
}

func (s *Server) editRequest(x *exchange, c *contract.Collection) (*formRequest, error) {
	f, err := s.newFormRequest(x, c, contract.Replace)
	if err != nil {
		return nil, err
	}
	if by := x.address().Query().Get("by"); by != "" && c.Upsert {
		if !slices.Contains(c.Predefined, by) && !customName(by) {
			return nil, &pageError{status: http.StatusNotFound, failure: x.words.Failure("no-page")}
		}
		f.query = url.Values{"externalReferences": {"(" + c.Name + "," + by + ")"}}.Encode()
	}
	return f, nil
}

func (f *formRequest) prepareEdit() (change.Change, *outcome) {
	if o := f.denied(); o != nil {
		return change.Change{}, o
	}
	if err := f.load(); err != nil {
		return change.Change{}, f.gone(err)
	}
	switch typed := f.submission(); {
	case f.redraws():
		return change.Change{}, &outcome{status: http.StatusOK}
	case f.exists && !typed.Complete():
		return change.Change{}, f.incomplete()
	case f.exists:
		if f.conflicts = typed.Compare(f.base); len(f.conflicts) > 0 {
			f.movedBy = f.changedMeanwhile()
			return change.Change{}, &outcome{status: http.StatusConflict}
		}
	}
	return f.prepared()
}

// changedMeanwhile says who changed the record here after the form was drawn, and when; "" where the log knows of nobody.
func (f *formRequest) changedMeanwhile() string {
	x := f.x
	id, err := uuid.Parse(f.values.Get(form.InputChange)) // made when the form was drawn
	if err != nil || id.Version() != 7 {
		return ""
	}
	opened := time.Unix(id.Time().UnixTime())
	changes, err := x.recordChanges(f.page, 1)
	if err != nil || len(changes) == 0 || changes[0].State != change.Applied || !changes[0].Ended.After(opened) {
		return ""
	}
	r := changes[0]
	at := r.Ended.In(x.s.Config.TimeZone)
	date, clock := x.words.Day(at.Format(time.DateOnly)), at.Format("15:04")
	if r.Actor.Subject == x.actor.Subject && r.Actor.Issuer == x.actor.Issuer {
		return x.words.T("conflict.by-you", "date", date, "time", clock)
	}
	return x.words.T("conflict.by", "who", x.words.Actor(r.Actor), "date", date, "time", clock)
}
