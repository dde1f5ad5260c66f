package dryrun

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"protime-admin/internal/batch"
	"protime-admin/internal/field"
	"protime-admin/internal/form"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// Input is something that a column can mean.
type Input struct {
	Name   string   // of batch.Column.Input
	Labels []string // message keys of its label, the first that exists counting
	Human  string   // the label where none of them exists
	Row    int      // from 1: which row of a list it is in, where it is in one
	Person bool     // it is one of the ways to say who a person is
	// Required says that a record cannot be made without it. Of the ways to say who a person is one is enough.
	Required bool
	// Usual says that every record has it, though a row that changes one may leave it as it is.
	Usual bool

	field *form.Input
	words []form.Option // what a Choice or YesNo takes
	both  bool          // its cells hold a date and a time
	time  string        // of both: the input that the time is of
	order int
}

// SuffixTime is that of an input whose cells hold a date and a time of it: "date~time".
const SuffixTime = "~time"

// Time is the input of the time that its cells hold beside a date, "" where they hold one value.
func (in Input) Time() string { return in.time }

// isTimed reports whether an input takes dates or times.
func (in Input) isTimed() bool {
	return in.field != nil && (in.field.Kind == field.Date || in.field.Kind == field.Clock)
}

func (in Input) isDate() bool { return in.isTimed() && in.field.Kind == field.Date }

func (in Input) isClock() bool { return in.isTimed() && (in.field.Kind == field.Clock || in.both) }

func (in Input) isDay() bool { return strings.HasSuffix(in.Name, form.SuffixDay) }

// mostRows is how many rows of a list within a record a sheet can have columns for.
const mostRows = 3

// Inputs are what the columns of a sheet can mean, in the order of a list to choose from: first who and when, then what
// is required otherwise, the note, and the rest.
func (r *Reader) Inputs(c *contract.Collection, o batch.Operation) []Input {
	var all []Input
	if o == batch.Replace || o == batch.Delete {
		all = append(all, Input{
			Name: batch.InputRecord, Labels: []string{"dryrun.input.record"}, Required: true,
		})
	}
	if o == batch.Create || o == batch.Replace {
		plan := r.Plan(c, VerbOf(o))
		all = moments(leaves(all, plan.Open(protime.Record{}, nil).Cells, within{}))
	}
	all = append(all, Input{Name: batch.InputNote, Labels: []string{"dryrun.input.note"}, order: orderNote})
	if o == batch.Replace {
		for i := range all {
			all[i].Usual, all[i].Required = all[i].Required, all[i].Name == batch.InputRecord
		}
	}
	slices.SortStableFunc(all, func(a, b Input) int { return cmp.Compare(a.order, b.order) })
	return all
}

// moments adds the input of a date and a time in one cell, where a record has one of each.
func moments(all []Input) []Input {
	dates := slices.DeleteFunc(slices.Clone(all), func(in Input) bool { return in.order != orderDate })
	times := slices.DeleteFunc(slices.Clone(all), func(in Input) bool { return in.order != orderTime })
	if len(dates) != 1 || len(times) != 1 {
		return all
	}
	both := dates[0]
	both.Name, both.Labels = both.Name+SuffixTime, []string{"dryrun.input.moment"}
	both.both, both.time, both.order = true, times[0].Name, orderTime
	return append(all, both)
}

// The order of inputs in a list to choose from.
const (
	orderRecord = iota
	orderPerson
	orderDate
	orderTime
	orderRequired
	orderOptional
	orderNote
	orderOther
)

// within is where an input stands in a record.
type within struct {
	row      int  // of a list, from 1; 0 for none
	optional bool // what it is part of may be left out
	seldom   bool // what it is part of stands at the end
}

// leaves adds the inputs of some cells and of those below them.
func leaves(all []Input, cells []form.Cell, in within) []Input {
	for i := range cells {
		c, below := &cells[i], in
		below.optional = in.optional || !c.Input.Field.Required
		below.seldom = in.seldom || below.optional || c.Input.Field.When != nil
		switch c.Input.Kind {
		case field.Keyed: // its members are named freely
		case field.Group, field.Translated:
			all = leaves(all, c.Cells, below)
		case field.Rows, field.Values:
			for n := range mostRows {
				below.row = n + 1
				below.optional, below.seldom = below.optional || n > 0, below.seldom || n > 0
				all = leaves(all, renamed(c.Rows[0].Cells, c.Name, n), below)
			}
		default:
			all = append(all, leaf(c, in)...)
		}
	}
	return all
}

