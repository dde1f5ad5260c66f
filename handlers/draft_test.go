package handlers_test

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"protime-admin/internal/batch"
	"protime-admin/internal/change"
	"protime-admin/protime/simulator"
)

// presses is the form of a draft with one of its buttons pressed, the one that sends where name is "".
func (p *page) presses(name, value string) *filled {
	form := p.form("main form.draft")
	if name != "" {
		return form.press(name, value)
	}
	form.values.Del("do")
	form.action = p.resolve(p.find("button.main[formaction]").AttrOr("formaction", ""))
	return form
}

// numbers are the numbers of the rows that a draft's page shows.
func (p *page) numbers() string { return strings.Join(p.texts("tr[data-row] td.soft"), " ") }

func TestEveryButtonOfACheckKeepsWhatStandsInThePage(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	rows := []string{"Badge|Datum|Uur", "6767600|" + day(3) + "|5u30", "6767601|" + day(3) + "|25:31", "6767602|" + day(3) + "|5u32"}
	first := els.paste(rows[:2]...).presses("", "").send().wants(http.StatusOK)
	w.became(batch.Batch{ID: strings.TrimPrefix(first.url.Path, "/batches/"), Actor: w.actor("els", change.Editor)}, 2, 0, created(9001))
	for _, tt := range []struct{ name, button, value, lands string }{
		{"send what was sent before, too", "do", "again", "Check"},
		{"check again", "do", "check", "Check"},
		{"another selection", "go", "/batches/x?rows=ready", "Check"},
		{"more rows", "go", "/batches/x?rows=all&after=2", "Check"},
		{"the columns", "go", "/batches/x?step=columns", "Columns"},
		{"an address of another site", "go", "https://elsewhere.example/?rows=all", "Check"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			els := els.in(t)
			path := els.paste(rows...).url.Path
			form := els.get(path+"?rows=all").presses(tt.button, tt.value).set("cell.3.2", "0531").set("why.note", "gate A")
			form.values.Del("row")
			form.values.Del("why")
			after := form.send().wants(http.StatusOK)
			if got := after.text(".steps [aria-current]"); got != tt.lands || after.url.Path != path {
				t.Errorf("got %s with the step %q, want %s with %q", after.url.Path, got, path, tt.lands)
			}
			now := els.get(path + "?rows=all").wants(http.StatusOK)
			if got := now.find("[name='why.note']").AttrOr("value", ""); got != "gate A" {
				t.Errorf("the note is %q, want what was typed", got)
			}
			if got := now.text("tr[data-row]:nth-child(2)"); now.cells() != "" || !strings.Contains(got, "05:31") {
				t.Errorf("got the row %q, want the time that was typed", got)
			}
			if now.find("[name=row][value='4'][checked]").Length() > 0 {
				t.Error("row 4 is ticked, want it left out")
			}
			if got, want := now.find("[name=row][value='2'][checked]").Length() > 0, tt.value == "again"; got != want {
				t.Errorf("the row that was sent before is ticked: %t, want %t", got, want)
			}
		})
	}
}

func TestAReasonThatIsTooLongIsShownAgain(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	page := els.paste("Badge|Datum|Uur", "6767600|"+day(3)+"|5u30")
	long := strings.Repeat("x", 2001)
	for _, button := range []string{"do", ""} {
		answer := page.presses(button, "check").set("why.note", long).send().wants(http.StatusUnprocessableEntity)
		if got := answer.find("[name='why.note']").AttrOr("value", ""); got != long || answer.find(".note.bad").Length() == 0 {
			t.Errorf("the note has %d bytes: %s, want it as it was typed, and why not", len(got), answer.text(".note.bad"))
		}
	}
}

