package handlers_test

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func TestInvariant3_TwentyPressesOfOneButtonAreOneRequest(t *testing.T) {
	for _, page := range []string{editClocking, "/clockings/new?person.id=76547&date=2024-01-05&timeOfDayInMinutes=0912&kind=InOut", "/clockings/8192/delete"} {
		api, els := atElsewhere(t)
		release := make(chan struct{})
		api.when(func(_ http.ResponseWriter, c call) bool {
			if c.Method != http.MethodGet {
				<-release
			}
			return false
		})
		form := theForm(els.get(page).wants(http.StatusOK))
		if form.values.Has("timeOfDayInMinutes") {
			form.set("timeOfDayInMinutes", "7:58")
		}
		places := make([]string, 20)
		for len(els.w.posts) > 0 {
			<-els.w.posts
		}
		var pressed sync.WaitGroup
		for i := range places {
			pressed.Go(func() {
				answer := form.sendOnce()
				if answer.status != http.StatusSeeOther {
					t.Errorf("%s: got %d %q, want 303", page, answer.status, answer.text("main .note"))
				}
				places[i] = answer.header.Get("Location")
			})
		}
		for range places { // no press is answered before all have arrived
			<-els.w.posts
		}
		close(release)
		pressed.Wait()
		if n := len(api.sent()); n != 1 {
			t.Errorf("%s: got %d requests to Protime, want 1", page, n)
		}
		for _, place := range places {
			if place != places[0] || !strings.Contains(place, "done=") {
				t.Errorf("%s: got %q and %q, want all the first receipt", page, place, places[0])
			}
		}
	}
}

func TestInvariant3_TheSameFormWithOtherContentSendsNothing(t *testing.T) {
	api, els := atElsewhere(t)
	for _, page := range []string{editClocking, "/clockings/new?person.id=76547&date=2024-01-05&timeOfDayInMinutes=0912&kind=InOut"} {
		form := theForm(els.get(page)).set("timeOfDayInMinutes", "7:58")
		form.send().wants(http.StatusOK)
		sent := len(api.sent())

		again := form.set("timeOfDayInMinutes", "7:11").set("why.note", "second thoughts").send()
		if again.status != http.StatusConflict {
			t.Errorf("%s: got %d, want 409", page, again.status)
		}
		if n := len(api.sent()); n != sent {
			t.Fatalf("%s: got %d requests, want none", page, n-sent)
		}
		back := theForm(again)
		if got := back.values.Get("timeOfDayInMinutes"); got != "7:11" {
			t.Errorf("%s: typed: got %q, want 7:11", page, got)
		}
		if got := back.values.Get("why.note"); got != "second thoughts" {
			t.Errorf("%s: note: got %q", page, got)
		}
		if back.values.Get("change") == form.values.Get("change") {
			t.Errorf("%s: the id: got the spent one", page)
		}
		if got := again.find("main a[href='/changes/" + form.values.Get("change") + "']").Length(); got != 1 {
			t.Errorf("%s: got %d links to the first receipt, want 1", page, got)
		}
		after := back.send()
		if after.find("#warnings[role=alert]").Length() > 0 { // the list has one at that minute
			after = theForm(after).send()
		}
		if after.status == http.StatusConflict { // the record is another one since the first press: shown, and confirmed by another press
			after = theForm(after).set("pick.timeOfDayInMinutes", "mine").send()
		}
		if n := len(api.sent()); n != sent+1 || after.status != http.StatusOK {
			t.Errorf("%s: sent with the new id: got %d and %d requests, want 200 and 1: %s", page, after.status, n-sent, after.text("main .note"))
		}
	}
}

func TestInvariant3_BackAndSaveAgainShowsTheFirstReceipt(t *testing.T) {
	api, els := atElsewhere(t)
	form := theForm(els.get(editClocking)).set("timeOfDayInMinutes", "7:58")
	form.send().wants(http.StatusOK)
	// Somebody else's change comes between; the same press still is the same press.
	api.put("clockings", "8192", strings.Replace(clocking8192, ":485,", ":600,", 1))
	again := form.send().wants(http.StatusOK)
	if n := len(api.sent()); n != 1 {
		t.Errorf("got %d requests, want 1", n)
	}
	if got := again.text("#done"); !strings.Contains(got, "200 OK") {
		t.Errorf("banner: got %q, want the first receipt", got)
	}
}

