package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"protime-admin/internal/batch"
	"protime-admin/internal/change"
)

// Start makes a draft run. Errors as batch.Store says.
func (b *Batches) Start(ctx context.Context, id string, revision int64, reason change.Reason, requestID string) error {
	return b.write(ctx, func(ctx context.Context, t *transaction) error {
		return t.alter(ctx, id, batch.ErrRevision, `UPDATE batches SET state = 'running', reason = $3, note = $4, request_id = $5,
			started = $6, touched = $6 WHERE id = $1 AND state = 'draft' AND revision = $2 AND checked = $2`,
			revision, text(reason.Code), text(reason.Note), text(requestID), micros(t.now))
	})
}

// Move changes the state of a batch. Canceling ends a round: rows that were not sent in it are not sent when others are
// tried again, and the batch is canceled once more when those are done. A batch is not done while rows wait that were
// tried again meanwhile. Errors as batch.Store says.
func (b *Batches) Move(ctx context.Context, id string, to batch.State, pause string, from ...batch.State) error {
	if to == batch.Draft {
		return batch.ErrState
	}
	states, err := json.Marshal(from)
	if err != nil {
		return fmt.Errorf("audit: batches: %w", err)
	}
	set, condition := `ended = 0`, ``
	switch to {
	case batch.Running:
		condition = ` AND erased = 0`
	case batch.Canceled:
		set = `ended = $4, round = round + 1`
	case batch.Done:
		set = `ended = $4, state = CASE WHEN round > 0 THEN 'canceled' ELSE 'done' END`
		condition = ` AND NOT EXISTS (SELECT 1 FROM batch_rows AS r WHERE r.batch = $1 AND r.try > 0 AND ` + unsent() + `)`
	}
	if to != batch.Done {
		set += `, state = '` + string(to) + `'`
	}
	return b.write(ctx, func(ctx context.Context, t *transaction) error {
		return t.alter(ctx, id, batch.ErrState, `UPDATE batches SET pause = $2, touched = $4, waits = 0, `+set+`
			WHERE id = $1 AND state IN (`+fmt.Sprintf(b.log.dialect.elements, `$3`)+`)`+condition,
			text(pause), string(states), micros(t.now))
	})
}

// Retry gives rows another try. Those of a canceled batch run without the others. A row of which an earlier try had an
// effect after all is not tried again, nor one that another batch has sent, nor one that retention has erased. Errors as batch.Store says.
func (b *Batches) Retry(ctx context.Context, id string, rows []int) (int, error) {
	one, err := b.Batch(ctx, id)
	if err != nil {
		return 0, err
	}
	if one.State == batch.Draft {
		return 0, batch.ErrState
	}
	if rows == nil {
		return b.retryAll(ctx, id)
	}
	total := 0
	for some := range slices.Chunk(rows, batch.MostAtOnce) {
		n, err := b.retry(ctx, id, some)
		if total += n; err != nil {
			return total, err
		}
	}
	return total, nil
}

// retryAll gives every row that failed another try, some at a time.
func (b *Batches) retryAll(ctx context.Context, id string) (total int, err error) {
	for after := 0; ; {
		rows, err := b.numbers(ctx, id, batch.SelectFailed, after, batch.MostAtOnce)
		if err != nil || len(rows) == 0 {
			return total, err
		}
		n, err := b.retry(ctx, id, rows)
		if total += n; err != nil {
			return total, err
		}
		after = rows[len(rows)-1]
	}
}

func (b *Batches) retry(ctx context.Context, id string, rows []int) (n int, err error) {
	list, err := json.Marshal(rows)
	if err != nil {
		return 0, fmt.Errorf("audit: batches: %w", err)
	}
	err = b.write(ctx, func(ctx context.Context, t *transaction) error {
		var err error
		if n, err = b.tryAgain(ctx, t, id, string(list), thisRound); n == 0 || err != nil {
			return err
		}
		_, err = t.tx.ExecContext(ctx, `UPDATE batches SET state = 'running', pause = '', ended = 0, touched = $2
			WHERE id = $1`, text(id), micros(t.now))
		return err
	})
	return n, err
}

// Again gives rows another try. A batch that was done while they were being sent runs again. They stay in their round:
// where the batch was canceled meanwhile they are not sent, nor with others that are tried again. Errors as batch.Store
// says.
func (b *Batches) Again(ctx context.Context, id string, rows []int) error {
	list, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("audit: batches: %w", err)
	}
	return b.write(ctx, func(ctx context.Context, t *transaction) error {
		n, err := b.tryAgain(ctx, t, id, string(list), `r.round`)
		if n == 0 || err != nil {
			return err
		}
		//nolint:gosec // G202: text of our own, values are arguments
		_, err = t.tx.ExecContext(ctx, `UPDATE batches AS b SET state = 'running', ended = 0, touched = $3
			WHERE b.id = $1 AND b.state IN ('done', 'canceled') AND EXISTS (SELECT 1 FROM batch_rows AS r WHERE r.batch = b.id
			AND r.number IN (`+fmt.Sprintf(b.log.dialect.integers, `$2`)+`) AND r.round >= b.round)`, text(id), string(list), micros(t.now))
		return err
	})
}

