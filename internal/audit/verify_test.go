package audit_test

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"protime-admin/internal/audit"
	"protime-admin/internal/change"
)

// history writes a log with every kind of event, personal values removed from the first ones.
func history(t *testing.T, db database) *audit.Log {
	t.Helper()
	clock := newClock()
	l := db.open(t, audit.Options{Now: clock.now, Retention: 24 * time.Hour})
	prepare(t, l, "old", edit())
	add(t, l, "old", answered(200))
	clock.move(48 * time.Hour)
	if err := l.Forget(t.Context()); err != nil {
		t.Fatal(err)
	}
	prepare(t, l, "a", edit())
	add(t, l, "a", answered(200))
	prepare(t, l, "b", by(rowOf(edit(), gate, 1, 0), tom()))
	add(t, l, "b", lost("timeout"))
	add(t, l, "b", looked(change.Ours, change.SeenAfter))
	prepare(t, l, "u", undo("a"))
	add(t, l, "u", answered(200))
	prepare(t, l, "c", rowOf(edit(), gate, 2, 0))
	if err := l.Revocations().Revoke(t.Context(), "sid:1", clock.now(), clock.now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
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

// -update writes the schemas that the migrations make to the files that verify compares with.
var update = flag.Bool("update", false, "write migrations/*/schema.txt")

func TestTheSchemaOfSQLiteIsTheMigrationsOwn(t *testing.T) {
	schemaIsKnown(t, sqlite(t), "migrations/sqlite/schema.txt")
}

// schemaIsKnown compares what the migrations make of an empty database with a file.
func schemaIsKnown(t *testing.T, db database, file string) {
	t.Helper()
	lines, err := db.open(t, audit.Options{}).Definitions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	known, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(known), "\n"), strings.Split(text, "\n")); diff != "" {
		t.Errorf("%s, written by -update (-is +want):\n%s", file, diff)
	}
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
			{"events", "sequence"}, {"changes", "sequence"}, {"head", "one"}, {"actors", "subject"}, {"revocations", "key"},
		} {
			rows := values(t, raw, table.name, table.key)
			for _, column := range columns(t, raw, table.name) {
				for _, key := range rows {
					meddle(t, l, raw, random, table.name, table.key, column, key)
				}
			}
		}
		if report, err := l.Verify(t.Context(), ""); err != nil || report.Fault != "" {
			t.Errorf("with every value put back: got %+v, %v, want no fault", report, err)
		}
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
	if report.Fault == "" {
		t.Errorf("%s.%s of %v: %q became %q, and verify found the log intact", table, column, key, was, changed)
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
		{"personal data erased by hand", []string{`UPDATE events SET salt = NULL, personal = NULL WHERE sequence = 5`}, 5},
		{"a change that no page finds any more", []string{`DELETE FROM changes WHERE id = 'a'`}, 4},
		{"a change that never was", []string{`INSERT INTO changes (sequence, id, last, at, instance, state, collection, path,
			verb, subject, person, reason, undoes)
			VALUES (99, 'z', 99, 1, 'x', 'applied', 'c', '/c', 'create', 's', '', '', '')`}, 0},
		{"a state that the facts do not bear out", []string{`UPDATE changes SET state = 'refused' WHERE id = 'a'`}, 4},
		{"an event that the table has not seen", []string{`UPDATE changes SET last = 6 WHERE id = 'b'`}, 6},
		{"an actor who never was", []string{`INSERT INTO actors (subject, issuer, name, email, search, last)
			VALUES ('z', '', '', '', 'z  ', 4)`}, 0},
		{"revocations emptied", []string{`DELETE FROM revocations`}, 0},
		{"a note of another head", []string{`UPDATE head SET note = replace(note, 'erased 2', 'erased 1')`}, 11},
	}
}

// forged is an event as somebody writes it who knows how the chain is made and has no key.
type forged struct {
	sequence int64
	id       string
	document string
	personal string
}

