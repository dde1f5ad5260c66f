package audit_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"protime-admin/internal/audit"
	"protime-admin/internal/batch"
	"protime-admin/internal/change"
	"protime-admin/protime/contract"
)

var _ batch.Store = (*audit.Batches)(nil)

// gate is the id of the batch of most tests, other that of a second one.
const (
	gate  = "01936e5a-0000-7000-8000-000000000001"
	other = "01936e5a-0000-7000-8000-000000000002"
)

// draft is a new batch of Els's.
func draft(id string) batch.Batch {
	return batch.Batch{
		ID: id, Actor: els(), Operation: batch.Create, Collection: "clockings", List: "/clockings", Source: batch.File,
		Name: "gate-a.xlsx", Columns: []batch.Column{{Header: "Badge", Input: "person.id~badge", How: batch.ByHeader}},
		Preset: map[string]string{"kind": "InOut"}, Reason: change.Reason{Code: "terminal", Note: "Gate A was down"},
	}
}

// readyRow is a row that can be sent.
func readyRow(number int) batch.Row {
	return batch.Row{Number: number, Cells: []string{fmt.Sprint(1000 + number), "7:0" + fmt.Sprint(number%10)}, Check: batch.Check{
		Verdict: batch.Ready, After: json.RawMessage(fmt.Sprintf(`{ "timeOfDayInMinutes": 42%d }`, number)), Path: "/clockings",
		Person: fmt.Sprint(number), Date: "2026-01-05", Key: fmt.Sprintf("%d 2026-01-05 420", number),
		Digest: fmt.Appendf(nil, "a digest of thirty-two bytes %04d", number),
	}}
}

func makeDraft(t testing.TB, b *audit.Batches, made batch.Batch) {
	t.Helper()
	if err := b.Make(t.Context(), made); err != nil {
		t.Fatalf("make: %v", err)
	}
}

// put writes rows and returns the next revision.
func put(t testing.TB, b *audit.Batches, id string, revision int64, complete bool, rows ...batch.Row) int64 {
	t.Helper()
	next, err := b.PutRows(t.Context(), id, revision, rows, complete)
	if err != nil {
		t.Fatalf("put: %v", err)
	}
	return next
}

// started is a batch that runs with rows that can be sent, numbered from 1.
func started(t testing.TB, b *audit.Batches, id string, rows int) {
	t.Helper()
	makeDraft(t, b, draft(id))
	all := make([]batch.Row, rows)
	for i := range all {
		all[i] = readyRow(i + 1)
	}
	revision := put(t, b, id, 1, true, all...)
	if err := b.Start(t.Context(), id, revision, change.Reason{Code: "terminal"}, "r-1"); err != nil {
		t.Fatalf("start: %v", err)
	}
}

// part is the first event of the change that a try of a row is.
func part(id string, row, try int) change.Event {
	e := edit()
	e.Facts.Prepared.Verb, e.Facts.Prepared.Path = contract.Create, "/clockings"
	return rowOf(e, id, row, try)
}

// rowOf makes a change a row of a batch.
func rowOf(e change.Event, id string, row, try int) change.Event {
	e.Facts.Prepared.Part = &change.Part{Batch: id, Row: row, Try: try}
	return e
}

// send logs a try of a row and what became of it.
func send(t testing.TB, l *audit.Log, id string, row, try int, events ...change.Event) {
	t.Helper()
	prepare(t, l, batch.ChangeID(id, row, try), part(id, row, try))
	if len(events) > 0 {
		add(t, l, batch.ChangeID(id, row, try), events...)
	}
}

// rowsOf are the numbers of the rows of a selection.
func rowsOf(t testing.TB, b *audit.Batches, id string, which batch.Selection) string {
	t.Helper()
	found, err := b.Rows(t.Context(), id, which, 0, 1000)
	if err != nil {
		t.Fatalf("rows %q: %v", which, err)
	}
	return numbersOf(found)
}

func numbersOf(rows []batch.Result) string {
	var numbers []string
	for _, r := range rows {
		numbers = append(numbers, fmt.Sprint(r.Number))
	}
	return strings.Join(numbers, " ")
}

func selects(t testing.TB, b *audit.Batches, id string, want map[batch.Selection]string) {
	t.Helper()
	for which, numbers := range want {
		if got := rowsOf(t, b, id, which); got != numbers {
			t.Errorf("rows %q: got %q, want %q", which, got, numbers)
		}
		if n, err := b.HowMany(t.Context(), id, which); n != len(strings.Fields(numbers)) || err != nil {
			t.Errorf("rows %q: got %d, %v, want as many as %q", which, n, err, numbers)
		}
	}
}

func counted(t testing.TB, b *audit.Batches, id string) batch.Counts {
	t.Helper()
	counts, err := b.Count(t.Context(), id)
	if err != nil {
		t.Fatalf("count: %v", err)
	}
	return counts
}

func stateOf(t testing.TB, b *audit.Batches, id string) batch.State {
	t.Helper()
	one, err := b.Batch(t.Context(), id)
	if err != nil {
		t.Fatalf("batch: %v", err)
	}
	return one.State
}

