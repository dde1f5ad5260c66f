package simulator_test

import (
	"net/http"
	"strings"
	"testing"

	"protime-admin/protime/simulator"
)

const inOut = `{"person":{"id":76547},"date":"2026-01-15","timeOfDayInMinutes":480,"terminal":{"id":765},` +
	`"geolocation":{"longitude":4.392225,"latitude":51.144127},"kind":"InOut"}`

func TestCreateAnswers201WithLocationAndNoBody(t *testing.T) {
	c := seeded(t)
	r := c.do("POST", "/clockings", inOut)
	c.want(r, http.StatusCreated)
	if got, want := r.header.Get("Location"), "/connector/protimeapi/api/v1/clockings/8193"; got != want {
		t.Errorf("got Location %q, want %q", got, want)
	}
	if r.body != "" {
		t.Errorf("got body %q, want none", r.body)
	}
	created := c.do("GET", "/clockings/8193", "")
	c.want(created, http.StatusOK)
	c.wantBody(created, `{"id":8193,"changeVersion":"0001E7C5`, `"geolocation":{"longitude":4.392225,"latitude":51.144127}`,
		`"calculatedTimeOfDayInMinutes":480`, `"isGenerated":false`, `"status":"Active"`)
	if strings.Contains(created.body, "originalTimeOfDayInMinutes") {
		t.Errorf("got an original time for a clocking that nobody edited: %s", created.body)
	}
}

func TestADoublePunchIsAllowed(t *testing.T) {
	c := seeded(t)
	first, second := c.do("POST", "/clockings", inOut), c.do("POST", "/clockings", inOut)
	c.want(first, http.StatusCreated)
	c.want(second, http.StatusCreated)
	if first.header.Get("Location") == second.header.Get("Location") {
		t.Errorf("got the same Location %s twice", first.header.Get("Location"))
	}
}

func TestReplaceEmptiesWhatIsLeftOutAndIgnoresReadOnlyMembers(t *testing.T) {
	c := seeded(t)
	before, _ := c.tenant.Get("clockings", "8192")
	r := c.do("PUT", "/clockings/8192", `{"id":1,"isGenerated":true,"status":"Deleted","originalTimeOfDayInMinutes":7,`+
		`"person":{"id":76547},"date":"2026-01-12","timeOfDayInMinutes":480,"kind":"InOut","payrollTag":"A-7","ratio":1.50}`)
	c.want(r, http.StatusOK)
	after := c.do("GET", "/clockings/8192", "")
	c.wantBody(after, `"id":8192`, `"timeOfDayInMinutes":480`, `"originalTimeOfDayInMinutes":485`,
		`"calculatedTimeOfDayInMinutes":480`, `"isGenerated":false`, `"status":"Active"`, `"payrollTag":"A-7","ratio":1.50`)
	for _, gone := range []string{"terminal", "geolocation"} {
		if strings.Contains(after.body, gone) {
			t.Errorf("got %s after a PUT that left it out: %s", gone, after.body)
		}
	}
	if version(before) >= version(after.body) {
		t.Errorf("got changeVersion %s after %s, want it to grow", version(after.body), version(before))
	}
	c.want(c.do("PUT", "/clockings/8192", strings.Replace(inOut, "2026-01-15", "2026-01-12", 1)), http.StatusOK)
	again := c.do("GET", "/clockings/8192", "")
	c.wantBody(again, `"originalTimeOfDayInMinutes":485`)
	if strings.Contains(again.body, "payrollTag") {
		t.Errorf("got an unknown member after a PUT that left it out: %s", again.body)
	}
}

func version(record string) string {
	_, rest, _ := strings.Cut(record, `"changeVersion":"`)
	return rest[:20]
}

func TestWhatTheContractDoesNotKnowComesBackByteForByte(t *testing.T) {
	c := seeded(t)
	odd := `"ratio":1.50,"big":123456789012345678901234567890,"note":"\u003cb\u003e \/ é","nested":{"b" : 1,  "a":[1e3, -0.0]}`
	r := c.do("POST", "/clockings", strings.TrimSuffix(inOut, "}")+","+odd+"}")
	c.want(r, http.StatusCreated)
	c.wantBody(c.do("GET", strings.TrimPrefix(r.header.Get("Location"), simulator.BasePath), ""), odd)
}