// forge adds events at the end and makes the rest look whole, but for the signature.
func forge(t *testing.T, raw *sql.DB, events ...forged) {
	t.Helper()
	var hash []byte
	query := `SELECT hash FROM events WHERE sequence = $1`
	if err := raw.QueryRowContext(t.Context(), query, events[0].sequence-1).Scan(&hash); err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		salt := bytes.Repeat([]byte{7}, 32)
		digest := sha256.Sum256(append(bytes.Clone(salt), e.personal...))
		text := append([]byte("protime-admin audit event 1\n"), hash...)
		text = binary.BigEndian.AppendUint64(text, uint64(len(e.document)))
		text = append(append(text, e.document...), digest[:]...)
		sum := sha256.Sum256(text)
		hash = sum[:]
		exec(t, raw, `INSERT INTO events (sequence, change_id, document, digest, hash, salt, personal)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`, e.sequence, e.id, e.document, digest[:], hash, salt, e.personal)
	}
	exec(t, raw, `UPDATE head SET sequence = $1, hash = $2`, events[len(events)-1].sequence, hash)
}

func TestAForgerWhoHasNoKeyIsFound(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		for _, test := range []struct {
			name  string
			do    func(t *testing.T, raw *sql.DB, at time.Time)
			fault string
		}{
			{"personal data blanked, and a retention event made up", func(t *testing.T, raw *sql.DB, at time.Time) {
				exec(t, raw, `UPDATE events SET salt = NULL, personal = NULL WHERE sequence <= 10`)
				exec(t, raw, `UPDATE changes SET subject = '', person = '', reason = '', date = '' WHERE sequence <= 10`)
				exec(t, raw, `DELETE FROM actors WHERE last <= 10`)
				forge(t, raw, forged{12, "", fmt.Sprintf(`{"sequence":12,"at":%q,"instance":"x","kind":"erased","erased":`+
					`{"through":10,"before":%q,"retention":"24h0m0s"}}`, at.Format(time.RFC3339Nano),
					at.Add(-24*time.Hour).Format(time.RFC3339Nano)), `{}`})
				exec(t, raw, `UPDATE head SET erased = 10`)
			}, "was not old enough"},
			{"the same with an event of the right age", func(t *testing.T, raw *sql.DB, at time.Time) {
				exec(t, raw, `UPDATE events SET salt = NULL, personal = NULL WHERE sequence <= 10`)
				exec(t, raw, `UPDATE changes SET subject = '', person = '', reason = '', date = '' WHERE sequence <= 10`)
				exec(t, raw, `DELETE FROM actors WHERE last <= 10`)
				at = at.Add(48 * time.Hour)
				forge(t, raw, forged{12, "", fmt.Sprintf(`{"sequence":12,"at":%q,"instance":"x","kind":"erased","erased":`+
					`{"through":10,"before":%q,"retention":"24h0m0s"}}`, at.Format(time.RFC3339Nano),
					at.Add(-24*time.Hour).Format(time.RFC3339Nano)), `{}`})
				exec(t, raw, `UPDATE head SET erased = 10, at = $1`, at.UnixMicro())
			}, "not signed"},
			{"a change made up in somebody's name", func(t *testing.T, raw *sql.DB, at time.Time) {
				forge(t, raw, forged{12, "z", fmt.Sprintf(`{"sequence":12,"change":"z","at":%q,"instance":"x","kind":"prepared",`+
					`"issuer":"https://id.acme.example","prepared":{"collection":"clockings","verb":"delete","path":"/clockings/1",`+
					`"method":"DELETE","resource":"/clockings/1"}}`, at.Format(time.RFC3339Nano)),
					`{"subject":"sub-els","name":"Els Peeters","email":"els@acme.example"}`})
				exec(t, raw, `INSERT INTO changes (sequence, id, last, at, instance, state, collection, path, verb, subject,
					person, reason, undoes) VALUES (12, 'z', 12, $1, 'x', 'sending', 'clockings', '/clockings/1', 'delete',
					'sub-els', '', '', '')`, at.UnixMicro())
				exec(t, raw, `UPDATE actors SET last = 12 WHERE subject = 'sub-els'`)
			}, "not signed"},
			{"the last event removed", func(t *testing.T, raw *sql.DB, _ time.Time) {
				exec(t, raw, `DELETE FROM events WHERE sequence = 11`)
				exec(t, raw, `DELETE FROM changes WHERE sequence = 11`)
				exec(t, raw, `UPDATE actors SET last = 9 WHERE last = 11`)
				exec(t, raw, `UPDATE head SET sequence = 10, hash = (SELECT hash FROM events WHERE sequence = 10)`)
			}, "not signed"},
		} {
			t.Run(test.name, func(t *testing.T) {
				db := db.another(t)
				l := history(t, db)
				test.do(t, db.unguarded(t), receipt(t, l, "c").At)
				report := altered(t, l, "")
				if !strings.Contains(report.Fault, test.fault) {
					t.Errorf("got event %d: %s, want %q", report.Broken, report.Fault, test.fault)
				}
				if err := l.Prepare(t.Context(), "next", edit()); !errors.Is(err, audit.ErrHead) {
					t.Errorf("the next change: got %v, want ErrHead: it would sign what was forged", err)
				}
			})
		}
	})
}