func wants(t testing.TB, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) || errors.Is(got, change.ErrLog) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestADraftIsStoredAsItWasMade(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		clock := newClock()
		b := db.open(t, clock.options()).Batches()
		made := draft(gate)
		makeDraft(t, b, made)
		wants(t, "made twice", b.Make(t.Context(), made), batch.ErrExists)
		_, err := b.Batch(t.Context(), other)
		wants(t, "an unknown one", err, batch.ErrNoBatch)
		made.State, made.Revision, made.Made = batch.Draft, 1, clock.now().UTC()
		made.CheckedAt = made.Made
		got, err := b.Batch(t.Context(), gate)
		if diff := cmp.Diff(made, got); diff != "" || err != nil {
			t.Errorf("batch (-want +got): %v\n%s", err, diff)
		}
		made.Name, made.Columns[0].How, made.Preset["kind"], made.Reason = "Gate A", batch.ByHand, "In", change.Reason{Note: "x"}
		clock.move(time.Minute)
		if made.Revision, err = b.Describe(t.Context(), made); err != nil || made.Revision != 2 {
			t.Fatalf("describe: got revision %d, %v", made.Revision, err)
		}
		made.CheckedAt = clock.now().UTC()
		if got, err = b.Batch(t.Context(), gate); !cmp.Equal(made, got) || err != nil {
			t.Errorf("described (-want +got): %v\n%s", err, cmp.Diff(made, got))
		}
		stale := made
		stale.Revision = 1
		_, err = b.Describe(t.Context(), stale)
		wants(t, "described in another tab", err, batch.ErrRevision)
		_, err = b.Explain(t.Context(), gate, 1, change.Reason{Note: "y"})
		wants(t, "explained in another tab", err, batch.ErrRevision)
		clock.move(time.Minute)
		made.Reason = change.Reason{Code: "broken", Note: "y"}
		for _, checked := range []bool{false, true} {
			if checked {
				if made.Revision, err = b.PutRows(t.Context(), gate, made.Revision, nil, true); err != nil {
					t.Fatal(err)
				}
			}
			if made.Revision, err = b.Explain(t.Context(), gate, made.Revision, made.Reason); err != nil {
				t.Fatal(err)
			}
			if checked {
				made.Checked = made.Revision
			}
			if got, err = b.Batch(t.Context(), gate); !cmp.Equal(made, got) || err != nil {
				t.Errorf("explained (-want +got): %v\n%s", err, cmp.Diff(made, got))
			}
		}
		clock.move(time.Second)
		second := draft(other)
		second.Actor = tom()
		makeDraft(t, b, second)
		for _, c := range []struct {
			issuer, subject, want string
		}{
			{"", "", other + " " + gate}, {els().Issuer, els().Subject, gate}, {els().Issuer, tom().Subject, other},
			{"https://elsewhere.example", els().Subject, ""},
		} {
			found, err := b.Batches(t.Context(), c.issuer, c.subject, 10)
			var ids []string
			for _, one := range found {
				ids = append(ids, one.ID)
			}
			if got := strings.Join(ids, " "); got != c.want || err != nil {
				t.Errorf("batches of %q: got %q, %v, want %q", c.subject, got, err, c.want)
			}
		}
	})
}

