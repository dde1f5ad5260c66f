package worklist_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"protime-admin/internal/attendance"
	"protime-admin/internal/day"
	"protime-admin/internal/worklist"
	"protime-admin/protime"
	"protime-admin/protime/simulator"
	"protime-admin/protime/simulator/company"
)

// judged is what the worklist must have, by judging each person's dates with all that the tenant holds.
func judged(t *testing.T, tenant *simulator.Tenant) []string {
	t.Helper()
	record := func(collection, id string) protime.Record {
		text, _ := tenant.Get(collection, id)
		r, err := protime.ParseRecord([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	clockings := map[string][]day.Clocking{}
	for _, id := range tenant.IDs("clockings") {
		c, _ := day.ClockingOf(record("clockings", id))
		clockings[c.Person] = append(clockings[c.Person], c)
	}
	absences := map[string][]day.Absence{}
	for _, id := range tenant.IDs("absences") {
		a, _ := day.AbsenceOf(record("absences", id))
		absences[a.Person] = append(absences[a.Person], a)
	}
	assignments := map[string][]day.Assignment{}
	for _, id := range tenant.IDs("assignments") {
		a, _ := day.AssignmentOf(record("assignments", id))
		assignments[a.Person] = append(assignments[a.Person], a)
	}
	var rows []worklist.Row
	for date := today.AddDate(0, 0, -18); date.Format(time.DateOnly) <= until; date = date.AddDate(0, 0, 1) {
		for _, person := range tenant.IDs("people") {
			d := day.Rules{}.Judge(day.Facts{
				Person: person, Date: date.Format(time.DateOnly), Clockings: clockings[person], Absences: absences[person],
				Assignments: assignments[person], Today: today.Format(time.DateOnly), Now: 9 * 60,
			})
			if len(d.Findings) > 0 {
				rows = append(rows, worklist.Row{Person: person, Date: d.Date, Day: d})
			}
		}
	}
	all := told(rows)
	slices.Sort(all)
	return all
}

func TestAPeriodIsJudgedWhateverThePages(t *testing.T) {
	tests := []struct {
		name       string
		page, none int // rows of a page, empty pages before each
		order      uint64
		times      int // that each page comes
	}{
		{"the pages of the simulator", 100, 0, 0, 1},
		{"small pages in another order", 30, 0, 1, 1},
		{"empty pages between them", 80, 1, 2, 1},
		{"all on one page, in a third order", 5000, 0, 3, 1},
		{"each page again, as a list that moves may repeat records", 70, 0, 4, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tenant := company.New(today)
			if test.order > 0 {
				mixed(tenant, test.order)
			}
			want := judged(t, tenant)
			if len(want) < 20 {
				t.Fatalf("got %d rows, want a company with more mistakes", len(want))
			}
			tenant.Configure(func(o *simulator.Options) { o.PageSize, o.EmptyPages = test.page, test.none })
			server := httptest.NewServer(tenant)
			defer server.Close()
			list := worklist.New(worklist.Options{
				Register: attendance.New(attendance.Options{
					API: repeating{clientOf(t, server.URL, nil), test.times}, Now: func() time.Time { return today },
				}),
				Employed: func(string) iter.Seq[string] { return slices.Values([]string{"76547", "76548", "76549"}) },
			})
			reading, err := list.Open(worklist.Scope{From: from, To: until})
			if err != nil {
				t.Fatal(err)
			}
			found, progress, err := follow(t, reading)
			if err != nil {
				t.Fatal(err)
			}
			got := told(found)
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if !progress.Whole || progress.Judged != 14 || progress.Dates != 14 || progress.Through != until || progress.Unread != nil {
				t.Errorf("got %+v, want 14 of 14 dates, whole", progress)
			}
			rows, _, err := reading.Rows()
			if !slices.IsSortedFunc(rows, func(a, b worklist.Row) int { return strings.Compare(a.Date, b.Date) }) || err != nil {
				t.Errorf("got %v, %v, want rows by date", told(rows), err)
			}
		})
	}
}

func TestOneReadingServesAllWhoLook(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant := people(7, 8, 9)
		clock(tenant, 7, "2026-11-03", "8:00")
		clock(tenant, 8, "2026-11-04", "8:00", "8:01", "17:00")
		clock(tenant, 9, "2026-11-10", "8:00", "23:00")
		w := newWorld(t, tenant, nil)
		want := []string{"2026-11-03 7 odd-count", "2026-11-04 8 too-close", "2026-11-10 9 long-stretch"}
		done := make(chan struct{})
		for range 5 {
			go func() {
				defer func() { done <- struct{}{} }()
				rows, _, err := follow(t, w.open(worklist.Scope{}))
				got := told(rows)
				slices.Sort(got)
				if diff := cmp.Diff(want, got); diff != "" || err != nil {
					t.Errorf("%v, -want +got\n%s", err, diff)
				}
			}()
		}
		for range 5 {
			<-done
		}
		calls := len(tenant.Requests())
		for name, test := range map[string]struct {
			scope worklist.Scope
			want  []string
		}{
			"the same again":       {worklist.Scope{}, want},
			"some of its dates":    {worklist.Scope{From: "2026-11-04", To: "2026-11-09"}, want[1:2]},
			"some of its people":   {worklist.Scope{From: from, To: until, People: []string{"9", "7"}}, []string{want[0], want[2]}},
			"nobody who is in it":  {worklist.Scope{From: from, To: until, People: []string{"12"}}, nil},
			"one person, one date": {worklist.Scope{From: "2026-11-10", To: "2026-11-10", People: []string{"9"}}, want[2:]},
		} {
			rows, progress, err := follow(t, w.open(test.scope))
			if diff := cmp.Diff(test.want, told(rows)); diff != "" || err != nil || !progress.Whole {
				t.Errorf("%s: %v, %+v, -want +got\n%s", name, err, progress, diff)
			}
		}
		if got := len(tenant.Requests()); got != calls {
			t.Errorf("%d calls for those who came within a minute, want none", got-calls)
		}
		time.Sleep(61 * time.Second)
		clock(tenant, 7, "2026-11-03", "17:00")
		if rows, _, err := follow(t, w.open(worklist.Scope{})); err != nil || len(rows) != 2 {
			t.Errorf("after a minute: got %v, %v, want what is there now", told(rows), err)
		}
	})
}

