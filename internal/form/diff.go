package form

import (
	"encoding/json"
	"slices"
	"strconv"

	"protime-admin/internal/field"
	"protime-admin/protime"
)

// DiffRow is one value that differs between two states of a record.
type DiffRow struct {
	Input         *Input // nil: a member that the contract does not know
	Name          string // "activityLevels.0.level"
	Before, After json.RawMessage
}

// Diff lists what differs between two states of a record, in the form's order and down to single values, unknown
// members last. Read-only members do not count: a request does not carry them.
func (p *Plan) Diff(before, after protime.Record) []DiffRow {
	var rows []DiffRow
	for i := range p.Inputs {
		in := &p.Inputs[i]
		a, _ := before.Lookup(in.Field.Name)
		b, _ := after.Lookup(in.Field.Name)
		rows = diff(rows, in, "", given(a), given(b))
	}
	if p.Collection.ReplacesRows {
		return rows // what stands beside the rows is not sent
	}
	for name, raw := range before.Members() {
		if p.knows(name) {
			continue
		}
		if b, _ := after.Lookup(name); !protime.Equal(raw, b) {
			rows = append(rows, DiffRow{Name: name, Before: given(raw), After: given(b)})
		}
	}
	for name, raw := range after.Members() {
		if _, ok := before.Lookup(name); !ok && !p.knows(name) && !field.IsNull(raw) {
			rows = append(rows, DiffRow{Name: name, After: raw})
		}
	}
	return rows
}

func diff(rows []DiffRow, in *Input, prefix string, a, b json.RawMessage) []DiffRow {
	if protime.Equal(a, b) {
		return rows
	}
	name := in.full
	if prefix != "" {
		name = prefix + in.tail
	}
	switch {
	case members(in.Kind) && object(a) && object(b):
		if prefix != "" {
			prefix = name
		}
		return diffMembers(rows, in.Inputs, prefix, name, a, b)
	case lists(in.Kind) && array(a) && array(b):
		x, y := slices.Collect(field.Elements(a)), slices.Collect(field.Elements(b))
		for i := range max(len(x), len(y)) {
			row := indexed(name, i)
			rows = diffMembers(rows, in.Inputs, row, row, at(x, i), at(y, i))
		}
		return rows
	case in.Kind == field.Keyed && object(a) && object(b):
		return diffEntries(rows, in, name, a, b)
	}
	return append(rows, DiffRow{Input: in, Name: name, Before: a, After: b})
}

// diffMembers compares the inputs of an object, and then its members that the contract does not know. A row of
// anything but an object is compared as it is.
func diffMembers(rows []DiffRow, inputs []Input, prefix, name string, a, b json.RawMessage) []DiffRow {
	known := map[string]bool{}
	for i := range inputs {
		in := &inputs[i]
		if in.self {
			return diff(rows, in, prefix, a, b)
		}
		known[in.Field.Name] = true
		x, _ := field.Member(a, in.Field.Name)
		y, _ := field.Member(b, in.Field.Name)
		rows = diff(rows, in, prefix, given(x), given(y))
	}
	if !object(a) || !object(b) {
		return append(rows, DiffRow{Name: name, Before: a, After: b})
	}
	for member, x := range field.Members(a) {
		if y, _ := field.Member(b, member); !known[member] && !protime.Equal(x, y) {
			rows = append(rows, DiffRow{Name: name + "." + member, Before: given(x), After: given(y)})
		}
	}
	for member, y := range field.Members(b) {
		if _, ok := field.Member(a, member); !ok && !known[member] && !field.IsNull(y) {
			rows = append(rows, DiffRow{Name: name + "." + member, After: y})
		}
	}
	return rows
}

func diffEntries(rows []DiffRow, in *Input, name string, a, b json.RawMessage) []DiffRow {
	entry := &in.Inputs[0]
	for key, x := range field.Members(a) {
		if y, _ := field.Member(b, key); !protime.Equal(x, y) {
			rows = append(rows, DiffRow{Input: entry, Name: name + "." + key, Before: given(x), After: given(y)})
		}
	}
	for key, y := range field.Members(b) {
		if _, ok := field.Member(a, key); !ok && !field.IsNull(y) {
			rows = append(rows, DiffRow{Input: entry, Name: name + "." + key, After: y})
		}
	}
	return rows
}

// object says that a value has members to compare, if only none: it is an object or not given.
func object(raw json.RawMessage) bool { return raw == nil || raw[0] == '{' }

// array is object for rows.
func array(raw json.RawMessage) bool { return raw == nil || raw[0] == '[' }

func at(rows []json.RawMessage, i int) json.RawMessage {
	if i < len(rows) {
		return given(rows[i])
	}
	return nil
}

func indexed(name string, i int) string { return name + "." + strconv.Itoa(i) }
