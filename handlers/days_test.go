package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"protime-admin/protime/simulator"
)

// opener is somebody whose calendar was never closed, with no clockings of their own in weekWith's week.
const opener = "76504"

// weekWith puts a week of clockings, absences and plans of one person into the tenant, five weeks ago, and returns its
// Monday.
func weekWith(tenant *simulator.Tenant) time.Time {
	now := time.Now()
	monday := time.Date(now.Year(), now.Month(), now.Day()-(int(now.Weekday())+6)%7-35, 0, 0, 0, 0, time.UTC)
	id := 20_000
	put := func(collection string, day int, members string, args ...any) {
		id++
		tenant.Put(collection, fmt.Sprint(id), fmt.Sprintf(`{"id":%d,"person":{"id":%s},"date":%q,%s}`,
			id, opener, monday.AddDate(0, 0, day).Format(time.DateOnly), fmt.Sprintf(members, args...)))
	}
	clocked := func(day, minute int, more string) {
		put("clockings", day, `"timeOfDayInMinutes":%d,"kind":"InOut","terminal":{"id":765},"isGenerated":false,%s"status":"Active"`, minute, more)
	}
	for _, minute := range []int{506, 724, 764} {
		clocked(0, minute, "")
	}
	clocked(0, 1022, `"originalTimeOfDayInMinutes":1040,`)
	put("calculated-totals", 0, `"timePresentDurationInMinutes":480,"calculatedPresenceDurationInMinutes":456`)
	for _, minute := range []int{510, 721, 763} {
		clocked(1, minute, "")
	}
	tuesday := monday.AddDate(0, 0, 1).Format(time.DateOnly)
	tenant.Put("assignments", "20500", fmt.Sprintf(`{"id":20500,"person":{"id":%s},"from":%q,"until":%q,"startTimeInMinutes":510,`+
		`"endTimeInMinutes":1026,"breakDurationInMinutes":42,"comments":"Inventory","activityLevels":[]}`, opener, tuesday, tuesday))
	for _, minute := range []int{506, 724, 725, 764, 1026} {
		clocked(2, minute, "")
	}
	put("absences", 3, `"resultingAbsenceDefinition":{"id":10},"durationInMinutes":456,"dayPart":"Unknown","approvalLevel":"Approved","periodType":"Day"`)
	put("clockings", 3, `"timeOfDayInMinutes":540,"kind":"InOut","isGenerated":false,"status":"Deleted"`)
	clocked(4, 1320, "")
	clocked(5, 362, "")
	return monday
}

// daysOf is the page of opener's week.
func daysOf(b *browser, monday time.Time) *page {
	return b.get("/people/" + opener + "/days?" + url.Values{
		"date.ge": {monday.Format(time.DateOnly)}, "date.le": {monday.AddDate(0, 0, 6).Format(time.DateOnly)},
	}.Encode())
}

// row is what the line of a day says in the elements of a selector, one by one.
func row(p *page, day int, selector string) []string {
	return p.find(fmt.Sprintf(".week tbody tr:nth-child(%d)", day+1)).Find(selector).Map(func(_ int, s *selection) string {
		return strings.Join(strings.Fields(s.Text()), " ")
	})
}

