package simulator_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"protime-admin/protime/simulator"
	"protime-admin/protime/simulator/company"
)

func clocking(id, date, rest string) (collection, key, record string) {
	return "clockings", id, `{"id":` + id + `,"person":{"id":1},"date":"` + date + `","timeOfDayInMinutes":480,"kind":"InOut"` + rest + `}`
}

func TestAFilterIsReadByThePublishedGrammar(t *testing.T) {
	c := strict(t)
	c.tenant.Put(clocking("1", "2026-01-05", ""))
	c.tenant.Put("clockings", "2", `{"id":2,"person":{"id":2},"date":"2026-01-06","timeOfDayInMinutes":480,"kind":"Activity"}`)
	c.tenant.Put("clockings", "3", `{"id":3,"person":{"id":3},"date":"2026-01-07","timeOfDayInMinutes":480,"kind":"ActivityEnd"}`)
	c.tenant.Circle("circle", 8, 1, 3)
	for _, test := range []struct {
		filter string
		want   string // the ids, or the start of the reason of a 400
	}{
		{"date ge '2026-01-05'", "1 2 3"},
		{"date ge '2026-01-05' and date le '2026-01-06'", "1 2"},
		{"(date ge '2026-01-06') and (person in (2,3))", "2 3"},
		{"person in (1, 2) and date ge '2026-01-01'", "1 2"},
		{"person in circle(8) and date ge '2026-01-01'", "1 3"},
		{"person in circle (8, 9) and date ge '2026-01-01'", "1 3"},
		{"person in org-group(8) and date ge '2026-01-01'", ""},
		{"date ge '2026-01-01' and (kind eq 'Activity' or kind eq 'InOut')", "1 2"},
		{"date ge '2026-01-01' and kind in ('Activity','ActivityEnd')", "2 3"},
		{"", "A filter on 'date' is required."},
		{"person eq 1", "A filter on 'date' is required."},
		{"date le '2026-01-31'", "The filter on 'date' needs a start."},
		{"date ge '2025-01-01' and date le '2026-01-31'", "The provided date range is invalid"},
		{"date ge '2026-01-01' and (person eq 1 or person eq 2)", "'or' cannot be used on 'person'."},
		{"date ge '2026-01-01' or kind eq 'InOut'", "'or' cannot be used on 'date'."},
		{"date ge '2026-01-01' and terminal eq 1", "The filter field 'terminal' is unknown."},
		{"date gt '2026-01-01'", "the filter is malformed at position 5: expected eq, ge, le or in"},
		{"date ge '2026-01-01' and kind ge 'InOut'", "The operator 'ge' cannot be used on 'kind'."},
		{"date ge '2026-01-01' and kind eq 'Lunch'", "'Lunch' is not a value of 'kind'."},
		{"date ge '2026-01-01' and person eq '1'", "'person' takes a value of type integer."},
		{"date ge 20260101", "'date' takes a value of type date."},
		{"date ge 'yesterday'", "'date' takes a date, YYYY-MM-DD."},
		{"date ge '2026-01-01' and person in 1", "'in' takes a list"},
		{"date ge '2026-01-01' and person in team(1)", "The list 'team' is unknown."},
		{"date ge '2026-01-01' and", "the filter is malformed at position 24: expected a field"},
		{"(date ge '2026-01-01'", "the filter is malformed at position 21: expected ')'"},
		{"date ge '2026-01-01", "the filter is malformed at position 8"},
	} {
		t.Run(test.filter, func(t *testing.T) {
			r := c.filter("clockings", test.filter)
			if strings.Trim(test.want, "0123456789 ") != "" {
				c.want(r, http.StatusBadRequest)
				c.wantBody(r, `{"error":{"code":"BadRequest","message":"The request was invalid","reasons":["`+test.want)
				return
			}
			c.want(r, http.StatusOK)
			var ids []string
			for _, id := range []string{"1", "2", "3"} {
				if strings.Contains(r.body, `"id":`+id+`,"person"`) {
					ids = append(ids, id)
				}
			}
			if got := strings.Join(ids, " "); got != test.want {
				t.Errorf("got clockings %q, want %q", got, test.want)
			}
		})
	}
}

func TestFiltersOfOtherCollections(t *testing.T) {
	c := seeded(t)
	for _, test := range []struct {
		collection, filter string
		some               bool
	}{
		{"counters", "date ge '2025-12-01' and counter-definitions in (71,72) and status eq 'Auto'", true},
		{"counters", "date ge '2025-12-01' and counter-definitions eq 73", false},
		{"counter-definitions", "enabled eq true and counter-group eq 1", true},
		{"counter-definitions", "enabled eq false", false},
		{"contracts", "person eq 76547", true},
		{"webhooks", "status eq 'Enabled' and collection-name eq 'clockings'", true},
		{"webhooks", "status eq 'Disabled'", false},
		{"assignments", "date ge '2025-12-01' and date le '2026-01-31'", true},
		{"people", "", true},
	} {
		t.Run(test.collection+" "+test.filter, func(t *testing.T) {
			path := "/" + test.collection
			if test.filter == "" {
				c.want(c.do("GET", path, ""), http.StatusOK)
				return
			}
			r := c.filter(test.collection, test.filter)
			c.want(r, http.StatusOK)
			if got := strings.Contains(r.body, `"id":`); got != test.some {
				t.Errorf("got rows %v, want %v: %s", got, test.some, r.body)
			}
		})
	}
}

