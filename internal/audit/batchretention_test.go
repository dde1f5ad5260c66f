package audit_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"protime-admin/internal/audit"
	"protime-admin/internal/batch"
	"protime-admin/internal/change"
)

func TestRetentionErasesBatchesAndForgottenDraftsGo(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		clock := newClock()
		options := clock.options()
		options.Retention = 100 * 24 * time.Hour
		l := db.open(t, options)
		b := l.Batches()
		tidy := func() {
			t.Helper()
			if err := errors.Join(l.Forget(t.Context()), l.TidyBatches(t.Context())); err != nil {
				t.Fatal(err)
			}
		}
		mean := func(header string) {
			t.Helper()
			if err := b.Mean(t.Context(), els().Issuer, els().Subject, "clockings", map[string]string{header: "date"}); err != nil {
				t.Fatal(err)
			}
		}
		mean("Dag")
		mean("Datum")
		makeDraft(t, b, draft(other))
		put(t, b, other, 1, false, readyRow(1))
		started(t, b, gate, 3)
		send(t, l, gate, 1, 0, answered(409))
		if err := b.Move(t.Context(), gate, batch.Paused, "", batch.Running); err != nil {
			t.Fatal(err)
		}
		clock.move(29 * 24 * time.Hour)
		tidy()
		selects(t, b, other, map[batch.Selection]string{batch.All: "1"})
		clock.move(2 * 24 * time.Hour)
		tidy()
		_, err := b.Batch(t.Context(), other)
		wants(t, "a forgotten draft", err, batch.ErrNoBatch)
		if got := rowsOf(t, b, other, batch.All); got != "" {
			t.Errorf("rows of a forgotten draft: got %q", got)
		}
		if one, err := b.Batch(t.Context(), gate); one.Actor.Name == "" || err != nil {
			t.Errorf("before its time: got %+v, %v", one, err)
		}
		mean("Datum")
		clock.move(70 * 24 * time.Hour)
		tidy()
		if got, err := b.Meanings(t.Context(), els().Issuer, els().Subject, "clockings"); len(got) != 1 || got["Datum"] == "" || err != nil {
			t.Errorf("columns that no sheet had for the retention: got %v, %v, want the one that a sheet had since", got, err)
		}
		clock.move(30 * 24 * time.Hour)
		tidy()
		one, err := b.Batch(t.Context(), gate)
		if err != nil || !cmp.Equal(one.Actor, change.Actor{Roles: els().Roles}) || one.Name != "" || one.Reason.Note != "" || one.State != batch.Canceled {
			t.Errorf("erased: got %+v, %v", one, err)
		}
		found, err := b.Rows(t.Context(), gate, batch.All, 0, 10)
		if err != nil || len(found) != 3 {
			t.Fatalf("rows: got %d, %v", len(found), err)
		}
		for _, r := range found {
			if len(r.Cells) > 0 || !cmp.Equal(r.Check, batch.Check{Verdict: batch.Ready}) {
				t.Errorf("row %d: got %+v, want nothing personal", r.Number, r.Row)
			}
		}
		if found[0].Change == nil || !found[0].Change.Erased || found[0].Change.State != change.Refused {
			t.Errorf("row 1: got %+v, want its state", found[0].Change)
		}
		if n, err := b.Retry(t.Context(), gate, nil); n != 0 || err != nil {
			t.Errorf("retry: got %d, %v, want 0", n, err)
		}
		verify(t, l, "")
	})
}

func TestADiscardedDraftIsGone(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		b := db.open(t, audit.Options{}).Batches()
		makeDraft(t, b, draft(gate))
		revision := put(t, b, gate, 1, false, readyRow(1), readyRow(2))
		if err := b.Discard(t.Context(), gate); err != nil {
			t.Fatal(err)
		}
		_, err := b.Batch(t.Context(), gate)
		wants(t, "batch", err, batch.ErrNoBatch)
		wants(t, "again", b.Discard(t.Context(), gate), batch.ErrNoBatch)
		_, err = b.PutRows(t.Context(), gate, revision, []batch.Row{readyRow(3)}, false)
		wants(t, "rows", err, batch.ErrNoBatch)
		if got := rowsOf(t, b, gate, batch.All); got != "" {
			t.Errorf("rows: got %q", got)
		}
	})
}