func TestInvariant3_AnAnsweredPressIsShownEvenWhenProtimeIsDown(t *testing.T) {
	api, els := atElsewhere(t)
	for _, path := range []string{editClocking, "/clockings/8192/delete"} {
		form := theForm(els.get(path))
		if form.values.Has("timeOfDayInMinutes") {
			form.set("timeOfDayInMinutes", "7:58")
		}
		form.send().wants(http.StatusOK)
		api.answers(http.MethodGet, "/*/*", 503, "", "Retry-After", "60")
		again := form.sendOnce().wants(http.StatusSeeOther)
		if got := again.header.Get("Location"); !strings.Contains(got, "done="+form.values.Get("change")) {
			t.Errorf("%s: got %s, want the first receipt", path, got)
		}
		api.forgetRules()
	}
	if n := len(api.sent()); n != 2 {
		t.Errorf("got %d requests, want 2", n)
	}
}

func TestInvariant3_AfterARefusalThePressOfTheOldFormSendsNothing(t *testing.T) {
	api, els := atElsewhere(t)
	form := theForm(els.get(editClocking)).set("timeOfDayInMinutes", "7:58")
	api.answers(http.MethodPut, "/*/*", 400, "")
	form.send().wants(http.StatusUnprocessableEntity)
	api.forgetRules()
	again := form.send()
	if n := len(api.sent()); n != 1 {
		t.Errorf("the old form again: got %d requests, want 1", n)
	}
	if again.status != http.StatusUnprocessableEntity {
		t.Errorf("the old form again: got %d, want what the first press got", again.status)
	}
	theForm(again).send().wants(http.StatusOK)
	if n := len(api.sent()); n != 2 {
		t.Errorf("the form that came back: got %d requests, want 2", n)
	}
}

func TestInvariant3_AFormWithoutAnIdIsNotSent(t *testing.T) {
	api, els := atElsewhere(t)
	for _, id := range []string{"", "1", "../../x", "not-a-uuid-at-all-not-a-uuid-at-all-",
		"019A2089-B631-7965-868F-D1DCE7F5BE14", "{019a2089-b631-7965-868f-d1dce7f5be14}", "019a2089b6317965868fd1dce7f5be14"} {
		form := theForm(els.get(editClocking)).set("timeOfDayInMinutes", "7:58")
		form.values.Set("change", id)
		page := form.send().wants(http.StatusUnprocessableEntity)
		if got := theForm(page).values.Get("timeOfDayInMinutes"); got != "7:58" {
			t.Errorf("typed: got %q, want 7:58", got)
		}
		if got := theForm(page).values.Get("change"); len(got) != 36 {
			t.Errorf("id of the form that came back: got %q, want a new one", got)
		}
	}
	if n := len(api.sent()); n != 0 {
		t.Errorf("got %d requests, want none", n)
	}
}

func TestInvariant3_AnotherPersonsIdSendsNothing(t *testing.T) {
	api, els := atElsewhere(t)
	form := theForm(els.get(editClocking)).set("timeOfDayInMinutes", "7:58")
	form.send().wants(http.StatusOK)
	tom := els.w.signIn("tom")
	theirs := theForm(tom.get(editClocking)).set("timeOfDayInMinutes", "7:11")
	theirs.values.Set("change", form.values.Get("change"))
	page := theirs.send()
	if n := len(api.sent()); n != 1 || page.status != http.StatusConflict {
		t.Errorf("got %d and %d requests, want 409 and 1", page.status, n)
	}
}

func TestInvariant9_WithoutTheRoleNothingIsSent(t *testing.T) {
	api, els := atElsewhere(t)
	marc := els.w.signIn("marc")
	for _, path := range []string{editClocking, "/clockings/new", "/clockings/8192/delete"} {
		marc.get(path).wants(http.StatusForbidden)
		form := theForm(els.get(path))
		if form.values.Has("timeOfDayInMinutes") {
			form.set("timeOfDayInMinutes", "7:58")
		}
		form.values.Set("why.note", "my note")
		page := marc.do(marc.request(http.MethodPost, path, form.values), true).wants(http.StatusForbidden)
		if got := page.find("[name='why.note']").AttrOr("value", ""); got != "my note" {
			t.Errorf("%s: the note: got %q, want it kept", path, got)
		}
	}
	if n := len(api.sent()); n != 0 {
		t.Errorf("got %d requests, want none", n)
	}
}

func TestInvariant2_ALogThatCannotBeWrittenStopsChangesAndKeepsWhatWasTyped(t *testing.T) {
	api, els := atElsewhere(t)
	edit, confirm := els.get(editClocking), els.get("/clockings/8192/delete")
	els.w.full.Store(true)
	page := theForm(edit).set("timeOfDayInMinutes", "7:58").send().wants(http.StatusServiceUnavailable)
	if got := page.find("[name=timeOfDayInMinutes]").AttrOr("value", ""); got != "7:58" {
		t.Errorf("typed: got %q, want 7:58", got)
	}
	theForm(confirm).send().wants(http.StatusServiceUnavailable)
	els.get("/clockings/8192").wants(http.StatusOK)
	if n := len(api.sent()); n != 0 {
		t.Errorf("got %d requests, want none", n)
	}
}

