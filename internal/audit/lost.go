package audit

import (
	"context"
	"fmt"
	"log/slog"

	"protime-admin/internal/change"
)

// lost selects the changes that nobody will end: those of processes that are gone, and those of this process that
// began long ago, or in the future: the clock was wrong then.
func (l *Log) lost() (query string, arguments []any) {
	now := l.dialect.now
	query = `SELECT id FROM changes WHERE state = 'sending'
		AND (instance <> $2 OR at < ` + now + ` - $3 OR at > ` + now + ` + $3)
		AND (instance = $2 OR instance NOT IN (SELECT id FROM instances WHERE seen >= ` + now + ` - $4))
		ORDER BY sequence LIMIT 500`
	silent := 3 * l.options.Heartbeat.Microseconds()
	return query, []any{l.given(), l.instance, l.options.Stale.Microseconds(), silent}
}

// sweep marks lost changes as unknown. It looks with a plain read first: nearly always there is nothing to write.
func (l *Log) sweep(ctx context.Context) error {
	query, arguments := l.lost()
	count := `SELECT count(*) FROM (` + query + `) AS lost`
	for {
		var found int
		err := l.read(ctx, func(ctx context.Context) error {
			return l.db.QueryRowContext(ctx, count, arguments...).Scan(&found)
		})
		if err != nil {
			return fmt.Errorf("audit: lost changes: %w", err)
		}
		if found == 0 {
			return nil
		}
		marked := 0
		err = l.write(ctx, func(ctx context.Context, b *batch) error {
			var err error
			marked, err = b.lose(ctx, query, arguments, l.waiting())
			return err
		})
		if err != nil || marked == 0 {
			return err
		}
		l.options.Logger.LogAttrs(ctx, slog.LevelWarn, "changes whose process is gone are unknown now",
			slog.Int("changes", marked))
	}
}

func (b *batch) lose(ctx context.Context, query string, arguments []any, waiting map[string]bool) (int, error) {
	rows, err := b.tx.QueryContext(ctx, query, arguments...)
	if err != nil {
		return 0, fmt.Errorf("audit: lost changes: %w", err)
	}
	var lost []string
	err = scan(rows, func() error {
		var id string
		if err := rows.Scan(&id); err != nil {
			return err
		}
		if !waiting[id] {
			lost = append(lost, id)
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("audit: lost changes: %w", err)
	}
	for _, id := range lost {
		if err := b.append(ctx, id, []change.Event{change.Stopped()}); err != nil {
			return 0, err
		}
	}
	return len(lost), nil
}
