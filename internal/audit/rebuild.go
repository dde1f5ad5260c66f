package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"protime-admin/internal/change"
)

// rebuildAtOnce is how many events are in memory while they are read in the order of their changes. It stands in the
// text of the query, because PostgreSQL plans for a tenth of the table where a limit is an argument.
const rebuildAtOnce = 500

// rebuildCache is how many KiB of a SQLite database are in memory meanwhile.
const rebuildCache = "131072"

// Rebuild computes the projection again from the events, in one transaction that locks out other writers, and returns
// how many changes there are.
func (l *Log) Rebuild(ctx context.Context) (int, error) {
	if l.writes == nil {
		return 0, fmt.Errorf("%w: %w", change.ErrLog, ErrReadOnly)
	}
	tx, err := l.writes.BeginTx(ctx, nil)
	if err != nil {
		return 0, fmt.Errorf("%w: rebuild: %w", change.ErrLog, err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit there is nothing to undo
	setting := `SET LOCAL statement_timeout = 0`
	if !l.dialect.server { // a few megabytes of cache would be written out and read again with nearly every row
		setting = `PRAGMA cache_size = -` + rebuildCache
	}
	if _, err := tx.ExecContext(ctx, setting); err != nil {
		return 0, fmt.Errorf("%w: rebuild: %w", change.ErrLog, err)
	}
	t := &transaction{tx: tx, prepared: l.writing.parsed}
	if err := l.openTransaction(ctx, t, checkpoint{}); err != nil { // it locks the head
		return 0, fmt.Errorf("%w: %w", change.ErrLog, err)
	}
	changes, err := t.rebuild(ctx)
	if err != nil {
		return 0, fmt.Errorf("%w: rebuild: %w", change.ErrLog, err)
	}
	return changes, tx.Commit()
}

func (t *transaction) rebuild(ctx context.Context) (changes int, err error) {
	for _, statement := range []string{`DELETE FROM changes`, `DELETE FROM actors`, `DELETE FROM looks`} {
		if _, err := t.tx.ExecContext(ctx, statement); err != nil {
			return 0, err
		}
	}
	actors := map[actor]int64{} // each written once: PostgreSQL keeps every version of a row until a transaction ends
	err = eachChange(ctx, t.tx, func(events []*event) error {
		changes++
		read, instance, err := facts(events)
		if err != nil {
			return err
		}
		by, err := t.addRow(ctx, events[0].changeID, instance, read, false)
		actors[by] = max(actors[by], events[0].sequence)
		return errors.Join(err, t.schedule(ctx, events[0].changeID, nil, read))
	})
	if err == nil {
		_, err = t.tx.ExecContext(ctx, `UPDATE changes SET batch_later = 1 WHERE batch <> '' AND sequence >
			(SELECT min(sequence) FROM changes AS first WHERE first.batch = changes.batch AND first.batch <> '')`)
	}
	for by, last := range actors {
		if err == nil {
			err = t.addActor(ctx, by, last)
		}
	}
	return changes, err
}

// eachChange calls do with the events of one change after the other, in the order of their ids.
func eachChange(ctx context.Context, tx *sql.Tx, do func([]*event) error) error {
	for after, limit := "", rebuildAtOnce; ; {
		//nolint:gosec // G202: text of our own, values are arguments
		rows, err := tx.QueryContext(ctx, `SELECT `+eventColumns+` FROM events WHERE change_id > $1
			ORDER BY change_id, sequence LIMIT `+strconv.Itoa(limit), after)
		var read [][]*event
		count, id := 0, after
		err = scanEvents(rows, err, func(e *event) error {
			if e.changeID != id {
				read, id = append(read, nil), e.changeID
			}
			read[len(read)-1] = append(read[len(read)-1], e)
			count++
			return nil
		})
		if err != nil || count == 0 {
			return err
		}
		if count == limit { // the last change may have more events
			read, limit = read[:len(read)-1], limit*2
		}
		for _, events := range read {
			if err := do(events); err != nil {
				return err
			}
			after, limit = events[0].changeID, rebuildAtOnce
		}
	}
}
