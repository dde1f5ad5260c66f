package attendance

import (
	"context"
	"errors"
	"time"

	"protime-admin/internal/parallel"
	"protime-admin/protime"
)

// definitionsAge is how long what was read of the catalogs counts.
const definitionsAge = 15 * time.Minute

// definitions are those of absences, as far as they mean that somebody is away.
type definitions struct {
	turn chan struct{} // holds one while somebody looks at what is below, or reads it
	away map[string]bool
	read time.Time
	err  error // that a catalog is withheld
}

// ReadList reads a whole list of a collection. Errors end it.
type ReadList func(ctx context.Context, collection string, each func(protime.Record)) error

// Away are the ids of the absence definitions whose group is of the type Absence (documentation: absence-groups). Others,
// and those whose group is not known, may be work elsewhere: no clocking is held against them. They are read once for
// everybody, by read, which is called for two lists at once. With an error, which is that of read or of ctx, they are
// those that were known before.
func (r *Register) Away(ctx context.Context, read ReadList) (map[string]bool, error) {
	d := &r.definitions
	select {
	case d.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-d.turn }()
	now := r.Now()
	if !d.read.IsZero() && now.Sub(d.read) < definitionsAge {
		return d.away, d.err
	}
	away, err := readAway(ctx, read)
	if err != nil && !Withheld(err) {
		return d.away, err
	}
	d.away, d.err, d.read = away, err, now
	return away, err
}

func readAway(ctx context.Context, read ReadList) (map[string]bool, error) {
	types, groups := map[string]string{}, map[string]string{} // by group, by definition
	var errTypes, errGroups error
	var reading parallel.Group
	reading.Go(func() {
		errTypes = read(ctx, absenceGroups, func(r protime.Record) { types[r.Text("id")] = r.Text("type") })
	})
	reading.Go(func() {
		errGroups = read(ctx, AbsenceDefinitions, func(r protime.Record) { groups[r.Text("id")] = r.Text("absenceGroup", "id") })
	})
	reading.Wait()
	if err := errors.Join(errTypes, errGroups); err != nil {
		return nil, err
	}
	away := map[string]bool{}
	for id, group := range groups {
		away[id] = types[group] == "Absence"
	}
	return away, nil
}
