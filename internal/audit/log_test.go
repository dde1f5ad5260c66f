package audit_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"protime-admin/internal/audit"
	"protime-admin/internal/change"
	"protime-admin/protime/contract"
)

var _ change.Log = (*audit.Log)(nil)

func TestAReceiptHasEverythingThatWasWritten(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		clock := newClock()
		l := db.open(t, clock.options())
		prepare(t, l, "a", edit())
		clock.move(time.Second)
		refused := answered(401)
		second := answered(202)
		second.Facts.Attempt.Number = 2
		add(t, l, "a", refused, second)
		clock.move(time.Second)
		add(t, l, "a", looked(change.Absent, change.SeenBefore))
		ruled := by(change.Event{Facts: change.Facts{Kind: change.KindRuled, Ruling: change.RuledThere}}, tom())
		add(t, l, "a", ruled)
		events := []change.Event{edit(), refused, second, looked(change.Absent, change.SeenBefore), ruled}
		for i, after := range []time.Duration{-2, -1, -1, 0, 0} {
			events[i].Sequence, events[i].At = int64(i+1), clock.now().Add(after*time.Second).UTC()
		}
		want, err := change.Fold("a", events)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, receipt(t, l, "a")); diff != "" {
			t.Errorf("receipt (-want +got):\n%s", diff)
		}
		if want.State != change.Applied || want.How != change.ByRuling {
			t.Errorf("got %s by %s, want a ruling that counts", want.State, want.How)
		}
	})
}

func TestAnIdIsSpentWhenTheChangeIsPrepared(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		prepare(t, l, "a", edit())
		other := edit()
		other.Facts.Prepared.Path = "/clockings/1"
		if err := l.Prepare(t.Context(), "a", other); !errors.Is(err, change.ErrSpent) || errors.Is(err, change.ErrLog) {
			t.Errorf("second: got %v, want ErrSpent", err)
		}
		if got := receipt(t, l, "a").Path; got != "/clockings/8192" {
			t.Errorf("path: got %q, want the first one's", got)
		}
		if err := l.Prepare(t.Context(), "", edit()); !errors.Is(err, change.ErrLog) {
			t.Errorf("without an id: got %v, want ErrLog", err)
		}
		if err := l.Append(t.Context(), "b", answered(200)); !errors.Is(err, change.ErrNoChange) {
			t.Errorf("append to nothing: got %v, want ErrNoChange", err)
		}
	})
}

func TestAnAttemptIsWrittenOnce(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		prepare(t, l, "a", edit())
		for range 2 { // the answer of the first commit may have been lost
			add(t, l, "a", answered(200))
		}
		add(t, l, "a", looked(change.Ours, change.SeenAfter))
		add(t, l, "a", looked(change.Ours, change.SeenAfter))
		if got := len(receipt(t, l, "a").Events); got != 4 {
			t.Errorf("events: got %d, want the change, one answer and two looks", got)
		}
	})
}

func TestTextThatADatabaseRefusesIsStoredReadably(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		e := edit()
		e.Personal.Note = "nul \x00 and \xff"
		e.Personal.Person = "\x00"
		e.Facts.Prepared.RequestID = "\xff"
		e.Personal.Before = change.Text("\x00\xffnot JSON")
		e.Personal.After = change.Text("{\"name\":\"\xff\"}")
		prepare(t, l, "a", e)
		got := receipt(t, l, "a")
		if got.Reason.Note != "nul \x00 and \uFFFD" || got.RequestID != "\uFFFD" ||
			string(got.Before) != "\x00\uFFFDnot JSON" || string(got.After) != "{\"name\":\"\uFFFD\"}" {
			t.Errorf("got note %q, request id %q, before %q, after %q", got.Reason.Note, got.RequestID, got.Before, got.After)
		}
		if got := page(t, l, change.Query{Person: "\x00", Text: "NUL \x00"}); ids(got) != "a" {
			t.Errorf("found by the same text: got %q, want a", ids(got))
		}
	})
}

