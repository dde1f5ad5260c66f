package form

import (
	"context"
	"encoding/json"
	"net/url"
	"time"

	"protime-admin/internal/field"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// State is a form as a page draws it.
type State struct {
	Plan     *Plan
	Cells    []Cell   // one for each of the plan's Inputs
	Shown    []Value  // read-only values that are given
	Unknown  []Member // members that the contract does not know: kept as they are
	Problems []Problem
	LeftOut  []string // paths of values that are not sent because the record's kind does not take them
	Opened   string   // for the input `opened`
	Change   string   // the form's id, set by who draws the form
	Why      string
	Note     string
	Return   string
}

// Value is one read-only value.
type Value struct {
	Input *Input
	Raw   json.RawMessage
}

// Member is one member of a record that the contract does not know.
type Member struct {
	Name string // "reviewedBy", "geolocation.accuracy"
	Raw  json.RawMessage
}

// Open draws a record. finder may be nil: references are plain ids then.
func (p *Plan) Open(rec protime.Record, finder Finder) State {
	values, unknown := p.read(rec)
	s := State{
		Plan:    p,
		Cells:   p.cells(values, filler{finder: finder}),
		Shown:   p.shown(values),
		Unknown: unknown,
		Opened:  p.openedOf(values),
	}
	p.apply(s.Cells)
	return s
}

// New draws an empty form, prefilled with values as a person would type them. What cannot be read stays as typed, with
// its problem; what is missing is not asked for yet.
func (p *Plan) New(ctx context.Context, values url.Values, finder Finder, today time.Time) State {
	sub := p.Decode(ctx, values, finder, today)
	for i := range sub.cells {
		sub.cells[i].normalise(sub.finder)
	}
	s := sub.State(protime.Record{})
	s.Opened = "{}"
	return s
}

// normalise writes what could be read the way it is always written, and asks for nothing that is missing.
func (c *Cell) normalise(f filler) {
	understood := c.touched && c.Problem == nil && c.value != nil
	if c.Problem != nil && c.Problem.Key == field.ProblemRequired {
		c.Problem = nil
	}
	for i := range c.Cells {
		c.Cells[i].normalise(f)
	}
	for i := range c.Rows {
		c.Rows[i].normalise(f)
	}
	if !understood || composite(c.Input.Kind) {
		return
	}
	if c.Input.Kind != field.Reference {
		c.Typed, _ = field.FormatAs(c.Input.Kind, c.Input.Field, c.value)
		c.choose()
		return
	}
	if !c.Plain && c.Typed.Text != "" {
		c.Hit, c.Find = f.label(c.Input.Field.Ref, c.Typed.Text)
		c.Was = c.Find
	}
}

// read takes a record apart in one pass: its values in the order of the contract's fields, nil where there is none,
// and the members that the contract does not know.
func (p *Plan) read(rec protime.Record) (values []json.RawMessage, unknown []Member) {
	values = make([]json.RawMessage, len(p.fields))
	for name, raw := range rec.Members() {
		slot, known := p.slots[name]
		switch {
		case known:
			values[slot] = raw
		case !p.Collection.ReplacesRows: // what stands beside such rows is not sent
			unknown = append(unknown, Member{Name: name, Raw: raw})
		}
	}
	for i := range p.fields {
		if f := &p.fields[i]; len(f.Fields) > 0 && values[i] != nil && !f.Personal && f.Ref == "" {
			unknown = unknownBelow(unknown, f, f.Name, values[i])
		}
	}
	return values, unknown
}

// cells draws the plan's inputs from a record's values.
func (p *Plan) cells(values []json.RawMessage, f filler) []Cell {
	cells := make([]Cell, len(p.Inputs))
	for i := range p.Inputs {
		f.fill(&cells[i], &p.Inputs[i], "", values[p.Inputs[i].slot])
	}
	return cells
}

// Opened gives the writable members of a record as they are, for the input `opened`: what a later submit compares
// with, both to see what the person touched and what the server changed.
func (p *Plan) Opened(rec protime.Record) string {
	values, _ := p.read(rec)
	return p.openedOf(values)
}

func (p *Plan) openedOf(values []json.RawMessage) string {
	b := make([]byte, 0, 384)
	b = append(b, '{')
	for i := range p.Inputs {
		raw := values[p.Inputs[i].slot]
		if raw == nil {
			continue
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(b, p.Inputs[i].quoted...)
		b = append(b, raw...)
	}
	return string(append(b, '}'))
}

func (p *Plan) shown(values []json.RawMessage) []Value {
	all := make([]Value, 0, len(p.Shown))
	for i := range p.Shown {
		if raw := given(values[p.Shown[i].slot]); raw != nil {
			all = append(all, Value{Input: &p.Shown[i], Raw: raw})
		}
	}
	return all
}

// unknownBelow lists the unknown members of an object, or of the objects in an array. What a reference brings along
// stands at its record, not here.
func unknownBelow(all []Member, f *contract.Field, name string, raw json.RawMessage) []Member {
	if f.Keyed || isReference(f.Fields) {
		return all
	}
	if f.Type == "array" {
		n := 0
		for element := range field.Elements(raw) {
			all = unknownMembers(all, f.Fields, indexed(name, n), element)
			n++
		}
		return all
	}
	return unknownMembers(all, f.Fields, name, raw)
}

func unknownMembers(all []Member, fields []contract.Field, name string, raw json.RawMessage) []Member {
	for member, value := range field.Members(raw) {
		known := find(fields, member)
		if known == nil {
			all = append(all, Member{Name: name + "." + member, Raw: value})
			continue
		}
		if len(known.Fields) > 0 && known.Ref == "" {
			all = unknownBelow(all, known, name+"."+member, value)
		}
	}
	return all
}

func find(fields []contract.Field, name string) *contract.Field {
	for i := range fields {
		if fields[i].Name == name {
			return &fields[i]
		}
	}
	return nil
}
