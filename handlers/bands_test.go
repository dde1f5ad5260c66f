package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"protime-admin/protime/simulator"
)

// clocking puts a clocking into the tenant; status is "Active" or "Deleted".
func (w *world) clocking(id, person int, date string, minute int, status string) {
	w.tenant.Put("clockings", fmt.Sprint(id), fmt.Sprintf(
		`{"id":%d,"person":{"id":%d},"date":%q,"timeOfDayInMinutes":%d,"kind":"InOut","status":%q,"isGenerated":false}`,
		id, person, date, minute, status))
}

// bandsOf is a list by day as lines: dates, and rows as name, punches, worked, remarks.
func bandsOf(p *page) []string {
	words := func(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }
	return p.find("table.rows tbody tr").Map(func(_ int, row *goquery.Selection) string {
		if row.HasClass("day") {
			return words(row)
		}
		punches := row.Find(".punch").Map(func(_ int, punch *goquery.Selection) string { return words(punch) })
		return words(row.Find(".who")) + ": " + strings.Join(punches, ", ") + " = " + words(row.Find(".num")) + " " + words(row.Find(".mark"))
	})
}

// filtersSent are the filters of the lists of clockings that the API was asked for.
func (w *world) filtersSent() string {
	var sent []string
	for _, r := range w.tenant.Requests() {
		if q, err := url.ParseQuery(r.Query); err == nil && strings.HasSuffix(r.Path, "/clockings") {
			sent = append(sent, q.Get("filter"))
		}
	}
	return strings.Join(sent, "\n")
}

