package audit_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"protime-admin/internal/audit"
	"protime-admin/internal/batch"
	"protime-admin/internal/change"
	"protime-admin/protime/contract"
)

func TestTheLogShowsABatchAsOneLine(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		clock := newClock()
		l := db.open(t, clock.options())
		began := clock.now()
		log := func(id string, e change.Event) {
			t.Helper()
			prepare(t, l, id, e)
			clock.move(time.Minute)
		}
		log("alone", edit())
		log("first", part(gate, 3, 0))
		log("between", by(edit(), tom()))
		log("later", part(gate, 1, 0))
		log("of another", by(part(other, 1, 0), tom()))
		log("again", part(gate, 3, 1))
		log("last", edit())
		for _, c := range []struct {
			name string
			q    change.Query
			want string
		}{
			{"everything", change.Query{}, "last again of another later between first alone"},
			{"folded", change.Query{Folded: true}, "last of another between first alone"},
			{"folded, a page", change.Query{Folded: true, Cursor: fmt.Sprint(receipt(t, l, "between").Sequence), Limit: 1}, "first"},
			{"folded, by subject", change.Query{Folded: true, Subject: els().Subject}, "last first alone"},
			{"folded, by a part of a name", change.Query{Folded: true, Actor: "claes"}, "of another between"},
			{"folded, by verb", change.Query{Folded: true, Verb: contract.Create}, "of another first"},
			{"folded, in a period", change.Query{Folded: true, From: began.Add(time.Minute), To: began.Add(6 * time.Minute)}, "of another between first"},
			{"of a batch", change.Query{Batch: gate}, "again later first"},
			{"of a batch, a page", change.Query{Batch: gate, Limit: 1, Cursor: fmt.Sprint(receipt(t, l, "again").Sequence)}, "later"},
			{"of a batch, by verb and subject", change.Query{Batch: other, Verb: contract.Create, Subject: tom().Subject}, "of another"},
			{"of no batch that is", change.Query{Batch: "nowhere"}, ""},
		} {
			if got := ids(page(t, l, c.q)); got != c.want {
				t.Errorf("%s: got %s, want %s", c.name, got, c.want)
			}
		}
		sheet, _ := export(t, l, audit.CSV)
		lines, _ := export(t, l, audit.NDJSON)
		if !strings.Contains(sheet, gate+";3;1") || !strings.Contains(lines, `"part":{"batch":"`+gate+`","row":3,"try":1}`) {
			t.Errorf("exports: want batch, row and try in both, got\n%s", sheet)
		}
		if _, err := l.Rebuild(t.Context()); err != nil {
			t.Fatal(err)
		}
		verify(t, l, "")
		if got := ids(page(t, l, change.Query{Folded: true})); got != "last of another between first alone" {
			t.Errorf("folded, rebuilt: got %s", got)
		}
	})
}

// job is a batch of a few rows on which anything happens, and what has to hold of it.
type job struct {
	t      *testing.T
	log    *audit.Log
	random *rand.Rand
	rows   int
	tries  map[change.Part]string // ids of changes by what they are
}

// send logs the present try of a row that is to be sent, and sometimes one that is not.
func (j *job) send() {
	j.t.Helper()
	found, err := j.log.Batches().Rows(j.t.Context(), gate, batch.SelectUnsent, j.random.IntN(j.rows), 1)
	if err != nil {
		j.t.Fatal(err)
	}
	for _, r := range found {
		if r.Change != nil {
			j.t.Errorf("row %d, try %d: got among the unsent, and it is in the log", r.Number, r.Try)
		}
		is := change.Part{Batch: gate, Row: r.Number, Try: r.Try}
		id := batch.ChangeID(gate, r.Number, r.Try)
		if state := stateOf(j.t, j.log.Batches(), gate); state == batch.Paused || state == batch.Canceled {
			wants(j.t, "a row of a batch that does not run", j.log.Prepare(j.t.Context(), id, part(gate, r.Number, r.Try)), change.ErrStopped)
			return
		}
		prepare(j.t, j.log, id, part(gate, r.Number, r.Try))
		if earlier := j.tries[is]; earlier != "" {
			j.t.Errorf("row %d, try %d: got two changes, %s and %s", r.Number, r.Try, earlier, id)
		}
		j.tries[is] = id
	}
	if len(found) > 0 && j.random.IntN(3) > 0 {
		add(j.t, j.log, batch.ChangeID(gate, found[0].Number, found[0].Try), anything(j.random))
	}
}

// hold holds a row that is to be sent.
func (j *job) hold() {
	found, err := j.log.Batches().Rows(j.t.Context(), gate, batch.SelectUnsent, j.random.IntN(j.rows), 1)
	for _, r := range found {
		err = errors.Join(err, j.log.Batches().Hold(j.t.Context(), gate, map[int]string{r.Number: "moved"}))
	}
	if err != nil {
		j.t.Fatal(err)
	}
}

