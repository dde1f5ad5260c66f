package audit_test

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"protime-admin/internal/audit"
	"protime-admin/internal/change"
)

func TestRetentionRemovesPersonalDataAndTheChainHolds(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		clock := newClock()
		l := db.open(t, audit.Options{Now: clock.now, Retention: 30 * 24 * time.Hour})
		for i := range 3 {
			prepare(t, l, number(i), edit())
			add(t, l, number(i), answered(200))
		}
		clock.move(20 * 24 * time.Hour)
		prepare(t, l, "kept", by(edit(), tom()))
		before, err := l.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		clock.move(15 * 24 * time.Hour)
		if err := l.Forget(t.Context()); err != nil {
			t.Fatal(err)
		}
		report := verify(t, l, before.String())
		if report.Erased != 6 || report.Events != 8 {
			t.Errorf("got %d of %d events erased, want 6 of 8: the eighth says so", report.Erased, report.Events)
		}
		r := receipt(t, l, number(0))
		if !r.Erased || r.Actor.Subject+r.Actor.Name+r.Actor.Email+r.Actor.Number+r.Person+r.Reason.Note != "" ||
			r.Before != nil || r.After != nil || r.Request.Body != nil || r.Body != nil || r.Fingerprint != nil {
			t.Errorf("got %+v, want no personal data", r)
		}
		if r.Path != "/clockings/8192" || r.Reason.Code != "forgotten" || r.State != change.Applied {
			t.Errorf("got %+v, want what is not personal kept", r)
		}
		if got := receipt(t, l, "kept"); got.Erased || got.Actor.Name != "Tom Claes" {
			t.Errorf("the younger change: got %+v, want it whole", got)
		}
		for _, q := range []change.Query{{Actor: "els"}, {Subject: "sub-els"}, {Person: "76547", To: clock.now().Add(-20 * 24 * time.Hour)},
			{Text: "vergat", To: clock.now().Add(-20 * 24 * time.Hour)}} {
			if got := page(t, l, q); len(got) != 0 {
				t.Errorf("%+v: got %s, want nothing", q, ids(got))
			}
		}
		if err := l.Forget(t.Context()); err != nil {
			t.Fatal(err)
		}
		if again := verify(t, l, ""); again.Events != report.Events {
			t.Errorf("a second round: got %d events, want %d", again.Events, report.Events)
		}
	})
}

func TestRetentionOfAnIdleLogWritesNothing(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		clock := newClock()
		l := db.open(t, audit.Options{Now: clock.now, Retention: time.Hour})
		forget := func(want int64) {
			t.Helper()
			clock.move(2 * time.Hour)
			if err := l.Forget(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := verify(t, l, "").Events; got != want {
				t.Errorf("got %d events, want %d", got, want)
			}
		}
		prepare(t, l, "a", edit())
		add(t, l, "a", answered(200))
		forget(3)
		forget(3) // the event that says so is old too, and nobody's
		prepare(t, l, "b", edit())
		add(t, l, "b", answered(200))
		forget(6)
		if got := receipt(t, l, "b"); !got.Erased {
			t.Errorf("got %+v, want it erased", got)
		}
	})
}

