package handlers

import (
	"context"

	"protime-admin/internal/catalog"
	"protime-admin/internal/form"
)

// finder answers pickers from memory: people from their directory, everything else from the catalogs.
type finder struct {
	s        *Server
	ctx      context.Context //nolint:containedctx // a finder lives as long as its request
	language string
}

func (v *visit) finder() finder { return finder{v.s, v.request().Context(), v.words.Tag} }

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