func TestABodyIsRefusedInTheShapeOfItsMistake(t *testing.T) {
	c := seeded(t)
	with := func(old, fresh string) string { return strings.Replace(inOut, old, fresh, 1) }
	for _, test := range []struct {
		name, body string
		want       string
	}{
		{"no JSON", `{"person":`, `"validationErrors":["The body is not valid JSON."]`},
		{"text that is not UTF-8", "{\"note\":\"\xe1\"}", `"validationErrors":["The body is not valid JSON."]`},
		{"an array", `[]`, `"validationErrors":["The body must be a JSON object."]`},
		{"a missing member", with(`"date":"2026-01-15",`, ``), `"validationErrors":["The date field is required."]`},
		{"an empty reference", with(`{"id":76547}`, `{}`), `"validationErrors":["The person.id field is required."]`},
		{"a wrong type", with(`480`, `"08:00"`), `"validationErrors":["The value of timeOfDayInMinutes could not be converted to integer."]`},
		{"a date that is none", with(`2026-01-15`, `2026-02-30`), `"validationErrors":["The value of date is not a valid date."]`},
		{"an unknown kind", with(`InOut`, `Lunch`), `"validationErrors":["The value 'Lunch' is not valid for kind."]`},
		{"a time out of range", with(`480`, `2881`), `"reasons":["timeOfDayInMinutes must be between -1440 and 2880."]`},
		{"an unknown person", with(`76547`, `1`), `"reasons":["person: the record 1 of people does not exist."]`},
		{"a reason without its kind", with(`"kind"`, `"reason":{"id":12},"kind"`), `"reasons":["reason is only for clockings of kind Reason."]`},
		{"a kind without its reason", with(`InOut`, `Reason`), `"reasons":["A clocking of kind Reason needs a reason."]`},
		{"a closed period", with(`2026-01-15`, `2025-12-20`), `"reasons":["The period is closed up to and including 2025-12-24 for person 76547."]`},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := c.do("POST", "/clockings", test.body)
			c.want(r, http.StatusBadRequest)
			c.wantBody(r, test.want)
			if wrapped := strings.HasPrefix(r.body, `{"error":`); wrapped == strings.Contains(test.want, "validationErrors") {
				t.Errorf("got the body wrapped: %v: %s", wrapped, r.body)
			}
		})
	}
}

func TestDeleteKeepsAClockingAsDeleted(t *testing.T) {
	c := seeded(t)
	r := c.do("DELETE", "/clockings/8192", "")
	if r.status != http.StatusOK && r.status != http.StatusNoContent {
		t.Fatalf("got status %d, want 200 or 204", r.status)
	}
	c.wantBody(c.do("GET", "/clockings/8192", ""), `"status":"Deleted"`)
	c.wantBody(c.filter("clockings", "date ge '2026-01-12' and person eq 76547"), `"id":8192`)
	c.want(c.do("DELETE", "/clockings/8192", ""), http.StatusNotFound)
	edit := c.do("PUT", "/clockings/8192", inOut)
	c.want(edit, http.StatusBadRequest)
	c.wantBody(edit, "The clocking 8192 is deleted.")
	c.want(c.do("DELETE", "/clockings/1", ""), http.StatusNotFound)
}

func TestAClosedPeriodTakesNoChangeAtAll(t *testing.T) {
	c := seeded(t)
	c.tenant.Edit("people", "76547", `{"periodClosingDate":"2026-01-12"}`)
	for _, r := range []reply{
		c.do("PUT", "/clockings/8192", inOut), // its old date is closed, the new one is not
		c.do("DELETE", "/clockings/8192", ""),
		c.do("POST", "/clockings", strings.Replace(inOut, "2026-01-15", "2026-01-12", 1)),
	} {
		c.want(r, http.StatusBadRequest)
		c.wantBody(r, `"reasons":["The period is closed up to and including 2026-01-12 for person 76547."]`)
	}
}

func TestAssignments(t *testing.T) {
	c := seeded(t)
	body := `{"person":{"id":76547},"from":"2026-03-10","until":"2026-03-10","startTimeInMinutes":480,"endTimeInMinutes":1020,` +
		`"activityLevels":[{"level":1,"activityDefinition":{"id":"a1b2c3d4-0000-4000-8000-000000001001"}}]}`
	created := c.do("POST", "/assignments", body)
	c.want(created, http.StatusCreated)
	path := strings.TrimPrefix(created.header.Get("Location"), simulator.BasePath)
	c.want(c.do("PUT", path, strings.Replace(body, "480", "500", 1)), http.StatusOK)
	c.wantBody(c.do("GET", path, ""), `"startTimeInMinutes":500`, `"isRejected":false`)
	wrong := c.do("PUT", path, strings.Replace(body, `"until":"2026-03-10"`, `"until":"2026-03-09"`, 1))
	c.want(wrong, http.StatusBadRequest)
	c.wantBody(wrong, "until must not be before from.")
	c.want(c.do("DELETE", path, ""), http.StatusOK)
	c.want(c.do("DELETE", path, ""), http.StatusBadRequest) // its page lists no 404
	c.want(c.do("GET", path, ""), http.StatusNotFound)
}

func TestAWebhookShowsItsKeyOnce(t *testing.T) {
	c := seeded(t)
	created := c.do("POST", "/webhooks", `{"destinationUrl":"https://hooks.example/x","collectionName":"people"}`)
	c.want(created, http.StatusCreated)
	c.wantBody(created, `"status":"Enabled"`, `"validUntil":"`, `"whk_`)
	path := strings.TrimPrefix(created.header.Get("Location"), simulator.BasePath)
	if read := c.do("GET", path, ""); read.status != http.StatusOK || strings.Contains(read.body, "whk_") {
		t.Errorf("got %d %s, want the webhook without its key", read.status, read.body)
	}
	if r := c.do("DELETE", path, ""); r.status != http.StatusOK && r.status != http.StatusNoContent {
		t.Errorf("got status %d on delete, want 200 or 204", r.status)
	}
	c.wantBody(c.do("GET", path, ""), `"status":"Disabled"`)
	for name, body := range map[string]string{
		"no https":              `{"destinationUrl":"http://hooks.example/x","collectionName":"people"}`,
		"an unknown collection": `{"destinationUrl":"https://hooks.example/x","collectionName":"terminals"}`,
	} {
		if r := c.do("POST", "/webhooks", body); r.status != http.StatusBadRequest {
			t.Errorf("%s: got status %d, want 400", name, r.status)
		}
	}
}