func TestRetentionLeavesNothingPersonalInTheFile(t *testing.T) {
	clock := newClock()
	db := sqlite(t)
	l, err := audit.Open(t.Context(), db.url, audit.Options{Serve: true, Key: key(), Now: clock.now, Retention: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	e := edit()
	e.Personal.Note = strings.Repeat("a word that must go ", 500) // more than a page of the file
	prepare(t, l, "a", e)
	clock.move(2 * time.Hour)
	if err := l.Forget(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(db.file())
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range []string{"a word that must go", "Els Peeters", "els@acme", "timeOfDayInMinutes", "vergat"} {
		if bytes.Contains(content, []byte(word)) {
			t.Errorf("the file still has %q", word)
		}
	}
}

func TestRetentionDoesNotBelieveAWrongClock(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		clock := newClock()
		l := db.open(t, audit.Options{Now: clock.now, Retention: 30 * 24 * time.Hour})
		prepare(t, l, "a", edit())
		add(t, l, "a", answered(200))
		const tenYears = 87600 * time.Hour
		clock.move(tenYears)
		if err := l.Forget(t.Context()); err == nil {
			t.Error("a reading of 2036: got no error, want that retention says that the clock may be wrong")
		}
		prepare(t, l, "wrong", edit())
		if err := l.Forget(t.Context()); err == nil {
			t.Error("a second reading of 2036: got no error, want one")
		}
		if receipt(t, l, "a").Erased || receipt(t, l, "wrong").Erased {
			t.Error("got something erased, want nothing")
		}
		clock.move(-tenYears)
		for range 3 { // the log goes on
			clock.move(20 * 24 * time.Hour)
			prepare(t, l, number(clock.now().YearDay()), edit())
		}
		if err := l.Forget(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !receipt(t, l, "a").Erased || !receipt(t, l, "wrong").Erased {
			t.Error("got something not erased of what came before an old change, want all of it erased")
		}
		if got := verify(t, l, ""); got.Erased != 4 {
			t.Errorf("got %d events erased, want 4", got.Erased)
		}
	})
}

func TestAnExportIsWholeAndIsVerifiedByItself(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := history(t, db)
		text, head := export(t, l, audit.NDJSON)
		lines := slices.Collect(strings.Lines(text))
		if len(lines) != 12 || !strings.Contains(lines[11], `{"head":"`+head.String()+`","note":"protime-admin audit head 1`) {
			t.Fatalf("got %d lines, the last %s; want 11 events and the head", len(lines), lines[len(lines)-1])
		}
		for _, want := range []string{`{"document":{"sequence":4,"change":"a",`, `"kind":"prepared"`, `"name":"Els Peeters"`,
			`"before":{"id":8192,"timeOfDayInMinutes":485}`, `"note":"Vergat te tikken, été"`} {
			if !strings.Contains(lines[3], want) {
				t.Errorf("line 4: got %s, want %s in it", lines[3], want)
			}
		}
		if strings.Contains(lines[0], "personal") || strings.Contains(lines[0], "Els") {
			t.Errorf("line 1: got %s, want what is erased left out", lines[0])
		}
		public, err := audit.PublicKey(key())
		if err != nil {
			t.Fatal(err)
		}
		other, err := audit.PublicKey([]byte("another key of thirty-two bytes or more"))
		if err != nil {
			t.Fatal(err)
		}
		first := regexp.MustCompile(`"document":(\{.*\}),"personal"`).FindStringSubmatch(lines[3])[1]
		forged := strings.Replace(first, "clockings", "people", 1)
		replaced := func(old, with string) string { return strings.Replace(text, old, with, 1) }
		for _, test := range []struct {
			name, text, public, fault string
		}{
			{"as it was written", text, public, ""},
			{"a changed fact", replaced(`"status":200`, `"status":409`), public, "hash"},
			{"a changed name", replaced("Els Peeters", "Els Pieters"), public, "personal data"},
			{"a line left out", strings.Join(slices.Concat(lines[:5], lines[6:]), ""), public, "hash"},
			{"the first line left out", strings.Join(lines[1:], ""), public, "hash"},
			{"the last event left out", strings.Join(slices.Concat(lines[:10], lines[11:]), ""), public, "event 11 is missing"},
			{"an event after the head", text + lines[3], public, "goes on after"},
			{"a bracket and an event after the head", text + "]" + lines[3], public, "goes on after"},
			{"a member twice", replaced(`{"document":`+first, `{"document":`+forged+`,"document":`+first), public, "not as an export"},
			{"a member in other letters", replaced(`{"document":`+first, `{"document":`+forged+`,"Document":`+first), public,
				"not as an export"},
			{"a member that no export has", replaced(`{"document":`, `{"comment":"","document":`), public, "not as an export"},
			{"a head beside an event", replaced(`}`+"\n", `,"head":"1:00"}`+"\n"), public, "not as an export"},
			{"another head than the note's", replaced(`{"head":"11:`, `{"head":"12:`), public, "not the one that is signed"},
			{"something beside the head", replaced(`{"head":`, `{"personal":null,"head":`), public, "not the one that is signed"},
			{"no JSON", replaced(`{"document"`, `X"document"`), public, "not as an export"},
			{"a list", "[" + text + "]", public, "not as an export"},
			{"cut off", strings.Join(lines[:11], ""), public, "ends before its head"},
			{"personal data left out", regexp.MustCompile(`"personal":.*"digest"`).ReplaceAllString(lines[3], `"digest"`), public, ""},
			{"signed with another key", text, other, "not signed"},
		} {
			t.Run(test.name, func(t *testing.T) {
				if test.name == "personal data left out" {
					test.text, test.fault = strings.Replace(text, lines[3], test.text, 1), "retention"
				}
				report, err := audit.VerifyExport(strings.NewReader(test.text), audit.Options{PublicKey: test.public}, head.String())
				if err != nil || (test.fault == "") != report.Intact() || !strings.Contains(report.Fault, test.fault) {
					t.Errorf("got %+v, %v, want a fault with %q", report, err, test.fault)
				}
			})
		}
	})
}

