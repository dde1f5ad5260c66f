//go:build postgres

package audit_test

import (
	"testing"

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
