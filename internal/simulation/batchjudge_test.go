package simulation

import (
	"context"
	"slices"

	"protime-admin/internal/batch"
	"protime-admin/internal/change"
)

// ledger is what the log says of the rows of batches.
type ledger struct {
	rows  map[change.Part]batch.Result     // by batch and row
	undos map[string][]change.Receipt      // by the change that they undo
	same  map[string][]change.Receipt      // changes of rows with one digest that the API applied, oldest first
	tries map[change.Part][]change.Receipt // changes of one row that the API applied, oldest first
}

// judgeBatches makes sure that no row had an effect twice, nor rows that send the same, and that every row of a batch
// that is done was sent, or is held for a reason.
func (w *world) judgeBatches(sum *tally) {
	l := ledger{map[change.Part]batch.Result{}, map[string][]change.Receipt{}, map[string][]change.Receipt{},
		map[change.Part][]change.Receipt{}}
	for _, id := range w.batches {
		w.judgeEnd(id, l, sum)
	}
	var all []change.Receipt
	for r, err := range w.serving[0].log.All(context.Background(), change.Query{}) {
		if err != nil {
			w.t.Fatal(err)
		}
		all = append(all, r)
		if r.Undoes != "" {
			l.undos[r.Undoes] = append(l.undos[r.Undoes], r)
		}
	}
	applied := map[string]bool{}
	for _, e := range w.tenant.Journal() {
		if e.Applied > 0 && e.Header.Get(changeHeader) != "" {
			applied[e.Header.Get(changeHeader)] = true
		}
	}
	for _, r := range slices.Backward(all) {
		if r.Part == nil {
			continue
		}
		if r.ID != batch.ChangeID(r.Part.Batch, r.Part.Row, r.Part.Try) {
			w.t.Errorf("%+v is change %s", *r.Part, r.ID)
		}
		if applied[r.ID] {
			sum.rows++
			w.judgeRow(r, l)
		}
	}
}

// judgeEnd makes sure that a batch is done or was canceled, and that nothing of it waits that should not.
func (w *world) judgeEnd(id string, l ledger, sum *tally) {
	ctx, store := context.Background(), w.serving[0].log.Batches()
	b, err := store.Batch(ctx, id)
	if err != nil {
		w.t.Errorf("batch: %v", err)
		return
	}
	unsent, err := store.Rows(ctx, id, batch.SelectUnsent, 0, 100)
	if err != nil || b.State == batch.Done && len(unsent) > 0 || b.State != batch.Done && b.State != batch.Canceled {
		w.t.Errorf("batch %s is %s (%s) with %d rows that were not sent, %v", id, b.State, b.Pause, len(unsent), err)
	}
	rows, err := store.Rows(ctx, id, batch.All, 0, 100)
	if err != nil {
		w.t.Errorf("rows: %v", err)
	}
	for _, row := range rows {
		l.rows[change.Part{Batch: id, Row: row.Number}] = row
		if row.Held == batch.HeldSent {
			sum.heldSent++
		}
	}
	sum.batches++
}

// judgeRow makes sure that, when a change that the API applied was prepared, the log had reason to believe that no other
// try of the row had an effect, and no row of another batch that sends the same, unless a person asked for this one.
// judgeEarlier judges what the log believed.
func (w *world) judgeRow(r change.Receipt, l ledger) {
	place := change.Part{Batch: r.Part.Batch, Row: r.Part.Row}
	for _, other := range l.tries[place] {
		if !withoutEffect(other, r.Sequence) {
			w.t.Errorf("%+v was applied, and so was try %d", *r.Part, other.Part.Try)
		}
	}
	l.tries[place] = append(l.tries[place], r)
	row := l.rows[place]
	digest := string(row.Check.Digest)
	if digest == "" {
		return
	}
	for _, other := range l.same[digest] {
		if other.Part.Batch != r.Part.Batch && !row.Chosen && !withoutEffect(other, r.Sequence) && !l.takenBack(other, r.Sequence) {
			w.t.Errorf("%+v was applied, and so was %+v, which sends the same", *r.Part, *other.Part)
		}
	}
	l.same[digest] = append(l.same[digest], r)
}

// said is what the log said of a change before an event, "" where it did not have it.
func said(r change.Receipt, before int64) change.State {
	n := 0
	for n < len(r.Events) && r.Events[n].Sequence < before {
		n++
	}
	if n == 0 {
		return ""
	}
	return change.Judge(r.Events[:n]).State
}

func withoutEffect(r change.Receipt, before int64) bool {
	return slices.Contains([]change.State{change.Refused, change.NotSent, change.NotApplied}, said(r, before))
}

// takenBack reports whether a change was undone before an event, by an undo that was not taken back itself.
func (l ledger) takenBack(r change.Receipt, before int64) bool {
	return slices.ContainsFunc(l.undos[r.ID], func(undo change.Receipt) bool {
		return said(undo, before) == change.Applied && !l.takenBack(undo, before)
	})
}
