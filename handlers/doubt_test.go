package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"protime-admin/protime/simulator"
)

// cut corrects clocking 8192 over a connection that is cut, before or after Protime made the change, and returns the
// path of the receipt.
func cut(b *browser, at string, applied bool) string {
	b.w.t.Helper()
	b.w.tenant.Fail(simulator.Fault{Method: "PUT", Path: "/clockings/*", Reset: true, Apply: applied, Times: 1})
	defer b.w.tenant.Heal()
	return changeOf(correct(b, at, "cut").wants(http.StatusBadGateway))
}

// state is that of the change that a receipt page shows.
func (p *page) state() string { return p.find("main").AttrOr("data-state", "") }

func TestEveryEditorAndAuditorClearsUpAChangeInDoubt(t *testing.T) {
	for _, who := range []string{"tom", "anke"} {
		t.Run(who, func(t *testing.T) {
			w := newWorld(t)
			w.knowsPeople()
			path := cut(w.signIn("els"), "8:00", true)
			b := w.signIn(who)
			has(t, b.get("/").text(".note"), "1 change has an unknown outcome")
			list := b.get("/").follow(".note a").wants(http.StatusOK)
			if list.url.Path != "/changes" || list.find("a.row[href='"+path+"']").Length() != 1 {
				t.Fatalf("%s: got %q, want the change of Els", list.url, list.text("table"))
			}
			receipt := list.follow("a.row").wants(http.StatusOK)
			if got := receipt.state(); got != "unknown" {
				t.Errorf("state: got %q, want unknown", got)
			}
			if receipt.find("a[href$='/undo']").Length() != 0 {
				t.Error("undo is offered to somebody else")
			}
			checked := receipt.form("form[action$='/check']").send().wants(http.StatusOK)
			if got := checked.state(); got != "applied" {
				t.Errorf("state: got %q, want applied", got)
			}
			name := map[string]string{"tom": "Tom Claes", "anke": "Anke Vermeulen"}[who]
			has(t, checked.text("h1"), "Els Peeters wanted to change 08:05 to 08:00 for Jan Maes")
			has(t, checked.text(".note"), name+" checked Protime. It has the values of this change.")
			if checked.find("form[action$='/check'], form[action$='/rule']").Length() != 0 {
				t.Error("a look saw it: nothing is left to look for or to rule on")
			}
			b.get(path + "/undo").wants(http.StatusForbidden)
		})
	}
}

func TestAChangeInDoubtIsNoMatterOfViewers(t *testing.T) {
	w := newWorld(t)
	path := cut(w.signIn("els"), "8:00", false)
	marc := w.signIn("marc")
	if marc.get("/").find(".note a").Length() != 0 {
		t.Error("the list of unknown outcomes is offered to a viewer")
	}
	for _, address := range []string{"/changes?state=unknown", path, path + "/rule"} {
		marc.get(address).wants(http.StatusForbidden)
	}
	marc.post(path+"/check", url.Values{}).wants(http.StatusForbidden)
	marc.post(path+"/rule", url.Values{"ruling": {"there"}, "why": {"seen"}}).wants(http.StatusForbidden)
	if got := w.signIn("anke").get(path).find("ol li").Length(); got != 2 {
		t.Errorf("facts: got %d, want that it was logged and lost", got)
	}
}

func TestEditorsSeeWhatIsInDoubtAndNoMoreOfOthersChanges(t *testing.T) {
	w := newWorld(t)
	els, tom := w.signIn("els"), w.signIn("tom")
	known := changeOf(correct(els, "8:01", "by Els"))
	cut(els, "8:00", false)
	for path, want := range map[string]int{"/changes?state=unknown": 200, "/changes?state=accepted": 200,
		"/changes?state=applied": 403, "/changes": 403, known: 403} {
		if got := tom.get(path).status; got != want {
			t.Errorf("%s: got %d, want %d", path, got, want)
		}
	}
	if got := tom.get("/changes?state=unknown").find("table.changes tr[data-row]").Length(); got != 1 {
		t.Errorf("unknown: got %d rows, want 1", got)
	}
}

