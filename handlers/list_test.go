package handlers_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"protime-admin/protime/simulator"
)

// many puts n clockings, a minute apart, into the API.
func (a *elsewhere) many(n int) {
	a.mu.Lock()
	delete(a.records, "clockings")
	delete(a.order, "clockings")
	a.mu.Unlock()
	for i := range n {
		id := strconv.Itoa(10000 + i)
		a.put("clockings", id, fmt.Sprintf(`{"id":%s,"person":{"id":76547},"date":"%s","timeOfDayInMinutes":%d,"kind":"InOut"}`, id, today(), i%1440))
	}
}

// rows are the ids of the rows on a page.
func rows(p *page) []string {
	return p.find("tbody tr[id^='r-']").Map(func(_ int, row *goquery.Selection) string { return strings.TrimPrefix(row.AttrOr("id", ""), "r-") })
}

func TestAListShowsThisWeekAndItsFiltersAreAForm(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	page := els.get("/clockings?view=flat").wants(http.StatusOK)
	form := page.form("form.filters")
	monday := time.Now().AddDate(0, 0, -(int(time.Now().Weekday())+6)%7)
	if got, want := form.values.Get("date.ge")+" "+form.values.Get("date.le"), monday.Format(time.DateOnly)+" "+monday.AddDate(0, 0, 6).Format(time.DateOnly); got != want {
		t.Errorf("the period: got %s, want this week %s", got, want)
	}
	list := w.tenant.Requests()
	last := list[len(list)-1]
	filter, _ := url.ParseQuery(last.Query)
	if got := filter.Get("filter"); !strings.Contains(got, "date ge '"+monday.Format(time.DateOnly)+"'") {
		t.Errorf("the filter sent: got %q", got)
	}
	tests := []struct{ name, typed, want string }{
		{"person~find", "Els Peeters", "person in (76548)"},
		{"person~find", "E1048", "person in (76548)"},
		{"person~find", "6767646", "person in (76547)"},
		{"person~find", "76547", "person in (76547)"},
		{"kind", "Reason", "kind eq 'Reason'"},
		{"date.ge", "1/11/2026", "date ge '2026-11-01'"},
	}
	for _, test := range tests {
		w.tenant.Forget()
		found := els.get("/clockings?view=flat").form("form.filters").set(test.name, test.typed).send().wants(http.StatusOK)
		asked := ""
		for _, r := range w.tenant.Requests() {
			if q, _ := url.ParseQuery(r.Query); r.Path == "/connector/protimeapi/api/v1/clockings" || strings.HasSuffix(r.Path, "/clockings") {
				asked = q.Get("filter")
			}
		}
		if !strings.Contains(asked, test.want) {
			t.Errorf("%s %q: got the filter %q, want %q in it", test.name, test.typed, asked, test.want)
		}
		if test.name == "person~find" && !strings.Contains(found.form("form.filters").values.Get("person~find"), "") {
			t.Errorf("%q: the name is not shown", test.typed)
		}
	}
}

func TestANewRecordKnowsWhatTheListWasAskedFor(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	const list = "/clockings?date.ge=2026-11-20&date.le=2026-11-20&person=76548&kind=InOut"
	form := theForm(els.get(list).wants(http.StatusOK).follow(".head a.main"))
	for name, want := range map[string]string{"person.id": "76548", "date": "2026-11-20", "kind": "InOut", "return": list} {
		if got := form.values.Get(name); got != want {
			t.Errorf("%s of a new one: got %q, want %q", name, got, want)
		}
	}
	form = theForm(els.get("/clockings?date.ge=2026-11-16&date.le=2026-11-20&person=76547,76548").follow(".head a.main"))
	for name, want := range map[string]string{"person.id": "", "date": "", "kind": "InOut"} {
		if got := form.values.Get(name); got != want {
			t.Errorf("%s of a new one after a list of several: got %q, want %q", name, got, want)
		}
	}
}