func TestAChangeIsUndoneOnce(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		prepare(t, l, "a", edit())
		add(t, l, "a", answered(200))
		undoneBy := func(want string) {
			t.Helper()
			if got := receipt(t, l, "a").UndoneBy; got != want {
				t.Errorf("undone by: got %q, want %q", got, want)
			}
		}
		prepare(t, l, "u1", undo("a"))
		undoneBy("u1")
		if err := l.Prepare(t.Context(), "u2", undo("a")); !errors.Is(err, change.ErrUndone) {
			t.Fatalf("second undo: got %v, want ErrUndone", err)
		}
		if _, err := l.Receipt(t.Context(), "u2"); !errors.Is(err, change.ErrNoChange) {
			t.Errorf("receipt of what was not prepared: got %v, want ErrNoChange", err)
		}
		add(t, l, "u1", answered(409))
		undoneBy("")
		prepare(t, l, "u3", undo("a"))
		add(t, l, "u3", lost("timeout"))
		undoneBy("u3")
		add(t, l, "u3", looked(change.Ours, change.SeenAfter))
		undoneBy("u3")
		if got := page(t, l, change.Query{Undoes: "a"}); ids(got) != "u3 u1" {
			t.Errorf("undos: got %s, want u3 u1", ids(got))
		}
		if err := l.Prepare(t.Context(), "u4", undo("nothing")); !errors.Is(err, change.ErrNoChange) {
			t.Errorf("undo of nothing: got %v, want ErrNoChange", err)
		}
	})
}

func TestInvariant4_AnUndoThatIsFoundLateHasItsPlaceAgain(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		clock := newClock()
		l := db.open(t, clock.options())
		prepare(t, l, "a", edit())
		add(t, l, "a", answered(200))
		prepare(t, l, "first", undo("a"))
		add(t, l, "first", change.Stopped())
		clock.move(time.Hour)
		add(t, l, "first", looked(change.Absent, change.SeenBefore), looked(change.Absent, change.SeenBefore))
		if got := receipt(t, l, "first").State; got != change.NotApplied {
			t.Fatalf("got %s, want not applied", got)
		}
		prepare(t, l, "second", undo("a"))
		if got := receipt(t, l, "a").UndoneBy; got != "second" {
			t.Errorf("got undone by %q, want second", got)
		}
		add(t, l, "second", answered(404))
		add(t, l, "first", answered(200)) // the process was not gone, and its answer counts
		if got := receipt(t, l, "first").State; got != change.Applied {
			t.Errorf("got %s, want applied", got)
		}
		if got := receipt(t, l, "a").UndoneBy; got != "first" {
			t.Errorf("got undone by %q, want first", got)
		}
	})
}

func TestManyWritesAtOnceAllReachTheLog(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		var all sync.WaitGroup
		for i := range 200 {
			all.Go(func() {
				id := number(i % 150) // a quarter of them come twice
				err := l.Prepare(t.Context(), id, edit())
				if errors.Is(err, change.ErrSpent) {
					return
				}
				if err := errors.Join(err, l.Append(t.Context(), id, answered(200))); err != nil {
					t.Errorf("write: %v", err)
				}
			})
		}
		all.Wait()
		if head, err := l.Head(t.Context()); err != nil || head.Sequence != 300 {
			t.Errorf("got %v, %v, want 300 events of 150 changes", head, err)
		}
	})
}

func TestInvariant2_ALogThatCannotBeWrittenSaysSo(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		prepare(t, l, "before", edit())
		raw := db.raw(t)
		exec(t, raw, `ALTER TABLE changes RENAME TO away`)
		if err := l.Prepare(t.Context(), "a", edit()); !errors.Is(err, change.ErrLog) {
			t.Errorf("begin: got %v, want ErrLog", err)
		}
		if err := l.Append(t.Context(), "before", answered(200)); !errors.Is(err, change.ErrLog) {
			t.Errorf("end: got %v, want ErrLog", err)
		}
		exec(t, raw, `ALTER TABLE away RENAME TO changes`)
		if _, err := l.Receipt(t.Context(), "a"); !errors.Is(err, change.ErrNoChange) {
			t.Errorf("receipt: got %v, want ErrNoChange", err)
		}
	})
}

