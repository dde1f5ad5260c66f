package handlers_test

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

const proxyPage = "<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1><p>secret-proxy-01</p></body></html>"

// trouble is one way in which the API goes wrong, and what the page says then.
type trouble struct {
	sentence string
	set      func(a *elsewhere, method string)
	read     int    // our status where a page was to be shown
	write    int    // our status where a form was sent
	printed  string // the status of Protime as the page prints it
	wait     string // Retry-After
}

func troubles() []trouble {
	says := func(status int, body string, header ...string) func(*elsewhere, string) {
		return func(a *elsewhere, method string) {
			a.answers(method, "/*", status, body, header...)
			a.answers(method, "/*/*", status, body, header...)
		}
	}
	wrapped := `{"error":{"code":"Odd","message":"Something in English."}}`
	tomorrow := time.Now().Add(24 * time.Hour).UTC().Format(http.TimeFormat)
	return []trouble{
		{"a wrapped error", says(400, wrapped), 422, 422, "400 Bad Request", ""},
		{"no body at all", says(400, ""), 422, 422, "400 Bad Request", ""},
		{"a page of a proxy", says(400, proxyPage, "Content-Type", "text/html"), 422, 502, "400 Bad Request", ""},
		{"no token", says(401, ""), 401, 401, "401 Unauthorized", ""},
		{"no scope", says(403, wrapped), 403, 403, "403 Forbidden", ""},
		{"no record", says(404, wrapped), 404, 404, "404 Not Found", ""},
		{"no such verb", says(405, ""), 405, 405, "405 Method Not Allowed", ""},
		{"a conflict", says(409, wrapped), 409, 409, "409 Conflict", ""},
		{"gone", says(410, wrapped), 410, 410, "410 Gone", ""},
		{"a broken precondition", says(412, ""), 409, 409, "412 Precondition Failed", ""},
		{"a long address", says(414, ""), 414, 414, "414", ""},
		{"too many requests, with seconds", says(429, wrapped, "Retry-After", "77"), 503, 503, "429 Too Many Requests", "77"},
		{"too many requests, with a date", says(429, "", "Retry-After", tomorrow), 503, 503, "429 Too Many Requests", "5 minutes"},
		{"too many requests, for sixty years", says(429, wrapped, "Retry-After", "2000000000"), 503, 503, "429 Too Many Requests", "5 minutes"},
		{"too many requests, and no wait named", says(429, ""), 503, 503, "429 Too Many Requests", "a pause"},
		{"an error of the server", says(500, wrapped), 502, 502, "500 Internal Server Error", ""},
		{"a verb that was never written", says(501, ""), 502, 502, "501 Not Implemented", ""},
		{"a bad gateway", says(502, proxyPage, "Content-Type", "text/html"), 502, 502, "502 Bad Gateway", ""},
		{"maintenance, with a wait", says(503, wrapped, "Retry-After", "60"), 503, 503, "503 Service Unavailable", "60"},
		{"maintenance, and no wait named", says(503, proxyPage), 503, 503, "503 Service Unavailable", "30"},
		{"a gateway's time-out", says(504, ""), 502, 502, "504 Gateway Timeout", ""},
		{"a status that nobody knows", says(599, "?"), 502, 502, "599", ""},
		{"a teapot", says(418, "?"), 418, 418, "418", ""},
		{"a web page where JSON was due", says(200, proxyPage, "Content-Type", "text/html"), 502, 502, "200 OK", ""},
		{"a redirect", says(302, "", "Location", "https://evil.example/"), 502, 502, "302 Found", ""},
		{"a body that is cut off", func(a *elsewhere, method string) { a.cutsOff(method, 200) }, 502, 502, "200 OK", ""},
		{"a connection that breaks", func(a *elsewhere, method string) { a.breaks(method, false) }, 502, 502, "", ""},
		{"an answer that does not come", func(a *elsewhere, method string) { a.hangs(method) }, 504, 504, "", ""},
	}
}

