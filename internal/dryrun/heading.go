package dryrun

import (
	"slices"
	"strings"

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
	m := meaning{
		inputs: inputs, names: r.names(inputs), taken: map[string]bool{}, columns: make([]batch.Column, width(headings, rows)),
		found: make([]bool, width(headings, rows)),
	}
	for i, heading := range headings {
		m.columns[i].Header = heading
	}
	m.remembered(meant)
	m.skip(r.Texts("batchrun.why-column"))
	m.named()
	m.likely(r.values(c, inputs, rows, len(m.columns)))
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
	found   []bool // by column: it is decided
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

// skip leaves out columns that a file of this product adds for people to read.
func (m *meaning) skip(headings []string) {
	for i, column := range m.columns {
		if slices.Contains(headings, strings.TrimSpace(column.Header)) {
			m.found[i] = true
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
				if m.free(input) || m.isPartOfName(input, column.Header) {
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
		if at := slices.IndexFunc(inputs, m.free); at >= 0 {
			m.take(i, inputs[at], batch.ByValues)
		}
	}
}

// isPartOfName reports whether a column is the first or the last name beside another column that is the other part.
func (m *meaning) isPartOfName(input, heading string) bool {
	return strings.HasSuffix(input, batch.SuffixName) && slices.Contains(partsOfNames(), folded(heading))
}

// likely goes by what the cells of a column hold.
func (m *meaning) likely(values [][]string) {
	for i, inputs := range values {
		if m.found[i] {
			continue
		}
		if at := slices.IndexFunc(inputs, m.free); at >= 0 {
			m.take(i, inputs[at], batch.ByValues)
		}
	}
}

// values are, by column, the inputs that most of the first cells fit, the likeliest first.
func (r *Reader) values(c *contract.Collection, inputs []Input, rows [][]string, columns int) [][]string {
	all := make([][]string, columns)
	everybody := r.everybody()
	for i := range all {
		var cells []string
		for _, row := range rows[:min(len(rows), mostSamples)] {
			if i < len(row) && strings.TrimSpace(row[i]) != "" {
				cells = append(cells, row[i])
			}
		}
		if len(cells) == 0 {
			continue
		}
		for _, kind := range []func(in Input, cell string) bool{
			func(in Input, cell string) bool {
				return strings.HasSuffix(in.Name, batch.SuffixBadge) && len(everybody.badges.find(cell)) > 0
			},
			func(in Input, cell string) bool {
				return strings.HasSuffix(in.Name, batch.SuffixNumber) && len(everybody.numbers.find(cell)) > 0
			},
			func(in Input, cell string) bool {
				return in.field != nil && in.field.Kind == field.Date && r.fits(in, cell)
			},
			func(in Input, cell string) bool {
				return in.field != nil && in.field.Kind == field.Clock && in.Hint == "form.hint.clock" && r.fits(in, cell)
			},
			func(in Input, cell string) bool {
				return strings.HasSuffix(in.Name, batch.SuffixName) && len(everybody.called(cell)) > 0
			},
			func(in Input, cell string) bool {
				return in.field != nil && in.field.Kind == field.Choice && in.choice(r, cell) != ""
			},
			func(in Input, cell string) bool {
				_, known := r.People.Person(strings.TrimSpace(cell))
				return in.Person && known && in.Name == stem(in.Name)
			},
		} {
			for _, in := range inputs {
				fitting := 0
				for _, cell := range cells {
					if kind(in, cell) {
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

// fits reports whether a cell can be read as a value of an input.
func (r *Reader) fits(in Input, cell string) bool {
	value, problem := field.ParseAs(in.field.Kind, in.field.Field, field.Typed{Text: cell}, r.today())
	return problem == nil && value != nil
}

// folded is a heading or a word of the trade without case, accents, spaces and punctuation.
func folded(text string) string { return strings.Join(search.Words(text), "") }