func TestNotEveryReadingIsRemembered(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, people(7), nil)
		date := func(i int) worklist.Scope {
			return worklist.Scope{From: fmt.Sprintf("2026-11-%02d", 2+i), To: fmt.Sprintf("2026-11-%02d", 2+i)}
		}
		for i := range 10 {
			if _, _, err := follow(t, w.open(date(i))); err != nil {
				t.Fatal(err)
			}
		}
		calls := len(w.tenant.Requests())
		for _, test := range []struct {
			scope worklist.Scope
			again bool
		}{{date(9), false}, {date(3), false}, {date(0), true}} {
			if _, _, err := follow(t, w.open(test.scope)); err != nil {
				t.Fatal(err)
			}
			if got := len(w.tenant.Requests()) > calls; got != test.again {
				t.Errorf("%v: read again %v, want %v", test.scope, got, test.again)
			}
		}
	})
}

func TestAReadingEndsAMinuteAfterTheLastFollower(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant := people(7)
		for date := 2; date <= 15; date++ {
			clock(tenant, 7, fmt.Sprintf("2026-11-%02d", date), "8:00", "8:01", "17:00")
		}
		tenant.Configure(func(o *simulator.Options) { o.PageSize = 1 })
		w := newWorld(t, tenant, nil)
		w.before = func(r *http.Request) {
			select {
			case <-time.After(20 * time.Second):
			case <-r.Context().Done():
			}
		}
		ctx, leave := context.WithTimeout(t.Context(), 30*time.Second)
		defer leave()
		r := w.open(worklist.Scope{})
		for _, err := range r.Follow(ctx) {
			if err != nil {
				t.Error(err)
			}
		}
		time.Sleep(59 * time.Second)
		if _, progress, _ := r.Rows(); !progress.Ended.IsZero() {
			t.Errorf("got %+v, want a reading that goes on for a minute", progress)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if _, progress, err := r.Rows(); progress.Ended.IsZero() || progress.Whole || err == nil {
			t.Errorf("got %+v, %v, want a reading that has ended and is not whole", progress, err)
		}
		w.before = nil
		if rows, _, err := follow(t, w.open(worklist.Scope{})); err != nil || len(rows) != 14 {
			t.Errorf("who comes then: got %v, %v, want a reading of their own", told(rows), err)
		}
	})
}

