package audit

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// damaged reports whether an error of the database says that what it holds cannot be read: not that the log is away,
// but that somebody or something altered it.
func damaged(err error) bool {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		code := lite.Code() & 0xff
		return code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB || code == sqlite3.SQLITE_ERROR
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && strings.HasPrefix(pg.Code, "XX")
}

// end holds the head, old and new, against the last event.
func (v *verifier) end(ctx context.Context, tx *sql.Tx) error {
	var head Head
	var at int64
	row := tx.QueryRowContext(ctx, `SELECT sequence, hash, at FROM head WHERE one = 1`)
	if err := row.Scan(&head.Sequence, &head.Hash, &at); err != nil {
		return err
	}
	switch {
	case head.Sequence > v.report.Events:
		return v.fault(v.report.Events+1, "event %d is missing: the log ends before its head", v.report.Events+1)
	case head.Sequence != v.report.Events || !bytes.Equal(head.Hash, v.hash) || at != v.at:
		return v.fault(v.report.Events, "the head does not say that it is the last")
	case !v.found:
		return v.fault(v.report.Events+1, "the head %s is not in the chain: events were removed or replaced", v.wanted)
	}
	return nil
}

// forgotten reads how far a retention event says that personal values are gone.
func (v *verifier) forgotten(e *event) error {
	var f forgetting
	if err := json.Unmarshal([]byte(e.detail), &f); err != nil || f.Through >= e.sequence {
		return v.fault(e.sequence, "it does not say what retention removed")
	}
	v.through = max(v.through, f.Through)
	return nil
}

// retention makes sure that personal values are gone where a retention event says so, and nowhere else.
//
// Retention removes them from the first event on, so counting is enough for a log that is whole.
func (v *verifier) retention(ctx context.Context, tx *sql.Tx) error {
	if err := v.erasedThrough(ctx, tx); err != nil {
		return err
	}
	if v.report.Erased == v.through && v.lastErased == v.through {
		return nil
	}
	for _, check := range []struct{ query, fault string }{
		{`SELECT min(sequence) FROM events WHERE sequence > $1 AND salts IS NULL`,
			"its personal values are gone, and no retention event says so"},
		{`SELECT min(sequence) FROM events WHERE sequence <= $1 AND salts IS NOT NULL`,
			"its personal values are there, and a retention event says that they are gone"},
	} {
		var sequence sql.NullInt64
		if err := tx.QueryRowContext(ctx, check.query, v.through).Scan(&sequence); err != nil {
			return err
		}
		if sequence.Valid {
			return v.fault(sequence.Int64, "%s", check.fault)
		}
	}
	return nil
}

func (v *verifier) erasedThrough(ctx context.Context, tx *sql.Tx) error {
	var erased int64
	if err := tx.QueryRowContext(ctx, `SELECT erased FROM head WHERE one = 1`).Scan(&erased); err != nil {
		return err
	}
	if erased != v.through {
		return v.fault(v.report.Events, "the head does not say how far retention came")
	}
	return nil
}

// standing makes sure that the table of changes has a row for each intent and no other, and that each last outcome
// that it names was met on the walk.
func (v *verifier) standing(ctx context.Context, tx *sql.Tx) error {
	var changes, ended int64
	row := tx.QueryRowContext(ctx,
		`SELECT count(*), coalesce(sum(CASE WHEN last <> 0 THEN 1 ELSE 0 END), 0) FROM changes`)
	if err := row.Scan(&changes, &ended); err != nil {
		return err
	}
	if changes != v.report.Changes || ended != v.lastSeen {
		return v.fault(0, "the table of changes has %d changes, %d with an outcome; the events have %d and %d",
			changes, ended, v.report.Changes, v.lastSeen)
	}
	return nil
}

// undone makes sure that a change counts as undone exactly when another one says that it undid it. Two can say so
// when the answer of the first came after a look had taken it for without effect.
func (v *verifier) undone(ctx context.Context, tx *sql.Tx) error {
	for _, query := range []string{
		`SELECT min(u.sequence) FROM changes AS u LEFT JOIN changes AS t ON t.id = u.undoes
			WHERE u.undoes <> '' AND u.state NOT IN ('refused', 'not-applied')
			AND (t.undone_by IS NULL OR t.undone_by = '')`,
		`SELECT min(t.sequence) FROM changes AS t LEFT JOIN changes AS u ON u.id = t.undone_by
			WHERE t.undone_by <> ''
			AND (u.undoes IS NULL OR u.undoes <> t.id OR u.state IN ('refused', 'not-applied'))`,
	} {
		var sequence sql.NullInt64
		if err := tx.QueryRowContext(ctx, query).Scan(&sequence); err != nil {
			return err
		}
		if sequence.Valid {
			return v.fault(sequence.Int64, "the table of changes does not say rightly what undid what")
		}
	}
	return nil
}

// integrity runs the database's own check: of pages, indexes and constraints on SQLite; on PostgreSQL, which checks
// pages while it reads them, of the indexes where the extension amcheck is installed.
func (l *Log) integrity(v *verifier) func(context.Context, *sql.Tx) error {
	if !l.dialect.oneProcess {
		return v.amcheck
	}
	return func(ctx context.Context, tx *sql.Tx) error {
		var result string
		if err := tx.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&result); err != nil {
			return err
		}
		if result != "ok" {
			return v.fault(0, "the database's integrity check: %s", result)
		}
		return nil
	}
}

func (v *verifier) amcheck(ctx context.Context, tx *sql.Tx) error {
	var installed int
	row := tx.QueryRowContext(ctx, `SELECT count(*) FROM pg_extension WHERE extname = 'amcheck'`)
	if err := row.Scan(&installed); err != nil || installed == 0 {
		return err
	}
	_, err := tx.ExecContext(ctx, `SELECT bt_index_check(c.oid) FROM pg_class AS c
		JOIN pg_index AS i ON i.indexrelid = c.oid JOIN pg_am AS m ON m.oid = c.relam
		WHERE m.amname = 'btree' AND i.indrelid IN ('events'::regclass, 'changes'::regclass)`)
	if err != nil {
		return v.fault(0, "the database's integrity check: %v", fmt.Errorf("amcheck: %w", err))
	}
	return nil
}
