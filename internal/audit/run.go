package audit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"protime-admin/internal/change"
)

// Run does the background work of a process that serves, until ctx ends: it calls look with the id of each change whose
// look is due, writes late outcomes, ends the changes of processes that are gone, applies the retention, and writes the
// head to the process's log every hour. What fails is logged and tried again. Heartbeats go on from Open to Close, so
// that requests in flight are not orphaned while the process stops. look may be nil.
func (l *Log) Run(ctx context.Context, look func(ctx context.Context, id string) error) error {
	if l.queue == nil {
		return ErrReadOnly
	}
	var looks sync.WaitGroup
	defer looks.Wait()
	if look != nil {
		looks.Go(func() { l.makeLooks(ctx, look) })
	}
	beats := time.NewTicker(l.options.Heartbeat)
	defer beats.Stop()
	hours := time.NewTicker(time.Hour)
	defer hours.Stop()
	l.report(ctx)
	l.onHour(ctx)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-beats.C:
			l.onBeat(ctx)
		case <-hours.C:
			l.report(ctx)
			l.onHour(ctx)
		}
	}
}

// onBeat is the work at every heartbeat.
func (l *Log) onBeat(ctx context.Context) {
	l.writeLate(ctx)
	if err := l.endOrphans(ctx); err != nil {
		l.failed(ctx, "ending orphaned changes", err)
	}
	if l.alone() {
		return
	}
	if err := l.revoked.read(ctx, l.db); err != nil && l.unasked.now() == nil { // an outage was logged
		l.failed(ctx, "reading sessions", err)
	}
}

// onHour is the hourly work.
func (l *Log) onHour(ctx context.Context) {
	if err := l.eraseExpired(ctx); err != nil {
		l.failed(ctx, "retention", err)
	}
	if err := l.Batches().tidy(ctx); err != nil {
		l.failed(ctx, "tidying batches", err)
	}
	if err := errors.Join(l.Revocations().Tidy(ctx), l.Sessions().Tidy(ctx)); err != nil {
		l.failed(ctx, "tidying sessions", err)
	}
	if l.alone() {
		return
	}
	//nolint:gosec // G202: text of our own, values are arguments
	old := `DELETE FROM instances WHERE seen < ` + l.dialect.now + ` - 86400000000`
	if _, err := l.writes.ExecContext(ctx, old, l.nowArgument()); err != nil {
		l.failed(ctx, "tidying replicas", err)
	}
}

func (l *Log) failed(ctx context.Context, what string, err error) {
	if ctx.Err() != nil || errors.Is(err, change.ErrOutage) { // an outage is logged when it begins and when it ends
		return
	}
	l.options.Logger.LogAttrs(ctx, slog.LevelError, "the audit log's background work failed",
		slog.String("work", what), slog.Any("error", err))
}

// altered logs that somebody wrote to the database who is not this program.
func (l *Log) altered(ctx context.Context, err error) {
	l.options.Logger.LogAttrs(ctx, slog.LevelError, "the audit log was altered", slog.Any("error", err))
}

// longestBeat bounds the writing of a heartbeat.
const longestBeat = 2 * time.Second

// beat writes a heartbeat. A process that is alone has a lock instead.
func (l *Log) beat(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, longestBeat)
	defer cancel()
	//nolint:gosec // G202: text of our own, values are arguments
	seen := `INSERT INTO instances (id, seen) VALUES ($2, ` + l.dialect.now + `)
		ON CONFLICT (id) DO UPDATE SET seen = excluded.seen`
	if _, err := l.writes.ExecContext(ctx, seen, l.nowArgument(), l.instance); err != nil {
		return fmt.Errorf("audit: heartbeat: %w", err)
	}
	return nil
}

// register writes heartbeats until the returned function is called, which removes this replica from the table, so that
// the others end its changes at once.
func (l *Log) register(ctx context.Context) (deregister func(context.Context), err error) {
	if l.alone() {
		return nil, nil
	}
	if err := l.beat(ctx); err != nil {
		return nil, err
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		beats := time.NewTicker(l.options.Heartbeat)
		defer beats.Stop()
		for {
			select {
			case <-stop:
				return
			case <-beats.C:
			}
			if err := l.beat(context.WithoutCancel(ctx)); err != nil && l.unwritable.now() == nil {
				l.failed(l.life, "heartbeat", err)
			}
		}
	}()
	return func(ctx context.Context) {
		close(stop)
		<-stopped
		if l.unwritable.now() != nil {
			return // the others find that the heartbeats ended
		}
		ctx, cancel := context.WithTimeout(ctx, longestBeat)
		defer cancel()
		if _, err := l.writes.ExecContext(ctx, `DELETE FROM instances WHERE id = $1`, l.instance); err != nil {
			l.failed(ctx, "leaving", err)
		}
	}, nil
}