func TestAHeadKeptElsewhereShowsAnOldCopy(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := history(t, db)
		head, err := l.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, bare, _ := strings.Cut(head.String(), ":")
		var signed string
		if err := db.raw(t).QueryRowContext(t.Context(), `SELECT note FROM head`).Scan(&signed); err != nil {
			t.Fatal(err)
		}
		file := t.TempDir() + "/old.db" // an old copy, with its signature
		if err := l.Backup(t.Context(), file); err != nil {
			t.Fatal(err)
		}
		prepare(t, l, "later", edit())
		for _, kept := range []string{head.String(), bare, signed} {
			verify(t, l, kept) // an earlier head stays good
		}
		later, err := l.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		old := database{url: "sqlite:" + file}.read(t)
		verify(t, old, signed)
		if report := altered(t, old, later.String()); report.Broken != 12 {
			t.Errorf("got event %d: %s, want 12", report.Broken, report.Fault)
		}
		for _, none := range []string{"not a head", strings.Replace(signed, "sequence 11", "sequence 10", 1)} {
			if _, err := l.Verify(t.Context(), none); err == nil {
				t.Errorf("%q: got no error, want one", none)
			}
		}
	})
}

// emptied makes a log what the migrations leave behind; what made it is the schema's own.
func emptied(db database) []string {
	hash, none := `zeroblob(32)`, `x''`
	if db.driver == "pgx" {
		hash, none = `decode(repeat('00', 32), 'hex')`, `''`
	}
	return []string{
		`DELETE FROM events`, `DELETE FROM changes`, `DELETE FROM actors`, `DELETE FROM looks`, `DELETE FROM revocations`,
		`UPDATE head SET sequence = 0, hash = ` + hash + `, at = 0, erased = 0, revocations = ` + none + `, note = ''`,
	}
}

func TestALogThatWasEmptiedIsNotWholeAndTakesNothing(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		var logged strings.Builder
		l := db.open(t, audit.Options{Logger: slog.New(slog.NewTextHandler(&logged, nil))})
		report := verify(t, l, "")
		if head, err := audit.ParseHead(report.Head.String()); err != nil || head.Sequence != 0 {
			t.Errorf("the head of a new log: got %q, %v, want one that is read again", report.Head, err)
		}
		verify(t, l, report.Head.String())
		raw := db.unguarded(t)
		for _, events := range []int{0, 1} {
			if events > 0 {
				prepare(t, l, "a", edit())
			}
			exec(t, raw, `CREATE TABLE kept AS SELECT * FROM head`)
			for _, statement := range emptied(db) {
				exec(t, raw, statement)
			}
			if report := altered(t, l, ""); !strings.Contains(report.Fault, "not signed") {
				t.Errorf("got %s, want that the head is not signed", report.Fault)
			}
			if err := l.Prepare(t.Context(), "next", edit()); !errors.Is(err, audit.ErrHead) {
				t.Errorf("the next change after %d: got %v, want ErrHead", events, err)
			}
			if !strings.Contains(logged.String(), `level=ERROR msg="the audit log was altered"`) {
				t.Errorf("got %q, want it logged", logged.String())
			}
			logged.Reset()
			for _, statement := range []string{`DELETE FROM head`, `INSERT INTO head SELECT * FROM kept`, `DROP TABLE kept`} {
				exec(t, raw, statement)
			}
		}
	})
}

