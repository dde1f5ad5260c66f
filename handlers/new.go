package handlers

import (
	"net/http"

	"protime-admin/internal/change"
	"protime-admin/internal/day"
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
	inputs := x.address().Query()
	for name, value := range c.Preset {
		if !inputs.Has(name) {
			inputs.Set(name, value)
		}
	}
	state := f.plan.New(x.request().Context(), inputs, x.finder(), x.words.Today)
	typed, _, _ := f.plan.Decode(x.request().Context(), inputs, x.finder(), x.words.Today).Merge(protime.Record{})
	around := f.around(typed)
	f.readDrawn(inputs)
	if len(f.drawn) == 0 && around != nil {
		person, date := typed.Text("person", "id"), typed.Text("date")
		f.drawn = []string{drawnDay(person, date, day.DigestOf(date, clockingsOf(around)))}
	}
	f.warn(typed, around)
	f.day = f.dayOf(typed, around)
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
	f.readDrawn(f.values)
	return x.send(f.submit(f.prepareCreate, f.draw))
}

func (f *formRequest) prepareCreate() (change.Change, *outcome) {
	if o := f.denied(); o != nil {
		return change.Change{}, o
	}
	if f.redraws() {
		return change.Change{}, &outcome{status: http.StatusOK}
	}
	return f.prepared()
}