func TestTheRowsOfADraftAreStoredAsTheyWereChecked(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		b := db.open(t, audit.Options{}).Batches()
		makeDraft(t, b, draft(gate))
		warned, wrong, left, unchecked := readyRow(3), readyRow(4), readyRow(5), batch.Row{Number: 6, Cells: []string{"nul \x00"}}
		warned.Check.Verdict = batch.Warned
		warned.Check.Warnings = []batch.Finding{{Column: -1, Key: "dryrun.closed", Args: map[string]string{"from": `"key":"dryrun.changed"`}}}
		warned.Check.Base = json.RawMessage("{\n\t\"id\": 1.50 }")
		wrong.Check = batch.Check{Verdict: batch.Wrong, Problems: []batch.Finding{
			{Column: 0, Key: "dryrun.nobody", Offers: []batch.Offer{{Value: "1004", Label: "Els <Peeters>"}}},
		}}
		left.LeftOut, left.Chosen = true, true
		left.Check.Warnings = []batch.Finding{{Column: 2, Key: batch.WarningChanged + "-member"}}
		rows := []batch.Row{readyRow(2), warned, wrong, left, unchecked}
		revision := put(t, b, gate, 1, false, rows...)
		_, err := b.PutRows(t.Context(), gate, 1, rows, false)
		wants(t, "rows of a revision that is gone", err, batch.ErrRevision)
		found, err := b.Rows(t.Context(), gate, batch.All, 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range rows {
			if diff := cmp.Diff(want, found[i].Row); diff != "" || found[i].Change != nil {
				t.Errorf("row %d (-want +got):\n%s", want.Number, diff)
			}
		}
		selects(t, b, gate, map[batch.Selection]string{
			batch.SelectReady: "2", batch.SelectWarned: "3", batch.SelectWrong: "4", batch.SelectLeftOut: "5",
			batch.SelectUnsent: "2 3", batch.SelectRejected: "2 3 4 5 6", batch.SelectChanged: "5",
		})
		want := batch.Counts{Rows: 5, Ready: 1, Warned: 1, Wrong: 1, LeftOut: 1, Unchecked: 1, ByState: map[change.State]int{}}
		if diff := cmp.Diff(want, counted(t, b, gate)); diff != "" {
			t.Errorf("counts (-want +got):\n%s", diff)
		}
		revision = put(t, b, gate, revision, true, readyRow(4), readyRow(7))
		selects(t, b, gate, map[batch.Selection]string{batch.All: "2 3 4 5 6 7", batch.SelectReady: "2 4 7", batch.SelectWrong: ""})
		var because []batch.Row
		for _, warnings := range [][]string{
			{batch.WarningTwin}, {batch.WarningSent, batch.WarningTwin}, {batch.WarningSent}, {batch.WarningDouble, batch.WarningSent},
			{batch.WarningTwin, batch.WarningDouble}, {batch.WarningTwin}, {batch.WarningTwin}, {"dryrun.moved"},
		} {
			row := readyRow(20 + len(because))
			row.LeftOut, row.Check.Verdict = true, batch.Warned
			for _, key := range warnings {
				row.Check.Warnings = append(row.Check.Warnings, batch.Finding{Column: -1, Key: key})
			}
			because = append(because, row)
		}
		because[5].Chosen = true
		because[6].Chosen, because[6].LeftOut = true, false
		revision = put(t, b, gate, revision, true, because...)
		selects(t, b, gate, map[batch.Selection]string{batch.SelectThere: "20", batch.SelectSentBefore: "21 22"})
		numbered, err := b.Numbered(t.Context(), gate, []int{7, 3, 99})
		if got := numbersOf(numbered); got != "3 7" || err != nil {
			t.Errorf("numbered: got %q, %v", got, err)
		}
		if page, err := b.Rows(t.Context(), gate, batch.All, 3, 2); numbersOf(page) != "4 5" || err != nil {
			t.Errorf("after 3: got %q, %v", numbersOf(page), err)
		}
		long := []batch.Row{readyRow(40), readyRow(41), readyRow(42)}
		for i := range long {
			long[i].Cells = append(long[i].Cells, strings.Repeat("é", batch.SliceBytes/3))
		}
		revision = put(t, b, gate, revision, true, long...)
		for after, want := range map[int]string{0: "2 3", 29: "40 41", 40: "41 42", 42: ""} {
			if slice, err := b.Slice(t.Context(), gate, batch.All, after, 2); numbersOf(slice) != want || err != nil {
				t.Errorf("two after %d: got %q, %v, want %q", after, numbersOf(slice), err, want)
			}
		}
		if slice, err := b.Slice(t.Context(), gate, batch.SelectReady, 7, 1000); numbersOf(slice) != "40 41" || err != nil {
			t.Errorf("long rows: got %q, %v, want two of the three", numbersOf(slice), err)
		}
		if one, err := b.Batch(t.Context(), gate); one.Revision != revision || one.Checked != revision || err != nil {
			t.Errorf("got revision %d checked at %d, %v, want both %d", one.Revision, one.Checked, err, revision)
		}
		_, err = b.PutRows(t.Context(), other, 1, rows, false)
		wants(t, "rows of no batch", err, batch.ErrNoBatch)
	})
}

func TestADraftStartsOnceAsItWasShown(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		clock := newClock()
		b := db.open(t, clock.options()).Batches()
		makeDraft(t, b, draft(gate))
		start := func(revision int64) error {
			return b.Start(t.Context(), gate, revision, change.Reason{Code: "forgotten", Note: "why"}, "r-2")
		}
		wants(t, "before a check", start(1), batch.ErrRevision)
		revision := put(t, b, gate, 1, true, readyRow(1))
		wants(t, "of an earlier revision", start(1), batch.ErrRevision)
		revision = put(t, b, gate, revision, false, readyRow(2))
		wants(t, "with a row that was corrected since the check", start(revision), batch.ErrRevision)
		revision = put(t, b, gate, revision, true, readyRow(2))
		clock.move(time.Minute)
		if err := start(revision); err != nil {
			t.Fatal(err)
		}
		wants(t, "twice", start(revision), batch.ErrRevision)
		_, err := b.PutRows(t.Context(), gate, revision, []batch.Row{readyRow(3)}, false)
		wants(t, "rows of a batch that runs", err, batch.ErrRevision)
		wants(t, "discarding one that runs", b.Discard(t.Context(), gate), batch.ErrState)
		wants(t, "starting none", b.Start(t.Context(), other, 1, change.Reason{}, ""), batch.ErrNoBatch)
		one, err := b.Batch(t.Context(), gate)
		if err != nil || one.State != batch.Running || !one.Started.Equal(clock.now()) || one.Reason.Code != "forgotten" ||
			one.Reason.Note != "why" || one.RequestID != "r-2" {
			t.Errorf("got %+v, %v", one, err)
		}
	})
}

