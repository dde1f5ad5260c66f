package audit

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"protime-admin/internal/change"
)

// How many looks are made at once, how long one takes at most, and for how long a replica leases one.
const (
	looksAtOnce = 2
	longestLook = time.Minute
	lookLease   = 2 * time.Minute
)

// A look that fails is made again after a minute, then after twice as long each time, up to an hour.
const (
	firstRetry = time.Minute
	lastRetry  = time.Hour
)

// dueLook is a row of the table looks: when the program looks for a change by itself. The table is computed from the
// events, except while a look is leased or after one failed.
type dueLook struct {
	id    string
	due   int64 // microseconds
	tries int   // since the last event of the change
}

// schedule writes when to look for a change next, in the transaction that writes its events. Where they do not alter
// that, the row stays as it is: it may be leased.
func (t *transaction) schedule(ctx context.Context, id string, before, after []change.Event) error {
	was, _, had := change.NextLook(before)
	at, _, has := change.NextLook(after)
	var err error
	switch {
	case had == has && was.Equal(at):
	case has:
		_, err = t.exec(ctx, `INSERT INTO looks (change_id, due, tries) VALUES ($1, $2, 0)
			ON CONFLICT (change_id) DO UPDATE SET due = excluded.due, tries = 0`, id, micros(at))
	default:
		_, err = t.exec(ctx, `DELETE FROM looks WHERE change_id = $1`, id)
	}
	if err != nil {
		return fmt.Errorf("audit: looks: %w", err)
	}
	return nil
}

// makeLooks makes the looks that are due until ctx ends.
func (l *Log) makeLooks(ctx context.Context, look func(ctx context.Context, id string) error) {
	var work sync.WaitGroup
	defer work.Wait()
	due := make(chan dueLook)
	defer close(due)
	for range looksAtOnce {
		work.Go(func() {
			for d := range due {
				l.makeLook(ctx, d, look)
			}
		})
	}
	poll := time.NewTicker(l.options.Poll)
	defer poll.Stop()
	for {
		found, err := l.due(ctx)
		if err != nil {
			l.failed(ctx, "finding looks that are due", err)
		}
		for _, d := range found {
			select {
			case due <- d:
			case <-ctx.Done():
				return
			}
		}
		select {
		case <-poll.C:
		case <-ctx.Done():
			return
		}
	}
}

// mostDue is how many looks are read at once.
const mostDue = 20

func (l *Log) due(ctx context.Context) (found []dueLook, err error) {
	err = l.read(ctx, func(ctx context.Context) error {
		rows, err := l.query(ctx, `SELECT change_id, due, tries FROM looks WHERE due <= `+l.dialect.now+`
			ORDER BY due LIMIT $2`, l.nowArgument(), mostDue)
		if err != nil {
			return err
		}
		return scan(rows, func() error {
			var d dueLook
			err := rows.Scan(&d.id, &d.due, &d.tries)
			found = append(found, d)
			return err
		})
	})
	return found, err
}

// makeLook makes one look, unless another replica has leased it.
func (l *Log) makeLook(ctx context.Context, d dueLook, look func(ctx context.Context, id string) error) {
	lease, err := l.postpone(ctx, d, lookLease)
	if err != nil {
		l.failed(ctx, "leasing a look", err)
	}
	if lease == 0 {
		return
	}
	limited, cancel := context.WithTimeout(ctx, longestLook)
	defer cancel()
	if err = look(limited, d.id); err == nil || ctx.Err() != nil {
		return
	}
	l.options.Logger.LogAttrs(ctx, slog.LevelWarn, "a look for a change failed and is made again later",
		slog.String("change", d.id), slog.Any("error", err))
	d.due = lease
	if _, err := l.postpone(ctx, d, retryAfter(d.tries)); err != nil {
		l.failed(ctx, "postponing a look", err)
	}
}

// retryAfter is the time to the next look after a number of failed ones.
func retryAfter(tries int) time.Duration {
	wait := firstRetry
	for range tries {
		if wait = 2 * wait; wait >= lastRetry {
			return lastRetry
		}
	}
	return wait
}

// postpone moves a look to a time after now and returns that time in microseconds, 0 when the row is no longer as it
// was read. tries counts what was taken.
func (l *Log) postpone(ctx context.Context, d dueLook, by time.Duration) (due int64, err error) {
	err = l.write(ctx, func(ctx context.Context, t *transaction) error {
		due = micros(t.now.Add(by))
		result, err := t.tx.ExecContext(ctx, `UPDATE looks SET due = $1, tries = $2 WHERE change_id = $3 AND due = $4`,
			due, d.tries+1, d.id, d.due)
		if err != nil {
			return err
		}
		if moved, err := result.RowsAffected(); moved == 0 || err != nil {
			due = 0
			return err
		}
		return nil
	})
	return due, err
}
