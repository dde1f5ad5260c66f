package dryrun

import (
	"slices"
	"strings"
	"unicode"

	"protime-admin/internal/batch"
	"protime-admin/internal/field"
	"protime-admin/internal/search"
	"protime-admin/protime/contract"
)

// mostSamples is how many rows are looked at to see what a column holds.
const mostSamples = 50

// Headings returns a function that says whether a cell is the heading of a column, for who looks for the line of headings.
func (r *Reader) Headings(c *contract.Collection, o batch.Operation) func(cell string) bool {
	names := r.names(r.Inputs(c, o))
	return func(cell string) bool { return len(names.called(folded(cell))) > 0 }
}

// Meaning says what the columns of a sheet mean. headings may be nil; rows are the first ones below them. meant is what
// the person's columns meant the last time, the input by heading, "" for one that was not used. It goes by what was meant,
// then by name, then by what the cells hold. Each input is meant once, but for the parts of a name, which may be two columns.
func (r *Reader) Meaning(
	c *contract.Collection, o batch.Operation, headings []string, rows [][]string, meant map[string]string,
) []batch.Column {
	inputs := r.Inputs(c, o)
	m := meaning{inputs: inputs, names: r.names(inputs), taken: map[string]bool{}}
	m.columns = make([]batch.Column, width(headings, rows))
	m.found = make([]bool, len(m.columns))
	m.likely = r.likely(inputs, rows, len(m.columns))
	for i, heading := range headings {
		m.columns[i].Header = heading
	}
	m.remembered(meant)
	m.skip(r)
	m.named()
	m.guessed()
	return m.columns
}

func width(headings []string, rows [][]string) int {
	n := len(headings)
	for _, row := range rows[:min(len(rows), mostSamples)] {
		n = max(n, len(row))
	}
	return n
}

// meaning is what the columns of one sheet mean while that is found out.
type meaning struct {
	inputs  []Input
	names   names
	columns []batch.Column
	likely  [][]string // by column: the inputs that its cells fit
	found   []bool     // by column: it is decided
	taken   map[string]bool
}

func (m *meaning) take(column int, input string, how batch.How) {
	m.columns[column].Input, m.columns[column].How = input, how
	m.found[column] = true
	m.taken[input] = true
}

// free reports whether no column means an input yet.
func (m *meaning) free(input string) bool { return input != "" && !m.taken[input] }

func (m *meaning) remembered(meant map[string]string) {
	for i, column := range m.columns {
		input, ok := meant[column.Header]
		known := slices.ContainsFunc(m.inputs, func(in Input) bool { return in.Name == input })
		switch {
		case column.Header == "" || !ok:
		case input == "":
			m.columns[i].How, m.found[i] = batch.ByHand, true
		case known && m.free(input):
			m.take(i, input, batch.ByHand)
		}
	}
}

// skip leaves out the columns that a file of this product adds to those of the sheet: why a row is not in Protime, and
// what became of it.
func (m *meaning) skip(r *Reader) {
	is := func(c batch.Column, key string) bool {
		return slices.Contains(r.Texts(key), strings.TrimSpace(c.Header))
	}
	if !slices.ContainsFunc(m.columns, func(c batch.Column) bool { return is(c, "batchrun.why-column") }) {
		return
	}
	for i, column := range m.columns {
		for _, key := range []string{"batchrun.why-column", "batchrun.number", "batchrun.happened", "change.status", "change.id"} {
			if is(column, key) && !m.found[i] {
				m.columns[i].How, m.found[i] = batch.ByHeader, true
			}
		}
	}
}

// named goes by the headings: first those that are called as an input is, then those of which a word is.
func (m *meaning) named() {
	for rank := range ranks {
		for i, column := range m.columns {
			if m.found[i] {
				continue
			}
			for _, input := range m.names[rank][folded(column.Header)] {
				if m.free(input) && m.fits(i, input) || m.isPartOfName(input, column.Header) {
					m.take(i, input, batch.ByHeader)
					break
				}
			}
		}
	}
	for i, column := range m.columns {
		if m.found[i] {
			continue
		}
		var inputs []string
		for _, word := range search.Words(column.Header) {
			inputs = append(inputs, m.names.called(word)...)
		}
		at := slices.IndexFunc(inputs, func(input string) bool { return m.free(input) && m.fits(i, input) })
		if at >= 0 {
			m.take(i, inputs[at], batch.ByValues)
		}
	}
}

