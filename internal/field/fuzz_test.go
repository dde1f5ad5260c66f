package field_test

import (
	"encoding/json"
	"testing"

	"protime-admin/internal/field"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

func kinds() []contract.Field {
	return []contract.Field{clock, duration, date, decimal, integer, person, definition, kind, yesNo, text, guid, link, raw,
		{Name: "validUntil", Type: "string", Format: "date-time"}}
}

// FuzzTypedTextIsReadOrRefused holds Parse to its promise for any text: valid JSON, nothing, or a known problem; and
// what was read is shown and read back as the same value.
func FuzzTypedTextIsReadOrRefused(f *testing.F) {
	for _, s := range []string{"830", "8h30", "24:00", "-0:30", "1e9", "17/11", "@a:b", "ref::", "é\x00", "9999999999", "８", "{}"} {
		f.Add(s, "1")
	}
	known := map[string]bool{}
	for _, key := range field.Problems() {
		known[key] = true
	}
	f.Fuzz(func(t *testing.T, text, day string) {
		for _, c := range kinds() {
			got, problem := field.Parse(c, field.Typed{Text: text, Day: day}, today())
			switch {
			case problem != nil:
				if !known[problem.Key] {
					t.Fatalf("%s: %q is no known problem", c.Name, problem.Key)
				}
				continue
			case got == nil:
				continue
			case !json.Valid(got):
				t.Fatalf("%s: %q gives %s", c.Name, text, got)
			}
			typed, shown := field.Format(c, got)
			if !shown {
				continue
			}
			again, problem := field.Parse(c, typed, today())
			if problem != nil || !protime.Equal(again, got) {
				t.Fatalf("%s: %s is shown as %q, which gives %s, %v", c.Name, got, typed.Text, again, problem)
			}
		}
	})
}

// FuzzFormatTakesAnyValue draws whatever the API may give, and what it shows of a valid value is read back as it was.
func FuzzFormatTakesAnyValue(f *testing.F) {
	for _, s := range []string{"480", `"a"`, `{"id":1}`, `{"id":"x","a":[{}]}`, `{"externalReferences":{"a":"b"}}`, "1e5", "-0", `{"`, "["} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		value := json.RawMessage(s)
		for range field.Elements(value) { // to walk to the end is all
		}
		for _, c := range kinds() {
			typed, shown := field.Format(c, value)
			if !shown || typed.Text == "" || !json.Valid(value) {
				continue
			}
			switch field.For(c) {
			case field.Clock, field.Duration:
				got, problem := field.Parse(c, typed, today())
				if problem == nil && !protime.Equal(got, value) {
					t.Fatalf("%s: %s is shown as %q and read as %s", c.Name, s, typed.Text, got)
				}
			}
		}
	})
}