func TestTheWeekBeforeIsOnePressAway(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	page := els.get("/clockings?date.ge=2026-11-16&date.le=2026-11-22&person=76548").wants(http.StatusOK)
	if got, want := page.text(".step summary"), "Week 47 16–22 Nov 2026"; got != want {
		t.Errorf("the period: got %q, want %q", got, want)
	}
	values := page.follow(".step a[data-key='[']").wants(http.StatusOK).form("form.filters").values
	got := values.Get("date.ge") + " " + values.Get("date.le") + " " + values.Get("person")
	if want := "2026-11-09 2026-11-15 76548"; got != want {
		t.Errorf("the list of the period before: got %q, want %q", got, want)
	}
}

func TestAPickerThatIsOpenedWithoutAWordShowsTheFirst(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	hits := func(collection string) string {
		r := els.request(http.MethodGet, "/search?in="+collection+"&q=", nil)
		r.Header.Set("Accept", "application/json")
		return els.do(r, true).wants(http.StatusOK).body
	}
	if got := hits("terminals"); !strings.Contains(got, "Warehouse gate") {
		t.Errorf("terminals for no word: got %s", got)
	}
	if got := strings.TrimSpace(hits("people")); got != "[]" {
		t.Errorf("people for no word: got %s, want none", got)
	}
}

func TestAPersonsNameThatSeveralHaveIsAskedAbout(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	page := els.get("/clockings?person~find=an&kind=InOut")
	links := page.find("main .note a")
	if links.Length() < 2 {
		t.Fatalf("got %d %q, want several people to choose from", page.status, page.text("main"))
	}
	links.Each(func(_ int, a *goquery.Selection) {
		q, _ := url.Parse(a.AttrOr("href", ""))
		if q.Query().Get("person") == "" || q.Query().Get("kind") != "InOut" {
			t.Errorf("link: got %s, want a person and the other filter", a.AttrOr("href", ""))
		}
	})
	page.follow("main .note a").wants(http.StatusOK)
	els.get("/clockings?person~find=Nobody+Nowhere").wants(http.StatusUnprocessableEntity)
}

func TestFiltersThatCannotBeAreSaidBesideTheirInput(t *testing.T) {
	api, els := atElsewhere(t)
	for query, want := range map[string]string{
		"date.ge=soon":                           "date",
		"date.ge=2026-02-30":                     "date",
		"date.ge=2026-02-01&date.le=2026-01-01":  "before",
		"date.ge=2024-01-01&date.le=2026-01-01":  "period",
		"date.ge=&date.le=2026-01-01":            "first day",
		"date.ge=2026-01-01&person=1%20or%201=1": "numbers",
		"date.ge=2026-01-01&kind=Telepathy":      "value",
	} {
		page := els.get("/clockings?" + query)
		if page.status != http.StatusUnprocessableEntity || !strings.Contains(strings.ToLower(page.text("form.filters .why")), want) {
			t.Errorf("%s: got %d %q, want 422 and %q", query, page.status, page.text("form.filters .why"), want)
		}
		els.get("/clockings.csv?" + query).wants(http.StatusUnprocessableEntity)
		for _, c := range api.sent(http.MethodGet) {
			if c.Path == "/clockings" {
				t.Fatalf("%s: Protime was asked for %s", query, c.Query)
			}
		}
	}
	// A date input of a browser would show nothing.
	input := els.get("/clockings?date.ge=2026-02-30").find("input[name='date.ge']")
	if kind, typed := input.AttrOr("type", ""), input.AttrOr("value", ""); kind == "date" || typed != "2026-02-30" {
		t.Errorf("a date that is none: got %q in an input of type %q, want it as typed", typed, kind)
	}
}

