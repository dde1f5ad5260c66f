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
	case !idPattern.MatchString(view.Key):
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
