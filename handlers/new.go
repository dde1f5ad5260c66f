package handlers

import (
	"net/http"

	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// GET /clockings/new: an empty form, filled with what the address says.
func (s *Server) newForm(v *visit, c *contract.Collection) error {
	f, err := s.newSheet(v, c)
	if err != nil {
		return err
	}
	if why := v.whyNot(c, contract.Create); why != "" {
		return v.refuse(c, contract.Create, why)
	}
	return f.show(http.StatusOK, f.plan.New(v.request().Context(), v.request().URL.Query(), v.finder(), v.words.Today))
}

func (s *Server) newSheet(v *visit, c *contract.Collection) (*sheet, error) {
	params, err := v.params(c, false)
	if err != nil {
		return nil, err
	}
	return &sheet{
		v: v, c: c, verb: contract.Create, plan: s.plan(c, contract.Create), params: params, page: c.URL(params...),
	}, nil
}

// POST /clockings/new: adds the record, once.
func (s *Server) create(v *visit, c *contract.Collection) error {
	f, err := s.newSheet(v, c)
	if err != nil {
		return err
	}
	if !c.Offers(contract.Create) {
		return v.refuse(c, contract.Create, v.whyNot(c, contract.Create))
	}
	if f.values, err = v.posted(); err != nil {
		return err
	}
	f.sub = f.plan.Decode(v.request().Context(), f.values, v.finder(), v.words.Today)
	if f.sub.Add != "" {
		return f.show(http.StatusOK, f.sub.AddRow(f.base, f.sub.Add))
	}
	if f.sub.Remove != "" {
		return f.show(http.StatusOK, f.sub.RemoveRow(f.base, f.sub.Remove))
	}
	if why := v.whyNot(c, contract.Create); why != "" {
		return f.denied(why)
	}
	if v.restored() {
		return f.draw(http.StatusOK)
	}
	f.problemsFirst()
	empty, err := protime.ParseRecord([]byte("{}"))
	if err != nil {
		return err
	}
	after, leftOut, problems := f.sub.Merge(empty)
	f.problems = problems
	if len(f.whole)+len(f.problems) > 0 || f.whyNot != "" {
		return f.draw(http.StatusUnprocessableEntity)
	}
	body, err := f.plan.Body(empty, after)
	if err != nil {
		return err
	}
	if f.values.Has("preview") {
		return f.previewed(after, body, leftOut)
	}
	return f.handIn(f.change(after, body, leftOut))
}

// denied keeps what was typed although it may not be sent.
func (f *sheet) denied(why string) error {
	refused := f.v.refusal(f.c, f.verb, why)
	f.trouble = &refused.failure
	f.v.askToWait(refused.status, refused)
	return f.draw(refused.status)
}