func TestEveryAnswerOfProtimeHasItsPage(t *testing.T) {
	for _, test := range troubles() {
		t.Run(test.sentence, func(t *testing.T) {
			t.Parallel()
			api := newElsewhere(t)
			timeout := 20 * time.Second
			if test.read == http.StatusGatewayTimeout {
				timeout = time.Second
			}
			w := newWorldOn(t, api, timeout)
			els := w.signIn("els")
			els.get("/clockings").wants(http.StatusOK) // has the names of departments read
			edit := els.get(editClocking).wants(http.StatusOK)
			fresh := els.get("/clockings/new?person.id=76547&date=2024-01-05&timeOfDayInMinutes=0912&kind=InOut").wants(http.StatusOK)
			confirm := els.get("/clockings/8192/delete").wants(http.StatusOK)

			test.set(api, http.MethodGet)
			for _, path := range []string{"/clockings", "/clockings/8192", editClocking, "/clockings/8192/delete", "/clockings.csv"} {
				check(t, els.get(path), test, test.read)
				w.clock.pass(afterPause)
			}
			kept := theForm(edit).set("timeOfDayInMinutes", "7:58").set("why.note", "my note").send()
			check(t, kept, test, test.read)
			if test.read != http.StatusNotFound {
				typedIsThere(t, kept)
			}
			if n := len(api.sent()); n != 0 {
				t.Errorf("the record could not be read, and yet %d writes were sent", n)
			}
			api.forgetRules()
			w.clock.pass(afterPause)

			test.set(api, http.MethodPut)
			after := theForm(els.get(editClocking)).set("timeOfDayInMinutes", "7:58").set("why.note", "my note").send()
			check(t, after, test, test.write)
			typedIsThere(t, after)
			api.forgetRules()
			w.clock.pass(afterPause)

			test.set(api, http.MethodPost)
			created := theForm(fresh).set("timeOfDayInMinutes", "7:58").set("why.note", "my note").send()
			check(t, created, test, test.write)
			typedIsThere(t, created)
			api.forgetRules()
			w.clock.pass(afterPause)

			test.set(api, http.MethodDelete)
			gone := theForm(confirm).set("why.note", "my note").send()
			check(t, gone, test, test.write)
			if got := gone.find("[name='why.note']").AttrOr("value", ""); got != "my note" {
				t.Errorf("DELETE: the note: got %q, want it kept", got)
			}
			for _, method := range []string{http.MethodPut, http.MethodPost, http.MethodDelete} {
				if n := len(api.sent(method)); n != 1 {
					t.Errorf("%s: got %d requests, want 1", method, n)
				}
			}
		})
	}
}

// afterPause is longer than any pause of the API client.
const afterPause = 6 * time.Minute

func TestAPauseOfProtimeIsToldToEverybody(t *testing.T) {
	api := newElsewhere(t)
	w := newWorldOn(t, api, 20*time.Second)
	els := w.signIn("els")
	form := theForm(els.get(editClocking).wants(http.StatusOK))
	api.answers(http.MethodGet, "/*/*", 429, "", "Retry-After", "77")
	els.get(editClocking).wants(http.StatusServiceUnavailable)
	api.forgetRules()
	for where, p := range map[string]*page{
		"a list": els.get("/clockings"), "a change": form.set("timeOfDayInMinutes", "7:58").send(),
	} {
		text := p.text("main")
		if seconds, _ := strconv.Atoi(p.header.Get("Retry-After")); p.status != 503 || seconds < 1 || seconds > 77 ||
			!strings.Contains(text, "Try again after") || strings.Contains(text, "no status") {
			t.Errorf("%s: got %d, Retry-After %d and %q", where, p.status, seconds, text)
		}
	}
	if n := len(api.sent()); n != 0 {
		t.Errorf("%d changes were sent", n)
	}
	w.clock.pass(77 * time.Second)
	els.get("/clockings").wants(http.StatusOK)
}

// inside is what no page may show: stack traces, our types, the proxy's page.
var inside = regexp.MustCompile(`goroutine|\.go:\d|protime: (GET|PUT|POST|DELETE)|panic|secret-proxy-01 </|elsewhere-token|⟦|%!`)