func TestAPanicEndsItsReadingAlone(t *testing.T) {
	unexpected := func(*http.Request) { panic("nobody expected this") }
	for name, test := range map[string]struct {
		person func(string) attendance.Employment
		before func(*http.Request)
		known  []string
	}{
		"while a day is judged":       {person: func(string) attendance.Employment { panic("nobody expected this") }},
		"while a list is read":        {before: unexpected},
		"while a few people are read": {before: unexpected, known: []string{"7"}},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				tenant := people(7)
				clock(tenant, 7, "2026-11-03", "8:00")
				broken := true
				w := newWorld(t, tenant, func(o *worklist.Options) {
					o.Employed = func(string) iter.Seq[string] { return slices.Values(test.known) }
					if test.person != nil {
						o.Register.Person = func(id string) attendance.Employment {
							if broken {
								return test.person(id)
							}
							return attendance.Employment{}
						}
					}
				})
				w.before = test.before
				for range 4 { // as many as there are calls at once, and one
					if _, progress, err := follow(t, w.open(worklist.Scope{})); err == nil || progress.Whole {
						t.Fatalf("got %v, %+v, want a reading that ended with an error", err, progress)
					}
				}
				w.before, broken = nil, false
				if rows, _, err := follow(t, w.open(worklist.Scope{})); err != nil || len(rows) != 1 {
					t.Errorf("the next one: got %v, %v, want the day", told(rows), err)
				}
			})
		})
	}
}

func TestFewReadingsGoOnThatEverybodyLeft(t *testing.T) {
	bubble(t, func(t *testing.T) {
		w := newWorld(t, people(7), nil)
		w.before = func(r *http.Request) {
			select {
			case <-time.After(20 * time.Second):
			case <-r.Context().Done():
			}
		}
		waits := w.open(worklist.Scope{From: "2026-10-01", To: "2026-10-01"}) // nobody follows it yet
		var readings []*worklist.Reading
		for day := 2; day <= 11; day++ {
			date := fmt.Sprintf("2026-11-%02d", day)
			r := w.open(worklist.Scope{From: date, To: date})
			for range r.Follow(t.Context()) {
				break
			}
			readings = append(readings, r)
		}
		synctest.Wait()
		var ended []bool
		for _, r := range append(readings, waits) {
			_, progress, _ := r.Rows()
			ended = append(ended, !progress.Ended.IsZero())
		}
		want := []bool{true, true, true, true, true, true, false, false, false, false, false}
		if diff := cmp.Diff(want, ended); diff != "" {
			t.Errorf("readings that have ended, -want +got\n%s", diff)
		}
	})
}

func TestAnInterruptedReadingIsNeverWhole(t *testing.T) {
	for _, test := range []struct {
		name  string
		fault simulator.Fault
		kind  protime.Kind
	}{
		{"the API fails", simulator.Fault{Path: "/clockings", Status: 500, Skip: 8}, protime.ServerFault},
		{"an answer is no list", simulator.Fault{Path: "/clockings", Status: 200, Body: "{}", Skip: 8}, protime.BadAnswer},
		{"the API is busy for an hour", simulator.Fault{Path: "/clockings", Status: 429, RetryAfter: 3600, Skip: 8}, protime.RateLimited},
		{"absences fail", simulator.Fault{Path: "/absences", Status: 500, Skip: 1}, protime.ServerFault},
	} {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				tenant := people(7)
				for date := 2; date <= 15; date++ {
					clock(tenant, 7, fmt.Sprintf("2026-11-%02d", date), "8:00", "8:01", "17:00")
				}
				tenant.Configure(func(o *simulator.Options) { o.PageSize = 1 })
				tenant.Fail(test.fault)
				w := newWorld(t, tenant, nil)
				r := w.open(worklist.Scope{})
				rows, progress, err := follow(t, r)
				if !errors.Is(err, test.kind) || progress.Whole || progress.Ended.IsZero() || len(rows) == 14 {
					t.Errorf("got %d rows, %+v and %v, want fewer than 14 and %v", len(rows), progress, err, test.kind)
				}
				if _, _, again := r.Rows(); !errors.Is(again, test.kind) {
					t.Errorf("afterwards: got %v, want %v", again, test.kind)
				}
				tenant.Heal()
				time.Sleep(5 * time.Minute) // until the client calls again
				if rows, progress, err := follow(t, w.open(worklist.Scope{})); err != nil || len(rows) != 14 || !progress.Whole {
					t.Errorf("after that: got %d rows, %+v, %v, want 14, whole", len(rows), progress, err)
				}
			})
		})
	}
}