func TestAPersonsWeekHasALineForEachDay(t *testing.T) {
	w := newWorld(t)
	monday := weekWith(w.tenant)
	w.knowsPeople()
	p := daysOf(w.signIn("els"), monday).wants(http.StatusOK)
	if got, want := p.text("h1"), "Dirk Van den Bossche"; got == "" || strings.ContainsAny(got, "0123456789") {
		t.Errorf("the heading: got %q, want a name like %q", got, want)
	}
	if got := p.find(".week tbody tr").Length(); got != 7 {
		t.Fatalf("got %d lines, want 7", got)
	}
	for _, tt := range []struct {
		name     string
		day      int
		selector string
		want     []string
	}{
		{"an edited punch says what it was", 0, ".punch", []string{"in 08:26", "out 12:04", "in 12:44", "out, changed 17:02 was 17:20"}},
		{"worked is from in to out, and calculated is Protime's", 0, ".num", []string{"7:56 7:36 as calculated"}},
		{"a missing out is a place with the likely time", 1, ".punch.slot", []string{"add out 17:06"}},
		{"and said in words, with where the time comes from", 1, ".issue", []string{"No clock-out 17:06 is the planned time."}},
		{"a plan stands below it", 1, "p.small", []string{"Planned 08:30–17:06, Inventory"}},
		{"two punches too close are doubtful, and one can be deleted", 2, ".issue", []string{"1 minute apart At the same terminal, both times. Delete 12:05"}},
		{"an absence has its definition's name", 3, "p", []string{"Holiday, 7:36"}},
		{"a deleted punch stays", 3, ".punch.gone", []string{"deleted 09:00"}},
		{"a night is one stretch of its first day", 4, ".stretch", []string{"in 22:00 out 06:02 next day"}},
		{"and nothing is wrong with it", 4, ".issue", nil},
		{"nor with the day on which it ends", 5, ".punch, .issue", nil},
		{"an empty day says so", 6, ".below > span", []string{"No plan, no clockings"}},
	} {
		if got := row(p, tt.day, tt.selector); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
	if got, want := p.text(".sums"), "Worked 27:29"; !strings.HasPrefix(got, want) || !strings.Contains(got, "Presence as calculated 7:36") ||
		!strings.Contains(got, "Tue, Wed") {
		t.Errorf("the sums: got %q, want %q, what Protime calculated and the days to explain", got, want)
	}
}

// What is usual comes from the days before; working elsewhere is no absence.
func TestAWeekKnowsWhatIsUsualAndWhoWorksElsewhere(t *testing.T) {
	w := newWorld(t)
	monday := weekWith(w.tenant).AddDate(0, 0, -35)
	id := 30_000
	clocked := func(day int, minutes ...int) {
		for _, minute := range minutes {
			id++
			w.tenant.Put("clockings", fmt.Sprint(id), fmt.Sprintf(`{"id":%d,"person":{"id":%s},"date":%q,"timeOfDayInMinutes":%d,"kind":"InOut","status":"Active"}`,
				id, opener, monday.AddDate(0, 0, day).Format(time.DateOnly), minute))
		}
	}
	for day := -7; day < -4; day++ {
		clocked(day, 480, 720, 750, 990)
	}
	clocked(0, 480, 720, 751)
	for day, definition := range map[int]int{1: 15, 2: 11} { // working from home, illness
		clocked(day, 480, 990)
		w.tenant.Put("absences", fmt.Sprint(definition), fmt.Sprintf(`{"id":%d,"person":{"id":%s},"date":%q,"resultingAbsenceDefinition":{"id":%d}}`,
			definition, opener, monday.AddDate(0, 0, day).Format(time.DateOnly), definition))
	}
	p := daysOf(w.signIn("els"), monday).wants(http.StatusOK)
	for day, want := range [][]string{
		{"No clock-out 16:30 is usual (of 3 days)."}, nil, {"Clocked during an absence Illness"},
	} {
		if got := row(p, day, ".issue"); !slices.Equal(got, want) {
			t.Errorf("day %d: got %q, want %q", day, got, want)
		}
	}
}

func TestADrawnDayRepeatsItsPunches(t *testing.T) {
	w := newWorld(t)
	monday := weekWith(w.tenant)
	p := daysOf(w.signIn("els"), monday).wants(http.StatusOK)
	if got := p.find("svg.drawn:not([aria-hidden=true]), [style]").Length(); got != 0 {
		t.Errorf("%d drawings can be heard, or have a style attribute", got)
	}
	// The night leaves the hours from 6 to 22, so that the frame is the whole day: 08:26 is 506 of 1440 minutes.
	work := p.find(".week tbody tr:first-child .drawn .work").First()
	if got, want := work.AttrOr("x", "")+" "+work.AttrOr("width", ""), "35.13% 15.13%"; got != want {
		t.Errorf("08:26 to 12:04: got %s, want %s", got, want)
	}
	if got, want := p.find("thead .hours text").First().Text(), "00"; got != want {
		t.Errorf("the scale begins with %s, want %s", got, want)
	}
	if got := p.find(".week tbody tr:nth-child(4) .drawn .leave + text").Text(); got != "Holiday" {
		t.Errorf("the absence is drawn as %q, want Holiday", got)
	}
}

// Without script each punch is a link to its form, which comes back to the week.
func TestEveryPunchOfAWeekLeadsToItsForm(t *testing.T) {
	w := newWorld(t)
	monday := weekWith(w.tenant)
	els := w.signIn("els")
	week := daysOf(els, monday).wants(http.StatusOK)
	form := week.follow(".week tbody tr:first-child .punch").wants(http.StatusOK).form("form[action$='/edit']")
	after := form.set("timeOfDayInMinutes", "8:20").send().wants(http.StatusOK)
	if got, want := after.url.Path+"#"+after.url.Fragment, "/people/"+opener+"/days#r-20001"; got != want {
		t.Errorf("after saving: got %s, want %s", got, want)
	}
	if got := row(after, 0, ".punch.new"); len(got) != 1 || !strings.HasPrefix(got[0], "in, changed just now 08:20") {
		t.Errorf("the changed punch: got %q, want 08:20, changed just now", got)
	}
	if after.find("#done [action$='/undo']").Length() != 1 {
		t.Errorf("the banner has no undo: %s", after.text("#done"))
	}
	again := els.get(week.url.RequestURI())
	if got := row(again, 0, "p.small a[href^='/changes/']"); len(got) != 1 {
		t.Errorf("the day does not tell of its change: got %q", row(again, 0, ".below"))
	}
	tom := w.signIn("tom").get(week.url.RequestURI())
	if got := row(tom, 0, "p.small a[href^='/changes/']"); len(got) != 0 || !strings.Contains(strings.Join(row(tom, 0, ".below"), " "), "Els Peeters") {
		t.Errorf("another editor: got the links %q, want who changed it and no link to a change that is not theirs to see", got)
	}
	// Where the API does not tell what a time was, our log does.
	w.tenant.Edit("clockings", "20001", `{"originalTimeOfDayInMinutes":null}`)
	if got, want := row(els.get(week.url.RequestURI()), 0, "#r-20001"), []string{"in, changed 08:20 was 08:26"}; !slices.Equal(got, want) {
		t.Errorf("a punch that was changed here: got %q, want %q", got, want)
	}
	added := week.follow(".week tbody tr:nth-child(2) .punch.slot").wants(http.StatusOK).form("form[action$='/new']")
	for name, want := range map[string]string{
		"person.id": opener, "timeOfDayInMinutes": "17:06", "kind": "InOut",
	} {
		if got := added.values.Get(name); got != want {
			t.Errorf("the form of a missing clocking: %s is %q, want %q", name, got, want)
		}
	}
	done := added.send().wants(http.StatusOK)
	if got := row(done, 1, ".issue"); len(got) != 0 {
		t.Errorf("after the missing out was added: got %q, want nothing wrong", got)
	}
}

func TestAWeekOffersWhatThePersonMayDo(t *testing.T) {
	w := newWorld(t)
	monday := weekWith(w.tenant)
	w.knowsPeople()
	for _, tt := range []struct {
		name, who, path string
		punches         string // where they lead
		add             bool
	}{
		{"an editor edits and adds", "els", "/people/" + opener + "/days?date.ge=" + monday.Format(time.DateOnly), "/edit", true},
		{"a viewer looks", "marc", "/people/" + opener + "/days?date.ge=" + monday.Format(time.DateOnly), "", false},
		{"nobody edits in a closed period", "els", "/people/76547/days?date.ge=" + time.Now().AddDate(0, 0, -24).Format(time.DateOnly) +
			"&date.le=" + time.Now().AddDate(0, 0, -22).Format(time.DateOnly), "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := w.signIn(tt.who).get(tt.path).wants(http.StatusOK)
			p.find(".week a.punch:not(.slot)").Each(func(_ int, punch *selection) {
				u, err := url.Parse(punch.AttrOr("href", ""))
				if err != nil || strings.HasSuffix(u.Path, "/edit") != (tt.punches == "/edit") {
					t.Errorf("a punch leads to %v, want %q at its end: %v", u, tt.punches, err)
				}
			})
			if got := p.find(".week a[data-change]:not(.punch)").Length() > 0; got != tt.add {
				t.Errorf("a day can be added to: got %v, want %v", got, tt.add)
			}
			if got, want := p.find(".week th .mark").Length() > 0, strings.Contains(tt.name, "closed"); got != want {
				t.Errorf("a lock: got %v, want %v", got, want)
			}
		})
	}
}

