package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"protime-admin/internal/change"
)

// rebuildAtOnce is how many changes are in memory while they are read in the order of their ids.
const rebuildAtOnce = 500

// Rebuild computes the tables that pages search anew from the events, in one transaction, and returns how many
// changes there are. Nobody writes meanwhile.
func (l *Log) Rebuild(ctx context.Context) (int, error) {
	if l.writes == nil {
		return 0, fmt.Errorf("%w: %w", change.ErrLog, ErrReadOnly)
	}
	tx, err := l.writes.BeginTx(ctx, nil)
	if err != nil {
		return 0, fmt.Errorf("%w: rebuild: %w", change.ErrLog, err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit there is nothing to undo
	if l.dialect.server {
		if _, err := tx.ExecContext(ctx, `SET LOCAL statement_timeout = 0`); err != nil {
			return 0, fmt.Errorf("%w: rebuild: %w", change.ErrLog, err)
		}
	}
	b := &batch{tx: tx, prepared: l.writing.parsed}
	if err := l.openBatch(ctx, b, ""); err != nil { // it locks the head
		return 0, fmt.Errorf("%w: %w", change.ErrLog, err)
	}
	changes, err := b.rebuild(ctx)
	if err != nil {
		return 0, fmt.Errorf("%w: rebuild: %w", change.ErrLog, err)
	}
	return changes, tx.Commit()
}

func (b *batch) rebuild(ctx context.Context) (changes int, err error) {
	for _, statement := range []string{`DELETE FROM changes`, `DELETE FROM actors`, `DELETE FROM looks`} {
		if _, err := b.tx.ExecContext(ctx, statement); err != nil {
			return 0, err
		}
	}
	return changes, groups(ctx, b.tx, func(events []*event) error {
		changes++
		read, _, err := facts(events)
		if err != nil {
			return err
		}
		return errors.Join(b.plan(ctx, events[0].changeID, nil, read), b.enter(ctx, events))
	})
}

// groups calls do with the events of one change after the other, in the order of their ids.
func groups(ctx context.Context, tx *sql.Tx, do func([]*event) error) error {
	for after := ""; ; {
		rows, err := tx.QueryContext(ctx, `SELECT `+eventColumns+` FROM events WHERE change_id IN
			(SELECT DISTINCT change_id FROM events WHERE change_id > $1 ORDER BY change_id LIMIT $2)
			ORDER BY change_id, sequence`, after, rebuildAtOnce)
		if err != nil {
			return err
		}
		var read [][]*event
		err = scan(rows, func() error {
			e := new(event)
			if err := rows.Scan(e.fields()...); err != nil {
				return err
			}
			if e.changeID != after {
				read, after = append(read, nil), e.changeID
			}
			read[len(read)-1] = append(read[len(read)-1], e)
			return nil
		})
		if err != nil || len(read) == 0 {
			return err
		}
		for _, events := range read {
			if err := do(events); err != nil {
				return err
			}
		}
	}
}
