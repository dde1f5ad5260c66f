package handlers

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"protime-admin/internal/field"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// sortColumn is the column that a list is sorted by, "date" or "-date"; false when there is no such column.
func sortColumn(c *contract.Collection, sort string) (f contract.Field, descending, ok bool) {
	name, descending := strings.CutPrefix(sort, "-")
	columns := columnFields(c)
	at := slices.IndexFunc(columns, func(f contract.Field) bool { return f.Path == name })
	if at < 0 {
		return f, false, false
	}
	return columns[at], descending, true
}

// sortOrder compares records by a column and, where that tells nothing, by day, time and id; nil when there is no such
// column.
func (v *visit) sortOrder(c *contract.Collection, sort string) func(a, b protime.Record) int {
	chosen, descending, ok := sortColumn(c, sort)
	if !ok {
		return nil
	}
	var ties []contract.Field
	for _, path := range []string{"date", "from", "timeOfDayInMinutes", "startTimeInMinutes", "id"} {
		if f, ok := c.Field(path); ok {
			ties = append(ties, f)
		}
	}
	compare := v.comparison(chosen)
	return func(a, b protime.Record) int {
		order := compare(lookup(a, chosen.Path), lookup(b, chosen.Path))
		if descending {
			order = -order
		}
		for i := 0; order == 0 && i < len(ties); i++ {
			order = compareRaw(lookup(a, ties[i].Path), lookup(b, ties[i].Path))
		}
		return order
	}
}

// comparison is how two values of a column are put in order: what is shown in words as the page's language sorts words,
// everything else by its value.
func (v *visit) comparison(f contract.Field) func(a, b json.RawMessage) int {
	switch field.For(f) {
	case field.Reference, field.Translated, field.Choice, field.YesNo, field.Text:
	default:
		return compareRaw
	}
	words := collate.New(language.Make(v.words.Tag), collate.IgnoreCase, collate.Numeric)
	return func(a, b json.RawMessage) int {
		return words.CompareString(v.words.Value(f, a).Text, v.words.Value(f, b).Text)
	}
}

// compareRaw compares numbers by value, everything else as text.
func compareRaw(a, b json.RawMessage) int {
	var x, y float64
	if json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil {
		return cmp.Compare(x, y)
	}
	return cmp.Compare(strings.ToLower(field.Plain(a)), strings.ToLower(field.Plain(b)))
}

// lookup finds a field's value in a record by the contract's path: "person.id".
func lookup(r protime.Record, path string) json.RawMessage {
	raw, _ := r.Lookup(strings.Split(path, ".")...)
	return raw
}
