package audit

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"protime-admin/internal/batch"
	"protime-admin/internal/change"
)

// Batches stores batches, their rows and who runs them. It implements batch.Store. They are neither signed nor part of
// the chain: what became of a row is the state of its change.
type Batches struct {
	log *Log
}

// Batches returns the batches in the log's database.
func (l *Log) Batches() *Batches { return &Batches{log: l} }

const batchColumns = `id, issuer, subject, actor, email, employee, roles, operation, collection, list, source, name, columns,
	preset, state, revision, checked, checked_at, reason, note, undoes, back, pause, request_id, made, started, ended, waits`

const (
	insertBatch = `INSERT INTO batches (` + batchColumns + `, touched, round, owner, lease, erased)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $24, $18, $19, $20, $21, $22, $23,
		$24, $25, $26, 0, $24, 0, '', 0, 0)`
	// stateDiscarded is that of a draft that was discarded and whose rows are not all removed yet.
	stateDiscarded = "discarded"
)

// Make writes a new draft. Errors as batch.Store says.
func (b *Batches) Make(ctx context.Context, made batch.Batch) error {
	columns, preset, err := descriptionOf(made)
	if err != nil {
		return err
	}
	a := made.Actor
	return b.write(ctx, func(ctx context.Context, t *transaction) error {
		if there, err := t.exists(ctx, `SELECT 1 FROM batches WHERE id = $1`, text(made.ID)); there || err != nil {
			return errors.Join(err, when(there, batch.ErrExists))
		}
		_, err := t.tx.ExecContext(ctx, insertBatch, text(made.ID), text(a.Issuer), text(a.Subject), text(a.Name),
			text(a.Email), text(a.Number), joinRoles(a.Roles), string(made.Operation), text(made.Collection), text(made.List),
			string(made.Source), text(made.Name), columns, preset, string(batch.Draft), 1, 0, text(made.Reason.Code),
			text(made.Reason.Note), text(made.Undoes), text(made.Back), "", text(made.RequestID), micros(t.now), 0, 0)
		return err
	})
}

// Batch returns one batch. Errors as batch.Store says.
func (b *Batches) Batch(ctx context.Context, id string) (batch.Batch, error) {
	found, err := b.batches(ctx, `id = $1 AND state <> '`+stateDiscarded+`'`, text(id))
	switch {
	case err != nil:
		return batch.Batch{}, err
	case len(found) == 0:
		return batch.Batch{}, batch.ErrNoBatch
	}
	return found[0], nil
}

// Batches returns the newest batches of a person or of everybody. Errors as batch.Store says.
func (b *Batches) Batches(ctx context.Context, issuer, subject string, limit int) ([]batch.Summary, error) {
	condition, arguments := `state <> '`+stateDiscarded+`'`, []any{limit}
	if issuer != "" || subject != "" {
		condition, arguments = condition+` AND issuer = $2 AND subject = $3`, append(arguments, text(issuer), text(subject))
	}
	found, err := b.batches(ctx, condition+` ORDER BY made DESC, id DESC LIMIT $1`, arguments...)
	if err != nil {
		return nil, err
	}
	summaries := make([]batch.Summary, len(found))
	for i, one := range found {
		summaries[i].Batch = one
		if summaries[i].Counts, err = b.Count(ctx, one.ID); err != nil {
			return nil, err
		}
	}
	return summaries, nil
}

// Describe writes what a person can say of a draft. Errors as batch.Store says.
func (b *Batches) Describe(ctx context.Context, d batch.Batch) (int64, error) {
	columns, preset, err := descriptionOf(d)
	if err != nil {
		return 0, err
	}
	err = b.write(ctx, func(ctx context.Context, t *transaction) error {
		if err := t.revise(ctx, d.ID, d.Revision, false); err != nil {
			return err
		}
		_, err := t.tx.ExecContext(ctx, `UPDATE batches SET name = $2, columns = $3, preset = $4, reason = $5, note = $6,
			checked_at = $7 WHERE id = $1`, text(d.ID), text(d.Name), columns, preset, text(d.Reason.Code),
			text(d.Reason.Note), micros(t.now))
		return err
	})
	return d.Revision + 1, err
}

// Explain writes the reason of a draft. Errors as batch.Store says.
func (b *Batches) Explain(ctx context.Context, id string, revision int64, reason change.Reason) (int64, error) {
	err := b.write(ctx, func(ctx context.Context, t *transaction) error {
		return t.alter(ctx, id, batch.ErrRevision, `UPDATE batches SET revision = revision + 1, touched = $2, reason = $4, note = $5,
			checked = CASE WHEN checked = revision THEN revision + 1 ELSE checked END
			WHERE id = $1 AND state = 'draft' AND revision = $3`, micros(t.now), revision, text(reason.Code), text(reason.Note))
	})
	return revision + 1, err
}

// revise begins the next revision of a draft. A refusal when it is not at the one that was read.
func (t *transaction) revise(ctx context.Context, id string, revision int64, checked bool) error {
	set := ""
	if checked {
		set = `, checked = revision + 1`
	}
	return t.alter(ctx, id, batch.ErrRevision, `UPDATE batches SET revision = revision + 1, touched = $2`+set+`
		WHERE id = $1 AND state = 'draft' AND revision = $3`, micros(t.now), revision)
}

