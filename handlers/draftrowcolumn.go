package handlers

import (
	"slices"
	"strings"

	"protime-admin/internal/batch"
	"protime-admin/internal/dryrun"
	"protime-admin/internal/field"
	"protime-admin/internal/tell"
	"protime-admin/protime/contract"
)

// pageColumn is a column of the page: the columns of the sheet that fill one input, as the badge and the name of a person.
type pageColumn struct {
	input  string // "person.id", or batch.InputRecord
	label  string
	sheet  []int          // indexes of the sheet's columns
	member contract.Field // of the record, zero where the input is no member of it
	labels map[int]string // of the sheet's columns
	short  bool
}

// addTime adds the column of the time where the cells of an input hold a date and a time.
func (t *rowTeller) addTime(input string) {
	for _, in := range t.inputs {
		if in.Name != input || in.Time() == "" {
			continue
		}
		if !slices.ContainsFunc(t.columns, func(c pageColumn) bool { return c.input == in.Time() }) {
			t.columns = append(t.columns, t.column(in.Time()))
		}
	}
}

func (t *rowTeller) column(input string) pageColumn {
	column := pageColumn{input: input, label: input, labels: map[int]string{}}
	named := func(in dryrun.Input) bool { return in.Name == input || strings.HasPrefix(in.Name, input+"~") }
	if at := slices.IndexFunc(t.inputs, named); at >= 0 {
		column.label = t.x.inputName(t.inputs[at])
	}
	if input == batch.InputRecord { // it is shown by its name
		column.label = tell.UpperFirst(t.x.words.One(t.d.c))
	}
	if path := strings.TrimSuffix(input, ".id"); !strings.Contains(path, ".") {
		f, ok := t.d.c.Field(path)
		if ok && (isPlain(field.For(f)) || f.Ref != "") {
			column.member = f
			column.short = field.For(f) == field.Clock
			if f.Ref == "people" {
				column.label = t.x.words.Label(t.d.c, f)
			}
		}
	}
	return column
}

// unsentTimes says that the times of some columns are not sent, since a row has one time; "" where there are none. rows are
// some of the draft.
func (x *exchange) unsentTimes(d draft, rows []batch.Result) string {
	lines := make([][]string, len(rows))
	for i, row := range rows {
		lines[i] = row.Cells
	}
	at, time := x.s.dryrun.Unsent(d.c, d.Operation, d.Columns, lines)
	if len(at) == 0 {
		return ""
	}
	names := make([]string, len(at))
	for i, column := range at {
		names[i] = x.columnName(column, d.Columns[column])
	}
	return x.words.T("batch.one-time", "columns", strings.Join(names, ", "), "input", x.inputName(time))
}
