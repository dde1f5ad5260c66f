package audit

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"maps"
	"time"

	"protime-admin/internal/change"
)

// event checks the next event.
func (v *verifier) event(w *walked) error {
	e := &w.event
	if err := v.link(e, w.chained, w.digested); err != nil {
		return err
	}
	d := w.document
	switch {
	case w.err != nil, d.Sequence != e.sequence, d.Change != e.changeID:
		return v.fault(e.sequence, "its document is not about it")
	case (d.Change == "") != (d.Kind == kindErased), (d.Kind == kindErased) != (d.Erased != nil):
		return v.fault(e.sequence, "it is of no kind that the log writes")
	case d.Erased != nil:
		v.at = d.At
		return v.erasure(d)
	}
	v.at = d.At
	if e.erased() && v.erasedEarly == 0 && !v.erasedInTime(e.sequence, d.At) {
		v.erasedEarly = e.sequence // or the retention event was altered: the walk comes to it
	}
	return v.ofChange(w, d)
}

// link checks an event's place in the chain.
func (v *verifier) link(e *event, chained, digested []byte) error {
	switch {
	case e.sequence != v.report.Events+1:
		return v.fault(v.report.Events+1, "event %d is missing", v.report.Events+1)
	case !bytes.Equal(e.hash, chained):
		return v.fault(e.sequence, "its content does not have the hash that it was written with")
	case !e.erased() && !bytes.Equal(e.digest, digested):
		return v.fault(e.sequence, "its personal data is not what was written")
	case e.erased() && len(e.personal) > 0:
		return v.fault(e.sequence, "its personal data is there although its salt is gone")
	}
	v.hash = e.hash
	v.report.Events, v.report.Head = e.sequence, Head{Sequence: e.sequence, Hash: e.hash}
	if v.wanted != nil && bytes.Equal(e.hash, v.wanted.Hash) &&
		(v.wanted.Sequence < 0 || v.wanted.Sequence == e.sequence) {
		v.found = true
	}
	if e.erased() {
		v.report.Erased++
		v.last = e.sequence
	}
	return nil
}

// erasure checks an event of retention.
func (v *verifier) erasure(d document) error {
	retention, err := time.ParseDuration(d.Erased.Retention)
	if err != nil || retention <= 0 || d.Erased.Through >= d.Sequence || d.Erased.Through <= v.through ||
		!d.Erased.Before.Equal(d.At.Add(-retention)) {
		return v.fault(d.Sequence, "it is wrong about what retention removed")
	}
	v.through = d.Erased.Through
	return nil
}

// erasedInTime reports whether an event was from before what the retention event says that removed its personal data.
// One that was written under a clock in the future has no time.
func (v *verifier) erasedInTime(sequence int64, at time.Time) bool {
	for len(v.erasures) > 0 && v.erasures[0].Erased.Through < sequence {
		v.erasures = v.erasures[1:]
	}
	if len(v.erasures) == 0 {
		return false
	}
	by := v.erasures[0]
	return at.Before(by.Erased.Before) || at.After(by.At.Add(wrongBy))
}

// ofChange checks an event of a change, and at the last one the row that was computed from all of them.
func (v *verifier) ofChange(w *walked, d document) error {
	c := v.open[d.Change]
	switch {
	case d.Prepared != nil && w.row == (row{}):
		return v.fault(w.sequence, "the change is missing from the table of changes")
	case d.Prepared != nil:
		c = &openChange{row: w.row, instance: d.Instance}
		if part := d.Prepared.Part; part != nil && part.Batch != "" {
			c.later, v.batches[text(part.Batch)] = v.batches[text(part.Batch)], true
		}
		v.open[d.Change] = c
		v.report.Changes++
	case w.row != (row{}) || c == nil:
		return v.fault(w.sequence, "the table of changes does not know it")
	}
	c.events = append(c.events, w.fact)
	if c.row.last > w.sequence {
		return nil
	}
	delete(v.open, d.Change)
	r, by, err := project(d.Change, c.instance, c.events)
	if c.later {
		r.batchLater = 1
	}
	if err != nil || r != c.row {
		return v.fault(c.row.sequence, "the table of changes says something else than the events")
	}
	if by != (actor{}) {
		v.actors[by] = max(v.actors[by], r.sequence)
	}
	if at, _, ok := change.NextLook(c.events); ok {
		v.looks[d.Change] = at
	}
	return nil
}

