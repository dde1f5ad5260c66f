package handlers

import (
	"net/http"
	"net/url"

	"protime-admin/protime/contract"
	"protime-admin/views"
)

// GET .../by-key: a record is created or replaced under one's own key. The form asks which key; then the edit page of
// that key reads first, and says whether it will create or replace.
func (s *Server) keyForm(v *visit, c *contract.Collection) error {
	params, err := v.params(c, false)
	if err != nil {
		return err
	}
	if why := v.whyNot(c, contract.Replace); why != "" {
		return v.refuse(c, contract.Replace, why)
	}
	q := v.request().URL.Query()
	view := &views.KeyForm{
		Heading: v.words.T("key.heading", "one", v.words.One(c)), Action: v.request().URL.EscapedPath(), Key: q.Get("key"),
		By: q.Get("by"), Custom: q.Get("custom"), Names: c.Predefined, Referable: c.Referable, Cancel: c.URL(params...),
	}
	if !q.Has("key") {
		return v.show(http.StatusOK, views.KeyPage(v.page(view.Heading), view))
	}
	by := view.By
	if view.Custom != "" {
		by = view.Custom
	}
	switch {
	case !idPattern.MatchString(view.Key):
		view.KeyProblem = v.words.T("key.problem")
	case by == "" || view.Custom != "" && !customName(by):
		view.ByProblem = v.words.T("key.by-problem")
	default:
		target := c.ItemURL(append(params, view.Key)...) + "/edit?" + url.Values{"by": {by}, "return": {view.Cancel}}.Encode()
		return v.to(target)
	}
	page := v.page(view.Heading)
	page.Problem = true
	return v.show(http.StatusUnprocessableEntity, views.KeyPage(page, view))
}
