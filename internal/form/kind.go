package form

import (
	"encoding/json"
	"slices"

	"protime-admin/internal/field"
	"protime-admin/protime"
)

// apply marks which cells the record takes with its kind as it stands in the form.
func (p *Plan) apply(cells []Cell) {
	for i := range cells {
		when := cells[i].Input.Field.When
		cells[i].Applies = when == nil || holds(when, func(name string) json.RawMessage { return finalOf(cells, name) })
	}
}

// held says that a field was taken by the record's kind at opening.
func held(when map[string][]string, opened protime.Record) bool {
	return holds(when, func(name string) json.RawMessage {
		raw, _ := opened.Lookup(name)
		return raw
	})
}

// holds says that every member that a field depends on has one of the values it goes with.
func holds(when map[string][]string, value func(name string) json.RawMessage) bool {
	for name, values := range when {
		raw := value(name)
		text, ok := field.Unquote(raw)
		if !ok {
			text = string(raw)
		}
		if !slices.Contains(values, text) {
			return false
		}
	}
	return true
}

// finalOf gives the value that a top-level input has now; one that cannot be read has the value at opening.
func finalOf(cells []Cell, name string) json.RawMessage {
	for i := range cells {
		c := &cells[i]
		if c.Input.Field.Name != name {
			continue
		}
		if c.Problem != nil {
			return c.Raw
		}
		return c.final()
	}
	return nil
}