func TestWhatWasFoundBeforeAFailureIsThere(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant := people(7, 8)
		clock(tenant, 7, "2026-11-02", "8:00") // waits for usual times that never come
		clock(tenant, 8, "2026-11-02", "8:00", "8:01", "17:00")
		w := newWorld(t, tenant, nil)
		w.before = func(r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/absences") && strings.Contains(r.URL.Query().Get("filter"), "2026-11-15") {
				time.Sleep(time.Second) // until the first date is judged
				tenant.Fail(simulator.Fault{Path: "/absences", Status: 500})
			}
		}
		rows, progress, err := follow(t, w.open(worklist.Scope{}))
		got := told(rows)
		slices.Sort(got)
		if !errors.Is(err, protime.ServerFault) || progress.Whole || !slices.Equal(got, []string{"2026-11-02 7 odd-count", "2026-11-02 8 too-close"}) {
			t.Errorf("got %v, %+v and %v, want both rows and the failure", got, progress, err)
		}
	})
}

func TestAPauseHoldsTheReading(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant := people(7)
		for date := 2; date <= 15; date++ {
			clock(tenant, 7, fmt.Sprintf("2026-11-%02d", date), "8:00", "8:01", "17:00")
		}
		tenant.Configure(func(o *simulator.Options) { o.PageSize = 3 })
		tenant.Fail(simulator.Fault{Path: "/clockings", Status: 429, RetryAfter: 40, Skip: 4, Times: 1})
		w := newWorld(t, tenant, nil)
		began, paused := time.Now(), time.Duration(0)
		var rows []worklist.Row
		for update, err := range w.open(worklist.Scope{}).Follow(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			rows = append(rows, update.Rows...)
			if until := update.Progress.PausedUntil; !until.IsZero() {
				paused = max(paused, until.Sub(today.Add(time.Since(began))))
			}
		}
		if len(rows) != 14 || paused < 39*time.Second || time.Since(began) < 40*time.Second {
			t.Errorf("got %d rows in %v, told of a pause of %v, want 14 after 40 s", len(rows), time.Since(began), paused)
		}
	})
}

func TestAnExpiredPagingTokenBeginsTheListAnew(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant := company.New(today)
		want := judged(t, tenant)
		tenant.Configure(func(o *simulator.Options) { o.PageSize = 20 })
		w := newWorld(t, tenant, nil)
		var pages atomic.Int32
		w.before = func(r *http.Request) {
			if r.URL.Query().Has("continuationToken") {
				if n := pages.Add(1); n == 10 || n == 25 {
					tenant.ExpirePages()
				}
			}
		}
		rows, progress, err := follow(t, w.open(worklist.Scope{}))
		got := told(rows)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" || err != nil || !progress.Whole {
			t.Errorf("%v, %+v, -want +got\n%s", err, progress, diff)
		}
	})
}

func TestWhatMayNotBeReadIsSaid(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant := company.New(today)
		tenant.Fail(simulator.Fault{Path: "/absences", Status: 403})
		tenant.Fail(simulator.Fault{Path: "/assignments", Status: 404})
		w := newWorld(t, tenant, nil)
		rows, progress, err := follow(t, w.open(worklist.Scope{}))
		slices.Sort(progress.Unread)
		if err != nil || !progress.Whole || !slices.Equal(progress.Unread, []string{"absences", "assignments"}) || len(rows) == 0 {
			t.Errorf("got %d rows, %+v, %v, want the rest", len(rows), progress, err)
		}
		if w.lists("absences") > 3 {
			t.Errorf("asked %d times for absences, want it to stop", w.lists("absences"))
		}
	})
}

