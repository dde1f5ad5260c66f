package handlers_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"protime-admin/protime/simulator"
)

// aWorklist is a company of which only Jan's days of the last week have clockings: each test gives them. Everybody else's
// clockings are gone, so that a reading is short.
func aWorklist(t *testing.T, settings ...string) *world {
	t.Helper()
	tenant := founded.today()
	for _, collection := range []string{"clockings", "absences", "assignments"} {
		for _, id := range tenant.IDs(collection) {
			tenant.Remove(collection, id)
		}
	}
	w := newWorldWith(t, tenant, settings...)
	w.knowsPeople()
	return w
}

// clocks adds a person's clockings on a date, whose ids follow each other from the first.
func (w *world) clocks(first int, person, date string, minutes ...int) {
	for i, minute := range minutes {
		w.tenant.Put("clockings", fmt.Sprint(first+i), fmt.Sprintf(`{"id":%d,"person":{"id":%s},"date":"%s","timeOfDayInMinutes":%d,`+
			`"kind":"InOut","terminal":{"id":765},"calculatedTimeOfDayInMinutes":%[4]d,"isGenerated":false,"status":"Active"}`,
			first+i, person, date, minute))
	}
}

// days have four clockings each, and lack the last one where the name says so.
func (w *world) usualDays(first int, person string) {
	for i := range 5 {
		w.clocks(first+10*i, person, daysAgo(i+2), 480, 725, 765, 1000)
	}
}

// lastDays is the worklist of the last nine days.
func lastDays() string { return "/missing?date.ge=" + daysAgo(8) + "&date.le=" + daysAgo(0) }

// list opens the days of the last nine, when they were read: rows that are found late stand at the end until then.
func list(b *browser, more string) *page {
	b.w.t.Helper()
	b.get(lastDays() + more).wants(http.StatusOK)
	return b.get(lastDays() + more).wants(http.StatusOK)
}

// at opens a page of another process that serves the same.
func (b *browser) at(other *world, path string) *page {
	b.w.t.Helper()
	r := b.request(http.MethodGet, other.server.URL+path, nil)
	r.Host = b.w.config.PublicURL.Host
	return b.do(r, true).wants(http.StatusOK)
}

// day is the row of a person's date.
func (p *page) day(person, date string) *selection { return p.find("#day-" + person + "-" + date) }