func TestAPageHasWholeAPIPagesUntilAHundredRows(t *testing.T) {
	api, els := atElsewhere(t)
	api.many(250)
	api.pages = 30
	page := els.get("/clockings?view=flat&date.ge=" + today()).wants(http.StatusOK)
	if got := len(rows(page)); got != 120 {
		t.Errorf("rows: got %d, want 120: whole API pages, at least 100", got)
	}
	if page.find("a[rel=next]").Length() != 1 {
		t.Fatalf("got %d links to more rows, want 1", page.find("a[rel=next]").Length())
	}
	if page.text("nav.pages a:not([rel])") != "" {
		t.Errorf("the first page offers to go back to the start")
	}
	seen := map[string]bool{}
	pages := 0
	for {
		pages++
		for _, id := range rows(page) {
			if seen[id] {
				t.Errorf("row %s is there twice", id)
			}
			seen[id] = true
		}
		if page.find("a[rel=next]").Length() == 0 {
			break
		}
		page = page.follow("a[rel=next]").wants(http.StatusOK)
	}
	if len(seen) != 250 || pages != 3 {
		t.Errorf("got %d rows on %d pages, want 250 on 3", len(seen), pages)
	}
	start := page.follow("nav.pages a:not([rel])").wants(http.StatusOK)
	if got := rows(start)[0]; got != "10000" {
		t.Errorf("back to the start: got row %s first", got)
	}
}

func TestEmptyPagesAreNotTheEnd(t *testing.T) {
	w := newWorld(t)
	w.tenant.Configure(func(o *simulator.Options) { o.PageSize, o.EmptyPages = 7, 3 })
	w.knowsPeople()
	els := w.signIn("els")
	from := time.Now().AddDate(0, 0, -20).Format(time.DateOnly)
	page := els.get("/clockings?view=flat&person=76547&date.ge=" + from + "&date.le=" + today()).wants(http.StatusOK)
	if got := len(rows(page)); got < 15 {
		t.Errorf("rows: got %d, want all of three weeks", got)
	}
	if page.find("a[rel=next]").Length() != 0 {
		t.Errorf("the last page leads to more rows")
	}
	none := els.get("/clockings?person=76547&date.ge=1999-01-01&date.le=1999-01-02").wants(http.StatusOK)
	if got := none.text("main"); !strings.Contains(got, "Nothing here") || !strings.Contains(got, "longer period") {
		t.Errorf("an empty list: got %q, want what to do", got)
	}
}

func TestTwoHundredAPIPagesAreOnePageWhenMostAreEmpty(t *testing.T) {
	api, els := atElsewhere(t)
	asked := 0
	api.when(func(w http.ResponseWriter, c call) bool {
		if c.Path != "/clockings" {
			return false
		}
		asked++
		row, next := "", fmt.Sprintf(`,"nextLink":"%s/clockings?continuationToken=%d"`, elsewhereBase, asked)
		if asked%50 == 0 {
			row = fmt.Sprintf(`{"id":%d,"person":{"id":1},"date":"2026-01-01","timeOfDayInMinutes":1,"kind":"InOut"}`, asked)
		}
		if asked == 200 {
			next = ""
		}
		_, _ = io.WriteString(w, `{"value":[`+row+`]`+next+`}`)
		return true
	})
	page := els.get("/clockings?view=flat&date.ge=2026-01-01&date.le=2026-01-31").wants(http.StatusOK)
	if got := strings.Join(rows(page), " "); got != "50 100 150 200" || asked != 200 {
		t.Errorf("got the rows %s of %d API pages, want four of 200", got, asked)
	}
}

func TestAnExpiredTokenStartsAgainAndSaysSo(t *testing.T) {
	w := newWorld(t)
	w.tenant.Configure(func(o *simulator.Options) { o.PageSize = 40 })
	w.knowsPeople()
	els := w.signIn("els")
	from := time.Now().AddDate(0, 0, -27).Format(time.DateOnly)
	page := els.get("/clockings?view=flat&date.ge=" + from + "&kind=InOut").wants(http.StatusOK)
	w.tenant.ExpirePages()
	again := page.follow("a[rel=next]").wants(http.StatusOK)
	if got := again.text("main"); !strings.Contains(got, "starts again") {
		t.Errorf("got %q, want it said", got)
	}
	if q := again.url.Query(); q.Get("page") != "" || q.Get("kind") != "InOut" || q.Get("date.ge") != from {
		t.Errorf("got %s, want the filter and no token", again.url)
	}
	if got, want := rows(again)[0], rows(page)[0]; got != want {
		t.Errorf("first row: got %s, want %s", got, want)
	}
}

