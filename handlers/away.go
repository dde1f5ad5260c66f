package handlers

import (
	"context"
	"sync"
	"time"

	"protime-admin/protime"
)

// awayKinds remembers which absence definitions mean that somebody is away.
type awayKinds struct {
	mu    sync.Mutex
	kinds map[string]bool // by id of the definition
	read  time.Time
}

// awayAge is how long the definitions that were read count.
const awayAge = 15 * time.Minute

// known are the definitions; false when they are to be read again.
func (k *awayKinds) known(now time.Time) (map[string]bool, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.kinds, k.kinds != nil && now.Sub(k.read) < awayAge
}

func (k *awayKinds) keep(kinds map[string]bool, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kinds, k.read = kinds, now
}

// awayDefinitions are the absence definitions whose group is of the type Absence (documentation: absence-groups). Others,
// and those whose group cannot be read, may be work elsewhere: no clocking is held against them.
func (x *exchange) awayDefinitions(ctx context.Context) map[string]bool {
	now := x.s.Now()
	kinds, fresh := x.s.away.known(now)
	if fresh {
		return kinds
	}
	types, groups := map[string]string{}, map[string]string{} // by group, by definition
	parts := []*daysPart{
		{collection: "absence-groups", everybody: true, take: func(r protime.Record) { types[r.Text("id")] = r.Text("type") }},
		{collection: "absence-definitions", everybody: true, take: func(r protime.Record) {
			groups[r.Text("id")] = r.Text("absenceGroup", "id")
		}},
	}
	var reading sync.WaitGroup
	x.readParts(ctx, &reading, 0, parts...)
	reading.Wait()
	if parts[0].failed() || parts[1].failed() {
		return kinds
	}
	kinds = map[string]bool{}
	for id, group := range groups {
		kinds[id] = types[group] == "Absence"
	}
	x.s.away.keep(kinds, now)
	return kinds
}
