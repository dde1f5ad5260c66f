package audit_test

import (
	"context"
	"errors"
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
		begin(t, l, edit("a"))
		got := receipt(t, l, "a")
		want := change.Receipt{Change: edit("a"), Outcome: change.Outcome{State: change.Sending}, Sequence: 1, At: clock.now().UTC()}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("receipt of an intent (-want +got):\n%s", diff)
		}
		clock.move(time.Second)
		end(t, l, "a", answer())
		got = receipt(t, l, "a")
		want.Outcome, want.Ended = answer(), clock.now().UTC()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("receipt of an outcome (-want +got):\n%s", diff)
		}
		verify(t, l, "")
	})
}

func TestAnIdIsSpentWhenTheIntentIsWritten(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		begin(t, l, edit("a"))
		other := edit("a")
		other.Path = "/clockings/1"
		if err := l.Begin(t.Context(), other); !errors.Is(err, change.ErrSpent) || errors.Is(err, change.ErrLog) {
			t.Errorf("second intent: got %v, want ErrSpent", err)
		}
		if got := receipt(t, l, "a").Path; got != "/clockings/8192" {
			t.Errorf("path: got %q, want the first one's", got)
		}
		if report := verify(t, l, ""); report.Events != 1 {
			t.Errorf("events: got %d, want 1", report.Events)
		}
	})
}

func TestTextThatADatabaseRefusesIsStoredReadably(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		c := edit("a")
		c.Reason.Note = "nul \x00 and \xff"
		c.RequestID = "\x00"
		c.Before = []byte("\x00\xffnot JSON")
		begin(t, l, c)
		got := receipt(t, l, "a")
		if got.Reason.Note != "nul \uFFFD and \uFFFD" || got.RequestID != "\uFFFD" || string(got.Before) != string(c.Before) {
			t.Errorf("got note %q, request id %q, before %q", got.Reason.Note, got.RequestID, got.Before)
		}
		verify(t, l, "")
	})
}

func TestAChangeIsUndoneOnce(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		begin(t, l, edit("a"))
		end(t, l, "a", answer())
		undo := func(id string) change.Change {
			c := edit(id)
			c.Undoes = "a"
			return c
		}
		begin(t, l, undo("u1"))
		if err := l.Begin(t.Context(), undo("u2")); !errors.Is(err, change.ErrUndone) {
			t.Fatalf("second undo: got %v, want ErrUndone", err)
		}
		if _, err := l.Receipt(t.Context(), "u2"); !errors.Is(err, change.ErrNoChange) {
			t.Errorf("receipt of what was not begun: got %v, want ErrNoChange", err)
		}
		if got := receipt(t, l, "a").UndoneBy; got != "u1" {
			t.Errorf("undone by: got %q, want u1", got)
		}
		end(t, l, "u1", change.Outcome{State: change.Refused, Status: 409})
		if got := receipt(t, l, "a").UndoneBy; got != "" {
			t.Errorf("undone by, after a refusal: got %q, want nobody", got)
		}
		begin(t, l, undo("u3"))
		end(t, l, "u3", answer())
		if got := page(t, l, change.Query{Undoes: "a"}); ids(got) != "u3 u1" {
			t.Errorf("undos: got %s, want u3 u1", ids(got))
		}
		missing := undo("u4")
		missing.Undoes = "nothing"
		if err := l.Begin(t.Context(), missing); !errors.Is(err, change.ErrNoChange) {
			t.Errorf("undo of nothing: got %v, want ErrNoChange", err)
		}
		verify(t, l, "")
	})
}

func TestOnlyWhatIsUnknownIsResolved(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		begin(t, l, edit("a"))
		found := change.Outcome{State: change.Applied, Evidence: "after /clockings/8192"}
		if err := l.Resolve(t.Context(), "a", els(), found); !errors.Is(err, change.ErrNotUnknown) {
			t.Errorf("resolve while sending: got %v, want ErrNotUnknown", err)
		}
		end(t, l, "a", change.Outcome{State: change.Unknown, Failure: "timeout"})
		if err := l.Resolve(t.Context(), "a", els(), found); err != nil {
			t.Fatal(err)
		}
		if got := receipt(t, l, "a"); got.State != change.Applied || got.Evidence != found.Evidence {
			t.Errorf("got %s %q, want %s %q", got.State, got.Evidence, found.State, found.Evidence)
		}
		if err := l.Resolve(t.Context(), "a", els(), found); !errors.Is(err, change.ErrNotUnknown) {
			t.Errorf("second resolve: got %v, want ErrNotUnknown", err)
		}
		if err := l.Resolve(t.Context(), "b", els(), found); !errors.Is(err, change.ErrNoChange) {
			t.Errorf("resolve of nothing: got %v, want ErrNoChange", err)
		}
		verify(t, l, "")
	})
}

