package audit_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"protime-admin/internal/audit"
	"protime-admin/internal/change"
)

// history writes a log with every kind of event, personal values removed from the first ones.
func history(t *testing.T, db database) *audit.Log {
	t.Helper()
	clock := newClock()
	l := db.open(t, audit.Options{Now: clock.now, Retention: 24 * time.Hour})
	begin(t, l, edit("old"))
	end(t, l, "old", answer())
	clock.move(48 * time.Hour)
	if err := l.Forget(t.Context()); err != nil {
		t.Fatal(err)
	}
	begin(t, l, edit("a"))
	end(t, l, "a", answer())
	b := edit("b")
	b.Actor = tom()
	begin(t, l, b)
	end(t, l, "b", change.Outcome{State: change.Unknown, Failure: "timeout", URL: "https://acme.example/"})
	resolved := change.Outcome{State: change.Applied, Evidence: "after /clockings/8192"}
	if err := l.Resolve(t.Context(), "b", tom(), resolved); err != nil {
		t.Fatal(err)
	}
	undo := edit("u")
	undo.Undoes = "a"
	begin(t, l, undo)
	end(t, l, "u", answer())
	begin(t, l, edit("c"))
	return l
}

// columns returns the names of a table's columns.
func columns(t *testing.T, db *sql.DB, table string) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `SELECT * FROM `+table+` WHERE 1 = 0`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// another returns a value that differs in one byte.
func another(random *rand.Rand, value any) any {
	switch v := value.(type) {
	case nil:
		return "x"
	case int64:
		return v ^ 1<<random.IntN(40)
	case string:
		if v == "" {
			return "x"
		}
		text := []byte(v)
		i := random.IntN(len(text))
		for text[i] >= 0x80 { // stay UTF-8: PostgreSQL takes nothing else
			i = (i + 1) % len(text)
		}
		text[i] = 'a' + (text[i]+1+byte(random.IntN(25)))%26
		if string(text) == v {
			text[i]++
		}
		return string(text)
	case []byte:
		if len(v) == 0 {
			return []byte{1}
		}
		text := bytes.Clone(v)
		text[random.IntN(len(text))] ^= byte(1 + random.IntN(255))
		return text
	}
	return value
}

func TestAnyChangedByteOfAnyColumnIsFound(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := history(t, db)
		verify(t, l, "")
		raw := db.unguarded(t)
		seed := uint64(time.Now().UnixNano())
		t.Logf("seed %d", seed)
		random := rand.New(rand.NewPCG(seed, 1))
		for _, table := range []struct{ name, key string }{
			{"events", "sequence"}, {"changes", "sequence"}, {"head", "one"}, {"actors", "subject"},
		} {
			rows := values(t, raw, table.name, table.key)
			for _, column := range columns(t, raw, table.name) {
				for _, key := range rows {
					meddle(t, l, raw, random, table.name, table.key, column, key)
				}
			}
		}
		verify(t, l, "")
	})
}

// meddle changes one value, expects verify to find it, and puts it back.
func meddle(t *testing.T, l *audit.Log, raw *sql.DB, random *rand.Rand, table, keyColumn, column string, key any) {
	t.Helper()
	var was any
	query := fmt.Sprintf(`SELECT %s FROM %s WHERE %s = $1`, column, table, keyColumn)
	if err := raw.QueryRowContext(t.Context(), query, key).Scan(&was); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	was = asColumn(was)
	changed := another(random, was)
	update := fmt.Sprintf(`UPDATE %s SET %s = $1 WHERE %s = $2`, table, column, keyColumn)
	if _, err := raw.ExecContext(t.Context(), update, changed, key); err != nil {
		return // the database refuses it: two rows with one key, or half an erasure
	}
	report, err := l.Verify(t.Context(), "")
	if err != nil {
		t.Fatalf("verify: %v", err)
	}
	if report.Whole() {
		t.Errorf("%s.%s of %v: %q became %q, and verify found the log whole", table, column, key, was, changed)
	}
	sequence, isSequence := key.(int64)
	if table == "events" && column != "sequence" && isSequence && report.Broken != sequence {
		t.Errorf("%s.%s of %v: verify named event %d: %s", table, column, key, report.Broken, report.Fault)
	}
	if column == keyColumn {
		key = changed
	}
	exec(t, raw, update, was, key)
}

