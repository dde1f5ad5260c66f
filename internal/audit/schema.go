package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	sqlite3 "modernc.org/sqlite/lib"
)

// schema compares what the database says of our tables with what the migrations make of an empty one. Other tables,
// such as those of the queue, are not looked at.
func (v *verifier) schema(ctx context.Context, tx *sql.Tx) error {
	var want []string
	var err error
	if !v.log.dialect.server {
		want, err = freshSchema(ctx)
	} else {
		var text []byte
		text, err = migrations.ReadFile("migrations/postgres/schema.txt")
		want = strings.Split(strings.TrimSpace(string(text)), "\n")
	}
	if err != nil {
		return err
	}
	is, err := v.log.definitions(ctx, tx)
	if err != nil {
		return err
	}
	for _, line := range want {
		if !slices.Contains(is, line) {
			v.report.Schema = "not there any more: " + line
			return nil
		}
	}
	for _, line := range is {
		if !slices.Contains(want, line) {
			v.report.Schema = "not made by a migration: " + line
			return nil
		}
	}
	return nil
}

// definitions returns a line for each table, index, trigger and constraint of ours.
func (l *Log) definitions(ctx context.Context, tx *sql.Tx) ([]string, error) {
	rows, err := tx.QueryContext(ctx, l.dialect.definitions)
	if err != nil {
		return nil, err
	}
	var lines []string
	err = scan(rows, func() error {
		var line string
		err := rows.Scan(&line)
		lines = append(lines, strings.Join(strings.Fields(line), " "))
		return err
	})
	slices.Sort(lines)
	return lines, err
}

const ourTables = `('events', 'head', 'changes', 'actors', 'instances', 'revocations')`

const sqliteDefinitions = `SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema
	WHERE tbl_name IN ` + ourTables

// postgresDefinitions names no schema: tables are those that the search path finds.
const postgresDefinitions = `WITH ours AS (
	SELECT c.oid, c.relname::text AS name, c.relkind, c.relpersistence, c.relrowsecurity, n.nspname
	FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
	WHERE c.relname IN ` + ourTables + ` AND c.oid = to_regclass(quote_ident(c.relname))
), lines AS (
	SELECT nspname, 'table ' || name || ' ' || relkind::text || relpersistence::text || relrowsecurity AS line FROM ours
	UNION ALL
	SELECT nspname, 'column ' || name || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' '
		|| a.attnotnull || ' ' || a.atthasdef || a.attgenerated::text
	FROM ours JOIN pg_attribute AS a ON a.attrelid = oid AND a.attnum > 0 AND NOT a.attisdropped
	UNION ALL
	SELECT nspname, 'constraint ' || name || '.' || conname || ' ' || pg_get_constraintdef(k.oid)
	FROM ours JOIN pg_constraint AS k ON k.conrelid = ours.oid AND k.contype <> 'n'
	UNION ALL
	SELECT nspname, 'index ' || pg_get_indexdef(i.indexrelid) || ' ' || i.indisvalid
	FROM ours JOIN pg_index AS i ON i.indrelid = oid
	UNION ALL
	SELECT nspname, 'trigger ' || pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text || ' ' || l.lanname || ' ' || p.prosrc
	FROM ours JOIN pg_trigger AS t ON t.tgrelid = ours.oid AND NOT t.tgisinternal
	JOIN pg_proc AS p ON p.oid = t.tgfoid JOIN pg_language AS l ON l.oid = p.prolang
	UNION ALL
	SELECT nspname, 'rule ' || name || ' ' || pg_get_ruledef(r.oid) FROM ours JOIN pg_rewrite AS r ON r.ev_class = ours.oid
)
SELECT replace(line, quote_ident(nspname) || '.', '') FROM lines`

// freshSchema migrates an empty database in memory.
func freshSchema(ctx context.Context) (lines []string, err error) {
	fresh, err := newSQLite(ctx, ":memory:")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, fresh.db.Close()) }()
	tx, err := fresh.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }() // it only read
	return fresh.definitions(ctx, tx)
}

// damaged reports whether an error of the database says that what it holds is corrupt. Anything else says that the
// log cannot be read now.
func damaged(err error) bool {
	switch sqliteCode(err) {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return true
	}
	return answersWith(err, "XX001", "XX002")
}

// answersWith reports whether PostgreSQL answered with one of the codes.
func answersWith(err error, codes ...string) bool {
	var answer *pgconn.PgError
	return errors.As(err, &answer) && slices.Contains(codes, answer.Code)
}

// integrity runs the database's own check: of pages, indexes and constraints on SQLite; on PostgreSQL, which checks
// pages while it reads them, of the indexes where the extension amcheck may be used.
func (v *verifier) integrity(ctx context.Context, tx *sql.Tx) error {
	if !v.log.dialect.server {
		var result string
		if err := tx.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&result); err != nil {
			return err
		}
		if result != "ok" {
			return v.fault(0, "the database's integrity check: %s", result)
		}
		return nil
	}
	const indexes = ` FROM pg_class AS c JOIN pg_index AS i ON i.indexrelid = c.oid
		JOIN pg_am AS m ON m.oid = c.relam WHERE m.amname = 'btree'
		AND i.indrelid IN ('events'::regclass, 'changes'::regclass)`
	_, err := tx.ExecContext(ctx, `SELECT bt_index_check(c.oid)`+indexes)
	if answersWith(err, "42883", "42501") { // no such function, or no right to it
		v.report.Unchecked = fmt.Sprintf("the indexes, because amcheck could not run: %v", err)
		return nil
	}
	return err
}