func TestInvariant4_AnAnswerThatComesAfterALookCounts(t *testing.T) {
	applied, missing := change.Outcome{State: change.Applied}, change.Outcome{State: change.NotApplied}
	for _, late := range []struct {
		name             string
		look, then, want change.Outcome
	}{
		{"done after not applied", missing, answer(), change.Outcome{State: change.Done, Location: answer().Location}},
		{"done after applied", applied, answer(), change.Outcome{State: change.Done, Location: answer().Location}},
		{"refused after applied", applied, change.Outcome{State: change.Refused, Status: 409}, change.Outcome{State: change.Refused}},
		{"no answer after not applied", missing, change.Outcome{State: change.Unknown, Failure: "timeout"}, missing},
	} {
		t.Run(late.name, func(t *testing.T) {
			each(t, func(t *testing.T, db database) {
				l := db.open(t, audit.Options{})
				begin(t, l, edit("a"))
				end(t, l, "a", change.Outcome{State: change.Unknown, Failure: "stopped"})
				if err := l.Resolve(t.Context(), "a", els(), late.look); err != nil {
					t.Fatal(err)
				}
				end(t, l, "a", late.then)
				if got := receipt(t, l, "a"); got.State != late.want.State || got.Location != late.want.Location {
					t.Errorf("got %s %q, want %s %q", got.State, got.Location, late.want.State, late.want.Location)
				}
				verify(t, l, "")
			})
		})
	}
}

func TestInvariant4_AnUndoWhoseAnswerComesAfterALookHasItsPlaceAgain(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		undo := func(id, of string) change.Change {
			c := edit(id)
			c.Undoes = of
			return c
		}
		for _, id := range []string{"a", "b"} {
			begin(t, l, edit(id))
			end(t, l, id, answer())
			begin(t, l, undo("of-"+id, id))
			end(t, l, "of-"+id, change.Outcome{State: change.Unknown, Failure: "stopped"})
			if err := l.Resolve(t.Context(), "of-"+id, els(), change.Outcome{State: change.NotApplied}); err != nil {
				t.Fatal(err)
			}
		}
		begin(t, l, undo("second", "b"))
		end(t, l, "second", answer())
		for _, id := range []string{"of-a", "of-b"} {
			end(t, l, id, answer())
		}
		for id, want := range map[string]string{"a": "of-a", "b": "second"} {
			if got := receipt(t, l, id).UndoneBy; got != want {
				t.Errorf("%s: got undone by %q, want %q", id, got, want)
			}
		}
		verify(t, l, "")
	})
}

func TestManyWritesAtOnceAllReachTheLog(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		var all sync.WaitGroup
		for i := range 200 {
			all.Go(func() {
				id := number(i % 150) // a quarter of them come twice
				err := l.Begin(t.Context(), edit(id))
				if errors.Is(err, change.ErrSpent) {
					return
				}
				if err != nil {
					t.Errorf("begin: %v", err)
					return
				}
				if err := l.End(t.Context(), id, answer()); err != nil {
					t.Errorf("end: %v", err)
				}
			})
		}
		all.Wait()
		if report := verify(t, l, ""); report.Events != 300 || report.Changes != 150 {
			t.Errorf("got %d events of %d changes, want 300 of 150", report.Events, report.Changes)
		}
	})
}

func TestInvariant2_ALogThatCannotBeWrittenSaysSo(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		begin(t, l, edit("before"))
		raw := db.raw(t)
		exec(t, raw, `ALTER TABLE changes RENAME TO away`)
		if err := l.Begin(t.Context(), edit("a")); !errors.Is(err, change.ErrLog) {
			t.Errorf("begin: got %v, want ErrLog", err)
		}
		if err := l.End(t.Context(), "before", answer()); !errors.Is(err, change.ErrLog) {
			t.Errorf("end: got %v, want ErrLog", err)
		}
		exec(t, raw, `ALTER TABLE away RENAME TO changes`)
		if _, err := l.Receipt(t.Context(), "a"); !errors.Is(err, change.ErrNoChange) {
			t.Errorf("receipt: got %v, want ErrNoChange", err)
		}
		verify(t, l, "")
	})
}

