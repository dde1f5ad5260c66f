package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"protime-admin/internal/batch"
)

// ticked are the values of the checkboxes of a page's rows.
func (p *page) ticked() []string {
	return p.find("td.tick [form=ticks][name]").Map(func(_ int, box *selection) string { return box.AttrOr("value", "") })
}

// drafted is the batch whose page this is, with its rows.
func (p *page) drafted() (batch.Batch, []batch.Row) {
	p.b.w.t.Helper()
	id := p.url.Path[strings.LastIndexByte(p.url.Path, '/')+1:]
	store := p.b.w.log.Batches()
	b, err := store.Batch(p.b.w.t.Context(), id)
	if err != nil {
		p.b.w.t.Fatalf("%s: %v: %s", p.url, err, p.text("main"))
	}
	found, err := store.Rows(p.b.w.t.Context(), id, batch.All, 0, 3000)
	if err != nil {
		p.b.w.t.Fatal(err)
	}
	rows := make([]batch.Row, len(found))
	for i := range found {
		rows[i] = found[i].Row
	}
	return b, rows
}

// cells are the rows of a batch as lines, with what the check says.
func cells(rows []batch.Row) string {
	var lines []string
	for _, row := range rows {
		line := strings.Join(row.Cells, " ") + " " + string(row.Check.Verdict)
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	return strings.Join(lines, "\n")
}

// sendTicked presses a button of the bar with rows ticked.
func sendTicked(p *page, name string, rows []string, more ...string) *page {
	f := p.form("#ticks")
	f.values[name] = rows
	for i := 0; i+1 < len(more); i += 2 {
		f.values.Set(more[i], more[i+1])
	}
	return f.send()
}

func TestTickedDaysOfTheWorklistMakeADraft(t *testing.T) {
	w := aWorklist(t)
	for i := range 3 {
		person := fmt.Sprint(76501 + i)
		w.usualDays(100+100*i, person)
		w.clocks(1000+10*i, person, daysAgo(1), 725, 765, 1000)
	}
	els := w.signIn("els")
	page := list(els, "")
	days := page.ticked()
	if len(days) != 3 {
		t.Fatalf("got %d days to tick, want 3: %v", len(days), days)
	}
	for _, c := range []struct {
		name      string
		rows      []string
		send      []string
		operation batch.Operation
		want      string
	}{
		{
			"one time for each", days, []string{"do", "add", "time", "0755"}, batch.Create,
			"76501 DAY 0755 ready\n76502 DAY 0755 ready\n76503 DAY 0755 ready",
		},
		{"Enter in the field of the time", days[:1], []string{"do", "", "time", "0755"}, batch.Create, "76501 DAY 0755 ready"},
		{"each at its likely time", days[1:], []string{"do", "likely"}, batch.Create, "76502 DAY 08:00 ready\n76503 DAY 08:00 ready"},
		{"one of them at a time that was typed in its row", []string{days[1] + "~7u45", days[2]}, []string{"do", "likely"}, batch.Create, "76502 DAY 7u45 ready\n76503 DAY 08:00 ready"},
		{
			"all times of a day are moved", days[:1], []string{"do", "move", "minutes", "+15"}, batch.Replace,
			"1000 12:20 {SEEN:725} ready\n1001 13:00 {SEEN:765} ready\n1002 16:55 {SEEN:1000} ready",
		},
		{
			"Enter in the field of the minutes, over midnight", days[:1], []string{"do", "", "minutes", "-13:00"}, batch.Replace,
			"1000 23:05 -1 {SEEN:725} ready\n1001 23:45 -1 {SEEN:765} ready\n1002 03:40 0 {SEEN:1000} ready",
		},
		{
			"all clockings of a day are deleted", days[:1], []string{"do", "delete"}, batch.Delete,
			"1000 {SEEN:725} ready\n1001 {SEEN:765} ready\n1002 {SEEN:1000} ready",
		},
		{
			"another terminal", days[:1], []string{"do", "terminal", "terminal", "766"}, batch.Replace,
			"1000 766 {SEEN:725} ready\n1001 766 {SEEN:765} ready\n1002 766 {SEEN:1000} ready",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			made := sendTicked(page.in(t), "day", c.rows, c.send...)
			b, rows := made.wants(http.StatusOK).drafted()
			if b.State != batch.Draft || b.Source != batch.Ticked || b.Operation != c.operation || b.Checked != b.Revision {
				t.Errorf("got %+v, want a checked draft that has %s", b, c.operation)
			}
			want := strings.ReplaceAll(c.want, "DAY", daysAgo(1))
			for _, minute := range []int{725, 765, 1000} {
				seen := fmt.Sprintf(`{"person":{"id":76501},"date":%q,"timeOfDayInMinutes":%d,"kind":"InOut","terminal":{"id":765}}`, daysAgo(1), minute)
				want = strings.ReplaceAll(want, fmt.Sprintf("{SEEN:%d}", minute), seen)
			}
			if got := cells(rows); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
	unlikely := days[0][:strings.LastIndexByte(days[0], '.')+1]
	asked := sendTicked(page, "day", []string{unlikely, days[1]}, "do", "likely").wants(http.StatusOK)
	if got := asked.text("tr[data-row] .why"); asked.numbers() != "1" || got != "No likely time is known. Fill in a time." {
		t.Errorf("a day without a likely time: got %q at the rows %s", got, asked.numbers())
	}
	if n := len(w.tenant.Writes()); n != 0 {
		t.Errorf("got %d writes, want none before somebody sends", n)
	}
}

// in is the page for another test of the same world.
func (p *page) in(t *testing.T) *page {
	other := *p
	other.b = p.b.in(t)
	return &other
}

func TestAFormOfTickedRowsMakesOneDraft(t *testing.T) {
	w := aWorklist(t)
	w.clocks(1000, "76547", daysAgo(1), 725, 765, 1000)
	w.clocks(1010, "76548", daysAgo(1), 725, 765, 1000)
	els := w.signIn("els")
	page := list(els, "")
	days := page.ticked()
	first := sendTicked(page, "day", days, "time", "0755").wants(http.StatusOK)
	if got := first.href("a.back"); !strings.HasSuffix(got, lastDays()) {
		t.Errorf("got %q, want a way back to the list as it was filtered", got)
	}
	if again := sendTicked(page, "day", days, "time", "0755"); again.url.Path != first.url.Path {
		t.Errorf("the same form made %s and %s, want one draft", first.url, again.url)
	}
	if other := sendTicked(page, "day", days[:1], "time", "0755"); other.url.Path == first.url.Path {
		t.Error("other rows lead to the first draft, want one of their own")
	}
}

func TestWhatTheBarLeftOpenIsAsked(t *testing.T) {
	w := aWorklist(t)
	w.clocks(1000, "76547", daysAgo(1), 725, 765, 1000)
	els := w.signIn("els")
	page := list(els, "")
	for _, c := range []struct {
		name   string
		do     []string
		status int
		says   string
		then   string // value that is typed then
	}{
		{"no time", []string{"do", "add"}, http.StatusOK, "Nothing is sent yet", "0755"},
		{"a time that is none", []string{"do", "add", "time", "25:10"}, http.StatusUnprocessableEntity, "Enter a time", "0755"},
		{"Enter with a time and minutes", []string{"do", "", "time", "0755", "minutes", "5"}, http.StatusOK, "Add a clocking to each day", "0756"},
		{"no minutes", []string{"do", "move"}, http.StatusOK, "By how much", "15"},
		{"minutes that move nothing", []string{"do", "move", "minutes", "0"}, http.StatusUnprocessableEntity, "at least 1 minute", "-5"},
		{"too far", []string{"do", "move", "minutes", "25:00"}, http.StatusUnprocessableEntity, "at most 24 hours", "1:00"},
		{"no terminal", []string{"do", "terminal"}, http.StatusOK, "Terminal", "765"},
	} {
		t.Run(c.name, func(t *testing.T) {
			asked := sendTicked(page.in(t), "day", page.ticked(), c.do...).wants(c.status)
			if got := words(asked.find("main")); !strings.Contains(got, c.says) {
				t.Errorf("got %q, want it to say %q", got, c.says)
			}
			f := asked.form("main form")
			f.set(asked.find("#value").AttrOr("name", ""), c.then)
			if _, rows := f.press("do", asked.find("main form button.main").AttrOr("value", "")).send().drafted(); len(rows) == 0 {
				t.Error("got a draft without rows")
			}
		})
	}
	if got := sendTicked(page, "day", nil, "time", "0755"); got.status != http.StatusUnprocessableEntity {
		t.Errorf("nothing ticked: got %d, want 422", got.status)
	}
}

func TestADayThatChangedSinceItWasDrawnIsNotTaken(t *testing.T) {
	w := aWorklist(t)
	w.clocks(1000, "76547", daysAgo(1), 725, 765, 1000)
	w.clocks(1010, "76548", daysAgo(1), 725, 765, 1000)
	els := w.signIn("els")
	page := list(els, "")
	days := page.ticked()
	w.tenant.Edit("clockings", "1000", `{"timeOfDayInMinutes":730}`)
	told := sendTicked(page, "day", days, "do", "move", "minutes", "5").wants(http.StatusConflict)
	if got := words(told.find("[role=alert] li")); !strings.Contains(got, "Jan Maes") || !strings.Contains(got, "12:10") {
		t.Errorf("got %q, want the day that changed with its times", got)
	}
	if got := told.find("main form [name=day]").Length(); got != 1 {
		t.Errorf("got %d days that are left, want the other one", got)
	}
	if got := told.find("#value").AttrOr("value", ""); got != "5" {
		t.Errorf("got %q minutes, want what was typed", got)
	}
	_, rows := told.form("main form").press("do", "move").send().wants(http.StatusOK).drafted()
	if len(rows) != 3 || !strings.HasPrefix(rows[0].Cells[0], "101") {
		t.Errorf("got %s, want the three clockings of the other day", cells(rows))
	}
}

func TestRowsOfListsAreTicked(t *testing.T) {
	w := aWorklist(t)
	w.clocks(1000, "76547", daysAgo(1), 480, 1000)
	w.clocks(1010, "76548", daysAgo(1), 485)
	els := w.signIn("els")
	period := "date.ge=" + daysAgo(2) + "&date.le=" + daysAgo(0)
	flat := els.get("/clockings?view=flat&" + period).wants(http.StatusOK)
	if n := len(flat.ticked()); n != 3 {
		t.Fatalf("got %d rows to tick, want three", n)
	}
	_, rows := sendTicked(flat, "row", flat.ticked()[:2], "do", "move", "minutes", "-5").wants(http.StatusOK).drafted()
	if got := cells(rows); strings.Count(got, "\n") != 1 || !strings.Contains(got, "07:55") || !strings.Contains(got, "16:35") {
		t.Errorf("got\n%s\nwant two times that are five minutes earlier", got)
	}
	read := len(w.tenant.Requests())
	crafted := sendTicked(flat, "row", []string{"..", "...", "../x", ".."}, "do", "delete").wants(http.StatusUnprocessableEntity)
	if got := len(w.tenant.Requests()); got != read {
		t.Errorf("%d requests for rows that are none: %s", got-read, crafted.text("main"))
	}
	w.tenant.Edit("clockings", "1010", `{"timeOfDayInMinutes":490}`)
	told := sendTicked(flat, "row", flat.ticked(), "do", "delete").wants(http.StatusConflict)
	if got := told.find("[role=alert] li").Length(); got != 1 {
		t.Errorf("got %d rows that changed, want one", got)
	}
	byDay := els.get("/clockings?" + period).wants(http.StatusOK)
	if n := len(byDay.ticked()); n != 2 {
		t.Fatalf("got %d days to tick, want two", n)
	}
	b, rows := sendTicked(byDay, "day", byDay.ticked(), "time", "1205").wants(http.StatusOK).drafted()
	if len(rows) != 2 || b.Operation != batch.Create {
		t.Errorf("got %s, want a clocking for each of two people", cells(rows))
	}
	// All of a filter, and not the rows that are drawn.
	b, rows = sendTicked(byDay, "day", nil, "do", "delete", "all", "1").wants(http.StatusOK).drafted()
	if len(rows) != 3 || b.Operation != batch.Delete {
		t.Errorf("got %s, want the three clockings of the filter", cells(rows))
	}
	_, rows = sendTicked(byDay, "day", nil, "time", "1205", "all", "1").wants(http.StatusOK).drafted()
	if len(rows) != 2 {
		t.Errorf("got %s, want a row for each day of the filter", cells(rows))
	}
}

func TestAllDaysOfAWorklistAreTaken(t *testing.T) {
	w := aWorklist(t)
	for i := range 120 {
		w.clocks(1000+10*i, fmt.Sprint(76501+i), daysAgo(1), 725, 765, 1000)
	}
	els := w.signIn("els")
	page := list(els, "")
	if n := len(page.ticked()); n != 100 {
		t.Fatalf("got %d days to tick, want the hundred that are drawn", n)
	}
	if got := words(page.find("label.check:has([name=all])")); got != "Select all 120 days of this filter" {
		t.Errorf("got %q, want the number of all days", got)
	}
	_, rows := sendTicked(page, "day", nil, "time", "0755", "all", "1").wants(http.StatusOK).drafted()
	if len(rows) != 120 {
		t.Errorf("got %d rows, want 120", len(rows))
	}
}

func TestWhoMayNotCorrectTicksNothing(t *testing.T) {
	w := aWorklist(t)
	w.clocks(1000, "76547", daysAgo(1), 725, 765, 1000)
	els := w.signIn("els")
	days := list(els, "").ticked()
	for _, subject := range []string{"marc", "anke"} {
		reader := w.signIn(subject)
		for _, path := range []string{lastDays(), "/clockings?date.ge=" + daysAgo(2) + "&date.le=" + daysAgo(0)} {
			if page := reader.get(path).wants(http.StatusOK); page.find("#ticks, .tick").Length() > 0 {
				t.Errorf("%s: %s can tick rows, want none", path, subject)
			}
		}
		form := url.Values{
			"change": {"0198c0de-0000-7000-8000-000000000001"}, "collection": {"clockings"}, "do": {"add"}, "time": {"0755"}, "day": days,
		}
		if got := reader.post("/batches/ticked", form); got.status != http.StatusForbidden {
			t.Errorf("%s: got %d, want 403", subject, got.status)
		}
	}
	for _, form := range []url.Values{
		{}, {"change": {"x"}, "collection": {"clockings"}}, {"change": {"0198c0de-0000-7000-8000-000000000002"}, "collection": {"nothing"}},
		{"change": {"0198c0de-0000-7000-8000-000000000002"}, "collection": {"clockings"}, "do": {"wipe"}}, {"change": {"0198c0de-0000-7000-8000-000000000002"}, "collection": {"people"}, "do": {"move"}},
	} {
		if got := els.post("/batches/ticked", form); got.status != http.StatusUnprocessableEntity {
			t.Errorf("%v: got %d, want 422", form, got.status)
		}
	}
	if got := els.get("/batches/ticked"); got.url.Path != "/" {
		t.Errorf("got %s, want the first page where nothing is ticked", got.url)
	}
}

func TestTickedRowsComeBackAfterSignIn(t *testing.T) {
	w := aWorklist(t)
	w.clocks(1000, "76547", daysAgo(1), 725, 765, 1000)
	els := w.signIn("els")
	page := list(els, "")
	w.clock.pass(31 * time.Minute)
	asked := sendTicked(page, "day", page.ticked(), "do", "add", "time", "0755").wants(http.StatusUnauthorized)
	back := els.answer(els.leave(asked.href("main a.button")), "els").wants(http.StatusOK)
	if got := back.find("#value").AttrOr("value", ""); got != "0755" || back.find("main form [name=day]").Length() != 1 {
		t.Errorf("got %q and %s, want what was typed and ticked", got, back.text("main"))
	}
}

func TestPeopleArePickedByGroupsAndNumbers(t *testing.T) {
	w := aWorklist(t)
	els := w.signIn("els")
	page := els.get("/batches/people?collection=clockings&date=" + daysAgo(1)).wants(http.StatusOK)
	if page.find("[name='person.id']").Length() > 0 {
		t.Error("the page has an input for one person")
	}
	date := func(path string) string { return els.get(path).find("main [name=date]").AttrOr("value", "") }
	today := date("/batches/people?collection=clockings&date=" + daysAgo(0))
	if got := date("/batches/people?collection=clockings"); got == "" || got != today {
		t.Errorf("the date where the link names none: got %q, want today's, %q", got, today)
	}
	f := page.form("main form")
	f.set("who", "Jan Maes\n"+"nobody at all").set("timeOfDayInMinutes", "0755")
	b, rows := f.send().wants(http.StatusOK).drafted()
	if b.Source != batch.People || b.Preset["kind"] != "InOut" || len(rows) != 2 {
		t.Fatalf("got %+v with %s, want two clockings of one kind", b, cells(rows))
	}
	if got := cells(rows[:1]); got != "Jan Maes "+daysAgo(1)+" 07:55 ready" {
		t.Errorf("got %q, want a row that is ready", got)
	}
	if rows[1].Check.Verdict != batch.Wrong {
		t.Errorf("got %q, want a person who is not known to be wrong", cells(rows[1:]))
	}
	members := page.find("select[name=department] option").Length()
	if members < 2 {
		t.Fatalf("got %d departments, want some to choose from", members)
	}
	department := page.find("select[name=department] option").Eq(1).AttrOr("value", "")
	f = page.form("main form")
	_, rows = f.set("department", department).set("timeOfDayInMinutes", "0755").send().wants(http.StatusOK).drafted()
	want := w.groups.People(department, daysAgo(1))
	if len(want) == 0 || len(rows) != len(want) || !slices.Contains(want, rows[0].Cells[0]) {
		t.Errorf("got %d rows, want one for each of %d people", len(rows), len(want))
	}
	for name, broken := range map[string]*filled{
		"nobody":           page.form("main form").set("timeOfDayInMinutes", "0755"),
		"a time like none": page.form("main form").set("who", "Jan Maes").set("timeOfDayInMinutes", "7?"),
		"no time":          page.form("main form").set("who", "Jan Maes"),
	} {
		got := broken.send().wants(http.StatusUnprocessableEntity)
		if got.find("#who").Text() != broken.values.Get("who") {
			t.Errorf("%s: got %q, want who was typed", name, got.find("#who").Text())
		}
	}
	for name, tt := range map[string]struct {
		form    *filled
		nobody  bool
		missing int
	}{
		"neither people nor a time": {page.form("main form"), true, 1},
		"a department and no time":  {page.form("main form").set("department", department), false, 1},
		"a time and no people":      {page.form("main form").set("timeOfDayInMinutes", "0755"), true, 0},
	} {
		got := tt.form.send().wants(http.StatusUnprocessableEntity)
		said := got.text(".note.bad")
		if strings.Contains(said, "Say for whom") != tt.nobody || got.find(".note.bad a[href*='timeOfDayInMinutes']").Length() != tt.missing {
			t.Errorf("%s: got %q, want all that is missing", name, said)
		}
	}
}

func TestPeopleOfACircleAreThoseWhoClocked(t *testing.T) {
	w := aWorklist(t)
	w.clocks(1000, "76547", daysAgo(3), 480)
	els := w.signIn("els")
	worklist := els.get("/missing?circle=2&date.ge=" + daysAgo(1) + "&date.le=" + daysAgo(1)).wants(http.StatusOK)
	page := worklist.follow("a[href*='/batches/people']").wants(http.StatusOK)
	page.form("main form").set("timeOfDayInMinutes", "0755").send()
	if sent := w.filtersSent(); !strings.Contains(sent, "circle") || !strings.Contains(sent, daysAgo(15)) {
		t.Errorf("got %s, want the clockings of the circle in the fortnight before", sent)
	}
	if got := els.get("/batches/people?collection=terminals"); got.status < 400 {
		t.Errorf("got %d, want no page for what has no person", got.status)
	}
}