func TestCSVHoldsNoFormula(t *testing.T) {
	l := sqlite(t).open(t, audit.Options{})
	for i, note := range []string{`=1+1`, `+1`, `-1`, `@SUM(A1)`, "\t=1", "\r=1", "|cmd", ` =2`, `a;=3`, `a,"=4`, "\u00a0＝5", "plain, with \"quotes\""} {
		e := edit()
		e.Personal.Note = note
		prepare(t, l, number(i), e)
	}
	text, _ := export(t, l, audit.CSV)
	for _, want := range []string{`;'=1+1;`, `;'+1;`, `;-1;`, `;'@SUM(A1);`, "\t'=1", `"''=1"`, `;'|cmd;`, ` '=2`, `a;'=3`, `"a,""'=4"`,
		`"plain, with ""quotes"""`, "\u00a0'＝5"} {
		if !strings.Contains(text, want) {
			t.Errorf("got no %q in\n%s", want, text)
		}
	}
	if _, err := l.Export(t.Context(), &bytes.Buffer{}, "xml"); err == nil {
		t.Error("a format that is none: got no error, want one")
	}
}

func TestABackupTakenUnderLoadCanBeServedFrom(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := history(t, db)
		stop, stopped := make(chan struct{}), make(chan int)
		go func() {
			i := 0
			for ; ; i++ {
				select {
				case <-stop:
					stopped <- i
					return
				default:
				}
				id := number(i)
				if err := errors.Join(l.Prepare(t.Context(), id, edit()), l.Append(t.Context(), id, answered(200))); err != nil {
					t.Errorf("write under backup: %v", err)
				}
			}
		}()
		var copies []string
		for i := range 3 {
			file := t.TempDir() + "/copy" + number(i) + ".db"
			var out, problems bytes.Buffer
			if code := audit.Command(t.Context(), []string{"backup", file}, db.settings(), "", &out, &problems); code != 0 {
				t.Fatalf("backup: %d %s", code, problems.String())
			}
			copies = append(copies, file)
		}
		close(stop)
		written := <-stopped
		last := int64(0)
		for _, file := range copies {
			restored := database{url: "sqlite:" + file}
			copied := restored.open(t, audit.Options{})
			report := verify(t, copied, "")
			if report.Events < 11 || report.Events < last || report.Erased != 2 {
				t.Errorf("got %d events, %d erased, want at least those before", report.Events, report.Erased)
			}
			last = report.Events
			if got := receipt(t, copied, "a"); got.UndoneBy != "u" || got.Actor.Name != "Els Peeters" {
				t.Errorf("receipt: got %+v, want it as it was", got)
			}
			if got := ids(page(t, copied, change.Query{Actor: "claes"})); got != "b" {
				t.Errorf("changes of Tom: got %q, want b", got)
			}
			prepare(t, copied, "after the restore", edit())
			verify(t, copied, "")
			if err := l.Backup(t.Context(), file); err == nil {
				t.Error("backup over a file: got no error, want one")
			}
		}
		t.Logf("%d changes were written meanwhile", written)
		verify(t, l, "")
	})
}

func TestTheHeadIsWrittenToTheProcessesLog(t *testing.T) {
	var out lockedBuffer
	l := sqlite(t).open(t, audit.Options{Logger: slog.New(slog.NewTextHandler(&out, nil))})
	prepare(t, l, "a", edit())
	head, err := l.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	run(t, l)
	eventually(t, "the head is logged", func() bool { return strings.Contains(out.String(), head.String()) })
	if text := out.String(); strings.Contains(text, "Els") {
		t.Errorf("the process's log has personal data: %s", text)
	}
}

// lockedBuffer is a buffer that is written to in the background.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
