package catalog_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"protime-admin/internal/catalog"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// tenant is a catalog.Lister: pages by path, each a JSON array, or an error instead.
type tenant struct {
	mu    sync.Mutex
	lists map[string]any // []string, error, or func() that waits before an empty page
	asked []string
}

func (l *tenant) set(path string, answer any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lists[path] = answer
}

func (l *tenant) calls(path string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, asked := range l.asked {
		if asked == path {
			n++
		}
	}
	return n
}

func (l *tenant) List(_ context.Context, path string, _ protime.ListOptions) iter.Seq2[protime.Page, error] {
	l.mu.Lock()
	l.asked = append(l.asked, path)
	answer, ok := l.lists[path]
	l.mu.Unlock()
	return func(yield func(protime.Page, error) bool) {
		if !ok {
			yield(protime.Page{}, protime.NotFound)
			return
		}
		switch answer := answer.(type) {
		case error:
			yield(protime.Page{}, answer)
		case func():
			answer()
			yield(protime.Page{}, nil)
		case []string:
			for _, page := range answer {
				if !yield(protime.Page{Records: records(page)}, nil) {
					return
				}
			}
		}
	}
}

func records(page string) []protime.Record {
	array, err := protime.ParseRecord([]byte(page))
	if err != nil {
		panic(err)
	}
	var all []protime.Record
	for raw := range array.Elements() {
		record, err := protime.ParseRecord(raw)
		if err != nil {
			panic(err)
		}
		all = append(all, record)
	}
	return all
}

const version = "38fc2206-1a5b-4c3d-8e9f-0123456789ab"

func level(n int) string {
	return fmt.Sprintf("/activity-structure-versions/%s/levels/%d/activity-definitions", version, n)
}

func company() *tenant {
	return &tenant{lists: map[string]any{
		"/absence-definitions": []string{
			`[{"id": 12, "code": "DOC", "name": {"default": "Doctor", "translations":
				{"en-GB": "Doctor's visit", "nl-BE": "Doktersbezoek", "fr-FR": "Médecin", "de-DE": null}}}]`,
			`[]`,
			`[{"id": 7, "code": "VAK", "name": {"default": "Holiday", "translations": {"nl-NL": "Vakantie"}}},
			  {"id": 30, "name": {"default": ""}}, {"name": {"default": "no id"}}]`,
		},
		"/terminals": []string{`[{"id": 765, "name": "Main gate", "externalCode": "T7"}, {"id": 7, "name": "Canteen"}]`},
		level(1):     []string{`[{"id": "aaaa-1", "shortCode": "WELD", "dataEntryCode": "100", "name": {"default": "Welding"}}]`},
		level(2):     []string{`[{"id": "bbbb-2", "name": {"default": "Gate 12"}, "externalReference": "G12"}]`},
		level(3):     []string{`[]`},
	}}
}

func run(t *testing.T, l catalog.Lister, o catalog.Options) *catalog.Catalog {
	t.Helper()
	c, err := contract.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	k := catalog.New(c, l, o)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		k.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return k
}

func ids(entries []catalog.Entry) string {
	var all []string
	for _, e := range entries {
		all = append(all, e.ID)
	}
	return strings.Join(all, " ")
}

func TestRecordsAreKnownByNameInEachLanguage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := run(t, company(), catalog.Options{})
		if !k.Offered(t.Context(), "absence-definitions") {
			t.Fatal("absence definitions are not offered")
		}
		doctor, ok := k.Label("absence-definitions", "12")
		if !ok || doctor.Code != "DOC" {
			t.Errorf("got %+v, %v", doctor, ok)
		}
		for language, want := range map[string]string{
			"nl": "Doktersbezoek", "en": "Doctor's visit", "fr": "Médecin", "de": "Doctor", "nl-BE": "Doktersbezoek",
		} {
			if got := doctor.Name(language); got != want {
				t.Errorf("%s: got %q, want %q", language, got, want)
			}
		}
		if nameless, ok := k.Label("absence-definitions", "30"); !ok || nameless.Name("nl") != "30" {
			t.Errorf("without a name: got %q, %v, want the id", nameless.Name("nl"), ok)
		}
		if _, ok := k.Label("absence-definitions", "99"); ok {
			t.Error("a record that is not there was found")
		}
		if got := k.State("absence-definitions"); got.Count != 3 || got.Phase != catalog.Ready {
			t.Errorf("State: got %+v, want 3 ready", got)
		}
	})
}

