package handlers

import (
	"cmp"
	"net/http"
	"net/url"

	"protime-admin/internal/change"
	"protime-admin/internal/day"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
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

// GET .../by-key: a form that asks for the key of the company's own under which a record is to be created or replaced. It
// leads to the edit page of that key, which says whether there is such a record.
func (s *Server) keyForm(x *exchange, c *contract.Collection) error {
	params, err := x.params(c, false)
	if err != nil {
		return err
	}
	if why := x.whyNot(c, contract.Replace); why != "" {
		return x.refuse(c, contract.Replace, why)
	}
	q := x.request().URL.Query()
	view := &views.KeyForm{
		Heading: x.words.T("key.heading", "one", x.words.One(c)), Action: x.request().URL.EscapedPath(), Key: q.Get("key"),
		By: q.Get("by"), Custom: q.Get("custom"), Names: c.Predefined, Referable: c.Referable, Cancel: c.URL(params...),
	}
	if !q.Has("key") {
		return x.show(http.StatusOK, views.KeyPage(x.page(view.Heading), view))
	}
	switch by := cmp.Or(view.Custom, view.By); {
	case !isElement(view.Key):
		view.KeyProblem = x.words.T("key.problem")
	case by == "" || view.Custom != "" && !customName(by):
		view.ByProblem = x.words.T("key.by-problem")
	default:
		target := c.ItemURL(append(params, view.Key)...) + "/edit?" + url.Values{"by": {by}, "return": {view.Cancel}}.Encode()
		return x.to(target)
	}
	page := x.page(view.Heading)
	page.Problem = true
	return x.show(http.StatusUnprocessableEntity, views.KeyPage(page, view))
}