func TestPlansAndAbsencesAreKnown(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant := company.New(today)
		for _, collection := range []string{"clockings", "absences", "assignments"} {
			for _, id := range tenant.IDs(collection) {
				tenant.Remove(collection, id)
			}
		}
		absence := func(definition int, date string) {
			tenant.Insert("absences", fmt.Sprintf(`{"person":{"id":76547},"date":"%s","resultingAbsenceDefinition":{"id":%d},`+
				`"dayPart":"Unknown","approvalLevel":"Approved","periodType":"Day"}`, date, definition))
			clock(tenant, 76547, date, "8:00", "16:30")
		}
		plan := func(from, until string) {
			tenant.Insert("assignments", fmt.Sprintf(`{"person":{"id":76548},"from":"%s","until":"%s","startTimeInMinutes":480,`+
				`"endTimeInMinutes":990,"activityLevels":[],"isRejected":false}`, from, until))
		}
		absence(11, "2026-11-03")        // illness
		absence(13, "2026-11-04")        // a business trip
		plan("2026-10-02", "2026-11-03") // began a month before the period
		plan("2026-10-01", "2026-11-04") // began too long before it
		plan("2026-11-06", "2026-11-06") // on which they forget to clock out
		plan("2026-11-14", "2026-11-30") // goes on
		clock(tenant, 76548, "2026-11-06", "8:00")
		w := newWorld(t, tenant, func(o *worklist.Options) {
			o.Register.Person = func(id string) attendance.Employment {
				return attendance.Employment{OutOfService: "2026-11-14", ClosedUntil: "2026-11-02"}
			}
		})
		rows, _, err := follow(t, w.open(worklist.Scope{}))
		want := []string{
			"2026-11-02 76548 no-clocking", "2026-11-03 76547 on-absence", "2026-11-03 76548 no-clocking",
			"2026-11-06 76548 odd-count", "2026-11-14 76548 no-clocking",
		}
		got := told(rows)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Fatalf("%v, -want +got\n%s", err, diff)
		}
		rows, _, _ = w.open(worklist.Scope{}).Rows()
		if l := rows[3].Day.Likely; l == nil || *l != (day.Likely{Do: day.Add, Minute: 990, Source: day.Planned}) {
			t.Errorf("got %+v, want the end of the plan", l)
		}
		if !rows[0].Day.Closed || rows[1].Day.Closed {
			t.Errorf("got closed %v and %v, want the first alone", rows[0].Day.Closed, rows[1].Day.Closed)
		}
	})
}

func TestUsualTimesComeFromOneListOfTheDaysBefore(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant := people(7, 8, 9, 10)
		for _, date := range []string{"2026-10-27", "2026-11-03", "2026-11-04", "2026-11-10"} { // three Tuesdays and a Wednesday
			clock(tenant, 7, date, "8:00", "16:30")
			clock(tenant, 8, date, "22:00", "30:00")
			clock(tenant, 9, date, "8:00") // never whole
		}
		for _, person := range []int{7, 9} {
			clock(tenant, person, "2026-11-17", "8:00")
		}
		clock(tenant, 8, "2026-11-17", "22:00")
		clock(tenant, 10, "2026-11-17", "8:00", "8:01", "16:30")
		w := newWorld(t, tenant, nil)
		reading := w.open(worklist.Scope{From: "2026-11-17", To: "2026-11-17"})
		if _, _, err := follow(t, reading); err != nil {
			t.Fatal(err)
		}
		rows, _, _ := reading.Rows()
		got := map[string]string{}
		for _, row := range rows {
			got[row.Person] = fmt.Sprintf("%+v", row.Day.Likely)
		}
		want := map[string]string{
			"7":  fmt.Sprintf("%+v", &day.Likely{Do: day.Add, Minute: 990, Source: day.Habit, Days: 3, Weekday: true}),
			"8":  fmt.Sprintf("%+v", &day.Likely{Do: day.Add, Minute: 1800, Source: day.Habit, Days: 3, Weekday: true}),
			"9":  "<nil>",
			"10": fmt.Sprintf("%+v", &day.Likely{Do: day.Delete, Clocking: rows[slices.IndexFunc(rows, func(r worklist.Row) bool { return r.Person == "10" })].Day.Second[0].ID, Source: day.SecondTouch}),
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
		if got := w.lists("clockings"); got != 4 {
			t.Errorf("got %d lists of clockings, want one for each of three dates and one of the days before", got)
		}
	})
}

