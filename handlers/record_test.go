package handlers_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"protime-admin/protime/contract"
	"protime-admin/protime/simulator/company"
)

func TestEveryCollectionOfTheContractListsAndShows(t *testing.T) {
	w := newWorld(t, "WRITABLE="+strings.Join(changeable(t), " "))
	w.knowsPeople()
	described, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range []string{"en", "nl"} {
		both := w.signIn("both")
		both.header.Set("Accept-Language", language)
		from := time.Now().AddDate(0, 0, -27).Format(time.DateOnly)
		for _, c := range described.Collections {
			params := []string{company.StructureVersion, "1", definitionID("1001")}
			if strings.HasPrefix(c.Path, "/people/") {
				params = []string{"76547"}
			}
			path := c.URL(params...)
			query := "?deleted=show&view=flat"
			if _, dated := c.Filter("date"); dated {
				query += "&date.ge=" + from + "&date.le=" + today()
			}
			list := both.get(path + query)
			if list.status != http.StatusOK {
				t.Errorf("%s: got %d %q, want a list", path, list.status, list.text("main"))
				continue
			}
			whole(t, list)
			if list.find("thead th").Length() < 3 {
				t.Errorf("%s: got %d columns", path, list.find("thead th").Length())
			}
			both.get(path + ".csv" + query).wants(http.StatusOK)
			if list.find("tbody tr").Length() == 0 {
				t.Errorf("%s: the made-up company has nothing here to show", path)
				continue
			}
			if !c.Offers(contract.Read) {
				continue
			}
			record := list.follow("tbody a.row").wants(http.StatusOK)
			whole(t, record)
			if record.find("dl.facts dt").Length() < 2 || record.text("details pre") == "" {
				t.Errorf("%s: got no fields or no raw JSON", record.url)
			}
			if c.Offers(contract.Replace) {
				whole(t, both.get(record.url.Path+"/edit").wants(http.StatusOK))
			}
			if c.Offers(contract.Create) {
				whole(t, both.get(path+"/new").wants(http.StatusOK))
			}
			if c.Offers(contract.Delete) {
				whole(t, both.get(record.url.Path+"/delete").wants(http.StatusOK))
			}
		}
	}
}

// changeable are the collections of the contract that the API offers to change.
func changeable(t *testing.T) []string {
	t.Helper()
	described, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range described.Collections {
		if c.Offers(contract.Create) || c.Offers(contract.Replace) || c.Offers(contract.Delete) {
			names = append(names, c.Name)
		}
	}
	return names
}

// whole says that a page was drawn to its end, in one language, with one heading and no label that is missing.
func whole(t *testing.T, p *page) {
	t.Helper()
	for _, wrong := range []string{"⟦", "⟧", "%!", "&lt;nil&gt;", "[object"} {
		if strings.Contains(p.body, wrong) {
			i := strings.Index(p.body, wrong)
			t.Errorf("%s: the page shows %q: %.80s", p.url, wrong, p.body[i:])
		}
	}
	if p.find("h1").Length() != 1 || !strings.HasSuffix(strings.TrimSpace(p.body), "</html>") {
		t.Errorf("%s: got %d headings, or the page does not end", p.url, p.find("h1").Length())
	}
	if n := p.find("svg.i path[d='']").Length(); n != 0 {
		t.Errorf("%s: got %d icons without a drawing", p.url, n)
	}
	ids := map[string]bool{}
	p.find("[id]").Each(func(_ int, s *goquery.Selection) {
		id := s.AttrOr("id", "")
		if ids[id] {
			t.Errorf("%s: the id %q is there twice", p.url, id)
		}
		ids[id] = true
	})
	p.find("label[for]").Each(func(_ int, s *goquery.Selection) {
		if !ids[s.AttrOr("for", "")] {
			t.Errorf("%s: the label %q is for nothing", p.url, s.Text())
		}
	})
	p.find("[aria-describedby]").Each(func(_ int, s *goquery.Selection) {
		for _, id := range strings.Fields(s.AttrOr("aria-describedby", "")) {
			if !ids[id] {
				t.Errorf("%s: %q is described by %q, which is not there", p.url, s.AttrOr("name", ""), id)
			}
		}
	})
}

