package audit_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"protime-admin/internal/audit"
	"protime-admin/internal/change"
)

// bySystem is a look of the program's own.
func bySystem(finding change.Finding, seen change.Seen) change.Event {
	return by(looked(finding, seen), change.System())
}

// looker makes looks: it notes when each was made, and lets a test decide what comes of it.
type looker struct {
	log   *audit.Log
	since time.Time
	look  func(ctx context.Context, id string) error // nil: nothing is seen, and that is logged

	mu   sync.Mutex
	made []time.Duration
}

func (k *looker) Look(ctx context.Context, id string) error {
	k.mu.Lock()
	k.made = append(k.made, time.Since(k.since).Truncate(10*time.Second))
	k.mu.Unlock()
	if k.look != nil {
		return k.look(ctx, id)
	}
	return k.log.Append(ctx, id, bySystem(change.Absent, change.SeenBefore))
}

// times are when looks were made, in tens of seconds.
func (k *looker) times() []time.Duration {
	k.mu.Lock()
	defer k.mu.Unlock()
	return slices.Clone(k.made)
}

// runLooks runs a log with its looks and returns what stops it.
func runLooks(t *testing.T, l *audit.Log, look func(context.Context, string) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx, look) }()
	return sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
}

// inBubble runs a test in a bubble with its own clock, with two replicas on one file.
func inBubble(t *testing.T, test func(t *testing.T, first, second *audit.Log)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		db := sqlite(t)
		options := audit.Options{Replicas: true, Heartbeat: time.Minute, Poll: 5 * time.Second}
		test(t, db.open(t, options), db.open(t, options))
	})
}

func TestLooksAreMadeAtTheirTimesByOneReplica(t *testing.T) {
	inBubble(t, func(t *testing.T, first, second *audit.Log) {
		one, other := &looker{log: first, since: time.Now()}, &looker{log: second, since: time.Now()}
		defer runLooks(t, first, one.Look)()
		defer runLooks(t, second, other.Look)()
		prepare(t, first, "a", edit())
		add(t, first, "a", lost("reset"))
		prepare(t, first, "answered", edit())
		add(t, first, "answered", answered(200))
		time.Sleep(2 * time.Hour)
		made := append(one.times(), other.times()...)
		slices.Sort(made)
		want := []time.Duration{30 * time.Second, 2 * time.Minute, 10 * time.Minute, time.Hour}
		if !slices.Equal(made, want) {
			t.Errorf("looks: got %v, want %v", made, want)
		}
		if got := receipt(t, second, "a").State; got != change.NotApplied {
			t.Errorf("state: got %s, want not-applied", got)
		}
	})
}

func TestALookThatFailsIsMadeAgainLater(t *testing.T) {
	inBubble(t, func(t *testing.T, first, _ *audit.Log) {
		k := &looker{log: first, since: time.Now()}
		k.look = func(context.Context, string) error { return errors.New("the API is away") }
		stop := runLooks(t, first, k.Look)
		prepare(t, first, "a", edit())
		add(t, first, "a", lost("reset"))
		time.Sleep(40 * time.Minute)
		// Half a minute after the request, then after 1, 2, 4, 8 and 16 minutes.
		want := []time.Duration{30 * time.Second, 90 * time.Second, 210 * time.Second, 450 * time.Second,
			930 * time.Second, 1890 * time.Second}
		made := k.times()
		for i := range made { // a poll comes up to five seconds late, and each adds to it
			made[i] = made[i].Truncate(30 * time.Second)
		}
		if !slices.Equal(made, want) {
			t.Errorf("looks: got %v, want %v", made, want)
		}
		time.Sleep(12 * time.Hour)
		made = k.times()
		if n := len(made); made[n-1]-made[n-2] > time.Hour+time.Minute || n > 20 {
			t.Errorf("looks after twelve hours: got %v, want one an hour in the end", made)
		}
		stop()
		k.look = nil
		defer runLooks(t, first, k.Look)()
		time.Sleep(2 * time.Hour)
		if r := receipt(t, first, "a"); r.LastLook() == nil {
			t.Error("got no look once the API is back, want one")
		}
	})
}

