package spreadsheet

import (
	"slices"
	"strings"
	"unicode"
)

// headingRows is how many rows HeadingRow looks at.
const headingRows = 15

// HeadingRow suggests which of the first rows has the headings of the columns: the number of a Row, or 0 where there is
// none. known tells a heading whose meaning is known from other words.
//
// Rows with a title have fewer cells than those below, and of two rows of headings the second one names each column. Headings
// that come again below a row with values are those of another page of a report, and no reason to drop that row.
func HeadingRow(rows []Row, known func(cell string) bool) int {
	rows = rows[:min(len(rows), headingRows)]
	best, most, below := 0, 0, false // below: there are values below the best
	for _, row := range rows {
		n := 0
		for _, cell := range row.Cells {
			if known(strings.TrimSpace(cell)) {
				n++
			}
		}
		switch {
		case (n > 1 || n == 1 && !hasValues(row)) && (n > most || n == most && !below):
			best, most, below = row.Number, n, false
		case hasValues(row):
			below = true
		}
	}
	if best > 0 {
		return best
	}
	// Words above the first row with a number, a date or a time.
	first := slices.IndexFunc(rows, hasValues)
	if first < 1 {
		return 0
	}
	above := rows[first-1]
	filled := filledCells(above)
	slices.Sort(filled)
	if 2*len(filled) < len(filledCells(rows[first])) || len(slices.Compact(filled)) < len(filledCells(above)) {
		return 0
	}
	return above.Number
}

// hasValues reports whether a cell of a row begins with a digit, which headings rarely do: "Time 1" is one.
func hasValues(row Row) bool {
	return slices.ContainsFunc(row.Cells, func(cell string) bool {
		return strings.IndexFunc(strings.TrimSpace(cell), unicode.IsDigit) == 0
	})
}

func filledCells(row Row) []string {
	return slices.DeleteFunc(slices.Clone(row.Cells), func(cell string) bool { return strings.TrimSpace(cell) == "" })
}
