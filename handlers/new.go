package handlers

import (
	"net/http"
	"net/url"

	"protime-admin/internal/change"
	"protime-admin/internal/form"
	"protime-admin/protime"
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
	return x.send(f.press(f.prepareCreate, f.draw))
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

// againLink leads to the form that adds a record with the values of this one, and from there to a page of ours.
func (x *exchange) againLink(c *contract.Collection, params []string, record protime.Record, back string) string {
	return newLink(c, params, x.s.plan(c, contract.Create).Query(record), back)
}

// newLink leads to the form of a new record with its inputs filled in.
func newLink(c *contract.Collection, params []string, inputs url.Values, back string) string {
	if c.SoftDelete != "" {
		inputs.Del("status")
	}
	inputs.Set(form.InputReturn, back)
	return c.URL(params...) + "/new?" + inputs.Encode()
}
