//go:build postgres

package audit_test

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"protime-admin/internal/audit"
	"protime-admin/internal/batch"
	"protime-admin/internal/postgrestest"
)

func onPostgreSQL(t *testing.T, test func(*testing.T, database)) {
	t.Helper()
	t.Run("PostgreSQL", func(t *testing.T) { test(t, postgres(t)) })
}

// cluster is shared by the tests of this package, each of which has a database of its own.
var cluster postgrestest.Cluster

func TestMain(m *testing.M) {
	code := m.Run()
	if err := cluster.Stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func postgres(t testing.TB) database {
	t.Helper()
	address := cluster.Database(t)
	return database{url: address, driver: "pgx", dsn: address}
}

// ownPostgres is a cluster for one test, which changes its roles.
func ownPostgres(t testing.TB) database {
	t.Helper()
	address := postgrestest.Start(t)
	return database{url: address, driver: "pgx", dsn: address}
}

func TestTheSchemaOfPostgreSQLIsTheMigrationsOwn(t *testing.T) {
	db := ownPostgres(t)
	exec(t, db.raw(t), `CREATE SCHEMA "an other"`)
	exec(t, db.raw(t), `ALTER ROLE postgres SET search_path = "an other"`)
	schemaIsKnown(t, db, "migrations/postgres/schema.txt")
}

func TestWhatMayNotBeReadIsNotAltered(t *testing.T) {
	db := ownPostgres(t)
	history(t, db)
	raw := db.raw(t)
	exec(t, raw, `CREATE ROLE reader LOGIN`)
	reader := db
	reader.url = strings.Replace(db.url, "postgres@", "reader@", 1)
	check := func(want int, text string) {
		t.Helper()
		var out, problems bytes.Buffer
		code := audit.Command(t.Context(), []string{"verify"}, reader.settings(), "", &out, &problems)
		if code != want || !strings.Contains(out.String()+problems.String(), text) {
			t.Errorf("got %d, %q, %q; want %d and %q", code, out.String(), problems.String(), want, text)
		}
	}
	check(audit.ExitFailed, "permission denied")
	exec(t, raw, `GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader`)
	exec(t, raw, `REVOKE SELECT ON changes FROM reader`)
	check(audit.ExitFailed, "permission denied for table changes")
	exec(t, raw, `GRANT SELECT ON changes TO reader`)
	check(audit.ExitIntact, "not checked: the indexes")
	exec(t, raw, `CREATE EXTENSION IF NOT EXISTS amcheck`)
	check(audit.ExitIntact, "not checked: the indexes")
	reader.url = db.url
	check(audit.ExitIntact, "intact: 11 events")
}

func TestACatalogueOfSomebodysOwnHidesNothing(t *testing.T) {
	db := ownPostgres(t)
	history(t, db)
	raw := db.raw(t)
	for _, statement := range []string{
		`CREATE SCHEMA evil`, `ALTER TABLE events DISABLE TRIGGER ALL`,
		`CREATE VIEW evil.pg_trigger AS SELECT oid, tgrelid, tgparentid, tgname, tgfoid, tgtype, 'O'::"char" AS tgenabled,
			tgisinternal FROM pg_catalog.pg_trigger`,
		`CREATE FUNCTION evil.replace(text, text, text) RETURNS text LANGUAGE sql AS
			$$ SELECT pg_catalog.replace(regexp_replace($1, '\) D ', ') O '), $2, $3) $$`,
		`ALTER ROLE postgres SET search_path = evil, pg_catalog, public`,
	} {
		exec(t, raw, statement)
	}
	report, err := db.read(t).Verify(t.Context(), "")
	if err != nil || !strings.Contains(report.Schema, "trigger") || report.Fault != "" {
		t.Errorf("got %+v, %v, want that a trigger changed", report, err)
	}
}

// PostgreSQL takes what it has not counted yet for one row, and a query that is asked anew for each row then takes minutes.
func TestRowsOfABatchThatPostgreSQLHasNotCountedAreRead(t *testing.T) {
	db := postgres(t)
	l := db.open(t, serving())
	b := l.Batches()
	const known, unknown, rows = "01a218ed-ea85-7936-b0b3-4e6799433be5", "01a218ed-739c-7297-b6c2-0bfda1774eea", 600
	started(t, b, known, rows)
	send(t, l, known, 2, 0, answered(409))
	exec(t, db.raw(t), `ANALYZE`)
	started(t, b, unknown, rows)
	slice, err := b.Slice(t.Context(), unknown, batch.SelectUnsent, 0, rows)
	if len(slice) != rows || err != nil {
		t.Errorf("got %d rows, %v, want %d", len(slice), err, rows)
	}
}

func TestARowThatAnIndexDoesNotFindIsFound(t *testing.T) {
	db := postgres(t)
	l := history(t, db)
	exec(t, db.raw(t), `CREATE EXTENSION amcheck`)
	verify(t, l, "")
	for _, hidden := range []struct{ table, index string }{
		{"changes", "changes_path"}, {"revocations", "revocations_pkey"}, {"actors", "actors_pkey"},
	} {
		var kept string // the rows are written again while the index is not kept
		raw := db.raw(t)
		query := `SELECT json_agg(t)::text FROM ` + hidden.table + ` AS t`
		if err := raw.QueryRowContext(t.Context(), query).Scan(&kept); err != nil {
			t.Fatal(err)
		}
		// One session for each statement: PostgreSQL remembers in a session which indexes a table has.
		const alter = `UPDATE pg_index SET indisready = $2, indisvalid = $2 WHERE indexrelid = $1::text::regclass`
		exec(t, raw, alter, hidden.index, false)
		exec(t, db.raw(t), `DELETE FROM `+hidden.table)
		exec(t, db.raw(t), `INSERT INTO `+hidden.table+` SELECT * FROM json_populate_recordset(NULL::`+hidden.table+`, $1)`, kept)
		exec(t, db.raw(t), alter, hidden.index, true)
		report, err := db.read(t).Verify(t.Context(), "")
		if err != nil || !strings.Contains(report.Fault, hidden.index) {
			t.Errorf("%s: got %+v, %v, want that the index lacks a row", hidden.index, report, err)
		}
		exec(t, raw, `REINDEX TABLE `+hidden.table)
	}
}

// benchOnPostgreSQL flushes every commit: what is measured is what is durable.
func benchOnPostgreSQL(b *testing.B, bench func(*testing.B, database)) {
	b.Helper()
	b.Run("PostgreSQL", func(b *testing.B) {
		address := postgrestest.Start(b, "fsync=on", "shared_buffers=512MB")
		bench(b, database{url: address, driver: "pgx", dsn: address})
	})
}

// another is an empty database beside this one.
func (db database) another(t testing.TB) database {
	t.Helper()
	if db.driver == "sqlite" {
		return sqlite(t)
	}
	name := fmt.Sprintf("another%d", time.Now().UnixNano())
	exec(t, db.raw(t), `CREATE DATABASE `+name)
	at, err := url.Parse(db.url)
	if err != nil {
		t.Fatal(err)
	}
	at.Path = "/" + name
	return database{url: at.String(), driver: "pgx", dsn: at.String()}
}
