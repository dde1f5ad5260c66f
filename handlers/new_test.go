package handlers_test

import (
	"net/http"
	"strings"
	"testing"
)

// The vendor warns of times outside the day: they force the day and bypass the schedule (concepts/clocking-model).
func TestTheFormWarnsOfAnotherDayWhereItIsChosen(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	for _, tt := range []struct {
		path, input string
		want        bool
	}{
		{"/clockings/new", "timeOfDayInMinutes", true},
		{"/clockings/8192/edit", "timeOfDayInMinutes", true},
		{"/assignments/new", "startTimeInMinutes", false}, // no page says that an assignment's times force a day
	} {
		page := els.get(tt.path).wants(http.StatusOK)
		day := page.find("select[name='" + tt.input + ".day']")
		said := page.text("#" + day.AttrOr("aria-describedby", "nothing"))
		if day.Length() != 1 || strings.Contains(said, "rare cases") != tt.want {
			t.Errorf("%s: got %d selects, described by %q, want the warning: %v", tt.path, day.Length(), said, tt.want)
		}
	}
}

func TestANewClockingIsPrefilledByItsAddress(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	page := els.get("/clockings/new?person.id=76547&date=" + today() + "&timeOfDayInMinutes=1800&kind=InOut&terminal.id=765&geolocation.latitude=51,2").wants(http.StatusOK)
	form := theForm(page)
	for name, want := range map[string]string{
		"person.id": "76547", "date": today(), "timeOfDayInMinutes": "18:00", "timeOfDayInMinutes.day": "0", "kind": "InOut",
		"terminal.id": "765",
	} {
		if got := form.values.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got := form.values.Get("person.id~find"); !strings.Contains(got, "Jan Maes") {
		t.Errorf("the person: got %q, want the name", got)
	}
	for path, want := range map[string]string{
		"/clockings/new": "person.id~find", "/clockings/new?person.id=76547": "timeOfDayInMinutes",
		"/clockings/new?person.id=76547&kind=InOut&timeOfDayInMinutes=1800&date=" + today(): "timeOfDayInMinutes",
	} {
		if got := els.get(path).find("[autofocus]").AttrOr("name", ""); got != want {
			t.Errorf("%s: the focus: got %q, want %q", path, got, want)
		}
	}
	if page.find(".note.bad").Length() != 0 {
		t.Errorf("a fresh form: got %q, want no problems", page.text(".note.bad"))
	}
	done := form.send().wants(http.StatusOK)
	if got, want := string(w.tenant.Writes()[0].Body), `"timeOfDayInMinutes":1080`; !strings.Contains(got, want) {
		t.Errorf("body of POST: got %s, want %s", got, want)
	}
	banner := done.find("#done")
	if got := banner.Text(); !strings.Contains(got, "201 Created") {
		t.Errorf("banner: got %q, want 201 Created", got)
	}
	if got := banner.Find("a[href='/clockings/8193']").Length(); got != 1 {
		t.Errorf("banner: got %d links to the new record, want 1: %q", got, banner.Text())
	}
	done.follow("#done a[href='/clockings/8193']").wants(http.StatusOK)
}

func TestPrefilledTimesMayFallOnAnotherDay(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	for query, want := range map[string]string{
		"timeOfDayInMinutes=6:00&timeOfDayInMinutes.day=1": `"timeOfDayInMinutes":1800`, "timeOfDayInMinutes=22:00&timeOfDayInMinutes.day=-1": `"timeOfDayInMinutes":-120`,
	} {
		w.tenant.Forget()
		theForm(els.get("/clockings/new?person.id=76547&date=" + today() + "&kind=InOut&" + query)).send().wants(http.StatusOK)
		if got := string(w.tenant.Writes()[0].Body); !strings.Contains(got, want) {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
}

func TestTheReturnedStatusAndLocationAreShownAsTheyCome(t *testing.T) {
	const fresh = "/clockings/new?person.id=76547&date=2024-01-05&timeOfDayInMinutes=0800&kind=InOut"
	tests := []struct {
		sentence string
		set      func(a *elsewhere)
		status   string
		link     string // to the new record
		text     string
	}{
		{"a host-relative Location", func(*elsewhere) {}, "201 Created", "/clockings/8193", ""},
		{"an absolute Location", func(a *elsewhere) {
			a.location = func(path string) string { return a.origin + path }
		}, "201 Created", "/clockings/8193", ""},
		{"a Location on another host", func(a *elsewhere) {
			a.location = func(path string) string { return "https://evil.example" + path }
		}, "201 Created", "", "https://evil.example/connector"},
		{"a Location on another host, without a scheme", func(a *elsewhere) {
			a.location = func(path string) string { return "//evil.example" + path }
		}, "201 Created", "", "//evil.example/connector"},
		{"a Location below another base", func(a *elsewhere) {
			a.location = func(string) string { return "/gateway/api/v1/clockings/8193" }
		}, "201 Created", "/clockings/8193", ""},
		{"a Location of nothing that we know", func(a *elsewhere) {
			a.location = func(string) string { return "/somewhere/else" }
		}, "201 Created", "", "/somewhere/else"},
		{"a Location of a script", func(a *elsewhere) {
			a.location = func(string) string { return "javascript:alert(1)" }
		}, "201 Created", "", "javascript:alert(1)"},
		{"no Location", func(a *elsewhere) { a.location = func(string) string { return "" } }, "201 Created", "", "no Location"},
		{"200 where 201 was due", func(a *elsewhere) { a.answers(http.MethodPost, "/clockings", 200, "") }, "200 OK", "", "no Location"},
		{"accepted, not yet applied", func(a *elsewhere) {
			a.answers(http.MethodPost, "/clockings", 202, "", "Operation-Location", elsewhereBase+"/status-monitor/clockings/931")
		}, "202 Accepted", "", "no Location"},
	}
	for _, test := range tests {
		t.Run(test.sentence, func(t *testing.T) {
			api, els := atElsewhere(t)
			test.set(api)
			done := theForm(els.get(fresh)).send().wants(http.StatusOK)
			banner := done.find("#done")
			if !strings.Contains(banner.Text(), test.status) || !strings.Contains(banner.Text(), test.text) {
				t.Errorf("banner: got %q, want %q and %q", done.text("#done"), test.status, test.text)
			}
			links := banner.Find("p.facts-line a")
			if got := links.AttrOr("href", ""); got != test.link {
				t.Errorf("the link: got %q, want %q", got, test.link)
			}
		})
	}
}

func TestABodyInTheAnswerIsShownInTheCall(t *testing.T) {
	api, els := atElsewhere(t)
	api.answers(http.MethodPut, "/*/*", 200, `{"id":8192,"said":"<b>yes</b>"}`, "X-Trace", "7")
	done := theForm(els.get(editClocking)).set("timeOfDayInMinutes", "7:58").send().wants(http.StatusOK)
	call := done.text("#done details")
	for _, want := range []string{`"said": "<b>yes</b>"`, "X-Trace", "200 OK", "ms"} {
		if !strings.Contains(call, want) {
			t.Errorf("call: got %q, want %q", call, want)
		}
	}
}

func TestDeletedClockingsAreCreatedAgainFromTheirValues(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	w.tenant.Edit("clockings", "8192", `{"status":"Deleted"}`)

	if got := els.get("/clockings?person=76547&view=flat").find("tr#r-8192").Length(); got != 0 {
		t.Errorf("the list: got the deleted one, want it hidden")
	}
	shown := els.get("/clockings?person=76547&deleted=show&view=flat").wants(http.StatusOK)
	row := shown.find("tr#r-8192")
	if row.Length() != 1 || !strings.Contains(row.Text(), "deleted") {
		t.Fatalf("the list with deleted ones: got %q, want it marked", row.Text())
	}
	if row.Find("a[href*='/edit'], a[href*='/delete']").Length() != 0 {
		t.Errorf("the row offers to edit or delete what is deleted")
	}
	record := els.get("/clockings/8192").wants(http.StatusOK)
	if record.find("a[href*='/8192/edit'], a[href*='/8192/delete']").Length() != 0 {
		t.Errorf("the record offers to edit or delete what is deleted")
	}
	els.get(editClocking).wants(http.StatusConflict)
	for _, page := range []*page{shown.follow("tr#r-8192 a[href*='/new']"), record.follow("main a[href*='/new']")} {
		form := theForm(page.wants(http.StatusOK))
		for name, want := range map[string]string{"person.id": "76547", "timeOfDayInMinutes": "08:05", "terminal.id": "765", "kind": "InOut", "geolocation.latitude": "51.144127"} {
			if got := form.values.Get(name); got != want {
				t.Errorf("%s: got %q, want %q", name, got, want)
			}
		}
		if got := form.values.Get("return"); got == "" || strings.HasPrefix(got, "//") {
			t.Errorf("return: got %q, want the page it came from", got)
		}
	}
}

func TestRequiredFieldsAreAskedForTogether(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	page := theForm(els.get("/clockings/new")).set("date", "").send().wants(http.StatusUnprocessableEntity)
	if focus := page.find("[autofocus]"); focus.Length() != 1 || !focus.Is(".note.bad") {
		t.Errorf("several problems: got the focus on %q, want it on their list", focus.AttrOr("name", ""))
	}
	if n := page.find(".note.bad li").Length(); n < 3 {
		t.Errorf("problems: got %d, want all at once: %s", n, page.text(".note.bad"))
	}
	if n := len(w.tenant.Writes()); n != 0 {
		t.Errorf("got %d writes, want none", n)
	}
}

func TestAssignmentsAreCreatedChangedAndDeleted(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	form := theForm(els.get("/assignments/new?person.id=76548&from=" + today() + "&until=" + today()).wants(http.StatusOK))
	form.set("startTimeInMinutes", "8").set("endTimeInMinutes", "17u").set("breakDurationInMinutes", "0:30").set("comments", "Ochtend & \"avond\" <é>")
	form.set("activityLevels.0.level", "1").set("activityLevels.0.activityDefinition.id~find", definitionID("1001"))
	done := form.send().wants(http.StatusOK)
	body := string(w.tenant.Writes()[0].Body)
	for _, want := range []string{`"startTimeInMinutes":480`, `"endTimeInMinutes":1020`, `"breakDurationInMinutes":30`, `Ochtend & \"avond\" <é>`} {
		if !strings.Contains(body, want) {
			t.Errorf("body of POST: got %s, want %s", body, want)
		}
	}
	address := done.find("#done p.facts-line a").AttrOr("href", "")
	edit := els.get(address + "/edit").wants(http.StatusOK)
	theForm(edit).set("breakDurationInMinutes", "45 min").send().wants(http.StatusOK)
	if got := string(w.tenant.Writes()[1].Body); !strings.Contains(got, `"breakDurationInMinutes":45`) {
		t.Errorf("body of PUT: got %s", got)
	}
	gone := theForm(els.get(address + "/delete").wants(http.StatusOK)).send().wants(http.StatusOK)
	if got := gone.text("#done"); !strings.Contains(got, "200 OK") {
		t.Errorf("banner of the delete: got %q, want 200 OK", got)
	}
}