func TestWhatBecameOfARowIsTheStateOfItsChange(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		b := l.Batches()
		started(t, b, gate, 10)
		notSent := lost("unreached")
		notSent.Facts.Attempt.Left = false
		send(t, l, gate, 1, 0, answered(201))
		send(t, l, gate, 2, 0, answered(201))
		send(t, l, gate, 3, 0, answered(409))
		send(t, l, gate, 4, 0, notSent)
		send(t, l, gate, 5, 0, lost("timeout"))
		send(t, l, gate, 6, 0, answered(202))
		send(t, l, gate, 7, 0)
		// An owner that stood still holds row 1, which another one has sent meanwhile.
		if err := b.Hold(t.Context(), gate, map[int]string{8: "own-record", 1: "nothing"}); err != nil {
			t.Fatal(err)
		}
		prepare(t, l, "undo", undo(batch.ChangeID(gate, 2, 0)))
		selects(t, b, gate, map[batch.Selection]string{
			batch.All:          "1 2 3 4 5 6 7 8 9 10",
			batch.SelectUnsent: "9 10", batch.SelectApplied: "1 2", batch.SelectUndoable: "1", batch.SelectFailed: "3 4 8", batch.SelectUnknown: "5 6",
			batch.SelectRejected: "3 4 8 9 10",
		})
		want := batch.Counts{Rows: 10, Ready: 10, Sent: 7, Held: 1, Undone: 1, ByState: map[change.State]int{
			change.Applied: 2, change.Refused: 1, change.NotSent: 1, change.Unknown: 1, change.Accepted: 1, change.Sending: 1,
		}}
		if diff := cmp.Diff(want, counted(t, b, gate)); diff != "" {
			t.Errorf("counts (-want +got):\n%s", diff)
		}
		found, err := b.Numbered(t.Context(), gate, []int{2, 3, 8})
		if err != nil || len(found) != 3 || found[2].Change != nil || found[2].Held != "own-record" {
			t.Fatalf("got %+v, %v", found, err)
		}
		if r := found[0].Change; r == nil || r.ID != batch.ChangeID(gate, 2, 0) || r.State != change.Applied || r.UndoneBy != "undo" {
			t.Errorf("row 2: got %+v", r)
		}
		if r := found[1].Change; r == nil || r.State != change.Refused || r.Status != 409 || *r.Part != (change.Part{Batch: gate, Row: 3}) {
			t.Errorf("row 3: got %+v", r)
		}
		verify(t, l, "")
	})
}

func TestATryOfARowIsOneChange(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		send(t, l, gate, 1, 0, answered(500))
		wants(t, "another id", l.Prepare(t.Context(), "another", part(gate, 1, 0)), change.ErrSpent)
		wants(t, "the same id", l.Prepare(t.Context(), batch.ChangeID(gate, 1, 0), part(gate, 1, 0)), change.ErrSpent)
		send(t, l, gate, 1, 1)
		send(t, l, other, 1, 0)
	})
}

func TestNoRowIsSentOfABatchThatDoesNotRun(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		b := l.Batches()
		started(t, b, gate, 3)
		prepared := func() error { return l.Prepare(t.Context(), batch.ChangeID(gate, 1, 0), part(gate, 1, 0)) }
		for _, state := range []batch.State{batch.Paused, batch.Canceled} {
			if err := b.Move(t.Context(), gate, state, "", batch.Running, batch.Paused); err != nil {
				t.Fatal(err)
			}
			wants(t, string(state), prepared(), change.ErrStopped)
		}
		selects(t, b, gate, map[batch.Selection]string{batch.SelectUnsent: "1 2 3"})
	})
}

// Two drafts of one sheet can both be checked before either is started.
func TestInvariant3_WhatAnotherBatchHasSentIsNotSentUnlessAskedFor(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		b := l.Batches()
		started(t, b, gate, 4)
		makeDraft(t, b, draft(other))
		chosen := readyRow(4)
		chosen.Chosen = true
		revision := put(t, b, other, 1, true, readyRow(1), readyRow(2), readyRow(3), chosen, readyRow(5))
		if err := b.Start(t.Context(), other, revision, change.Reason{}, "r-2"); err != nil {
			t.Fatalf("start: %v", err)
		}
		send(t, l, gate, 1, 0)
		send(t, l, gate, 2, 0, answered(409))
		send(t, l, gate, 3, 0, answered(201))
		send(t, l, gate, 4, 0, answered(201))
		refused := func(row int) error { return l.Prepare(t.Context(), batch.ChangeID(other, row, 0), part(other, row, 0)) }
		wants(t, "one that is being sent", refused(1), change.ErrSentBefore)
		wants(t, "one that was refused", refused(2), nil)
		wants(t, "one that was applied", refused(3), change.ErrSentBefore)
		wants(t, "one that a person asked for", refused(4), nil)
		wants(t, "one that nobody sent", refused(5), nil)

		if err := b.Hold(t.Context(), other, map[int]string{3: batch.HeldSent}); err != nil {
			t.Fatal(err)
		}
		if n, err := b.Retry(t.Context(), other, []int{3}); n != 0 || err != nil {
			t.Errorf("tried again: got %d, %v, want 0", n, err)
		}
		prepare(t, l, "undo", undo(batch.ChangeID(gate, 3, 0)))
		add(t, l, "undo", answered(200))
		prepare(t, l, "undo of the undo", undo("undo"))
		add(t, l, "undo of the undo", answered(201))
		wants(t, "one that was taken back and made again", refused(3), change.ErrSentBefore)
		prepare(t, l, "another undo", undo(batch.ChangeID(gate, 1, 0)))
		add(t, l, "another undo", answered(200))
		wants(t, "one that was taken back", refused(1), nil)
	})
}