func TestRowsComeInTheOrderOfDatesWithTheUsualTimesOfTheDaysBefore(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant := people(7, 8, 9)
		for date := 1; date <= 31; date++ {
			before := fmt.Sprintf("2026-10-%02d", date)
			switch {
			case date <= 5: // more than 28 days before the date
				clock(tenant, 7, before, "6:00", "12:00")
			case date <= 9:
				clock(tenant, 7, before, "8:00", "16:30")
			}
		}
		clock(tenant, 7, "2026-11-01", "8:00", "17:30")
		clock(tenant, 7, "2026-11-03", "8:00")
		clock(tenant, 8, "2026-11-03", "8:00") // of whom the days before tell nothing
		clock(tenant, 9, "2026-11-03", "8:00", "8:01", "17:00")
		for date := 4; date <= 12; date++ {
			clock(tenant, 7, fmt.Sprintf("2026-11-%02d", date), "7:00", "19:00")
			clock(tenant, 8, fmt.Sprintf("2026-11-%02d", date), "8:05", "16:35")
			clock(tenant, 9, fmt.Sprintf("2026-11-%02d", date), "8:00", "8:01", "17:00")
		}
		clock(tenant, 8, "2026-11-13", "8:00") // the days of the period tell
		tenant.Insert("assignments", `{"person":{"id":8},"from":"2026-11-03","until":"2026-11-03","activityLevels":[],"isRejected":false}`)
		w := newWorld(t, tenant, nil)
		judged, habits := make(chan struct{}), atomic.Int32{}
		w.before = func(r *http.Request) {
			switch filter := r.URL.Query().Get("filter"); {
			case strings.Contains(filter, "2026-11-16"): // the last date to be read
				close(judged)
			case strings.Contains(filter, "2026-10-05"): // the days before: others are read meanwhile
				habits.Add(1)
				<-judged
				time.Sleep(time.Second)
			}
		}
		reading := w.open(worklist.Scope{})
		rows, _, err := follow(t, reading)
		if err != nil {
			t.Fatal(err)
		}
		later, _, _ := reading.Rows()
		if diff := cmp.Diff(told(later), told(rows)); diff != "" {
			t.Errorf("-later +as they came\n%s", diff)
		}
		got := map[string]string{}
		for _, row := range rows {
			if plans := len(row.Day.Assignments); row.Date == "2026-11-03" && row.Person == "8" && plans != 1 {
				t.Errorf("got %d assignments, want that of the date, which ends on it", plans)
			}
			if l := row.Day.Likely; l == nil || l.Do == day.Add {
				got[row.Date+" "+row.Person] = fmt.Sprintf("%+v", l)
			}
		}
		want := map[string]string{
			"2026-11-03 7": fmt.Sprintf("%+v", &day.Likely{Do: day.Add, Minute: 990, Source: day.Habit, Days: 5}),
			"2026-11-03 8": "<nil>",
			"2026-11-13 8": fmt.Sprintf("%+v", &day.Likely{Do: day.Add, Minute: 995, Source: day.Habit, Days: 9}),
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
		if got := habits.Load(); got != 1 {
			t.Errorf("got %d lists of the days before, want one", got)
		}
	})
}