func TestOnesOwnRecordsAreForSomebodyElseWhereTheCompanySaysSo(t *testing.T) {
	w := newWorld(t, "OWN_RECORDS=forbid")
	w.knowsPeople()
	jan, els := w.signIn("jan"), w.signIn("els")
	for _, path := range []string{editClocking, "/clockings/new?person.id=76547&kind=InOut&date=" + today() + "&timeOfDayInMinutes=0912", "/clockings/8192/delete"} {
		form := theForm(jan.get(path).wants(http.StatusOK))
		form.values.Set("why.note", "my note")
		if form.values.Has("timeOfDayInMinutes") {
			form.set("timeOfDayInMinutes", "7:58")
		}
		page := form.send().wants(http.StatusForbidden)
		if got := theForm(page).values; got.Get("why.note") != "my note" || got.Has("timeOfDayInMinutes") && got.Get("timeOfDayInMinutes") != "7:58" {
			t.Errorf("%s: what was typed is gone: %v", path, got)
		}
		if got := page.text("main .note"); !strings.Contains(got, "own data") {
			t.Errorf("%s: got %q, want it said why", path, got)
		}
	}
	// Neither by giving one's own clocking to somebody else, nor by taking somebody else's.
	theForm(jan.get(editClocking)).set("person.id~find", "Els Peeters").send().wants(http.StatusForbidden)
	if n := len(w.tenant.Writes()); n != 0 {
		t.Fatalf("got %d writes, want none", n)
	}
	theForm(els.get(editClocking)).set("timeOfDayInMinutes", "7:58").send().wants(http.StatusOK)
	other := theForm(jan.get("/clockings/new?person.id=76548&kind=InOut&date=" + today() + "&timeOfDayInMinutes=0912"))
	other.send().wants(http.StatusOK)
}

func TestInvariant3_ASlowerHalfOfADoublePressShowsTheFirstReceipt(t *testing.T) {
	api, els := atElsewhere(t)
	form := theForm(els.get("/clockings/8192/delete"))
	reads, deleted := make(chan struct{}), make(chan struct{})
	var asked atomic.Bool
	api.when(func(_ http.ResponseWriter, c call) bool {
		if c.Method == http.MethodGet && c.Path == "/clockings/8192" {
			if asked.CompareAndSwap(false, true) {
				close(reads)
				<-deleted
			}
		}
		return false
	})
	slower := make(chan *page)
	go func() { slower <- form.sendOnce() }()
	<-reads
	first := form.sendOnce().wants(http.StatusSeeOther).header.Get("Location")
	close(deleted)
	if got := (<-slower).wants(http.StatusSeeOther).header.Get("Location"); got != first {
		t.Errorf("the slower half: got %q, want the first receipt %q", got, first)
	}
	if n := len(api.sent()); n != 1 {
		t.Errorf("got %d requests, want 1", n)
	}
}

func TestInvariant3_BothHalvesOfADoubleClickShowTheKeyOfAWebhook(t *testing.T) {
	const key = "d2hhdCBhIHNlY3JldCBrZXk"
	api, els := atElsewhere(t, "WRITABLE=webhooks")
	form := theForm(els.get("/webhooks/new")).set("collectionName", "clockings").set("destinationUrl", "https://hooks.acme.example/x")
	arrived, release := make(chan struct{}), make(chan struct{})
	api.when(func(w http.ResponseWriter, c call) bool {
		if c.Method != http.MethodPost {
			return false
		}
		close(arrived)
		<-release
		w.Header().Set("Location", elsewhereBase+"/webhooks/7")
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write([]byte(`{"id":"7","key":"` + key + `"}`))
		return true
	})
	pages := make(chan *page, 2)
	go func() { pages <- form.sendOnce() }()
	<-arrived
	go func() { pages <- form.sendOnce() }()
	close(release)
	for range 2 {
		if page := <-pages; page.status != http.StatusOK || !strings.Contains(page.text("main"), key) {
			t.Errorf("got %d %q, want the key", page.status, page.text("main"))
		}
	}
	if n := len(api.sent()); n != 1 {
		t.Errorf("got %d requests, want 1", n)
	}
	if third := form.send(); strings.Contains(third.body, key) {
		t.Error("a third press shows the key once more")
	}
}
