package audit

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"protime-admin/internal/change"
)

// Run does what has to happen while a process serves, until ctx ends: it writes late outcomes, marks the intents of
// processes that are gone as unknown, forgets personal data in time, and writes the head to the process's log every
// hour. What fails is logged and tried again. That this process lives is said from Open to Close, so that requests in
// flight are not taken for lost while it stops.
func (l *Log) Run(ctx context.Context) error {
	if l.queue == nil {
		return ErrReadOnly
	}
	beats := time.NewTicker(l.options.Heartbeat)
	defer beats.Stop()
	hours := time.NewTicker(time.Hour)
	defer hours.Stop()
	l.report(ctx)
	l.housekeep(ctx)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-beats.C:
			l.tend(ctx)
		case <-hours.C:
			l.report(ctx)
			l.housekeep(ctx)
		}
	}
}

// tend is the short round.
func (l *Log) tend(ctx context.Context) {
	l.catchUp(ctx)
	if err := l.sweep(ctx); err != nil {
		l.failed(ctx, "looking for lost changes", err)
	}
}

// housekeep is the hourly round.
func (l *Log) housekeep(ctx context.Context) {
	if err := l.forget(ctx); err != nil {
		l.failed(ctx, "retention", err)
	}
	if err := l.Revocations().Tidy(ctx); err != nil {
		l.failed(ctx, "tidying sessions", err)
	}
	if l.dialect.oneProcess {
		return
	}
	if _, err := l.writes.ExecContext(ctx, `DELETE FROM instances WHERE seen < `+serverNow+` - 86400000000`); err != nil {
		l.failed(ctx, "tidying replicas", err)
	}
}

func (l *Log) failed(ctx context.Context, what string, err error) {
	if ctx.Err() != nil {
		return
	}
	l.options.Logger.LogAttrs(ctx, slog.LevelError, "the audit log's background work failed",
		slog.String("work", what), slog.Any("error", err))
}

// The server's clock in microseconds, for what replicas compare with one another.
const serverNow = `(extract(epoch FROM clock_timestamp()) * 1000000)::bigint`

// beat says that this replica lives. On SQLite the lock says so.
func (l *Log) beat(ctx context.Context) error {
	if l.dialect.oneProcess {
		return nil
	}
	_, err := l.writes.ExecContext(ctx, `INSERT INTO instances (id, seen) VALUES ($1, `+serverNow+`)
		ON CONFLICT (id) DO UPDATE SET seen = excluded.seen`, l.instance)
	if err != nil {
		return fmt.Errorf("audit: heartbeat: %w", err)
	}
	return nil
}

// live says that this replica lives, at once and then again and again, until the returned function says that it is
// gone, so that nobody waits for it.
func (l *Log) live(ctx context.Context) (leave func(context.Context) error, err error) {
	if l.dialect.oneProcess {
		return func(context.Context) error { return nil }, nil
	}
	if err := l.beat(ctx); err != nil {
		return nil, err
	}
	beating, stop := context.WithCancel(context.WithoutCancel(ctx))
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		beats := time.NewTicker(l.options.Heartbeat)
		defer beats.Stop()
		for {
			select {
			case <-beating.Done():
				return
			case <-beats.C:
			}
			if err := l.beat(beating); err != nil {
				l.failed(beating, "heartbeat", err)
			}
		}
	}()
	return func(ctx context.Context) error {
		stop()
		<-stopped
		if _, err := l.writes.ExecContext(ctx, `DELETE FROM instances WHERE id = $1`, l.instance); err != nil {
			return fmt.Errorf("audit: leave: %w", err)
		}
		return nil
	}, nil
}

// lost selects the changes that nobody will end: those of processes that are gone, and those of this process that
// began before $2 and whose outcome does not even wait to be written.
func (l *Log) lost() (query string, arguments []any) {
	query = `SELECT id, undoes FROM changes WHERE state = 'sending' AND (instance <> $1 OR at < $2)`
	arguments = []any{l.instance, micros(l.now().Add(-l.options.Stale))}
	if !l.dialect.oneProcess {
		query += ` AND (instance = $1 OR instance NOT IN (SELECT id FROM instances WHERE seen >= ` + serverNow + ` - $3))`
		arguments = append(arguments, 3*l.options.Heartbeat.Microseconds())
	}
	return query + ` ORDER BY sequence LIMIT 500`, arguments
}

func (l *Log) now() time.Time {
	if l.options.Now != nil {
		return l.options.Now()
	}
	return time.Now()
}

// sweep marks lost changes as unknown. It looks with a plain read first: nearly always there is nothing to write.
func (l *Log) sweep(ctx context.Context) error {
	query, arguments := l.lost()
	//nolint:gosec // G202: text of our own, values are arguments
	count := `SELECT count(*) FROM (` + query + `) AS lost`
	for {
		var found int
		row := l.db.QueryRowContext(ctx, count, arguments...)
		if err := row.Scan(&found); err != nil {
			return fmt.Errorf("audit: lost changes: %w", err)
		}
		if found == 0 {
			return nil
		}
		marked := 0
		err := l.write(ctx, func(ctx context.Context, b *batch) error {
			var err error
			marked, err = b.lose(ctx, query, arguments, l.waiting())
			return err
		})
		if err != nil || marked == 0 {
			return err
		}
		l.options.Logger.LogAttrs(ctx, slog.LevelWarn, "changes whose process is gone are unknown now",
			slog.Int("changes", marked))
	}
}

// waiting are the changes whose outcome is known to this process and waits to be written.
func (l *Log) waiting() map[string]bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	ids := make(map[string]bool, len(l.unsent))
	for _, e := range l.unsent {
		ids[e.id] = true
	}
	return ids
}

func (b *batch) lose(ctx context.Context, query string, arguments []any, waiting map[string]bool) (int, error) {
	rows, err := b.tx.QueryContext(ctx, query, arguments...)
	if err != nil {
		return 0, fmt.Errorf("audit: lost changes: %w", err)
	}
	var lost [][2]string
	err = scan(rows, func() error {
		var one [2]string
		if err := rows.Scan(&one[0], &one[1]); err != nil {
			return err
		}
		if !waiting[one[0]] {
			lost = append(lost, one)
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("audit: lost changes: %w", err)
	}
	for _, one := range lost {
		e, err := outcome(kindUnknown, one[0], change.Outcome{State: change.Unknown, Failure: "stopped"})
		if err != nil {
			return 0, err
		}
		if err := b.settle(ctx, e, one[1]); err != nil {
			return 0, err
		}
	}
	return len(lost), nil
}