func TestRecordsAreFoundByNameCodeAndID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := run(t, company(), catalog.Options{Places: map[string][][]string{"activity-definitions": {{version}}}})
		tests := []struct{ collection, text, want string }{
			{"absence-definitions", "dokters", "12"},
			{"absence-definitions", "medecin", "12"},
			{"absence-definitions", "visit doctor", "12"},
			{"absence-definitions", "vak", "7"},
			{"absence-definitions", "", "30 12 7"},
			{"absence-definitions", "  ", "30 12 7"},
			{"absence-definitions", "?", ""},
			{"absence-definitions", "nothing", ""},
			{"terminals", "7", "7 765"}, // the id whole comes first, then what begins with it
			{"terminals", "t7", "765"},
			{"terminals", "gate", "765"},
			{"activity-definitions", "weld", "aaaa-1"},
			{"activity-definitions", "100", "aaaa-1"},
			{"activity-definitions", "g12", "bbbb-2"},
			{"activity-definitions", "bbbb", "bbbb-2"},
			{"clockings", "8192", ""},
			{"no-such-collection", "x", ""},
		}
		for _, test := range tests {
			if got := ids(k.Find(t.Context(), test.collection, test.text, 10)); got != test.want {
				t.Errorf("Find(%s, %q): got %q, want %q", test.collection, test.text, got, test.want)
			}
		}
		if got := ids(k.Find(t.Context(), "absence-definitions", "", 2)); got != "30 12" {
			t.Errorf("two at most: got %q", got)
		}
		if got := k.Find(t.Context(), "absence-definitions", "", -1); len(got) != 0 {
			t.Errorf("less than none: got %v", got)
		}
	})
}

func TestLevelsAreCountedUntilThereAreNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := company()
		other := "0f0f0f0f-0000-4000-8000-000000000000" // does not exist
		k := run(t, l, catalog.Options{
			Places: map[string][][]string{"activity-definitions": {{other}, {version}, {"too", "many", "parts"}, {}}},
		})
		k.Need(t.Context(), "activity-definitions")
		gate, ok := k.Label("activity-definitions", "bbbb-2")
		if !ok || !slices.Equal(gate.Place, []string{version, "2"}) {
			t.Errorf("got %+v, %v, want it on level 2", gate, ok)
		}
		if l.calls(level(3)) != 1 || l.calls(level(4)) != 0 {
			t.Errorf("got calls %q, want none after the empty level", l.asked)
		}
	})
}

func TestACollectionThatCannotBeReadIsNotOffered(t *testing.T) {
	tests := []struct {
		name  string
		err   error
		phase catalog.Phase
		again time.Duration
	}{
		{"the scope is missing", protime.Forbidden, catalog.NotGranted, 5 * time.Minute},
		{"the scope is missing, as 401", protime.Unauthorized, catalog.NotGranted, 5 * time.Minute},
		{"the tenant lacks it", protime.NotFound, catalog.NotOffered, 5 * time.Minute},
		{"the tenant lacks the verb", protime.NotOffered, catalog.NotOffered, 5 * time.Minute},
		{"the API is down", protime.Unavailable, catalog.Trouble, 30 * time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := company()
				l.set("/terminals", test.err)
				var told error
				k := run(t, l, catalog.Options{Failed: func(_ string, err error) { told = err }})

				if k.Offered(t.Context(), "terminals") {
					t.Error("it is offered")
				}
				if got := k.State("terminals").Phase; got != test.phase {
					t.Errorf("got %q, want %q", got, test.phase)
				}
				if (told != nil) != (test.phase == catalog.Trouble) {
					t.Errorf("the log got %v", told)
				}

				l.set("/terminals", company().lists["/terminals"])
				time.Sleep(test.again - time.Second)
				if k.Offered(t.Context(), "terminals"); l.calls("/terminals") != 1 {
					t.Errorf("asked %d times, want once", l.calls("/terminals"))
				}
				time.Sleep(2 * time.Second)
				k.Offered(t.Context(), "terminals")
				synctest.Wait()
				if !k.Offered(t.Context(), "terminals") || l.calls("/terminals") != 2 {
					t.Errorf("asked %d times, %+v, want it offered now", l.calls("/terminals"), k.State("terminals"))
				}
			})
		})
	}
}