// holds checks that every selection and every count says the same of the rows.
func (j *job) holds() {
	j.t.Helper()
	b := j.log.Batches()
	all, err := b.Rows(j.t.Context(), gate, batch.All, 0, j.rows)
	if err != nil {
		j.t.Fatal(err)
	}
	want := batch.Counts{Rows: j.rows, Ready: j.rows, ByState: map[change.State]int{}}
	var failed, unknown, applied, undoable []batch.Result
	for _, r := range all {
		if r.Held != "" {
			want.Held++
			failed = append(failed, r)
		}
		if r.Change == nil {
			continue
		}
		want.Sent++
		want.ByState[r.Change.State]++
		switch r.Change.State {
		case change.Refused, change.NotSent, change.NotApplied:
			failed = append(failed, r)
		case change.Unknown, change.Accepted:
			unknown = append(unknown, r)
		case change.Applied:
			switch r.Change.Reversal {
			case change.TakenBack:
				want.TakenBack++
			case change.Restored:
				want.Restored++
			}
			if r.Change.Reversal != change.TakenBack {
				applied = append(applied, r)
			}
			if r.Change.UndoneBy == "" {
				undoable = append(undoable, r)
			} else {
				want.Undone++
			}
		}
	}
	got := counted(j.t, b, gate)
	unsent := rowsOf(j.t, b, gate, batch.SelectUnsent)
	if want.Stopped = want.Unsent() - len(strings.Fields(unsent)); stateOf(j.t, b, gate) != batch.Running {
		want.Stopped = 0
	}
	if diff := cmp.Diff(want, got); diff != "" {
		j.t.Errorf("counts (-want +got):\n%s", diff)
	}
	selects(j.t, b, gate, map[batch.Selection]string{
		batch.SelectFailed: numbersOf(failed), batch.SelectUnknown: numbersOf(unknown),
		batch.SelectApplied: numbersOf(applied), batch.SelectUndoable: numbersOf(undoable),
	})
}

func TestAnUndoThatWasUndoneCountsNoMore(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		b := l.Batches()
		started(t, b, gate, 2)
		send(t, l, gate, 1, 0, answered(201))
		send(t, l, gate, 2, 0, answered(201))
		of := batch.ChangeID(gate, 1, 0)
		steps := []struct {
			name     string
			is       change.Reversal
			do       func()
			undoable string
		}{
			{"nobody undid it", change.NotReversed, func() {}, "1 2"},
			{"an undo is being sent", change.ReversalDoubt, func() { prepare(t, l, "u", undo(of)) }, "2"},
			{"the undo has no answer", change.ReversalDoubt, func() { add(t, l, "u", lost("timeout")) }, "2"},
			{"a look found the undo", change.TakenBack, func() { add(t, l, "u", answered(200)) }, "2"},
			{"an undo of the undo is being sent", change.ReversalDoubt, func() { prepare(t, l, "v", undo("u")) }, "2"},
			{"it was refused", change.TakenBack, func() { add(t, l, "v", answered(409)) }, "2"},
			{"another one was applied", change.Restored, func() { prepare(t, l, "w", undo("u")); add(t, l, "w", answered(200)) }, "2"},
			{"that was undone", change.TakenBack, func() { prepare(t, l, "x", undo("w")); add(t, l, "x", answered(200)) }, "2"},
		}
		for _, step := range steps {
			step.do()
			if got := receipt(t, l, of).Reversal; got != step.is {
				t.Errorf("%s: got %q, want %q", step.name, got, step.is)
			}
			c := counted(t, b, gate)
			back, restored, doubt := 0, 0, 0
			switch step.is {
			case change.TakenBack:
				back = 1
			case change.Restored:
				restored = 1
			case change.ReversalDoubt:
				doubt = 1
			}
			if c.TakenBack != back || c.Restored != restored || c.UndoDoubt() != doubt || c.Applied() != 2-back {
				t.Errorf("%s: got %+v", step.name, c)
			}
			applied := "1 2"
			if back > 0 {
				applied = "2"
			}
			selects(t, b, gate, map[batch.Selection]string{batch.SelectApplied: applied, batch.SelectUndoable: step.undoable})
		}
		verify(t, l, "")
	})
}

func TestWhateverHappensNoTryOfARowIsSentTwice(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		seed := uint64(time.Now().UnixNano())
		t.Logf("seed %d", seed)
		random := rand.New(rand.NewPCG(seed, 6))
		clock := newClock()
		l := db.open(t, clock.options())
		b := l.Batches()
		j := &job{t: t, log: l, random: random, rows: 8, tries: map[change.Part]string{}}
		started(t, b, gate, j.rows)
		states := []batch.State{batch.Running, batch.Paused, batch.Canceled, batch.Done}
		for range 100 {
			clock.move(time.Duration(random.IntN(20)) * time.Minute)
			row := 1 + random.IntN(j.rows)
			var err error
			switch random.IntN(10) {
			case 0, 1, 2, 3:
				j.send()
			case 4:
				j.hold()
			case 5:
				_, err = b.Retry(t.Context(), gate, nil)
			case 6:
				_, err = b.Retry(t.Context(), gate, []int{row})
			case 7:
				err = b.Move(t.Context(), gate, states[random.IntN(4)], "", states[random.IntN(3)])
			case 8:
				err = l.Append(t.Context(), batch.ChangeID(gate, row, random.IntN(2)), anything(random))
			case 9:
				id := batch.ChangeID(gate, row, random.IntN(2))
				err = l.Prepare(t.Context(), fmt.Sprint("undo ", random.Uint64()), undo(id))
			}
			for _, allowed := range []error{batch.ErrState, change.ErrNoChange, change.ErrUndone} {
				if errors.Is(err, allowed) {
					err = nil
				}
			}
			if err != nil {
				t.Fatal(err)
			}
			j.holds()
		}
		verify(t, l, "")
	})
}
