// Package audit keeps the log of changes: who changed what, when and why, written before the change is sent and
// again when its outcome is known. It implements change.Log on SQLite (one process) and PostgreSQL (several replicas)
// with the same schema and the same SQL.
//
// Start at Log. Writes go through one queue (writer.go), which commits everything that waits in one transaction, so
// that 32 people who save at once share one flush of the disk. An event (event.go) is chained to the one before it
// and never changes; the table changes says where each change stands and is kept in the same transaction (begin.go,
// end.go). Pages read through page.go. Run marks what dead processes left behind (sweep.go), forgets personal data
// in time (retention.go) and writes the chain's head to the process's log (head.go). Verify walks the chain
// (verify.go), Export and Backup take it elsewhere. Revocations share the database, not the chain.
//
// The package speaks no HTTP. An error that keeps something from being written matches change.ErrLog.
package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
)

// Options are how a log is opened. The zero value reads: no migration, no lock, beside a process that serves.
type Options struct {
	// Serve opens the log for writing: the schema is brought up to date, and on SQLite no other process may serve.
	Serve bool
	// Retention is how long personal data stays in the log; 0: forever.
	Retention time.Duration
	// Heartbeat is how often a replica says that it lives; one that is silent three times as long counts as gone.
	// 0: five seconds. SQLite needs none: its one process holds a lock.
	Heartbeat time.Duration
	// Stale is the age from which an intent of this very process without an outcome counts as lost; 0: ten minutes.
	// It must be longer than a change can take.
	Stale time.Duration
	// Logger takes the hourly head and what goes wrong in the background; nil: slog.Default.
	Logger *slog.Logger
	// Now is the clock; nil: that of the process on SQLite, that of the server on PostgreSQL.
	Now func() time.Time
}

// Log is an open audit log. It is safe for concurrent use.
type Log struct {
	db       *sql.DB // reads
	writes   *sql.DB // writes; nil when the log was opened for reading; on SQLite one connection
	dialect  dialect
	options  Options
	instance string // of this process, new at each start
	file     string // of a SQLite log
	queue    *queue
	prepared map[string]*sql.Stmt
	revoked  remembered
	unlock   func() error
	leave    func(context.Context) error // says that this process is gone

	mu     sync.Mutex
	unsent []ending // outcomes that could not be written yet, oldest first
}

// ErrNewerSchema says that a newer version of the product has written the database: this one must not touch it.
var ErrNewerSchema = errors.New("audit: the log was written by a newer version")

// ErrServed says that another process serves from the same SQLite file.
var ErrServed = errors.New("audit: another process serves from this file")

// ErrReadOnly says that the log was opened for reading.
var ErrReadOnly = errors.New("audit: the log was opened for reading only")

// Open opens the log at "sqlite:FILE" or "postgres://...". With Options.Serve it creates what is missing; without,
// a log that does not exist, or that needs a migration, is an error. Errors match ErrNewerSchema and ErrServed where
// they apply.
func Open(ctx context.Context, databaseURL string, options Options) (*Log, error) {
	options = options.withDefaults()
	l := &Log{options: options, instance: uuid.NewString()}
	if err := l.connect(ctx, databaseURL); err != nil {
		return nil, errors.Join(err, l.disconnect(ctx))
	}
	if err := l.migrate(ctx); err != nil {
		return nil, errors.Join(err, l.disconnect(ctx))
	}
	if options.Serve {
		if err := l.prepare(ctx); err != nil {
			return nil, errors.Join(err, l.disconnect(ctx))
		}
		l.queue = newQueue(l)
		leave, err := l.live(ctx)
		if err != nil {
			return nil, errors.Join(err, l.Close())
		}
		l.leave = leave
		if err := l.sweep(ctx); err != nil {
			l.failed(ctx, "looking for lost changes", err) // a log that cannot be written can be read: Run tries again
		}
	}
	return l, nil
}

func (o Options) withDefaults() Options {
	if o.Heartbeat <= 0 {
		o.Heartbeat = 5 * time.Second
	}
	if o.Stale <= 0 {
		o.Stale = 10 * time.Minute
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o
}

// Close writes what still waits, outcomes that could not be written before too, says that this process is gone, and
// leaves a SQLite log as its one file.
func (l *Log) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if l.queue != nil {
		l.catchUp(ctx)
		l.queue.close()
	}
	var leaving error
	if l.leave != nil {
		leaving = l.leave(ctx)
	}
	closing := l.disconnect(ctx)
	l.revoked.forget()
	return errors.Join(leaving, closing)
}

// disconnect closes whatever is open.
func (l *Log) disconnect(ctx context.Context) error {
	var problems []error
	if l.writes != nil && l.dialect.oneProcess {
		if _, err := l.writes.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
			problems = append(problems, fmt.Errorf("audit: checkpoint: %w", err))
		}
	}
	for _, db := range []*sql.DB{l.db, l.writes} {
		if db != nil {
			problems = append(problems, db.Close())
		}
	}
	if l.unlock != nil {
		problems = append(problems, l.unlock())
	}
	return errors.Join(problems...)
}

// Ping reports whether the log can be read.
func (l *Log) Ping(ctx context.Context) error {
	if _, err := l.Head(ctx); err != nil {
		return err
	}
	return nil
}

// Writable tries a durable write that leaves nothing behind in the log.
func (l *Log) Writable(ctx context.Context) error {
	return l.write(ctx, func(ctx context.Context, b *batch) error {
		_, err := b.tx.ExecContext(ctx, `UPDATE head SET at = at WHERE one = 1`)
		return err
	})
}