func TestARulingIsKeptWithItsReason(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	path := cut(els, "8:00", true)
	tom := w.signIn("tom")

	rule := tom.get(path).wants(http.StatusOK).form("form#rule")
	typed := rule.set("why", "Seen on the screen of Jan").send().wants(http.StatusUnprocessableEntity)
	has(t, typed.text("form#rule"), "Choose what you found.")
	if got := typed.form("form#rule").values.Get("why"); got != "Seen on the screen of Jan" {
		t.Errorf("typed: got %q, want it kept", got)
	}
	chosen := typed.form("form#rule").set("ruling", "there").set("why", " ").send().wants(http.StatusUnprocessableEntity)
	has(t, chosen.text("form#rule"), "Write how you know.")
	if got := chosen.form("form#rule").values.Get("ruling"); got != "there" {
		t.Errorf("chosen: got %q, want it kept", got)
	}
	ruled := chosen.form("form#rule").set("why", "Seen \u2066on the screen of Jan").send().wants(http.StatusOK)
	if ruled.url.Path != path || ruled.state() != "applied" {
		t.Fatalf("got %s, %s, want the receipt of an applied change", ruled.url.Path, ruled.state())
	}
	has(t, ruled.text(".note"), "applied, as somebody found in Protime")
	said := "Tom Claes looked in Protime and says that the change was made: Seen on the screen of Jan"
	has(t, ruled.text(".note"), said)
	has(t, ruled.text("li.ruled"), said)

	other := els.get(path).form("form#rule").set("ruling", "not-there").set("why", "Another person").send().wants(http.StatusOK)
	if got := other.state(); got != "not-applied" {
		t.Errorf("after another ruling: got %q, want not-applied", got)
	}
	has(t, w.signIn("anke").get("/changes?state=not-applied").text("table.changes"), "not applied", "said by a person")

	// A look outranks both, and then nothing is left to rule on.
	if got := els.get(path).form("form[action$='/check']").send().state(); got != "applied" {
		t.Errorf("after a look: got %q, want applied", got)
	}
	els.post(path+"/rule", url.Values{"ruling": {"not-there"}, "why": {"late"}}).wants(http.StatusConflict)
	answered := changeOf(correct(els, "8:30", "plain"))
	els.post(answered+"/rule", url.Values{"ruling": {"there"}, "why": {"why not"}}).wants(http.StatusConflict)
	if got := len(w.tenant.Writes()); got != 2 {
		t.Errorf("writes: got %d, want the two changes: a ruling sends nothing", got)
	}
}

func TestInvariant6_ARulingComesBackAfterSignIn(t *testing.T) {
	w := newWorld(t)
	b := w.signIn("els")
	path := cut(b, "8:00", false)
	f := b.get(path).form("form#rule").set("ruling", "not-there").set("why", "kept")
	b.setCookie("protime-session", "")
	asked := f.send().wants(http.StatusUnauthorized)
	back := b.answer(b.leave(asked.href("main a.button")), "els").wants(http.StatusOK)
	if got := back.form("form#rule").values; got.Get("why") != "kept" || got.Get("ruling") != "not-there" || back.state() != "unknown" {
		t.Errorf("got %v of a change that is %s, want what was typed, not sent", got, back.state())
	}
}

func TestNotAppliedSaysWhichLooksDidNotSeeIt(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	path := cut(els, "8:00", false)
	first := els.get(path).form("form[action$='/check']").send().wants(http.StatusOK)
	if got := first.state(); got != "unknown" {
		t.Errorf("after one look: got %q, want unknown", got)
	}
	has(t, first.text(".note"), "It has the values from before this change.")
	w.aged.Store(true)
	second := els.get(path).form("form[action$='/check']").send().wants(http.StatusOK)
	if got := second.state(); got != "not-applied" {
		t.Fatalf("after two looks, an hour later: got %q, want not-applied", got)
	}
	if got := second.find("li.looked").Length(); got != 2 {
		t.Errorf("facts: got %d looks, want 2", got)
	}
	has(t, second.text(".note"), "Checks at ", "did not find it; a later check still can.")
	if second.find("form[action$='/check']").Length() != 1 {
		t.Error("a later look is not offered")
	}
}