func check(t *testing.T, p *page, test trouble, status int) {
	t.Helper()
	where := p.url.Path
	if p.status != status {
		t.Errorf("%s: got %d, want %d: %s", where, p.status, status, p.text("main .note"))
		return
	}
	if !strings.Contains(p.text("main"), test.printed) {
		t.Errorf("%s: got %q, want the status of Protime %q printed", where, p.text("main .note"), test.printed)
	}
	if test.printed == "" && !regexp.MustCompile(`no status|unknown`).MatchString(p.text("main")) {
		t.Errorf("%s: got %q, want it said that there is no status", where, p.text("main .note"))
	}
	if found := inside.FindString(p.body); found != "" {
		t.Errorf("%s: the page shows %q", where, found)
	}
	if !strings.Contains(p.header.Get("Content-Type"), "text/html") {
		t.Errorf("%s: got %s, want a page", where, p.header.Get("Content-Type"))
	}
	retry := p.header.Get("Retry-After")
	switch {
	case test.wait == "" && retry != "":
		t.Errorf("%s: Retry-After: got %q, want none", where, retry)
	case test.wait == "5 minutes":
		if n, err := strconv.Atoi(retry); err != nil || n < 200 || n > 300 {
			t.Errorf("%s: Retry-After: got %q, want 5 minutes", where, retry)
		}
	case test.wait == "a pause":
		if n, err := strconv.Atoi(retry); err != nil || n < 1 || n > 60 {
			t.Errorf("%s: Retry-After: got %q, want up to a minute", where, retry)
		}
	case test.wait != retry:
		t.Errorf("%s: Retry-After: got %q, want %q", where, retry, test.wait)
	}
}

func typedIsThere(t *testing.T, p *page) {
	t.Helper()
	for name, want := range map[string]string{"timeOfDayInMinutes": "7:58", "why.note": "my note"} {
		if got := p.find("[name='"+name+"']").AttrOr("value", ""); got != want {
			t.Errorf("%s, %d: %s: got %q, want %q kept", p.url.Path, p.status, name, got, want)
		}
	}
}

func TestTroublesOfDifferentKindsReadDifferently(t *testing.T) {
	said := map[string]string{}
	for _, status := range []int{400, 401, 403, 404, 405, 409, 414, 429, 501, 503} {
		api := newElsewhere(t)
		w := newWorldOn(t, api, 0)
		els := w.signIn("els")
		edit := els.get(editClocking)
		body := "" // of the API, which a 503 has to be for a refusal
		if status == http.StatusServiceUnavailable {
			body = `{"error":{"code":"Maintenance","message":""}}`
		}
		api.answers(http.MethodPut, "/*/*", status, body, "Retry-After", "60")
		text := theForm(edit).set("timeOfDayInMinutes", "7:58").send().text("main .note.bad p, main .note.bad li")
		other, twice := said[text]
		offered := status != 405 && status != 501 || other != "404" // all say that the tenant's API does not offer it
		if twice && offered {
			t.Errorf("%d reads as %s does: %q", status, other, text)
		}
		said[text] = strconv.Itoa(status)
	}
}

func TestReasonsAndFieldErrorsOfProtimeStandWhereTheyBelong(t *testing.T) {
	tests := []struct {
		sentence, body, name, said string
	}{
		{"validation errors as objects", `{"code":"BadRequest","validationErrors":[{"field":"timeOfDayInMinutes","message":"Too early for him."}]}`, "timeOfDayInMinutes", "Too early for him."},
		{"validation errors as strings", `{"validationErrors":["The timeOfDayInMinutes field is odd."]}`, "", "The timeOfDayInMinutes field is odd."},
		{"validation errors by path", `{"validationErrors":{"$.person.id":["Who is that?"]}}`, "person.id~find", "Who is that?"},
		{"errors of a framework", `{"title":"One or more validation errors occurred.","status":400,"errors":{"TimeOfDayInMinutes":["Not possible."]}}`, "timeOfDayInMinutes", "Not possible."},
		{"reasons", `{"error":{"code":"BadRequest","message":"The request was invalid","reasons":["The period is closed"]}}`, "", "The period is closed"},
		{"a message alone", `{"error":{"code":"BadRequest","message":"Nope, <b>not</b> today"}}`, "", "Nope, <b>not</b> today"},
		{"plain text", `no way`, "", "400 Bad Request"},
	}
	for _, test := range tests {
		t.Run(test.sentence, func(t *testing.T) {
			api, els := atElsewhere(t)
			edit := els.get(editClocking)
			api.answers(http.MethodPut, "/*/*", 400, test.body)
			page := theForm(edit).set("timeOfDayInMinutes", "7:58").send().wants(http.StatusUnprocessableEntity)
			if got := page.text("main"); !strings.Contains(got, test.said) {
				t.Fatalf("got %q, want %q", page.text("main .note"), test.said)
			}
			if test.name == "" {
				return
			}
			input := page.find("[name='" + test.name + "']")
			if input.AttrOr("aria-invalid", "") != "true" {
				t.Errorf("%s is not marked", test.name)
			}
			if got := input.Closest(".field").Find(".why").Text(); !strings.Contains(got, test.said) {
				t.Errorf("at %s: got %q, want %q", test.name, got, test.said)
			}
		})
	}
}