func TestATokenOfAnotherListStartsAgain(t *testing.T) {
	_, els := atElsewhere(t)
	page := els.get("/clockings?view=flat&date.ge=2024-01-01&date.le=2024-01-31&page=7~abc").wants(http.StatusOK)
	if page.url.Query().Get("page") != "" || !strings.Contains(page.text("main"), "starts again") {
		t.Errorf("got %s %q, want the list from its start", page.url, page.text(".note"))
	}
}

func TestAListThatGoesOnWithoutATokenIsShownWhole(t *testing.T) {
	api, els := atElsewhere(t)
	api.when(func(w http.ResponseWriter, c call) bool {
		if c.Path != "/clockings" {
			return false
		}
		q, _ := url.ParseQuery(c.Query)
		from, _ := strconv.Atoi(q.Get("skip"))
		var list []string
		for i := range 60 {
			list = append(list, fmt.Sprintf(`{"id":%d,"person":{"id":1},"date":"2026-01-01","timeOfDayInMinutes":1,"kind":"InOut"}`, 1000+from+i))
		}
		next := ""
		if from < 180 {
			next = fmt.Sprintf(`,"nextLink":"%s/clockings?skip=%d"`, elsewhereBase, from+60)
		}
		_, _ = io.WriteString(w, `{"value":[`+strings.Join(list, ",")+`]`+next+`}`)
		return true
	})
	page := els.get("/clockings?view=flat&date.ge=2026-01-01&date.le=2026-01-31").wants(http.StatusOK)
	if got := len(rows(page)); got != 240 {
		t.Errorf("rows: got %d, want all 240: there is no way to the rest", got)
	}
}

func TestALongListOfPeopleIsSplitAndPageHoldsThePart(t *testing.T) {
	api, els := atElsewhere(t)
	api.many(1)
	var ids []string
	for i := range 1500 {
		ids = append(ids, strconv.Itoa(700000+i))
	}
	var filters []string
	api.when(func(w http.ResponseWriter, c call) bool {
		if c.Path != "/clockings" {
			return false
		}
		if n := len("http://x") + len(elsewhereBase) + len(c.Path) + 1 + len(c.Query); n > 4096 {
			t.Errorf("an address of %d characters was sent", n)
		}
		q, _ := url.ParseQuery(c.Query)
		filters = append(filters, q.Get("filter"))
		from, _ := strconv.Atoi(q.Get("continuationToken"))
		var list []string
		for i := range 60 {
			list = append(list, fmt.Sprintf(`{"id":%d,"person":{"id":1},"date":"2026-01-01","timeOfDayInMinutes":1,"kind":"InOut"}`, len(filters)*1000+i))
		}
		next := ""
		if from == 0 {
			next = `,"nextLink":"` + elsewhereBase + `/clockings?filter=` + q.Get("filter") + `&continuationToken=60"`
		}
		_, _ = io.WriteString(w, `{"value":[`+strings.Join(list, ",")+`]`+next+`}`)
		return true
	})
	page := els.get("/clockings?view=flat&date.ge=2026-01-01&date.le=2026-01-31&person=" + strings.Join(ids, ",")).wants(http.StatusOK)
	seen := map[string]bool{}
	for pages := 0; pages < 30; pages++ {
		for _, id := range rows(page) {
			if seen[id] {
				t.Errorf("row %s is there twice", id)
			}
			seen[id] = true
		}
		if page.find("a[rel=next]").Length() == 0 {
			break
		}
		page = page.follow("a[rel=next]").wants(http.StatusOK)
	}
	asked := strings.Join(filters, " ")
	for _, id := range ids {
		if !strings.Contains(asked, id) {
			t.Fatalf("person %s was never asked for", id)
		}
	}
	if len(seen) != 60*len(filters) || len(filters) < 8 {
		t.Errorf("got %d rows of %d API pages", len(seen), len(filters))
	}
}

