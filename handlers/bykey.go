package handlers

import (
	"cmp"
	"net/http"
	"net/url"

	"protime-admin/protime/contract"
	"protime-admin/views"
)

// GET .../by-key: a form that asks for the key of the company's own under which a record is to be created or replaced. It
// leads to the edit page of that key, which says whether there is such a record.
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
	switch by := cmp.Or(view.Custom, view.By); {
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