func TestAnOldCheckIsMadeAgainBeforeAnythingIsSent(t *testing.T) {
	at := regexp.MustCompile(`Checked at \d\d:\d\d\.`)
	rows := []string{"Badge|Datum|Uur", "6767600|" + day(3) + "|5u30", "6767601|" + day(3) + "|5u31", "6767602|" + day(3) + "|5u32"}
	started := func(p *page) bool { return p.text(".steps [aria-current]") != "Check" }
	stands := func(w *world) {
		w.clocking(9901, 76502, time.Now().AddDate(0, 0, -3).Format(time.DateOnly), 5*60+31, "Active")
	}
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	fresh, same, moved, away := els.paste(rows...), els.paste(rows...), els.paste(rows...), els.paste(rows...)
	if got := fresh.text(".foot"); !at.MatchString(got) {
		t.Errorf("got %q, want when the rows were checked", got)
	}
	read := len(w.tenant.Requests())
	if page := fresh.presses("", "").send().wants(http.StatusOK); !started(page) || len(w.tenant.Requests()) != read {
		t.Errorf("%d requests: %s, want what was checked just now sent as it is", len(w.tenant.Requests())-read, page.text("main"))
	}
	w.clock.pass(16 * time.Minute)
	if page := same.presses("", "").send().wants(http.StatusOK); !started(page) || len(w.tenant.Requests()) == read {
		t.Errorf("got %q, want rows that are as they were sent after another check", page.text("main"))
	}

	w.tenant.Fail(simulator.Fault{Status: 500, Path: "/clockings"})
	page := away.presses("", "").set("why.note", "gate A").send().wants(http.StatusUnprocessableEntity)
	if got := page.text("main"); !strings.Contains(got, "Nothing was sent: not all rows are checked.") || started(els.get(away.url.Path)) {
		t.Errorf("got %q, want nothing sent while Protime cannot be read", got)
	}
	w.tenant.Heal()
	stands(w)
	page = page.presses("do", "check").send().wants(http.StatusOK)
	if page.numbers() != "3" || page.find("[name='why.note']").AttrOr("value", "") != "gate A" || !strings.Contains(page.text("tr[data-row]"), "Not as at the check before") {
		t.Errorf("got the rows %q, note %q, want the row that is in Protime now: %s", page.numbers(), page.find("[name='why.note']").AttrOr("value", ""), page.text("main"))
	}

	page = moved.presses("", "").set("why.note", "gate A").send().wants(http.StatusUnprocessableEntity)
	if got := page.text(".note.bad"); !strings.Contains(got, "these rows are not as they were at the check before") || page.numbers() != "3" || !at.MatchString(page.text(".foot")) {
		t.Errorf("got %q and the rows %q, want what has changed: %s", got, page.numbers(), page.text("main"))
	}
	if got := page.text("tr[data-row]"); !strings.Contains(got, "Already in Protime at 05:31") || !strings.Contains(got, "Not as at the check before") {
		t.Errorf("got the row %q, want what is new of it", got)
	}
	if page = els.get(moved.url.Path); started(page) || len(w.tenant.Writes()) > 0 {
		t.Fatalf("rows were sent, want none: %s", page.text("main"))
	}
	if got := page.text("button.main"); got != "Send 2 rows" {
		t.Errorf("got the button %q, want the row that is in Protime left out", got)
	}
	if page = page.presses("", "").send().wants(http.StatusOK); !started(page) {
		t.Errorf("got %q, want the rows sent once they were seen", page.text("main"))
	}
}

// A browser leaves its first request when the button is pressed again.
func TestTwoPressesOfSendOnAnOldCheckAreOne(t *testing.T) {
	tenant := founded.today()
	strict := simulator.Strict(t, tenant)
	var holds atomic.Bool
	checking, goesOn := make(chan struct{}), make(chan struct{})
	w := newWorldOn(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/clockings") && holds.CompareAndSwap(true, false) {
			close(checking)
			<-goesOn
		}
		strict.ServeHTTP(rw, r)
	}), 0)
	w.tenant = tenant
	w.knowsPeople()
	els := w.signIn("els")
	page := els.paste("Badge|Datum|Uur", "6767600|"+day(3)+"|5u30", "6767601|"+day(3)+"|5u31")
	start := page.presses("", "").set("why.note", "gate A")
	w.clock.pass(16 * time.Minute)
	for len(w.posts) > 0 {
		<-w.posts
	}
	holds.Store(true)
	ctx, leave := context.WithCancel(t.Context())
	var presses sync.WaitGroup
	presses.Go(func() {
		response, err := els.client.Do(start.request().WithContext(ctx))
		if err == nil {
			_ = response.Body.Close()
		}
	})
	<-checking
	presses.Go(func() {
		answer := els.do(start.request(), true)
		if answer.status != http.StatusOK || answer.text(".steps [aria-current]") == "Check" {
			t.Errorf("got %d at %s, want the batch that the first press started: %s", answer.status, answer.url.Path, answer.text("main"))
		}
	})
	<-w.posts // the first
	<-w.posts // the second
	leave()
	close(goesOn)
	presses.Wait()
}