func TestAPeriodOfDaysIsBounded(t *testing.T) {
	els := newWorld(t).signIn("els")
	for _, tt := range []struct {
		name, query string
		status      int
		lines       int
		say         string
	}{
		{"this week without a period", "", http.StatusOK, 7, ""},
		{"the week of a date", "?date.ge=2026-11-18", http.StatusOK, 7, ""},
		{"a day as it is typed", "?date.ge=18/11/2026&date.le=18/11/2026", http.StatusOK, 1, ""},
		{"31 days", "?date.ge=2026-10-01&date.le=2026-10-31", http.StatusOK, 31, ""},
		{"32 days", "?date.ge=2026-10-01&date.le=2026-11-01", http.StatusUnprocessableEntity, 0, "at most 31 days"},
		{"the end before the beginning", "?date.ge=2026-10-02&date.le=2026-10-01", http.StatusUnprocessableEntity, 0, "before the first"},
		{"no date", "?date.ge=tuesday", http.StatusUnprocessableEntity, 0, "date"},
	} {
		p := els.get("/people/76547/days" + tt.query).wants(tt.status)
		if got := p.find(".week tbody tr").Length(); got != tt.lines {
			t.Errorf("%s: got %d lines, want %d", tt.name, got, tt.lines)
		}
		if !strings.Contains(p.text("main"), tt.say) {
			t.Errorf("%s: the page says %q, want %q in it", tt.name, p.text("main"), tt.say)
		}
	}
	els.get("/people/no-number/days").wants(http.StatusNotFound)
}

