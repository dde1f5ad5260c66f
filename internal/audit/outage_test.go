package audit_test

import (
	"context"
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	"protime-admin/internal/audit"
	"protime-admin/internal/change"
)

// stuck runs a write that must fail with change.ErrLog while the database still hangs: it is bounded far above what it
// may take, so that a write that waits for the database fails the test.
func stuck(t *testing.T, what string, write func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- write(ctx) }()
	select {
	case err := <-done:
		if !errors.Is(err, change.ErrLog) {
			t.Errorf("%s: got %v, want ErrLog", what, err)
		}
	case <-ctx.Done():
		t.Fatalf("%s: still waits for the database after a minute", what)
	}
}

// manyStuck runs as many writes at once as there are people who save.
func manyStuck(t *testing.T, l *audit.Log) {
	t.Helper()
	stuck(t, "the first change", func(ctx context.Context) error { return l.Prepare(ctx, "first", edit()) })
	var all sync.WaitGroup
	for i := range 32 {
		all.Go(func() {
			stuck(t, "another change", func(ctx context.Context) error { return l.Prepare(ctx, number(i), edit()) })
		})
	}
	all.Wait()
	stuck(t, "twenty changes, one after the other", func(ctx context.Context) (err error) {
		for i := range 20 {
			err = l.Prepare(ctx, number(i), edit())
		}
		return err
	})
	stuck(t, "health", l.Health)
}

// recovers waits until a change can be logged again, and the outcome that could not be is.
func recovers(t *testing.T, l *audit.Log, outcome string) {
	t.Helper()
	eventually(t, "a change is logged again", func() bool {
		err := l.Prepare(t.Context(), "again", edit())
		return err == nil || errors.Is(err, change.ErrSpent)
	})
	eventually(t, "the log is healthy again", func() bool { return l.Health(t.Context()) == nil })
	eventually(t, "the outcome is written", func() bool { return receipt(t, l, outcome).State == change.Applied })
}

func TestInvariant2_ALogThatSomebodyLocksStopsChangesAndNotReading(t *testing.T) {
	t.Parallel() // it waits more than it works
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{Heartbeat: 50 * time.Millisecond})
		run(t, l)
		prepare(t, l, "a", edit())
		holder, err := db.raw(t).BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := holder.ExecContext(t.Context(), `UPDATE head SET at = at`); err != nil {
			t.Fatal(err)
		}
		stuck(t, "an outcome", func(ctx context.Context) error { return l.Append(ctx, "a", answered(200)) })
		manyStuck(t, l)
		if got := receipt(t, l, "a").State; got != change.Sending {
			t.Errorf("reading: got %s, want sending", got)
		}
		if out, err := l.Revocations().Revoked(t.Context(), []string{"sid:x"}, time.Time{}); out || err != nil {
			t.Errorf("revoked: got %v, %v, want no", out, err)
		}
		if err := holder.Rollback(); err != nil {
			t.Fatal(err)
		}
		recovers(t, l, "a")
	})
}

func TestInvariant2_AFileThatIsMovedAwayTakesNoChanges(t *testing.T) {
	away := map[string]func(t *testing.T, file string) (back func()){
		"moved": func(t *testing.T, file string) func() {
			rename(t, file, file+".away")
			return func() { rename(t, file+".away", file) }
		},
		"replaced": func(t *testing.T, file string) func() {
			rename(t, file, file+".away")
			if err := os.WriteFile(file, []byte("SQLite format 3\x00"), 0o600); err != nil {
				t.Fatal(err)
			}
			return func() { rename(t, file+".away", file) }
		},
		"without its journal": func(t *testing.T, file string) func() {
			rename(t, file+"-wal", file+".away")
			return func() { rename(t, file+".away", file+"-wal") }
		},
	}
	for name, move := range away {
		t.Run(name, func(t *testing.T) {
			db := sqlite(t)
			l := db.open(t, audit.Options{Heartbeat: 50 * time.Millisecond})
			run(t, l)
			prepare(t, l, "a", edit())
			back := move(t, db.file())
			stuck(t, "a change", func(ctx context.Context) error { return l.Prepare(ctx, "b", edit()) })
			stuck(t, "an outcome", func(ctx context.Context) error { return l.Append(ctx, "a", answered(200)) })
			stuck(t, "health", l.Health)
			back()
			recovers(t, l, "a")
			verify(t, l, "")
		})
	}
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

func TestHealthFailsOnAFullDisk(t *testing.T) {
	db := sqlite(t)
	l := db.open(t, audit.Options{})
	eventually(t, "the log is healthy", func() bool { return l.Health(t.Context()) == nil })
	fill(t, l)
	stuck(t, "health", l.Health)
}

func TestOutcomesThatAreLostAtTheEndAreToldOfAndNothingElse(t *testing.T) {
	tests := []struct {
		name  string
		write func(t *testing.T, l *audit.Log)
		lost  bool
	}{
		{"nothing waits", func(*testing.T, *audit.Log) {}, false},
		{"a change that could not be logged was not sent", func(t *testing.T, l *audit.Log) {
			stuck(t, "a change", func(ctx context.Context) error { return l.Prepare(ctx, "b", edit()) })
		}, false},
		{"an outcome could not be logged", func(t *testing.T, l *audit.Log) {
			stuck(t, "an outcome", func(ctx context.Context) error { return l.Append(ctx, "a", answered(200)) })
		}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			db := sqlite(t)
			l, err := audit.Open(t.Context(), db.url, serving())
			if err != nil {
				t.Fatal(err)
			}
			prepare(t, l, "a", edit())
			rename(t, db.file(), db.file()+".away")
			test.write(t, l)
			if err := l.Close(); (err != nil) != test.lost {
				t.Errorf("close: got %v, want an error: %t", err, test.lost)
			}
		})
	}
}
