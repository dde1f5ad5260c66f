package audit

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"protime-admin/internal/change"
)

// Time limits of a read, of a transaction that writes, and of the attempts that an outage is over.
const (
	longestRead  = 5 * time.Second
	longestWrite = 8 * time.Second
	longestTry   = 2 * time.Second
	tryEvery     = time.Second
)

// outage is a circuit breaker: while the database does not answer, calls fail at once, and one goroutine tries until it
// answers again. The zero value is no outage.
type outage struct {
	mu    sync.Mutex
	cause error // nil: it answers
}

// now is nil while the database answers.
func (o *outage) now() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.cause == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", change.ErrOutage, o.cause)
}

// change sets the cause and reports whether an outage began or ended by it.
func (o *outage) change(cause error) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	changed := (o.cause == nil) != (cause == nil)
	o.cause = cause
	return changed
}

// suspend begins an outage when the error is one of the database itself. It ends when try succeeds.
func (l *Log) suspend(o *outage, what string, cause error, try func(context.Context) error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !unavailable(cause) || l.queue == nil || l.life.Err() != nil || !o.change(cause) {
		return
	}
	logger := l.options.Logger.With("work", what)
	logger.LogAttrs(l.life, slog.LevelError, "the audit log's database does not answer", slog.Any("error", cause))
	l.background.Go(func() {
		for l.life.Err() == nil {
			ctx, cancel := context.WithTimeout(l.life, longestTry)
			err := try(ctx)
			cancel()
			if err == nil {
				o.change(nil)
				logger.LogAttrs(l.life, slog.LevelInfo, "the audit log's database answers again")
				return
			}
			select {
			case <-l.life.Done():
			case <-time.After(tryEvery):
			}
		}
	})
}

// read runs a read from the database with a time limit. Errors match change.ErrUnreadable.
func (l *Log) read(ctx context.Context, what func(context.Context) error) error {
	err := l.unreadable.now()
	if err == nil {
		limited, cancel := context.WithTimeout(ctx, longestRead)
		defer cancel()
		err = what(limited)
		if err != nil && ctx.Err() == nil {
			l.suspend(&l.unreadable, "reading", err, func(ctx context.Context) error {
				_, err := endOf(l.db.QueryRowContext(ctx, selectEnd))
				return err
			})
		}
	}
	if err != nil {
		return fmt.Errorf("%w: %w", change.ErrUnreadable, err)
	}
	return nil
}

// full reports whether an error says that the disk is full.
func full(err error) bool {
	var pg *pgconn.PgError
	var lite *sqlite.Error
	return errors.As(err, &pg) && pg.Code == "53100" || errors.As(err, &lite) && lite.Code()&0xff == sqlite3.SQLITE_FULL
}

// unavailable reports whether an error is that of the database and not of a statement: it hangs, it is down, its disk
// is full.
func unavailable(err error) bool {
	var pg *pgconn.PgError
	var lite *sqlite.Error
	var network net.Error
	switch {
	case errors.As(err, &pg):
		switch pg.Code {
		case "55P03", "57014", "25P03": // a lock, a statement or an idle transaction that took too long
			return true
		}
		switch pg.Code[:min(2, len(pg.Code))] {
		case "08", "53", "57", "58": // connections, resources, the operator, the system
			return true
		}
		return false
	case errors.As(err, &lite):
		switch lite.Code() & 0xff {
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY,
			sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FULL,
			sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOTADB:
			return true
		}
		return false
	case errors.As(err, &network):
		return true
	}
	for _, known := range []error{
		context.DeadlineExceeded, driver.ErrBadConn, io.EOF, io.ErrUnexpectedEOF, errMoved,
	} {
		if errors.Is(err, known) {
			return true
		}
	}
	return pgconn.SafeToRetry(err) // a connection that was closed before anything was sent
}
