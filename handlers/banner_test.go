package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestTheBannerSaysWhatProtimeMadeOfAChange(t *testing.T) {
	api, els := atElsewhere(t)
	api.put("clockings", "8192", plainClocking)
	api.answers("PUT", "/clockings/*", http.StatusOK, "")
	done := theForm(els.get(editClocking)).set("timeOfDayInMinutes", "8:00").send().wants(http.StatusOK)
	banner := done.find("#done")
	if !banner.HasClass("warn") {
		t.Errorf("got the tone %q, want warn", banner.AttrOr("class", ""))
	}
	has(t, done.text("#done"), "you sent 08:00, Protime has 08:05", "Time as calculated 08:05")
}

func TestOnePressTakesAChangeBack(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	done := theForm(els.get(editClocking)).set("timeOfDayInMinutes", "8:00").send().wants(http.StatusOK)
	has(t, done.text("#done b"), "Jan Maes", "08:05 → 08:00")
	undone := done.form("#done form[action$='/undo']").send().wants(http.StatusOK)
	has(t, undone.text("#done b"), "Undone", "08:00 → 08:05")
	if record, _ := w.tenant.Get("clockings", "8192"); !strings.Contains(record, `"timeOfDayInMinutes":485`) {
		t.Errorf("got %s, want the time as it was", record)
	}

	deleted := theForm(els.get("/clockings/8192/delete")).send().wants(http.StatusOK)
	has(t, deleted.text("#done b"), "08:05 deleted")
	added := deleted.form("#done form[action$='/undo']").send().wants(http.StatusOK)
	has(t, added.text("#done b"), "Undone", "08:05 added again")
	if added.find("#done form[action$='/undo']").Length() != 0 || added.find("#done a[href*='/undo']").Length() != 1 {
		t.Error("taking back what was added deletes it: want a page that asks first")
	}
}

func TestARecordThatIsNotOnThePageIsNamedAndVerified(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	day := dateOf8192(t, w)
	list := url.QueryEscape("/clockings?person=76548&date.ge=" + day + "&date.le=" + day)
	form := theForm(els.get(editClocking+"?return="+list)).set("timeOfDayInMinutes", "8:00")
	els.get("/clockings") // the names of departments are read once
	w.tenant.Forget()
	done := form.send().wants(http.StatusOK)
	if done.find("#r-8192").Length() != 0 {
		t.Fatal("the list of somebody else shows the clocking")
	}
	has(t, done.text("#done"), "Jan Maes", "08:05 → 08:00", "Time as calculated 08:00")
	var calls []string
	for _, entry := range w.tenant.Requests() {
		calls = append(calls, entry.Method+" "+entry.Path+"?"+entry.Query)
	}
	if len(calls) != 4 {
		t.Errorf("got the calls %q, want the three of a save and one to read the record again", calls)
	}
}