// A database that was put back from a copy does not know what was sent since.
func TestBatchesThatNobodyHadForLongPause(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		clock := newClock()
		b := db.open(t, clock.options()).Batches()
		started(t, b, gate, 1)
		started(t, b, other, 1) // it waits for its turn
		paused := func(want bool) {
			t.Helper()
			if err := b.PauseForgotten(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, id := range []string{gate, other} {
				one, err := b.Batch(t.Context(), id)
				if got := one.State == batch.Paused && one.Pause == batch.PausedForgotten; got != want || err != nil {
					t.Errorf("%s: got %s for %q, %v, want paused %v", id, one.State, one.Pause, err, want)
				}
			}
		}
		clock.move(59 * time.Minute)
		paused(false)
		for range 3 {
			if leased, err := b.Lease(t.Context(), gate, "one", time.Minute); !leased || err != nil {
				t.Fatalf("lease: %v, %v", leased, err)
			}
			if err := b.Release(t.Context(), gate, "one"); err != nil {
				t.Fatal(err)
			}
			clock.move(59 * time.Minute)
			paused(false)
		}
		clock.move(2 * time.Minute)
		paused(true)
	})
}

func TestABackupHasTheBatches(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		b := l.Batches()
		started(t, b, gate, 3)
		if err := b.Mean(t.Context(), els().Issuer, els().Subject, "clockings", map[string]string{"Uur": "timeOfDayInMinutes"}); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "backup.db")
		if err := l.Backup(t.Context(), file); err != nil {
			t.Fatal(err)
		}
		c := database{url: "sqlite:" + file}.read(t).Batches()
		one, err := c.Batch(t.Context(), gate)
		if err != nil || one.State != batch.Paused || one.Pause != batch.PausedForgotten {
			t.Errorf("got a batch that is %s for %q, %v, want it paused: it does not know what is sent after it", one.State, one.Pause, err)
		}
		want, _ := b.Rows(t.Context(), gate, batch.All, 0, 10)
		if got, err := c.Rows(t.Context(), gate, batch.All, 0, 10); err != nil || len(got) != 3 || !cmp.Equal(got, want) {
			t.Errorf("rows: %v, %s", err, cmp.Diff(want, got))
		}
		if meant, err := c.Meanings(t.Context(), els().Issuer, els().Subject, "clockings"); err != nil || len(meant) != 1 {
			t.Errorf("meanings: got %v, %v", meant, err)
		}
	})
}

func TestOneOwnerAtATimeRunsABatch(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		clock := newClock()
		options := clock.options()
		options.Replicas = true
		one, two := db.open(t, options).Batches(), db.open(t, options).Batches()
		makeDraft(t, one, draft(other))
		started(t, one, gate, 2)
		lease := func(b *audit.Batches, owner string, want bool) {
			t.Helper()
			if got, err := b.Lease(t.Context(), gate, owner, time.Minute); got != want || err != nil {
				t.Errorf("lease of %s: got %v, %v, want %v", owner, got, err, want)
			}
		}
		due := func(want ...string) {
			t.Helper()
			if got, err := two.Due(t.Context()); !slices.Equal(got, want) || err != nil {
				t.Errorf("due: got %v, %v, want %v", got, err, want)
			}
		}
		due(gate)
		results := make(chan bool, 20)
		for i := range cap(results) {
			go func() {
				got, err := []*audit.Batches{one, two}[i%2].Lease(t.Context(), gate, fmt.Sprint("racer ", i), time.Minute)
				results <- got && err == nil
			}()
		}
		owners := 0
		for range cap(results) {
			if <-results {
				owners++
			}
		}
		if owners != 1 {
			t.Fatalf("owners: got %d, want 1", owners)
		}
		due()
		clock.move(time.Minute)
		due(gate)
		lease(one, "one", true)
		lease(two, "two", false)
		waits := func(want bool) {
			t.Helper()
			if got, err := two.Batch(t.Context(), gate); got.Waits.IsZero() == want || err != nil {
				t.Errorf("waits: got %s, %v, want that it waits: %v", got.Waits, err, want)
			}
		}
		for _, owner := range []string{"two", "one"} { // who has no lease says nothing of the batch
			if err := one.Wait(t.Context(), gate, owner, time.Hour); err != nil {
				t.Fatal(err)
			}
			waits(owner == "one")
		}
		clock.move(50 * time.Second)
		lease(one, "one", true)
		waits(true)
		clock.move(50 * time.Second)
		lease(two, "two", false)
		if err := two.Release(t.Context(), gate, "two"); err != nil {
			t.Fatal(err)
		}
		due()
		if err := one.Release(t.Context(), gate, "one"); err != nil {
			t.Fatal(err)
		}
		due(gate)
		waits(true)
		lease(two, "two", true)
		waits(false)
		if err := one.Move(t.Context(), gate, batch.Paused, "", batch.Running); err != nil {
			t.Fatal(err)
		}
		lease(two, "two", false)
		clock.move(time.Hour)
		due()
	})
}