func TestACollectionOutsideOfTheScopesIsNotCalled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := company()
		k := run(t, l, catalog.Options{Granted: func(_ context.Context, c *contract.Collection) bool {
			return c.Name != "terminals"
		}})
		if k.Offered(t.Context(), "terminals") || l.calls("/terminals") != 0 {
			t.Errorf("offered, or asked %d times, want neither", l.calls("/terminals"))
		}
		if got := k.State("terminals").Phase; got != catalog.NotGranted {
			t.Errorf("got %q", got)
		}
		if !k.Offered(t.Context(), "absence-definitions") {
			t.Error("the others are not offered")
		}
	})
}

func TestAPageWaitsAMomentForTheFirstReadingAndOnlyOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := company()
		open := make(chan struct{})
		l.set("/terminals", func() { <-open })
		l.set("/departments", func() { <-open })
		k := run(t, l, catalog.Options{})

		start := time.Now()
		k.Need(t.Context(), "terminals", "departments", "absence-definitions")
		if got := time.Since(start); got != 300*time.Millisecond {
			t.Errorf("waited %v for three, want 300ms together", got)
		}
		start = time.Now()
		offered := k.Offered(t.Context(), "terminals")
		if got := time.Since(start); offered || got != 0 {
			t.Errorf("offered: %v, waited %v once more, want neither", offered, got)
		}
		close(open)
		synctest.Wait()
		if !k.Offered(t.Context(), "terminals") {
			t.Error("not offered after the reading")
		}
	})
}

func TestACanceledRequestDoesNotEndTheReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := run(t, company(), catalog.Options{})
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		k.Need(gone, "terminals")
		synctest.Wait()
		if _, ok := k.Label("terminals", "765"); !ok {
			t.Error("the reading ended with the request")
		}
	})
}

func TestOldNamesServeWhileTheyAreReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := company()
		k := run(t, l, catalog.Options{})
		k.Need(t.Context(), "terminals")

		l.set("/terminals", []string{`[{"id": 765, "name": "Front gate"}]`})
		time.Sleep(4 * time.Minute)
		if e, _ := k.Label("terminals", "765"); e.Name("en") != "Main gate" || l.calls("/terminals") != 1 {
			t.Errorf("got %q after %d calls, want the first answer", e.Name("en"), l.calls("/terminals"))
		}
		time.Sleep(2 * time.Minute)
		if e, _ := k.Label("terminals", "765"); e.Name("en") != "Main gate" {
			t.Errorf("got %q, want the old name at once", e.Name("en"))
		}
		synctest.Wait()
		if e, _ := k.Label("terminals", "765"); e.Name("en") != "Front gate" || l.calls("/terminals") != 2 {
			t.Errorf("got %q after %d calls, want the new name after 2", e.Name("en"), l.calls("/terminals"))
		}

		l.set("/terminals", errors.New("broken"))
		time.Sleep(6 * time.Minute)
		k.Label("terminals", "765")
		synctest.Wait()
		if e, ok := k.Label("terminals", "765"); !ok || !k.Offered(t.Context(), "terminals") {
			t.Errorf("got %q, %v after a failure, want what was known", e.Name("en"), ok)
		}
	})
}

func TestAHugeCollectionIsKeptInPart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := run(t, company(), catalog.Options{MaxRecords: 1})
		k.Need(t.Context(), "terminals")
		if got := k.State("terminals"); !got.Partial || got.Count != 1 {
			t.Errorf("got %+v, want 1 of more", got)
		}
	})
}

// Every reference of the contract leads to people, to a catalog, or to a collection whose picker is a plain id.
func TestWhichCollectionsHaveNames(t *testing.T) {
	c, err := contract.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	k := catalog.New(c, company(), catalog.Options{Places: map[string][][]string{"activity-definitions": {{version}}}})
	var named []string
	for _, collection := range c.Collections {
		if k.State(collection.Name).Phase == catalog.Unread {
			named = append(named, collection.Name)
		}
	}
	want := "terminals activity-definitions absence-definitions absence-groups break-definitions counter-definitions " +
		"counter-groups departments employers jobs job-categories sectors work-locations shift-definitions"
	if got := strings.Join(named, " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