func TestAMissingScopeIsNamed(t *testing.T) {
	for _, status := range []int{401, 403} {
		api, els := atElsewhere(t)
		edit := els.get(editClocking)
		api.answers(http.MethodPut, "/*/*", status, "")
		page := theForm(edit).set("timeOfDayInMinutes", "7:58").send().wants(status)
		if got := page.text("main .note"); !strings.Contains(got, "changing clockings (for support: connector-protimeapi-clockings.write)") {
			t.Errorf("%d: got %q, want the right in words, and the scope", status, got)
		}
		api.answers(http.MethodGet, "/*", status, "")
		if got := els.get("/clockings").wants(status).text("main"); !strings.Contains(got, "connector-protimeapi-clockings.read") {
			t.Errorf("%d: list: got %q, want the scope named", status, got)
		}
	}
}

func TestATenantThatDoesNotOfferPUTSaysSoAndOffersAnotherWay(t *testing.T) {
	for _, status := range []int{http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented} {
		api, els := atElsewhere(t)
		edit := els.get(editClocking)
		api.answers(http.MethodPut, "/*/*", status, "")
		page := theForm(edit).set("timeOfDayInMinutes", "7:58").send()
		want := map[int]int{501: 502}[status]
		if want == 0 {
			want = status
		}
		page.wants(want)
		text := page.text("main .note")
		for _, want := range []string{"does not offer", strconv.Itoa(status), "deleted in Protime"} {
			if !strings.Contains(text, want) {
				t.Errorf("%d: got %q, want %q", status, text, want)
			}
		}
		if strings.Contains(text, "no record") {
			t.Errorf("%d: got %q, want no talk of a missing record: a GET just gave it", status, text)
		}
		if got := page.find("[name=timeOfDayInMinutes]").AttrOr("value", ""); got != "7:58" {
			t.Errorf("%d: typed: got %q, want 7:58", status, got)
		}
		added := page.follow(".note .ways a").wants(http.StatusOK)
		form := theForm(added)
		for name, want := range map[string]string{"timeOfDayInMinutes": "07:58", "person.id": "76547", "date": "2024-01-05", "kind": "InOut", "terminal.id": "765", "geolocation.longitude": "4.392225"} {
			if got := form.values.Get(name); got != want {
				t.Errorf("%d: add instead: %s: got %q, want %q", status, name, got, want)
			}
		}
		form.send().wants(http.StatusOK)
		if body := api.sent(http.MethodPost)[0].Body; !strings.Contains(body, `"timeOfDayInMinutes":478`) {
			t.Errorf("%d: body of POST: got %s", status, body)
		}
	}
}

func TestATenantThatDoesNotOfferDELETESaysSo(t *testing.T) {
	for _, status := range []int{http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented} {
		api, els := atElsewhere(t)
		confirm := els.get("/clockings/8192/delete")
		api.answers(http.MethodDelete, "/*/*", status, "")
		page := theForm(confirm).send()
		if text := page.text("main .note"); !strings.Contains(text, "does not offer") || !strings.Contains(text, strconv.Itoa(status)) {
			t.Errorf("%d: got %d %q, want it said", status, page.status, text)
		}
	}
}

