package handlers_test

import (
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"

	"protime-admin/protime/simulator/company"
)

func TestDeletingNamesTheRecordAndAsksFirst(t *testing.T) {
	api, els := atElsewhere(t)
	api.put("clockings", "8192", `{"id":8192,"person":{"id":76547},"date":"2026-01-05","timeOfDayInMinutes":485,"kind":"InOut","status":"Active"}`)
	page := els.get("/clockings/8192/delete?return=%2Fclockings%3Fdate.ge%3D2026-01-05").wants(http.StatusOK)
	if got, want := page.text("h1"), "Delete clocking 08:05, Jan Maes, Mon 5 Jan 2026"; got != want {
		t.Errorf("heading: got %q, want %q", got, want)
	}
	if got, want := page.text("button.danger"), "Delete clocking 08:05"; got != want {
		t.Errorf("button: got %q, want %q", got, want)
	}
	if !strings.Contains(page.text("main"), "It stays in Protime with status Deleted.") {
		t.Errorf("the consequence is not said: %q", page.text("main"))
	}
	if page.find("a[autofocus]").AttrOr("href", "") != "/clockings?date.ge=2026-01-05" {
		t.Errorf("Cancel: got %q focused, want the way back", page.find("a[autofocus]").AttrOr("href", ""))
	}
	if n := len(api.sent()); n != 0 {
		t.Fatalf("got %d requests, want none", n)
	}
	for _, status := range []int{http.StatusNoContent, http.StatusOK} {
		api.deleted = status
		answer := theForm(els.get("/clockings/8192/delete?return=%2Fclockings%3Fdate.ge%3D2026-01-05").wants(http.StatusOK)).sendOnce().wants(http.StatusSeeOther)
		back := answer.header.Get("Location")
		if !strings.HasPrefix(back, "/clockings?date.ge=2026-01-05&done=") {
			t.Errorf("back: got %s, want the list with its filter", back)
		}
		want := map[int]string{200: "200 OK", 204: "204 No Content"}[status]
		if got := els.get(back).text("#done"); !strings.Contains(got, want) || !strings.Contains(got, "deleted") {
			t.Errorf("banner: got %q, want %s", got, want)
		}
		api.put("clockings", "8192", `{"id":8192,"person":{"id":76547},"date":"2026-01-05","timeOfDayInMinutes":485,"kind":"InOut","status":"Active"}`)
	}
	if got := api.sent(http.MethodDelete)[0]; got.Body != "" || got.Path != "/clockings/8192" {
		t.Errorf("DELETE: got %s with the body %q", got.Path, got.Body)
	}
}

func TestInvariant5_ARecordThatMovedIsNotDeletedUnseen(t *testing.T) {
	api, els := atElsewhere(t)
	form := theForm(els.get("/clockings/8192/delete"))
	form.values.Set("why.note", "my note")
	api.put("clockings", "8192", strings.Replace(clocking8192, `"timeOfDayInMinutes":485`, `"timeOfDayInMinutes":490`, 1))
	page := form.send().wants(http.StatusConflict)
	if got := page.text("main .note"); !strings.Contains(got, "08:05") || !strings.Contains(got, "08:10") {
		t.Errorf("got %q, want both times", got)
	}
	if n := len(api.sent()); n != 0 {
		t.Fatalf("got %d requests, want none", n)
	}
	if got := page.find("[name='why.note']").AttrOr("value", ""); got != "my note" {
		t.Errorf("the note: got %q", got)
	}
	theForm(page).send().wants(http.StatusOK)
	if n := len(api.sent(http.MethodDelete)); n != 1 {
		t.Errorf("agreed: got %d requests, want 1", n)
	}
}

func TestDeletingWhatIsGoneIsSaidAndNotSent(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	form := theForm(els.get("/clockings/8192/delete"))
	w.tenant.Edit("clockings", "8192", `{"status":"Deleted"}`)
	sent := form.send()
	has(t, sent.text("main"), "Nothing was sent.")
	for _, p := range []*page{sent, els.get("/clockings/8192/delete")} {
		text := p.wants(http.StatusConflict).text("main")
		has(t, text, "This was deleted already.")
		if strings.Contains(text, "edited") || strings.Contains(text, "Error code") || p.find("main a[href='/clockings']").Length() != 1 {
			t.Errorf("got %q, want a link to the list, no error code and no word of editing", text)
		}
	}
	w.tenant.Remove("clockings", "8192")
	form.send().wants(http.StatusNotFound)
	if n := len(w.tenant.Writes()); n != 0 {
		t.Errorf("got %d writes, want none", n)
	}
}