func TestARecordShowsEveryFieldWithNamesAndLinks(t *testing.T) {
	api, els := atElsewhere(t)
	api.put("absence-definitions", "12", `{"id":12,"name":{"default":"Doctor","translations":{"nl-BE":"Dokter"}},"code":"DOC"}`)
	els.get("/clockings/8192").wants(http.StatusOK)
	page := els.get("/clockings/8192").wants(http.StatusOK)
	facts := page.text("dl.facts")
	for _, want := range []string{"Jan Maes", "Main entrance", "08:05", "08:10", "Fri 5 Jan 2024", "In or out", "No", "51.14412700", "0001E7C5000098FA0013"} {
		if !strings.Contains(facts, want) {
			t.Errorf("fields: got %q, want %q", facts, want)
		}
	}
	if page.find("dl.facts a[href='/people/76547']").Length() != 1 || page.find("dl.facts a[href='/terminals/765']").Length() != 1 {
		t.Errorf("related records are not linked")
	}
	aside := page.text("aside")
	for _, want := range []string{"payrollTag", "ratio", "1.50", "12345678901234567890.10", "tree"} {
		if !strings.Contains(aside, want) {
			t.Errorf("kept as they are: got %q, want %q", aside, want)
		}
	}
	if page.find("details:not([open]) pre").Length() == 0 {
		t.Errorf("the raw JSON is not folded away")
	}
	if !strings.Contains(page.text("details pre"), `"big": 12345678901234567890.10`) {
		t.Errorf("raw JSON: got %q, want the digits kept", page.text("details pre"))
	}
}

func TestNobodysPrivateDataIsOnAnyPage(t *testing.T) {
	api, els := atElsewhere(t)
	private := []string{"85.07.30", "4711", "BE71096123456769", "Kerkstraat", "nationalNumber", "pinCode", "bankAccount"}
	for _, path := range []string{
		"/people", "/people/76547", "/people.csv", "/people?q=Maes", "/people?q=4711", "/people?q=BE71", "/clockings/8192", editClocking,
		"/search?in=people&q=Maes", "/people?sort=pinCode", "/people?externalReferences=(people,@badge-number)",
	} {
		body := els.get(path).wants(http.StatusOK).body
		if strings.Contains(path, "q=4711") {
			body = strings.ReplaceAll(body, `value="4711"`, "")
		}
		for _, secret := range private {
			if strings.Contains(body, secret) && !strings.Contains(path, secret) {
				t.Errorf("%s: shows %q", path, secret)
			}
		}
	}
	script := els.request(http.MethodGet, "/people?q=Maes", nil)
	script.Header.Set("Accept", "application/json")
	found := els.do(script, true)
	if !strings.Contains(found.body, `"id":"76547"`) || !strings.Contains(found.body, "Jan Maes") {
		t.Errorf("hits for a script: got %s", found.body)
	}
	for _, secret := range private {
		// Whole words: ids and durations of log lines hold any four digits now and then.
		word := regexp.MustCompile(`\b` + regexp.QuoteMeta(secret) + `\b`)
		if strings.Contains(found.body, secret) || word.MatchString(els.w.lines.String()) {
			t.Errorf("%q is in the hits or the log", secret)
		}
	}
	for _, path := range []string{"/people?q=4711", "/people?q=85.07.30-033.61"} {
		if got := els.get(path).text("main"); strings.Contains(got, "Maes") {
			t.Errorf("%s: found somebody by it", path)
		}
	}
	if n := els.get("/people/76547").find("dl.facts dt").Length(); n > 12 {
		t.Errorf("fields of a person: got %d, want names, numbers and dates of service alone", n)
	}
	if got := els.get("/people/76547").text("main"); !strings.Contains(got, "6767646") || !strings.Contains(got, "E1047") {
		t.Errorf("what may be shown: got %q, want badge and employee number", got)
	}
	_ = api
}

func TestVerbsThatAreOffOrNotOfferedSayWhy(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	tests := []struct {
		path   string
		status int
		says   string
	}{
		{"/webhooks/new", http.StatusForbidden, "switched off"},
		{"/absences/new", http.StatusMethodNotAllowed, "does not offer"},
		{"/people/76547/edit", http.StatusMethodNotAllowed, "does not offer"},
		{"/people/76547/delete", http.StatusMethodNotAllowed, "does not offer"},
		{definition("1001") + "/delete", http.StatusMethodNotAllowed, "does not offer"},
	}
	for _, test := range tests {
		page := els.get(test.path)
		if page.status != test.status || !strings.Contains(page.text("main"), test.says) {
			t.Errorf("GET %s: got %d %q, want %d and %q", test.path, page.status, page.text("main"), test.status, test.says)
		}
		posted := els.post(test.path, map[string][]string{"change": {"01a2086d-0641-7282-b150-f1f0291381bd"}, "opened": {"{}"}})
		if posted.status != test.status {
			t.Errorf("POST %s: got %d, want %d", test.path, posted.status, test.status)
		}
	}
	if n := len(w.tenant.Writes()); n != 0 {
		t.Errorf("got %d writes, want none", n)
	}
	hooks := els.get("/webhooks").wants(http.StatusOK)
	if got := hooks.text(".head"); !strings.Contains(got, "switched off") {
		t.Errorf("list of webhooks: got %q, want the reason", got)
	}
	if hooks.find("a[href$='/delete'], a[href$='/new']").Length() != 0 {
		t.Errorf("list of webhooks: offers what is off")
	}
	record := els.get("/absences").follow("tbody a.row").wants(http.StatusOK)
	if got := record.text("main"); !strings.Contains(got, "does not offer") {
		t.Errorf("an absence: got %q, want why there is no editing", got)
	}
	if got := els.get("/people/76547").wants(http.StatusOK).text("main"); strings.Contains(got, "does not offer") {
		t.Errorf("a person: got %q, want no notice of what nobody expects there", got)
	}
}