func TestInvariant2_AClosedOrReadingLogTakesNothing(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l, err := audit.Open(t.Context(), db.url, audit.Options{Serve: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Writable(t.Context()); err != nil {
			t.Errorf("writable: %v", err)
		}
		reading := db.read(t)
		if err := reading.Begin(t.Context(), edit("a")); !errors.Is(err, change.ErrLog) {
			t.Errorf("begin on a reading log: got %v, want ErrLog", err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if err := l.Begin(t.Context(), edit("a")); !errors.Is(err, change.ErrLog) {
			t.Errorf("begin on a closed log: got %v, want ErrLog", err)
		}
		if err := l.Writable(t.Context()); !errors.Is(err, change.ErrLog) {
			t.Errorf("writable of a closed log: got %v, want ErrLog", err)
		}
	})
}

func TestInvariant2_AFullDiskStopsChangesAndNotReading(t *testing.T) {
	db := sqlite(t)
	l := db.open(t, audit.Options{})
	begin(t, l, edit("before"))
	// A page limit is what a full disk looks like to SQLite.
	audit.LimitPages(t, l)
	var err error
	for i := 0; i < 200 && err == nil; i++ {
		c := edit(number(i))
		c.Before = []byte(`"` + strings.Repeat("x", 4000) + `"`)
		err = l.Begin(t.Context(), c)
	}
	if !errors.Is(err, change.ErrLog) {
		t.Fatalf("begin on a full disk: got %v, want ErrLog", err)
	}
	if got := receipt(t, l, "before").ID; got != "before" {
		t.Errorf("reading: got %q, want before", got)
	}
	verify(t, l, "")
}

func TestAnOutcomeThatCouldNotBeWrittenIsWrittenLater(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{Heartbeat: 20 * time.Millisecond})
		begin(t, l, edit("a"))
		raw := db.raw(t)
		exec(t, raw, `ALTER TABLE head RENAME TO away`)
		if err := l.End(t.Context(), "a", answer()); !errors.Is(err, change.ErrLog) {
			t.Fatalf("end: got %v, want ErrLog", err)
		}
		if got := receipt(t, l, "a").State; got != change.Sending {
			t.Errorf("state: got %s, want sending", got)
		}
		exec(t, raw, `ALTER TABLE away RENAME TO head`)
		run(t, l)
		eventually(t, "the outcome is written", func() bool { return receipt(t, l, "a").State == change.Done })
		verify(t, l, "")
	})
}

func TestAWriteWhoseTimeIsOverIsWithdrawn(t *testing.T) {
	db := sqlite(t)
	l := db.open(t, audit.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := l.Begin(ctx, edit("a")); !errors.Is(err, change.ErrLog) {
		// The turn may have come first: then it is written, and says so.
		if err != nil {
			t.Fatalf("begin: got %v, want ErrLog or a written intent", err)
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
		begin(t, l, edit("a"))
		end(t, l, "a", answer())
		raw := db.raw(t)
		for _, statement := range []string{
			`DELETE FROM events`,
			`DELETE FROM events WHERE sequence = 2`,
			`UPDATE events SET path = '/clockings/1'`,
			`UPDATE events SET note = 'another reason' WHERE sequence = 1`,
			`UPDATE events SET salts = NULL, path = '/clockings/1'`,
			`UPDATE events SET hash = digests`,
			`UPDATE events SET subject = NULL`,
		} {
			if _, err := raw.ExecContext(t.Context(), statement); err == nil {
				t.Errorf("%s: got no error, want a refusal", statement)
			}
		}
		verify(t, l, "")
	})
}

func TestASecondProcessDoesNotServeFromOneFile(t *testing.T) {
	db := sqlite(t)
	l := db.open(t, audit.Options{})
	if _, err := audit.Open(t.Context(), db.url, audit.Options{Serve: true}); !errors.Is(err, audit.ErrServed) {
		t.Fatalf("second: got %v, want ErrServed", err)
	}
	begin(t, l, edit("a"))
	reading := db.read(t)
	if got := receipt(t, reading, "a").ID; got != "a" {
		t.Errorf("reading beside: got %q, want a", got)
	}
	verify(t, reading, "")
}

func TestALogThatIsClosedIsOneFile(t *testing.T) {
	db := sqlite(t)
	l, err := audit.Open(t.Context(), db.url, audit.Options{Serve: true})
	if err != nil {
		t.Fatal(err)
	}
	begin(t, l, edit("a"))
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
	again := db.open(t, audit.Options{})
	verify(t, again, "")
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
		if _, err := audit.Open(t.Context(), address, audit.Options{Serve: true}); err == nil {
			t.Errorf("%q: got no error, want one", address)
		}
	}
}