func TestTheReceiptSaysTheStateAndHowItIsKnown(t *testing.T) {
	for _, test := range []struct {
		sentence    string
		fault       simulator.Fault
		state, word string
		says        []string
		facts       []string
	}{
		{"applied", simulator.Fault{}, "applied", "applied", []string{"Els Peeters changed"}, []string{"Attempt 1: Protime answered 200 OK."}},
		{"refused", simulator.Fault{Status: 400, Reasons: []string{"The period is closed."}}, "refused", "refused",
			[]string{"Els Peeters wanted to change", "The period is closed."}, []string{"Attempt 1: Protime answered 400 Bad Request."}},
		{"an error of the server after it was made", simulator.Fault{Status: 500, Apply: true}, "unknown", "unknown",
			[]string{"The answer was 500", "not known whether"}, []string{"Attempt 1: Protime answered 500 Internal Server Error."}},
		{"a gateway's page after it was made", simulator.Fault{HTML: true, Apply: true}, "unknown", "unknown",
			[]string{"Something between here and Protime answered", "not known whether"}, []string{"Attempt 1: a web page came with 502 Bad Gateway"}},
		{"cut off", simulator.Fault{Reset: true}, "unknown", "unknown", []string{"The connection broke"}, []string{"Attempt 1: The connection broke"}},
		{"accepted", simulator.Fault{Accept: true, Apply: true}, "accepted", "accepted",
			[]string{"has not said that the change was made"}, []string{"Attempt 1: Protime answered 202 Accepted."}},
		{"the token was revoked", simulator.Fault{Revoke: true, Times: 1}, "applied", "applied", nil,
			[]string{"Attempt 1: Protime answered 401 Unauthorized.", "Attempt 2: Protime answered 200 OK."}},
	} {
		t.Run(test.sentence, func(t *testing.T) {
			w := newWorld(t)
			els := w.signIn("els")
			form := els.get(editClocking).form("form.sheet").set("timeOfDayInMinutes", "8:00")
			fault := test.fault
			fault.Method, fault.Path = "PUT", "/clockings/*"
			if test.sentence != "applied" {
				w.tenant.Fail(fault)
			}
			w.clock.pass(2 * time.Minute) // the token is no longer young
			form.send()
			w.tenant.Heal()
			receipt := els.get("/changes/" + form.values.Get("change")).wants(http.StatusOK)
			if got := receipt.state(); got != test.state {
				t.Errorf("state: got %q, want %q", got, test.state)
			}
			if got := receipt.text(".two .mark"); got != test.word {
				t.Errorf("word: got %q, want %q", got, test.word)
			}
			has(t, receipt.text("main"), test.says...)
			facts := receipt.find("section[aria-labelledby=timeline] li")
			if got := facts.Length(); got != 1+len(test.facts) {
				t.Errorf("facts: got %d, want %d: %s", got, 1+len(test.facts), facts.Text())
			}
			has(t, strings.Join(strings.Fields(facts.Text()), " "), append(test.facts, "It was logged before it was sent.")...)
		})
	}
}

func TestARequestThatDidNotLeaveIsNotSentAndSaysWhen(t *testing.T) {
	api, els := atElsewhere(t)
	form := theForm(els.get("/clockings/new?person.id=76547&date=2024-01-05&timeOfDayInMinutes=0912&kind=InOut").wants(http.StatusOK))
	api.answers(http.MethodGet, "/terminals", 429, "", "Retry-After", "77")
	els.get("/terminals").wants(http.StatusServiceUnavailable)
	api.forgetRules()
	page := form.set("why.note", "my note").send().wants(http.StatusServiceUnavailable)
	has(t, page.text("main .note"), "Protime asked for a pause, so nothing was sent.", "Try again after ")
	if seconds := page.header.Get("Retry-After"); seconds == "" || seconds == "30" {
		t.Errorf("Retry-After: got %q, want what is left of 77 seconds", seconds)
	}
	if got := theForm(page).values; got.Get("why.note") != "my note" || got.Get("change") == form.values.Get("change") {
		t.Errorf("got %v, want what was typed with a new id", got)
	}
	receipt := els.get("/changes/" + form.values.Get("change")).wants(http.StatusOK)
	if got := receipt.state(); got != "not-sent" {
		t.Errorf("state: got %q, want not-sent", got)
	}
	has(t, receipt.text("main"), "nothing was sent", "Attempt 1 was not sent.")
	if n := len(api.sent()); n != 0 {
		t.Errorf("got %d requests, want none", n)
	}
	w := els.w
	has(t, w.signIn("anke").get("/changes?state=not-sent").text("table.changes"), "not sent")
}

