package audit

import (
	"context"
	"fmt"
	"log/slog"

	"protime-admin/internal/change"
)

// orphans selects the changes that nobody will end: those of processes that are gone, and those of this process that
// began more than Stale ago, or as far in the future, when the clock was wrong.
func (l *Log) orphans() (query string, arguments []any) {
	now := l.dialect.now
	query = `SELECT id FROM changes WHERE state = 'sending'
		AND (instance <> $2 OR at < ` + now + ` - $3 OR at > ` + now + ` + $3)
		AND (instance = $2 OR instance NOT IN (SELECT id FROM instances WHERE seen >= ` + now + ` - $4))
		ORDER BY sequence LIMIT 500`
	silent := 3 * l.options.Heartbeat.Microseconds()
	return query, []any{l.nowArgument(), l.instance, l.options.Stale.Microseconds(), silent}
}

// endOrphans ends orphaned changes as unknown. It reads first, because nearly always there is nothing to write.
func (l *Log) endOrphans(ctx context.Context) error {
	query, arguments := l.orphans()
	count := `SELECT count(*) FROM (` + query + `) AS orphans`
	for {
		var found int
		err := l.read(ctx, func(ctx context.Context) error {
			return l.db.QueryRowContext(ctx, count, arguments...).Scan(&found)
		})
		if err != nil {
			return fmt.Errorf("audit: orphaned changes: %w", err)
		}
		if found == 0 {
			return nil
		}
		marked := 0
		err = l.write(ctx, func(ctx context.Context, t *transaction) error {
			var err error
			marked, err = t.endOrphans(ctx, query, arguments, l.lateIDs())
			return err
		})
		if err != nil || marked == 0 {
			return err
		}
		l.options.Logger.LogAttrs(ctx, slog.LevelWarn, "changes whose process is gone are unknown now",
			slog.Int("changes", marked))
	}
}

func (t *transaction) endOrphans(ctx context.Context, query string, arguments []any, waiting map[string]bool) (int, error) {
	rows, err := t.tx.QueryContext(ctx, query, arguments...)
	if err != nil {
		return 0, fmt.Errorf("audit: orphaned changes: %w", err)
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
		return 0, fmt.Errorf("audit: orphaned changes: %w", err)
	}
	for _, id := range lost {
		if err := t.append(ctx, id, []change.Event{change.Stopped()}); err != nil {
			return 0, err
		}
	}
	return len(lost), nil
}