// asColumn gives an empty blob back as one: SQLite's driver reads it as a slice that it would write as NULL.
func asColumn(value any) any {
	if blob, ok := value.([]byte); ok && len(blob) == 0 {
		return []byte{}
	}
	return value
}

func values(t *testing.T, db *sql.DB, table, column string) []any {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), fmt.Sprintf(`SELECT %s FROM %s ORDER BY 1`, column, table))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []any
	for rows.Next() {
		var value any
		if err := rows.Scan(&value); err != nil {
			t.Fatal(err)
		}
		all = append(all, value)
	}
	return all
}

func TestRowsThatAreRemovedOrSwappedAreFound(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		for _, test := range tampered() {
			t.Run(test.name, func(t *testing.T) {
				db := db.another(t)
				l := history(t, db)
				raw := db.unguarded(t)
				for _, statement := range test.statements {
					exec(t, raw, statement)
				}
				if report := altered(t, l, ""); report.Broken != test.broken {
					t.Errorf("got event %d (%s), want %d", report.Broken, report.Fault, test.broken)
				}
			})
		}
	})
}

// tampering is what somebody does to a log behind its back, and the event that verify must name.
type tampering struct {
	name       string
	statements []string
	broken     int64
}

func tampered() []tampering {
	return []tampering{
		{"one in the middle", []string{`DELETE FROM events WHERE sequence = 5`}, 5},
		{"the first", []string{`DELETE FROM events WHERE sequence = 1`}, 1},
		{"the last", []string{`DELETE FROM events WHERE sequence = 11`}, 11},
		{"all", []string{`DELETE FROM events`}, 1},
		{"two swapped", []string{
			`UPDATE events SET sequence = -1 WHERE sequence = 4`,
			`UPDATE events SET sequence = 4 WHERE sequence = 5`,
			`UPDATE events SET sequence = 5 WHERE sequence = -1`,
		}, 4},
		{"one removed and the rest moved up", []string{
			`DELETE FROM events WHERE sequence = 10`,
			`UPDATE events SET sequence = 10 WHERE sequence = 11`,
		}, 10},
		{"personal values erased by hand", []string{`UPDATE events SET salts = NULL, subject = NULL, name = NULL,
			email = NULL, number = NULL, person = NULL, note = NULL, evidence = NULL, fingerprint = NULL,
			record_before = NULL, record_after = NULL, request_body = NULL, response_body = NULL WHERE sequence = 5`}, 5},
		{"a change that no page finds any more", []string{`DELETE FROM changes WHERE id = 'a'`}, 4},
		{"a change that never was", []string{`INSERT INTO changes (sequence, id, at, instance, state, last, collection, path,
			verb, subject, person, reason, undoes, undone_by)
			VALUES (99, 'z', 1, 'x', 'done', 0, 'c', '/c', 'create', 's', '', '', '', '')`}, 0},
		{"an undo that is denied", []string{`UPDATE changes SET undone_by = '' WHERE id = 'a'`}, 9},
		{"an undo that is made up", []string{`UPDATE changes SET undone_by = 'a' WHERE id = 'b'`}, 6},
	}
}

// forge removes the last event and makes the rest look whole: only a head that was kept elsewhere shows it.
func forge(t *testing.T, raw *sql.DB) {
	t.Helper()
	exec(t, raw, `DELETE FROM events WHERE sequence = 11`)
	exec(t, raw, `DELETE FROM changes WHERE id = 'c'`)
	exec(t, raw, `UPDATE head SET sequence = 10, hash = (SELECT hash FROM events WHERE sequence = 10),
		at = (SELECT at FROM events WHERE sequence = 10)`)
}