func TestPagesFollowNextLinkToEveryRowOnce(t *testing.T) {
	for _, test := range []struct {
		name    string
		options simulator.Options
		pages   int
	}{
		{"pages of seven", simulator.Options{PageSize: 7}, 9},
		{"one page", simulator.Options{}, 1},
		{"pages that just fit", simulator.Options{PageSize: 60}, 1},
		{"two empty pages before each page and after the last", simulator.Options{PageSize: 25, EmptyPages: 2}, 12},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := seeded(t)
			c.tenant.Configure(func(o *simulator.Options) {
				o.PageSize, o.EmptyPages = test.options.PageSize, test.options.EmptyPages
			})
			ids, pages := c.all("/people")
			if pages != test.pages {
				t.Errorf("got %d pages, want %d", pages, test.pages)
			}
			if want := c.tenant.IDs("people"); !slices.Equal(ids, want) {
				t.Errorf("got %d ids %v, want each of %d once", len(ids), ids, len(want))
			}
		})
	}
}

func TestTheNextLinkIsRelativeAndNotEncoded(t *testing.T) {
	c := seeded(t)
	c.tenant.Configure(func(o *simulator.Options) { o.PageSize = 3 })
	r := c.filter("clockings", "date ge '2026-01-01' and person in (76547,76548)")
	c.want(r, http.StatusOK)
	c.wantBody(r, `"nextLink":"/connector/protimeapi/api/v1/clockings?filter=date ge '2026-01-01' and person in (76547,76548)`+
		`&continuationToken=eyJ2YWxpZGF0`)
}

func TestAContinuationTokenThatDoesNotHoldIsAConflict(t *testing.T) {
	c := seeded(t)
	c.tenant.Configure(func(o *simulator.Options) { o.PageSize = 3 })
	first := c.do("GET", "/people", "")
	_, token, ok := strings.Cut(first.body, "continuationToken=")
	if !ok {
		t.Fatalf("got no continuation token in %s", first.body)
	}
	token = strings.TrimRight(token, `"}`)
	c.want(c.do("GET", "/people?continuationToken="+token, ""), http.StatusOK)
	c.want(c.do("GET", "/departments?continuationToken="+token, ""), http.StatusConflict)
	c.want(c.do("GET", "/people?continuationToken=nonsense", ""), http.StatusConflict)
	c.tenant.ExpirePages()
	c.want(c.do("GET", "/people?continuationToken="+token, ""), http.StatusConflict)
}

func TestALongURIIs414(t *testing.T) {
	c := strict(t)
	r := c.filter("clockings", "date ge '2026-01-01' and person in ("+strings.Repeat("1,", 2000)+"1)")
	c.want(r, http.StatusRequestURITooLong)
}

func TestAnUnknownQueryParameterIsRefused(t *testing.T) {
	c := serve(t, founded().Clone())
	r := c.do("GET", "/people?top=5", "")
	c.want(r, http.StatusBadRequest)
	c.wantBody(r, "The query parameter 'top' is unknown.")
}

func TestTwoHundredPagesMostOfThemEmpty(t *testing.T) {
	c := serve(t, company.Clockings(400, thursday))
	c.tenant.Configure(func(o *simulator.Options) { o.PageSize, o.EmptyPages = 100, 49 })
	ids, pages := c.all("/clockings?filter=date+ge+%272025-01-16%27")
	if len(ids) != 400 || pages != 250 {
		t.Errorf("got %d clockings on %d pages, want 400 on 250", len(ids), pages)
	}
}

func BenchmarkOneClocking(b *testing.B) { benchmark(b, "/clockings/8192") }

func BenchmarkTheClockingsOfAWeek(b *testing.B) {
	benchmark(b, "/clockings?filter=date%20ge%20%272026-01-12%27%20and%20date%20le%20%272026-01-18%27")
}

func benchmark(b *testing.B, path string) {
	tenant := founded().Clone()
	tenant.Unrecorded = true
	request := httptest.NewRequest(http.MethodGet, simulator.BasePath+path, nil)
	request.Header.Set("User-Agent", "SimulatorTest/1 (Acme)")
	request.Header.Set("Authorization", "Bearer "+tenant.Token())
	b.ReportAllocs()
	for b.Loop() {
		response := httptest.NewRecorder()
		tenant.ServeHTTP(response, request)
		if response.Code != http.StatusOK {
			b.Fatalf("got status %d: %s", response.Code, response.Body)
		}
	}
}
