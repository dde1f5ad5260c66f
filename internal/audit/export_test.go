package audit

import (
	"context"
	"strconv"
	"testing"
)

// Kill leaves a log as a process that dies would: nothing is written any more, locks are gone, nobody says goodbye.
func Kill(l *Log) {
	l.queue.close()
	if l.unlock != nil {
		_ = l.unlock()
		l.unlock = nil
	}
	l.options.Serve = false // Close then does not sign off
}

// LimitPages lets a SQLite log grow by a few pages only, as on a full disk.
func LimitPages(t *testing.T, l *Log) {
	t.Helper()
	var pages int
	if err := l.writes.QueryRowContext(t.Context(), `PRAGMA page_count`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	if _, err := l.writes.ExecContext(t.Context(), `PRAGMA max_page_count = `+strconv.Itoa(pages+4)); err != nil {
		t.Fatal(err)
	}
}

// Forget runs retention now.
func (l *Log) Forget(ctx context.Context) error { return l.forget(ctx) }
