package handlers_test

import (
	"net/http"
	"strings"
	"testing"
)

const plainClocking = `{"changeVersion":"1","id":8192,"person":{"id":76547},"date":"2024-01-05","timeOfDayInMinutes":485,` +
	`"calculatedTimeOfDayInMinutes":485,"terminal":{"id":765},"geolocation":{"latitude":51.1,"longitude":4.3},"kind":"InOut","tag":"A"}`

func TestInvariant5_AConflictIsShownAndDecidedFieldByField(t *testing.T) {
	api, els := atElsewhere(t)
	api.put("clockings", "8192", plainClocking)
	form := theForm(els.get(editClocking)).set("timeOfDayInMinutes", "8:00").set("why.note", "my note")
	api.put("clockings", "8192", strings.Replace(strings.Replace(plainClocking, ":485,\"calc", ":490,\"calc", 1), `"terminal":{"id":765}`, `"terminal":{"id":999}`, 1))

	page := form.send().wants(http.StatusConflict)
	if n := len(api.sent()); n != 0 {
		t.Fatalf("got %d requests, want none", n)
	}
	picks := page.find(".conflict tbody tr")
	if picks.Length() != 2 {
		t.Fatalf("got %d picks, want time and terminal: %s", picks.Length(), page.text("main"))
	}
	for _, want := range []string{"08:05", "08:10", "08:00"} {
		if got := picks.First().Text(); !strings.Contains(got, want) {
			t.Errorf("the time's three sides: got %q, want %q", got, want)
		}
	}
	for _, want := range []string{"Main entrance", "999"} {
		if got := picks.Last().Text(); !strings.Contains(got, want) {
			t.Errorf("the terminal's three sides: got %q, want %q", got, want)
		}
	}
	if got := theForm(page).values.Get("why.note"); got != "my note" {
		t.Errorf("the note: got %q, want it kept", got)
	}

	undecided := theForm(page).send()
	if undecided.status == http.StatusOK || len(api.sent()) != 0 {
		t.Fatalf("without a pick: got %d and %d requests, want neither sent", undecided.status, len(api.sent()))
	}
	// One press after the picks.
	done := theForm(page).set("pick.timeOfDayInMinutes", "mine").set("pick.terminal.id", "server").send().wants(http.StatusOK)
	puts := api.sent(http.MethodPut)
	if len(puts) != 1 || !strings.Contains(puts[0].Body, `"timeOfDayInMinutes":480`) || !strings.Contains(puts[0].Body, `"terminal":{"id":999}`) {
		t.Errorf("got %v, want my time and the server's terminal", puts)
	}
	if !strings.Contains(done.text("#done"), "200 OK") {
		t.Errorf("banner: got %q", done.text("#done"))
	}
}

func TestInvariant5_TakingTheServersSideOfEverythingIsNoChange(t *testing.T) {
	api, els := atElsewhere(t)
	api.put("clockings", "8192", plainClocking)
	form := theForm(els.get(editClocking)).set("timeOfDayInMinutes", "8:00")
	api.put("clockings", "8192", strings.Replace(plainClocking, ":485,\"calc", ":490,\"calc", 1))
	page := form.send().wants(http.StatusConflict)
	answer := theForm(page).set("pick.timeOfDayInMinutes", "server").sendOnce().wants(http.StatusSeeOther)
	if !strings.Contains(answer.header.Get("Location"), "notice=unchanged") || len(api.sent()) != 0 {
		t.Errorf("got %s and %d requests, want nothing to change", answer.header.Get("Location"), len(api.sent()))
	}
}

func TestInvariant5_WhatIsTypedBesideTheServersSideIsNotDropped(t *testing.T) {
	api, els := atElsewhere(t)
	api.put("clockings", "8192", plainClocking)
	form := theForm(els.get(editClocking)).set("timeOfDayInMinutes", "8:00")
	api.put("clockings", "8192", strings.Replace(plainClocking, ":485,\"calc", ":490,\"calc", 1))
	page := form.send().wants(http.StatusConflict)
	asked := theForm(page).set("pick.timeOfDayInMinutes", "server").set("timeOfDayInMinutes", "7:09").send().
		wants(http.StatusUnprocessableEntity)
	if got := asked.find("input[name=timeOfDayInMinutes]").AttrOr("value", ""); got != "7:09" {
		t.Errorf("the input: got %q, want what was typed", got)
	}
	has(t, asked.text(".conflict tbody tr"), "08:05", "08:10", "07:09")
	theForm(asked).set("pick.timeOfDayInMinutes", "mine").send().wants(http.StatusOK)
	if puts := api.sent(); len(puts) != 1 || !strings.Contains(puts[0].Body, `"timeOfDayInMinutes":429`) {
		t.Errorf("got %v, want one PUT of what was typed last", puts)
	}
}

func TestInvariant5_ARecordThatMovesAgainIsShownAgain(t *testing.T) {
	api, els := atElsewhere(t)
	api.put("clockings", "8192", plainClocking)
	moved := func(minutes string) string {
		return strings.Replace(plainClocking, ":485,\"calc", ":"+minutes+",\"calc", 1)
	}
	form := theForm(els.get(editClocking)).set("timeOfDayInMinutes", "8:00")
	api.put("clockings", "8192", moved("490"))
	page := form.send().wants(http.StatusConflict)
	api.put("clockings", "8192", moved("495"))
	again := theForm(page).set("pick.timeOfDayInMinutes", "mine").send().wants(http.StatusConflict)
	if got := again.text(".conflict tbody tr"); !strings.Contains(got, "08:15") || !strings.Contains(got, "08:10") || !strings.Contains(got, "08:00") {
		t.Errorf("the sides: got %q, want what was shown, what is there now, and mine", got)
	}
	theForm(again).set("pick.timeOfDayInMinutes", "mine").send().wants(http.StatusOK)
	if puts := api.sent(); len(puts) != 1 || !strings.Contains(puts[0].Body, `"timeOfDayInMinutes":480`) {
		t.Errorf("got %v, want one PUT of my time", puts)
	}
}

