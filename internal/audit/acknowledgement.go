package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"protime-admin/internal/change"
)

const acknowledgementColumns = `id, undoes, at, person, date, rules, digest, issuer, subject, name, reason, note`

const (
	selectAcknowledgements = `SELECT ` + acknowledgementColumns + ` FROM acknowledgements AS a`
	insertAcknowledgement  = `INSERT INTO acknowledgements (` + acknowledgementColumns + `)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
)

// acknowledgementValues are the arguments of insertAcknowledgement.
func acknowledgementValues(a change.Acknowledgement) []any {
	return []any{
		text(a.ID), text(a.Undoes), micros(a.At), text(a.Person), text(a.Date), text(a.Rules), text(a.Digest),
		text(a.Actor.Issuer), text(a.Actor.Subject), text(a.Actor.Name), text(a.Reason.Code), text(a.Reason.Note),
	}
}

// Acknowledge writes an acknowledgement. Errors as change.Acknowledgements says.
func (l *Log) Acknowledge(ctx context.Context, a change.Acknowledgement) error {
	return l.write(ctx, func(ctx context.Context, t *transaction) error { return t.acknowledge(ctx, a) })
}

func (t *transaction) acknowledge(ctx context.Context, a change.Acknowledgement) error {
	if spent, err := t.exists(ctx, `SELECT 1 FROM acknowledgements WHERE id = $1`, text(a.ID)); spent || err != nil {
		return errors.Join(err, when(spent, change.ErrSpent))
	}
	if a.Undoes != "" {
		there, err := t.exists(ctx, `SELECT 1 FROM acknowledgements WHERE id = $1 AND undoes = ''`, text(a.Undoes))
		if !there || err != nil {
			return errors.Join(err, when(!there, change.ErrNoChange))
		}
		undone, err := t.exists(ctx, `SELECT 1 FROM acknowledgements WHERE undoes = $1 AND undoes <> ''`, text(a.Undoes))
		if undone || err != nil {
			return errors.Join(err, when(undone, change.ErrUndone))
		}
	}
	a.At = t.now
	_, err := t.tx.ExecContext(ctx, insertAcknowledgement, acknowledgementValues(a)...)
	if err != nil {
		return fmt.Errorf("audit: acknowledgement: %w", err)
	}
	return nil
}

// Acknowledgement returns one acknowledgement, or change.ErrNoChange.
func (l *Log) Acknowledgement(ctx context.Context, id string) (change.Acknowledgement, error) {
	found, err := l.acknowledgements(ctx, `id = $1`, text(id))
	switch {
	case err != nil:
		return change.Acknowledgement{}, err
	case len(found) == 0:
		return change.Acknowledgement{}, change.ErrNoChange
	}
	return found[0], nil
}

// Acknowledged returns the acknowledgements of a period that nobody took back, oldest first. Those whose person retention
// removed are of nobody's day.
func (l *Log) Acknowledged(ctx context.Context, from, to string) ([]change.Acknowledgement, error) {
	return l.acknowledgements(ctx, `date >= $1 AND date <= $2 AND undoes = '' AND person <> '' AND NOT EXISTS
		(SELECT 1 FROM acknowledgements AS later WHERE later.undoes = a.id AND later.undoes <> '')`, text(from), text(to))
}

func (l *Log) acknowledgements(ctx context.Context, condition string, arguments ...any) (found []change.Acknowledgement, err error) {
	err = l.read(ctx, func(ctx context.Context) error {
		rows, err := l.query(ctx, selectAcknowledgements+` WHERE `+condition+` ORDER BY sequence`, arguments...)
		return acknowledgements(rows, err, func(a change.Acknowledgement) error {
			found = append(found, a)
			return nil
		})
	})
	return found, err
}

// acknowledgements calls do with each row of selectAcknowledgements.
func acknowledgements(rows *sql.Rows, err error, do func(change.Acknowledgement) error) error {
	if err != nil {
		return err
	}
	return scan(rows, func() error {
		var a change.Acknowledgement
		var at int64
		err := rows.Scan(&a.ID, &a.Undoes, &at, &a.Person, &a.Date, &a.Rules, &a.Digest,
			&a.Actor.Issuer, &a.Actor.Subject, &a.Actor.Name, &a.Reason.Code, &a.Reason.Note)
		if err != nil {
			return err
		}
		a.At = moment(at)
		return do(a)
	})
}

// eraseAcknowledgements removes the personal part of acknowledgements that are older than the retention.
func (t *transaction) eraseAcknowledgements(ctx context.Context, retention time.Duration) error {
	before := t.now.Add(-retention)
	due, err := t.exists(ctx, `SELECT 1 FROM acknowledgements WHERE at < $1 AND person <> '' LIMIT 1`, micros(before))
	if !due || err != nil {
		return err
	}
	if err := t.checkClock(ctx, before); err != nil {
		return err
	}
	_, err = t.tx.ExecContext(ctx, `UPDATE acknowledgements SET person = '', issuer = '', subject = '', name = '', note = ''
		WHERE at < $1 AND person <> ''`, micros(before))
	if err != nil {
		return fmt.Errorf("audit: retention: %w", err)
	}
	return nil
}