func TestRowsArriveWhileLaterAPIPagesLoad(t *testing.T) {
	api, els := atElsewhere(t)
	api.many(90)
	api.pages = 30
	release := make(chan struct{})
	api.when(func(_ http.ResponseWriter, c call) bool {
		if strings.Contains(c.Query, "continuationToken=30") {
			<-release
		}
		return false
	})
	for _, compressed := range []bool{false, true} {
		r := els.request(http.MethodGet, "/clockings?view=flat&date.ge="+today(), nil)
		if !compressed {
			r.Header.Set("Accept-Encoding", "identity")
		}
		response, err := els.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		reader := bufio.NewReader(response.Body)
		early := &strings.Builder{}
		for !strings.Contains(early.String(), "r-10029") {
			line, err := reader.ReadString('>')
			if err != nil {
				t.Fatalf("the page ended before its first rows: %v", err)
			}
			early.WriteString(line)
		}
		if strings.Contains(early.String(), "r-10030") {
			t.Errorf("rows of the second API page are there before it is")
		}
		close(release)
		rest, err := io.ReadAll(reader)
		if err != nil || !strings.Contains(string(rest), "r-10089") || !strings.Contains(string(rest), "</html>") {
			t.Errorf("the rest of the page: %v", err)
		}
		response.Body.Close()
		release = make(chan struct{})
	}
}

func TestAFailureHalfWayIsARowThatSaysSo(t *testing.T) {
	api, els := atElsewhere(t)
	api.many(90)
	api.pages = 30
	api.when(func(w http.ResponseWriter, c call) bool {
		if !strings.Contains(c.Query, "continuationToken=60") {
			return false
		}
		w.WriteHeader(http.StatusInternalServerError)
		return true
	})
	page := els.get("/clockings?view=flat&date.ge=" + today()).wants(http.StatusOK)
	if got := len(rows(page)); got != 60 {
		t.Errorf("rows: got %d, want the 60 that came", got)
	}
	row := page.find("tbody tr").Last()
	for _, want := range []string{"incomplete", "500 Internal Server Error"} {
		if !strings.Contains(row.Text(), want) {
			t.Errorf("the last row: got %q, want %q", row.Text(), want)
		}
	}
	if row.Find("a").Length() == 0 {
		t.Errorf("the last row has no way to load the list again")
	}
	if !strings.Contains(page.body, "</html>") {
		t.Errorf("the page does not end")
	}
	sorted := els.get("/clockings?sort=-timeOfDayInMinutes&date.ge=" + today()).wants(http.StatusOK)
	if got := sorted.text("tbody tr"); !strings.Contains(got, "incomplete") {
		t.Errorf("sorted: the failure is not said")
	}
}

func TestAListPageHasALimitOfTimeAndSaysHowFarItCame(t *testing.T) {
	api, els := atElsewhere(t)
	api.many(90)
	api.pages = 30
	const list = "/clockings?view=flat&date.ge="
	els.w.intime.Store(0)
	none := els.get(list + today()).wants(http.StatusGatewayTimeout)
	has(t, none.text("main"), "Protime did not answer in time", "Choose a shorter period, fewer people or a narrower filter")

	els.w.intime.Store(2)
	for _, sort := range []string{"", "&sort=-timeOfDayInMinutes"} {
		page := els.get(list + today() + sort).wants(http.StatusOK)
		if got := len(rows(page)); got != 60 {
			t.Errorf("rows: got %d, want the 60 that came", got)
		}
		has(t, page.text("tbody tr.failed"), "incomplete", "Choose a shorter period, fewer people or a narrower filter")
		has(t, page.text("nav.pages"), "60")
		els.w.intime.Store(-1)
		rest := page.follow("nav.pages a[href*='page=']").wants(http.StatusOK)
		if got := len(rows(rest)); got != 30 {
			t.Errorf("the rest: got %d rows, want 30", got)
		}
		els.w.intime.Store(2)
	}
}

