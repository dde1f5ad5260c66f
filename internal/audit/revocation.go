package audit

import (
	"context"
	"fmt"
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
	_, err := r.log.change(ctx, `INSERT INTO revocations (key, at, until) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO UPDATE SET
			at = CASE WHEN excluded.at > revocations.at THEN excluded.at ELSE revocations.at END,
			until = CASE WHEN excluded.until > revocations.until THEN excluded.until ELSE revocations.until END`,
		key, r.log.now().UnixMilli(), until.UnixMilli())
	if err != nil {
		return fmt.Errorf("audit: revoke: %w", err)
	}
	return nil
}

// Revoked tells whether any of the keys was revoked at since or later.
func (r *Revocations) Revoked(ctx context.Context, keys []string, since time.Time) (bool, error) {
	for _, key := range keys {
		var found int
		row := r.log.db.QueryRowContext(ctx, `SELECT count(*) FROM revocations WHERE key = $1 AND at >= $2`,
			key, since.UnixMilli())
		if err := row.Scan(&found); err != nil {
			return false, fmt.Errorf("audit: revoked: %w", err)
		}
		if found > 0 {
			return true, nil
		}
	}
	return false, nil
}

// UseOnce is true the first time that it is asked about a key, and false from then on, whichever replica asks.
func (r *Revocations) UseOnce(ctx context.Context, key string, until time.Time) (bool, error) {
	inserted, err := r.log.change(ctx, `INSERT INTO revocations (key, at, until) VALUES ($1, $2, $3)
		ON CONFLICT DO NOTHING`, key, r.log.now().UnixMilli(), until.UnixMilli())
	if err != nil {
		return false, fmt.Errorf("audit: use once: %w", err)
	}
	return inserted == 1, nil
}

// Tidy removes the records whose time is over.
func (r *Revocations) Tidy(ctx context.Context) error {
	var old int
	now := r.log.now().UnixMilli()
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