func TestAWeekSaysWhatCannotBeRead(t *testing.T) {
	w := newWorld(t)
	monday := weekWith(w.tenant)
	els := w.signIn("els")
	for _, tt := range []struct {
		path   string
		fault  simulator.Fault
		status int
		say    string
	}{
		{"/absence-definitions", simulator.Fault{Status: http.StatusForbidden}, http.StatusOK, "Kinds of leave cannot be read here"},
		{"/absences", simulator.Fault{Status: http.StatusForbidden}, http.StatusOK, "Absences are not shown here"},
		{"/assignments", simulator.Fault{Status: http.StatusInternalServerError}, http.StatusOK, "Assignments are not shown here"},
		{"/calculated-totals", simulator.Fault{HTML: true}, http.StatusOK, "Calculated totals are not shown here"},
		{"/clockings", simulator.Fault{Status: http.StatusInternalServerError}, http.StatusBadGateway, ""},
	} {
		tt.fault.Path = tt.path
		w.tenant.Fail(tt.fault)
		p := daysOf(els, monday).wants(tt.status)
		if got := p.text("main .note"); !strings.Contains(got, tt.say) {
			t.Errorf("%s fails: the page says %q, want %q", tt.path, got, tt.say)
		}
		if tt.status == http.StatusOK && len(row(p, 0, ".punch")) != 4 {
			t.Errorf("%s fails: the clockings are not drawn", tt.path)
		}
		if said := strings.Contains(p.text(".week .rest"), "No plan"); tt.status == http.StatusOK && said == (tt.path == "/assignments") {
			t.Errorf("%s fails: got %q of a day with nothing, want it to speak of plans only where they were read", tt.path, p.text(".week .rest"))
		}
		w.tenant.Heal()
	}
}

// together lets the lists of a page pass when all of them have come: one after the other they never would.
type together struct {
	http.Handler
	t     *testing.T
	wants []string
	mu    sync.Mutex
	came  map[string]bool
	all   chan struct{}
}

func (g *together) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	if r.Method == http.MethodGet && slices.Contains(g.wants, name) && strings.Contains(r.URL.RawQuery, opener) {
		g.mu.Lock()
		if g.came[name] = true; len(g.came) == len(g.wants) {
			select {
			case <-g.all:
			default:
				close(g.all)
			}
		}
		g.mu.Unlock()
		select {
		case <-g.all:
		case <-r.Context().Done():
			g.t.Errorf("%s was asked for alone: %v came", name, g.came)
		}
	}
	g.Handler.ServeHTTP(w, r)
}

