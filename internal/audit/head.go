package audit

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
)

// Head is the end of the chain. Kept somewhere else, it proves that nothing before it was removed or altered since.
type Head struct {
	Sequence int64
	Hash     []byte
}

// String is how a head is printed and given back to verify: "1234:9f86d0...".
func (h Head) String() string { return fmt.Sprintf("%d:%x", h.Sequence, h.Hash) }

// ParseHead reads a head as String prints it, or its hash alone; the sequence is -1 then.
func ParseHead(text string) (Head, error) {
	h := Head{Sequence: -1}
	number, digits, both := strings.Cut(strings.TrimSpace(text), ":")
	if both {
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil || n < 0 {
			return Head{}, fmt.Errorf("audit: %q is no head", text)
		}
		h.Sequence = n
	} else {
		digits = number
	}
	hash, err := hex.DecodeString(digits)
	if err != nil || len(hash) != 32 {
		return Head{}, fmt.Errorf("audit: %q is no head: 64 hexadecimal digits are expected", text)
	}
	h.Hash = hash
	return h, nil
}

// Head returns the end of the chain as the log says it is; Verify holds it against the events.
func (l *Log) Head(ctx context.Context) (Head, error) {
	h, err := headOf(l.db.QueryRowContext(ctx, selectHead))
	if err != nil {
		return Head{}, fmt.Errorf("audit: the log cannot be read: %w", err)
	}
	return h, nil
}

const selectHead = `SELECT sequence, hash FROM head WHERE one = 1`

func headOf(row *sql.Row) (Head, error) {
	var h Head
	err := row.Scan(&h.Sequence, &h.Hash)
	return h, err
}

// report writes the head to the process's log, which is kept elsewhere.
func (l *Log) report(ctx context.Context) {
	head, err := l.Head(ctx)
	if err != nil {
		l.failed(ctx, "reading the head", err)
		return
	}
	l.options.Logger.LogAttrs(ctx, slog.LevelInfo, "audit log head", slog.String("head", head.String()))
}