func TestAnOldCopyPutBackUnderARunningServerTakesNothing(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := history(t, db)
		raw := db.unguarded(t)
		exec(t, raw, `CREATE TABLE kept AS SELECT * FROM head`)
		prepare(t, l, "z", edit())
		for _, statement := range []string{
			`DELETE FROM events WHERE sequence = 12`, `DELETE FROM changes WHERE sequence = 12`,
			`UPDATE actors SET last = 11 WHERE last = 12`, `DELETE FROM head`, `INSERT INTO head SELECT * FROM kept`,
		} {
			exec(t, raw, statement)
		}
		if err := l.Prepare(t.Context(), "next", edit()); !errors.Is(err, audit.ErrHead) {
			t.Errorf("the next change: got %v, want ErrHead", err)
		}
		if err := l.Health(t.Context()); !errors.Is(err, audit.ErrHead) {
			t.Errorf("health: got %v, want ErrHead", err)
		}
		exec(t, raw, `DELETE FROM head`)
		if err := l.Prepare(t.Context(), "next", edit()); !errors.Is(err, audit.ErrHead) {
			t.Errorf("without a head: got %v, want ErrHead", err)
		}
	})
}

func TestASchemaThatIsNotTheMigrationsOwnIsFound(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		on := map[string][]string{
			"sqlite": {
				`DROP TRIGGER events_stay`, `DROP TRIGGER events_unchanged`, `DROP INDEX changes_person`, `DROP TABLE actors`,
				`CREATE TRIGGER more AFTER INSERT ON events BEGIN UPDATE changes SET person = ''; END`,
				`CREATE INDEX more ON changes (id) WHERE 1 = 0`, `ALTER TABLE revocations ADD COLUMN more TEXT`,
				`CREATE TRIGGER more AFTER INSERT ON Revocations BEGIN DELETE FROM revocations WHERE key = NEW.key; END`,
				`CREATE TRIGGER more AFTER INSERT ON looks BEGIN DELETE FROM looks; END`, `DROP TABLE looks`,
				`CREATE TRIGGER more AFTER INSERT ON goose_db_version BEGIN DELETE FROM looks; END`,
			},
			"pgx": {
				`DROP TRIGGER events_stay ON events`, `ALTER TABLE events DISABLE TRIGGER events_unchanged`,
				`DROP INDEX changes_person`, `DROP TABLE actors`, `ALTER TABLE events DROP CONSTRAINT events_check`,
				`CREATE OR REPLACE FUNCTION events_stay() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'`,
				`CREATE RULE more AS ON INSERT TO events DO ALSO NOTHING`, `ALTER TABLE revocations ADD COLUMN more TEXT`,
				`ALTER TABLE instances SET UNLOGGED`, `ALTER TABLE events ENABLE ROW LEVEL SECURITY`,
				`CREATE TRIGGER more AFTER INSERT ON changes FOR EACH ROW EXECUTE FUNCTION events_unchanged()`,
				`CREATE TRIGGER more AFTER INSERT ON looks FOR EACH ROW EXECUTE FUNCTION events_unchanged()`, `DROP TABLE looks`,
				`CREATE TABLE more () INHERITS (changes)`,
				`CREATE SCHEMA postgres CREATE TABLE instances (id TEXT PRIMARY KEY, seen BIGINT NOT NULL)`,
				`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET session_replication_role = replica', current_database()); END $$`,
			},
		}
		for _, statement := range on[db.driver] {
			t.Run(statement, func(t *testing.T) {
				db := db.another(t)
				l := history(t, db)
				verify(t, l, "")
				exec(t, db.raw(t), statement)
				if report, err := l.Verify(t.Context(), ""); err != nil || report.Schema == "" || report.Fault != "" {
					t.Errorf("got %+v, %v, want only that the schema changed", report, err)
				}
			})
		}
		db = db.another(t)
		l := history(t, db)
		exec(t, db.raw(t), `CREATE TABLE somebody_elses (id INTEGER PRIMARY KEY)`)
		verify(t, l, "")
	})
}

