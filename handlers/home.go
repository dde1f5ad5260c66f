package handlers

import (
	"net/http"
	"strings"

	"protime-admin/protime/contract"
	"protime-admin/views"
)

// GET /: every collection, and what this person may do there.
func (s *Server) home(v *visit) error {
	h := &views.Home{}
	for _, c := range s.Contract.Collections {
		if c.Path == "" && len(c.Params) > 1 {
			continue
		}
		row := views.HomeRow{Name: v.words.Collection(c), Inferred: c.Inferred}
		if !nested(c) && v.whyNot(c, contract.List) == "" {
			row.Href = c.URL()
		}
		if nested(c) {
			if !v.structured(h, c) {
				row.Note = v.words.T("home.nested")
			} else {
				row.Note = v.words.T("home.structured")
			}
		}
		v.mayDo(c, &row)
		h.Rows = append(h.Rows, row)
	}
	var err error
	if h.Unknown, err = v.unknownLink(); err != nil {
		// The log has a page of its own that says so.
		s.Logger.WarnContext(v.request().Context(), "changes in doubt cannot be counted", "error", err)
	}
	page := v.page(v.words.T("home.title"))
	page.Banner = v.banner()
	return v.show(http.StatusOK, views.HomePage(page, h))
}

// mayDo lists what is allowed, and why nothing more is.
func (v *visit) mayDo(c *contract.Collection, row *views.HomeRow) {
	words := [...]struct {
		verb contract.Verb
		key  string
	}{
		{contract.List, "home.read"}, {contract.Create, "home.create"}, {contract.Replace, "home.replace"},
		{contract.Delete, "home.delete"},
	}
	for _, w := range words {
		switch why := v.whyNot(c, w.verb); {
		case why == "":
			row.May = append(row.May, v.words.T(w.key))
		case c.Offers(w.verb) && row.Why == "":
			row.Why = why
		}
	}
	if len(row.May) == 0 {
		row.May = []string{v.words.T("home.nothing")}
	}
}

// structured offers the configured activity structures for collections that live below one.
func (v *visit) structured(h *views.Home, c *contract.Collection) bool {
	if len(c.Params) == 0 || c.Params[0].Name != "structureVersionId" || strings.Count(c.Path, "{") != 2 {
		return false
	}
	if h.Structures == nil {
		h.Structures = append([]string{}, v.s.Config.ActivityStructureVersions...)
	}
	h.Structured = true
	return true
}

// GET /activity-structure-versions?version=&level=: from the form on the home page to the list that it names.
func (s *Server) structure(v *visit) error {
	q := v.request().URL.Query()
	c, ok := s.Contract.Collection("activity-definitions")
	if !ok || !idPattern.MatchString(q.Get("version")) || !idPattern.MatchString(q.Get("level")) {
		return &pageError{status: http.StatusUnprocessableEntity, failure: v.words.Failure("structure")}
	}
	return v.to(c.URL(q.Get("version"), q.Get("level")))
}
