package worklist_test

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"protime-admin/internal/attendance"
	"protime-admin/internal/worklist"
	"protime-admin/protime"
	"protime-admin/protime/simulator"
)

// today is the day on which all tests look at the period from Monday 2 to Sunday 15 November.
var today = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

const from, until = "2026-11-02", "2026-11-15"

// world is a simulator with a client, in one process, so that it can live in a bubble of synctest.
type world struct {
	t      *testing.T
	tenant *simulator.Tenant
	list   *worklist.Worklist
	before func(*http.Request) // is called before each request of a list; nil: nothing
}

// RoundTrip implements http.RoundTripper.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	if w.before != nil && strings.HasPrefix(r.URL.Path, simulator.BasePath) {
		w.before(r)
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	served := r.Clone(r.Context())
	if served.Body == nil {
		served.Body = http.NoBody
	}
	answer := httptest.NewRecorder()
	w.tenant.ServeHTTP(answer, served)
	return answer.Result(), nil
}

func clientOf(t *testing.T, base string, transport http.RoundTripper) *protime.Client {
	t.Helper()
	client, err := protime.New(protime.Config{
		BaseURL: base + simulator.BasePath, TokenURL: base + "/tenants/acme/connect/token", ClientID: "api", ClientSecret: "secret",
		UserAgent: "test/1 (acme)", HTTP: &http.Client{Transport: transport},
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// repeating gives each page of a list so many times.
type repeating struct {
	attendance.Lister
	times int
}

func (l repeating) List(ctx context.Context, path string, o protime.ListOptions) iter.Seq2[protime.Page, error] {
	return func(yield func(protime.Page, error) bool) {
		for page, err := range l.Lister.List(ctx, path, o) {
			for range l.times {
				if !yield(page, err) {
					return
				}
			}
		}
	}
}

// newWorld serves a tenant; in a bubble, whose clock begins in the year 2000, the company's is moved.
func newWorld(t *testing.T, tenant *simulator.Tenant, change func(*worklist.Options)) *world {
	t.Helper()
	w := &world{t: t, tenant: simulator.Strict(t, tenant)}
	began := time.Now()
	o := worklist.Options{Register: attendance.New(attendance.Options{
		API: clientOf(t, "http://127.0.0.1", w), Now: func() time.Time { return today.Add(time.Since(began)) },
	})}
	if change != nil {
		change(&o)
	}
	w.list = worklist.New(o)
	return w
}

func (w *world) open(s worklist.Scope) *worklist.Reading {
	w.t.Helper()
	if s.From == "" {
		s.From, s.To = from, until
	}
	reading, err := w.list.Open(s)
	if err != nil {
		w.t.Fatal(err)
	}
	return reading
}

// lists counts the lists of a collection that were begun.
func (w *world) lists(collection string) int {
	n := 0
	for _, r := range w.tenant.Requests() {
		if query, err := url.ParseQuery(r.Query); err != nil {
			w.t.Fatal(err)
		} else if strings.HasSuffix(r.Path, "/"+collection) && !query.Has("continuationToken") {
			n++
		}
	}
	return n
}

// follow reads to the end; every update's rows are in order, and of no date before one that was given out.
func follow(t *testing.T, r *worklist.Reading) ([]worklist.Row, worklist.Progress, error) {
	t.Helper()
	var rows []worklist.Row
	var progress worklist.Progress
	last := ""
	for update, err := range r.Follow(t.Context()) {
		progress = update.Progress
		if err != nil {
			return rows, progress, err
		}
		for _, row := range update.Rows {
			if row.Date < last {
				t.Errorf("%s %s came after rows of %s", row.Date, row.Person, last)
			}
			last = row.Date
		}
		rows = append(rows, update.Rows...)
	}
	return rows, progress, nil
}

// told writes rows: "2026-11-03 7 odd-count".
func told(rows []worklist.Row) []string {
	var all []string
	for _, row := range rows {
		words := []string{row.Date, row.Person}
		for _, f := range row.Day.Findings {
			words = append(words, string(f.Rule))
		}
		if row.Resolved {
			words = append(words, "resolved")
		}
		all = append(all, strings.Join(words, " "))
	}
	return all
}

// clock stores a person's clockings of a date, in hours and minutes.
func clock(tenant *simulator.Tenant, person int, date string, times ...string) (ids []string) {
	for _, text := range times {
		var h, m int
		if _, err := fmt.Sscanf(text, "%d:%d", &h, &m); err != nil {
			panic(err)
		}
		ids = append(ids, tenant.Insert("clockings", fmt.Sprintf(
			`{"person":{"id":%d},"date":"%s","timeOfDayInMinutes":%d,"kind":"InOut","isGenerated":false,"status":"Active"}`, person, date, h*60+m)))
	}
	return ids
}

// people stores persons, so that the simulator takes their numbers.
func people(ids ...int) *simulator.Tenant {
	tenant := &simulator.Tenant{}
	for _, id := range ids {
		tenant.Put("people", fmt.Sprint(id), `{"firstName":"A","lastName":"B"}`)
	}
	return tenant
}

// mixed puts the clockings of a tenant in another order, which is the one that its lists have.
func mixed(tenant *simulator.Tenant, seed uint64) {
	ids := tenant.IDs("clockings")
	records := make([]string, len(ids))
	for i, id := range ids {
		records[i], _ = tenant.Get("clockings", id)
		tenant.Remove("clockings", id)
	}
	for _, i := range rand.New(rand.NewPCG(seed, 1)).Perm(len(ids)) {
		tenant.Put("clockings", ids[i], records[i])
	}
}

// bubble runs a test on a clock of its own; readings that are left end with it.
func bubble(t *testing.T, test func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		test(t)
		time.Sleep(10 * time.Minute) // readings that nobody follows end
	})
}
