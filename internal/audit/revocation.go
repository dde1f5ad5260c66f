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

// Revocations remembers which sessions were put out and which values were used, for every replica that shares the
// database. It is no part of the chain, but the head signs its digest; its rows go when their time is over.
type Revocations struct {
	log *Log
}

// Revocations returns the store that shares the log's database.
func (l *Log) Revocations() *Revocations { return &Revocations{log: l} }

// Revoke records that everything under key that began before now is over, until the record may go. A second call
// moves both times forward.
func (r *Revocations) Revoke(ctx context.Context, key string, until time.Time) error {
	at := r.log.now().UnixMilli()
	_, err := r.log.change(ctx, `INSERT INTO revocations (key, at, until) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO UPDATE SET
			at = CASE WHEN excluded.at > revocations.at THEN excluded.at ELSE revocations.at END,
			until = CASE WHEN excluded.until > revocations.until THEN excluded.until ELSE revocations.until END`,
		key, at, until.UnixMilli())
	if err != nil {
		return fmt.Errorf("audit: revoke: %w", err)
	}
	r.log.revoked.add(key, at, until.UnixMilli())
	return nil
}

// longestAsk bounds the reading of revocations: it holds up the first pages of an outage. It is shorter than the time
// that callers give, so that it is the log that finds the database away.
const longestAsk = 300 * time.Millisecond

// Revoked tells whether any of the keys was revoked at since or later. It is asked with every page. The one process
// that serves from a SQLite file answers from memory; replicas ask the database that they share, and hear of a
// sign-out at once. While that does not answer they go by what they last read.
func (r *Revocations) Revoked(ctx context.Context, keys []string, since time.Time) (bool, error) {
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
	return l.revoked.any(keys, since.UnixMilli())
}

// UseOnce is true the first time that it is asked about a key, and false from then on, whichever replica asks.
func (r *Revocations) UseOnce(ctx context.Context, key string, until time.Time) (bool, error) {
	at := r.log.now().UnixMilli()
	inserted, err := r.log.change(ctx, `INSERT INTO revocations (key, at, until) VALUES ($1, $2, $3)
		ON CONFLICT DO NOTHING`, key, at, until.UnixMilli())
	if err != nil {
		return false, fmt.Errorf("audit: use once: %w", err)
	}
	if inserted == 1 {
		r.log.revoked.add(key, at, until.UnixMilli())
	}
	return inserted == 1, nil
}

// Tidy removes the records whose time is over.
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

// change runs one statement beside the chain and returns how many rows it touched.
func (l *Log) change(ctx context.Context, statement string, arguments ...any) (int64, error) {
	var touched int64
	err := l.write(ctx, func(ctx context.Context, b *batch) error {
		if err := b.hold(ctx); err != nil {
			return err
		}
		result, err := b.tx.ExecContext(ctx, statement, arguments...)
		if err != nil {
			return err
		}
		touched, err = result.RowsAffected()
		b.revoked = b.revoked || touched > 0
		return err
	})
	if errors.Is(err, errRevocations) {
		l.altered(ctx, err)
	}
	return touched, err
}

// errRevocations says that somebody wrote to the table of revocations who is not this program.
var errRevocations = errors.New("audit: the table of revocations is not the one that the head signs: run audit verify")

// hold makes sure that the table is what the head signs, before a write has the digest made anew: the next signature
// would make good what somebody forged.
func (b *batch) hold(ctx context.Context) error {
	if b.revoked { // it was held before
		return nil
	}
	digest, err := revocationsDigest(ctx, b.tx)
	if err != nil {
		return fmt.Errorf("audit: revocations: %w", err)
	}
	return when(!bytes.Equal(digest, b.end.revocations), fmt.Errorf("%w: %w", change.ErrLog, errRevocations))
}

// revocationsDigest is what the head signs of the table: SHA-256 over its rows, in the order of their keys.
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

// remembered is the table of revocations as this process knows it: read at the start, kept with every write, and with
// every reading of a replica.
type remembered struct {
	mu   sync.Mutex
	rows map[string]revocation // nil: closed
}

// revocation is one row, in milliseconds since 1970.
type revocation struct{ at, until int64 }

// add keeps a row that has been written.
func (m *remembered) add(key string, at, until int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.rows == nil {
		return
	}
	old := m.rows[key]
	m.rows[key] = revocation{max(old.at, at), max(old.until, until)}
}

// any tells whether one of the keys was revoked at since or later. Nothing is remembered of a closed log.
func (m *remembered) any(keys []string, since int64) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.rows == nil {
		return false, fmt.Errorf("%w: it is closed, or does not serve", change.ErrUnreadable)
	}
	for _, key := range keys {
		if row, ok := m.rows[key]; ok && row.at >= since {
			return true, nil
		}
	}
	return false, nil
}

const selectRevocations = `SELECT key, at, until FROM revocations`

// read takes over every row.
func (m *remembered) read(ctx context.Context, db *sql.DB) error {
	m.mu.Lock()
	if m.rows == nil {
		m.rows = map[string]revocation{}
	}
	m.mu.Unlock()
	return m.take(db.QueryContext(ctx, selectRevocations))
}

// ask takes over the rows of some keys.
func (m *remembered) ask(ctx context.Context, db *sql.DB, keys []string) error {
	places, arguments := make([]string, len(keys)), make([]any, len(keys))
	for i, key := range keys {
		places[i], arguments[i] = "$"+strconv.Itoa(i+1), key
	}
	return m.take(db.QueryContext(ctx, selectRevocations+` WHERE key IN (`+strings.Join(places, ", ")+`)`, arguments...))
}

func (m *remembered) take(rows *sql.Rows, err error) error {
	return revocations(rows, err, func(key string, row revocation) error {
		m.add(key, row.at, row.until)
		return nil
	})
}

// revocations calls do with each row that a query found.
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

// forget has every question refused.
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
