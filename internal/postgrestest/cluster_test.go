//go:build postgres

package postgrestest_test

import (
	"net/url"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"

	"protime-admin/internal/postgrestest"
)

func TestAClusterAnswersTakesSettingsAndIsGoneAfterwards(t *testing.T) {
	var folder string
	t.Run("while the test runs", func(t *testing.T) {
		at := postgrestest.Start(t, "max_connections=17")
		u, err := url.Parse(at)
		if err != nil {
			t.Fatal(err)
		}
		folder = u.Query().Get("host")
		conn, err := pgx.Connect(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		var got int
		if err := conn.QueryRow(t.Context(), "select current_setting('max_connections')::int").Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != 17 {
			t.Errorf("max_connections: got %d, want 17", got)
		}
	})
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("got %v for the cluster's folder, want it gone", err)
	}
}

func TestDatabasesStandBesideEachOther(t *testing.T) {
	var shared postgrestest.Cluster
	t.Cleanup(func() {
		if err := shared.Stop(); err != nil {
			t.Error(err)
		}
	})
	for _, test := range []struct{ name, first, second string }{
		{"of two clusters", postgrestest.Start(t), postgrestest.Start(t)},
		{"in a shared cluster", shared.Database(t), shared.Database(t)},
	} {
		if test.first == test.second {
			t.Fatalf("%s: got %s twice, want two databases", test.name, test.first)
		}
		for _, at := range []string{test.first, test.second} {
			conn, err := pgx.Connect(t.Context(), at)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := conn.Exec(t.Context(), "create table only_here ()"); err != nil {
				t.Errorf("%s: got %v, want databases of their own", test.name, err)
			}
			if err := conn.Close(t.Context()); err != nil {
				t.Error(err)
			}
		}
	}
}