func TestABatchGoesFromStateToState(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		clock := newClock()
		b := db.open(t, clock.options()).Batches()
		started(t, b, gate, 1)
		move := func(to batch.State, pause string, want error, from ...batch.State) {
			t.Helper()
			wants(t, string(to), b.Move(t.Context(), gate, to, pause, from...), want)
		}
		move(batch.Running, "", batch.ErrState, batch.Paused)
		move(batch.Paused, batch.PausedUnreachable, nil, batch.Running)
		if one, _ := b.Batch(t.Context(), gate); one.State != batch.Paused || one.Pause != batch.PausedUnreachable {
			t.Errorf("paused: got %s for %q", one.State, one.Pause)
		}
		move(batch.Paused, "", batch.ErrState, batch.Running)
		move(batch.Running, "", nil, batch.Paused)
		if one, _ := b.Batch(t.Context(), gate); one.State != batch.Running || one.Pause != "" || !one.Ended.IsZero() {
			t.Errorf("resumed: got %+v", one)
		}
		move(batch.Draft, "", batch.ErrState, batch.Running)
		move(batch.Done, "", nil, batch.Running, batch.Paused)
		if one, _ := b.Batch(t.Context(), gate); one.State != batch.Done || !one.Ended.Equal(clock.now()) {
			t.Errorf("done: got %+v", one)
		}
		move(batch.Canceled, "", batch.ErrState, batch.Running, batch.Paused)
		wants(t, "no batch", b.Move(t.Context(), other, batch.Paused, "", batch.Running), batch.ErrNoBatch)
	})
}

func TestFailedRowsAreTriedAgain(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		b := l.Batches()
		retry := func(want int, rows ...int) {
			t.Helper()
			if got, err := b.Retry(t.Context(), gate, rows); got != want || err != nil {
				t.Errorf("retry %v: got %d, %v, want %d", rows, got, err, want)
			}
		}
		started(t, b, gate, 6)
		send(t, l, gate, 1, 0, answered(201))
		send(t, l, gate, 2, 0, answered(409))
		send(t, l, gate, 3, 0, lost("timeout"))
		send(t, l, gate, 4, 0, answered(409))
		for _, held := range batch.HeldForGood() {
			if err := b.Hold(t.Context(), gate, map[int]string{5: held}); err != nil {
				t.Fatal(err)
			}
			retry(0, 5)
			if counts, err := b.Count(t.Context(), gate); counts.Held != 1 || counts.Retryable() != 2 || err != nil {
				t.Errorf("held as %s: got %+v, %v, want the two that were refused to be tried again", held, counts, err)
			}
		}
		if err := b.Hold(t.Context(), gate, map[int]string{5: "moved"}); err != nil {
			t.Fatal(err)
		}
		retry(1, 1, 2, 3, 6) // while it runs
		selects(t, b, gate, map[batch.Selection]string{batch.SelectUnsent: "2 6", batch.SelectFailed: "4 5"})
		send(t, l, gate, 2, 1, answered(409))
		send(t, l, gate, 6, 0, answered(201))
		wants(t, "a draft", func() error {
			makeDraft(t, b, draft(other))
			_, err := b.Retry(t.Context(), other, nil)
			return err
		}(), batch.ErrState)
		if err := b.Move(t.Context(), gate, batch.Done, "", batch.Running); err != nil {
			t.Fatal(err)
		}
		retry(3)
		if got := stateOf(t, b, gate); got != batch.Running {
			t.Errorf("state: got %s, want running", got)
		}
		selects(t, b, gate, map[batch.Selection]string{batch.SelectUnsent: "2 4 5", batch.SelectFailed: ""})
		counts := counted(t, b, gate)
		if want := map[change.State]int{change.Applied: 2, change.Unknown: 1}; !cmp.Equal(counts.ByState, want) || counts.Sent != 3 {
			t.Errorf("counts: got %+v, want %v", counts, want)
		}
		wants(t, "done while rows wait", b.Move(t.Context(), gate, batch.Done, "", batch.Running), batch.ErrState)
		send(t, l, gate, 2, 2, answered(201))
		send(t, l, gate, 4, 1, answered(201))
		send(t, l, gate, 5, 1, answered(201))
		if err := b.Move(t.Context(), gate, batch.Done, "", batch.Running); err != nil {
			t.Errorf("done: %v", err)
		}
		retry(0)
		if got := stateOf(t, b, gate); got != batch.Done {
			t.Errorf("state after nothing was tried again: got %s, want done", got)
		}
	})
}