func TestInvariant5_WhatCountsAsAConflict(t *testing.T) {
	tests := []struct {
		sentence string
		from, to string // what somebody else changed
		typed    string
		conflict bool
	}{
		{"the version alone is none", `"changeVersion":"1"`, `"changeVersion":"2"`, "8:00", false},
		{"a calculated value is none", `"calculatedTimeOfDayInMinutes":485`, `"calculatedTimeOfDayInMinutes":500`, "8:00", false},
		{"an unknown member is none", `"tag":"A"`, `"tag":"B"`, "8:00", false},
		{"the same value on both sides is none", `"timeOfDayInMinutes":485`, `"timeOfDayInMinutes":480`, "8:00", false},
		{"another spelling of the same number is none", `"latitude":51.1,`, `"latitude":51.10,`, "8:00", false},
		{"a field that I did not touch is one", `"latitude":51.1`, `"latitude":51.2`, "8:00", true},
		{"a field that I changed is one", `"timeOfDayInMinutes":485`, `"timeOfDayInMinutes":470`, "8:00", true},
		{"a field that went away is one", `,"geolocation":{"latitude":51.1,"longitude":4.3}`, ``, "8:00", true},
		{"another person is one", `"person":{"id":76547}`, `"person":{"id":76548}`, "8:00", true},
	}
	for _, test := range tests {
		t.Run(test.sentence, func(t *testing.T) {
			api, els := atElsewhere(t)
			api.put("clockings", "8192", plainClocking)
			form := theForm(els.get(editClocking)).set("timeOfDayInMinutes", test.typed)
			if !strings.Contains(plainClocking, test.from) {
				t.Fatalf("%s is not in the record", test.from)
			}
			api.put("clockings", "8192", strings.Replace(plainClocking, test.from, test.to, 1))
			page := form.send()
			if got := page.status == http.StatusConflict; got != test.conflict {
				t.Errorf("got %d, want conflict %v", page.status, test.conflict)
			}
			if test.conflict && len(api.sent()) != 0 {
				t.Errorf("got %d requests, want none", len(api.sent()))
			}
		})
	}
}

func TestInvariant5_AnUnknownMemberThatMovedGoesBackAsItIsNow(t *testing.T) {
	api, els := atElsewhere(t)
	api.put("clockings", "8192", plainClocking)
	form := theForm(els.get(editClocking)).set("timeOfDayInMinutes", "8:00")
	api.put("clockings", "8192", strings.Replace(plainClocking, `"tag":"A"`, `"tag":"B"`, 1))
	form.send().wants(http.StatusOK)
	if body := api.sent()[0].Body; !strings.Contains(body, `"tag":"B"`) {
		t.Errorf("body of PUT: got %s, want the fresh tag", body)
	}
}

func TestInvariant5_ProtimesOwnConflictIsShownToo(t *testing.T) {
	for _, status := range []int{http.StatusConflict, http.StatusPreconditionFailed} {
		api, els := atElsewhere(t)
		api.put("clockings", "8192", plainClocking)
		form := theForm(els.get(editClocking)).set("timeOfDayInMinutes", "8:00")
		moved := strings.Replace(plainClocking, ":485,\"calc", ":490,\"calc", 1)
		api.when(func(w http.ResponseWriter, c call) bool {
			if c.Method != http.MethodPut || len(api.sent()) > 1 {
				return false
			}
			api.put("clockings", "8192", moved)
			w.WriteHeader(status)
			return true
		})
		page := form.send().wants(http.StatusConflict)
		if got := page.text("main"); !strings.Contains(got, "Protime answered "+map[int]string{409: "409", 412: "412"}[status]) {
			t.Errorf("%d: got %q, want the status printed", status, page.text("main .note"))
		}
		if page.find(".conflict tbody tr").Length() != 1 || !strings.Contains(page.text(".conflict tbody tr"), "08:10") {
			t.Errorf("%d: got %q, want the server's side shown", status, page.text(".conflict tbody tr"))
		}
		theForm(page).set("pick.timeOfDayInMinutes", "mine").send().wants(http.StatusOK)
		if n := len(api.sent()); n != 2 {
			t.Errorf("%d: got %d requests, want 2", status, n)
		}
	}
}

func TestInvariant5_ARecordDeletedMeanwhileIsSaidToBe(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	form := theForm(els.get(editClocking)).set("timeOfDayInMinutes", "8:00").set("why.note", "my note")
	w.tenant.Edit("clockings", "8192", `{"status":"Deleted"}`)
	page := form.send().wants(http.StatusConflict)
	if got := page.text("main"); !strings.Contains(got, "deleted") {
		t.Errorf("got %q, want it said", got)
	}
	has(t, page.text("[role=alert]"), "Nothing was sent.")
	if got := page.find("form.sheet button:not([name]), form.sheet button[name=preview]").Length(); got != 0 {
		t.Errorf("got %d buttons that send the form, want none: it can only fail", got)
	}
	w.tenant.Remove("clockings", "8192")
	gone := form.send().wants(http.StatusNotFound)
	if got := gone.find("[name=timeOfDayInMinutes]").AttrOr("value", ""); got != "8:00" {
		t.Errorf("typed: got %q, want 8:00 kept", got)
	}
	if n := len(w.tenant.Writes()); n != 0 {
		t.Errorf("got %d writes, want none", n)
	}
}