func TestTheFirstRowsNeedNotWaitForEverybody(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var ids []int
		for i := range 300 {
			ids = append(ids, 1000+i)
		}
		tenant := people(ids...)
		for _, id := range ids {
			times := []string{"8:00", "16:30"}
			if id >= 1050 {
				times[1] = "23:00"
			}
			clock(tenant, id, "2026-11-02", times...)
		}
		w := newWorld(t, tenant, func(o *worklist.Options) {
			o.Employed = func(string) iter.Seq[string] {
				return func(yield func(string) bool) {
					for _, id := range ids {
						if !yield(fmt.Sprint(id)) {
							return
						}
					}
				}
			}
		})
		release, released := make(chan struct{}), sync.Once{}
		w.before = func(r *http.Request) {
			if !strings.Contains(r.URL.Query().Get("filter"), "person") {
				<-release
			}
		}
		seen := map[string]bool{}
		for update, err := range w.open(worklist.Scope{}).Follow(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range update.Rows {
				if seen[row.Person] {
					t.Errorf("%s came twice", row.Person)
				}
				seen[row.Person] = true
			}
			if len(seen) > 0 && update.Progress.Judged == 0 {
				if len(seen) != 100 {
					t.Errorf("first: got %d rows, want those of the second 120 people", len(seen))
				}
				released.Do(func() { close(release) })
			}
		}
		if len(seen) != 250 {
			t.Errorf("got %d rows, want 250", len(seen))
		}
	})
}

func TestARecheckBringsReadingsUpToDate(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant := people(7, 8)
		clock(tenant, 7, "2026-11-03", "8:00")
		clock(tenant, 7, "2026-11-05", "8:00")
		clock(tenant, 8, "2026-11-04", "8:00")
		w := newWorld(t, tenant, nil)
		r := w.open(worklist.Scope{})
		if _, _, err := follow(t, r); err != nil {
			t.Fatal(err)
		}
		next := func(person, date string) string {
			row, ok := r.Next(person, date)
			return fmt.Sprint(row.Person, " ", row.Date, " ", ok)
		}
		if got := next("7", "2026-11-03"); got != "8 2026-11-04 true" {
			t.Errorf("next: got %s", got)
		}
		if got := next("7", "2026-11-05"); got != "7 2026-11-03 true" {
			t.Errorf("next after the last: got %s", got)
		}

		clock(tenant, 8, "2026-11-04", "17:00")
		clock(tenant, 8, "2026-11-06", "8:00")
		calls := len(tenant.Requests())
		rows, err := w.list.Recheck(t.Context(), "8", nil, "2026-11-04", "2026-11-06")
		if got := told(rows); err != nil || !slices.Equal(got, []string{"2026-11-04 8 resolved", "2026-11-06 8 odd-count"}) {
			t.Errorf("got %v, %v", got, err)
		}
		if got := len(tenant.Requests()) - calls; got != 1 {
			t.Errorf("got %d calls, want one list", got)
		}
		rows, _, _ = r.Rows()
		want := []string{"2026-11-03 7 odd-count", "2026-11-04 8 resolved", "2026-11-05 7 odd-count", "2026-11-06 8 odd-count"}
		if diff := cmp.Diff(want, told(rows)); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
		if got := next("7", "2026-11-03"); got != "7 2026-11-05 true" {
			t.Errorf("next: got %s, want the one that is not resolved", got)
		}
		rows, err = w.list.Recheck(t.Context(), "8", nil, "2026-11-06", "2024-11-06")
		if got := told(rows); err != nil || !slices.Equal(got, []string{"2024-11-06 8 resolved", "2026-11-06 8 odd-count"}) {
			t.Errorf("two years apart: got %v, %v", got, err)
		}
		if _, err := w.list.Recheck(t.Context(), "no number", nil, "2026-11-04"); !errors.Is(err, worklist.ErrScope) {
			t.Errorf("got %v, want %v", err, worklist.ErrScope)
		}
	})
}

