package change_test

import (
	"slices"
	"strings"
	"testing"

	"protime-admin/internal/change"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

func TestMovedShowsEveryDifferenceThatIsNotTypedAnyway(t *testing.T) {
	parse := func(text string) protime.Record {
		r, err := protime.ParseRecord([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	paths := []string{"time", "person", "place.latitude", "rows[].level", "rows[].hours"}
	for _, test := range []struct {
		name, opened, now, mine, want string
	}{
		{"nothing moved", `{"time":1}`, `{"time":1}`, `{"time":2}`, ""},
		{"moved", `{"time":1}`, `{"time":2}`, `{"time":3}`, "time"},
		{"moved, and I did not touch it", `{"time":1}`, `{"time":2}`, `{"time":1}`, "time"},
		{"moved to what I typed", `{"time":1}`, `{"time":2}`, `{"time":2.0}`, ""},
		{"the same number in other digits", `{"time":480}`, `{"time":480.0}`, `{"time":1}`, ""},
		{"the same number with an exponent", `{"time":480}`, `{"time":4.8e2}`, `{"time":1}`, ""},
		{"null is absent", `{"time":null}`, `{}`, `{"time":1}`, ""},
		{"an empty object is absent", `{"person":{}}`, `{}`, `{"person":{"id":1}}`, ""},
		{"a string is no number", `{"time":"1"}`, `{"time":1}`, `{"time":2}`, "time"},
		{"another order of members", `{"person":{"id":1,"n":"\u00e9"}}`, `{"person":{"n":"é","id":1}}`, `{}`, ""},
		{"a nested value", `{"place":{"latitude":1}}`, `{"place":{"latitude":2}}`, `{"place":{"latitude":1}}`, "place.latitude"},
		{"a row as a whole, once", `{"rows":[{"level":1}]}`, `{"rows":[{"level":1},{"level":2}]}`, `{"rows":[]}`, "rows"},
		{"rows in another order", `{"rows":[1,2]}`, `{"rows":[2,1]}`, `{"rows":[1,2]}`, "rows"},
		{"what nobody may write", `{"changeVersion":"1"}`, `{"changeVersion":"2"}`, `{}`, ""},
		{"huge exponents are compared as text", `{"time":1e999999999}`, `{"time":1e999999998}`, `{}`, "time"},
		{"gone at the server", `{"time":1}`, `{}`, `{"time":1}`, "time"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, d := range change.Moved(parse(test.opened), parse(test.now), parse(test.mine), paths) {
				got = append(got, d.Path)
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestRolesGiveRights(t *testing.T) {
	for _, test := range []struct {
		role   change.Role
		verbs  []contract.Verb
		rights []change.Right
	}{
		{change.Viewer, []contract.Verb{contract.List, contract.Read}, []change.Right{change.ReadRecords}},
		{change.Editor, []contract.Verb{contract.List, contract.Read, contract.Create, contract.Replace, contract.Delete},
			[]change.Right{change.ReadRecords, change.Make, change.Resolve, change.SeeHistory}},
		{change.Auditor, []contract.Verb{contract.List, contract.Read},
			[]change.Right{change.ReadRecords, change.Resolve, change.SeeHistory, change.SeeLog, change.ExportLog}},
		{"owner", nil, nil},
	} {
		roles := []change.Role{test.role}
		for _, v := range []contract.Verb{contract.List, contract.Read, contract.Create, contract.Replace, contract.Delete, ""} {
			if got, want := change.May(roles, v), slices.Contains(test.verbs, v); got != want {
				t.Errorf("%s may %q: got %t, want %t", test.role, v, got, want)
			}
		}
		for _, r := range []change.Right{change.ReadRecords, change.Make, change.Resolve, change.SeeHistory, change.SeeLog, change.ExportLog, ""} {
			if got, want := change.Has(roles, r), slices.Contains(test.rights, r); got != want {
				t.Errorf("%s has %q: got %t, want %t", test.role, r, got, want)
			}
		}
	}
}

func TestAFingerprintTellsWhatWasTyped(t *testing.T) {
	typed := map[string][]string{"date": {"2026-01-05"}, "kind": {"InOut"}, "change": {"1"}}
	base := string(change.Fingerprint(contract.Create, "/clockings", typed, "change"))
	for _, test := range []struct {
		name  string
		verb  contract.Verb
		path  string
		typed map[string][]string
		same  bool
	}{
		{"another id", contract.Create, "/clockings", map[string][]string{"date": {"2026-01-05"}, "kind": {"InOut"}, "change": {"2"}}, true},
		{"another value", contract.Create, "/clockings", map[string][]string{"date": {"2026-01-06"}, "kind": {"InOut"}}, false},
		{"another verb", contract.Replace, "/clockings", typed, false},
		{"another path", contract.Create, "/clockings/1", typed, false},
		{"a value more", contract.Create, "/clockings", map[string][]string{"date": {"2026-01-05", ""}, "kind": {"InOut"}}, false},
		{"an input more", contract.Create, "/clockings", map[string][]string{"date": {"2026-01-05"}, "kind": {"InOut"}, "x": {}}, false},
		{"values that flow together", contract.Create, "/clockings", map[string][]string{"datek": {"2026-01-05"}, "ind": {"InOut"}}, false},
	} {
		if got := string(change.Fingerprint(test.verb, test.path, test.typed, "change")) == base; got != test.same {
			t.Errorf("%s: got same %t, want %t", test.name, got, test.same)
		}
	}
}
