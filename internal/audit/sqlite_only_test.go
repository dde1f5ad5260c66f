//go:build !postgres

package audit_test

import "testing"

// onPostgreSQL does nothing without the build tag postgres: `go test -tags postgres` runs every test on both.
func onPostgreSQL(*testing.T, func(*testing.T, database)) {}

func benchOnPostgreSQL(*testing.B, func(*testing.B, database)) {}

func (db database) another(t testing.TB) database { return sqlite(t) }
