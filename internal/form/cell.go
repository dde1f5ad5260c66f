package form

import (
	"encoding/json"
	"strconv"
	"strings"

	"protime-admin/internal/field"
)

// filler draws values into cells as they are, without anything typed.
type filler struct {
	finder Finder // nil: every reference is a plain id
}

// cells fills one cell for each input from the members of a record or row.
func (f filler) cells(inputs []Input, prefix string, raw json.RawMessage) []Cell {
	cells := make([]Cell, len(inputs))
	members := field.Record(raw)
	for i := range inputs {
		in := &inputs[i]
		value := raw
		if !in.self {
			value, _ = members.Lookup(in.Field.Name)
		}
		f.fill(&cells[i], in, prefix, value)
	}
	return cells
}

// fill draws one value. prefix is the name of the row that the input stands in, "" outside of rows.
func (f filler) fill(c *Cell, in *Input, prefix string, raw json.RawMessage) {
	c.Input, c.Raw, c.Applies = in, given(raw), true
	c.Name = in.full
	if prefix != "" {
		c.Name = prefix + in.tail
	}
	switch in.Kind {
	case field.Group, field.Translated:
		c.Unshown = c.Raw != nil && c.Raw[0] != '{'
		if prefix != "" {
			prefix = c.Name
		}
		c.Cells = f.cells(in.Inputs, prefix, c.Raw)
	case field.Rows, field.Values:
		f.rows(c)
	case field.Keyed:
		f.entries(c)
	case field.Reference:
		f.reference(c)
	default:
		var shown bool
		c.Typed, shown = field.FormatAs(in.Kind, in.Field, c.Raw)
		c.Unshown = !shown
	}
	c.choose()
}

// rows draws one cell for each row. Rows behind mostRows are not drawn: they stay as they are.
func (f filler) rows(c *Cell) {
	c.Unshown = c.Raw != nil && c.Raw[0] != '['
	for raw := range field.Elements(c.Raw) {
		if len(c.Rows) == mostRows {
			break
		}
		c.Rows = append(c.Rows, f.row(c, len(c.Rows), raw))
	}
	if len(c.Rows) == 0 && !c.Unshown { // an empty one to type into
		c.Rows = append(c.Rows, f.row(c, 0, nil))
	}
}

func (f filler) row(c *Cell, index int, raw json.RawMessage) Cell {
	row := Cell{Input: c.Input, Name: c.Name + "." + strconv.Itoa(index), Raw: given(raw), Applies: true, index: index}
	row.Unshown = row.Raw != nil && row.Raw[0] != '{' && c.Input.Kind == field.Rows
	if row.Unshown {
		return row
	}
	row.Cells = f.cells(c.Input.Inputs, row.Name, row.Raw)
	return row
}

// entries draws the members of a Keyed value, and one pair of inputs for a new one.
func (f filler) entries(c *Cell) {
	c.Unshown = c.Raw != nil && c.Raw[0] != '{'
	for key, raw := range field.Members(c.Raw) {
		if len(c.Cells) == mostRows {
			break
		}
		c.Cells = append(c.Cells, f.entry(c, key, raw))
	}
	c.Rows = append(c.Rows, f.pair(c, 0))
}

func (f filler) entry(c *Cell, key string, raw json.RawMessage) Cell {
	in := &c.Input.Inputs[0]
	e := Cell{Input: in, Name: c.Name + "." + key, Raw: given(raw), Applies: true, Key: key}
	var shown bool
	e.Typed, shown = field.FormatAs(in.Kind, in.Field, e.Raw)
	e.Unshown = !shown
	e.choose()
	return e
}

func (f filler) pair(c *Cell, n int) Cell {
	in, number := &c.Input.Inputs[0], strconv.Itoa(n)
	return Cell{Input: c.Input, Name: c.Name + SuffixNew + "." + number, Applies: true, index: n, Cells: []Cell{
		{Input: in, Name: c.Name + SuffixKey + "." + number, Applies: true},
		{Input: in, Name: c.Name + SuffixValue + "." + number, Applies: true},
	}}
}

func (f filler) reference(c *Cell) {
	var shown bool
	c.Typed, shown = field.FormatAs(field.Reference, c.Input.Field, c.Raw)
	c.Unshown = !shown
	if f.finder == nil || c.Input.Field.Ref == "" || !f.finder.Offered(c.Input.Field.Ref) {
		c.Plain = true
		return
	}
	if _, _, external := field.External(c.Typed.Text); external {
		c.Find, c.Was, c.Typed.Text = c.Typed.Text, c.Typed.Text, ""
		return
	}
	c.Hit, c.Find = f.label(c.Input.Field.Ref, c.Typed.Text)
	c.Was = c.Find
}

// label names a record by id; where the directory does not know it, the id is its own name.
func (f filler) label(collection, id string) (Hit, string) {
	if id == "" {
		return Hit{}, ""
	}
	hit, ok := f.finder.Label(collection, id)
	if !ok {
		return Hit{}, id
	}
	return hit, hit.Text()
}

// Multiline says that the text needs an input that keeps its lines.
func (c *Cell) Multiline() bool {
	return c.Input.Kind == field.Raw || strings.Contains(c.Typed.Text, "\n")
}

// Hidden lists the names of a removed row's inputs, which the page sends along empty so that the row stays removed.
func (c *Cell) Hidden() []string {
	var names []string
	for i := range c.Cells {
		b := &c.Cells[i]
		if len(b.Cells) == 0 && len(b.Rows) == 0 && !composite(b.Input.Kind) {
			names = append(names, b.Name)
			if b.Unshown {
				names = append(names, b.Name+SuffixKept)
			}
			if b.Input.Kind == field.Reference && !b.Plain {
				names = append(names, b.Name+SuffixFind, b.Name+SuffixWas)
			}
			continue
		}
		names = append(names, b.Hidden()...)
	}
	for i := range c.Rows {
		names = append(names, c.Rows[i].Hidden()...)
	}
	return names
}

// composite says that a value's inputs are those of its parts.
func composite(k field.Kind) bool {
	switch k {
	case field.Group, field.Translated, field.Keyed, field.Rows, field.Values:
		return true
	}
	return false
}

// members says that a value's parts are members of an object that the contract lists.
func members(k field.Kind) bool { return k == field.Group || k == field.Translated }

// lists says that a value is an array.
func lists(k field.Kind) bool { return k == field.Rows || k == field.Values }

// final is the value that a cell without parts has now; nil: not given.
func (c *Cell) final() json.RawMessage {
	if c.touched {
		return c.value
	}
	return c.Raw
}

// empty says that nothing stands in a cell and its parts.
func (c *Cell) empty() bool {
	if c.Unshown && !c.touched {
		return false
	}
	if c.Problem != nil {
		return false
	}
	if c.Input != nil && !composite(c.Input.Kind) {
		return c.final() == nil
	}
	return none(c.Cells, notEmpty) && none(c.Rows, notEmpty)
}

// changed says that a cell or a part of it is not as the form showed it.
func (c *Cell) changed() bool {
	return c.touched || !none(c.Cells, (*Cell).changed) || !none(c.Rows, (*Cell).changed)
}

// seen says that a cell or a part of it was posted.
func (c *Cell) seen() bool {
	return c.posted || !none(c.Cells, (*Cell).seen) || !none(c.Rows, (*Cell).seen)
}

func notEmpty(c *Cell) bool { return !c.empty() }

func none(cells []Cell, is func(*Cell) bool) bool {
	for i := range cells {
		if is(&cells[i]) {
			return false
		}
	}
	return true
}
