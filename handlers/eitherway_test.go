package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"protime-admin/protime/simulator"
)

// What the API answers to these is not published (protime/contract/README.md). The page says what came, either way, and
// what was typed stays where nothing was changed.
func TestAnAnswerThatIsNotPublishedIsTakenEitherWay(t *testing.T) {
	const (
		record  = `{"id":8192,"timeOfDayInMinutes":480}`
		wrapped = `{"error":{"code":"BadRequest","message":"no","reasons":["The calendar is locked"]}}`
		texts   = `{"validationErrors":["The reason is required."]}`
		objects = `{"validationErrors":[{"field":"reason","message":"The reason is required."}]}`
	)
	change := func(b *browser) *page {
		return theForm(b.get(editClocking)).set("timeOfDayInMinutes", "8:00").send()
	}
	create := func(b *browser) *page {
		return theForm(b.get("/clockings/new?person.id=76547&date=" + today() + "&kind=InOut&timeOfDayInMinutes=0800")).send()
	}
	remove := func(b *browser) *page { return theForm(b.get("/clockings/8192/delete")).send() }
	for _, tt := range []struct {
		name           string
		press          func(*browser) *page
		method, path   string
		status         int
		body, location string
		want           int
		says           string
	}{
		{"a change is answered with the record", change, "PUT", "/clockings/*", 200, record, "", 200, "200 OK"},
		{"a change is answered with the status alone", change, "PUT", "/clockings/*", 200, "", "", 200, "200 OK"},
		{"a change is answered without content", change, "PUT", "/clockings/*", 204, "", "", 200, "204 No Content"},
		{"a create is answered with the record", create, "POST", "/clockings", 201, record, "/clockings/8193", 200, "201 Created"},
		{"a create is answered with Location alone", create, "POST", "/clockings", 201, "", "/clockings/8193", 200, "201 Created"},
		{"a delete is answered 200", remove, "DELETE", "/clockings/*", 200, "", "", 200, "200 OK"},
		{"a delete is answered 204", remove, "DELETE", "/clockings/*", 204, "", "", 200, "204 No Content"},
		{"a second clocking at the same time is refused", create, "POST", "/clockings", 409, wrapped, "", 409, "409 Conflict"},
		{"a locked day is refused", change, "PUT", "/clockings/*", 400, wrapped, "", 422, "The calendar is locked"},
		{"a missing reason is named by a text", change, "PUT", "/clockings/*", 400, texts, "", 422, "The reason is required."},
		{"a missing reason is named by an object", change, "PUT", "/clockings/*", 400, objects, "", 422, "The reason is required."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			api, els := atElsewhere(t)
			api.answers(tt.method, tt.path, tt.status, tt.body, "Location", tt.location)
			page := tt.press(els).wants(tt.want)
			if said := page.find("main").Text(); !strings.Contains(said, tt.says) {
				t.Errorf("got %q, want %q in it", said, tt.says)
			}
			if got := len(api.sent(tt.method)); got != 1 {
				t.Errorf("got %d requests, want 1", got)
			}
			if tt.want >= 400 && tt.method == http.MethodPut {
				if got := theForm(page).values.Get("timeOfDayInMinutes"); got != "08:00" && got != "8:00" {
					t.Errorf("typed: got %q, want it kept", got)
				}
			}
		})
	}
}

func TestAListThatWantsAFilterThatIsNotPublishedSaysSo(t *testing.T) {
	api, els := atElsewhere(t)
	api.answers("GET", "/jobs", 400, `{"error":{"code":"BadRequest","message":"no","reasons":["A filter on 'x' is required"]}}`)
	page := els.get("/jobs")
	if said := page.find("main").Text(); !strings.Contains(said, "A filter on 'x' is required") {
		t.Errorf("got %d %q, want the API's own reason", page.status, said)
	}
}

func TestPeopleWhoCannotBeFoundAreSaidToBeMissing(t *testing.T) {
	const sentence = "neither a contract nor a history"
	for _, tt := range []struct {
		name, filter string
		missing      bool
	}{
		{"the list of people takes no filter", "", false},
		{"people are given by number only", "person", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tenant := founded.today()
			tenant.Configure(func(o *simulator.Options) { o.PeopleFilter = tt.filter })
			tenant.Put("people", "99001", `{"id":99001,"lastName":"Nergens","firstName":"Nele"}`)
			w := newWorldWith(t, tenant)
			w.knowsPeople()
			els := w.signIn("els")
			found := els.get("/people?q=Nergens").wants(http.StatusOK)
			if got := strings.Contains(found.text("main"), "Nele"); got == tt.missing {
				t.Errorf("found: got %v, want %v", got, !tt.missing)
			}
			for _, path := range []string{"/people?q=Nergens", "/people", "/clockings", "/clockings/new"} {
				if got := strings.Contains(els.get(path).text("main"), sentence); got != tt.missing {
					t.Errorf("%s: says who is missing: got %v, want %v", path, got, tt.missing)
				}
			}
		})
	}
}
