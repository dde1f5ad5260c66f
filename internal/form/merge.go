package form

import (
	"encoding/json"
	"strconv"

	"protime-admin/internal/field"
	"protime-admin/protime"
)

// Merge puts what was typed onto a record as the server has it now. Members that were not touched keep their bytes,
// known to the contract or not. A field that was emptied is left out, and so is an object with nothing left; a new
// reference takes the place of the object before.
//
// leftOut are the paths of values that are not sent because the record's kind does not take them any more; a value
// that the kind did not take at opening either, and that nobody touched, stays. Where there are problems the record
// holds what could be read.
func (s Submission) Merge(base protime.Record) (rec protime.Record, leftOut []string, problems []Problem) {
	return s.merged(base), s.leftOut(), s.Problems()
}

func (s Submission) merged(base protime.Record) protime.Record {
	rec := base
	if rec.Raw() == nil {
		rec, _ = protime.ParseRecord([]byte("{}"))
	}
	for i := range s.cells {
		switch c := &s.cells[i]; {
		case c.Applies:
			rec = merge(rec, c, []string{c.Input.Field.Name})
		case s.drops(c):
			rec = rec.Without(c.Input.Field.Name)
		}
	}
	return rec
}

// drops reports whether a value is not sent because the record's kind does not take it any more.
func (s Submission) drops(c *Cell) bool {
	return !c.Applies && (c.changed() || held(c.Input.Field.When, s.opened))
}

// leftOut are the paths of the values that drops reports.
func (s Submission) leftOut() []string {
	var paths []string
	for i := range s.cells {
		if c := &s.cells[i]; s.drops(c) && !c.empty() {
			paths = append(paths, c.Input.Field.Path)
		}
	}
	return paths
}

// merge puts one cell and its parts at their path.
func merge(rec protime.Record, c *Cell, path []string) protime.Record {
	switch {
	case c.Unshown && c.touched && composite(c.Input.Kind):
		rec = without(rec, path)
	case c.Problem != nil && !composite(c.Input.Kind):
		return rec
	}
	switch {
	case members(c.Input.Kind):
		for i := range c.Cells {
			rec = merge(rec, &c.Cells[i], below(path, c.Cells[i].Input.Field.Name))
		}
		return rec
	case lists(c.Input.Kind):
		return mergeRows(rec, c, path)
	case c.Input.Kind == field.Keyed:
		return mergeEntries(rec, c, path)
	case !c.touched:
		return rec
	}
	return put(rec, c.value, path)
}

// put sets a value, or takes it out where there is none. What stands in the way of a new value, such as a text where
// an object is due, gives way to it.
func put(rec protime.Record, value json.RawMessage, path []string) protime.Record {
	if value == nil {
		return without(rec, path)
	}
	changed, err := rec.Set(value, path...)
	for n := len(path) - 1; err != nil && n > 0; n-- {
		changed, err = rec.Without(path[:n]...).Set(value, path...)
	}
	if err != nil {
		return rec
	}
	return changed
}

// without takes a value out, and the objects around it that are left with nothing.
func without(rec protime.Record, path []string) protime.Record {
	if _, ok := rec.Lookup(path...); !ok {
		return rec
	}
	rec = rec.Without(path...)
	if len(path) == 1 {
		return rec
	}
	return rec.Prune(path[:len(path)-1]...)
}

func below(path []string, name string) []string {
	return append(path[:len(path):len(path)], name)
}

// mergeRows changes rows where they stand, then takes removed ones out from the end, then puts new ones behind.
func mergeRows(rec protime.Record, c *Cell, path []string) protime.Record {
	if !c.changed() {
		return rec
	}
	for i := range c.Rows {
		row := &c.Rows[i]
		if row.Raw == nil || row.Removed {
			continue
		}
		at := below(path, strconv.Itoa(row.index))
		for j := range row.Cells {
			rec = merge(rec, &row.Cells[j], partOf(at, &row.Cells[j]))
		}
	}
	for i := len(c.Rows) - 1; i >= 0; i-- {
		if c.Rows[i].Removed && c.Rows[i].Raw != nil {
			rec = rec.Without(below(path, strconv.Itoa(c.Rows[i].index))...)
		}
	}
	for i := range c.Rows {
		if row := &c.Rows[i]; row.Raw == nil && !row.empty() {
			rec = appendRow(rec, newRow(row), path)
		}
	}
	if length(rec, path) == 0 {
		return without(rec, path)
	}
	return rec
}

// partOf gives the path of an input of a row; a row that is one value is its own input.
func partOf(row []string, c *Cell) []string {
	if c.Input.self {
		return row
	}
	return below(row, c.Input.Field.Name)
}

// newRow builds a row that was not there; nil where nothing of it could be read.
func newRow(row *Cell) json.RawMessage {
	rec, _ := protime.ParseRecord([]byte("{}"))
	for i := range row.Cells {
		c := &row.Cells[i]
		if c.Input.self {
			return c.value
		}
		rec = merge(rec, c, []string{c.Input.Field.Name})
	}
	return rec.Raw()
}

func appendRow(rec protime.Record, row json.RawMessage, path []string) protime.Record {
	if row == nil {
		return rec
	}
	if raw, _ := rec.Lookup(path...); given(raw) == nil || raw[0] != '[' {
		rec = put(rec, json.RawMessage("[]"), path)
	}
	return put(rec, row, below(path, strconv.Itoa(length(rec, path))))
}

func length(rec protime.Record, path []string) int {
	raw, _ := rec.Lookup(path...)
	return count(raw)
}

func mergeEntries(rec protime.Record, c *Cell, path []string) protime.Record {
	for i := range c.Cells {
		if e := &c.Cells[i]; e.touched && e.Problem == nil {
			rec = put(rec, e.value, below(path, e.Key))
		}
	}
	for i := range c.Rows {
		pair := &c.Rows[i]
		value := pair.Cells[1].value
		if pair.Key != "" && value != nil && pair.Cells[0].Problem == nil && pair.Cells[1].Problem == nil {
			rec = put(rec, value, below(path, pair.Key))
		}
	}
	return rec
}
