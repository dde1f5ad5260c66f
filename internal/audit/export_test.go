package audit

import (
	"context"
	"errors"
	"strconv"
	"testing"

	"protime-admin/internal/change"
)

// Kill leaves a log as a process that dies would: nothing is written any more, locks are gone, nobody says goodbye.
func Kill(l *Log) {
	l.queue.close()
	if l.unlock != nil {
		_ = l.unlock()
		l.unlock = nil
	}
	if !l.dialect.oneProcess { // no more signs of life, and no goodbye
		var seen int64
		row := l.db.QueryRowContext(context.Background(), `SELECT seen FROM instances WHERE id = $1`, l.instance)
		_ = row.Scan(&seen)
		_ = l.leave(context.Background())
		_, _ = l.db.ExecContext(context.Background(), `INSERT INTO instances (id, seen) VALUES ($1, $2)`, l.instance, seen)
	}
	l.leave = nil
}

// LimitPages lets a SQLite log grow by a few pages only, as on a full disk.
func LimitPages(t *testing.T, l *Log) {
	t.Helper()
	var pages int
	if err := l.writes.QueryRowContext(t.Context(), `PRAGMA page_count`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	if _, err := l.writes.ExecContext(t.Context(), `PRAGMA max_page_count = `+strconv.Itoa(pages+4)); err != nil {
		t.Fatal(err)
	}
}

// Forget runs retention now.
func (l *Log) Forget(ctx context.Context) error { return l.forget(ctx) }

// Ungroup makes every write a transaction of its own, to compare with.
func (l *Log) Ungroup() { l.queue.most = 1 }

// Fill writes many changes with their outcomes, thousands to a transaction.
func (l *Log) Fill(n int, next func(i int) (change.Change, change.Outcome)) error {
	const atOnce = 500
	for from := 0; from < n; from += atOnce {
		var entries []*entry
		for i := from; i < min(from+atOnce, n); i++ {
			c, o := next(i)
			begun, err := intent(c)
			if err != nil {
				return err
			}
			ended, err := outcome(kindOutcome, c.ID, o)
			if err != nil {
				return err
			}
			entries = append(entries, &entry{write: func(ctx context.Context, b *batch) error {
				if err := b.begin(ctx, begun); err != nil {
					return err
				}
				return b.settle(ctx, ended, c.Undoes)
			}})
		}
		results, err := l.transact(entries)
		if err := errors.Join(append(results, err)...); err != nil {
			return err
		}
	}
	return nil
}