func TestWhatTheStatusMonitorSaysIsShownToTheReader(t *testing.T) {
	api, els := atElsewhere(t)
	api.put("operations", "1", `{"status":"Running","percentComplete":42}`)
	form := theForm(els.get(editClocking)).set("timeOfDayInMinutes", "7:58")
	api.answers(http.MethodPut, "/*/*", 202, "", "Operation-Location", elsewhereBase+"/operations/1")
	accepted := form.send().wants(http.StatusOK)
	api.forgetRules()
	has(t, accepted.text("#done"), "has not said that the change was made", elsewhereBase+"/operations/1")
	checked := els.get(changeOf(accepted)).form("form[action$='/check']").send().wants(http.StatusOK)
	if got := checked.state(); got != "accepted" {
		t.Errorf("state: got %q, want accepted: the monitor's shape is not published", got)
	}
	has(t, checked.text("li.looked"), "Protime's progress report came with 200 OK", `"percentComplete": 42`)
}

func TestAStatusMonitorOnAnotherHostIsNotSaidToBeRead(t *testing.T) {
	for _, place := range []string{
		"https://evil.example" + elsewhereBase + "/operations/1", "//evil.example/operations/1", "javascript:alert(1)",
	} {
		api, els := atElsewhere(t)
		form := theForm(els.get(editClocking)).set("timeOfDayInMinutes", "7:58")
		api.answers(http.MethodPut, "/*/*", 202, "", "Operation-Location", place)
		accepted := form.send().wants(http.StatusOK)
		for where, page := range map[string]*page{"banner": accepted, "receipt": els.get(changeOf(accepted)).wants(http.StatusOK)} {
			text := page.text("main")
			has(t, text, place, "“Check now” does not read it")
			if strings.Contains(text, "also reads the progress report") || page.find("a[href*='evil'], a[href^='javascript']").Length() > 0 {
				t.Errorf("%s of %s: got %q", where, place, text)
			}
		}
	}
}

func TestACreateThatLooksLikeADoubleSaysSo(t *testing.T) {
	_, els := atElsewhere(t)
	form := theForm(els.get("/clockings/new?person.id=76547&date=2024-01-05&timeOfDayInMinutes=0805&kind=InOut").wants(http.StatusOK))
	made := form.send().wants(http.StatusOK)
	receipt := els.get(changeOf(made)).wants(http.StatusOK)
	for where, p := range map[string]*page{"banner": made, "receipt": receipt} {
		has(t, p.text(".pointers"), "Protime already had a clocking like this one. Look whether it is a double:", "clocking 8192")
		if p.find(".pointers a[href='/clockings/8192']").Length() != 1 {
			t.Errorf("%s: no link to what was there before", where)
		}
	}
	other := theForm(els.get("/clockings/new?person.id=76547&date=2024-01-05&timeOfDayInMinutes=1712&kind=InOut").wants(http.StatusOK))
	if page := other.send().wants(http.StatusOK); page.find(".pointers").Length() != 0 {
		t.Errorf("another time: got %q, want no word of a double", page.text(".pointers"))
	}
}

func TestADoubtSpeaksDutch(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	path := cut(els, "8:00", false)
	els.post("/language", url.Values{"language": {"nl"}, "return": {"/"}})
	receipt := els.get(path).wants(http.StatusOK)
	if got := receipt.text(".two .mark"); got != "onbekend" {
		t.Errorf("state: got %q, want onbekend", got)
	}
	checked := receipt.form("form[action$='/check']").send().wants(http.StatusOK)
	has(t, checked.text("li.looked"), "Els Peeters controleerde in Protime. Daar staan de waarden van vóór deze wijziging.")
	ruled := checked.form("form#rule").set("ruling", "not-there").set("why", "Niet gezien").send().wants(http.StatusOK)
	has(t, ruled.text("main"), "niet uitgevoerd", "Els Peeters keek in Protime en zegt dat de wijziging niet uitgevoerd is: Niet gezien")
}
