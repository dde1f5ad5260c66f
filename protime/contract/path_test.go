package contract_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestMatchFindsTheCollectionOfAPath(t *testing.T) {
	c := embedded(t)
	asv := "/activity-structure-versions/38fc2206-0000-4000-8000-000000000001/levels/2/activity-definitions"
	for _, tt := range []struct {
		name, path, collection string
		params                 []string
		item                   bool
	}{
		{name: "a list", path: "/clockings", collection: "clockings"},
		{name: "a list with a query", path: "/clockings?filter=x/y", collection: "clockings"},
		{name: "a list with a slash at its end", path: "/clockings/", collection: "clockings"},
		{name: "a record", path: "/clockings/8192", collection: "clockings", params: []string{"8192"}, item: true},
		{name: "a Location", path: "/connector/protimeapi/api/v1/clockings/8192", collection: "clockings",
			params: []string{"8192"}, item: true},
		{name: "a Location behind another prefix", path: "/tenant/x/api/v2/clockings/8192", collection: "clockings",
			params: []string{"8192"}, item: true},
		{name: "an escaped reference", path: "/people/A%2FB%20%C3%A9", collection: "people",
			params: []string{"A/B é"}, item: true},
		{name: "a nested list", path: asv, collection: "activity-definitions",
			params: []string{"38fc2206-0000-4000-8000-000000000001", "2"}},
		{name: "a nested record", path: asv + "/X1", collection: "activity-definitions",
			params: []string{"38fc2206-0000-4000-8000-000000000001", "2", "X1"}, item: true},
		{name: "rows of a nested record", path: asv + "/X1/usages", collection: "usages",
			params: []string{"38fc2206-0000-4000-8000-000000000001", "2", "X1"}},
		{name: "one row", path: asv + "/X1/usages/Person~12~2026-01-01~", collection: "usages",
			params: []string{"38fc2206-0000-4000-8000-000000000001", "2", "X1", "Person~12~2026-01-01~"}, item: true},
		{name: "a history", path: "/people/12/job-history", collection: "job-history", params: []string{"12"}},
		{name: "an unknown path", path: "/nothing"},
		{name: "a path too long", path: "/clockings/8192/edit"},
		{name: "a collection without records", path: "/calculated-totals/1"},
		{name: "an empty id", path: "/clockings//"},
		{name: "a step up", path: "/clockings/.."},
		{name: "a broken escape", path: "/clockings/%zz"},
		{name: "nothing", path: ""},
		{name: "no slash", path: "clockings"},
		{name: "the base alone", path: "/connector/protimeapi/api/v1"},
		{name: "a version that is none", path: "/api/vx/clockings"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			col, params, item, ok := c.Match(tt.path)
			if ok != (tt.collection != "") {
				t.Fatalf("got ok %v for %s", ok, tt.path)
			}
			if !ok {
				return
			}
			if col.Name != tt.collection || !slices.Equal(params, tt.params) || item != tt.item {
				t.Errorf("got %s %q item %v, want %s %q item %v", col.Name, params, item, tt.collection, tt.params, tt.item)
			}
		})
	}
}

func TestURLsAreMatchedBack(t *testing.T) {
	c := embedded(t)
	values := []string{"7", "@external-code", "a/b", "..", ".", "é ü", "Person~1~2026-01-01~", "%2F", "x?y#z"}
	for _, col := range c.Collections {
		n := strings.Count(col.Path, "{")
		for i := range values {
			params := make([]string, n+1)
			for j := range params {
				params[j] = values[(i+j)%len(values)]
			}
			got, back, item, ok := c.Match(col.URL(params...))
			if !ok || got != col || item || !slices.Equal(back, params[:n]) && n > 0 {
				t.Errorf("%s: %s is matched as %v %q item %v", col.Name, col.URL(params...), got, back, item)
			}
			if !col.HasItem() {
				continue
			}
			got, back, item, ok = c.Match(c.Base + col.ItemURL(params...))
			if !ok || got != col || !item || !slices.Equal(back, params) {
				t.Errorf("%s: %s is matched as %v %q item %v", col.Name, col.ItemURL(params...), got, back, item)
			}
		}
	}
}

func TestOperationsAreSentToTheirPath(t *testing.T) {
	usages := collection(t, embedded(t), "usages")
	want := "/activity-structure-versions/v/levels/1/activity-definitions/@x%2Fy/usages"
	for verb, o := range usages.Operations {
		if got := o.URL("v", "1", "@x/y", "row"); got != want {
			t.Errorf("%s: got %s, want %s", verb, got, want)
		}
	}
}

func TestARecordWithoutAPathPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("ItemURL of a collection without records gave an address")
		}
	}()
	collection(t, embedded(t), "paid-presences").ItemURL("1")
}

func FuzzMatch(f *testing.F) {
	c := embedded(f)
	for _, s := range []string{"/clockings/1", "/people/%2e%2e/job-history", "/connector/protimeapi/api/v1/people/1",
		"//", "/api/v1/api/v1/jobs/2", "/clockings/%", "/a/b/c/d/e/f/g/h/i/j/k/l"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, path string) {
		col, params, item, ok := c.Match(path)
		if !ok {
			if col != nil || params != nil || item {
				t.Fatalf("%q: no match, but got %v %q %v", path, col, params, item)
			}
			return
		}
		again := col.URL
		if item {
			again = col.ItemURL
		}
		u := again(params...)
		if _, err := url.Parse(u); err != nil || !strings.HasPrefix(u, "/") || strings.Contains(u, "/../") {
			t.Fatalf("%q gives the address %q: %v", path, u, err)
		}
		other, back, otherItem, ok := c.Match(u)
		if !ok || other != col || otherItem != item || !slices.Equal(back, params) {
			t.Fatalf("%q: %q is matched as %v %q %v, want %s %q %v", path, u, other, back, otherItem, col.Name, params, item)
		}
	})
}

func BenchmarkMatch(b *testing.B) {
	c := embedded(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, _, ok := c.Match("/connector/protimeapi/api/v1/clockings/8192"); !ok {
			b.Fatal("no match")
		}
	}
}