func TestAnOlderBinaryRefusesANewerSchema(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l, err := audit.Open(t.Context(), db.url, audit.Options{Serve: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		exec(t, db.raw(t), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, true)`)
		for _, serve := range []bool{true, false} {
			_, err := audit.Open(t.Context(), db.url, audit.Options{Serve: serve})
			if !errors.Is(err, audit.ErrNewerSchema) {
				t.Errorf("serve %t: got %v, want ErrNewerSchema", serve, err)
			}
		}
	})
}

func TestIntentsOfAProcessThatIsGoneBecomeUnknown(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		first := db.open(t, audit.Options{Heartbeat: 50 * time.Millisecond})
		begin(t, first, edit("a"))
		begin(t, first, edit("b"))
		end(t, first, "b", answer())
		audit.Kill(first)
		second := db.open(t, audit.Options{Heartbeat: 50 * time.Millisecond})
		run(t, second)
		eventually(t, "the intent is unknown", func() bool { return receipt(t, second, "a").State == change.Unknown })
		if got := receipt(t, second, "a").Failure; got != "stopped" {
			t.Errorf("failure: got %q, want stopped", got)
		}
		if got := receipt(t, second, "b").State; got != change.Done {
			t.Errorf("what had an outcome: got %s, want done", got)
		}
		if got := page(t, second, change.Query{State: change.Unknown}); ids(got) != "a" {
			t.Errorf("unknown: got %s, want a", ids(got))
		}
		verify(t, second, "")
	})
}

func TestAnIntentOfThisProcessThatNobodyEndsBecomesUnknown(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		clock := newClock()
		l := db.open(t, audit.Options{Now: clock.now, Heartbeat: 10 * time.Millisecond})
		begin(t, l, edit("a"))
		run(t, l)
		clock.move(9 * time.Minute)
		begin(t, l, edit("b"))
		clock.move(2 * time.Minute)
		eventually(t, "the old intent is unknown", func() bool { return receipt(t, l, "a").State == change.Unknown })
		if got := receipt(t, l, "b").State; got != change.Sending {
			t.Errorf("the young intent: got %s, want sending", got)
		}
		end(t, l, "a", answer())
		if got := receipt(t, l, "a").State; got != change.Done {
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
		if err := r.Revoke(t.Context(), "sid:1", clock.now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		check("a session that began before", start, true)
		check("a session that begins after", clock.now().Add(time.Second), false)
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

func TestChangesAreFoundByEachFilter(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		clock := newClock()
		l := db.open(t, clock.options())
		start := clock.now()
		a := edit("a")
		b := edit("b")
		b.Actor, b.Person, b.Path, b.Verb = tom(), "12", "/clockings", contract.Create
		b.Reason = change.Reason{Code: "correction", Note: "Badge vergeten"}
		c := edit("c")
		c.Collection, c.Path, c.Person, c.Verb, c.Reason = "assignments", "/assignments/5", "", contract.Delete, change.Reason{}
		for _, one := range []change.Change{a, b, c} {
			begin(t, l, one)
			clock.move(time.Hour)
		}
		end(t, l, "a", answer())
		end(t, l, "b", change.Outcome{State: change.Unknown, Failure: "timeout"})
		for _, test := range []struct {
			name  string
			query change.Query
			want  string
		}{
			{"everything, newest first", change.Query{}, "c b a"},
			{"the person concerned", change.Query{Person: "76547"}, "a"},
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
			{"several filters", change.Query{Collection: "clockings", Actor: "peeters", Text: "tikken", State: change.Done}, "a"},
			{"several that do not meet", change.Query{Collection: "assignments", State: change.Done}, ""},
			{"several actors in a collection", change.Query{Actor: "sub-", Collection: "clockings"}, "b a"},
		} {
			t.Run(test.name, func(t *testing.T) {
				if got := ids(page(t, l, test.query)); got != test.want {
					t.Errorf("got %q, want %q", got, test.want)
				}
			})
		}
	})
}

func TestPagesFollowOneAnotherWhileChangesCome(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		for i := range 25 {
			begin(t, l, edit(number(i)))
		}
		var got []string
		q := change.Query{Limit: 10, Collection: "clockings"}
		for {
			receipts, next, err := l.Changes(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, strings.Fields(ids(receipts))...)
			begin(t, l, edit("new-"+number(len(got))))
			if next == "" {
				break
			}
			q.Cursor = next
		}
		var want []string
		for i := 24; i >= 0; i-- {
			want = append(want, number(i))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("pages (-want +got):\n%s", diff)
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
		if count != 28 {
			t.Errorf("all: got %d, want 28", count)
		}
	})
}

func TestAClockThatGoesBackDoesNotDisorderTheLog(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		clock := newClock()
		l := db.open(t, clock.options())
		begin(t, l, edit("a"))
		first := receipt(t, l, "a").At
		clock.move(-time.Hour)
		begin(t, l, edit("b"))
		if got := receipt(t, l, "b").At; got.Before(first) {
			t.Errorf("got %v, want not before %v", got, first)
		}
		verify(t, l, "")
	})
}