func TestInvariant3_AFormAfterARefusalHasANewId(t *testing.T) {
	for _, status := range []int{400, 403, 404, 405, 409, 412, 429, 501} {
		api, els := atElsewhere(t)
		edit := els.get(editClocking)
		first := theForm(edit).set("timeOfDayInMinutes", "7:58")
		api.answers(http.MethodPut, "/*/*", status, "")
		refused := first.send()
		again := theForm(refused)
		if again.values.Get("change") == first.values.Get("change") || again.values.Get("change") == "" {
			t.Errorf("%d: the form's id: got %q again, want a new one", status, again.values.Get("change"))
		}
		api.forgetRules()
		if page := again.send(); page.status != http.StatusOK || len(api.sent(http.MethodPut)) != 2 {
			t.Errorf("%d: saved again: got %d and %d PUT, want 200 and 2: %s", status, page.status, len(api.sent(http.MethodPut)), page.text("main .note"))
		}
	}
}

func TestInvariant4_AnUnansweredChangeIsUnknownAndNotRepeated(t *testing.T) {
	tests := []struct {
		sentence string
		set      func(a *elsewhere)
		status   int
		shown    string
	}{
		{"the connection breaks after it was applied", func(a *elsewhere) { a.breaks(http.MethodPost, true) }, 502, "applied"},
		{"the connection breaks before", func(a *elsewhere) { a.breaks(http.MethodPost, false) }, 502, "nothing was found that this change could have made"},
		{"no answer in time", func(a *elsewhere) { a.hangs(http.MethodPost) }, 504, "nothing was found that this change could have made"},
		{"an answer that is cut off", func(a *elsewhere) { a.cutsOff(http.MethodPost, 201) }, 502, "nothing was found that this change could have made"},
		{"an error of the server", func(a *elsewhere) { a.answers(http.MethodPost, "/*", 500, "") }, 502, "nothing was found that this change could have made"},
		{"a gateway's page", func(a *elsewhere) {
			a.answers(http.MethodPost, "/*", 502, proxyPage, "Content-Type", "text/html")
		}, 502, "nothing was found that this change could have made"},
		{"a gateway's time-out", func(a *elsewhere) { a.answers(http.MethodPost, "/*", 504, "") }, 502, "nothing was found that this change could have made"},
		{"a gateway that asks to wait", func(a *elsewhere) {
			a.answers(http.MethodPost, "/*", 503, proxyPage, "Content-Type", "text/html")
		}, 503, "nothing was found that this change could have made"},
	}
	for _, test := range tests {
		t.Run(test.sentence, func(t *testing.T) {
			api := newElsewhere(t)
			timeout := 20 * time.Second
			if test.status == http.StatusGatewayTimeout {
				timeout = time.Second
			}
			w := newWorldOn(t, api, timeout)
			els := w.signIn("els")
			form := theForm(els.get("/clockings/new?person.id=76547&date=2024-01-05&timeOfDayInMinutes=0758&kind=InOut").wants(200))
			test.set(api)
			page := form.send()
			if page.status != test.status || !strings.Contains(strings.ToLower(page.text("main")), "unknown") {
				t.Fatalf("got %d %q, want %d and the word unknown", page.status, page.text("main .note"), test.status)
			}
			if n := len(api.sent(http.MethodPost)); n != 1 {
				t.Errorf("POST: got %d, want 1", n)
			}
			again := form.sendOnce()
			if n := len(api.sent(http.MethodPost)); n != 1 {
				t.Errorf("pressed again: got %d POST (%d), want still 1", n, again.status)
			}
			api.forgetRules()
			checked := page.form("form[action$='/check']").send().wants(http.StatusOK)
			if got := strings.ToLower(checked.text("main")); !strings.Contains(got, test.shown) {
				t.Errorf("checked: got %q, want %q", checked.text("main"), test.shown)
			}
		})
	}
}