func TestALookOfAReplicaThatDiesIsMadeByAnother(t *testing.T) {
	inBubble(t, func(t *testing.T, first, second *audit.Log) {
		dying := &looker{log: first, since: time.Now()}
		dying.look = func(ctx context.Context, _ string) error { <-ctx.Done(); return ctx.Err() }
		stop := runLooks(t, first, dying.Look)
		prepare(t, first, "a", edit())
		add(t, first, "a", lost("reset"))
		time.Sleep(40 * time.Second)
		stop()
		if got := dying.times(); len(got) != 1 {
			t.Fatalf("looks of the first: got %v, want one", got)
		}
		k := &looker{log: second, since: dying.since}
		defer runLooks(t, second, k.Look)()
		time.Sleep(time.Minute)
		if got := k.times(); len(got) != 0 {
			t.Errorf("looks while the first may still be at it: got %v, want none", got)
		}
		time.Sleep(2 * time.Minute)
		if got := k.times(); len(got) == 0 || receipt(t, second, "a").LastLook() == nil {
			t.Errorf("looks later: got %v, want one", got)
		}
	})
}

func TestALookByHandDoesNotMoveTheOthers(t *testing.T) {
	inBubble(t, func(t *testing.T, first, _ *audit.Log) {
		k := &looker{log: first, since: time.Now()}
		defer runLooks(t, first, k.Look)()
		prepare(t, first, "a", edit())
		add(t, first, "a", lost("reset"))
		time.Sleep(20 * time.Second)
		add(t, first, "a", looked(change.Absent, change.SeenBefore))
		time.Sleep(5 * time.Minute)
		if got, want := k.times(), []time.Duration{30 * time.Second, 2 * time.Minute}; !slices.Equal(got, want) {
			t.Errorf("looks: got %v, want %v", got, want)
		}
		add(t, first, "a", bySystem(change.Ours, change.SeenAfter))
		time.Sleep(time.Hour)
		if got := k.times(); len(got) != 2 {
			t.Errorf("looks at what was found: got %v, want none more", got)
		}
	})
}

func TestTwoReplicasNeverLookForOneChangeAtTheSameTime(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		past := newClock()
		options := audit.Options{Replicas: true, Now: past.now, Poll: 5 * time.Millisecond}
		logs := []*audit.Log{db.open(t, options), db.open(t, options)}
		const changes = 60
		for i := range changes {
			prepare(t, logs[0], number(i), edit())
			add(t, logs[0], number(i), lost("reset"))
		}
		past.move(time.Minute)
		var mu sync.Mutex
		looking, made := map[string]bool{}, map[string]int{}
		for _, l := range logs {
			defer runLooks(t, l, func(ctx context.Context, id string) error {
				mu.Lock()
				if looking[id] {
					t.Errorf("%s: two looks at the same time", id)
				}
				looking[id] = true
				made[id]++
				mu.Unlock()
				err := l.Append(ctx, id, bySystem(change.Absent, change.SeenBefore))
				mu.Lock()
				looking[id] = false
				mu.Unlock()
				return err
			})()
		}
		eventually(t, "every change is looked for", func() bool {
			mu.Lock()
			defer mu.Unlock()
			return len(made) == changes
		})
		for id, n := range made {
			if n != 1 {
				t.Errorf("%s: got %d looks, want 1", id, n)
			}
		}
	})
}

func TestARebuildPlansLooksAnew(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		past := newClock()
		l := db.open(t, audit.Options{Now: past.now, Poll: 5 * time.Millisecond})
		prepare(t, l, "a", edit())
		add(t, l, "a", lost("reset"))
		raw := db.raw(t)
		exec(t, raw, `DELETE FROM looks`)
		exec(t, raw, `INSERT INTO looks (change_id, due, tries) VALUES ('none', 0, 0)`)
		if _, err := l.Rebuild(t.Context()); err != nil {
			t.Fatal(err)
		}
		past.move(time.Minute)
		var mu sync.Mutex
		var made []string
		defer runLooks(t, l, func(ctx context.Context, id string) error {
			mu.Lock()
			made = append(made, id)
			mu.Unlock()
			return l.Append(ctx, id, bySystem(change.Absent, change.SeenBefore))
		})()
		eventually(t, "the change is looked for", func() bool { return receipt(t, l, "a").LastLook() != nil })
		mu.Lock()
		defer mu.Unlock()
		if want := []string{"a"}; !slices.Equal(made, want) {
			t.Errorf("looks: got %v, want %v", made, want)
		}
	})
}