func TestLooksThatWouldNotBeMadeAreFound(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := db.open(t, audit.Options{})
		for _, id := range []string{"a", "b"} {
			prepare(t, l, id, edit())
			add(t, l, id, lost("timeout"))
		}
		verify(t, l, "")
		raw := db.raw(t)
		due := time.Now().Add(time.Hour).UnixMicro()
		exec(t, raw, `UPDATE looks SET due = $1, tries = 9 WHERE change_id = 'a'`, due) // as one that failed often
		verify(t, l, "")
		for _, statement := range []string{
			`UPDATE looks SET due = 4102444800000000 WHERE change_id = 'a'`, // in 2100
			`UPDATE looks SET change_id = 'z' WHERE change_id = 'a'`,
			`DELETE FROM looks WHERE change_id <> 'b'`,
		} {
			exec(t, raw, statement)
			if report := altered(t, l, ""); !strings.Contains(report.Fault, "the table of looks") {
				t.Errorf("%s: got %s, want that looks are wrong", statement, report.Fault)
			}
		}
		if _, err := l.Rebuild(t.Context()); err != nil {
			t.Fatal(err)
		}
		verify(t, l, "")
	})
}

func TestRebuildMakesThePagesTablesAnew(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := history(t, db)
		raw := db.raw(t)
		exec(t, raw, `UPDATE changes SET state = 'refused', person = 'x' WHERE sequence > 4`)
		exec(t, raw, `DELETE FROM changes WHERE sequence = 4`)
		exec(t, raw, `DELETE FROM actors`)
		altered(t, l, "")
		if changes, err := l.Rebuild(t.Context()); err != nil || changes != 5 {
			t.Fatalf("got %d, %v, want 5 changes", changes, err)
		}
		verify(t, l, "")
		if got := receipt(t, l, "a").UndoneBy; got != "u" {
			t.Errorf("undone by: got %q, want u", got)
		}
		prepare(t, l, "next", edit())
		many := make([]change.Event, 1100) // more than a rebuild reads at once, twice
		for i := range many {
			many[i] = looked(change.Unclear, change.SeenOtherwise)
		}
		add(t, l, "c", many...)
		if changes, err := l.Rebuild(t.Context()); err != nil || changes != 6 {
			t.Fatalf("got %d, %v, want 6 changes", changes, err)
		}
		verify(t, l, "")
	})
}