func TestSortingIsOverThePageAndSaysSo(t *testing.T) {
	api, els := atElsewhere(t)
	api.many(5)
	page := els.get("/clockings?view=flat&date.ge=" + today()).wants(http.StatusOK)
	sorted := page.follow("thead th:first-of-type a").wants(http.StatusOK)
	down := sorted.follow("thead th:first-of-type a").wants(http.StatusOK)
	if got := strings.Join(rows(down), " "); got != "10004 10003 10002 10001 10000" {
		t.Errorf("descending: got %s", got)
	}
	if got := down.find("thead th[aria-sort=descending]").Length(); got != 1 {
		t.Errorf("got %d columns marked as descending, want 1", got)
	}
	if !strings.Contains(down.text("nav.pages"), "Sorted over the rows of this page") {
		t.Errorf("got %q, want it said", down.text("nav.pages"))
	}
	for _, odd := range []string{"nothing", "-", "--date", "person.pinCode", "<script>"} {
		els.get("/clockings?view=flat&date.ge=" + today() + "&sort=" + url.QueryEscape(odd)).wants(http.StatusOK)
	}
}

// A page is sorted by itself; a file of the same address as a whole, where that fits into memory.
func TestAFileIsSortedAsAWhole(t *testing.T) {
	api, els := atElsewhere(t)
	api.many(250)
	api.pages = 100
	list := els.get("/clockings?view=flat&sort=-timeOfDayInMinutes&date.ge=" + today()).wants(http.StatusOK)
	for _, extension := range []string{"csv", "xlsx"} {
		rows := list.file(extension)
		at := slices.Index(rows[0], "Time")
		if len(rows) != 251 || at < 0 {
			t.Fatalf("%s: got %d rows below %q, want 250", extension, len(rows)-1, rows[0])
		}
		if first, last := rows[1][at], rows[250][at]; first != "04:09" || last != "00:00" {
			t.Errorf("%s: got %s first and %s last, want 04:09 and 00:00", extension, first, last)
		}
	}
	api.pages = 10
	for i := range 70 {
		api.put("clockings", strconv.Itoa(20000+i), fmt.Sprintf(`{"id":%d,"date":"%s","timeOfDayInMinutes":%d,"note":%q}`,
			20000+i, today(), i, strings.Repeat("x", 100_000)))
	}
	long := list.follow("a[download][href*='.xlsx']").wants(http.StatusUnprocessableEntity)
	has(t, long.text("main"), "Too many rows to sort", "and it has more")
	if got := long.follow("main a[href*='clockings.xlsx']").wants(http.StatusOK); !strings.HasPrefix(got.body, "PK") {
		t.Errorf("unsorted: got %.40q, want a workbook", got.body)
	}
}

func TestNamesAreSortedAsNames(t *testing.T) {
	api := newElsewhere(t)
	for id, name := range map[string]string{"9": "Zoë", "10": "Élodie", "11": "arne", "12": "Dirk"} {
		api.put("people", id, `{"id":`+id+`,"firstName":"`+name+`","lastName":"Maes"}`)
		api.put("clockings", id, `{"id":`+id+`,"person":{"id":`+id+`},"date":"2024-01-05","timeOfDayInMinutes":485,"kind":"InOut"}`)
	}
	w := newWorldOn(t, api, 0)
	w.knowsPeople()
	page := w.signIn("els").get("/clockings?view=flat&date.ge=2024-01-01&sort=person").wants(http.StatusOK)
	if got, want := strings.Join(rows(page), " "), "11 12 10 8192 9"; got != want {
		t.Errorf("arne, Dirk, Élodie, Jan, Zoë: got %s, want %s", got, want)
	}
}

