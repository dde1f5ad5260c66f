package audit

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Revocations remembers which sessions were put out and which values were used, for every replica that shares the
// database. It is no part of the chain, and its rows go when their time is over.
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

// Revoked tells whether any of the keys was revoked at since or later. It is asked with every page, so the one process
// that serves from a SQLite file answers from memory; replicas ask the database that they share, and hear of a
// sign-out at once.
func (r *Revocations) Revoked(ctx context.Context, keys []string, since time.Time) (bool, error) {
	if r.log.dialect.oneProcess && r.log.options.Serve {
		return r.log.revoked.any(ctx, r.log.db, keys, since.UnixMilli())
	}
	if len(keys) == 0 {
		return false, nil
	}
	arguments := []any{since.UnixMilli()}
	places := make([]string, 0, len(keys))
	for _, key := range keys {
		arguments = append(arguments, key)
		places = append(places, "$"+strconv.Itoa(len(arguments)))
	}
	var found int
	//nolint:gosec // G202: text of our own, values are arguments
	query := `SELECT count(*) FROM revocations WHERE at >= $1 AND key IN (` + strings.Join(places, ", ") + `)`
	row := r.log.db.QueryRowContext(ctx, query, arguments...)
	if err := row.Scan(&found); err != nil {
		return false, fmt.Errorf("audit: revoked: %w", err)
	}
	return found > 0, nil
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
	row := r.log.db.QueryRowContext(ctx, `SELECT count(*) FROM revocations WHERE until < $1`, now)
	if err := row.Scan(&old); err != nil {
		return fmt.Errorf("audit: tidy: %w", err)
	}
	if old == 0 {
		return nil
	}
	if _, err := r.log.change(ctx, `DELETE FROM revocations WHERE until < $1`, now); err != nil {
		return fmt.Errorf("audit: tidy: %w", err)
	}
	return nil
}

// change runs one statement beside the chain and returns how many rows it touched.
func (l *Log) change(ctx context.Context, statement string, arguments ...any) (int64, error) {
	if l.queue == nil {
		return 0, ErrReadOnly
	}
	result, err := l.writes.ExecContext(ctx, statement, arguments...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// remembered is the table of revocations as the only process that writes it knows it: read when it is first asked for,
// kept with every write. The zero value has not been read.
type remembered struct {
	mu   sync.Mutex
	rows map[string]revocation // nil: not read yet
}

// revocation is one row, in milliseconds since 1970.
type revocation struct{ at, until int64 }

// add keeps a row that has been written.
func (m *remembered) add(key string, at, until int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.rows == nil {
		return // the reading to come finds it
	}
	old := m.rows[key]
	m.rows[key] = revocation{max(old.at, at), max(old.until, until)}
}

func (m *remembered) any(ctx context.Context, db *sql.DB, keys []string, since int64) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.rows == nil {
		if err := m.read(ctx, db); err != nil {
			return false, fmt.Errorf("audit: revoked: %w", err)
		}
	}
	for _, key := range keys {
		if row, ok := m.rows[key]; ok && row.at >= since {
			return true, nil
		}
	}
	return false, nil
}

func (m *remembered) read(ctx context.Context, db *sql.DB) error {
	found, err := db.QueryContext(ctx, `SELECT key, at, until FROM revocations`)
	if err != nil {
		return err
	}
	rows := map[string]revocation{}
	err = scan(found, func() error {
		var key string
		var row revocation
		if err := found.Scan(&key, &row.at, &row.until); err != nil {
			return err
		}
		rows[key] = row
		return nil
	})
	if err != nil {
		return err
	}
	m.rows = rows
	return nil
}

// forget has the next question read the table, which a closed log refuses.
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