func TestWhatSomebodyDidToTheDatabaseIsNotCalledUnreadable(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		for _, test := range []struct{ statement, want string }{
			{`ALTER TABLE events ADD COLUMN salts TEXT`, "schema changed: "},
			{`DELETE FROM head`, "altered: event 11: the head is missing"},
			{`DROP TABLE head`, "schema changed: "},
			{`DROP TABLE goose_db_version`, "altered: the log: "},
			{`DELETE FROM goose_db_version`, "altered: the log: "},
		} {
			db := db.another(t)
			history(t, db)
			exec(t, db.raw(t), test.statement)
			var out, problems bytes.Buffer
			code := audit.Command(t.Context(), []string{"verify"}, db.settings(), "", &out, &problems)
			if code != audit.ExitAltered || !strings.Contains(out.String(), test.want) {
				t.Errorf("%s: got %d, %q, %q; want 1 and %q", test.statement, code, out.String(), problems.String(), test.want)
			}
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
	check := func() {
		t.Helper()
		var out, problems bytes.Buffer
		if code := audit.Command(t.Context(), []string{"verify"}, db.settings(), "", &out, &problems); code != audit.ExitAltered {
			t.Errorf("exit: got %d (%s%s), want 1", code, out.String(), problems.String())
		}
	}
	check()
	// A schema that SQLite cannot even read.
	exec(t, raw, `UPDATE sqlite_schema SET tbl_name = 'x' WHERE name = 'events_stay'`)
	check()
}

func TestCommandsSayHowTheLogIsByTheirExitCode(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l, err := audit.Open(t.Context(), db.url, serving())
		if err != nil {
			t.Fatal(err)
		}
		prepare(t, l, "a", edit())
		add(t, l, "a", answered(200))
		head, err := l.Head(t.Context())
		if err := errors.Join(err, l.Close()); err != nil {
			t.Fatal(err)
		}
		public, err := audit.PublicKey(key())
		if err != nil {
			t.Fatal(err)
		}
		var signed string
		if err := db.raw(t).QueryRowContext(t.Context(), `SELECT note FROM head`).Scan(&signed); err != nil {
			t.Fatal(err)
		}
		kept, exported := t.TempDir()+"/kept", t.TempDir()+"/log.ndjson"
		if err := os.WriteFile(kept, []byte(signed), 0o600); err != nil {
			t.Fatal(err)
		}
		var stdout string
		check := func(s audit.Settings, want int, text string, args ...string) {
			t.Helper()
			var out, problems bytes.Buffer
			code := audit.Command(t.Context(), args, s, "usage: ...", &out, &problems)
			stdout = out.String()
			if code != want || !strings.Contains(stdout+problems.String(), text) {
				t.Errorf("%s: got %d, %q, %q; want %d and %q", args, code, stdout, problems.String(), want, text)
			}
		}
		both, auditors, none := db.settings(), db.settings(), db.settings()
		auditors.Key, auditors.PublicKey, none.Key = nil, public, nil
		intact := "intact: 2 events, 1 changes, personal data removed from 0 events\nhead " + head.String()
		check(both, 0, intact, "verify")
		check(auditors, 0, intact, "verify", "--head", head.String())
		check(auditors, 0, intact, "verify", "--head", kept)
		check(none, 2, "AUDIT_PUBLIC_KEY", "verify")
		check(both, 2, "nonsense", "verify", "--head", "nonsense")
		check(both, 0, public, "key")
		check(none, 2, "the key", "key")
		check(both, 0, "1 changes", "rebuild")
		check(none, 2, "the key", "rebuild")
		check(none, 0, "head "+head.String(), "export")
		if err := os.WriteFile(exported, []byte(stdout), 0o600); err != nil {
			t.Fatal(err)
		}
		check(auditors, 0, intact, "verify", "--export", exported)
		check(both, 0, intact, "verify", "--export", exported, "--head", kept)
		check(none, 0, "Els Peeters", "export", "--format", "csv")
		check(none, 2, "no format", "export", "--format", "xml")
		for _, args := range [][]string{{}, {"nothing"}, {"verify", "more"}, {"verify", "--format", "csv"}, {"backup"}, {"key", "x"}} {
			check(both, 2, "usage", args...)
		}
		exec(t, db.unguarded(t), `UPDATE events SET document = replace(document, '"status":200', '"status":409')`)
		check(both, 1, "altered: event 2: ", "verify")
		check(both, 1, map[string]string{"sqlite": "schema changed: ", "pgx": ""}[db.driver], "verify")
	})
	var out, problems bytes.Buffer
	for _, address := range []string{"sqlite:/nowhere/audit.db", "postgres://u:secret-word@127.0.0.1:1/x"} {
		s := audit.Settings{DatabaseURL: address, Key: key()}
		if code := audit.Command(t.Context(), []string{"verify"}, s, "", &out, &problems); code != 2 {
			t.Errorf("%s: got %d, want 2", address, code)
		}
	}
	if strings.Contains(problems.String(), "secret-word") {
		t.Errorf("standard error has the password: %s", problems.String())
	}
}

func TestABitThatFlipsInTheFileIsFoundOrChangesNothing(t *testing.T) {
	db := sqlite(t)
	l, err := audit.Open(t.Context(), db.url, serving())
	if err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		prepare(t, l, number(i), edit())
		add(t, l, number(i), answered(200))
	}
	original, _ := export(t, l, audit.NDJSON)
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
		if code := audit.Command(t.Context(), []string{"verify"}, copied.settings(), "", &out, &problems); code != audit.ExitIntact {
			found++
			continue
		}
		if text, _ := export(t, copied.read(t), audit.NDJSON); text != original {
			t.Errorf("byte %d: the export changed, and verify found the log intact", at)
		}
	}
	if found == 0 {
		t.Error("no flipped bit was found")
	}
	t.Logf("%d of 150 flips found, the others are in unused space or beside the log", found)
}
