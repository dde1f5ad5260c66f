package dryrun_test

import (
	"context"
	"fmt"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"protime-admin/internal/batch"
	"protime-admin/internal/catalog"
	"protime-admin/internal/change"
	"protime-admin/internal/dryrun"
	"protime-admin/internal/form"
	"protime-admin/internal/lang"
	"protime-admin/internal/people"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/protime/simulator"
)

// now is Friday 20 November 2026, 12:00 on the company's wall clock.
var now = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// world is a Reader with the simulator as its API.
type world struct {
	t        testing.TB
	tenant   *simulator.Tenant
	contract *contract.Contract
	people   *people.Directory
	store    *store
	client   *protime.Client
	reader   *dryrun.Reader
	finder   form.Finder
}

// newWorld makes a world with some people. Of each the id, the badge, the employee number, the first and the last name are
// given, and further members of the record.
func newWorld(t testing.TB, persons ...[]string) *world {
	t.Helper()
	w := &world{t: t, tenant: simulator.Strict(t), store: &store{rows: map[int]batch.Row{}}}
	w.plain()
	for _, p := range persons {
		more := ""
		if len(p) > 5 {
			more = "," + p[5]
		}
		w.tenant.Put("people", p[0], fmt.Sprintf(
			`{"id":%s,"badgeNumber":%q,"employeeNumber":%q,"firstName":%q,"lastName":%q,"inServiceDate":"2020-01-01"%s}`,
			p[0], p[1], p[2], p[3], p[4], more))
	}
	w.tenant.Put("terminals", "765", `{"id":765,"name":"Main gate","externalCode":"T7"}`)
	w.tenant.Put("terminals", "766", `{"id":766,"name":"Side gate","externalCode":"T8"}`)
	server := httptest.NewServer(w.tenant)
	t.Cleanup(server.Close)
	client, err := protime.New(protime.Config{
		BaseURL: server.URL + simulator.BasePath, TokenURL: server.URL + "/tenants/acme/connect/token",
		ClientID: "id", ClientSecret: "a-client-secret", UserAgent: "Test/1 (acme)", Contract: w.contract,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.client = client
	w.directory(client)
	names := catalog.New(w.contract, client, catalog.Options{Wait: time.Minute})
	w.run(names.Run)
	w.finder = finder{names}
	w.reader = dryrun.New(w.options(client))
	return w
}

// plain gives a world the contract, and nothing else.
func (w *world) plain() {
	described, err := contract.Embedded()
	if err != nil {
		w.t.Fatal(err)
	}
	w.contract = described
}

// run runs something until the test ends.
func (w *world) run(do func(context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		do(ctx)
	}()
	w.t.Cleanup(func() {
		cancel()
		<-done
	})
}

// directory reads the people once.
func (w *world) directory(list people.Lister) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	w.people = people.New(list, people.Options{Now: func() time.Time {
		cancel() // it is read when the last page is there
		return now
	}})
	w.people.Run(ctx)
}

func (w *world) options(api dryrun.API) dryrun.Options {
	plans := map[string]*form.Plan{}
	for _, c := range w.contract.Collections {
		for _, v := range []contract.Verb{contract.Create, contract.Replace, contract.Delete} {
			plans[c.Name+string(v)] = form.NewPlan(c, v, w.contract.Collections...)
		}
	}
	words, err := lang.Load()
	if err != nil {
		w.t.Fatal(err)
	}
	return dryrun.Options{
		Contract: w.contract, API: api, People: w.people, Store: w.store, Now: func() time.Time { return now },
		Plan: func(c *contract.Collection, v contract.Verb) *form.Plan { return plans[c.Name+string(v)] },
		Texts: func(keys ...string) []string {
			var all []string
			for _, tag := range words.Languages() {
				if text := words.Printer(tag).First(keys, ""); text != "" {
					all = append(all, text)
				}
			}
			return all
		},
	}
}

// finder finds the records of catalogs.
type finder struct{ names *catalog.Catalog }

func (f finder) Offered(collection string) bool {
	return f.names.Offered(context.Background(), collection)
}

func (f finder) Find(ctx context.Context, collection, text string, limit int) []form.Hit {
	var hits []form.Hit
	for _, e := range f.names.Find(ctx, collection, text, limit) {
		hits = append(hits, form.Hit{ID: e.ID, Label: e.Name("en"), Detail: e.Code})
	}
	return hits
}

func (f finder) Label(collection, id string) (form.Hit, bool) {
	e, ok := f.names.Label(collection, id)
	return form.Hit{ID: e.ID, Label: e.Name("en"), Detail: e.Code}, ok
}

// sheet makes a draft of lines whose cells are separated by "|", the first being the headings.
func (w *world) sheet(operation batch.Operation, lines ...string) (batch.Batch, []batch.Row) {
	w.t.Helper()
	c, _ := w.contract.Collection("clockings")
	headings := strings.Split(lines[0], "|")
	var rows []batch.Row
	var cells [][]string
	var doubts dryrun.Doubts
	for i, line := range lines[1:] {
		rows = append(rows, batch.Row{Number: i + 2, Cells: strings.Split(line, "|")})
		cells = append(cells, rows[i].Cells)
		doubts.Add(rows[i].Cells, now)
	}
	columns := w.reader.Meaning(c, operation, headings, cells, nil)
	doubts.Note(columns)
	return batch.Batch{
		ID: "0197a1b2-0000-7000-8000-000000000001", Actor: change.Actor{Subject: "els", Roles: []change.Role{change.Editor}},
		Operation: operation, Collection: c.Name, List: "/clockings",
		Columns: columns,
	}, rows
}

// check checks rows and stores them.
func (w *world) check(b batch.Batch, rows []batch.Row) []batch.Row {
	w.t.Helper()
	checker, err := w.reader.Checker(b, w.finder)
	if err != nil {
		w.t.Fatal(err)
	}
	rows, err = checker.Check(w.t.Context(), rows)
	if err != nil {
		w.t.Fatal(err)
	}
	w.store.put(rows)
	return rows
}

// told writes the findings of a row: column, key, arguments and offers.
func told(findings []batch.Finding) string {
	var all []string
	for _, f := range findings {
		text := fmt.Sprintf("%d %s", f.Column, f.Key)
		for _, name := range slices.Sorted(maps.Keys(f.Args)) {
			text += " " + name + "=" + f.Args[name]
		}
		for _, offer := range f.Offers {
			if offer.Date != "" {
				offer.Label = offer.Date
			}
			text += " [" + offer.Value + ": " + offer.Label + "]"
		}
		all = append(all, text)
	}
	return strings.Join(all, "; ")
}

// store is a batch.Store of one batch in memory.
type store struct {
	rows map[int]batch.Row
	sent map[string]batch.Sent
}

func (s *store) put(rows []batch.Row) {
	for _, row := range rows {
		s.rows[row.Number] = row
	}
}

func (s *store) Numbered(_ context.Context, _ string, numbers []int) ([]batch.Result, error) {
	var all []batch.Result
	for _, number := range numbers {
		all = append(all, batch.Result{Row: s.rows[number]})
	}
	return all, nil
}

func (s *store) SameKey(_ context.Context, _ string, keys []string) (map[string][]int, error) {
	same := map[string][]int{}
	for _, number := range slices.Sorted(maps.Keys(s.rows)) {
		row := s.rows[number]
		if slices.Contains(keys, row.Check.Key) && (!row.Chosen || !row.LeftOut) {
			same[row.Check.Key] = append(same[row.Check.Key], number)
		}
	}
	return same, nil
}

func (s *store) SentBefore(_ context.Context, _ string, digests [][]byte) (map[string]batch.Sent, error) {
	found := map[string]batch.Sent{}
	for _, digest := range digests {
		if sent, ok := s.sent[string(digest)]; ok {
			found[string(digest)] = sent
		}
	}
	return found, nil
}
