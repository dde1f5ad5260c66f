package audit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"protime-admin/internal/change"
)

// Revocations holds ended sessions and used one-time values for every replica that shares the database. The table is not
// part of the chain, but the head signs its digest. Its rows are removed after their time.
type Revocations struct {
	log *Log
}

// Revocations returns the store that shares the log's database.
func (l *Log) Revocations() *Revocations { return &Revocations{log: l} }

// Revoke ends every session under key that was issued at issued or before; the row may be removed after until. It changes
// nothing when the same or a later time is recorded.
func (r *Revocations) Revoke(ctx context.Context, key string, issued, until time.Time) error {
	row := revocation{issued.UnixMilli(), until.UnixMilli()}
	_, err := r.log.change(ctx, `INSERT INTO revocations (key, at, until) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO UPDATE SET at = excluded.at, until = excluded.until WHERE excluded.at > revocations.at`,
		key, row.at, row.until)
	if err != nil {
		return fmt.Errorf("audit: revoke: %w", err)
	}
	r.log.revoked.add(key, row)
	return nil
}

// longestAsk bounds the reading of revocations, for which the first pages of an outage wait. It is shorter than the time
// limit of callers, so that the log notices the outage and not they.
const longestAsk = 300 * time.Millisecond

// Revoked reports whether a session issued at issued was ended under one of keys. Every page asks it. The only process
// that serves from a SQLite file answers from memory. Replicas ask the database that they share, so that a sign-out holds
// everywhere at once; while it does not answer, they use what they read last.
func (r *Revocations) Revoked(ctx context.Context, keys []string, issued time.Time) (bool, error) {
	l := r.log
	if !l.alone() && l.unasked.now() == nil && len(keys) > 0 {
		limited, cancel := context.WithTimeout(ctx, longestAsk)
		defer cancel()
		err := l.revoked.ask(limited, l.db, keys)
		if err != nil && (ctx.Err() == nil || errors.Is(limited.Err(), context.DeadlineExceeded)) {
			l.suspend(&l.unasked, "reading sessions", err, func(ctx context.Context) error {
				return l.revoked.read(ctx, l.db)
			})
		}
	}
	return l.revoked.any(keys, issued.UnixMilli())
}

// UseOnce returns true for the first call with key, on whichever replica, and false afterwards.
func (r *Revocations) UseOnce(ctx context.Context, key string, until time.Time) (bool, error) {
	row := revocation{until: until.UnixMilli()}
	inserted, err := r.log.change(ctx, `INSERT INTO revocations (key, at, until) VALUES ($1, $2, $3)
		ON CONFLICT DO NOTHING`, key, row.at, row.until)
	if err != nil {
		return false, fmt.Errorf("audit: use once: %w", err)
	}
	if inserted == 1 {
		r.log.revoked.add(key, row)
	}
	return inserted == 1, nil
}

// Tidy removes the rows whose time is over.
func (r *Revocations) Tidy(ctx context.Context) error {
	var old int
	now := r.log.now().UnixMilli()
	r.log.revoked.tidy(now)
	err := r.log.read(ctx, func(ctx context.Context) error {
		row := r.log.db.QueryRowContext(ctx, `SELECT count(*) FROM revocations WHERE until < $1`, now)
		return row.Scan(&old)
	})
	if err != nil || old == 0 {
		return err
	}
	if _, err := r.log.change(ctx, `DELETE FROM revocations WHERE until < $1`, now); err != nil {
		return fmt.Errorf("audit: tidy: %w", err)
	}
	return nil
}

// change runs one statement on the table of revocations and returns how many rows it touched.
func (l *Log) change(ctx context.Context, statement string, arguments ...any) (int64, error) {
	var touched int64
	err := l.write(ctx, func(ctx context.Context, t *transaction) error {
		if err := t.hold(ctx); err != nil {
			return err
		}
		result, err := t.tx.ExecContext(ctx, statement, arguments...)
		if err != nil {
			return err
		}
		touched, err = result.RowsAffected()
		t.revoked = t.revoked || touched > 0
		return err
	})
	if errors.Is(err, errRevocations) {
		l.altered(ctx, err)
	}
	return touched, err
}