// renamed are the cells of the first row of a list as those of another one.
func renamed(cells []form.Cell, list string, n int) []form.Cell {
	cells = slices.Clone(cells)
	for i := range cells {
		cells[i].Name = list + "." + strconv.Itoa(n) + strings.TrimPrefix(cells[i].Name, list+".0")
		cells[i].Cells = renamed(cells[i].Cells, list, n)
	}
	return cells
}

// leaf is one input, with those that say the same in another way.
func leaf(c *form.Cell, at within) []Input {
	f := c.Input.Field
	in := Input{
		Name: c.Name, Labels: c.Input.Labels, Human: c.Input.Human, Row: at.row, Required: f.Required && !at.optional,
		field: c.Input, words: c.Options,
	}
	in.order = in.place(at)
	switch c.Input.Kind {
	case field.Clock:
		day := in
		day.Name, day.Labels = c.Name+form.SuffixDay, []string{"dryrun.input.day"}
		day.Required, day.order = false, orderOther
		return []Input{in, day}
	case field.Reference:
		if f.Ref == "people" {
			return ways(in)
		}
	}
	return []Input{in}
}

// ways are the inputs that say who a person is.
func ways(in Input) []Input {
	in.Person = true
	name, badge, number, id := in, in, in, in
	name.Name = in.Name + batch.SuffixName
	badge.Name, badge.Labels = in.Name+batch.SuffixBadge, []string{"field.badgeNumber"}
	number.Name, number.Labels = in.Name+batch.SuffixNumber, []string{"field.employeeNumber"}
	id.Labels = []string{"dryrun.input.person-id"}
	return []Input{name, badge, number, id}
}

// place is where an input stands in a list to choose from.
func (in Input) place(at within) int {
	f := in.field.Field
	switch {
	case f.Ref == "people":
		return orderPerson
	case f.When != nil, at.seldom:
		return orderOther
	case in.Required && in.field.Kind == field.Date:
		return orderDate
	case in.Required && in.field.Kind == field.Clock:
		return orderTime
	case in.Required:
		return orderRequired
	}
	return orderOptional
}

// Input is the one of a name, such as "person.id~badge"; false where a sheet of the operation has none.
func (r *Reader) Input(c *contract.Collection, o batch.Operation, name string) (Input, bool) {
	all := r.Inputs(c, o)
	i := slices.IndexFunc(all, func(in Input) bool { return in.Name == name })
	if i < 0 {
		return Input{}, false
	}
	return all[i], true
}

// Missing are the inputs that are required and that neither a column nor what every row has gives. Of the ways to say
// who a person is, the first stands for all.
func (r *Reader) Missing(b batch.Batch) []Input {
	c, ok := r.Contract.Collection(b.Collection)
	if !ok {
		return nil
	}
	given := map[string]bool{}
	inputs := r.Inputs(c, b.Operation)
	for _, column := range b.Columns {
		given[stem(column.Input)] = true
		if in, ok := named(inputs, column.Input); ok && in.both {
			given[in.time] = true
		}
	}
	for name, value := range presets(c, b) {
		given[stem(name)] = given[stem(name)] || value != ""
	}
	var missing []Input
	for _, in := range inputs {
		if in.Required && in.Row <= 1 && !given[stem(in.Name)] {
			given[stem(in.Name)] = true
			missing = append(missing, in)
		}
	}
	return missing
}

// stem is the name of an input without the way in which its cells give it.
func stem(name string) string {
	for _, suffix := range []string{batch.SuffixBadge, batch.SuffixNumber, batch.SuffixName, SuffixTime} {
		if before, ok := strings.CutSuffix(name, suffix); ok {
			return before
		}
	}
	return name
}

// presets are the values that every row has: those of the batch, and those that a new form is filled in with.
func presets(c *contract.Collection, b batch.Batch) map[string]string {
	if b.Operation != batch.Create {
		return b.Preset
	}
	all := map[string]string{}
	for name, value := range c.Preset {
		all[name] = value
	}
	for name, value := range b.Preset {
		all[name] = value
	}
	return all
}