func TestInvariant2_AClosedOrReadingLogTakesNothing(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l, err := audit.Open(t.Context(), db.url, serving())
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "the log can be written", func() bool { return l.Health(t.Context()) == nil })
		reading := db.read(t)
		if err := reading.Prepare(t.Context(), "a", edit()); !errors.Is(err, change.ErrLog) {
			t.Errorf("begin on a reading log: got %v, want ErrLog", err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if err := l.Prepare(t.Context(), "a", edit()); !errors.Is(err, change.ErrLog) {
			t.Errorf("begin on a closed log: got %v, want ErrLog", err)
		}
		if err := l.Health(t.Context()); !errors.Is(err, change.ErrLog) {
			t.Errorf("writable of a closed log: got %v, want ErrLog", err)
		}
	})
}

// fill writes changes until the disk is full. A page limit is what a full disk looks like to SQLite.
func fill(t *testing.T, l *audit.Log) {
	t.Helper()
	audit.LimitPages(t, l, 4)
	var err error
	for i := 0; i < 200 && err == nil; i++ {
		e := edit()
		e.Personal.Before = change.Text(`"` + strings.Repeat("x", 4000) + `"`)
		err = l.Prepare(t.Context(), number(i), e)
	}
	if !errors.Is(err, change.ErrLog) {
		t.Fatalf("prepare on a full disk: got %v, want ErrLog", err)
	}
}

func TestInvariant2_AFullDiskStopsChangesAndNotReading(t *testing.T) {
	db := sqlite(t)
	l := db.open(t, audit.Options{})
	prepare(t, l, "before", edit())
	fill(t, l)
	if got := receipt(t, l, "before").ID; got != "before" {
		t.Errorf("reading: got %q, want before", got)
	}
}

func TestAnOutcomeThatCouldNotBeWrittenIsWrittenLater(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{Heartbeat: 20 * time.Millisecond})
		prepare(t, l, "a", edit())
		raw := db.raw(t)
		exec(t, raw, `ALTER TABLE head RENAME TO away`)
		if err := l.Append(t.Context(), "a", answered(200)); !errors.Is(err, change.ErrLog) {
			t.Fatalf("end: got %v, want ErrLog", err)
		}
		if got := receipt(t, l, "a").State; got != change.Sending {
			t.Errorf("state: got %s, want sending", got)
		}
		exec(t, raw, `ALTER TABLE away RENAME TO head`)
		run(t, l)
		eventually(t, "the outcome is written", func() bool { return receipt(t, l, "a").State == change.Applied })
	})
}

func TestAWriteWhoseTimeIsOverIsWithdrawn(t *testing.T) {
	db := sqlite(t)
	l := db.open(t, audit.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := l.Prepare(ctx, "a", edit()); !errors.Is(err, change.ErrLog) {
		// The turn may have come first: then it is written, and says so.
		if err != nil {
			t.Fatalf("begin: got %v, want ErrLog or a written change", err)
		}
		receipt(t, l, "a")
		return
	}
	if _, err := l.Receipt(t.Context(), "a"); !errors.Is(err, change.ErrNoChange) {
		t.Errorf("receipt of what was withdrawn: got %v, want ErrNoChange", err)
	}
}

func TestEventsAreNeverChangedOrDeleted(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		prepare(t, l, "a", edit())
		add(t, l, "a", answered(200))
		raw := db.raw(t)
		for _, statement := range []string{
			`DELETE FROM events`,
			`DELETE FROM events WHERE sequence = 2`,
			`UPDATE events SET document = '{}'`,
			`UPDATE events SET personal = '{}' WHERE sequence = 1`,
			`UPDATE events SET salt = NULL, personal = NULL, document = '{}'`,
			`UPDATE events SET hash = digest`,
			`UPDATE events SET personal = NULL`,
			`UPDATE events SET salt = NULL`,
		} {
			if _, err := raw.ExecContext(t.Context(), statement); err == nil {
				t.Errorf("%s: got no error, want a refusal", statement)
			}
		}
	})
}

func TestASecondProcessDoesNotServeFromOneFile(t *testing.T) {
	db := sqlite(t)
	l := db.open(t, audit.Options{})
	if _, err := audit.Open(t.Context(), db.url, serving()); !errors.Is(err, audit.ErrServed) {
		t.Fatalf("second: got %v, want ErrServed", err)
	}
	prepare(t, l, "a", edit())
	reading := db.read(t)
	if got := receipt(t, reading, "a").ID; got != "a" {
		t.Errorf("reading beside: got %q, want a", got)
	}
}

