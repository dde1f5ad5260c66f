package audit_test

import (
	"bytes"
	"context"
	"database/sql"
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
	if options.Key == nil {
		options.Key = key()
	}
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
	l, err := audit.Open(t.Context(), db.url, audit.Options{Key: key()})
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

// key is the AUDIT_KEY of tests.
func key() []byte { return []byte("a key of thirty-two bytes or more") }

// serving are the options of a log that serves and that the test closes by itself.
func serving() audit.Options { return audit.Options{Serve: true, Key: key()} }

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

// edit is the first event of a change, with something in every member.
func edit() change.Event {
	by := els()
	return change.Event{
		Facts: change.Facts{
			Kind: change.KindPrepared, Issuer: by.Issuer, Roles: by.Roles,
			Prepared: &change.Prepared{
				Collection: "clockings", Verb: contract.Replace, Path: "/clockings/8192", Reason: "forgotten",
				RequestID: "r-1", LeftOut: []string{"activityLevels"}, Method: "PUT", Resource: "/clockings/8192",
				Query: "expand=x", IfMatch: `"46ab44"`,
			},
		},
		Personal: change.Personal{
			Subject: by.Subject, Name: by.Name, Email: by.Email, Number: by.Number, Person: "76547", Date: "2026-01-05",
			Note: "Vergat te tikken, été", Fingerprint: []byte("typed"),
			Before:  change.Text(`{"id":8192,"timeOfDayInMinutes":485}`),
			After:   change.Text(`{"id":8192,"timeOfDayInMinutes":480}`),
			Request: change.Text(`{"timeOfDayInMinutes":480}`),
		},
	}
}

// by makes an event somebody else's.
func by(e change.Event, a change.Actor) change.Event {
	e.Facts.Issuer, e.Facts.Roles = a.Issuer, a.Roles
	p := &e.Personal
	p.Subject, p.Name, p.Email, p.Number = a.Subject, a.Name, a.Email, a.Number
	return e
}

// undo is an edit that undoes another change.
func undo(of string) change.Event {
	e := edit()
	e.Facts.Prepared.Undoes = of
	return e
}

// answered is a whole answer with a status, to the first attempt.
func answered(status int) change.Event {
	return change.Event{
		Facts: change.Facts{Kind: change.KindAnswered, Attempt: &change.Attempt{
			Number: 1, Left: true, Status: status, FromAPI: true, URL: "https://acme.example/api/v1/clockings/8192",
			Location: "/connector/protimeapi/api/v1/clockings/8192", OperationLocation: "/monitor/1",
			Header: http.Header{"Etag": {`"46ab45"`}, "X-Many": {"a", "b"}}, Micros: 37_000,
		}},
		Personal: change.Personal{Response: change.Text(`{"id":8192}`)},
	}
}

// lost is a first attempt without an answer.
func lost(failure string) change.Event {
	return change.Event{Facts: change.Facts{Kind: change.KindLost, Attempt: &change.Attempt{
		Number: 1, Left: true, Failure: failure,
	}}}
}

// looked is somebody's look.
func looked(finding change.Finding, seen change.Seen) change.Event {
	return by(change.Event{Facts: change.Facts{Kind: change.KindLooked, Look: &change.Look{
		Finding: finding, Seen: seen, Paths: []string{"/clockings/8192"}, Micros: 12,
	}}}, tom())
}

func prepare(t testing.TB, l *audit.Log, id string, e change.Event) {
	t.Helper()
	if err := l.Prepare(t.Context(), id, e); err != nil {
		t.Fatalf("prepare %s: %v", id, err)
	}
}

func add(t testing.TB, l *audit.Log, id string, events ...change.Event) {
	t.Helper()
	if err := l.Append(t.Context(), id, events...); err != nil {
		t.Fatalf("append to %s: %v", id, err)
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

// verify fails unless the log is intact.
func verify(t testing.TB, l *audit.Log, head string) audit.Report {
	t.Helper()
	report, err := l.Verify(t.Context(), head)
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	if !report.Intact() {
		t.Fatalf("verify: got event %d: %s%s, want an intact log", report.Broken, report.Fault, report.Schema)
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
	if report.Fault == "" {
		t.Fatal("verify: got a log that nobody altered, want what was altered")
	}
	return report
}

// settings are those of the commands.
func (db database) settings() audit.Settings { return audit.Settings{DatabaseURL: db.url, Key: key()} }

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
	go func() { done <- l.Run(ctx, nil) }()
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

func export(t testing.TB, l *audit.Log, format audit.Format) (string, audit.Head) {
	t.Helper()
	var out bytes.Buffer
	head, err := l.Export(t.Context(), &out, format)
	if err != nil {
		t.Fatalf("export: %v", err)
	}
	return out.String(), head
}

func number(i int) string { return fmt.Sprintf("018f-%06d", i) }