func TestNamesStandInListsAndTheirAbsenceIsSaid(t *testing.T) {
	api := newElsewhere(t)
	api.answers(http.MethodGet, "/people", http.StatusForbidden, `{"error":{"code":"Forbidden","message":"no"}}`)
	w := newWorldOn(t, api, 0)
	els := w.signIn("els")
	deadline := time.Now().Add(10 * time.Second)
	page := els.get("/clockings?view=flat&date.ge=2024-01-01&date.le=2024-01-31").wants(http.StatusOK)
	for !strings.Contains(page.text("main"), "connector-protimeapi-people.read") && time.Now().Before(deadline) {
		time.Sleep(20 * time.Millisecond)
		page = els.get("/clockings?view=flat&date.ge=2024-01-01&date.le=2024-01-31").wants(http.StatusOK)
	}
	if got := page.text("main"); !strings.Contains(got, "connector-protimeapi-people.read") {
		t.Errorf("got %q, want the missing scope named", got)
	}
	if got := page.text("tr#r-8192"); !strings.Contains(got, "76547") {
		t.Errorf("the row: got %q, want the id in the name's place", got)
	}
}

func TestAListNeverAsksForEachRow(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	els.get("/clockings").wants(http.StatusOK) // loads the names of terminals
	w.tenant.Forget()
	page := els.get("/clockings").wants(http.StatusOK)
	if n := page.find("tr[data-row]").Length(); n < 20 {
		t.Fatalf("rows: got %d, want a list of many", n)
	}
	if n := len(w.tenant.Requests()); n > 12 {
		t.Errorf("got %d requests for one page: %v", n, w.tenant.Requests())
	}
}

func TestHrefsAndActionsAreAbsoluteAndStayUnderThePrefix(t *testing.T) {
	for _, prefix := range []string{"", "/portal/times"} {
		settings := []string{"WRITABLE=clockings assignments activity-definitions webhooks"}
		if prefix != "" {
			settings = append(settings, "PUBLIC_URL="+prefix)
		}
		w := newWorld(t, settings...)
		w.knowsPeople()
		els := w.signIn("both")
		paths := []string{"/", "/clockings", "/clockings?deleted=show&sort=date", "/clockings/8192", editClocking, "/clockings/8192/delete", "/clockings/new",
			"/people?q=an", "/changes", definitions("1"), definition("1001"), definitions("1") + "/by-key", definition("1001") + "/usages", "/nowhere"}
		for _, path := range paths {
			page := els.get(path)
			page.find("[href]:not([rel=icon]), [action], [src], [data-picker]").Each(func(_ int, s *goquery.Selection) {
				for _, name := range []string{"href", "action", "src", "data-picker"} {
					value, there := s.Attr(name)
					if !there || strings.HasPrefix(value, "#") {
						continue
					}
					if !strings.HasPrefix(value, prefix+"/") || strings.HasPrefix(value, "//") {
						t.Errorf("%s%s: %s=%q, want an absolute path below %s/", prefix, path, name, value, prefix)
					}
				}
			})
		}
		form := theForm(els.get(editClocking)).set("timeOfDayInMinutes", "8:00")
		if got := form.sendOnce().header.Get("Location"); !strings.HasPrefix(got, prefix+"/clockings/8192?") {
			t.Errorf("after the change: got %s, want below %s", got, prefix)
		}
	}
}

// TestALongAddressIsNotRepeatedInEveryLink: a link to go back to is left without what sign-in would not take either.
func TestALongAddressIsNotRepeatedInEveryLink(t *testing.T) {
	els := newWorld(t).signIn("els")
	people := func(n int) string {
		ids := []string{"76547"}
		for i := range n - 1 {
			ids = append(ids, strconv.Itoa(800000+i))
		}
		return "/clockings?person=" + strings.Join(ids, ",")
	}
	list := els.get(people(2000) + "&view=flat").wants(http.StatusOK)
	link := list.href("tbody a[href*='/edit']")
	if got := param(t, link, "return"); got != "/clockings" {
		t.Errorf("got %q to go back to, want the list without its filters", got)
	}
	els.get(link).wants(http.StatusOK)
	if row := list.href("tbody a.row"); strings.Contains(row, "?") {
		t.Errorf("got a row that links to %d bytes, want the record alone", len(row))
	}
	has(t, els.get(people(2001)).wants(http.StatusUnprocessableEntity).text("main"), "Enter at most 2000")
}
