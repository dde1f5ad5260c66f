package audit

import (
	"context"
	"time"

	"protime-admin/internal/batch"
)

// longestDraft is how long a draft that nobody touches stays.
const longestDraft = 30 * 24 * time.Hour

// tidy discards drafts that nobody has touched for a long time, and goes on with what was discarded.
func (b *Batches) tidy(ctx context.Context) error {
	err := b.write(ctx, func(ctx context.Context, t *transaction) error {
		before := t.now.Add(-longestDraft)
		due, err := t.exists(ctx, `SELECT 1 FROM batches WHERE state = 'draft' AND touched < $1 LIMIT 1`, micros(before))
		if !due || err != nil {
			return err
		}
		if err := t.checkClock(ctx, before); err != nil {
			return err
		}
		_, err = t.tx.ExecContext(ctx, `UPDATE batches SET state = '`+stateDiscarded+`' WHERE state = 'draft' AND touched < $1`,
			micros(before))
		return err
	})
	if err != nil {
		return err
	}
	discarded, err := b.ids(ctx, `state = '`+stateDiscarded+`'`)
	for _, id := range discarded {
		if err := b.remove(ctx, id); err != nil {
			return err
		}
	}
	return err
}

// eraseExpired removes what is personal from batches that nobody has touched for as long as the retention. One that was
// paused is canceled by that: its rows cannot be sent any more.
func (b *Batches) eraseExpired(ctx context.Context, retention time.Duration) error {
	err := b.write(ctx, func(ctx context.Context, t *transaction) error {
		before := t.now.Add(-retention)
		due, err := t.exists(ctx, `SELECT 1 FROM batches WHERE state IN ('done', 'canceled', 'paused') AND touched < $1
			AND erased = 0 LIMIT 1`, micros(before))
		if !due || err != nil {
			return err
		}
		if err := t.checkClock(ctx, before); err != nil {
			return err
		}
		_, err = t.tx.ExecContext(ctx, `UPDATE batches SET issuer = '', subject = '', actor = '', email = '', employee = '',
			name = '', columns = '[]', preset = '{}', note = '', back = '', erased = 1,
			ended = CASE WHEN state = 'paused' THEN $2 ELSE ended END,
			state = CASE WHEN state = 'paused' THEN 'canceled' ELSE state END
			WHERE state IN ('done', 'canceled', 'paused') AND touched < $1 AND erased = 0`, micros(before), micros(t.now))
		return err
	})
	if err != nil {
		return err
	}
	begun, err := b.ids(ctx, `erased = 1`)
	for _, id := range begun {
		if err := b.eraseRows(ctx, id); err != nil {
			return err
		}
	}
	return err
}

// eraseColumns removes what columns meant for a person whose sheets had none of them for as long as the retention.
func (b *Batches) eraseColumns(ctx context.Context, retention time.Duration) error {
	return b.write(ctx, func(ctx context.Context, t *transaction) error {
		before := t.now.Add(-retention)
		due, err := t.exists(ctx, `SELECT 1 FROM batch_columns WHERE used < $1 LIMIT 1`, micros(before))
		if !due || err != nil {
			return err
		}
		if err := t.checkClock(ctx, before); err != nil {
			return err
		}
		_, err = t.tx.ExecContext(ctx, `DELETE FROM batch_columns WHERE used < $1`, micros(before))
		return err
	})
}

// eraseRows removes what is personal from the rows of a batch, some at a time; 2 in erased says that all are done.
func (b *Batches) eraseRows(ctx context.Context, id string) error {
	for after := 0; ; {
		rows, err := b.numbers(ctx, id, batch.All, after, batch.MostAtOnce)
		if err != nil {
			return err
		}
		err = b.write(ctx, func(ctx context.Context, t *transaction) error {
			if len(rows) == 0 {
				_, err := t.tx.ExecContext(ctx, `UPDATE batches SET erased = 2 WHERE id = $1`, text(id))
				return err
			}
			_, err := t.tx.ExecContext(ctx, `UPDATE batch_rows SET key = '', digest = '', cells = '[]', findings = '{}',
				record = '', base = '' WHERE batch = $1 AND number > $2 AND number <= $3`, text(id), after, rows[len(rows)-1])
			return err
		})
		if err != nil || len(rows) == 0 {
			return err
		}
		after = rows[len(rows)-1]
	}
}

// ids returns the ids of the batches that a condition selects.
func (b *Batches) ids(ctx context.Context, condition string, arguments ...any) (ids []string, err error) {
	err = b.log.read(ctx, func(ctx context.Context) error {
		ids = nil
		rows, err := b.log.query(ctx, `SELECT id FROM batches WHERE `+condition, arguments...)
		if err != nil {
			return err
		}
		return scan(rows, func() error {
			var id string
			err := rows.Scan(&id)
			ids = append(ids, id)
			return err
		})
	})
	return ids, err
}