// words are the text of what is selected, with single spaces.
func words(s *selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

func TestTheFirstPageIsTheDaysThatBreakARule(t *testing.T) {
	w := aWorklist(t)
	w.usualDays(100, "76547")
	w.clocks(200, "76547", daysAgo(1), 481, 725, 765)
	w.clocks(210, "76548", daysAgo(1), 480, 481, 725, 765, 1000)
	w.clocks(220, "76549", daysAgo(8), 480, 725, 765)
	els := w.signIn("els")
	page := list(els, "")
	whole(t, page)
	has(t, page.text(".tabs"), "All 3", "No clock-out 1", "One missing 1", "Too close 1")
	jan := page.day("76547", daysAgo(1))
	has(t, words(jan), "Jan Maes", "No clock-out", "08:01", "12:05", "add out 16:40", "usual (of 5 days)", "Open day")
	if got := jan.Find("[name=timeOfDayInMinutes]").AttrOr("value", ""); got != "16:40" {
		t.Errorf("the field: got %q, want the likely time", got)
	}
	has(t, words(page.day("76548", daysAgo(1))), "Els Peeters", "1 minute apart", "Delete 08:01")
	if got := page.find("tr.day").Length(); got != 2 {
		t.Errorf("got %d dates, want 2", got)
	}
	oldest := page.find("[data-row]").First()
	if id := oldest.AttrOr("id", ""); id != "day-76549-"+daysAgo(8) || !oldest.HasClass("at") {
		t.Errorf("the first row: got %s, want the oldest, as the one to go on with", id)
	}
	if got := page.find("[autofocus]").Length(); got != 1 || oldest.Find("[name=timeOfDayInMinutes][autofocus]").Length() != 1 {
		t.Errorf("got %d elements with the focus, want the field of the oldest day", got)
	}
	has(t, words(oldest), "A clocking is missing", "in or out", "Add a clocking", "No likely time is known")
	day, err := url.Parse(jan.Find("a.who").AttrOr("href", ""))
	if err != nil || day.Query().Get("return") != lastDays() {
		t.Errorf("got the day at %s (%v), want it to come back to the list", day, err)
	}
	again := els.get("/").wants(http.StatusOK)
	if again.find("#day-76547-"+daysAgo(1)).Length() != 1 {
		t.Error("/ is another list than /missing")
	}
	has(t, list(els, "&rule=too-close").text(".work tbody"), "Els Peeters")
	one := list(els, "&rule=too-close")
	if got := one.find("[data-row]").Length(); got != 1 {
		t.Errorf("of one rule: got %d rows, want 1", got)
	}
	has(t, one.text("tr.day"), "1 to check")
	has(t, list(els, "&rule=overlap").text(".empty"), "No day breaks this rule")
	has(t, els.get("/missing?date.ge="+daysAgo(30)+"&date.le="+daysAgo(20)).text(".empty"), "Nothing left to check", "no day that is over")

	w.tenant.Put("assignments", "9100", `{"id":9100,"person":{"id":76547},"from":"`+daysAgo(15)+`","until":"`+daysAgo(15)+
		`","startTimeInMinutes":480,"endTimeInMinutes":990,"activityLevels":[]}`)
	planned := els.get("/missing?date.ge=" + daysAgo(16) + "&date.le=" + daysAgo(14)).wants(http.StatusOK)
	row := planned.day("76547", daysAgo(15))
	has(t, words(row), "Planned, but no clocking")
	if got := words(row.Find("a.button[autofocus]")); got != "Open day" {
		t.Errorf("a day without a clocking: the focus is on %q, want the way to the day", got)
	}
	has(t, planned.follow("#day-76547-"+daysAgo(15)+" a.button").wants(http.StatusOK).text("main"), "Jan Maes", "To check")
}

func TestAnAddedClockingMakesTheDayDone(t *testing.T) {
	w := aWorklist(t)
	w.usualDays(100, "76547")
	w.clocks(200, "76547", daysAgo(1), 481, 725, 765)
	w.clocks(210, "76549", daysAgo(1), 480, 725, 765)
	w.clocks(220, "76548", daysAgo(1), 480, 725, 765) // before Jan by name
	els := w.signIn("els")
	form := list(els, "").form("#day-76547-" + daysAgo(1) + " form")
	w.tenant.Forget()
	after := form.send().wants(http.StatusOK)
	if got := len(w.tenant.Writes()); got != 1 {
		t.Fatalf("got %d writes, want one", got)
	}
	calls := 0
	for _, r := range w.tenant.Requests() {
		if strings.Contains(r.Path, "/clockings") {
			calls++
		}
	}
	if calls != 3 {
		t.Errorf("got %d requests for clockings, want the list before, the change, and the person's days after it", calls)
	}
	has(t, after.text("#done"), "as calculated")
	done := after.day("76547", daysAgo(1))
	if !done.HasClass("done") {
		t.Errorf("got %q, want the row done", words(done))
	}
	has(t, words(done), "16:40 added", "Undo", "08:01", "12:45")
	if done.Find(".punch.new").Length() != 1 {
		t.Error("the new clocking is not marked")
	}
	if after.day("76549", daysAgo(1)).Find("[autofocus]").Length() != 1 {
		t.Error("the next day does not have the focus")
	}
	has(t, after.text(".done-bar"), "1 of 3 done")

	if hidden := list(els, "&hide=done"); strings.Contains(hidden.text("tr.day"), "done") {
		t.Errorf("without days that are done: got %q, want no count of them", hidden.text("tr.day"))
	}
	ruled := els.get(after.url.RequestURI()+"&rule=no-out").day("76547", daysAgo(1))
	if !ruled.HasClass("done") || ruled.Find("form[action$='/undo']").Length() != 1 {
		t.Errorf("below the tab of its rule: got %q, want the row that was just done, with its undo", words(ruled))
	}

	has(t, words(els.at(w.replica(), lastDays()).day("76547", daysAgo(1))), "16:40 added", "Undo")
	toms := list(w.signIn("tom"), "").day("76547", daysAgo(1))
	has(t, words(toms), "16:40 added", "Els Peeters")
	if toms.Find("form").Length() != 0 {
		t.Error("somebody else can undo it")
	}
	if marc := list(w.signIn("marc"), ""); marc.day("76547", daysAgo(1)).Length() != 0 {
		t.Error("a reader sees a change of the log")
	}

	undone := after.form("#day-76547-" + daysAgo(1) + " form[action$='/undo']").send().wants(http.StatusOK)
	back := undone.day("76547", daysAgo(1))
	if back.HasClass("done") || back.Find("[name=timeOfDayInMinutes][autofocus]").Length() != 1 {
		t.Errorf("after the undo: got %q, want the day to be checked again, with the focus", words(back))
	}
	has(t, undone.text(".done-bar"), "0 of 3 done")
}

func TestAClockingIsNotAddedToADayThatChangedUnseen(t *testing.T) {
	w := aWorklist(t)
	w.usualDays(100, "76547")
	w.clocks(200, "76547", daysAgo(1), 481, 725, 765)
	els := w.signIn("els")
	worklist := list(els, "").form("#day-76547-"+daysAgo(1)+" form").set("timeOfDayInMinutes", "16:12")
	week := els.get("/people/76547/days?date.ge=" + daysAgo(1) + "&date.le=" + daysAgo(1)).wants(http.StatusOK)
	slot := week.href("a.punch[href*='/new?']")
	has(t, words(els.get(slot).find("#warnings")), "")
	if theForm(els.get(slot)).values.Has("seen") {
		t.Error("nothing has changed: got a warning, want none")
	}
	opened := theForm(els.get("/clockings/new?person.id=76547&date="+daysAgo(1))).set("timeOfDayInMinutes", "16:12")
	w.tenant.Put("clockings", "210", `{"id":210,"person":{"id":76547},"date":"`+daysAgo(1)+`","timeOfDayInMinutes":970,"kind":"Reason","status":"Active"}`)
	for name, form := range map[string]*filled{"a row of the worklist": worklist, "a form": opened} {
		asked := form.send().wants(http.StatusUnprocessableEntity)
		has(t, asked.text("#warnings[role=alert]"), "have changed since this page was drawn: 08:01, 12:05, 12:45, 16:10.")
		if got := len(w.tenant.Writes()); got != 0 {
			t.Fatalf("%s: got %d requests, want none before the answer", name, got)
		}
		if got := theForm(asked).values.Get("timeOfDayInMinutes"); got != "16:12" {
			t.Errorf("%s: got the time %q, want it as it was typed", name, got)
		}
	}
	has(t, els.get(slot).text("#warnings"), "have changed since this page was drawn")
	asked := worklist.send()
	w.tenant.Edit("clockings", "210", `{"timeOfDayInMinutes":971}`)
	asked = theForm(asked).send().wants(http.StatusUnprocessableEntity)
	has(t, asked.text("#warnings[role=alert]"), "16:11")
	theForm(asked).send().wants(http.StatusOK)
	if got := len(w.tenant.Writes()); got != 1 {
		t.Errorf("saved anyway: got %d requests, want 1", got)
	}
}

func TestARequiredReasonIsAskedOnceInTheWorklist(t *testing.T) {
	w := aWorklist(t, "AUDIT_REASON=required", "AUDIT_REASONS=Forgot to clock,Terminal was dead")
	w.usualDays(100, "76547")
	for i, person := range []string{"76547", "76548", "76549"} {
		w.clocks(200+10*i, person, daysAgo(1), 481, 725, 765)
	}
	els := w.signIn("els")
	row := func(person string) string { return "#day-" + person + "-" + daysAgo(1) }
	page := list(els, "")
	left := page.follow(row("76549") + " .menu a[data-key=x]").form(row("76549") + " form.place").send().wants(http.StatusOK)
	if !left.find(row("76549")).HasClass("done") {
		t.Errorf("left as it is: got %q, want it done: the form has a reason of its own", words(left.find(row("76549"))))
	}
	asked := page.form(row("76548")+" form").set("timeOfDayInMinutes", "17:35").send().wants(http.StatusUnprocessableEntity)
	form := theForm(asked)
	if got := form.values.Get("timeOfDayInMinutes") + " " + form.values.Get("person.id") + " " + form.values.Get("date"); got != "17:35 76548 "+daysAgo(1) {
		t.Errorf("asked for the reason: got %q, want what was typed", got)
	}
	has(t, asked.text("[role=alert]"), "reason")
	if got := len(w.tenant.Writes()); got != 0 {
		t.Fatalf("got %d writes, want none without a reason", got)
	}
	done := form.set("why", "Terminal was dead").send().wants(http.StatusOK)
	has(t, words(done.find(row("76548"))), "17:35 added")
	if done.find(row("76547")+" [autofocus]").Length() != 1 {
		t.Error("the next row does not have the focus")
	}
	next := done.form(row("76547") + " form").send().wants(http.StatusOK)
	has(t, words(next.find(row("76547"))), "16:40 added")
	undone := next.form(row("76547") + " form[action$='/undo']").send().wants(http.StatusOK)
	if undone.find(row("76547")+".done").Length() != 0 {
		t.Errorf("undone: got %q, want the day to be checked", words(undone.find(row("76547"))))
	}
	week := els.get("/people/76547/days?date.ge=" + daysAgo(1) + "&date.le=" + daysAgo(1)).wants(http.StatusOK)
	theForm(week.follow("a.punch[href*='/new?']")).set("timeOfDayInMinutes", "16:40").send().wants(http.StatusOK)
	moved := theForm(els.get("/clockings/202/edit")).set("timeOfDayInMinutes", "12:50").send().wants(http.StatusOK)
	moved.form("#done form[action$='/undo']").send().wants(http.StatusOK)
	reasons := map[string]int{}
	for _, change := range w.signIn("anke").get("/changes").wants(http.StatusOK).find("main [data-row], main tbody tr").EachIter() {
		if strings.Contains(words(change), "Terminal was dead") {
			reasons["Terminal was dead"]++
		}
	}
	if got := len(w.tenant.Writes()); got != 6 || reasons["Terminal was dead"] != 6 {
		t.Errorf("got %d writes, %v in the log, want six with the reason that was given once", got, reasons)
	}
}

func TestARowTellsOfACorrectionThatWasNotMade(t *testing.T) {
	w := aWorklist(t)
	w.usualDays(100, "76547")
	w.clocks(200, "76547", daysAgo(1), 481, 725, 765)
	els, tom := w.signIn("els"), w.signIn("tom")
	row := "#day-76547-" + daysAgo(1)
	for _, test := range []struct {
		name, typed string
		fault       simulator.Fault
		want        string
	}{
		{"refused", "17:35", simulator.Fault{Method: "POST", Path: "/clockings", Status: 422, Times: 1}, "Protime refused 17:35"},
		{"not sent, because Protime asked for a pause", "17:40", simulator.Fault{Path: "/terminals", Status: 429, RetryAfter: 77}, "17:40 was not sent"},
	} {
		form := list(els, "").form(row+" form").set("timeOfDayInMinutes", test.typed)
		w.tenant.Fail(test.fault)
		if test.fault.Path == "/terminals" {
			els.get("/terminals").wants(http.StatusServiceUnavailable)
		}
		failed := form.send()
		if got := theForm(failed).values.Get("timeOfDayInMinutes"); got != test.typed || failed.status < 400 {
			t.Errorf("%s: got %d and %q, want the form with what was typed", test.name, failed.status, got)
		}
		w.tenant.Heal()
		page := list(els, "")
		has(t, words(page.find(row)), test.want)
		again := page.form(row + " form")
		if got := again.values.Get("timeOfDayInMinutes"); got != test.typed {
			t.Errorf("%s: the field: got %q, want what was typed", test.name, got)
		}
		if again.values.Get("change") == form.values.Get("change") {
			t.Errorf("%s: the field has the id of the change that failed", test.name)
		}
		if other := words(list(tom, "").find(row)); strings.Contains(other, test.typed) {
			t.Errorf("%s: somebody else sees %q", test.name, other)
		}
	}
}

// The date of a night's out holds the in of the next night: alone they would be one long stretch.
func TestTheOutOfANightIsAddedWithoutAWarning(t *testing.T) {
	w := aWorklist(t)
	for i := range 6 {
		w.clocks(100+10*i, "76547", daysAgo(i+3), 1320)
		w.clocks(105+10*i, "76547", daysAgo(i+2), 360)
	}
	w.clocks(200, "76547", daysAgo(2), 1320)
	w.clocks(210, "76547", daysAgo(1), 1320)
	w.clocks(220, "76547", daysAgo(0), 360)
	row := "#day-76547-" + daysAgo(2)
	form := list(w.signIn("els"), "").form(row + " form")
	if got := form.values.Get("date"); got != daysAgo(1) {
		t.Fatalf("got the date %q, want that of the morning", got)
	}
	after := form.send().wants(http.StatusOK)
	if got := len(w.tenant.Writes()); got != 1 || after.find("tr.done").Length() != 1 {
		t.Errorf("got %d writes and %q, want one, and the night done", got, after.text("main"))
	}
}

func TestADayIsLeftAsItIs(t *testing.T) {
	w := aWorklist(t)
	w.clocks(200, "76547", daysAgo(1), 481, 725, 765)
	w.clocks(210, "76549", daysAgo(1), 480, 725, 765)
	els := w.signIn("els")
	row := "#day-76547-" + daysAgo(1)
	asked := list(els, "").follow(row + " .menu a[data-key=x]").wants(http.StatusOK)
	form := asked.form(row + " form.place")
	form.set("why", "called-in").set("why.note", "by the foreman")
	left := form.send().wants(http.StatusOK)
	has(t, words(left.find(row)), "Left as it is", "Called in", "by the foreman", "Undo")
	has(t, left.text(".done-bar"), "1 of 2 done")
	if left.find(row+"[data-last] [data-key=u]").Length() != 1 || left.find("[data-last]").Length() != 1 {
		t.Error("the key for undo does not take back what was left last")
	}
	if left.day("76549", daysAgo(1)).Find("[autofocus]").Length() != 1 {
		t.Error("the next day does not have the focus")
	}
	form.send().wants(http.StatusOK) // a double click
	if got := len(w.tenant.Writes()); got != 0 {
		t.Errorf("got %d writes at the API, want none", got)
	}
	has(t, words(w.signIn("tom").at(w.replica(), lastDays()).find(row)), "Left as it is", "Els Peeters", "Undo")
	days := "?date.ge=" + daysAgo(1) + "&date.le=" + daysAgo(1)
	week := els.get("/people/76547/days" + days).wants(http.StatusOK)
	if got := words(week.find(".week .issue")); got != "Left as it is Called in, by the foreman" || !strings.Contains(week.text("main"), "Still to explainnothing") {
		t.Errorf("the person's day: got %q, want it as it was left: %s", got, week.text("main"))
	}
	band := bandsOf(els.get("/clockings" + days).wants(http.StatusOK))
	if all := strings.Join(band, "\n"); !strings.Contains(all, "1 marked") || !strings.Contains(all, "Left as it is") {
		t.Errorf("the list by day: got %q, want the other day marked alone", all)
	}
	marc := words(list(w.signIn("marc"), "").find(row))
	has(t, marc, "Left as it is")
	if strings.Contains(marc, "foreman") || strings.Contains(marc, "Els") || strings.Contains(marc, "Undo") {
		t.Errorf("a reader: got %q, want neither who nor why", marc)
	}

	again := left.form(row + " form[action$='/undo']").send().wants(http.StatusOK)
	if again.find(row).HasClass("done") {
		t.Errorf("taken back: got %q, want the day to be checked", words(again.find(row)))
	}
	list(els, "").follow(row + " .menu a[data-key=x]").form(row + " form.place").send().wants(http.StatusOK)
	w.tenant.Edit("clockings", "201", `{"timeOfDayInMinutes":730}`)
	w.clock.pass(2 * time.Minute) // a reading is shared for one
	if changed := list(els, "").find(row); changed.HasClass("done") {
		t.Errorf("with other clockings: got %q, want the day to be checked again", words(changed))
	}
	values := form.values
	for name, wrong := range map[string]string{"change": "no id", "date": "yesterday", "why": "", "person": "../1", "digest": strings.Repeat("x", 65)} {
		t.Run("without "+name, func(t *testing.T) {
			b := els.in(t)
			other := url.Values{}
			for name := range values {
				other.Set(name, values.Get(name))
			}
			other.Set(name, wrong)
			b.post("/missing/acknowledge", other).wants(http.StatusUnprocessableEntity)
		})
	}
	els.post("/missing/acknowledge/0190-nobody/undo", url.Values{"change": {values.Get("change")}}).wants(http.StatusNotFound)
}

// in is the same browser within a subtest.
func (b *browser) in(t *testing.T) *browser {
	other := *b
	other.w = b.w.in(t)
	return &other
}

func TestWhoMayNotCorrectSeesRowsWithoutFields(t *testing.T) {
	w := aWorklist(t, "OWN_RECORDS=forbid")
	w.tenant.Edit("people", "76547", `{"employeeNumber":"E1047"}`)
	w.clocks(200, "76547", daysAgo(1), 481, 725, 765)
	row := "#day-76547-" + daysAgo(1)
	els := w.signIn("els")
	form := list(els, "").follow(row + " .menu a[data-key=x]").form(row + " form.place").values
	for _, test := range []struct {
		name, who string
		status    int
	}{
		{"a reader", "marc", http.StatusForbidden}, {"an auditor", "anke", http.StatusForbidden},
		{"whose day it is", "jan", http.StatusForbidden},
	} {
		t.Run(test.name, func(t *testing.T) {
			b := w.in(t).signIn(test.who)
			page := list(b, "")
			if test.who == "jan" {
				has(t, words(page.find(row)), "somebody else corrects it")
				if page.find(row+" form").Length() != 0 {
					t.Error("one's own day has a field")
				}
			} else {
				if page.find("main form:not(.filters)").Length() != 0 || page.find(row).Length() != 1 {
					t.Errorf("got %q, want the row without a form", page.text(row))
				}
				has(t, page.text(".note"), "nothing can be corrected here")
			}
			b.post("/missing/acknowledge", form).wants(test.status)
			if list(b, "").find(row).HasClass("done") {
				t.Error("the day was left as it is")
			}
		})
	}
	t.Run("while the log is away", func(t *testing.T) {
		w.full.Store(true)
		defer w.full.Store(false)
		page := list(els.in(t), "")
		has(t, page.text(".note"), "because the log does not answer")
		if page.find(row).Length() != 1 || page.find(row+" form").Length() != 0 {
			t.Errorf("got %q, want the row without a form", page.text(row))
		}
	})
	t.Run("in a closed period", func(t *testing.T) {
		w := w.in(t)
		w.tenant.Edit("people", "76547", `{"periodClosingDate":"`+daysAgo(0)+`"}`)
		other := w.replica()
		other.knowsPeople()
		page := els.in(t).at(other, lastDays())
		has(t, words(page.find(row)), "Closed period")
		if page.find(row+" form, "+row+" a.punch").Length() != 0 {
			t.Error("a clocking of a closed period can be corrected")
		}
	})
}

func TestADayWhoseChangeIsInDoubtIsNotDoneAndHasNoField(t *testing.T) {
	w := aWorklist(t)
	w.usualDays(100, "76547")
	w.clocks(200, "76547", daysAgo(1), 481, 725, 765)
	els := w.signIn("els")
	form := list(els, "").form("#day-76547-" + daysAgo(1) + " form")
	w.tenant.Fail(simulator.Fault{Method: "POST", Path: "/clockings", Reset: true, Times: 1})
	form.send().wants(http.StatusBadGateway)
	w.tenant.Heal()
	row := list(els, "").day("76547", daysAgo(1))
	has(t, words(row), "16:40 added?", "Look what became of it")
	if row.HasClass("done") || row.Find("form").Length() != 0 {
		t.Errorf("got %q, want neither done nor a field that sends it again", words(row))
	}
	w.clocks(220, "76547", daysAgo(1), 1010) // somebody adds it in Protime
	w.clock.pass(2 * time.Minute)
	if row := list(els, "").day("76547", daysAgo(1)); row.HasClass("done") || row.Find("a.mark").Length() != 1 {
		t.Errorf("once nothing is wrong with the day: got %q, want the change in doubt as before", words(row))
	}
	if href := row.Find("a.mark").AttrOr("href", ""); !strings.HasPrefix(href, "/changes/") {
		t.Errorf("got a link to %q, want the receipt", href)
	}
}

func TestTheWorklistOfSomePeopleAndDays(t *testing.T) {
	w := aWorklist(t, "CIRCLES=2=Night shift")
	for i, person := range []string{"76547", "76548", "76549"} {
		w.clocks(200+10*i, person, daysAgo(1), 481, 725, 765)
	}
	els := w.signIn("els")
	department, _ := w.groups.Of("76547", daysAgo(1))
	for _, test := range []struct{ name, query, want, not string }{
		{"a person", "&person=76548", "76548", "76547"},
		{"a department", "&department=" + department, "76547", "76548"},
		{"somebody of a department", "&department=" + department + "&person=76547,76548", "76547", "76548"},
		{"a circle", "&circle=2", "76547", "76548"},
		{"typed", "&person=&person~find=Jan+Maes&person~was=", "76547", "76548"},
	} {
		t.Run(test.name, func(t *testing.T) {
			page := list(els.in(t), test.query)
			if page.find("[id^=day-"+test.want+"-]").Length() != 1 || page.find("[id^=day-"+test.not+"-]").Length() != 0 {
				t.Errorf("got %q, want %s and not %s", page.text(".work"), test.want, test.not)
			}
		})
	}
	for _, query := range []string{
		"circle=1)+or+(1", "circle=2,x", "organisation-group=-1", "department=3'",
		"date.ge=nonsense&date.le=2026-01-01", "date.ge=2026-02-01&date.le=2026-01-01", "date.ge=2025-01-01&date.le=2026-01-01",
		"circle=nights", "department=999", "date.le=2026-01-01", "date.ge=9999-12-31&date.le=9999-12-31", "week=54",
	} {
		page := els.get("/missing?" + query).wants(http.StatusUnprocessableEntity)
		if page.find("form.filters .why").Length() != 1 || page.find(".work").Length() != 0 {
			t.Errorf("%s: got %q, want what is wrong beside the filter, and no list", query, page.text("main"))
		}
	}
	has(t, els.get("/missing?date.ge=1950-01-01&date.le=1950-01-02&department="+department).wants(http.StatusOK).text(".empty"), "Nobody is in this department")
	has(t, els.get("/missing?person=76548&department="+department).text(".empty"), "None of these people is in this department")

	w.clocks(300, "76547", daysAgo(4), 481, 725, 765)
	for _, id := range w.tenant.IDs("department-histories") {
		if history, _ := w.tenant.Get("department-histories", id); strings.Contains(history, "76547") {
			w.tenant.Remove("department-histories", id)
		}
	}
	w.tenant.Put("department-histories", "9001", `{"id":9001,"person":{"id":76547},"department":{"id":`+department+`},"from":"2020-01-01","until":"`+daysAgo(3)+`"}`)
	moved := w.replica()
	moved.knowsPeople()
	page := els.at(moved, lastDays()+"&department="+department)
	if page.day("76547", daysAgo(4)).Length() != 1 || page.day("76547", daysAgo(1)).Length() != 0 {
		t.Errorf("somebody who moved: got %q, want the days in the department alone", page.text(".work"))
	}
	w.tenant.Fail(simulator.Fault{Method: "GET", Path: "/department-histories", Status: 500})
	unread := w.replica()
	unread.knowsPeople()
	page = els.at(unread, lastDays()+"&department="+department)
	has(t, page.text(".empty"), "Who is in which department cannot be read", "Everybody")
}

func TestManyDaysAreDrawnAHundredAtATime(t *testing.T) {
	w := aWorklist(t)
	for i := range 107 {
		w.clocks(1000+i, fmt.Sprint(90001+i), daysAgo(1), 480)
	}
	els := w.signIn("els")
	page := list(els, "")
	if got := page.find("[data-row]").Length(); got != 100 {
		t.Errorf("got %d rows, want 100", got)
	}
	has(t, page.text(".sheet .foot"), "100 of 107 shown.", "Show the other 7")
	has(t, page.text(".tabs"), "All 107")
	if got := page.follow(".sheet .foot a").find("[data-row]").Length(); got != 107 {
		t.Errorf("the rest: got %d rows, want 107", got)
	}
}

// gate is an API some of whose lists of clockings wait until they are let through, and then fail if they are told so.
type gate struct {
	http.Handler
	open  chan struct{}
	from  string // part of the filter of the lists that wait
	fails bool
}

func (g gate) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	filter := r.URL.Query().Get("filter")
	if strings.HasSuffix(r.URL.Path, "/clockings") && strings.Contains(filter, g.from) && !strings.Contains(filter, "person") {
		<-g.open
		if g.fails {
			http.Error(rw, "broken", http.StatusInternalServerError)
			return
		}
	}
	g.Handler.ServeHTTP(rw, r)
}

