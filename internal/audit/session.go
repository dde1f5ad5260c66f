package audit

import (
	"context"
	"fmt"
	"time"
)

// Sessions holds a record of every session for all replicas that share the database. Records are encrypted by
// their writer, and neither signed nor part of the chain: they only say what a person can end.
type Sessions struct {
	log *Log
}

// Sessions returns the list of sessions in the log's database.
func (l *Log) Sessions() *Sessions { return &Sessions{log: l} }

// Put adds or replaces the record at key; it may be removed after until. subject is whose session it is, and sid the key
// of the identity provider's session, or "".
func (s *Sessions) Put(ctx context.Context, key, subject, sid, record string, until time.Time) error {
	return s.exec(ctx, `INSERT INTO sessions (key, subject, sid, record, until) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (key) DO UPDATE SET record = excluded.record`, key, subject, sid, record, until.UnixMilli())
}

// List returns the records of a subject's sessions by key.
func (s *Sessions) List(ctx context.Context, subject string) (map[string]string, error) {
	records := map[string]string{}
	err := s.log.read(ctx, func(ctx context.Context) error {
		rows, err := s.log.db.QueryContext(ctx, `SELECT key, record FROM sessions WHERE subject = $1`, subject)
		if err != nil {
			return err
		}
		return scan(rows, func() error {
			var key, record string
			err := rows.Scan(&key, &record)
			records[key] = record
			return err
		})
	})
	return records, err
}

// Remove removes the records whose key or sid is key.
func (s *Sessions) Remove(ctx context.Context, key string) error {
	return s.exec(ctx, `DELETE FROM sessions WHERE key = $1 OR sid = $1`, key)
}

// Tidy removes the records whose time is over.
func (s *Sessions) Tidy(ctx context.Context) error {
	return s.exec(ctx, `DELETE FROM sessions WHERE until < $1`, s.log.now().UnixMilli())
}

func (s *Sessions) exec(ctx context.Context, statement string, arguments ...any) error {
	err := s.log.write(ctx, func(ctx context.Context, t *transaction) error {
		_, err := t.tx.ExecContext(ctx, statement, arguments...)
		return err
	})
	if err != nil {
		return fmt.Errorf("audit: list of sessions: %w", err)
	}
	return nil
}
