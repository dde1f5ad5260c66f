package worklist

import (
	"context"
	"sync"
	"time"

	"protime-admin/protime"
)

// The catalogs that say what an absence is.
const (
	absenceDefinitions = "absence-definitions"
	absenceGroups      = "absence-groups"
)

// definitionsAge is how long what was read of the catalogs counts.
const definitionsAge = 15 * time.Minute

// definitions knows which absence definitions mean that somebody is away.
type definitions struct {
	mu   sync.Mutex
	ids  map[string]bool
	read time.Time
	err  error // that a catalog may not be read
}

// away are the ids of the definitions whose group is of the type Absence (documentation: absence-groups); others, and
// those whose group is not known, may be work elsewhere.
func (d *definitions) away(ctx context.Context, r reader) (map[string]bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := r.w.o.Now()
	if !d.read.IsZero() && now.Sub(d.read) < definitionsAge {
		return d.ids, d.err
	}
	ids, err := readDefinitions(ctx, r)
	if err != nil && !missing(err) {
		return nil, err
	}
	d.ids, d.err, d.read = ids, err, now
	return ids, err
}

func readDefinitions(ctx context.Context, r reader) (map[string]bool, error) {
	var groups, ids map[string]bool
	err := r.list(ctx, absenceGroups, protime.Filter{}, func() { groups = map[string]bool{} },
		func(records []protime.Record) {
			for _, record := range records {
				groups[record.Text("id")] = record.Text("type") == "Absence"
			}
		})
	if err != nil {
		return nil, err
	}
	err = r.list(ctx, absenceDefinitions, protime.Filter{}, func() { ids = map[string]bool{} },
		func(records []protime.Record) {
			for _, record := range records {
				ids[record.Text("id")] = groups[record.Text("absenceGroup", "id")]
			}
		})
	return ids, err
}
