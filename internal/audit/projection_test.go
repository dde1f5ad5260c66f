package audit_test

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"protime-admin/internal/audit"
	"protime-admin/internal/change"
)

// anything is any event that may follow the first one of a change.
func anything(random *rand.Rand) change.Event {
	ruled := by(change.Event{Facts: change.Facts{Kind: change.KindRuled, Ruling: change.RuledNotThere}}, els())
	notSent := lost("unreached")
	notSent.Facts.Attempt.Left = false
	all := []change.Event{
		answered(200), answered(202), answered(409), answered(502), lost("timeout"), notSent, change.Stopped(), ruled,
		looked(change.Ours, change.SeenAfter), looked(change.Absent, change.SeenBefore), looked(change.Unclear, change.SeenOtherwise),
	}
	return all[random.IntN(len(all))]
}

func TestPagesSayWhatTheEventsSayWhateverHappens(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		seed := uint64(time.Now().UnixNano())
		t.Logf("seed %d", seed)
		random := rand.New(rand.NewPCG(seed, 3))
		clock := newClock()
		l := db.open(t, audit.Options{Now: clock.now, Retention: 24 * time.Hour})
		for i := range 300 {
			clock.move(time.Duration(random.IntN(20)-1) * time.Minute)
			id, old := number(random.IntN(60)), number(random.IntN(60))
			e := edit()
			if random.IntN(3) == 0 {
				e = by(undo(old), tom())
			}
			err := l.Prepare(t.Context(), id, e)
			if errors.Is(err, change.ErrSpent) {
				err = l.Append(t.Context(), id, anything(random), anything(random))
			}
			if err != nil && !errors.Is(err, change.ErrUndone) && !errors.Is(err, change.ErrNoChange) {
				t.Fatal(err)
			}
			if i%100 == 50 {
				if err := l.Forget(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
		verify(t, l, "")
		for _, state := range []change.State{change.Sending, change.Applied, change.NotSent, change.Refused, change.Accepted,
			change.Unknown, change.NotApplied} {
			for _, r := range page(t, l, change.Query{State: state, Limit: 100}) {
				if r.State != state {
					t.Errorf("%s: the page of %s shows %s", r.ID, state, r.State)
				}
				if undone := page(t, l, change.Query{Undoes: r.ID}); r.UndoneBy != "" && len(undone) == 0 {
					t.Errorf("%s: got undone by %s, and no change undoes it", r.ID, r.UndoneBy)
				}
			}
		}
		before, _ := export(t, l, audit.CSV)
		if _, err := l.Rebuild(t.Context()); err != nil {
			t.Fatal(err)
		}
		verify(t, l, "")
		if after, _ := export(t, l, audit.CSV); after != before {
			t.Error("a rebuilt log is another one than before")
		}
	})
}