func TestACanceledBatchSendsOnlyWhatIsTriedAgain(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		b := l.Batches()
		move := func(to batch.State, from batch.State) {
			t.Helper()
			if err := b.Move(t.Context(), gate, to, "", from); err != nil {
				t.Fatalf("to %s: %v", to, err)
			}
		}
		started(t, b, gate, 5)
		send(t, l, gate, 1, 0, answered(409))
		send(t, l, gate, 2, 0, answered(409))
		move(batch.Canceled, batch.Running)
		selects(t, b, gate, map[batch.Selection]string{batch.SelectUnsent: "3 4 5", batch.SelectRejected: "1 2 3 4 5"})
		if n, err := b.Retry(t.Context(), gate, nil); n != 2 || err != nil {
			t.Fatalf("retry: got %d, %v, want 2", n, err)
		}
		selects(t, b, gate, map[batch.Selection]string{batch.SelectUnsent: "1 2"})
		if counts := counted(t, b, gate); counts.Stopped != 3 || counts.InRun() != 2 || counts.Unsent() != 2 {
			t.Errorf("counts: got %+v, want three rows that were stopped and two that are sent", counts)
		}
		send(t, l, gate, 1, 1, answered(409))
		move(batch.Canceled, batch.Running)
		if n, err := b.Retry(t.Context(), gate, []int{1}); n != 1 || err != nil {
			t.Fatalf("second retry: got %d, %v, want 1", n, err)
		}
		selects(t, b, gate, map[batch.Selection]string{batch.SelectUnsent: "1"})
		send(t, l, gate, 1, 2, answered(201))
		move(batch.Done, batch.Running)
		if got := stateOf(t, b, gate); got != batch.Canceled {
			t.Errorf("state: got %s, want canceled, because three rows were not sent", got)
		}
		selects(t, b, gate, map[batch.Selection]string{batch.SelectUnsent: "2 3 4 5"})
	})
}

func TestARowThatCouldNotBeSentWhenItsBatchWasCanceledStaysUnsent(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		b := l.Batches()
		started(t, b, gate, 2)
		notSent := lost("unreached")
		notSent.Facts.Attempt.Left = false
		send(t, l, gate, 1, 0, answered(409))
		send(t, l, gate, 2, 0, notSent)
		if err := b.Move(t.Context(), gate, batch.Canceled, "", batch.Running); err != nil {
			t.Fatal(err)
		}
		if err := b.Again(t.Context(), gate, []int{2}); err != nil {
			t.Fatal(err)
		}
		if got := stateOf(t, b, gate); got != batch.Canceled {
			t.Errorf("state: got %s, want it to stay canceled", got)
		}
		if n, err := b.Retry(t.Context(), gate, []int{1}); n != 1 || err != nil {
			t.Fatalf("retry: got %d, %v, want 1", n, err)
		}
		selects(t, b, gate, map[batch.Selection]string{batch.SelectUnsent: "1"})
	})
}

func TestARowWhoseEarlierTryHadAnEffectAfterAllIsNotSentAgain(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		clock := newClock()
		l := db.open(t, clock.options())
		b := l.Batches()
		started(t, b, gate, 2)
		for row := 1; row <= 2; row++ {
			send(t, l, gate, row, 0, lost("timeout"))
			add(t, l, batch.ChangeID(gate, row, 0), looked(change.Absent, change.SeenNone))
		}
		clock.move(time.Hour)
		for row := 1; row <= 2; row++ {
			add(t, l, batch.ChangeID(gate, row, 0), looked(change.Absent, change.SeenNone))
		}
		selects(t, b, gate, map[batch.Selection]string{batch.SelectFailed: "1 2"})
		if n, err := b.Retry(t.Context(), gate, nil); n != 2 || err != nil {
			t.Fatalf("retry: got %d, %v, want 2", n, err)
		}
		send(t, l, gate, 2, 1, answered(409))
		for row := 1; row <= 2; row++ {
			add(t, l, batch.ChangeID(gate, row, 0), looked(change.Ours, change.SeenFound))
		}
		selects(t, b, gate, map[batch.Selection]string{batch.SelectUnsent: "", batch.SelectRejected: ""})
		if n, err := b.Retry(t.Context(), gate, nil); n != 0 || err != nil {
			t.Errorf("retry of what was found: got %d, %v, want 0", n, err)
		}
	})
}

