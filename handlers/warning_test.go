package handlers_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"protime-admin/protime/simulator"
)

// dateOf8192 is the date of the clocking that tests correct: 08:05 of Jan Maes.
func dateOf8192(t *testing.T, w *world) string {
	t.Helper()
	raw, _ := w.tenant.Get("clockings", "8192")
	var record struct{ Date string }
	if err := json.Unmarshal([]byte(raw), &record); err != nil {
		t.Fatal(err)
	}
	return record.Date
}

// lastSunday is a day on which nobody of the company clocks.
func lastSunday() string {
	now := time.Now()
	return now.AddDate(0, 0, -(int(now.Weekday())+6)%7-1).Format(time.DateOnly)
}

func TestWhatSpeaksAgainstAClockingIsShownBeforeItIsSent(t *testing.T) {
	tenant := founded.today()
	sunday := lastSunday()
	tenant.Edit("people", "76548", `{"employeeNumber":"0670001"}`) // that of Els, as Protime may write it
	tenant.Edit("people", "76549", `{"periodClosingDate":"`+sunday+`"}`)
	for _, id := range []string{"76550", "76551"} {
		tenant.Edit("people", id, `{"inServiceDate":"2010-01-01","outOfServiceDate":"2020-01-31","periodClosingDate":null}`)
	}
	tenant.Edit("clockings", "8192", `{"isGenerated":true}`)
	tenant.Insert("clockings", `{"person":{"id":76547},"date":"`+sunday+`","timeOfDayInMinutes":450,"kind":"InOut","status":"Active"}`)
	locked := tenant.Insert("clockings", `{"person":{"id":76549},"date":"`+sunday+`","timeOfDayInMinutes":450,"kind":"InOut","status":"Active"}`)
	ahead := time.Now().AddDate(0, 0, 2).Format(time.DateOnly)
	future := tenant.Insert("clockings", `{"person":{"id":76547},"date":"`+ahead+`","timeOfDayInMinutes":450,"kind":"InOut","status":"Active"}`)
	w := newWorldWith(t, tenant, "WRITABLE=clockings assignments")
	w.knowsPeople()
	els, monday := w.signIn("els"), dateOf8192(t, w)
	for _, tt := range []struct{ name, page, key string }{
		{"nothing", "/clockings/new?person.id=76547&timeOfDayInMinutes=1930&date=" + sunday, ""},
		{"somebody has one at that minute", "/clockings/new?person.id=76547&timeOfDayInMinutes=0805&date=" + monday, "twin"},
		{"the period is closed", "/clockings/new?person.id=76549&date=" + sunday, "closed"},
		{"nobody was employed then", "/clockings/new?person.id=76550&date=2020-02-01", "outside"},
		{"it is still to come", "/clockings/new?person.id=76547&timeOfDayInMinutes=0800&date=" + ahead, "future"},
		{"it is to come, and is deleted", "/clockings/" + future + "/delete", ""},
		{"an assignment begins in the closed period", "/assignments/new?person.id=76549&from=" + sunday, "closed"},
		{"it is about oneself", "/clockings/new?person.id=76548&date=" + sunday, "own"},
		{"Protime made it", editClocking, "generated"},
		{"from in to out are more than 12 hours", "/clockings/new?person.id=76547&timeOfDayInMinutes=1931&date=" + sunday, "long"},
	} {
		page := els.get(tt.page).wants(http.StatusOK)
		found := page.find("#warnings li").First().AttrOr("data-warning", "")
		if got, _, _ := strings.Cut(found, "~"); got != tt.key {
			t.Errorf("%s: got the warning %q, want %q: %s", tt.name, found, tt.key, page.text("#warnings"))
		}
		if deletes := page.find(".save a.danger").Length() > 0; deletes && tt.key == "closed" {
			t.Errorf("%s: the form offers to delete", tt.name)
		}
	}
	// What is closed is offered nowhere. Who opens the page by its address is told.
	list := els.get("/clockings?person=76549&date.ge=" + sunday + "&date.le=" + sunday).wants(http.StatusOK)
	row := list.find("#r-" + locked)
	if row.Length() != 1 || row.Find("a[href*='/edit'], a[href*='/delete']").Length() != 0 {
		t.Errorf("the row in a closed period: got %q, want no way to change it", strings.Join(strings.Fields(row.Text()), " "))
	}
	record := els.get("/clockings/" + locked).wants(http.StatusOK)
	has(t, record.text("main"), "closed the calendar")
	if n := record.find("main a[href*='/edit'], main a[href*='/delete']").Length(); n != 0 {
		t.Errorf("the record in a closed period: got %d links to change it, want none", n)
	}
	for _, page := range []string{"/edit", "/delete"} {
		has(t, els.get("/clockings/"+locked+page).wants(http.StatusOK).text("#warnings"), "closed the calendar")
	}
	// That one person is not employed says nothing of another one.
	seen := theForm(els.get("/clockings/new?person.id=76550&timeOfDayInMinutes=0800&date=2020-02-01")).values.Get("seen")
	other := theForm(els.get("/clockings/new?person.id=76551&timeOfDayInMinutes=0800&date=2020-02-01")).set("seen", seen)
	has(t, other.send().wants(http.StatusUnprocessableEntity).text("#warnings"), "not employed")
	// What the form showed is seen: it is not asked for again.
	form := theForm(els.get("/clockings/new?person.id=76548&timeOfDayInMinutes=0803&date=" + sunday))
	form.send().wants(http.StatusOK)
	if got := len(w.tenant.Writes()); got != 1 {
		t.Errorf("a warning that was seen: got %d requests, want 1", got)
	}
}