func TestALogThatIsClosedIsOneFile(t *testing.T) {
	db := sqlite(t)
	l, err := audit.Open(t.Context(), db.url, serving())
	if err != nil {
		t.Fatal(err)
	}
	prepare(t, l, "a", edit())
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"-wal", "-shm"} {
		if _, err := os.Stat(db.file() + suffix); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: got %v, want it gone", suffix, err)
		}
	}
	info, err := os.Stat(db.file())
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o600 {
		t.Errorf("permissions: got %o, want 600", got)
	}
	if got := receipt(t, db.open(t, audit.Options{}), "a").ID; got != "a" {
		t.Errorf("opened again: got %q, want a", got)
	}
}

func TestReadingALogThatIsNotThereIsAnError(t *testing.T) {
	file := filepath.Join(t.TempDir(), "none.db")
	if _, err := audit.Open(t.Context(), "sqlite:"+file, audit.Options{}); err == nil {
		t.Error("got no error, want one")
	}
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file: got %v, want that it was not made", err)
	}
	for _, address := range []string{"", "audit.db", "mysql://x"} {
		if _, err := audit.Open(t.Context(), address, serving()); err == nil {
			t.Errorf("%q: got no error, want one", address)
		}
	}
}

func TestAnOlderBinaryRefusesANewerSchema(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l, err := audit.Open(t.Context(), db.url, serving())
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		exec(t, db.raw(t), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, true)`)
		for _, serve := range []bool{true, false} {
			_, err := audit.Open(t.Context(), db.url, audit.Options{Serve: serve, Key: key()})
			if !errors.Is(err, audit.ErrNewerSchema) {
				t.Errorf("serve %t: got %v, want ErrNewerSchema", serve, err)
			}
		}
	})
}

func TestChangesOfAProcessThatIsGoneBecomeUnknown(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		first := db.open(t, audit.Options{Heartbeat: 50 * time.Millisecond})
		prepare(t, first, "a", edit())
		prepare(t, first, "b", edit())
		add(t, first, "b", answered(200))
		audit.Kill(first)
		second := db.open(t, audit.Options{Heartbeat: 50 * time.Millisecond})
		run(t, second)
		eventually(t, "the change is unknown", func() bool { return receipt(t, second, "a").State == change.Unknown })
		if got := receipt(t, second, "a").Failure; got != "stopped" {
			t.Errorf("failure: got %q, want stopped", got)
		}
		if got := receipt(t, second, "b").State; got != change.Applied {
			t.Errorf("what had an outcome: got %s, want done", got)
		}
		if got := page(t, second, change.Query{State: change.Unknown}); ids(got) != "a" {
			t.Errorf("unknown: got %s, want a", ids(got))
		}
	})
}

func TestAChangeOfThisProcessThatNobodyEndsBecomesUnknown(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		clock := newClock()
		l := db.open(t, audit.Options{Now: clock.now, Heartbeat: 10 * time.Millisecond})
		prepare(t, l, "a", edit())
		run(t, l)
		clock.move(9 * time.Minute)
		prepare(t, l, "b", edit())
		clock.move(2 * time.Minute)
		eventually(t, "the old change is unknown", func() bool { return receipt(t, l, "a").State == change.Unknown })
		if got := receipt(t, l, "b").State; got != change.Sending {
			t.Errorf("the young change: got %s, want sending", got)
		}
		add(t, l, "a", answered(200))
		if got := receipt(t, l, "a").State; got != change.Applied {
			t.Errorf("an outcome that comes late: got %s, want done", got)
		}
	})
}

func TestRevocationsAreShared(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		clock := newClock()
		l := db.open(t, clock.options())
		r := l.Revocations()
		start := clock.now()
		check := func(what string, since time.Time, want bool) {
			t.Helper()
			got, err := r.Revoked(t.Context(), []string{"sid:other", "sid:1"}, since)
			if err != nil || got != want {
				t.Errorf("%s: got %t, %v, want %t", what, got, err, want)
			}
		}
		check("before anything", start, false)
		clock.move(time.Minute)
		for _, issued := range []time.Time{clock.now(), start, clock.now()} { // an older one, and the same again
			if err := r.Revoke(t.Context(), "sid:1", issued, clock.now().Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		check("a session that was issued before", start, true)
		check("a session that was issued at the time", clock.now(), true)
		check("a session that was issued after it", clock.now().Add(time.Second), false)
		audit.Kill(l)
		l = db.open(t, clock.options())
		r = l.Revocations()
		check("after a restart", start, true)
		for i, want := range []bool{true, false} {
			got, err := r.UseOnce(t.Context(), "code:1", clock.now().Add(time.Minute))
			if err != nil || got != want {
				t.Errorf("use %d: got %t, %v, want %t", i+1, got, err, want)
			}
		}
		clock.move(2 * time.Hour)
		if err := r.Tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		check("after its time", start, false)
	})
}

func TestSessionsAreListedForEveryReplicaUntilTheyEnd(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		clock := newClock()
		l := db.open(t, clock.options())
		s := l.Sessions()
		put := func(key, subject, sid, record string, lasts time.Duration) {
			t.Helper()
			if err := s.Put(t.Context(), key, subject, sid, record, clock.now().Add(lasts)); err != nil {
				t.Fatal(err)
			}
		}
		wants := func(what string, want map[string]string) {
			t.Helper()
			got, err := s.List(t.Context(), "sub:els")
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("%s: %v (-want +got)\n%s", what, err, diff)
			}
		}
		remove := func(key string) {
			t.Helper()
			if err := s.Remove(t.Context(), key); err != nil {
				t.Fatal(err)
			}
		}
		put("id:1", "sub:els", "sid:1", "first", time.Hour)
		put("id:2", "sub:els", "sid:2", "second", 3*time.Hour)
		put("id:3", "sub:els", "", "third", 3*time.Hour)
		put("id:4", "sub:marc", "sid:4", "Marc's", 3*time.Hour)
		put("id:2", "sub:els", "sid:2", "second, seen", 3*time.Hour)
		wants("one subject's", map[string]string{"id:1": "first", "id:2": "second, seen", "id:3": "third"})
		audit.Kill(l)
		l = db.open(t, clock.options())
		s = l.Sessions()
		clock.move(2 * time.Hour)
		if err := s.Tidy(t.Context()); err != nil {
			t.Fatal(err)
		}
		wants("after the time of one", map[string]string{"id:2": "second, seen", "id:3": "third"})
		remove("sid:2")
		remove("sub:els") // ends no session that starts later
		wants("after the provider ended one", map[string]string{"id:3": "third"})
		remove("id:3")
		wants("after the last was ended", map[string]string{})
		verify(t, l, "")
	})
}

func TestRevocationsThatSomebodyWroteToAreNotSigned(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		for _, statement := range []string{
			`DELETE FROM revocations`, `INSERT INTO revocations (key, at, until) VALUES ('sub:els', 99999999999999, 99999999999999)`,
		} {
			db := db.another(t)
			var logged strings.Builder
			l := db.open(t, audit.Options{Logger: slog.New(slog.NewTextHandler(&logged, nil))})
			until := time.Now().Add(time.Hour)
			if err := l.Revocations().Revoke(t.Context(), "sid:1", until, until); err != nil {
				t.Fatal(err)
			}
			exec(t, db.raw(t), statement)
			if err := l.Revocations().Revoke(t.Context(), "sid:2", until, until); !errors.Is(err, change.ErrLog) {
				t.Errorf("%s, then a sign-out: got %v, want ErrLog", statement, err)
			}
			if _, err := l.Revocations().UseOnce(t.Context(), "state", until); !errors.Is(err, change.ErrLog) {
				t.Errorf("%s, then a sign-in: got %v, want ErrLog", statement, err)
			}
			if !strings.Contains(logged.String(), "level=ERROR msg=\"the audit log was altered\"") {
				t.Errorf("%s: got %q, want it logged", statement, logged.String())
			}
			altered(t, l, "")
			prepare(t, l, "a", edit()) // it signs the digest as it was
			altered(t, l, "")
		}
	})
}

func TestChangesAreFoundByEachFilter(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		clock := newClock()
		l := db.open(t, clock.options())
		start := clock.now()
		b, c := by(edit(), tom()), edit()
		b.Personal.Person, b.Personal.Date, b.Personal.Note = "12", "2026-01-07", "Badge vergeten"
		p := b.Facts.Prepared
		p.Path, p.Verb, p.Reason = "/clockings", contract.Create, "correction"
		c.Personal.Person, c.Personal.Date, c.Personal.Note = "", "", ""
		p = c.Facts.Prepared
		p.Collection, p.Path, p.Verb, p.Reason = "assignments", "/assignments/5", contract.Delete, ""
		prepare(t, l, "a", edit())
		clock.move(time.Hour)
		prepare(t, l, "b", b)
		clock.move(time.Hour)
		prepare(t, l, "c", c)
		clock.move(time.Hour)
		add(t, l, "a", answered(200))
		add(t, l, "b", lost("timeout"))
		for _, test := range []struct {
			name  string
			query change.Query
			want  string
		}{
			{"everything, newest first", change.Query{}, "c b a"},
			{"the person concerned", change.Query{Person: "76547"}, "a"},
			{"some people", change.Query{People: []string{"12", "76547", "99"}}, "b a"},
			{"a person among others", change.Query{People: []string{"12", "99"}}, "b"},
			{"the record's dates", change.Query{FirstDate: "2026-01-05", LastDate: "2026-01-07"}, "b a"},
			{"one date of the record", change.Query{FirstDate: "2026-01-07", LastDate: "2026-01-07"}, "b"},
			{"a date on which there is nothing", change.Query{FirstDate: "2026-01-06", LastDate: "2026-01-06"}, ""},
			{"some people on a date", change.Query{People: []string{"12", "76547"}, LastDate: "2026-01-06"}, "a"},
			{"a record on a date", change.Query{Path: "/clockings/8192", FirstDate: "2026-01-05"}, "a"},
			{"what failed", change.Query{Failed: true}, "b"},
			{"what failed in a period", change.Query{Failed: true, From: start, To: start.Add(time.Hour)}, ""},
			{"a part of the actor's name", change.Query{Actor: "CLAES"}, "b"},
			{"a part of the actor's address", change.Query{Actor: "els@"}, "c a"},
			{"several actors", change.Query{Actor: "acme.example"}, "c b a"},
			{"nobody", change.Query{Actor: "nobody"}, ""},
			{"a LIKE pattern is no pattern", change.Query{Actor: "%"}, ""},
			{"a subject", change.Query{Subject: "sub-els"}, "c a"},
			{"a collection", change.Query{Collection: "clockings"}, "b a"},
			{"a record", change.Query{Path: "/assignments/5"}, "c"},
			{"a verb", change.Query{Verb: contract.Create}, "b"},
			{"a state", change.Query{State: change.Unknown}, "b"},
			{"sending", change.Query{State: change.Sending}, "c"},
			{"text in the note, whatever its case", change.Query{Text: "VERGETEN"}, "b"},
			{"text with accents", change.Query{Text: "ÉTÉ"}, "a"},
			{"text in the code", change.Query{Text: "forgot"}, "a"},
			{"from", change.Query{From: start.Add(time.Hour)}, "c b"},
			{"to, which is open", change.Query{To: start.Add(time.Hour)}, "a"},
			{"a period", change.Query{From: start.Add(time.Minute), To: start.Add(2 * time.Hour)}, "b"},
			{"after everything", change.Query{From: start.Add(240 * time.Hour)}, ""},
			{"several filters", change.Query{Collection: "clockings", Actor: "peeters", Text: "tikken", State: change.Applied}, "a"},
			{"several that do not meet", change.Query{Collection: "assignments", State: change.Applied}, ""},
			{"several actors in a collection", change.Query{Actor: "sub-", Collection: "clockings"}, "b a"},
		} {
			t.Run(test.name, func(t *testing.T) {
				if got := ids(page(t, l, test.query)); got != test.want {
					t.Errorf("got %q, want %q", got, test.want)
				}
			})
		}
		for limit, want := range map[int]string{5: "Els Peeters, Tom Claes", 1: "Els Peeters"} {
			var names []string
			actors, err := l.Actors(t.Context(), limit)
			for _, a := range actors {
				names = append(names, a.Name)
			}
			if got := strings.Join(names, ", "); err != nil || got != want {
				t.Errorf("actors up to %d: got %s, %v, want %s", limit, got, err, want)
			}
		}
		add(t, l, "c", lost("timeout"))
		for limit, want := range map[int]int{1: 1, 2: 2, 20: 2} {
			if n, err := l.Unknown(t.Context(), limit); err != nil || n != want {
				t.Errorf("unknown changes up to %d: got %d, %v, want %d", limit, n, err, want)
			}
		}
	})
}

func TestPagesFollowOneAnotherWhileChangesCome(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		for i := range 25 {
			prepare(t, l, number(i), edit())
		}
		var want []string
		for i := 24; i >= 0; i-- {
			want = append(want, number(i))
		}
		last := receipt(t, l, number(24)).At.Add(time.Microsecond)
		for i, q := range []change.Query{{Limit: 10, Collection: "clockings"}, {Limit: 10, From: last.Add(-time.Hour), To: last}} {
			var got []string
			for more := true; more; more = q.Cursor != "" {
				receipts, next, err := l.Changes(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, strings.Fields(ids(receipts))...)
				prepare(t, l, fmt.Sprintf("new-%d-%d", i, len(got)), edit())
				q.Cursor = next
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("pages of query %d (-want +got):\n%s", i, diff)
			}
		}
		if _, _, err := l.Changes(t.Context(), change.Query{Cursor: "1; DROP TABLE events"}); err == nil {
			t.Error("a cursor that is none: got no error, want one")
		}
		count := 0
		for _, err := range l.All(t.Context(), change.Query{}) {
			if err != nil {
				t.Fatal(err)
			}
			count++
		}
		if count != 31 {
			t.Errorf("all: got %d, want 31", count)
		}
	})
}

func TestATimeIsWhatTheClockSaidAndDisordersNothing(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		clock := newClock()
		l := db.open(t, clock.options())
		right := clock.now()
		const tenYears = 87600 * time.Hour
		prepare(t, l, "before", edit())
		clock.move(tenYears)
		prepare(t, l, "wrong", edit()) // one reading of 2036
		clock.move(-tenYears)
		prepare(t, l, "after", edit())
		if got := receipt(t, l, "after").At; !got.Equal(right) {
			t.Errorf("the change after the wrong reading: got %v, want %v", got, right)
		}
		if got := page(t, l, change.Query{}); ids(got) != "after wrong before" {
			t.Errorf("got %s, want the order of the log", ids(got))
		}
		if got := page(t, l, change.Query{From: right, To: right.Add(time.Hour)}); ids(got) != "after before" {
			t.Errorf("this hour: got %s, want after and before", ids(got))
		}
		var all []change.Receipt
		for r, err := range l.All(t.Context(), change.Query{From: right}) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, r)
		}
		if ids(all) != "wrong after before" {
			t.Errorf("since then: got %s, want the order of time", ids(all))
		}
	})
}

func TestALogOfAnOlderVersionIsRefused(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		exec(t, db.raw(t), `CREATE TABLE events (sequence INTEGER PRIMARY KEY, salts TEXT)`)
		for _, serve := range []bool{true, false} {
			_, err := audit.Open(t.Context(), db.url, audit.Options{Serve: serve, Key: key()})
			if !errors.Is(err, audit.ErrOlderSchema) {
				t.Errorf("serve %t: got %v, want ErrOlderSchema", serve, err)
			}
		}
	})
}

func TestServingNeedsTheKeyThatTheLogIsSignedWith(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		for _, short := range [][]byte{nil, []byte("too short")} {
			if _, err := audit.Open(t.Context(), db.url, audit.Options{Serve: true, Key: short}); !errors.Is(err, audit.ErrKey) {
				t.Errorf("%q: got %v, want ErrKey", short, err)
			}
		}
		l, err := audit.Open(t.Context(), db.url, serving())
		if err != nil {
			t.Fatal(err)
		}
		prepare(t, l, "a", edit())
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		other := serving()
		other.Key = []byte("another key of thirty-two bytes or more")
		if _, err := audit.Open(t.Context(), db.url, other); !errors.Is(err, audit.ErrHead) {
			t.Errorf("another key: got %v, want ErrHead", err)
		}
		l = db.open(t, audit.Options{})
		exec(t, db.raw(t), `UPDATE head SET erased = 1`)
		if err := l.Prepare(t.Context(), "b", edit()); !errors.Is(err, change.ErrLog) || !errors.Is(err, audit.ErrHead) {
			t.Errorf("after somebody wrote to the head: got %v, want ErrLog and ErrHead", err)
		}
		exec(t, db.raw(t), `UPDATE head SET erased = 0`)
		prepare(t, l, "b", edit())
	})
}
