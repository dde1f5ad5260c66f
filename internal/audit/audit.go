// Package audit is the log of changes: who changed what, when and why, written before the change is sent and
// again with everything that is seen of it. It implements change.Log and change.Acknowledgements on SQLite (one process)
// and PostgreSQL (several replicas) with the same schema and the same SQL.
//
// Start at Log. Writes go through one queue (writer.go), which commits all pending writes in one transaction
// (transaction.go), so that 32 people who save at once share one flush of the disk. An event (event.go) is chained to the
// one before it and never changes; the end of the chain is signed with every commit (head.go, key.go). Prepare and
// Append (changes.go) write the events of changes. The projection, the tables that pages search (projection.go), is
// computed from the events in the same transaction. Pages read through page.go. Run schedules the looks for changes in
// doubt (looks.go), ends the changes of processes that are gone (orphan.go), applies the retention (retention.go) and
// writes the chain's head to the process's log. Verify checks everything (verify.go, checks.go); Export and Backup copy
// it. Revocations share the database and the signature, not the chain; acknowledgements (acknowledgement.go) and Sessions
// share the database only.
//
// Reads and writes have time limits, and fail at once while the database does not answer (outage.go). Health
// (health.go) is a test write.
//
// The package speaks no HTTP. The error of a failed write matches change.ErrLog, that of a failed read
// change.ErrUnreadable.
package audit

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/sync/semaphore"
)

// Options are how a log is opened. The zero value opens it for reading, without migration or lock, which a process that
// serves does not prevent.
type Options struct {
	// Serve opens the log for writing: the schema is brought up to date, and on SQLite no other process may serve.
	Serve bool
	// Key is AUDIT_KEY, which signs the chain: 32 bytes or more. Serving needs it.
	Key []byte
	// PublicKey is the text of the key's public half, for Verify where Key is not known.
	PublicKey string
	// Retention is how long the log stores personal data; 0: forever.
	Retention time.Duration
	// Heartbeat is the time between two heartbeats of a replica; one without any for three times as long is gone.
	// 0: five seconds. SQLite without Replicas has none: its one process holds a lock.
	Heartbeat time.Duration
	// Replicas lets several processes serve from one SQLite file, as they do from PostgreSQL.
	Replicas bool
	// Poll is the time between two queries for the looks that are due; 0: a second.
	Poll time.Duration
	// Stale is the age from which a change of this process without an outcome counts as orphaned; 0: ten minutes.
	// It must exceed the time that a change can take.
	Stale time.Duration
	// Logger gets the hourly head and the errors of background work; nil: slog.Default.
	Logger *slog.Logger
	// Now is the clock; nil: that of the process on SQLite, that of the server on PostgreSQL.
	Now func() time.Time
}

// Log is an open audit log. It is safe for concurrent use.
type Log struct {
	db         *sql.DB // reads
	writes     *sql.DB // writes; nil when the log was opened for reading; on SQLite one connection
	dialect    dialect
	options    Options
	clock      *clock
	instance   string // of this process, new at each start
	file       string // of a SQLite log
	queue      *queue
	reading    statements // on db
	writing    statements // on writes
	signer     note.Signer
	verifier   note.Verifier // nil when no key is known
	checkpoint checkpoint
	revoked    remembered
	files      openFiles // of a SQLite log that serves
	unlock     func() error
	deregister func(context.Context) // ends the heartbeats; nil where there are none

	unreadable outage
	unwritable outage
	unasked    outage // of reading revocations: they come from memory
	health     health
	counting   *semaphore.Weighted // of batches, which takes long for large ones: others read meanwhile

	life       context.Context // until Close
	end        context.CancelFunc
	background sync.WaitGroup // goroutines that end with life

	mu   sync.Mutex
	late []lateAttempts // not written yet, oldest first
}

// ErrNewerSchema says that a newer version of the product has written the database: this one must not write to it.
var ErrNewerSchema = errors.New("audit: the log was written by a newer version")

// ErrOlderSchema says that a version before 1.0 has written the database.
var ErrOlderSchema = errors.New("audit: the log was written by a version before 1.0, whose form is not read any more: " +
	"leave that database to that version, and start with a new one")

