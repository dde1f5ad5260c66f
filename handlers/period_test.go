package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestAPeriodIsChosen looks at every page that has a choice of days.
func TestAPeriodIsChosen(t *testing.T) {
	tenant := founded.today()
	for _, id := range tenant.IDs("people") {
		tenant.Edit("people", id, `{"periodClosingDate":"`+daysAgo(50)+`"}`)
	}
	w := newWorldWith(t, tenant)
	w.knowsPeople()
	els, anke := w.signIn("els"), w.signIn("anke")
	year, _ := time.Now().ISOWeek()
	pages := map[string]*browser{
		"/missing?person=76547": els, "/clockings?person=76547": els, "/clockings?person=76547&view=flat": els,
		"/people/76547/days?return=%2Fpeople": els, "/changes?person=76547": anke,
	}
	for path, b := range pages {
		for typed, monday := range map[string]string{"47/2026": "2026-11-16", "2026-W01": "2025-12-29", "w53/2026": "2026-12-28", " 9 ": ""} {
			page := b.get(path).wants(http.StatusOK).form("form.filters").set("week", typed).send().wants(http.StatusOK)
			q := page.url.Query()
			from, err := time.Parse(time.DateOnly, q.Get("date.ge"))
			until := from.AddDate(0, 0, 6).Format(time.DateOnly)
			y, n := from.ISOWeek()
			if right := q.Get("date.ge") == monday || monday == "" && y == year && n == 9; !right || err != nil || q.Get("date.le") != until {
				t.Errorf("%s, week %q: got %s, want the week that begins on %q", path, typed, page.url.RawQuery, monday)
			}
			if q.Has("week") || q.Get("person")+q.Get("return") == "" || q.Get("view") == "" && strings.Contains(path, "view=") {
				t.Errorf("%s, week %q: got %s, want the other filters and no week", path, typed, page.url.RawQuery)
			}
			if !strings.HasPrefix(page.text(".step summary"), "Week ") {
				t.Errorf("%s, week %q: got %q, want its number", path, typed, page.text(".step summary"))
			}
		}
		for _, typed := range []string{"0", "54", "53/2025", "47/26", "next", "2026-W", "1e1"} {
			page := b.get(path).form("form.filters").set("week", typed).send().wants(http.StatusUnprocessableEntity)
			has(t, page.text("main"), "There is no such week. Enter one like 47")
			if page.find("[id^=day-], .week, .rows tbody tr").Length() != 0 {
				t.Errorf("%s, week %q: got rows, want none", path, typed)
			}
		}
		for query, want := range map[string]string{
			"date.ge=2026-11-10&date.le=2026-11-01": "The last day is before the first.",
			"date.ge=9999-12-31&date.le=9999-12-31": "Enter dates of the years 1900 to 2999.",
			"date.ge=1200-12-31&date.le=1201-01-01": "Enter dates of the years 1900 to 2999.",
			"date.le=2026-11-10":                    "Enter the first day",
		} {
			if b == anke && !strings.Contains(want, "before") || strings.Contains(path, "/days") && strings.Contains(want, "first day") {
				continue // the log has no such bounds, and a week has a first day
			}
			page := b.get(path + "&" + query).wants(http.StatusUnprocessableEntity)
			has(t, page.text("main"), want)
			if title := page.text(".step summary"); strings.ContainsAny(title, "-−") || strings.Contains(title, " 1 Jan 0001") {
				t.Errorf("%s, %s: got the title %q", path, query, title)
			}
		}
	}
	work := els.get("/missing").wants(http.StatusOK)
	since := work.find(".step .menu a:contains('Since the last closing')")
	if since.Length() != 1 {
		t.Fatalf("got %q, want the 50 days since the closing to choose", work.text(".step .menu"))
	}
	els.get(work.resolve(since.AttrOr("href", ""))).wants(http.StatusOK)
	if got := els.get("/people/76547/days").text(".step .menu"); strings.Contains(got, "closing") {
		t.Errorf("a person's days: got %q, want no more than the page shows", got)
	}
	els.get("/missing?date.ge=2026-09-01&date.le=2026-11-01").wants(http.StatusOK)
	has(t, els.get("/missing?date.ge=2026-09-01&date.le=2026-11-02").wants(http.StatusUnprocessableEntity).text(".why"), "at most 62 days")
}