// errRevocations says that another program wrote to the table of revocations.
var errRevocations = errors.New("audit: the table of revocations is not the one that the head signs: run audit verify")

// hold checks that the table is the one that the head signs, before a write changes its digest: the next signature would
// otherwise make a forgery valid.
func (t *transaction) hold(ctx context.Context) error {
	if t.revoked { // checked before
		return nil
	}
	digest, err := revocationsDigest(ctx, t.tx)
	if err != nil {
		return fmt.Errorf("audit: revocations: %w", err)
	}
	return when(!bytes.Equal(digest, t.end.revocations), fmt.Errorf("%w: %w", change.ErrLog, errRevocations))
}

// revocationsDigest returns what the head signs of the table: SHA-256 over its rows in the order of their keys.
func revocationsDigest(ctx context.Context, tx *sql.Tx) ([]byte, error) {
	var lines []string
	rows, err := tx.QueryContext(ctx, selectRevocations)
	err = revocations(rows, err, func(key string, row revocation) error {
		lines = append(lines, fmt.Sprintf("%q %d %d\n", key, row.at, row.until))
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(lines) // databases order text differently
	digest := sha256.New()
	for _, line := range lines {
		_, _ = io.WriteString(digest, line) // a hash never fails
	}
	return digest.Sum(nil), nil
}

// remembered is this process's copy of the table of revocations: read at start, updated by its writes and, on a replica,
// by its reads.
type remembered struct {
	mu   sync.Mutex
	rows map[string]revocation // nil when the log is closed
}

// revocation is one row, in milliseconds since 1970. at is the provider's time; 0 for a value that was used.
type revocation struct{ at, until int64 }

func (m *remembered) add(key string, row revocation) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if old, known := m.rows[key]; m.rows != nil && (!known || row.at > old.at) {
		m.rows[key] = row
	}
}

// any reports whether a session issued at issued was ended under one of keys. The error is ErrUnreadable once the log is
// closed.
func (m *remembered) any(keys []string, issued int64) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.rows == nil {
		return false, fmt.Errorf("%w: it is closed, or does not serve", change.ErrUnreadable)
	}
	for _, key := range keys {
		if row, ok := m.rows[key]; ok && row.at >= issued {
			return true, nil
		}
	}
	return false, nil
}

const selectRevocations = `SELECT key, at, until FROM revocations`

// read reads every row.
func (m *remembered) read(ctx context.Context, db *sql.DB) error {
	m.mu.Lock()
	if m.rows == nil {
		m.rows = map[string]revocation{}
	}
	m.mu.Unlock()
	return m.take(db.QueryContext(ctx, selectRevocations))
}

// ask reads the rows of some keys.
func (m *remembered) ask(ctx context.Context, db *sql.DB, keys []string) error {
	places, arguments := make([]string, len(keys)), make([]any, len(keys))
	for i, key := range keys {
		places[i], arguments[i] = "$"+strconv.Itoa(i+1), key
	}
	return m.take(db.QueryContext(ctx, selectRevocations+` WHERE key IN (`+strings.Join(places, ", ")+`)`, arguments...))
}

func (m *remembered) take(rows *sql.Rows, err error) error {
	return revocations(rows, err, func(key string, row revocation) error {
		m.add(key, row)
		return nil
	})
}

// revocations calls do with each row of a query.
func revocations(rows *sql.Rows, err error, do func(key string, row revocation) error) error {
	if err != nil {
		return err
	}
	return scan(rows, func() error {
		var key string
		var row revocation
		if err := rows.Scan(&key, &row.at, &row.until); err != nil {
			return err
		}
		return do(key, row)
	})
}

// forget makes any return an error.
func (m *remembered) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.rows = nil
}

func (m *remembered) tidy(now int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for key, row := range m.rows {
		if row.until < now {
			delete(m.rows, key)
		}
	}
}