func TestThePartsOfAWeekAreReadAtOnce(t *testing.T) {
	tenant := founded.today()
	monday := weekWith(tenant)
	api := &together{
		Handler: tenant, t: t, came: map[string]bool{}, all: make(chan struct{}),
		wants: []string{"clockings", "absences", "assignments", "calculated-totals"},
	}
	w := newWorldOn(t, api, 10*time.Second)
	if got := row(daysOf(w.signIn("els"), monday).wants(http.StatusOK), 0, ".punch"); len(got) != 4 {
		t.Errorf("got the punches %q, want four", got)
	}
}

func TestAPersonHasAPageOfTheirOwn(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	p := w.signIn("els").get("/people/76547").wants(http.StatusOK)
	if got := p.text("h1") + ", " + p.find("title").Text(); got != "Jan Maes, Jan Maes · Protime Admin" {
		t.Errorf("got %q, want the name as heading and title", got)
	}
	if got := p.text(".person .soft"); !strings.Contains(got, "E1047 · badge 6767646") {
		t.Errorf("beside the name: got %q, want number and badge", got)
	}
	if got := p.find(".week tbody tr").Length(); got != 7 {
		t.Errorf("this week has %d lines, want 7", got)
	}
	if got := p.text("main"); strings.Contains(got, "No editing") || strings.Contains(got, "No deleting") {
		t.Errorf("the page says what it cannot do: %s", got)
	}
	if got := p.find(".week #r-8192").Length(); got != 1 {
		t.Errorf("clocking 8192 stands %d times in the week, want once", got)
	}
	for _, secret := range []string{"bankAccount", "pinCode", "socialSecurityNumber"} {
		if strings.Contains(p.text("body"), secret) {
			t.Errorf("the page shows %s", secret)
		}
	}
	if got := p.href("main .ways .main"); !strings.HasSuffix(got, "/people/76547/days") {
		t.Errorf("this week leads to %s", got)
	}
}

func TestAWeekLeadsToThePeopleBesideIt(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	week := els.get("/people/76547/days?date.ge=2026-11-16&date.le=2026-11-22&return=/people").wants(http.StatusOK)
	for selector, want := range map[string]string{
		"main [data-key=J]":   "/people/76535/days?date.ge=2026-11-16&date.le=2026-11-22&return=%2Fpeople",
		"main [data-key=']']": "/people/76547/days?date.ge=2026-11-23&date.le=2026-11-29&return=%2Fpeople",
		"main [data-key='[']": "/people/76547/days?date.ge=2026-11-09&date.le=2026-11-15&return=%2Fpeople",
		"main .back":          "/people",
	} {
		if got := strings.TrimPrefix(week.href(selector), w.url); got != want {
			t.Errorf("%s leads to %s, want %s", selector, got, want)
		}
	}
	if got, want := week.text("main [data-key=J]"), "Next: Joris Mertens"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}

	// From the worklist, its order counts: that of a reading that is whole.
	els.get("/missing").wants(http.StatusOK)
	list := els.get("/missing").wants(http.StatusOK)
	opens := list.find("main [data-key=o]").Map(func(_ int, open *selection) string { return open.AttrOr("href", "") })
	if len(opens) < 3 {
		t.Fatalf("the worklist has %d rows, want three at least: %s", len(opens), list.text("main"))
	}
	second := els.get(opens[1]).wants(http.StatusOK)
	if got := second.text("main [data-key=J]"); !strings.HasPrefix(got, "Next to check: ") {
		t.Errorf("got %q, want the next of the worklist", got)
	}
	for key, want := range map[string]string{"J": opens[2], "K": opens[0]} {
		got, err := url.Parse(second.href("main [data-key=" + key + "]"))
		wanted, errWanted := url.Parse(want)
		if err != nil || errWanted != nil || got.Path != wanted.Path || got.Query().Get("date.ge") != wanted.Query().Get("date.ge") {
			t.Errorf("%s leads to %s, want %s", key, got, want)
		}
	}
}
