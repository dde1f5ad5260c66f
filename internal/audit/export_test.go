package audit

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"protime-admin/internal/change"
)

// Kill leaves a log as a process that dies would: nothing is written any more, locks are gone, nobody says goodbye.
func Kill(l *Log) {
	l.queue.close(context.Background())
	if l.unlock != nil {
		_ = l.unlock()
		l.unlock = nil
	}
	if l.deregister != nil { // no more signs of life, and no goodbye
		var seen int64
		row := l.db.QueryRowContext(context.Background(), `SELECT seen FROM instances WHERE id = $1`, l.instance)
		_ = row.Scan(&seen)
		l.deregister(context.Background())
		_, _ = l.writes.ExecContext(context.Background(), `INSERT INTO instances (id, seen) VALUES ($1, $2)`, l.instance, seen)
	}
	l.deregister = nil
}

// LimitPages lets a SQLite log grow by so many pages only, as on a disk that is nearly full.
func LimitPages(t *testing.T, l *Log, more int) {
	t.Helper()
	var pages int
	if err := l.writes.QueryRowContext(t.Context(), `PRAGMA page_count`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	if _, err := l.writes.ExecContext(t.Context(), `PRAGMA max_page_count = `+strconv.Itoa(pages+more)); err != nil {
		t.Fatal(err)
	}
}

// Forget runs retention now.
func (l *Log) Forget(ctx context.Context) error { return l.eraseExpired(ctx) }

// Ungroup makes every write a transaction of its own, to compare with.
func (l *Log) Ungroup() { l.queue.most = 1 }

// Fill writes many changes with one more event each, as fast as the database takes them, and rebuilds the rest.
func (l *Log) Fill(ctx context.Context, n int, next func(i int) (id string, prepared, ended change.Event)) error {
	const atOnce = 500 // rows of a statement
	tx, err := l.writes.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	t := &transaction{tx: tx}
	if err := l.openTransaction(ctx, t, checkpoint{}); err != nil {
		return err
	}
	var places []string
	var values []any
	flush := func() error {
		_, err := tx.ExecContext(ctx, `INSERT INTO events (`+eventColumns+`) VALUES `+strings.Join(places, ", "), values...)
		places, values = nil, nil
		return err
	}
	add := func(id string, fact change.Event) error {
		d := document{Sequence: t.end.Sequence + 1, Change: id, At: moment(micros(l.options.Now())), Instance: "filled", Facts: fact.Facts}
		e, err := seal(d, fact.Personal, t.end.Hash)
		if err != nil {
			return err
		}
		t.end.Head, t.end.at = Head{Sequence: e.sequence, Hash: e.hash}, micros(d.At)
		row := e.values()
		marks := make([]string, len(row))
		for i := range row {
			marks[i] = "$" + strconv.Itoa(len(values)+i+1)
		}
		places, values = append(places, "("+strings.Join(marks, ", ")+")"), append(values, row...)
		if len(places) < atOnce {
			return nil
		}
		return flush()
	}
	for i := range n {
		id, prepared, ended := next(i)
		if err := errors.Join(add(id, prepared), add(id, ended)); err != nil {
			return err
		}
	}
	if len(places) > 0 {
		if err := flush(); err != nil {
			return err
		}
	}
	t.moved = true
	if err := errors.Join(l.closeTransaction(ctx, t), tx.Commit()); err != nil {
		return err
	}
	l.checkpoint = checkpoint{note: t.end.note, sequence: t.end.Sequence}
	_, err = l.Rebuild(ctx)
	return err
}

// Definitions returns the schema as verify sees it.
func (l *Log) Definitions(ctx context.Context) ([]string, error) {
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	return l.definitions(ctx, tx)
}

// SetClock has the process's clock say a time from now on, as one that is wrong.
func SetClock(l *Log, at time.Time) {
	l.clock = &clock{read: func() (time.Time, time.Duration) { return at, 0 }}
}

// TidyBatches does the hourly work on drafts now.
func (l *Log) TidyBatches(ctx context.Context) error { return l.Batches().tidy(ctx) }