func TestRowsAreSentAsTheyAreFound(t *testing.T) {
	for _, test := range []struct {
		name  string
		fails bool
		want  []string
		not   string
	}{
		{"and the rest after them", false, []string{"days were read.", `class="top last"`, "Read at", "</html>"}, "broke off"},
		{"and a list that breaks off does not look whole", true, []string{"broke off", "were not read to their end", "</html>"}, "Nothing left"},
	} {
		t.Run(test.name, func(t *testing.T) {
			tenant := founded.today()
			for _, id := range tenant.IDs("clockings") {
				tenant.Remove("clockings", id)
			}
			g := gate{Handler: tenant, open: make(chan struct{}), from: daysAgo(-1), fails: test.fails}
			release := sync.OnceFunc(func() { close(g.open) })
			w := newWorldOn(t, g, 0)
			t.Cleanup(release)
			w.tenant = tenant
			w.knowsPeople()
			w.clocks(100, "76501", daysAgo(8), 480, 481, 725, 765, 1000)
			els := w.signIn("els")
			response, err := els.client.Do(els.request(http.MethodGet, lastDays(), nil))
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			var sent strings.Builder
			part := make([]byte, 4096)
			for !strings.Contains(sent.String(), "data-row") {
				n, err := response.Body.Read(part)
				sent.Write(part[:n])
				if err != nil {
					t.Fatalf("got %v after %d bytes, want a row before the API gave everything", err, sent.Len())
				}
			}
			release()
			rest, err := io.ReadAll(response.Body)
			if err != nil {
				t.Fatal(err)
			}
			text := sent.String() + string(rest)
			for _, want := range test.want {
				if !strings.Contains(text, want) {
					t.Errorf("got no %q on the page", want)
				}
			}
			if strings.Contains(text, test.not) {
				t.Errorf("got %q on the page", test.not)
			}
		})
	}
}

func TestAListThatCannotBeReadHasAPageThatSaysWhy(t *testing.T) {
	w := aWorklist(t)
	els := w.signIn("els")
	w.tenant.Fail(simulator.Fault{Method: "GET", Path: "/clockings", Status: 500})
	els.get(lastDays()).wants(http.StatusBadGateway)
	w.tenant.Heal()
	list(els, "")
}