// fits reports whether the cells of a column do not speak against a date or a time: most can be read as one, or as none.
func (m *meaning) fits(column int, input string) bool {
	timed := func(name string) bool {
		at := slices.IndexFunc(m.inputs, func(in Input) bool { return in.Name == name })
		return at >= 0 && m.inputs[at].isTimed()
	}
	return !timed(input) || slices.Contains(m.likely[column], input) || !slices.ContainsFunc(m.likely[column], timed)
}

// isPartOfName reports whether a column is the first or the last name beside one column that is the other part.
func (m *meaning) isPartOfName(input, heading string) bool {
	if !strings.HasSuffix(input, batch.SuffixName) {
		return false
	}
	others := slices.DeleteFunc(slices.Clone(m.columns), func(c batch.Column) bool { return c.Input != input })
	part := func(heading string) bool { return slices.Contains(partsOfNames(), folded(heading)) }
	return len(others) == 1 && (part(heading) || part(others[0].Header))
}

// guessed goes by what the cells of a column hold.
func (m *meaning) guessed() {
	for i, inputs := range m.likely {
		if m.found[i] {
			continue
		}
		if at := slices.IndexFunc(inputs, m.free); at >= 0 {
			m.take(i, inputs[at], batch.ByValues)
		}
	}
}

// Unsent are the columns that hold times and are not used, because another column gives the one time that a row has: nothing
// of them is sent. They are places in columns. time is the input of that time.
func (r *Reader) Unsent(c *contract.Collection, o batch.Operation, columns []batch.Column, rows [][]string) (at []int, time Input) {
	inputs := r.Inputs(c, o)
	if !slices.ContainsFunc(columns, func(c batch.Column) bool { return c.Input == "" }) {
		return nil, Input{}
	}
	times := slices.DeleteFunc(slices.Clone(inputs), func(in Input) bool { return !in.isClock() || in.both || in.isDay() })
	if len(times) != 1 || !slices.ContainsFunc(columns, func(c batch.Column) bool { return c.Input == times[0].Name }) {
		return nil, Input{}
	}
	for i, likely := range r.likely(inputs, rows, len(columns)) {
		if columns[i].Input == "" && len(likely) > 0 && likely[0] == times[0].Name {
			at = append(at, i)
		}
	}
	return at, times[0]
}

// likely are, by column, the inputs that three quarters of the first cells fit, the likeliest first.
func (r *Reader) likely(inputs []Input, rows [][]string, columns int) [][]string {
	all := make([][]string, columns)
	for i := range all {
		var cells []string
		for _, row := range rows[:min(len(rows), mostSamples)] {
			if i < len(row) && strings.TrimSpace(row[i]) != "" {
				cells = append(cells, strings.TrimSpace(row[i]))
			}
		}
		if len(cells) == 0 {
			continue
		}
		for _, fits := range r.kinds() {
			for _, in := range inputs {
				fitting := 0
				for _, cell := range cells {
					if fits(in, cell) {
						fitting++
					}
				}
				if 4*fitting >= 3*len(cells) {
					all[i] = append(all[i], in.Name)
				}
			}
		}
	}
	return all
}

// kinds are the kinds of cells that can be told apart, each with the inputs that take it, the surest first.
func (r *Reader) kinds() []func(in Input, cell string) bool {
	everybody := r.everybody()
	of := func(kind field.Kind) func(in Input, cell string) bool {
		return func(in Input, cell string) bool {
			if in.field == nil || in.field.Kind != kind || in.isDay() || in.both {
				return false
			}
			value, problem := field.ParseAs(kind, in.field.Field, field.Typed{Text: plainTime(cell)}, r.today())
			return problem == nil && value != nil
		}
	}
	return []func(in Input, cell string) bool{
		func(in Input, cell string) bool {
			return strings.HasSuffix(in.Name, batch.SuffixBadge) && len(everybody.badges.find(cell)) > 0
		},
		func(in Input, cell string) bool {
			return strings.HasSuffix(in.Name, batch.SuffixNumber) && len(everybody.numbers.find(cell)) > 0
		},
		of(field.Date),
		of(field.Clock),
		func(in Input, cell string) bool {
			_, _, ok := dateAndTime(cell, r.today())
			return in.both && ok
		},
		func(in Input, cell string) bool {
			return strings.HasSuffix(in.Name, batch.SuffixName) && strings.ContainsFunc(cell, unicode.IsLetter) && len(everybody.called(cell)) > 0
		},
		func(in Input, cell string) bool { return in.choice(r, cell) != "" },
		func(in Input, cell string) bool {
			_, known := everybody.directory.Person(cell)
			return in.Person && known && in.Name == stem(in.Name)
		},
	}
}

// folded is a heading or a word of the trade without case, accents, spaces and punctuation.
func folded(text string) string { return strings.Join(search.Words(text), "") }
