package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"protime-admin/internal/tell"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// GET /clockings/8192: every field of one record, and what may be done with it.
func (s *Server) record(v *visit, c *contract.Collection) error {
	params, err := v.params(c, true)
	if err != nil {
		return err
	}
	if len(c.Key) > 0 {
		return s.documentRowPage(v, c, params)
	}
	if why := v.whyNot(c, contract.Read); why != "" {
		return v.refuse(c, contract.Read, why)
	}
	record, _, err := s.API.Get(v.request().Context(), c.ItemURL(params...), v.readQuery(c))
	if err != nil {
		return err
	}
	v.loadNames(c.Fields)
	page := v.page(v.words.RecordHeading(c, record, params[len(params)-1]))
	page.Banner = v.banner()
	return v.show(http.StatusOK, views.RecordPage(page, s.recordView(v, c, params, record)))
}

// readQuery is the part of the page's query that the API takes.
func (v *visit) readQuery(c *contract.Collection) string {
	asked, passed := v.request().URL.Query(), url.Values{}
	names := []string{"externalReferences"}
	if o := c.Operations[contract.Read]; o != nil && slices.Contains(o.Query, "expand") {
		names = append(names, "expand")
	}
	for _, name := range names {
		if value := asked.Get(name); value != "" {
			passed.Set(name, value)
		}
	}
	return passed.Encode()
}

func (s *Server) recordView(v *visit, c *contract.Collection, params []string, record protime.Record) *views.Record {
	view := &views.Record{
		Heading: v.words.RecordHeading(c, record, params[len(params)-1]), Name: v.words.RecordName(c, record),
		Tags: v.words.Remarks(c, record), Raw: tell.Indented(record.Raw()),
	}
	view.List = views.Link{Text: v.words.Collection(c), Href: c.URL(params...)}
	known := map[string]bool{}
	for _, f := range c.Fields {
		known[f.Name] = true
		if f.Personal || !c.IsPublic(f.Path) {
			continue
		}
		raw, _ := record.Lookup(f.Name)
		view.Fields = append(view.Fields, views.Part{Name: v.words.Label(c, f), Value: v.words.Value(f, raw)})
	}
	for name, raw := range record.Members() {
		if !known[name] {
			view.Unknown = append(view.Unknown, views.Part{Name: name, Value: views.Value{Text: string(raw)}})
		}
	}
	view.Related = v.related(c, params)
	s.recordActions(v, c, params, record, view)
	view.History = v.historyPath(c.ItemURL(params...))
	return view
}

// recordActions says what may be done, and why not where it may not.
func (s *Server) recordActions(
	v *visit, c *contract.Collection, params []string, record protime.Record, view *views.Record,
) {
	path := c.ItemURL(params...)
	if tell.IsDeleted(c, record) {
		view.WhyNot = append(view.WhyNot, v.words.T("record.deleted"))
		if v.whyNot(c, contract.Create) == "" {
			view.Again = v.againLink(c, params, record, v.path())
		}
		return
	}
	if c.Offers(contract.Create) && v.whyNot(c, contract.Create) == "" {
		view.Like = v.againLink(c, params, record, v.path())
	}
	for _, verb := range []contract.Verb{contract.Replace, contract.Delete} {
		why, key := v.whyNot(c, verb), "record.no-edit"
		if verb == contract.Delete {
			key = "record.no-delete"
		}
		switch {
		case why == "" && verb == contract.Replace:
			view.Edit = path + "/edit"
		case why == "":
			view.Delete = path + "/delete"
		default:
			view.WhyNot = append(view.WhyNot, v.words.T(key, "why", why))
		}
	}
	view.WhyNot = slices.Compact(view.WhyNot)
}

// related are the collections below a record: a definition's usages, a person's history.
func (v *visit) related(c *contract.Collection, params []string) []views.Link {
	var links []views.Link
	for _, other := range v.s.Contract.Collections {
		if other == c || other.Path == "" || len(other.Params) < len(c.Params) ||
			!below(other.Path, c.ItemPath) || v.whyNot(other, contract.List) != "" {
			continue
		}
		links = append(links, views.Link{Text: v.words.Collection(other), Href: other.URL(params...)})
	}
	return links
}

// below reports whether a template is one element deeper than another.
func below(path, parent string) bool {
	return parent != "" && len(path) > len(parent) && strings.HasPrefix(path, parent) &&
		!strings.Contains(path[len(parent)+1:], "/") && path[len(parent)] == '/'
}
