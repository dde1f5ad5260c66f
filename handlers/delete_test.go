package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
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
	if !strings.Contains(page.text("main"), "Protime keeps it as deleted") {
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
	for _, p := range []*page{form.send(), els.get("/clockings/8192/delete")} {
		if p.status != http.StatusConflict || !strings.Contains(p.text("main"), "deleted") {
			t.Errorf("got %d %q, want 409 and that it is deleted", p.status, p.text("main"))
		}
	}
	w.tenant.Remove("clockings", "8192")
	form.send().wants(http.StatusNotFound)
	if n := len(w.tenant.Writes()); n != 0 {
		t.Errorf("got %d writes, want none", n)
	}
}

func TestInvariant4_AnUnansweredDeleteIsUnknownAndFound(t *testing.T) {
	api := newElsewhere(t)
	w := newWorldOn(t, api, 500*time.Millisecond)
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
