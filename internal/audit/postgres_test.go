//go:build postgres

package audit_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"protime-admin/internal/postgrestest"
)

func onPostgreSQL(t *testing.T, test func(*testing.T, database)) {
	t.Helper()
	t.Run("PostgreSQL", func(t *testing.T) { test(t, postgres(t)) })
}

func postgres(t testing.TB) database {
	t.Helper()
	address := postgrestest.Start(t)
	return database{url: address, driver: "pgx", dsn: address}
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
