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

// schema compares our tables with those that the migrations make of an empty database (schema.txt beside them, which a
// test writes). Other tables, such as those of the queue, are not compared.
func (v *verifier) schema(ctx context.Context, tx *sql.Tx) error {
	known, err := migrations.ReadFile(v.log.dialect.migrations + "/schema.txt")
	if err != nil {
		return err
	}
	want := strings.Split(strings.TrimSpace(string(known)), "\n")
	if v.log.dialect.server {
		if _, err := tx.ExecContext(ctx, fixedPath); err != nil {
			return err
		}
	}
	is, err := v.log.definitions(ctx, tx)
	if err != nil {
		return err
	}
	for _, line := range want {
		if !slices.Contains(is, line) {
			v.report.Schema = "missing: " + line
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

const ourTables = `('events', 'head', 'changes', 'actors', 'looks', 'instances', 'revocations',
	'acknowledgements', 'batches', 'batch_rows', 'batch_columns')`

// sqliteDefinitions takes every trigger: one of another table can write to ours. A table's name may be in any letters.
const sqliteDefinitions = `SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema
	WHERE type = 'trigger' OR lower(tbl_name) IN ` + ourTables

// postgresDefinitions names no schema: tables are those that the search path finds. Every name of the catalogue is
// qualified, and no operator joins values of two types, so that nothing that somebody defined is used instead.
const postgresDefinitions = `WITH ours AS (
	SELECT c.*, c.relname AS name, n.nspname
	FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
	WHERE c.relname IN ` + ourTables + `
		AND c.oid = pg_catalog.to_regclass(pg_catalog.quote_ident(c.relname::text))::oid
), lines AS (
	SELECT nspname, pg_catalog.concat_ws(' ', 'table', name, relkind, relpersistence, relrowsecurity) AS line FROM ours
	UNION ALL SELECT nspname, pg_catalog.concat_ws(' ', 'column', name, attname,
		pg_catalog.format_type(atttypid, atttypmod), attnotnull, atthasdef, attgenerated)
	FROM ours JOIN pg_catalog.pg_attribute ON attrelid = ours.oid AND attnum > 0 AND NOT attisdropped
	UNION ALL SELECT nspname, pg_catalog.concat_ws(' ', 'constraint', name, conname, pg_catalog.pg_get_constraintdef(k.oid))
	FROM ours JOIN pg_catalog.pg_constraint AS k ON conrelid = ours.oid AND contype <> 'n'
	UNION ALL SELECT nspname, pg_catalog.concat_ws(' ', 'index', pg_catalog.pg_get_indexdef(indexrelid), indisvalid)
	FROM ours JOIN pg_catalog.pg_index ON indrelid = ours.oid
	UNION ALL SELECT nspname, pg_catalog.concat_ws(' ', 'trigger', pg_catalog.pg_get_triggerdef(t.oid), tgenabled, lanname, prosrc)
	FROM ours JOIN pg_catalog.pg_trigger AS t ON tgrelid = ours.oid AND NOT tgisinternal
	JOIN pg_catalog.pg_proc AS p ON p.oid = tgfoid JOIN pg_catalog.pg_language AS l ON l.oid = prolang
	UNION ALL SELECT nspname, pg_catalog.concat_ws(' ', 'rule', name, pg_catalog.pg_get_ruledef(r.oid))
	FROM ours JOIN pg_catalog.pg_rewrite AS r ON ev_class = ours.oid
	UNION ALL SELECT nspname, pg_catalog.concat_ws(' ', 'child or parent', name)
	FROM ours JOIN pg_catalog.pg_inherits ON inhparent = ours.oid OR inhrelid = ours.oid
	UNION ALL SELECT '', pg_catalog.concat_ws(' ', 'schemas', pg_catalog.count(DISTINCT nspname)) FROM ours
	UNION ALL SELECT '', pg_catalog.concat_ws(' ', 'replication', pg_catalog.current_setting('session_replication_role'))
	UNION ALL SELECT '', pg_catalog.concat_ws(' ', 'setting', s.line)
	FROM pg_catalog.pg_db_role_setting, LATERAL pg_catalog.unnest(setconfig) AS s (line)
	WHERE pg_catalog.starts_with(s.line, 'session_replication_role=') AND (setdatabase = 0 OR setdatabase =
		(SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))
)
SELECT pg_catalog.replace(line, pg_catalog.concat(pg_catalog.quote_ident(nspname::text), '.'), '') FROM lines`

// fixedPath has a transaction on PostgreSQL find the catalog's own tables, functions and operators before any other.
const fixedPath = `SELECT pg_catalog.set_config('search_path',
	pg_catalog.concat('pg_catalog, ', pg_catalog.current_setting('search_path'), ', pg_temp'), true)`

// damaged reports whether an error of the database says that what it holds is corrupt. Anything else says that the
// log cannot be read now.
func damaged(err error) bool {
	switch sqliteCode(err) {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return true
	}
	return answersWith(err, "XX001", "XX002")
}

// noTable reports whether an error says that a table is missing.
func noTable(err error) bool {
	return sqliteCode(err) == sqlite3.SQLITE_ERROR || answersWith(err, "42P01")
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
	const find = `SELECT pg_catalog.quote_ident(n.nspname::text) FROM pg_catalog.pg_extension AS e
		JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = 'amcheck'`
	var schema string
	err := tx.QueryRowContext(ctx, find).Scan(&schema)
	if errors.Is(err, sql.ErrNoRows) {
		v.report.Unchecked = "the indexes, because the extension amcheck is not there"
		return nil
	}
	if err == nil {
		//nolint:gosec // G202: a quoted name of the catalogue
		_, err = tx.ExecContext(ctx, `SELECT `+schema+`.bt_index_check(i.indexrelid::regclass, true)
			FROM pg_catalog.pg_index AS i JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid
			WHERE t.relname IN `+ourTables+` AND t.oid = pg_catalog.to_regclass(pg_catalog.quote_ident(t.relname::text))::oid`)
	}
	if answersWith(err, "42883", "42501") { // no such function, or no right to it
		v.report.Unchecked = fmt.Sprintf("the indexes, because amcheck could not run: %v", err)
		return nil
	}
	return err
}