func TestWebhooksShowTheirKeyOnce(t *testing.T) {
	w := newWorld(t, "WRITABLE=clockings webhooks")
	els := w.signIn("els")
	form := theForm(els.get("/webhooks/new").wants(http.StatusOK))
	form.set("collectionName", "clockings").set("destinationUrl", "https://hooks.acme.example/protime")
	page := form.sendOnce().wants(http.StatusOK)
	key := page.text("main .warn code, main .secret code, main dd code")
	if len(key) < 16 {
		t.Fatalf("the key: got %q on %q", key, page.text("main"))
	}
	key = strings.Fields(key)[0]
	if !strings.Contains(page.text("main"), "201 Created") {
		t.Errorf("got %q, want the status", page.text("main"))
	}
	if again := form.send(); !strings.Contains(again.body, key) {
		t.Errorf("the other half of a double click: got %q, want the key: it is what the browser shows", again.text("main"))
	}
	if third := form.send(); strings.Contains(third.body, key) {
		t.Errorf("a third press shows the key once more")
	}
	if n := len(w.tenant.Writes()); n != 1 {
		t.Errorf("got %d writes, want 1", n)
	}
	receipt := els.get("/changes/" + form.values.Get("change")).wants(http.StatusOK)
	files := w.signIn("anke").get("/changes.ndjson").wants(http.StatusOK)
	for where, text := range map[string]string{"receipt": receipt.body, "export": files.body, "log": w.lines.String(), "list": els.get("/webhooks").body} {
		if strings.Contains(text, key) {
			t.Errorf("%s: the key is in it", where)
		}
	}
	if got := page.header.Get("Cache-Control"); !strings.Contains(got, "no-store") {
		t.Errorf("Cache-Control of the one showing: got %q, want no-store", got)
	}
	id := w.tenant.IDs("webhooks")[len(w.tenant.IDs("webhooks"))-1]
	theForm(els.get("/webhooks/" + id + "/delete").wants(http.StatusOK)).send().wants(http.StatusOK)
}

func TestInvariant7_AKeyOfAnyNameIsShownOnceAndKeptNowhere(t *testing.T) {
	const key = "d2hhdCBhIHNlY3JldCBrZXk"
	for _, body := range []string{
		`{"id":"7","collectionName":"clockings","signing":{"material":"` + key + `"},"validUntil":"2031-01-01T00:00:00Z"}`,
		`{"id":"7","key":"` + key + `"}`, `"` + key + `"`, key,
	} {
		api, els := atElsewhere(t, "WRITABLE=webhooks")
		api.answers(http.MethodPost, "/webhooks", 201, body, "Location", elsewhereBase+"/webhooks/7")
		form := theForm(els.get("/webhooks/new")).set("collectionName", "clockings").set("destinationUrl", "https://hooks.acme.example/x")
		page := form.sendOnce().wants(http.StatusOK)
		if !strings.Contains(page.text("main"), key) {
			t.Errorf("%s: the key is not shown: %q", body, page.text("main"))
		}
		if strings.Count(page.body, key) != 1 {
			t.Errorf("%s: the key is on the page %d times, want once", body, strings.Count(page.body, key))
		}
		form.send() // the other half of a double click
		for where, text := range map[string]string{
			"receipt": els.get("/changes/" + form.values.Get("change")).wants(http.StatusOK).body, "log": els.w.lines.String(),
			"the same form again": form.send().body, "export": els.w.signIn("anke").get("/changes.ndjson").wants(http.StatusOK).body,
		} {
			if strings.Contains(text, key) {
				t.Errorf("%s: %s holds the key", body, where)
			}
		}
	}
}

func TestScopesThatWereNotGrantedAreSaidAndNotCalled(t *testing.T) {
	tenant := founded.today()
	tenant.Scopes = []string{"connector-protimeapi-clockings.read", "connector-protimeapi-people.read", "connector-protimeapi-terminals.read"}
	w := newWorldWith(t, tenant)
	w.knowsPeople()
	els := w.signIn("els")
	page := els.get("/absences").wants(http.StatusForbidden)
	if got := page.text("main"); !strings.Contains(got, "reading absences (for support: connector-protimeapi-absences.read)") {
		t.Errorf("got %q, want the right in words, and the scope", got)
	}
	edit := els.get(editClocking).wants(http.StatusForbidden)
	if got := edit.text("main"); !strings.Contains(got, "changing clockings (for support: connector-protimeapi-clockings.write)") {
		t.Errorf("got %q, want the right in words, and the scope", got)
	}
	for _, r := range tenant.Requests() {
		if strings.Contains(r.Path, "/absences") {
			t.Errorf("%s was called without its scope", r.Path)
		}
	}
	home := els.get("/collections").wants(http.StatusOK)
	if got := home.text("main"); !strings.Contains(got, "connector-protimeapi-absences.read") {
		t.Errorf("home: the missing scope is not said")
	}
	if home.find("a[href='/absences']").Length() != 0 {
		t.Errorf("home: links to a list that is not granted")
	}
}