func TestRowsThatAreInProtimeAlreadyAreSentWhereAskedAlone(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	w.clocking(9901, 76501, daysAgo(3), 5*60+30, "Active")
	w.clocking(9902, 76502, daysAgo(3), 5*60+31, "Active")
	els := w.signIn("els")
	rows := []string{"Badge|Datum|Uur", "6767600|" + day(3) + "|5u30", "6767601|" + day(3) + "|5u31", "6767602|" + day(3) + "|5u32"}
	for _, tt := range []struct{ name, do, row, sends, note string }{
		{"one button", "there", "", "3", ""},
		{"a tick of one row", "check", "3", "2", "1 row is in Protime already and is not sent."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			page := els.in(t).paste(rows...).wants(http.StatusOK)
			if got := page.text(".note.warn"); !strings.Contains(got, "2 rows are in Protime already and are not sent.") {
				t.Fatalf("got %q, want what is in Protime told: %s", got, page.text("main"))
			}
			if got := page.text("button.main"); got != "Send 1 row" {
				t.Errorf("got the button %q, want the row that is not there", got)
			}
			form := page.presses("do", tt.do)
			if tt.row != "" {
				form.values.Add("row", tt.row)
			}
			page = form.send().wants(http.StatusOK)
			if got := page.find("[name=sends]").AttrOr("value", ""); got != tt.sends || !strings.Contains(page.text(".note.warn"), tt.note) {
				t.Errorf("got %s rows to send, notes %q, want %s, %q", got, page.text(".note.warn"), tt.sends, tt.note)
			}
			if got := page.text("tr[data-row]"); !strings.Contains(got, "Already in Protime at 05:31") {
				t.Errorf("got %q, want it still said of the row", got)
			}
		})
	}
}

func TestRowsAreCheckedAgainWhenAsked(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	page := els.paste("Badge|Datum|Uur", "6767600|"+day(3)+"|5u30", "6767601|"+day(3)+"|5u31", "6767602|"+day(3)+"|5u32")
	page = page.presses("do", "check").send().wants(http.StatusOK)
	if got := page.text(".note"); !strings.Contains(got, "nothing has changed") {
		t.Errorf("got %q, want that nothing has changed", got)
	}
	date := time.Now().AddDate(0, 0, -3).Format(time.DateOnly)
	w.clocking(9901, 76501, date, 5*60+30, "Active")
	w.clocking(9902, 76503, date, 5*60+32, "Active")
	path := page.url.Path
	page = page.presses("do", "check").send().wants(http.StatusOK)
	if got := page.text(".note"); page.numbers() != "2 4" || !strings.Contains(got, "not as they were") {
		t.Errorf("got %q and the rows %q, want those that have changed", got, page.numbers())
	}
	// A check that was cut off goes on where it was, and still says what has changed.
	w.tenant.Fail(simulator.Fault{Status: 500, Path: "/clockings"})
	page = page.presses("do", "check").send().wants(http.StatusOK)
	w.tenant.Heal()
	if page.find("button.main[formaction]").Length() > 0 || page.find("[name=from]").Length() != 1 {
		t.Fatalf("got %q, want the check to go on before anything is sent", page.text("main"))
	}
	form := page.presses("do", "check")
	form.set("from", form.values.Get("revision")+".2.1")
	if page = form.send().wants(http.StatusOK); page.url.Query().Get("rows") != "changed" || page.numbers() != "2" {
		t.Errorf("got %s with the rows %q, want the row that had changed before", page.url, page.numbers())
	}
	w.clocking(9902, 76503, date, 5*60+32, "Deleted")
	if page = page.presses("do", "check").send().wants(http.StatusOK); page.numbers() != "4" || page.text("button.main") != "Send 2 rows" {
		t.Errorf("got the rows %q and %q, want the row that is sent now", page.numbers(), page.text("button.main"))
	}
	w.clock.pass(24 * time.Hour)
	els = w.signIn("els")
	want := regexp.MustCompile(time.Now().Format("Checked on Mon 2 Jan( 2006)? at ")) // the year where it has ended since
	if got := els.get(path).text(".foot"); !want.MatchString(got) {
		t.Errorf("got %q, want %q", got, want)
	}
}