// alter runs a statement that changes one batch under a condition; id is its first argument. Where it changes none, the
// refusal is ErrNoBatch or the one that was given.
func (t *transaction) alter(ctx context.Context, id string, otherwise error, statement string, arguments ...any) error {
	result, err := t.tx.ExecContext(ctx, statement, append([]any{text(id)}, arguments...)...)
	if err != nil {
		return fmt.Errorf("audit: batch: %w", err)
	}
	if n, err := result.RowsAffected(); n > 0 || err != nil {
		return err
	}
	there, err := t.exists(ctx, `SELECT 1 FROM batches WHERE id = $1 AND state <> '`+stateDiscarded+`'`, text(id))
	switch {
	case err != nil:
		return err
	case !there:
		return refusal{batch.ErrNoBatch}
	}
	return refusal{otherwise}
}

// Discard removes a draft. Errors as batch.Store says.
func (b *Batches) Discard(ctx context.Context, id string) error {
	err := b.write(ctx, func(ctx context.Context, t *transaction) error {
		return t.alter(ctx, id, batch.ErrState, `UPDATE batches SET state = '`+stateDiscarded+`', touched = $2
			WHERE id = $1 AND state = 'draft'`, micros(t.now))
	})
	if err != nil {
		return err
	}
	if err := b.remove(ctx, id); err != nil {
		b.log.failed(ctx, "removing a discarded batch", err) // the hourly work goes on with it
	}
	return nil
}

// remove removes the rows of a discarded batch, some at a time, and then the batch.
func (b *Batches) remove(ctx context.Context, id string) error {
	for left := true; left; {
		err := b.write(ctx, func(ctx context.Context, t *transaction) error {
			result, err := t.tx.ExecContext(ctx, `DELETE FROM batch_rows WHERE batch = $1 AND number IN
				(SELECT number FROM batch_rows WHERE batch = $1 ORDER BY number LIMIT $2)`, text(id), batch.MostAtOnce)
			if err != nil {
				return err
			}
			removed, err := result.RowsAffected()
			if left = removed > 0; left || err != nil {
				return err
			}
			_, err = t.tx.ExecContext(ctx, `DELETE FROM batches WHERE id = $1 AND state = '`+stateDiscarded+`'`, text(id))
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// write makes a write of the log's queue.
func (b *Batches) write(ctx context.Context, w write) error {
	if err := b.log.write(ctx, w); err != nil {
		return fmt.Errorf("audit: batches: %w", err)
	}
	return nil
}

// batches reads the batches that a condition selects.
func (b *Batches) batches(ctx context.Context, condition string, arguments ...any) (found []batch.Batch, err error) {
	err = b.log.read(ctx, func(ctx context.Context) error {
		rows, err := b.log.query(ctx, `SELECT `+batchColumns+` FROM batches WHERE `+condition, arguments...)
		if err != nil {
			return err
		}
		return scan(rows, func() error {
			one, err := scanBatch(rows)
			found = append(found, one)
			return err
		})
	})
	return found, err
}

func scanBatch(rows *sql.Rows) (batch.Batch, error) {
	var b batch.Batch
	var roles, columns, preset string
	var checked, made, started, ended, waits int64
	a := &b.Actor
	err := rows.Scan(&b.ID, &a.Issuer, &a.Subject, &a.Name, &a.Email, &a.Number, &roles, &b.Operation, &b.Collection,
		&b.List, &b.Source, &b.Name, &columns, &preset, &b.State, &b.Revision, &b.Checked, &checked, &b.Reason.Code, &b.Reason.Note,
		&b.Undoes, &b.Back, &b.Pause, &b.RequestID, &made, &started, &ended, &waits)
	if err != nil {
		return batch.Batch{}, err
	}
	a.Roles = splitRoles(roles)
	b.CheckedAt, b.Made, b.Started, b.Ended = momentOrZero(checked), momentOrZero(made), momentOrZero(started), momentOrZero(ended)
	b.Waits = momentOrZero(waits)
	return b, errors.Join(json.Unmarshal([]byte(columns), &b.Columns), json.Unmarshal([]byte(preset), &b.Preset))
}

// descriptionOf returns columns and preset values as JSON.
func descriptionOf(b batch.Batch) (columns, preset string, err error) {
	c, err := encode(b.Columns)
	if err != nil {
		return "", "", err
	}
	p, err := encode(b.Preset)
	return string(c), string(p), err
}

func joinRoles(roles []change.Role) string {
	names := make([]string, len(roles))
	for i, role := range roles {
		names[i] = string(role)
	}
	return strings.Join(names, ",")
}

func splitRoles(names string) (roles []change.Role) {
	for name := range strings.SplitSeq(names, ",") {
		if name != "" {
			roles = append(roles, change.Role(name))
		}
	}
	return roles
}

// momentOrZero is a time in microseconds, where 0 is none.
func momentOrZero(at int64) time.Time {
	if at == 0 {
		return time.Time{}
	}
	return moment(at)
}
