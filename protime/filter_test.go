package protime_test

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"protime-admin/protime"
	"protime-admin/protime/contract"
)

func TestFiltersAreWrittenAsTheGrammarSays(t *testing.T) {
	kind, absent := protime.Eq("kind", protime.Text("InOut")), protime.Filter{}
	day := time.Date(2026, 1, 5, 23, 30, 0, 0, time.FixedZone("far", 14*3600))
	tests := []struct {
		filter protime.Filter
		want   string
	}{
		{absent, ""},
		{kind, "kind eq 'InOut'"},
		{protime.Ge("date", protime.Day(day)), "date ge '2026-01-05'"},
		{protime.Le("date", protime.Text("2026-01-11")), "date le '2026-01-11'"},
		{protime.Eq("enabled", protime.Truth(true)), "enabled eq true"},
		{protime.Eq("counter-group", protime.Number(-7)), "counter-group eq -7"},
		{protime.Eq("name", protime.Text("O'Brien''s")), "name eq 'O''Brien''''s'"},
		{protime.Eq("name", protime.Text("x' or kind eq 'y")), "name eq 'x'' or kind eq ''y'"},
		{protime.In("person", protime.Numbers(1, 2, 1, 3)...), "person in (1,2,3)"},
		{protime.InCircle("person", 2, 8), "person in circle(2,8)"},
		{protime.InOrgGroup("person", 121), "person in org-group(121)"},
		{protime.And(kind, absent), "kind eq 'InOut'"},
		{protime.And(), ""},
		{protime.And(kind, protime.Or(kind, kind)), "kind eq 'InOut' and (kind eq 'InOut' or kind eq 'InOut')"},
		{protime.Or(kind, protime.And(kind, kind)), "kind eq 'InOut' or kind eq 'InOut' and kind eq 'InOut'"},
		{protime.Or(kind), "kind eq 'InOut'"},
		{protime.And(protime.And(kind, kind), kind), "kind eq 'InOut' and kind eq 'InOut' and kind eq 'InOut'"},
	}
	for _, test := range tests {
		if got := test.filter.String(); got != test.want || test.filter.Err() != nil {
			t.Errorf("got %q (%v), want %q", got, test.filter.Err(), test.want)
		}
	}
}

func TestMistakesBreakAFilter(t *testing.T) {
	good := protime.Eq("kind", protime.Text("x"))
	date := contract.Filter{Name: "date", Type: "date", Operators: []string{"ge", "le"}}
	kind := contract.Filter{Name: "kind", Type: "string", Operators: []string{"eq", "in"}, Enum: []string{"InOut"}}
	person := contract.Filter{Name: "person", Type: "integer", Operators: []string{"eq", "in"}}
	enabled := contract.Filter{Name: "enabled", Type: "boolean", Operators: []string{"eq"}}
	for name, filter := range map[string]protime.Filter{
		"a control character":       protime.Eq("kind", protime.Text("a\nb")),
		"a null byte":               protime.Eq("kind", protime.Text("a\x00b")),
		"a C1 control":              protime.Eq("kind", protime.Text("a\u0085b")),
		"a broken name":             protime.Eq("kind eq 'x' or kind", protime.Text("y")),
		"a name that is a number":   protime.Eq("1", protime.Text("y")),
		"no name":                   protime.Eq("", protime.Text("y")),
		"no value":                  protime.Eq("kind", protime.Value{}),
		"nobody":                    protime.In("person"),
		"no circle":                 protime.InCircle("person"),
		"broken inside and":         protime.And(good, protime.In("person")),
		"broken inside or":          protime.Or(good, protime.In("person")),
		"or with everything":        protime.Or(good, protime.Filter{}),
		"an operator not offered":   protime.Condition(date, "eq", "2026-01-05"),
		"a date that is none":       protime.Condition(date, "ge", "2026-02-30"),
		"a date with more":          protime.Condition(date, "ge", "2026-01-05' or date ge '2020-01-01"),
		"an integer that is none":   protime.Condition(person, "in", "1", "2) or person in (3"),
		"a boolean that is none":    protime.Condition(enabled, "eq", "yes"),
		"a word outside the enum":   protime.Condition(kind, "eq", "Other"),
		"two values for one":        protime.Condition(kind, "eq", "InOut", "InOut"),
		"a condition without value": protime.Condition(person, "in"),
	} {
		if filter.Err() == nil || filter.String() != "" {
			t.Errorf("%s: got %q, want an error", name, filter)
		}
	}
	for want, filter := range map[string]protime.Filter{
		"date ge '2026-01-05'": protime.Condition(date, "ge", "2026-01-05"),
		"person in (1,2)":      protime.Condition(person, "in", "1", "2"),
		"person eq 76547":      protime.Condition(person, "eq", "076547"),
		"enabled eq false":     protime.Condition(enabled, "eq", "false"),
		"kind in ('InOut')":    protime.Condition(kind, "in", "InOut"),
	} {
		if filter.String() != want || filter.Err() != nil {
			t.Errorf("got %q (%v), want %q", filter, filter.Err(), want)
		}
	}
}

// encodedLength measures a filter as it stands in a URI, by the standard library.
func encodedLength(text string) int {
	return len(strings.NewReplacer("%28", "(", "%29", ")", "%2C", ",", "+", "%20").Replace(url.QueryEscape(text)))
}

func TestALongListIsSplitIntoPartsThatFit(t *testing.T) {
	words := make([]protime.Value, 0, 400)
	for i := range 400 {
		words = append(words, protime.Text(strings.Repeat("é'", i%5)+strconv.Itoa(i)))
	}
	date := protime.Ge("date", protime.Text("2026-01-05"))
	for name, filter := range map[string]protime.Filter{
		"alone":              protime.In("person", words...),
		"with others":        protime.And(date, protime.In("person", words...), protime.InCircle("person", 1, 2)),
		"inside another and": protime.And(protime.And(protime.In("person", words...), date), date),
	} {
		whole, list := between(filter.String())
		for _, room := range []int{200, 500, 3000, 100_000} {
			var values []string
			parts := filter.Split(room)
			for _, part := range parts {
				rest, some := between(part.String())
				if part.Err() != nil || rest != whole || encodedLength(part.String()) > room {
					t.Fatalf("%s, %d: got %d bytes: %q (%v)", name, room, encodedLength(part.String()), part, part.Err())
				}
				values = append(values, some)
			}
			if got := strings.Join(values, ","); got != list {
				t.Errorf("%s, %d: got the values %s, want %s", name, room, got, list)
			}
			if (len(parts) == 1) != (room == 100_000) {
				t.Errorf("%s, %d: got %d parts", name, room, len(parts))
			}
		}
	}
	for name, filter := range map[string]protime.Filter{
		"circles":      protime.InCircle("person", slices.Repeat([]int64{123456}, 900)...),
		"inside or":    protime.Or(protime.In("person", words...), date),
		"one value":    protime.In("person", protime.Text(strings.Repeat("x", 5000))),
		"no filter":    {},
		"a broken one": protime.In("person"),
	} {
		if got := filter.Split(1000); len(got) != 1 || got[0].String() != filter.String() {
			t.Errorf("%s: got %d parts", name, len(got))
		}
	}
}

// between takes the person list out of a filter.
func between(filter string) (rest, list string) {
	before, after, _ := strings.Cut(filter, "person in (")
	list, after, _ = strings.Cut(after, ")")
	return before + after, list
}