func TestRowsThatWouldMakeTheSameAreFound(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		b := l.Batches()
		makeDraft(t, b, draft(other))
		same, byHand, byCheck := readyRow(2), readyRow(3), readyRow(4)
		same.Check.Key, byHand.Check.Key, byCheck.Check.Key = "k", "k", "k"
		byHand.LeftOut, byHand.Chosen, byCheck.LeftOut = true, true, true
		put(t, b, other, 1, false, readyRow(1), same, byHand, byCheck)
		got, err := b.SameKey(t.Context(), other, []string{"k", "nowhere", readyRow(1).Check.Key})
		if want := map[string][]int{"k": {2, 4}, readyRow(1).Check.Key: {1}}; !cmp.Equal(got, want) || err != nil {
			t.Errorf("same key: got %v, %v, want %v", got, err, want)
		}

		started(t, b, gate, 6)
		send(t, l, gate, 1, 0, answered(201))
		send(t, l, gate, 2, 0, answered(409))
		send(t, l, gate, 3, 0, lost("timeout"))
		send(t, l, gate, 4, 0, answered(201))
		prepare(t, l, "undo", undo(batch.ChangeID(gate, 4, 0)))
		add(t, l, "undo", answered(200))
		send(t, l, gate, 5, 0)
		var digests [][]byte
		for row := range 7 {
			digests = append(digests, readyRow(row).Check.Digest)
		}
		sent, err := b.SentBefore(t.Context(), other, digests)
		if err != nil {
			t.Fatal(err)
		}
		for row := range 7 {
			before, ok := sent[string(digests[row])]
			if want := row == 1 || row == 3 || row == 5; ok != want {
				t.Errorf("row %d sent before: got %v, want %v", row, ok, want)
			}
			if ok && (before.Batch != gate || before.Row != row || before.Change != batch.ChangeID(gate, row, 0) ||
				before.Name != "gate-a.xlsx" || before.At.IsZero()) {
				t.Errorf("row %d sent before: got %+v", row, before)
			}
		}
		if sent, err := b.SentBefore(t.Context(), gate, digests); len(sent) != 0 || err != nil {
			t.Errorf("of the batch itself: got %v, %v", sent, err)
		}
	})
}

// incompressible is a text of some length that no database makes shorter.
func incompressible(length int) string {
	random := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	for b.Len() < length {
		b.WriteString(strconv.FormatUint(random.Uint64(), 36))
	}
	return b.String()
}

func TestColumnsKeepTheirMeaningForEachPerson(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		b := db.open(t, audit.Options{}).Batches()
		mean := func(subject string, inputs map[string]string) {
			t.Helper()
			if err := b.Mean(t.Context(), "https://a", subject, "clockings", inputs); err != nil {
				t.Fatal(err)
			}
		}
		mean("els", map[string]string{"Badge": "person.id~badge", "Uur": "timeOfDayInMinutes"})
		mean("els", map[string]string{"Uur": "", incompressible(5000): "date"}) // one of any length is in no index of PostgreSQL
		mean("tom", map[string]string{"Uur": "date"})
		for _, c := range []struct {
			subject, collection string
			want                map[string]string
		}{
			{"els", "clockings", map[string]string{"Badge": "person.id~badge", "Uur": ""}},
			{"els", "absences", map[string]string{}}, {"tom", "clockings", map[string]string{"Uur": "date"}},
		} {
			if got, err := b.Meanings(t.Context(), "https://a", c.subject, c.collection); !cmp.Equal(got, c.want) || err != nil {
				t.Errorf("%s of %s: got %v, %v, want %v", c.collection, c.subject, got, err, c.want)
			}
		}
	})
}

func TestARowThatWasNotSentIsTriedAgainWhateverItsBatchDoes(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		b := l.Batches()
		started(t, b, gate, 4)
		send(t, l, gate, 1, 0, unreached())
		send(t, l, gate, 2, 0, answered(201))
		send(t, l, gate, 3, 0, lost("timeout"))
		if err := b.Move(t.Context(), gate, batch.Paused, "", batch.Running); err != nil {
			t.Fatal(err)
		}
		if err := b.Again(t.Context(), gate, []int{1, 2, 3, 4}); err != nil {
			t.Fatalf("again: %v", err)
		}
		selects(t, b, gate, map[batch.Selection]string{batch.SelectUnsent: "1 4", batch.SelectApplied: "2", batch.SelectUnknown: "3"})
		if got := stateOf(t, b, gate); got != batch.Paused {
			t.Errorf("state: got %s, want paused as before", got)
		}
	})
}

func TestABatchThatWasDoneWhileARowWasBeingSentRunsAgainForIt(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		b := l.Batches()
		started(t, b, gate, 2)
		send(t, l, gate, 1, 0, answered(201))
		send(t, l, gate, 2, 0) // by a replica that waits for the answer
		if err := b.Move(t.Context(), gate, batch.Done, "", batch.Running); err != nil {
			t.Fatal(err)
		}
		add(t, l, batch.ChangeID(gate, 2, 0), unreached())
		if err := b.Again(t.Context(), gate, []int{2}); err != nil {
			t.Fatal(err)
		}
		if got := stateOf(t, b, gate); got != batch.Running {
			t.Errorf("state: got %s, want it to run for the row", got)
		}
		selects(t, b, gate, map[batch.Selection]string{batch.SelectUnsent: "2"})
	})
}

// unreached is an attempt that certainly did not leave.
func unreached() change.Event {
	return change.Event{Facts: change.Facts{Kind: change.KindLost, Attempt: &change.Attempt{Number: 1, Failure: "unreached"}}}
}
