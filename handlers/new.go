package handlers

import (
	"net/http"

	"protime-admin/internal/change"
	"protime-admin/protime/contract"
)

// GET /clockings/new: an empty form, filled with what the address says.
func (s *Server) newForm(x *exchange, c *contract.Collection) error {
	f, err := s.newFormRequest(x, c, contract.Create)
	if err != nil {
		return err
	}
	if why := x.whyNot(c, contract.Create); why != "" {
		return x.refuse(c, contract.Create, why)
	}
	state := f.plan.New(x.request().Context(), x.address().Query(), x.finder(), x.words.Today)
	return f.show(outcome{status: http.StatusOK}, state)
}

// POST /clockings/new: adds the record, once.
func (s *Server) create(x *exchange, c *contract.Collection) error {
	f, err := s.newFormRequest(x, c, contract.Create)
	if err != nil {
		return err
	}
	if f.values, err = x.posted(); err != nil {
		return err
	}
	return x.send(f.submit(f.prepareCreate, f.draw))
}

func (f *formRequest) prepareCreate() (change.Change, *outcome) {
	if o := f.denied(); o != nil {
		return change.Change{}, o
	}
	if typed := f.submission(); typed.Add+typed.Remove != "" {
		return change.Change{}, &outcome{status: http.StatusOK}
	}
	return f.prepared()
}