// TestARecordThatGoesBeforeTheRequestIsSaidToBeGone: a 404 to a PUT or DELETE can mean either.
func TestARecordThatGoesBeforeTheRequestIsSaidToBeGone(t *testing.T) {
	tenant := company.New(time.Now())
	w := newWorldOn(t, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut || r.Method == http.MethodDelete {
			tenant.Remove("clockings", path.Base(r.URL.Path))
		}
		tenant.ServeHTTP(rw, r)
	}), 0)
	w.tenant = tenant
	els := w.signIn("els")
	id := tenant.IDs("clockings")[0]
	for _, form := range []*filled{
		theForm(els.get("/clockings/" + id + "/delete")), theForm(els.get(editClocking)).set("timeOfDayInMinutes", "9:01"),
	} {
		page := form.send().wants(http.StatusNotFound)
		if text := page.text("main"); strings.Contains(text, "does not offer") || page.find("main a[href*='/clockings/new?']").Length() != 1 {
			t.Errorf("got %q, want that the record is gone, and a way to add it again", text)
		}
		if got := page.find("[name=timeOfDayInMinutes]").AttrOr("value", "9:01"); got != "9:01" && got != "09:01" {
			t.Errorf("got the time %q back, want what was typed", got)
		}
	}
}

func TestInvariant4_AnUnansweredDeleteIsUnknownAndFound(t *testing.T) {
	api := newElsewhere(t)
	w := newWorldOn(t, api, 20*time.Second)
	els := w.signIn("els")
	form := theForm(els.get("/clockings/8192/delete"))
	api.breaks(http.MethodDelete, true)
	page := form.send().wants(http.StatusBadGateway)
	if !strings.Contains(strings.ToLower(page.text("main")), "unknown") {
		t.Fatalf("got %q, want unknown", page.text("main"))
	}
	form.send()
	if n := len(api.sent(http.MethodDelete)); n != 1 {
		t.Errorf("pressed again: got %d requests, want 1", n)
	}
	api.forgetRules()
	if got := page.form("form[action$='/check']").send().text("main"); !strings.Contains(got, "applied") {
		t.Errorf("checked: got %q, want applied", got)
	}
}

func TestInvariant3_ADeleteAfterARefusalHasANewId(t *testing.T) {
	for _, status := range []int{400, 403, 404, 409, 412, 501} {
		api, els := atElsewhere(t)
		form := theForm(els.get("/clockings/8192/delete"))
		api.answers(http.MethodDelete, "/*/*", status, "")
		refused := form.send()
		again := theForm(refused)
		if again.values.Get("change") == form.values.Get("change") {
			t.Errorf("%d: the form's id: got the spent one", status)
		}
		api.forgetRules()
		again.send().wants(http.StatusOK)
		if n := len(api.sent()); n != 2 {
			t.Errorf("%d: got %d requests, want 2", status, n)
		}
	}
}

func TestADeleteNeedsItsConfirmation(t *testing.T) {
	api, els := atElsewhere(t)
	for name := range map[string]bool{"change": true, "opened": true} {
		form := theForm(els.get("/clockings/8192/delete"))
		form.values.Del(name)
		form.send().wants(http.StatusUnprocessableEntity)
	}
	if n := len(api.sent()); n != 0 {
		t.Errorf("got %d requests, want none", n)
	}
}

func TestAfterADeleteThereIsAPageToGoTo(t *testing.T) {
	for _, back := range []string{"/clockings/8192", "/clockings/8192?done=01a2086d-0641-7282-b150-f1f0291381bd", "/clockings/8192/edit"} {
		_, els := atElsewhere(t)
		page := els.get("/clockings/8192/delete?return=" + url.QueryEscape(back)).wants(http.StatusOK)
		if got := page.find("a[autofocus]").AttrOr("href", ""); got != back {
			t.Errorf("Cancel: got %s, want %s", got, back)
		}
		done := theForm(page).send().wants(http.StatusOK)
		if done.url.Path != "/clockings" || !strings.Contains(done.text("#done"), "200 OK") {
			t.Errorf("from %s: got %s %q, want the list with the banner", back, done.url, done.text("#done"))
		}
	}
}

func TestInvariant3_ASpentDeleteLeadsToItsFirstReceipt(t *testing.T) {
	api, els := atElsewhere(t)
	form := theForm(els.get("/clockings/8192/delete"))
	form.send().wants(http.StatusOK)
	again := form.set("why.note", "another thought").send()
	if again.find("main a[href='/changes/"+form.values.Get("change")+"']").Length() != 1 {
		t.Errorf("got %d %q, want a link to the first receipt", again.status, again.text("main"))
	}
	api.put("clockings", "8192", clocking8192)
	back := form.send().wants(http.StatusConflict)
	if back.find("main a[href='/changes/"+form.values.Get("change")+"']").Length() != 1 {
		t.Errorf("got %q, want a link to the first receipt", back.text("main"))
	}
	if got := theForm(back).values; got.Get("why.note") != "another thought" || got.Get("change") == form.values.Get("change") {
		t.Errorf("got note %q and id %q", got.Get("why.note"), got.Get("change"))
	}
	if n := len(api.sent()); n != 1 {
		t.Errorf("got %d requests, want 1", n)
	}
}
