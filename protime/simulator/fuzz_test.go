package simulator

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"protime-admin/protime/contract"
)

func FuzzAFilterThatIsReadIsReadInParentheses(f *testing.F) {
	for _, seed := range []string{
		"date ge '2026-01-01' and person in (1,2,3)", "person in circle (2, 8)", "kind eq 'Activity' or kind eq 'Absence'",
		"((a eq 1 or b le -2) and c in (true,false))", "a eq 'it''s'", "a eq", "(", "'", "a in (", "not a eq 1", "-",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, source string) {
		read, _ := parseFilter(new(contract.Collection), source)
		if strings.Count(source, "(") >= maxDepth {
			return
		}
		if inside, reasons := parseFilter(new(contract.Collection), "("+source+")"); read != nil && inside == nil {
			t.Errorf("%q is read, in parentheses it is refused: %v", source, reasons)
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