// ErrServed says that another process serves from the same SQLite file.
var ErrServed = errors.New("audit: another process serves from this file")

// ErrReadOnly says that the log was opened for reading.
var ErrReadOnly = errors.New("audit: the log was opened for reading only")

// alone reports whether no other process writes to the database.
func (l *Log) alone() bool { return !l.dialect.server && !l.options.Replicas }

// Open opens the log at "sqlite:FILE" or "postgres://...". With Options.Serve it creates what is missing; without,
// a log that does not exist, or that needs a migration, is an error. Errors match ErrNewerSchema, ErrOlderSchema,
// ErrServed, ErrKey and ErrHead where they apply.
func Open(ctx context.Context, databaseURL string, options Options) (*Log, error) {
	options = options.withDefaults()
	l := &Log{options: options, instance: uuid.NewString(), clock: newClock(), counting: semaphore.NewWeighted(countsAtOnce)}
	l.life, l.end = context.WithCancel(context.WithoutCancel(ctx))
	if err := l.keys(); err != nil {
		return nil, err
	}
	err := l.connect(ctx, databaseURL)
	if err != nil {
		return nil, errors.Join(err, l.disconnect(ctx))
	}
	if !l.dialect.server {
		l.reading.db = l.db
	}
	if err := l.migrate(ctx); err != nil {
		return nil, errors.Join(err, l.disconnect(ctx))
	}
	if options.Serve {
		if err := errors.Join(l.prepare(ctx), l.revoked.read(ctx, l.db)); err != nil {
			return nil, errors.Join(err, l.disconnect(ctx))
		}
		if !l.dialect.server {
			if l.files, err = statFiles(l.file); err != nil {
				return nil, errors.Join(err, l.disconnect(ctx))
			}
		}
		l.queue = newQueue(l)
		if l.deregister, err = l.register(ctx); err != nil {
			return nil, errors.Join(err, l.Close())
		}
		if err := l.begin(ctx); err != nil {
			return nil, errors.Join(err, l.Close())
		}
		if err := l.endOrphans(ctx); err != nil {
			l.failed(ctx, "ending orphaned changes", err) // the log can still be read: Run tries again
		}
	}
	return l, nil
}

// begin signs a new log, and refuses one whose end is signed with another key. Any other failure leaves a log that can
// be read, and Run tries again.
func (l *Log) begin(ctx context.Context) error {
	err := l.write(ctx, func(context.Context, *transaction) error { return nil })
	if errors.Is(err, ErrHead) {
		return err
	}
	if err != nil {
		l.failed(ctx, "the first write", err)
	}
	return nil
}

func (o Options) withDefaults() Options {
	o.Heartbeat = cmp.Or(o.Heartbeat, 5*time.Second)
	o.Poll = cmp.Or(o.Poll, time.Second)
	o.Stale = cmp.Or(o.Stale, 10*time.Minute)
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return o
}

// longestClose bounds Close, whatever the database does.
const longestClose = 10 * time.Second

// Close writes what is pending, late outcomes included, ends the heartbeats, and checkpoints a SQLite log into its one
// file. Lost outcomes are an error; a database that hangs is none, and its connections stay open.
func (l *Log) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), longestClose)
	defer cancel()
	l.mu.Lock()
	l.end()
	l.mu.Unlock()
	if l.queue != nil {
		l.unwritable.change(nil) // one more attempt
		l.writeLate(ctx)
		l.queue.close(ctx)
	}
	if l.deregister != nil {
		l.deregister(ctx)
	}
	closed := make(chan error, 1)
	go func() {
		l.background.Wait()
		closed <- l.disconnect(ctx)
	}()
	var err error
	select {
	case err = <-closed:
	case <-ctx.Done():
		l.options.Logger.Warn("the audit log's database does not answer: its connections are left behind")
	}
	l.revoked.forget()
	if lost := len(l.lateIDs()); lost > 0 {
		err = errors.Join(err, fmt.Errorf("audit: the outcomes of %d changes are lost: they are unknown at the next start", lost))
	}
	return err
}

// disconnect closes whatever is open.
func (l *Log) disconnect(ctx context.Context) error {
	l.end()
	var problems []error
	if l.writes != nil && !l.dialect.server {
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
