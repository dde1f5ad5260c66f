package handlers

import (
	"context"
	"slices"

	"protime-admin/internal/catalog"
	"protime-admin/internal/form"
	"protime-admin/internal/people"
	"protime-admin/protime/contract"
)

// finder answers pickers from memory: people from their directory, everything else from the catalogs.
type finder struct {
	s        *Server
	ctx      context.Context //nolint:containedctx // it lives as long as its request
	language string
	idle     bool // Find finds nothing: what is typed will not be sent
}

func (x *exchange) finder() finder {
	return finder{s: x.s, ctx: x.request().Context(), language: x.words.Tag}
}

// Offered implements form.Finder.
func (f finder) Offered(collection string) bool {
	if collection == "people" {
		return f.s.People.State().Count > 0
	}
	return f.s.Catalog.Offered(f.ctx, collection)
}

// Find implements form.Finder.
func (f finder) Find(ctx context.Context, collection, text string, limit int) []form.Hit {
	var hits []form.Hit
	if f.idle {
		return nil
	}
	if collection == "people" {
		for _, p := range f.s.People.Find(ctx, text, limit) {
			hits = append(hits, form.Hit{ID: p.ID, Label: p.Name(), Detail: p.Number})
		}
		return hits
	}
	for _, e := range f.s.Catalog.Find(ctx, collection, text, limit) {
		hits = append(hits, f.hit(e))
	}
	return hits
}

// Label implements form.Finder.
func (f finder) Label(collection, id string) (form.Hit, bool) {
	if collection == "people" {
		p, ok := f.s.People.Person(id)
		return form.Hit{ID: id, Label: p.Name(), Detail: p.Number}, ok
	}
	e, ok := f.s.Catalog.Label(collection, id)
	return f.hit(e), ok
}

func (f finder) hit(e catalog.Entry) form.Hit {
	hit := form.Hit{ID: e.ID, Label: e.Name(f.language), Detail: e.Code}
	if hit.Detail == hit.Label {
		hit.Detail = ""
	}
	return hit
}

// loadNames has the names read that some fields refer to; it waits a moment for those that were never read.
func (x *exchange) loadNames(fields []contract.Field) {
	if names := referred(fields); len(names) > 0 {
		x.s.Catalog.Need(x.request().Context(), names...)
	}
}

// referred are the collections, people aside, that fields, their members and rows refer to.
func referred(fields []contract.Field) []string {
	var names []string
	for _, f := range fields {
		names = append(names, referred(f.Fields)...)
		if f.Item != nil {
			names = append(names, referred([]contract.Field{*f.Item})...)
		}
		if f.Ref != "" && f.Ref != "people" && !slices.Contains(names, f.Ref) {
			names = append(names, f.Ref)
		}
	}
	return names
}

// naming says why a list shows ids instead of people's names.
func (x *exchange) naming(c *contract.Collection) string {
	if slices.ContainsFunc(x.s.columns[c.Name], func(f contract.Field) bool { return f.Ref == "people" }) {
		return x.namingOfPeople()
	}
	return ""
}

// namingOfPeople says why names of people are missing, "" when all are known.
func (x *exchange) namingOfPeople() string {
	state := x.s.People.State()
	switch {
	case state.Phase == people.Ready && state.Partial:
		return x.words.T("list.people-partial")
	case state.Phase == people.Ready:
		return ""
	case state.Reason == people.NotGranted:
		return x.words.T("list.names-scope")
	case state.Phase == people.Failed:
		return x.words.T("list.names-failed")
	}
	return x.words.N("list.names-filling", state.Count)
}