func TestAllDataListsEveryCollectionAndWhatMayBeDone(t *testing.T) {
	w := newWorld(t)
	described, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	els := w.signIn("els")
	home := els.get("/collections").wants(http.StatusOK)
	whole(t, home)
	for _, c := range described.Collections {
		if len(c.Params) <= 1 && !strings.Contains(c.Path, "{") && home.find("main a[href='"+c.URL()+"']").Length() != 1 {
			t.Errorf("%s is not linked once", c.Name)
		}
	}
	row := home.find("tr:has(a[href='/clockings'])").Last().Text()
	for _, want := range []string{"read", "create", "edit", "delete"} {
		if !strings.Contains(row, want) {
			t.Errorf("clockings: got %q, want %q", row, want)
		}
	}
	marc := w.signIn("marc").get("/collections").wants(http.StatusOK)
	if got := marc.find("tr:has(a[href='/clockings'])").Last().Text(); strings.Contains(got, "edit") || !strings.Contains(got, "your role reads only") {
		t.Errorf("for a reader: got %q, want why not", got)
	}
	form := home.form("form[action$='/activity-structure-versions']")
	if got := form.values.Get("version"); got != company.StructureVersion {
		t.Errorf("the structure version offered: got %q", got)
	}
	form.send().wants(http.StatusOK)
	form.set("version", "../../people").send().wants(http.StatusUnprocessableEntity)
}

func TestPagesSpeakTheLanguageOfThePerson(t *testing.T) {
	for _, test := range []struct{ settings, accept, lang string }{
		{"DEFAULT_LANGUAGE=nl", "", "nl"}, {"DEFAULT_LANGUAGE=en", "", "en"}, {"DEFAULT_LANGUAGE=en", "nl-BE,nl;q=0.9,en;q=0.8", "nl"},
		{"DEFAULT_LANGUAGE=nl", "en-GB", "en"}, {"DEFAULT_LANGUAGE=de", "fr-BE, nl;q=0.5", "fr"}, {"DEFAULT_LANGUAGE=de", "ja", "de"},
	} {
		w := newWorld(t, test.settings)
		els := w.signIn("els")
		if test.accept != "" {
			els.header.Set("Accept-Language", test.accept)
		}
		page := els.get(editClocking).wants(http.StatusOK)
		want := map[string]string{"en": "Save", "nl": "Bewaren", "fr": "Enregistrer", "de": "Speichern"}[test.lang]
		if got := page.find("html").AttrOr("lang", ""); got != test.lang || !strings.Contains(page.text("button.main"), want) {
			t.Errorf("%+v: got lang=%s and %q, want %s and %s", test, got, page.text("button.main"), test.lang, want)
		}
		if got := els.get("/nothing").find("html").AttrOr("lang", ""); got != test.lang {
			t.Errorf("%+v: an error page: got lang=%s", test, got)
		}
	}
}

func TestARecordLeadsBackToTheListAsItWasFiltered(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	filtered := "/clockings?date.ge=" + dateOf8192(t, w) + "&person=76547&view=flat"
	record := els.get(filtered).wants(http.StatusOK).follow("tbody tr:not(.gone) a.row").wants(http.StatusOK)
	if got := record.find("a.back").AttrOr("href", ""); got != filtered {
		t.Errorf("the crumb: got %q, want %q", got, filtered)
	}
	for what, link := range map[string]string{"edit": "a[href*='/edit?']", "delete": "a[href*='/delete?']", "copy": "a[href*='/new?']"} {
		u, err := url.Parse(record.find(".head "+link).AttrOr("href", ""))
		if err != nil || u.Query().Get("return") != filtered {
			t.Errorf("%s: got %v, %v, want it to return to %s", what, u, err, filtered)
		}
	}
	for name, away := range map[string]string{"another site": "//evil.example/clockings?x=1", "another page": "/people?x=1"} {
		page := els.get(record.url.Path + "?return=" + url.QueryEscape(away)).wants(http.StatusOK)
		if got := page.find("a.back").AttrOr("href", ""); got != "/clockings" {
			t.Errorf("%s: got %q, want the list", name, got)
		}
	}
}
