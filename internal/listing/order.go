package listing

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"protime-admin/internal/field"
	"protime-admin/internal/tell"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// Order compares records by a column, "date" or "-date", and where that is equal by day, time and id. It is nil when
// there is no such column.
func Order(words *tell.Words, c *contract.Collection, sort string) func(a, b protime.Record) int {
	name, descending := strings.CutPrefix(sort, "-")
	columns := Columns(c)
	at := slices.IndexFunc(columns, func(f contract.Field) bool { return f.Path == name })
	if at < 0 {
		return nil
	}
	compare := comparison(words, columns[at])
	ties := []string{"date", "from", "timeOfDayInMinutes", "startTimeInMinutes", "id"}
	return func(a, b protime.Record) int {
		order := compare(lookup(a, name), lookup(b, name))
		if descending {
			order = -order
		}
		for i := 0; order == 0 && i < len(ties); i++ {
			order = compareRaw(lookup(a, ties[i]), lookup(b, ties[i]))
		}
		return order
	}
}

func lookup(r protime.Record, name string) json.RawMessage {
	raw, _ := r.Lookup(name)
	return raw
}

// comparison orders values that are shown as words as the page's language does, all others by their value.
func comparison(words *tell.Words, f contract.Field) func(a, b json.RawMessage) int {
	switch field.For(f) {
	case field.Reference, field.Translated, field.Choice, field.YesNo, field.Text:
	default:
		return compareRaw
	}
	collator := collate.New(language.Make(words.Tag), collate.IgnoreCase, collate.Numeric)
	return func(a, b json.RawMessage) int {
		return collator.CompareString(words.Value(f, a).Text, words.Value(f, b).Text)
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
