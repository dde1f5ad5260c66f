package handlers

import (
	"net/http"
	"strings"

	"protime-admin/protime/contract"
	"protime-admin/views"
)

// GET /collections: every collection, and what this person may do there.
func (s *Server) collections(x *exchange) error {
	v := &views.Collections{}
	for _, c := range s.Contract.Collections {
		if c.Path == "" && len(c.Params) > 1 {
			continue
		}
		row := views.CollectionRow{Name: x.words.Collection(c), Inferred: c.Inferred}
		switch {
		case !nested(c) && x.whyNot(c, contract.List) == "":
			row.Href = c.URL()
		case isStructured(c):
			row.Note = x.words.T("home.structured")
			v.Structured, v.Structures = true, s.Config.ActivityStructureVersions
		case nested(c):
			row.Note = x.words.T("home.nested")
		}
		x.mayDo(c, &row)
		v.Rows = append(v.Rows, row)
	}
	var err error
	if v.Unknown, err = x.unknownLink(); err != nil {
		// The page of the log shows the error.
		s.Logger.WarnContext(x.request().Context(), "changes in doubt cannot be counted", "error", err)
	}
	page := x.page(x.words.T("home.title"))
	page.Banner = x.banner()
	return x.show(http.StatusOK, views.CollectionsPage(page, v))
}

// mayDo lists what this person may do with a collection, and the first reason why not more.
func (x *exchange) mayDo(c *contract.Collection, row *views.CollectionRow) {
	words := [...]struct {
		verb contract.Verb
		key  string
	}{
		{contract.List, "home.read"}, {contract.Create, "home.create"}, {contract.Replace, "home.replace"},
		{contract.Delete, "home.delete"},
	}
	for _, w := range words {
		switch why := x.whyNot(c, w.verb); {
		case why == "":
			row.May = append(row.May, x.words.T(w.key))
		case c.Offers(w.verb) && row.Why == "":
			row.Why = why
		}
	}
	if len(row.May) == 0 {
		row.May = []string{x.words.T("home.nothing")}
	}
}

// isStructured reports whether a collection has a list for each level of each activity structure.
func isStructured(c *contract.Collection) bool {
	return len(c.Params) > 0 && c.Params[0].Name == "structureVersionId" && strings.Count(c.Path, "{") == 2
}

// GET /activity-structure-versions?version=&level=: from the form on that page to the list that it names.
func (s *Server) structure(x *exchange) error {
	q := x.request().URL.Query()
	c, ok := s.Contract.Collection("activity-definitions")
	if !ok || !isElement(q.Get("version")) || !isElement(q.Get("level")) {
		return &pageError{status: http.StatusUnprocessableEntity, failure: x.words.Failure("structure")}
	}
	return x.to(c.URL(q.Get("version"), q.Get("level")))
}
