package audit_test

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
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
			begin(t, l, edit(number(i)))
			end(t, l, number(i), answer())
		}
		b := edit("kept")
		b.Actor = tom()
		clock.move(20 * 24 * time.Hour)
		begin(t, l, b)
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
		if r.Path != "/clockings/8192" || r.Reason.Code != "forgotten" || r.State != change.Done {
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
		begin(t, l, edit("a"))
		end(t, l, "a", answer())
		forget(3)
		forget(3) // the event that says so is old too, and nobody's
		begin(t, l, edit("b"))
		end(t, l, "b", answer())
		forget(6)
		if got := receipt(t, l, "b"); !got.Erased {
			t.Errorf("got %+v, want it erased", got)
		}
	})
}

func TestRetentionLeavesNothingPersonalInTheFile(t *testing.T) {
	clock := newClock()
	db := sqlite(t)
	l, err := audit.Open(t.Context(), db.url, audit.Options{Serve: true, Now: clock.now, Retention: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	c := edit("a")
	c.Reason.Note = strings.Repeat("a word that must go ", 500) // more than a page of the file
	begin(t, l, c)
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

func TestWhatRetentionRemovedDoesNotComeBackUnnoticed(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := history(t, db)
		raw := db.unguarded(t)
		exec(t, raw, `UPDATE events SET name = 'Somebody Else' WHERE sequence = 5`)
		if got := altered(t, l, "").Broken; got != 5 {
			t.Errorf("a changed name: got event %d, want 5", got)
		}
		exec(t, raw, `UPDATE events SET name = 'Els Peeters' WHERE sequence = 5`)
		_, err := raw.ExecContext(t.Context(), `UPDATE events SET name = 'Els Peeters' WHERE sequence = 1`)
		if err == nil && altered(t, l, "").Broken != 1 {
			t.Error("a name without its salt was not found at event 1")
		}
	})
}

func TestAnExportIsWholeAndEndsWithTheHead(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		l := history(t, db)
		text, head := export(t, l, audit.NDJSON, change.Query{})
		lines := strings.Split(strings.TrimSpace(text), "\n")
		if len(lines) != 12 {
			t.Fatalf("got %d lines, want 11 events and the head", len(lines))
		}
		if want := `{"head":"` + head.String() + `"}`; lines[11] != want {
			t.Errorf("last line: got %s, want %s", lines[11], want)
		}
		for _, want := range []string{`"sequence":4`, `"kind":"intent"`, `"name":"Els Peeters"`,
			`"before":{"id":8192,"timeOfDayInMinutes":485}`, `"note":"Vergat te tikken, été"`} {
			if !strings.Contains(lines[3], want) {
				t.Errorf("line 4: got %s, want %s in it", lines[3], want)
			}
		}
		if !strings.Contains(lines[0], `"erased":true`) || strings.Contains(lines[0], "Els") {
			t.Errorf("line 1: got %s, want that it is erased", lines[0])
		}
		verify(t, l, head.String())
		filtered, _ := export(t, l, audit.NDJSON, change.Query{Actor: "claes"})
		if got := strings.Count(filtered, "\n"); got != 4 {
			t.Errorf("lines of one actor: got %d, want 3 events and the head", got)
		}
		if got, _ := export(t, l, audit.NDJSON, change.Query{Actor: "nobody"}); strings.Count(got, "\n") != 1 {
			t.Errorf("nobody's events: got %s, want the head alone", got)
		}
	})
}

func TestCSVHoldsNoFormula(t *testing.T) {
	l := sqlite(t).open(t, audit.Options{})
	for i, note := range []string{`=1+1`, `+1`, `-1`, `@SUM(A1)`, "\t=1", "\r=1", "|cmd", "plain, with \"quotes\""} {
		c := edit(number(i))
		c.Reason.Note = note
		begin(t, l, c)
	}
	text, _ := export(t, l, audit.CSV, change.Query{})
	for _, want := range []string{`,'=1+1,`, `,'+1,`, `,'-1,`, `,'@SUM(A1),`, "'\t=1", "'\r=1", `,'|cmd,`, `"plain, with ""quotes"""`} {
		if !strings.Contains(text, want) {
			t.Errorf("got no %q in\n%s", want, text)
		}
	}
	if _, err := l.Export(t.Context(), &bytes.Buffer{}, "xml", change.Query{}); err == nil {
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
				if err := errors.Join(l.Begin(t.Context(), edit(id)), l.End(t.Context(), id, answer())); err != nil {
					t.Errorf("write under backup: %v", err)
				}
			}
		}()
		var copies []string
		for i := range 3 {
			file := t.TempDir() + "/copy" + number(i) + ".db"
			var out, problems bytes.Buffer
			if code := audit.BackupCommand(t.Context(), db.url, file, &out, &problems); code != 0 {
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
			begin(t, copied, edit("after the restore"))
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
	begin(t, l, edit("a"))
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