// tables checks that the projection holds nothing else.
func (v *verifier) tables(ctx context.Context, tx *sql.Tx) error {
	for _, c := range v.open {
		return v.fault(c.row.sequence, "the table of changes says something else than the events")
	}
	var changes int64
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM changes`).Scan(&changes); err != nil {
		return err
	}
	if changes != v.report.Changes {
		return v.fault(0, "the table of changes has %d changes, the events have %d", changes, v.report.Changes)
	}
	rows, err := tx.QueryContext(ctx, `SELECT subject, issuer, name, email, search, last FROM actors`)
	if err != nil {
		return err
	}
	found := map[actor]int64{}
	err = scan(rows, func() error {
		var a actor
		var search string
		var last int64
		if err := rows.Scan(&a.subject, &a.issuer, &a.name, &a.email, &search, &last); err != nil {
			return err
		}
		if search == a.search() {
			found[a] = last
		}
		return nil
	})
	if err == nil && !maps.Equal(found, v.actors) {
		err = v.fault(0, "the table of actors is not that of the events")
	}
	return err
}

// due checks that every change in doubt has a look: at its time or, where looks fail, not later than a failed look is
// postponed from now.
func (v *verifier) due(ctx context.Context, tx *sql.Tx) error {
	rows, err := tx.QueryContext(ctx, `SELECT change_id, due FROM looks`)
	if err != nil {
		return err
	}
	now := v.log.now()
	err = scan(rows, func() error {
		var id string
		var due int64
		if err := rows.Scan(&id, &due); err != nil {
			return err
		}
		at, ok := v.looks[id]
		if latest := max(micros(at), micros(now)); !ok || due > latest+2*lastRetry.Microseconds() {
			return v.fault(0, "the table of looks has one for change %q that is not due", id)
		}
		delete(v.looks, id)
		return nil
	})
	if err == nil && len(v.looks) > 0 {
		err = v.fault(0, "the table of looks lacks %d changes in doubt", len(v.looks))
	}
	return err
}

// end compares the end and the revocations with what was read.
func (v *verifier) end(ctx context.Context, tx *sql.Tx) error {
	end, err := endOf(tx.QueryRowContext(ctx, selectEnd))
	if errors.Is(err, sql.ErrNoRows) {
		return v.fault(v.report.Events, "the head is missing")
	}
	if err != nil {
		return err
	}
	if err := v.chainEnds(end.Head); err != nil {
		return err
	}
	if end.at != atOf(v.at) || end.erased != v.through {
		return v.fault(v.report.Events, "the head does not say when the last event was, or how far retention came")
	}
	if !end.signed(v.log.verifier, "") {
		return v.fault(v.report.Events, "the head is not signed with the key")
	}
	digest, err := revocationsDigest(ctx, tx)
	if err != nil {
		return err
	}
	if !bytes.Equal(digest, end.revocations) {
		return v.fault(0, "the table of revocations is not the one that the head signs")
	}
	return nil
}

func atOf(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return micros(t)
}

// chainEnds compares a head, and the earlier one that was given, with what was read.
func (v *verifier) chainEnds(head Head) error {
	next := v.report.Events + 1
	switch {
	case head.Sequence > v.report.Events:
		return v.fault(next, "event %d is missing: the log ends before its head", next)
	case head.Sequence != v.report.Events || !bytes.Equal(head.Hash, v.hash):
		return v.fault(v.report.Events, "the head does not say that it is the last")
	case v.erasedEarly > 0:
		return v.fault(v.erasedEarly, "its personal data is gone, and it was not old enough or no retention event says so")
	case !v.found:
		return v.fault(next, "the head %s is not in the chain: events were removed or replaced", v.wanted)
	case v.report.Erased != v.through || v.last != v.through:
		return v.fault(0, "personal data is there of which a retention event says that it is gone")
	}
	return nil
}
