package handlers

import (
	"strings"

	"protime-admin/internal/batch"
)

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