func TestAWarningThatComesUpOnSavingIsAskedOnce(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	monday := dateOf8192(t, w)
	form := theForm(els.get("/clockings/new?person.id=76547&date="+monday)).set("timeOfDayInMinutes", "805").set("why.note", "my note")
	asked := form.send().wants(http.StatusUnprocessableEntity)
	if got := len(w.tenant.Writes()); got != 0 {
		t.Fatalf("got %d requests, want none before the answer", got)
	}
	has(t, asked.text("#warnings[role=alert]"), "08:05")
	has(t, asked.text(".save button.main"), "Save anyway")
	again := theForm(asked)
	if got := again.values.Get("timeOfDayInMinutes") + " " + again.values.Get("why.note"); got != "805 my note" {
		t.Errorf("typed: got %q, want it as it was typed", got)
	}
	if again.values.Get("change") != form.values.Get("change") {
		t.Error("the form has a new id, though nothing was sent with its own")
	}
	// Another time has not been seen.
	other := theForm(asked).set("timeOfDayInMinutes", "12:05").send()
	if found := other.find("#warnings li").AttrOr("data-warning", ""); other.status != http.StatusUnprocessableEntity || !strings.HasPrefix(found, "twin~725") {
		t.Errorf("another time: got %d and %q, want it asked for", other.status, found)
	}
	again.send().wants(http.StatusOK)
	if got := len(w.tenant.Writes()); got != 1 {
		t.Errorf("saved anyway: got %d requests, want 1", got)
	}
}

func TestAnEditIsWarnedOfTheClockingsAroundIt(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els, monday, sunday := w.signIn("els"), dateOf8192(t, w), lastSunday()
	w.tenant.Insert("clockings", `{"person":{"id":76547},"date":"`+sunday+`","timeOfDayInMinutes":450,"kind":"InOut","status":"Active"}`)
	for _, tt := range []struct{ name, date, time, warning, calls string }{
		{"the minute of another one of the day", monday, "12:05", "twin~725", "GET /clockings/8192"},
		{"over 12 hours before the next one", monday, "0:01", "long~724", "GET /clockings/8192"},
		{"the minute of one of another day", sunday, "7:30", "twin~450", "GET /clockings/8192, GET /clockings"},
	} {
		form := theForm(els.get(editClocking)).set("date", tt.date).set("timeOfDayInMinutes", tt.time)
		w.tenant.Forget()
		asked := form.send().wants(http.StatusUnprocessableEntity)
		if got := asked.find("#warnings li").AttrOr("data-warning", ""); got != tt.warning {
			t.Errorf("%s: got the warning %q, want %q", tt.name, got, tt.warning)
		}
		var calls []string
		for _, entry := range w.tenant.Requests() {
			calls = append(calls, entry.Method+" "+strings.TrimPrefix(entry.Path, simulator.BasePath))
		}
		if got := strings.Join(calls, ", "); got != tt.calls {
			t.Errorf("%s: got the calls %s, want %s", tt.name, got, tt.calls)
		}
		if asked.find("aside .clock, aside svg").Length() == 0 {
			t.Errorf("%s: the day does not stand beside the form", tt.name)
		}
		w.tenant.Forget()
		theForm(asked).send().wants(http.StatusOK)
		if got := len(w.tenant.Writes()); got != 1 {
			t.Errorf("%s, saved anyway: got %d writes, want 1", tt.name, got)
		}
		w.tenant.Edit("clockings", "8192", `{"date":"`+monday+`","timeOfDayInMinutes":485}`)
	}
}

