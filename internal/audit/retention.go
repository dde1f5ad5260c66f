package audit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"protime-admin/internal/change"
)

// eraseAtOnce is how many events one transaction erases: a short transaction delays writers little.
const eraseAtOnce = 500

// eraseExpired removes personal data from acknowledgements, batches, the columns of their sheets and events that are older
// than the retention. The event that says so of events is written in the same transaction, so that verify can tell
// retention from tampering.
func (l *Log) eraseExpired(ctx context.Context) error {
	if l.options.Retention <= 0 {
		return nil
	}
	err := l.write(ctx, func(ctx context.Context, t *transaction) error {
		return t.eraseAcknowledgements(ctx, l.options.Retention)
	})
	if err != nil {
		return err
	}
	if err := l.Batches().eraseExpired(ctx, l.options.Retention); err != nil {
		return err
	}
	if err := l.Batches().eraseColumns(ctx, l.options.Retention); err != nil {
		return err
	}
	total := int64(0)
	for {
		removed := int64(0)
		err := l.write(ctx, func(ctx context.Context, t *transaction) error {
			var err error
			removed, err = t.eraseNext(ctx, l.options.Retention)
			return err
		})
		if err != nil {
			return err
		}
		total += removed
		if removed == 0 || ctx.Err() != nil {
			break
		}
	}
	if total > 0 {
		l.options.Logger.LogAttrs(ctx, slog.LevelInfo, "personal data was removed from old events",
			slog.Int64("events", total))
	}
	return nil
}

// wrongBy is how far in the future a time is known to be wrong.
const wrongBy = 24 * time.Hour

// longestGap is how long a log may have been without any change for retention to believe the clock.
const longestGap = 366 * 24 * time.Hour

// errGap says that the clock may be wrong: nothing in the log happened for longer than a year before now.
var errGap = errors.New("audit: retention removes nothing: between the changes that it would take and what came " +
	"after lies more than a year, so that the clock may be wrong")

// erase removes the personal data of the next events and returns how many there were.
func (t *transaction) eraseNext(ctx context.Context, retention time.Duration) (int64, error) {
	before := t.now.Add(-retention)
	through, err := t.expired(ctx, before)
	if err != nil || through == 0 {
		return 0, err
	}
	if err := t.checkClock(ctx, before); err != nil {
		return 0, err
	}
	from := t.end.erased
	for _, statement := range []string{
		`UPDATE events SET salt = NULL, personal = NULL WHERE sequence > $1 AND sequence <= $2`,
		`UPDATE changes SET subject = '', person = '', reason = '', date = '' WHERE sequence > $1 AND sequence <= $2`,
		`DELETE FROM actors WHERE last > $1 AND last <= $2`,
	} {
		if _, err := t.tx.ExecContext(ctx, statement, from, through); err != nil {
			return 0, fmt.Errorf("audit: retention: %w", err)
		}
	}
	d := document{Erased: &erasure{Through: through, Before: before, Retention: retention.String()}}
	d.Kind = kindErased
	t.end.erased = through
	if _, err := t.add(ctx, d, change.Personal{}); err != nil {
		return 0, err
	}
	return through - from, nil
}

// expired returns up to which event all are from before a time, 0 when the next is not. An event whose time is in the
// future was written under a wrong clock: it counts as old as the events after it.
func (t *transaction) expired(ctx context.Context, before time.Time) (through int64, err error) {
	for from, ended := t.end.erased, false; through == 0 && !ended; {
		rows, err := t.tx.QueryContext(ctx, `SELECT sequence, document FROM events WHERE sequence > $1
			ORDER BY sequence LIMIT $2`, from, eraseAtOnce)
		if err != nil {
			return 0, fmt.Errorf("audit: retention: %w", err)
		}
		last := from
		err = scan(rows, func() error {
			var e event
			if err := rows.Scan(&e.sequence, &e.document); err != nil {
				return err
			}
			last = e.sequence
			d, err := e.read()
			switch {
			case err != nil:
				return err
			case ended, d.At.After(t.now.Add(wrongBy)), d.Kind == kindErased:
				// Retention's own events hold no personal data: were they a reason to write again, an idle log would grow for ever.
			case !d.At.Before(before):
				ended = true
			default:
				through = e.sequence
			}
			return nil
		})
		if err != nil {
			return 0, fmt.Errorf("audit: retention: %w", err)
		}
		from, ended = last, ended || last == from
	}
	return through, nil
}

// checkClock makes sure that no single wrong reading of the clock erases the log: what was written before a time and what
// was written after it have to be less than a year apart.
func (t *transaction) checkClock(ctx context.Context, before time.Time) error {
	var older, newer int64
	row := t.tx.QueryRowContext(ctx, `SELECT
		coalesce((SELECT max(at) FROM (SELECT max(at) AS at FROM changes WHERE at < $1
			UNION ALL SELECT max(at) FROM acknowledgements WHERE at < $1) AS older), $1),
		coalesce((SELECT min(at) FROM (SELECT min(at) AS at FROM changes WHERE at >= $1 AND at <= $2
			UNION ALL SELECT min(at) FROM acknowledgements WHERE at >= $1 AND at <= $2) AS newer), $2)`,
		micros(before), micros(t.now))
	if err := row.Scan(&older, &newer); err != nil {
		return fmt.Errorf("audit: retention: %w", err)
	}
	if moment(newer).Sub(moment(older)) > longestGap {
		return errGap
	}
	return nil
}