// thisRound is the round that the batch of the row r is in.
const thisRound = `(SELECT b.round FROM batches AS b WHERE b.id = r.batch)`

// tryAgain gives rows of a list another try in a round, and counts them.
func (b *Batches) tryAgain(ctx context.Context, t *transaction, id, list, round string) (int, error) {
	//nolint:gosec // G202: text of our own, values are arguments
	result, err := t.tx.ExecContext(ctx, `UPDATE batch_rows AS r SET try = try + 1, held = '', round = `+round+`
		WHERE r.batch = $1 AND r.number IN (`+fmt.Sprintf(b.log.dialect.integers, `$2`)+`)
		AND r.held NOT IN `+heldForGood()+` AND (r.held <> '' OR `+present(ofTry)+`) AND NOT `+present(withEffect)+`
		AND EXISTS (SELECT 1 FROM batches AS b WHERE b.id = r.batch AND b.erased = 0)`, text(id), list)
	if err != nil {
		return 0, err
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// holdRow notes why the row $2 of the batch $1 was not sent.
func holdRow() string {
	return `UPDATE batch_rows AS r SET held = $3 WHERE r.batch = $1 AND r.number = $2
		AND NOT ` + present(`(`+ofTry+` OR `+withEffect+`)`)
}

// Hold writes why rows were not sent. One that another replica has sent meanwhile is not held: what became of it is in
// the log. Errors as batch.Store says.
func (b *Batches) Hold(ctx context.Context, id string, why map[int]string) error {
	return b.write(ctx, func(ctx context.Context, t *transaction) error {
		for row, key := range why {
			if _, err := t.tx.ExecContext(ctx, holdRow(), text(id), row, text(key)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Due returns the batches that run and that nobody runs. Errors as batch.Store says.
func (b *Batches) Due(ctx context.Context) ([]string, error) {
	return b.ids(ctx, `state = 'running' AND lease <= `+b.log.dialect.now+` ORDER BY lease, id`, b.log.nowArgument())
}

// Lease makes owner the one who runs a batch. The API has not asked a new one to wait. Errors as batch.Store says.
func (b *Batches) Lease(ctx context.Context, id, owner string, length time.Duration) (leased bool, err error) {
	err = b.write(ctx, func(ctx context.Context, t *transaction) error {
		result, err := t.tx.ExecContext(ctx, `UPDATE batches SET owner = $2, lease = $3,
			waits = CASE WHEN owner = $2 THEN waits ELSE 0 END WHERE id = $1 AND state = 'running' AND (owner = $2 OR lease <= $4)`,
			text(id), text(owner), micros(t.now.Add(length)), micros(t.now))
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		leased = n > 0
		return err
	})
	return leased && err == nil, err
}

// Release ends a lease. Errors as batch.Store says.
func (b *Batches) Release(ctx context.Context, id, owner string) error {
	return b.write(ctx, func(ctx context.Context, t *transaction) error {
		_, err := t.tx.ExecContext(ctx, `UPDATE batches SET owner = '', lease = $3 WHERE id = $1 AND owner = $2`,
			text(id), text(owner), micros(t.now))
		return err
	})
}

// Wait notes until when a batch sends nothing. Errors as batch.Store says.
func (b *Batches) Wait(ctx context.Context, id, owner string, length time.Duration) error {
	return b.write(ctx, func(ctx context.Context, t *transaction) error {
		_, err := t.tx.ExecContext(ctx, `UPDATE batches SET waits = $3 WHERE id = $1 AND owner = $2 AND state = 'running'`,
			text(id), text(owner), micros(t.now.Add(length)))
		return err
	})
}

// longestUnattended is how long nobody may have sent anything of any batch for those that run to go on by themselves.
const longestUnattended = time.Hour

// PauseForgotten pauses the batches that run where nobody had one of them lately. Errors as batch.Store says.
func (b *Batches) PauseForgotten(ctx context.Context) error {
	return b.write(ctx, func(ctx context.Context, t *transaction) error {
		_, err := t.tx.ExecContext(ctx, `UPDATE batches SET state = 'paused', pause = $1, touched = $2 WHERE state = 'running'
			AND NOT EXISTS (SELECT 1 FROM batches AS b WHERE b.state = 'running' AND (b.lease > $3 OR b.touched > $3))`,
			batch.PausedForgotten, micros(t.now), micros(t.now.Add(-longestUnattended)))
		return err
	})
}