func TestASaveWithoutAWarningCostsThreeCalls(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	list := "/clockings?person=76547&date.ge=" + dateOf8192(t, w) + "&date.le=" + dateOf8192(t, w)
	for _, page := range []string{editClocking + "?return=" + strings.ReplaceAll(list, "&", "%26"),
		"/clockings/new?person.id=76547&date=" + dateOf8192(t, w) + "&return=" + strings.ReplaceAll(list, "&", "%26")} {
		els.get(list)
		form := theForm(els.get(page)).set("timeOfDayInMinutes", "8:01")
		w.tenant.Forget()
		form.send().wants(http.StatusOK)
		var calls []string
		for _, entry := range w.tenant.Requests() {
			calls = append(calls, entry.Method+" "+entry.Path)
		}
		if len(calls) != 3 {
			t.Errorf("%s: got the calls %v, want 3", page, calls)
		}
		w.tenant.Edit("clockings", "8192", `{"timeOfDayInMinutes":485}`)
	}
}

func TestTheReasonGoesFromOneFormToTheNext(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	chosen := func(p *page) string { return p.find("input[name=why][checked]").AttrOr("value", "none") }
	if got := chosen(els.get(editClocking)); got != "" {
		t.Errorf("at first: got %q, want nothing given", got)
	}
	theForm(els.get(editClocking)).set("timeOfDayInMinutes", "8:01").set("why", "Wrong time").send().wants(http.StatusOK)
	for _, path := range []string{editClocking, "/clockings/new", "/clockings/8192/delete"} {
		if got := chosen(els.get(path)); got != "Wrong time" {
			t.Errorf("%s: got %q, want the reason of the last change", path, got)
		}
	}
	theForm(els.get(editClocking)).set("timeOfDayInMinutes", "99:99").set("why", "Clocked twice").send().wants(http.StatusUnprocessableEntity)
	if got := chosen(els.get(editClocking)); got != "Wrong time" {
		t.Errorf("after a form that was not sent: got %q, want the reason of the last change", got)
	}
}