func TestClockingsStandByDayAndPersonWhateverOrderTheAPIGives(t *testing.T) {
	tenant := founded.today()
	for _, person := range []string{"76547", "76548", "76549"} {
		tenant.Edit("people", person, `{"periodClosingDate":null}`)
	}
	w := newWorldWith(t, tenant)
	w.knowsPeople()
	els := w.signIn("els")
	for i, c := range []struct {
		person int
		date   string
		minute int
	}{
		{76548, "2026-02-03", 990}, {76547, "2026-02-03", 485}, {76547, "2026-02-02", 1020}, {76548, "2026-02-03", 480},
		{76547, "2026-02-02", 750}, {76547, "2026-02-02", 480}, {76547, "2026-02-02", 720},
		{76549, "2026-02-04", 360}, {76549, "2026-02-03", 1320}, // a night of two dates
		{76547, "2026-02-01", 480}, // the day before the period
	} {
		w.clocking(30001+i, c.person, c.date, c.minute, "Active")
	}
	w.clocking(30020, 76547, "2026-02-02", 800, "Deleted")
	const list = "/clockings?date.ge=2026-02-02&date.le=2026-02-08"
	page := els.get(list).wants(http.StatusOK)
	got := bandsOf(page)
	want := []string{
		"Monday 2 February 2026 1 person, 4 clockings, 8:30 worked Add a clocking",
		"Jan Maes: in 08:00, out 12:00, in 12:30, out 17:00 = 8:30 ",
		"Tuesday 3 February 2026 3 people, 4 clockings, 16:30 worked 1 marked Add a clocking",
		"Els Peeters: in 08:00, out 16:30 = 8:30 ",
		"Jan Maes: in or out 08:05, add a clocking = 0:00 A clocking is missing",
	}
	if len(got) < len(want) || !slices.Equal(got[:len(want)], want) {
		t.Errorf("got\n%s\nwant first\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	has(t, page.text("nav.pages"), "5 rows shown, 9 clockings")
	nights := strings.Join(got[len(want):], "\n")
	if has := "in 22:00, out 06:00 next day = 8:00 \n"; !strings.Contains(nights, has) || !strings.Contains(nights, "out 06:00 of the night before") {
		t.Errorf("the night: got %q, want one stretch without a remark, and its end said with its own date", nights)
	}
	if alone := bandsOf(els.get("/clockings?date.ge=2026-02-04&date.le=2026-02-04").wants(http.StatusOK)); len(alone) != 2 {
		t.Errorf("the end of a night: got %q, want it in its own date", alone)
	}
	shown := els.get(list + "&deleted=show").wants(http.StatusOK)
	if got := shown.text("#r-30020"); got != "deleted 13:20" {
		t.Errorf("a deleted one that is asked for: got %q", got)
	}
	add := theForm(page.follow("a[href*='person.id=76547'][href*='date=2026-02-03']:not(.punch)").wants(http.StatusOK))
	if add.values.Get("person.id") != "76547" || add.values.Get("date") != "2026-02-03" || add.values.Get("return") != list {
		t.Errorf("add: got %v, want the person, the date and the way back", add.values)
	}
	edit := page.follow("a#r-30002").wants(http.StatusOK)
	if edit.url.Path != "/clockings/30002/edit" || edit.url.Query().Get("return") != list {
		t.Errorf("a punch: got %s, want its form", edit.url)
	}
	if flat := page.follow(".tabs a:not([aria-current])").wants(http.StatusOK); len(rows(flat)) != 9 {
		t.Errorf("single clockings: got %d, want 9 that are not deleted", len(rows(flat)))
	}
	viewer := w.signIn("marc").get(list).wants(http.StatusOK)
	if n := viewer.find("a[href*='/edit'], a[href*='/new']").Length(); n != 0 {
		t.Errorf("a viewer: got %d links to forms, want none", n)
	}
	if got := viewer.href("a#r-30002"); !strings.Contains(got, "/clockings/30002?return=") {
		t.Errorf("a viewer's punch: got %s, want its page", got)
	}
}

func TestTheListByDayOffersNothingInAClosedPeriod(t *testing.T) {
	tenant := founded.today()
	tenant.Edit("people", "76547", `{"periodClosingDate":"2026-02-03"}`)
	tenant.Edit("people", "76548", `{"periodClosingDate":null}`)
	w := newWorldWith(t, tenant)
	w.knowsPeople()
	for i, date := range []string{"2026-02-02", "2026-02-03", "2026-02-04"} {
		w.clocking(30001+10*i, 76547, date, 480, "Active")
		if i > 0 {
			w.clocking(30002+10*i, 76548, date, 480, "Active")
		}
	}
	w.clocking(30050, 76547, "2026-02-01", 1320, "Active") // a night that ends in the first date
	w.clocking(30051, 76547, "2026-02-02", 300, "Active")
	w.clocking(30052, 76547, "2026-02-02", 960, "Active")
	els := w.signIn("els")
	page := els.get("/clockings?date.ge=2026-02-02&date.le=2026-02-04").wants(http.StatusOK)
	const changes = "a[href*='/edit'], a[href*='/delete'], a[href*='/new']"
	bands := page.find("table.rows tbody")
	for i, want := range []struct{ band, jan bool }{{false, false}, {true, false}, {true, true}} {
		band := bands.Eq(i)
		if got := band.Find(".day a").Length() > 0; got != want.band {
			t.Errorf("band %d: got add offered %v, want %v", i+1, got, want.band)
		}
		jan := band.Find("tr[data-row]").FilterFunction(func(_ int, s *goquery.Selection) bool { return s.Find(".who").Text() == "Jan Maes" })
		if got := jan.Find(changes).Length() > 0; got != want.jan {
			t.Errorf("band %d, Jan: got a change offered %v, want %v: %s", i+1, got, want.jan, words(jan))
		}
		if locked := jan.Find(".mark.quiet svg").Length() == 1 && strings.Contains(words(jan), "closed"); locked == want.jan || jan.Find("a.punch").Length() == 0 {
			t.Errorf("band %d, Jan: got %q, want a lock said %v, and the punches as links to their pages", i+1, words(jan), !want.jan)
		}
	}
	if page.find("table.rows[data-place]").Length() != 1 || w.signIn("marc").get("/clockings?date.ge=2026-02-02&date.le=2026-02-04").find("[data-place]").Length() != 0 {
		t.Error("times change where they stand: want it for an editor, not for a viewer")
	}
}

func TestAListIsFilteredByTheGroupsOfPeople(t *testing.T) {
	tenant := founded.today()
	for _, id := range tenant.IDs("department-histories") {
		tenant.Remove("department-histories", id)
	}
	for id, period := range map[string]string{
		"1": `{"id":1,"person":{"id":76547},"department":{"id":3},"from":"2020-01-01","until":"2026-02-03"}`,
		"2": `{"id":2,"person":{"id":76547},"department":{"id":4},"from":"2026-02-04","until":null}`,
		"3": `{"id":3,"person":{"id":76548},"department":{"id":4},"from":"2020-01-01","until":null}`,
	} {
		tenant.Put("department-histories", id, period)
	}
	w := newWorldWith(t, tenant, "CIRCLES=2=Night shift")
	w.knowsPeople()
	for i, date := range []string{"2026-02-02", "2026-02-03", "2026-02-04"} {
		for j, person := range []int{76547, 76548} {
			w.clocking(31000+10*i+2*j, person, date, 480, "Active")
			w.clocking(31001+10*i+2*j, person, date, 960, "Active")
		}
	}
	els := w.signIn("els")
	const list = "/clockings?date.ge=2026-02-02&date.le=2026-02-04"
	days := func(p *page) string {
		return strings.Join(p.find("tr[data-row] .who").Map(func(_ int, a *goquery.Selection) string { return a.Text() }), ", ")
	}
	for _, tt := range []struct{ name, query, want, sent string }{
		{"a department, whose people are asked for", "&department=3", "Jan Maes, Jan Maes", "person in (76547)"},
		{"a department that somebody joins", "&department=4", "Els Peeters, Els Peeters, Els Peeters, Jan Maes", "person in (76547,76548)"},
		{"somebody of a department", "&department=4&person=76547", "Jan Maes", "person in (76547)"},
		{"a department without people", "&department=5", "", ""},
		{"somebody of another department", "&department=3&person=76548", "", ""},
		{"a circle by its number", "&circle=2", "", "person in circle(2)"},
		{"an organisation group by its number", "&organisation-group=121", "", "person in org-group(121)"},
	} {
		w.tenant.Forget()
		page := els.get(list + tt.query).wants(http.StatusOK)
		if got := days(page); tt.want != "" && got != tt.want || tt.sent == "" && got != "" {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
		if got := w.filtersSent(); !strings.Contains(got, tt.sent) || tt.sent == "" && got != "" {
			t.Errorf("%s: got the filter %q, want %q", tt.name, got, tt.sent)
		}
		if tt.query == "&department=4" {
			flat := els.get(list + "&view=flat&department=4").wants(http.StatusOK)
			csv := els.get("/clockings.csv" + strings.TrimPrefix(list, "/clockings") + "&department=4").wants(http.StatusOK)
			if got, lines := len(rows(flat)), strings.Count(csv.body, "\n")-1; got != 8 || lines != 8 {
				t.Errorf("single clockings of a department: got %d and %d lines of a file, want 8", got, lines)
			}
		}
	}
	form := els.get(list + "&circle=2").form("form.filters")
	if form.values.Get("circle") != "2" || form.page.find("select[name=circle] option[selected]").Text() != "Night shift" {
		t.Errorf("got the circle %q, want it by its name", form.values.Get("circle"))
	}
	for _, wrong := range []string{"&department=77", "&organisation-group=Drivers"} {
		if page := els.get(list + wrong).wants(http.StatusUnprocessableEntity); page.text(".why") == "" {
			t.Errorf("%s: got no sentence at the filter", wrong)
		}
	}
	w.tenant.Fail(simulator.Fault{Method: "GET", Path: "/department-histories", Status: 500})
	unread := w.replica()
	unread.knowsPeople()
	r := els.request(http.MethodGet, unread.server.URL+list+"&department=3", nil)
	r.Host = w.config.PublicURL.Host
	page := els.do(r, true).wants(http.StatusUnprocessableEntity)
	has(t, page.text("form.filters .why"), "Who is in which department is not known now")
	if page.find("tr[data-row]").Length() != 0 {
		t.Error("while nobody knows who is in a department: got days, want none")
	}
}

func TestManyPeopleAreShownSomeAtATime(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	from := time.Now().AddDate(0, 0, -27).Format(time.DateOnly)
	page := els.get("/clockings?date.ge=" + from + "&date.le=" + today()).wants(http.StatusOK)
	seen := map[string]int{}
	for pages := 1; ; pages++ {
		names := map[string]bool{}
		rows := page.find("tr[data-row] .who")
		rows.Each(func(_ int, a *goquery.Selection) { names[a.Text()] = true })
		for name := range names {
			seen[name]++
		}
		next := page.find("a[rel=next]").Length()
		if next > 0 && rows.Length() < 100 {
			t.Errorf("page %d: got %d rows and a link to more, want at least 100", pages, rows.Length())
		}
		if next == 0 {
			if pages < 2 {
				t.Errorf("got %d pages, want several", pages)
			}
			break
		}
		page = page.follow("a[rel=next]").wants(http.StatusOK)
	}
	for name, times := range seen {
		if times != 1 {
			t.Errorf("%s is on %d pages, want one", name, times)
		}
	}
	if len(seen) < 50 {
		t.Errorf("got %d people, want all who clocked", len(seen))
	}
}

func TestAPageOfNobodysClockingsEndsAfterFewCalls(t *testing.T) {
	tenant := founded.today()
	for i := range 300 {
		tenant.Put("people", fmt.Sprint(500_000+i), fmt.Sprintf(`{"id":%d,"firstName":"A","lastName":"B%[1]d"}`, 500_000+i))
	}
	w := newWorldWith(t, tenant)
	w.knowsPeople()
	els := w.signIn("els")
	w.tenant.Forget()
	page := els.get("/clockings?date.ge=2031-01-01&date.le=2031-12-31").wants(http.StatusOK)
	if got := strings.Count(w.filtersSent(), "person in"); got < 10 || got > 40 {
		t.Errorf("got %d lists, want ten parts of at most four", got)
	}
	if page.find("a[rel=next]").Length() != 1 || strings.Contains(page.text("main"), "Nothing here") {
		t.Errorf("got %q, want a way to the people who were not looked at", page.text("main"))
	}
	has(t, els.get("/clockings?date.ge=2031-01-06&date.le=2031-01-12").text("main"), "Nothing here")
}

func TestAPageByDayHasALimit(t *testing.T) {
	api, els := atElsewhere(t)
	api.many(25_001)
	page := els.get("/clockings?date.ge=" + today() + "&date.le=" + today()).wants(http.StatusOK)
	has(t, page.text("tr.failed"), "Too many clockings", "Choose a department")
	if got := rows(page.follow("tr.failed a").wants(http.StatusOK)); len(got) < 100 {
		t.Errorf("single clockings instead: got %d rows", len(got))
	}
}

func TestAPeriodThatBreaksOffShowsTheDaysThatAreComplete(t *testing.T) {
	api, els := atElsewhere(t)
	api.put("clockings", "10001", `{"id":10001,"person":{"id":76547},"date":"2026-02-05","timeOfDayInMinutes":480,"kind":"InOut"}`)
	api.put("clockings", "10002", `{"id":10002,"person":{"id":76547},"date":"2026-04-09","timeOfDayInMinutes":480,"kind":"InOut"}`)
	api.when(func(rw http.ResponseWriter, c call) bool {
		last := strings.Contains(c.Query, "date+le+%272026-04-11") || strings.Contains(c.Query, "date%20le%20%272026-04-11")
		if last {
			rw.WriteHeader(http.StatusInternalServerError)
		}
		return last
	})
	page := els.get("/clockings?date.ge=2026-02-01&date.le=2026-04-10").wants(http.StatusOK)
	has(t, page.text("tr.failed"), "incomplete", "500 Internal Server Error")
	if got := page.text("tr.day"); !strings.Contains(got, "5 February") || strings.Contains(got, "9 April") {
		t.Errorf("got the days %q, want those before the failure", got)
	}
}

func TestColumnsWithoutAValueAreNotDrawn(t *testing.T) {
	api, els := atElsewhere(t)
	api.many(60)
	api.pages = 30
	api.put("clockings", "10059", fmt.Sprintf(
		`{"id":10059,"person":{"id":76547},"date":%q,"timeOfDayInMinutes":59,"kind":"InOut","terminal":{"id":765}}`, today()))
	page := els.get("/clockings?view=flat&date.ge=" + today()).wants(http.StatusOK)
	head := page.text("thead")
	for _, column := range []string{"Reason", "Still open", "Terminal"} {
		if strings.Contains(head, column) {
			t.Errorf("got the column %s in %q, want none: no record of the first answer has one", column, head)
		}
	}
	if got := page.text("tr#r-10059 .tags"); !strings.Contains(got, "Terminal") {
		t.Errorf("a value that came later: got %q, want it in the remarks", got)
	}
}
