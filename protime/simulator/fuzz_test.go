package simulator

import (
	"encoding/json"
	"reflect"
	"testing"
)

func FuzzAFilterThatIsReadIsWrittenAndReadAgain(f *testing.F) {
	for _, seed := range []string{
		"date ge '2026-01-01' and person in (1,2,3)", "person in circle (2, 8)", "kind eq 'Activity' or kind eq 'Absence'",
		"((a eq 1 or b le -2) and c in (true,false))", "a eq 'it''s'", "a eq", "(", "'", "a in (", "not a eq 1", "-",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		e, err := parseFilter(source)
		if err != nil {
			return
		}
		again, err := parseFilter(e.String())
		if err != nil {
			t.Fatalf("%q is written as %q, which is not read: %v", source, e.String(), err)
		}
		if got, want := again.String(), e.String(); got != want {
			t.Errorf("%q: got %q after reading it again, want %q", source, got, want)
		}
	})
}

// The walk over raw members is held against the standard library's reading of the same text.
func FuzzAnObjectKeepsTheTextOfItsMembers(f *testing.F) {
	for _, seed := range []string{
		`{}`, ` { "a" : 1.50 , "b":[1, {"c":"}"}], "\u0064":"\"\\" , "e":null}`, `{"a":{"a":{}},"b":"\u003c"}`, `{"":-0.0e+1}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		var want map[string]json.RawMessage
		if !isJSON([]byte(source)) || json.Unmarshal([]byte(source), &want) != nil || want == nil {
			return
		}
		o := parseObject(source)
		for name, value := range want {
			if got := o.at(name); got != string(value) {
				t.Errorf("%s: got member %q %s, want %s", source, name, got, value)
			}
		}
		var again, first any
		if err := json.Unmarshal([]byte(o.String()), &again); err != nil {
			t.Fatalf("%s is written as %s: %v", source, o, err)
		}
		if err := json.Unmarshal([]byte(source), &first); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(first, again) {
			t.Errorf("%s is written as %s", source, o)
		}
	})
}