func TestSavingGoesOnWithTheNextPerson(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	form := theForm(els.get("/clockings/new?person.id=76547&date=" + lastSunday() + "&timeOfDayInMinutes=1706&terminal.id=765&geolocation.latitude=51"))
	next := form.press("then", "next").set("why.note", "dead terminal").send().wants(http.StatusOK)
	values := theForm(next).values
	for name, want := range map[string]string{
		"person.id": "", "person.id~find": "", "date": lastSunday(), "timeOfDayInMinutes": "17:06", "terminal.id": "765",
		"kind": "InOut", "geolocation.latitude": "", "why.note": "dead terminal",
	} {
		if got := values.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got := next.find("[autofocus]").AttrOr("name", ""); got != "person.id~find" {
		t.Errorf("the focus: got %q, want the person", got)
	}
	has(t, next.text("#done"), "Jan Maes", "17:06 added", "201 Created")

	if els.get(editClocking).find("button[name=then]").Length() != 0 {
		t.Error("an edit that came from nowhere offers a next person")
	}
	edit := theForm(els.get(editClocking+"?next=%2Fpeople%2F76548")).set("timeOfDayInMinutes", "8:01")
	if on := edit.press("then", "next").send().wants(http.StatusOK); on.url.Path != "/people/76548" {
		t.Errorf("after an edit: got %s, want the page that was named", on.url)
	}
}

func TestAnEditGoesOnToTheNextPersonOfWhereItCameFrom(t *testing.T) {
	w := aWorklist(t)
	for i, person := range []string{"76548", "76547", "76549"} { // Els Peeters, Jan Maes, and a third
		w.clocks(200+10*i, person, daysAgo(1), 480, 725, 765)
	}
	w.clocks(300, "76550", daysAgo(1), 480, 1000)
	els := w.signIn("els")
	order := list(els, "").find("tr[data-row]").Map(func(_ int, row *selection) string { return strings.Split(row.AttrOr("id", ""), "-")[1] })
	if len(order) != 3 {
		t.Fatalf("got the rows %v, want three", order)
	}
	clockings := "/clockings?date.ge=" + daysAgo(1) + "&date.le=" + daysAgo(1)
	ids := map[string]string{"76548": "200", "76547": "210", "76549": "220"}
	for _, tt := range []struct{ name, path, link string }{
		{"the worklist", lastDays(), "#day-%s-" + daysAgo(1) + " a.punch[href*='/clockings/%s/edit']"},
		{"a week from the worklist", "/people/%s/days?date.ge=" + daysAgo(1) + "&date.le=" + daysAgo(1) + "&return=" + url.QueryEscape(lastDays()), "a#r-%[2]s"},
		{"the list by day", clockings, "a#r-%[2]s"},
	} {
		path, first := tt.path, order[0]
		if strings.Contains(path, "%s/days") {
			path = strings.Replace(path, "%s", first, 1)
		}
		els.get(path).wants(http.StatusOK)
		page := els.get(path).wants(http.StatusOK)
		link := strings.Replace(strings.Replace(strings.Replace(tt.link, "%[2]s", ids[first], 1), "%s", first, 1), "%s", ids[first], 1)
		form := theForm(page.follow(link).wants(http.StatusOK)).set("timeOfDayInMinutes", "8:01")
		on := form.press("then", "next").send().wants(http.StatusOK)
		if want := "/people/" + order[1] + "/days"; on.url.Path != want || on.url.Query().Get("date.ge") != daysAgo(1) {
			t.Errorf("%s: got %s, want %s on the same day", tt.name, on.url, want)
		}
		has(t, on.text("#done"), "08:01")
		w.tenant.Edit("clockings", ids[first], `{"timeOfDayInMinutes":480}`)
	}
	els.get(lastDays())
	last := theForm(els.get("/clockings/" + ids[order[2]] + "/edit?return=" + url.QueryEscape(lastDays())).wants(http.StatusOK))
	if last.values.Get("next") != "" {
		t.Errorf("the last person: got the next page %q, want none", last.values.Get("next"))
	}
	for _, evil := range []string{"//evil.example/x", "https://evil.example", `/\evil.example`, "/people/1?" + strings.Repeat("x", 5000)} {
		if got := theForm(els.get("/clockings/200/edit?next=" + url.QueryEscape(evil)).wants(http.StatusOK)).values.Get("next"); got != "" {
			t.Errorf("next=%.30s: got %.40q, want no page", evil, got)
		}
	}
}

func TestADateStepsWithoutScript(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	form := theForm(els.get("/clockings/new?person.id=76547&date=2026-02-28&timeOfDayInMinutes=1706")).set("why.note", "kept")
	page := form.press("day", "1").send().wants(http.StatusOK)
	values := theForm(page).values
	if got := values.Get("date") + " " + values.Get("timeOfDayInMinutes") + " " + values.Get("why.note"); got != "2026-03-01 17:06 kept" {
		t.Errorf("got %q, want the next day and the rest as it was", got)
	}
	if len(w.tenant.Writes()) != 0 {
		t.Error("a step of the date was sent to Protime")
	}
}

func TestWhatAKindNeedsIsAskedForBeforeAnythingIsSent(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	for kind, name := range map[string]string{"Reason": "reason.id", "Activity": "activityLevels"} {
		page := theForm(els.get(editClocking)).set("kind", kind).send().wants(http.StatusUnprocessableEntity)
		if page.find("details.fold[open] .why").Length() == 0 {
			t.Errorf("kind %s: got %q, want the sentence in the open part of the form", kind, page.text(".note.bad"))
		}
		if got := page.find(".note.bad a").AttrOr("href", ""); !strings.HasPrefix(got, "#i-"+strings.ReplaceAll(name, ".", "-")) {
			t.Errorf("kind %s: the summary leads to %q, want %s", kind, got, name)
		}
	}
	if len(w.tenant.Writes()) != 0 {
		t.Error("a clocking without what its kind needs was sent")
	}
}

func TestAConflictSaysWhoChangedTheRecordHere(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els, tom := w.signIn("els"), w.signIn("tom")
	form := theForm(els.get(editClocking)).set("timeOfDayInMinutes", "8:00")
	theForm(tom.get(editClocking)).set("timeOfDayInMinutes", "8:10").send().wants(http.StatusOK)
	page := form.send().wants(http.StatusConflict)
	has(t, page.text(".note.warn"), "Tom Claes changed it here on")
	if page.find(".conflict input[type=radio][checked]").Length() != 0 {
		t.Error("a side is chosen before the person chooses")
	}
}
