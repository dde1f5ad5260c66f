package audit_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"protime-admin/internal/audit"
	"protime-admin/internal/change"
	"protime-admin/protime/contract"
)

// database is one of the two that every test runs on.
type database struct {
	url    string
	driver string // of database/sql, for looking and meddling behind the log's back
	dsn    string
}

// each runs a test on every database: SQLite always, PostgreSQL under the build tag of that name.
func each(t *testing.T, test func(t *testing.T, db database)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) { test(t, sqlite(t)) })
	onPostgreSQL(t, test)
}

func sqlite(t testing.TB) database {
	t.Helper()
	file := filepath.Join(t.TempDir(), "audit.db")
	return database{url: "sqlite:" + file, driver: "sqlite", dsn: "file:" + (&url.URL{Path: file}).EscapedPath() +
		"?_pragma=busy_timeout(10000)"}
}

func (db database) file() string { return strings.TrimPrefix(db.url, "sqlite:") }

// open opens a log that serves, closed when the test ends.
func (db database) open(t testing.TB, options audit.Options) *audit.Log {
	t.Helper()
	options.Serve = true
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	l, err := audit.Open(t.Context(), db.url, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return l
}

// read opens a log for reading beside the one that serves.
func (db database) read(t testing.TB) *audit.Log {
	t.Helper()
	l, err := audit.Open(t.Context(), db.url, audit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// raw opens the database itself.
func (db database) raw(t testing.TB) *sql.DB {
	t.Helper()
	raw, err := sql.Open(db.driver, db.dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = raw.Close() })
	return raw
}

// unguarded opens the database as somebody would who takes the triggers away first.
func (db database) unguarded(t testing.TB) *sql.DB {
	t.Helper()
	raw := db.raw(t)
	raw.SetMaxOpenConns(1)
	statements := []string{`DROP TRIGGER events_stay`, `DROP TRIGGER events_unchanged`}
	if db.driver == "pgx" {
		statements = []string{`SET session_replication_role = replica`}
	}
	for _, s := range statements {
		exec(t, raw, s)
	}
	return raw
}

func exec(t testing.TB, db *sql.DB, statement string, arguments ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statement, arguments...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// clock is a clock that tests move.
type clock struct{ micros atomic.Int64 }

func newClock() *clock {
	c := new(clock)
	c.micros.Store(time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC).UnixMicro())
	return c
}

func (c *clock) now() time.Time         { return time.UnixMicro(c.micros.Load()) }
func (c *clock) move(d time.Duration)   { c.micros.Add(d.Microseconds()) }
func (c *clock) options() audit.Options { return audit.Options{Now: c.now} }

func els() change.Actor {
	return change.Actor{
		Subject: "sub-els", Issuer: "https://id.acme.example", Name: "Els Peeters", Email: "els@acme.example",
		Number: "1002", Roles: []change.Role{change.Editor},
	}
}

func tom() change.Actor {
	return change.Actor{
		Subject: "sub-tom", Issuer: "https://id.acme.example", Name: "Tom Claes", Email: "tom@acme.example",
		Roles: []change.Role{change.Editor, change.Auditor},
	}
}

// edit is a change with something in every column.
func edit(id string) change.Change {
	return change.Change{
		ID: id, Actor: els(), Collection: "clockings", Verb: contract.Replace, Path: "/clockings/8192",
		Reason: change.Reason{Code: "forgotten", Note: "Vergat te tikken, été"},
		Before: json.RawMessage(`{"id":8192,"timeOfDayInMinutes":485}`),
		After:  json.RawMessage(`{"id":8192,"timeOfDayInMinutes":480}`),
		Request: change.Request{
			Method: "PUT", Path: "/clockings/8192", Query: "expand=x", Body: json.RawMessage(`{"timeOfDayInMinutes":480}`),
			IfMatch: `"46ab44"`,
		},
		Person: "76547", LeftOut: []string{"activityLevels"}, RequestID: "r-1", Fingerprint: []byte("typed:" + id),
	}
}

func answer() change.Outcome {
	return change.Outcome{
		State: change.Done, Status: 200, Location: "/connector/protimeapi/api/v1/clockings/8192",
		OperationLocation: "/monitor/1", Header: http.Header{"Etag": {`"46ab45"`}, "X-Many": {"a", "b"}},
		Body: []byte(`{"id":8192}`), Duration: 37 * time.Millisecond, URL: "https://acme.example/api/v1/clockings/8192",
	}
}

func begin(t testing.TB, l *audit.Log, c change.Change) {
	t.Helper()
	if err := l.Begin(t.Context(), c); err != nil {
		t.Fatalf("begin %s: %v", c.ID, err)
	}
}

func end(t testing.TB, l *audit.Log, id string, o change.Outcome) {
	t.Helper()
	if err := l.End(t.Context(), id, o); err != nil {
		t.Fatalf("end %s: %v", id, err)
	}
}

func receipt(t testing.TB, l *audit.Log, id string) change.Receipt {
	t.Helper()
	r, err := l.Receipt(t.Context(), id)
	if err != nil {
		t.Fatalf("receipt %s: %v", id, err)
	}
	return r
}

// verify fails unless the log is whole.
func verify(t testing.TB, l *audit.Log, head string) audit.Report {
	t.Helper()
	report, err := l.Verify(t.Context(), head)
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	if !report.Whole() {
		t.Fatalf("verify: got event %d: %s, want a whole log", report.Broken, report.Fault)
	}
	return report
}

// altered fails unless verify finds something.
func altered(t testing.TB, l *audit.Log, head string) audit.Report {
	t.Helper()
	report, err := l.Verify(t.Context(), head)
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	if report.Whole() {
		t.Fatal("verify: got a whole log, want what was altered")
	}
	return report
}

func ids(receipts []change.Receipt) string {
	names := make([]string, len(receipts))
	for i, r := range receipts {
		names[i] = r.ID
	}
	return strings.Join(names, " ")
}

func page(t testing.TB, l *audit.Log, q change.Query) []change.Receipt {
	t.Helper()
	receipts, _, err := l.Changes(t.Context(), q)
	if err != nil {
		t.Fatalf("changes: %v", err)
	}
	return receipts
}

// run runs a log's background work until the test ends.
func run(t testing.TB, l *audit.Log) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
}

// eventually waits for something that happens in the background.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if is() {
			return
		}
	}
	t.Fatalf("never: %s", what)
}

func export(t testing.TB, l *audit.Log, format audit.Format, q change.Query) (string, audit.Head) {
	t.Helper()
	var out bytes.Buffer
	head, err := l.Export(t.Context(), &out, format, q)
	if err != nil {
		t.Fatalf("export: %v", err)
	}
	return out.String(), head
}

func number(i int) string { return fmt.Sprintf("018f-%06d", i) }
