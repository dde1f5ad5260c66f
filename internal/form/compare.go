package form

import (
	"encoding/json"
	"slices"

	"protime-admin/internal/field"
	"protime-admin/protime"
)

// FieldConflict is one input whose value changed at the server since the form was opened, to something else than
// what was typed.
type FieldConflict struct {
	Name  string // the input's name
	Input *Input
	Conflict
}

// Compare holds the record as the server has it now against the form at opening and against what was typed. Only
// writable members that the contract knows count; the same value on both sides is no conflict; every other
// difference is one, also where the person did not touch the input. A list of rows is compared as a whole.
func (s Submission) Compare(base protime.Record) []FieldConflict {
	mine := s.merged(s.opened)
	var all []FieldConflict
	for i := range s.cells {
		all = s.compare(all, &s.cells[i], base, mine, []string{s.cells[i].Input.Field.Name})
	}
	return all
}

func (s Submission) compare(all []FieldConflict, c *Cell, base, mine protime.Record, path []string) []FieldConflict {
	if !s.complete && !c.seen() {
		return all
	}
	if members(c.Input.Kind) {
		for i := range c.Cells {
			all = s.compare(all, &c.Cells[i], base, mine, below(path, c.Cells[i].Input.Field.Name))
		}
		return all
	}
	server, _ := base.Lookup(path...)
	own, _ := mine.Lookup(path...)
	if same(c.Input, c.Raw, server) || same(c.Input, own, server) && c.Problem == nil {
		return all
	}
	return append(all, FieldConflict{Name: c.Name, Input: c.Input, Conflict: Conflict{
		Opened: c.Raw, Server: given(server), Mine: given(own),
	}})
}

// same compares two values of an input by what the form can change of them.
func same(in *Input, a, b json.RawMessage) bool {
	if protime.Equal(a, b) {
		return true
	}
	switch {
	case in.Kind == field.Reference:
		return sameReference(in.Field, a, b)
	case members(in.Kind):
		return sameMembers(in.Inputs, a, b)
	case lists(in.Kind):
		return sameRows(in, a, b)
	}
	return false
}

func sameMembers(inputs []Input, a, b json.RawMessage) bool {
	left, right := field.Record(a), field.Record(b)
	for i := range inputs {
		in := &inputs[i]
		x, y := a, b
		if !in.self {
			x, _ = left.Lookup(in.Field.Name)
			y, _ = right.Lookup(in.Field.Name)
		}
		if !same(in, x, y) {
			return false
		}
	}
	return true
}

func sameRows(in *Input, a, b json.RawMessage) bool {
	x, y := slices.Collect(field.Elements(a)), slices.Collect(field.Elements(b))
	if len(x) != len(y) || len(x) == 0 && (given(a) == nil) != (given(b) == nil) && !emptyList(a, b) {
		return false
	}
	for i := range x {
		if !sameMembers(in.Inputs, x[i], y[i]) {
			return false
		}
	}
	return true
}

// emptyList says that what differs is only whether an empty list is written.
func emptyList(a, b json.RawMessage) bool {
	return (given(a) == nil || a[0] == '[') && (given(b) == nil || b[0] == '[')
}

// Conflicted draws the form with its conflicts: what was typed stays in the inputs, and the values at opening are
// from now on those that the server has, so that a later submit compares with what this page showed. Taking the
// server's side then only means to take the typed text off.
func (s Submission) Conflicted(base protime.Record, conflicts []FieldConflict) State {
	st := s.State(base)
	st.Opened = s.plan.Opened(base)
	for i := range conflicts {
		c := locate(st.Cells, conflicts[i].Name)
		if c == nil {
			continue
		}
		conflict := conflicts[i].Conflict
		conflict.Input = locate(s.cells, conflicts[i].Name).inInput()
		c.Conflict = &conflict
		if c.Problem == nil {
			c.Problem = &field.Problem{Key: field.ProblemPick}
		}
		s.cover(c, conflict.Server)
	}
	st.Problems = problemsOf(st.Cells)
	return st
}

// retyped reports whether what was posted is neither the server's value nor the one that the page of the conflict had
// in the input: it was typed after the conflict was shown. Values with parts have no such page.
func (d decoder) retyped(c *Cell) bool {
	posted, ok := d.values[PrefixPick+c.Name+suffixInput]
	if !ok || !c.changed() || composite(c.Input.Kind) {
		return false
	}
	shown := json.RawMessage(last(posted))
	if c.Problem != nil || c.final() == nil {
		return len(shown) > 0
	}
	return !same(c.Input, c.final(), given(shown))
}

// inInput is what stands in a cell's input, nil where that cannot be read or the value has parts.
func (c *Cell) inInput() json.RawMessage {
	if composite(c.Input.Kind) || c.touched && c.value == nil {
		return nil
	}
	return c.final()
}

// typedIn is the value of a cell with what was typed into it and its parts; nil: not given.
func typedIn(c *Cell) json.RawMessage {
	rec, _ := protime.ParseRecord([]byte("{}"))
	path := []string{"value"}
	if c.Raw != nil {
		rec = put(rec, c.Raw, path)
	}
	value, _ := merge(rec, c, path).Lookup(path...)
	return given(value)
}

// cover adds a removed row for each row of the server that the form has none for, so that the person's list replaces the
// server's and is not mixed with it.
func (s Submission) cover(c *Cell, server json.RawMessage) {
	if !lists(c.Input.Kind) {
		return
	}
	covered := map[int]bool{}
	for i := range c.Rows {
		covered[c.Rows[i].index] = true
	}
	index := 0
	for raw := range field.Elements(server) {
		if !covered[index] {
			row := s.finder.row(c, index, raw)
			row.Removed = true
			row.clear()
			c.Rows = append(c.Rows, row)
		}
		index++
	}
}