func TestTooLargeFormsAndOddIdsAreRefused(t *testing.T) {
	_, els := atElsewhere(t)
	form := theForm(els.get(editClocking))
	form.values.Set("why.note", strings.Repeat("x", 1<<20+10))
	form.sendOnce().wants(http.StatusRequestEntityTooLarge)
	for path, want := range map[string]int{
		"/clockings/" + strings.Repeat("9", 128): 404, "/clockings/" + strings.Repeat("9", 129): 404, "/clockings/8192": 200,
		"/clockings/%38192": 200, "/clockings/8192%2Fedit": 404, "/clockings/..%2Fpeople": 404, "/clockings/%2e%2e": 404,
		"/clockings/81 92": 404, "/clockings/8192%00": 404, "/clockings/8192%3Fx": 404, "/clockings/é": 404, "/clockings/8192;x": 404,
		"/clockings/8192%25": 404, "/clockings/@badge~x.y_z-1": 404, "/nothing": 404, "/clockings/8192/nothing": 404,
	} {
		if got := els.get(strings.ReplaceAll(path, " ", "%20")).status; got != want {
			t.Errorf("%s: got %d, want %d", path, got, want)
		}
	}
}

func TestIdsThatLookLikeNoneNeverReachProtime(t *testing.T) {
	api, els := atElsewhere(t)
	before := len(api.sent(http.MethodGet))
	for _, path := range []string{"/clockings/..%2F..%2Fpeople/edit", "/clockings/8192%2F..%2F8193/delete", "/people/%2E%2E", "/clockings/a b/edit"} {
		els.get(strings.ReplaceAll(path, " ", "%20")).wants(http.StatusNotFound)
	}
	if after := len(api.sent(http.MethodGet)); after != before {
		t.Errorf("Protime was asked %d times: %v", after-before, api.sent(http.MethodGet)[before:])
	}
}

func TestWhatProtimeSaysStaysOutOfTheLogOfOperators(t *testing.T) {
	api, els := atElsewhere(t)
	form := theForm(els.get(editClocking)).set("timeOfDayInMinutes", "7:58")
	api.answers(http.MethodPut, "/*/*", 500, "")
	path := changeOf(form.send().wants(http.StatusBadGateway))
	api.forgetRules()
	api.many(60)
	api.pages = 30
	const words = `{"error":{"code":"BadRequest","message":"Jan Maes was ill","reasons":["Jan Maes"]},` +
		`"validationErrors":[{"path":"Jan","message":"Maes"}]}`
	says := func(query string, status int, body string) {
		api.when(func(w http.ResponseWriter, c call) bool {
			if !strings.Contains(c.Query, query) {
				return false
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
			return true
		})
	}
	says("continuationToken=30", 500, words)
	has(t, els.get("/clockings?view=flat&date.ge="+today()).text("tr.failed"), "Protime said:Jan Maes")
	for _, status := range []int{400, 403, 404, 409, 500, 503} {
		api.forgetRules()
		says("", status, words)
		els.get("/clockings")
		els.get(editClocking)
		els.get("/terminals/765")
		els.post(path+"/check", url.Values{})
	}
	api.forgetRules()
	says("", 200, `{"Jan":Maes}`)
	els.get("/clockings")
	els.get(editClocking)
	log := els.w.lines.String()
	has(t, log, `"error":"protime: GET /clockings/8192: 409 Conflict: BadRequest: conflict"`, "change: look: protime: GET", "list broke off")
	for line := range strings.Lines(log) {
		if strings.Contains(line, "Jan") || strings.Contains(line, "Maes") {
			t.Errorf("got %s", line)
		}
	}
}

func TestInvariant7_SecretsReachNeitherPageNorLog(t *testing.T) {
	api, els := atElsewhere(t)
	api.when(func(w http.ResponseWriter, c call) bool {
		if c.Method == http.MethodGet {
			return false
		}
		// An API that echoes what it got.
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Debug", c.Header.Get("Authorization"))
		w.Header().Set("Set-Cookie", "session=very-secret-cookie")
		w.WriteHeader(400)
		_, _ = w.Write([]byte(`{"error":{"code":"Odd","message":"You sent ` + c.Header.Get("Authorization") + `"}}`))
		return true
	})
	page := theForm(els.get(editClocking)).set("timeOfDayInMinutes", "7:58").send().wants(422)
	receipts := els.get("/changes?mine=1").wants(200)
	receipt := receipts.follow("main a[href^='/changes/0']").wants(200)
	for where, text := range map[string]string{"page": page.body, "receipt": receipt.body, "log": els.w.lines.String()} {
		for _, secret := range []string{"elsewhere-token-4c1", apiSecret, "very-secret-cookie"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s: %s is in it", where, secret)
			}
		}
	}
}
