package audit

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"
)

// forgetting is the detail of a retention event: personal values are gone from every event up to Through, because
// those are older than Before.
type forgetting struct {
	Through int64  `json:"through"`
	Before  string `json:"before"`
}

// forgetAtOnce is how many events one transaction takes, so that people who save meanwhile hardly wait.
const forgetAtOnce = 500

// forget removes personal values from events that are older than the retention. The event that says so is written
// in the same transaction, so that verify can tell retention from somebody's eraser.
func (l *Log) forget(ctx context.Context) error {
	if l.options.Retention <= 0 {
		return nil
	}
	before := l.now().Add(-l.options.Retention)
	total := int64(0)
	for {
		removed := int64(0)
		err := l.write(ctx, func(ctx context.Context, b *batch) error {
			var err error
			removed, err = b.forget(ctx, before)
			return err
		})
		if err != nil {
			return err
		}
		total += removed
		if removed == 0 || ctx.Err() != nil {
			break
		}
	}
	if total > 0 {
		l.options.Logger.LogAttrs(ctx, slog.LevelInfo, "personal data was removed from old events",
			slog.Int64("events", total), slog.Time("before", before))
	}
	return nil
}

// forget takes the next events and returns how many there were.
func (b *batch) forget(ctx context.Context, before time.Time) (int64, error) {
	var through sql.NullInt64
	// What retention itself wrote is nobody's: were it a reason to write again, an idle log would grow forever.
	row := b.tx.QueryRowContext(ctx, `SELECT max(sequence) FROM (SELECT sequence, at FROM events
		WHERE sequence > $1 AND kind <> $2 ORDER BY sequence LIMIT $3) AS next WHERE at < $4`,
		b.erased, kindRetention, forgetAtOnce, micros(before))
	if err := row.Scan(&through); err != nil {
		return 0, fmt.Errorf("audit: retention: %w", err)
	}
	if !through.Valid {
		return 0, nil
	}
	from, to := b.erased, through.Int64
	for _, statement := range []string{
		`UPDATE events SET salts = NULL, subject = NULL, name = NULL, email = NULL, number = NULL, person = NULL,
			note = NULL, evidence = NULL, fingerprint = NULL, record_before = NULL, record_after = NULL,
			request_body = NULL, response_body = NULL WHERE sequence > $1 AND sequence <= $2`,
		`UPDATE changes SET subject = '', person = '', reason = '' WHERE sequence > $1 AND sequence <= $2`,
	} {
		if _, err := b.tx.ExecContext(ctx, statement, from, to); err != nil {
			return 0, fmt.Errorf("audit: retention: %w", err)
		}
	}
	_, err := b.tx.ExecContext(ctx,
		`DELETE FROM actors WHERE NOT EXISTS (SELECT 1 FROM changes WHERE changes.subject = actors.subject)`)
	if err != nil {
		return 0, fmt.Errorf("audit: retention: %w", err)
	}
	detail, err := json.Marshal(forgetting{Through: to, Before: before.UTC().Format(time.RFC3339)})
	if err != nil {
		return 0, fmt.Errorf("audit: retention: %w", err)
	}
	b.erased = to
	if err := b.add(ctx, &event{kind: kindRetention, detail: string(detail)}); err != nil {
		return 0, err
	}
	return to - from, nil
}