func TestAHeadKeptElsewhereShowsThatTheLastRowsAreGone(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := history(t, db)
		head, err := l.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, bare, _ := strings.Cut(head.String(), ":")
		verify(t, l, head.String())
		verify(t, l, bare)
		begin(t, l, edit("later"))
		verify(t, l, head.String()) // an earlier head stays good
	})
	each(t, func(t *testing.T, db database) {
		l := history(t, db)
		head, err := l.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, bare, _ := strings.Cut(head.String(), ":")
		forge(t, db.unguarded(t))
		verify(t, l, "") // the forger was careful
		for _, kept := range []string{head.String(), bare} {
			if report := altered(t, l, kept); report.Broken != 11 {
				t.Errorf("got event %d: %s, want 11", report.Broken, report.Fault)
			}
		}
		if _, err := l.Verify(t.Context(), "not a head"); err == nil {
			t.Error("a head that is none: got no error, want one")
		}
	})
}

func TestADamagedFileIsFound(t *testing.T) {
	db := sqlite(t)
	history(t, db)
	raw := db.raw(t)
	// An index that says something else than its table: no page would show the change.
	raw.SetMaxOpenConns(1)
	exec(t, raw, `PRAGMA writable_schema = ON`)
	exec(t, raw, `UPDATE sqlite_schema SET sql = replace(sql, '(state, sequence)', '(verb, sequence)') WHERE name = 'changes_state'`)
	var out, problems bytes.Buffer
	if code := audit.VerifyCommand(t.Context(), db.url, "", &out, &problems); code != audit.ExitAltered {
		t.Errorf("exit: got %d (%s%s), want 1", code, out.String(), problems.String())
	}
}

func TestCommandsSayHowTheLogIsByTheirExitCode(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := history(t, db)
		check := func(head string, want int, text string) {
			t.Helper()
			var out, problems bytes.Buffer
			code := audit.VerifyCommand(t.Context(), db.url, head, &out, &problems)
			if code != want || !strings.Contains(out.String()+problems.String(), text) {
				t.Errorf("got %d, %q, %q; want %d and %q", code, out.String(), problems.String(), want, text)
			}
		}
		head, err := l.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		check("", 0, "whole: 11 events, 5 changes, personal data removed from 2 events\nhead "+head.String())
		check("nonsense", 2, "is no head")
		exec(t, db.unguarded(t), `UPDATE events SET path = '/clockings/1' WHERE sequence = 4`)
		check("", 1, "altered: event 4: ")
	})
	var out, problems bytes.Buffer
	if code := audit.VerifyCommand(t.Context(), "sqlite:/nowhere/audit.db", "", &out, &problems); code != 2 {
		t.Errorf("a log that is not there: got %d, want 2", code)
	}
	if code := audit.VerifyCommand(t.Context(), "postgres://u:secret-word@127.0.0.1:1/x", "", &out, &problems); code != 2 {
		t.Errorf("a server that is not there: got %d, want 2", code)
	}
	if strings.Contains(problems.String(), "secret-word") {
		t.Errorf("standard error has the password: %s", problems.String())
	}
}

func TestABitThatFlipsInTheFileIsFoundOrChangesNothing(t *testing.T) {
	db := sqlite(t)
	l, err := audit.Open(t.Context(), db.url, audit.Options{Serve: true})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		begin(t, l, edit(number(i)))
		end(t, l, number(i), answer())
	}
	whole, _ := export(t, l, audit.NDJSON, change.Query{})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(db.file())
	if err != nil {
		t.Fatal(err)
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 2))
	found := 0
	for range 150 {
		at := 100 + random.IntN(len(content)-100) // after the file's header
		flipped := bytes.Clone(content)
		flipped[at] ^= 1 << random.IntN(8)
		copied := database{url: "sqlite:" + t.TempDir() + "/flipped.db"}
		if err := os.WriteFile(copied.file(), flipped, 0o600); err != nil {
			t.Fatal(err)
		}
		var out, problems bytes.Buffer
		if code := audit.VerifyCommand(t.Context(), copied.url, "", &out, &problems); code != audit.ExitWhole {
			found++
			continue
		}
		if text, _ := export(t, copied.read(t), audit.NDJSON, change.Query{}); text != whole {
			t.Errorf("byte %d: the export changed, and verify found the log whole", at)
		}
	}
	if found == 0 {
		t.Error("no flipped bit was found")
	}
	t.Logf("%d of 150 flips found, the others are in unused space or beside the log", found)
}