func TestARecheckDuringAReadingStands(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant := people(7)
		clock(tenant, 7, "2026-11-03", "8:00", "23:00")
		clock(tenant, 7, "2026-11-05", "8:00", "23:00")
		w := newWorld(t, tenant, nil)
		var held sync.Once
		reached, release := make(chan struct{}), make(chan struct{})
		w.before = func(r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/absences") { // the clockings of the date are read, and not judged
				held.Do(func() { close(reached) })
				<-release
			}
		}
		r := w.open(worklist.Scope{})
		<-reached
		synctest.Wait()
		last := tenant.IDs("clockings")[1]
		tenant.Edit("clockings", last, `{"timeOfDayInMinutes":1000}`)
		if _, err := w.list.Recheck(t.Context(), "7", nil, "2026-11-03"); err != nil {
			t.Fatal(err)
		}
		clock(tenant, 7, "2026-11-12", "8:00", "23:00")
		if _, err := w.list.Recheck(t.Context(), "7", nil, "2026-11-12"); err != nil {
			t.Fatal(err)
		}
		if rows, _, _ := r.Rows(); len(rows) > 0 {
			t.Errorf("got %v before the dates before it were judged", told(rows))
		}
		close(release)
		rows, _, err := follow(t, r)
		if got := told(rows); err != nil || !slices.Equal(got, []string{"2026-11-05 7 long-stretch", "2026-11-12 7 long-stretch"}) {
			t.Errorf("got %v, %v, want what was broken since and nothing of the date that was corrected", got, err)
		}
	})
}

func TestARecheckDoesNotWaitOutAPause(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant := people(7)
		clock(tenant, 7, "2026-11-03", "8:00", "23:00")
		w := newWorld(t, tenant, nil)
		tenant.Fail(simulator.Fault{Path: "/clockings", Status: 429, RetryAfter: 40, Times: 1})
		began := time.Now()
		for range 2 {
			rows, err := w.list.Recheck(t.Context(), "7", nil, "2026-11-03")
			if took := time.Since(began); err == nil || took > time.Second {
				t.Errorf("got %v, %v after %v, want an error at once", told(rows), err, took)
			}
		}
		time.Sleep(41 * time.Second)
		rows, err := w.list.Recheck(t.Context(), "7", nil, "2026-11-03")
		if got := told(rows); err != nil || !slices.Equal(got, []string{"2026-11-03 7 long-stretch"}) {
			t.Errorf("after the pause: got %v, %v", got, err)
		}
	})
}

func TestScopesThatCannotBeRead(t *testing.T) {
	list := worklist.New(worklist.Options{Register: attendance.New(attendance.Options{})})
	for name, s := range map[string]worklist.Scope{
		"no period":                {},
		"it ends before it begins": {From: until, To: from},
		"more than a year":         {From: "2025-01-01", To: "2026-11-01"},
		"no date":                  {From: "2026-11-31", To: "2026-12-01"},
		"a person without number":  {From: from, To: until, People: []string{"7", "x"}},
		"a circle without number":  {From: from, To: until, Circles: []string{"Drivers"}},
		"the last date of all":     {From: "9999-12-31", To: "9999-12-31"},
		"a year before any":        {From: "0000-01-01", To: "0000-01-01"},
	} {
		if _, err := list.Open(s); !errors.Is(err, worklist.ErrScope) {
			t.Errorf("%s: got %v, want %v", name, err, worklist.ErrScope)
		}
	}
}

func TestCirclesAreFilteredByTheAPI(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant := people(7, 8, 9)
		for _, id := range []int{7, 8, 9} {
			clock(tenant, id, "2026-11-03", "8:00", "23:00")
		}
		tenant.Circle("circle", 2, 7, 8)
		tenant.Circle("org-group", 121, 8, 9)
		w := newWorld(t, tenant, nil)
		rows, _, err := follow(t, w.open(worklist.Scope{From: from, To: until, Circles: []string{"2"}, OrgGroups: []string{"121"}}))
		if got := told(rows); err != nil || !slices.Equal(got, []string{"2026-11-03 8 long-stretch"}) {
			t.Errorf("got %v, %v, want who is in both", got, err)
		}
	})
}

func TestDatesToComeAreNotRead(t *testing.T) {
	bubble(t, func(t *testing.T) {
		tenant := people(7)
		clock(tenant, 7, "2026-11-20", "8:00")
		clock(tenant, 7, "2026-11-19", "8:00")
		w := newWorld(t, tenant, nil)
		rows, progress, err := follow(t, w.open(worklist.Scope{From: "2026-11-16", To: "2026-11-22"}))
		if got := told(rows); err != nil || progress.Dates != 5 || progress.Through != "2026-11-20" || !slices.Equal(got, []string{"2026-11-19 7 odd-count"}) {
			t.Errorf("got %v, %+v, %v, want five dates and yesterday's row", got, progress, err)
		}
	})
}
