package audit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// Run does what has to happen while a process serves, until ctx ends: it calls look with the id of each change that is
// in doubt when the time for that has come, writes late outcomes, marks the changes of processes that are gone,
// removes personal data in time, and writes the head to the process's log every hour. What fails is logged and tried
// again. That this process lives is said from Open to Close, so that requests in flight are not taken for lost while it
// stops. look may be nil.
func (l *Log) Run(ctx context.Context, look func(ctx context.Context, id string) error) error {
	if l.queue == nil {
		return ErrReadOnly
	}
	var looks sync.WaitGroup
	defer looks.Wait()
	if look != nil {
		looks.Go(func() { l.lookOut(ctx, look) })
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
	if l.alone() {
		return
	}
	if err := l.revoked.read(ctx, l.db); err != nil && l.unasked.now() == nil { // what an outage has to do with
		l.failed(ctx, "reading sessions", err)
	}
}

// housekeep is the hourly round.
func (l *Log) housekeep(ctx context.Context) {
	if err := l.forget(ctx); err != nil {
		l.failed(ctx, "retention", err)
	}
	if err := errors.Join(l.Revocations().Tidy(ctx), l.Sessions().Tidy(ctx)); err != nil {
		l.failed(ctx, "tidying sessions", err)
	}
	if l.alone() {
		return
	}
	//nolint:gosec // G202: text of our own, values are arguments
	old := `DELETE FROM instances WHERE seen < ` + l.dialect.now + ` - 86400000000`
	if _, err := l.writes.ExecContext(ctx, old, l.given()); err != nil {
		l.failed(ctx, "tidying replicas", err)
	}
}

func (l *Log) failed(ctx context.Context, what string, err error) {
	if ctx.Err() != nil || errors.Is(err, errAway) { // an outage is logged when it begins and when it ends
		return
	}
	l.options.Logger.LogAttrs(ctx, slog.LevelError, "the audit log's background work failed",
		slog.String("work", what), slog.Any("error", err))
}

// altered says that somebody wrote to the log who is not this program.
func (l *Log) altered(ctx context.Context, err error) {
	l.options.Logger.LogAttrs(ctx, slog.LevelError, "the audit log was altered", slog.Any("error", err))
}

// longestBeat bounds what a replica says about itself.
const longestBeat = 2 * time.Second

// beat says that this replica lives. A process that is alone has a lock instead.
func (l *Log) beat(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, longestBeat)
	defer cancel()
	//nolint:gosec // G202: text of our own, values are arguments
	seen := `INSERT INTO instances (id, seen) VALUES ($2, ` + l.dialect.now + `)
		ON CONFLICT (id) DO UPDATE SET seen = excluded.seen`
	if _, err := l.writes.ExecContext(ctx, seen, l.given(), l.instance); err != nil {
		return fmt.Errorf("audit: heartbeat: %w", err)
	}
	return nil
}

// live says that this replica lives, at once and then again and again, until the returned function says that it is
// gone, so that nobody waits for it.
func (l *Log) live(ctx context.Context) (leave func(context.Context), err error) {
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
			return // the others find out by themselves
		}
		ctx, cancel := context.WithTimeout(ctx, longestBeat)
		defer cancel()
		if _, err := l.writes.ExecContext(ctx, `DELETE FROM instances WHERE id = $1`, l.instance); err != nil {
			l.failed(ctx, "leaving", err)
		}
	}, nil
}
