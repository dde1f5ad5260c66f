package spreadsheet_test

import (
	"slices"
	"testing"

	"protime-admin/internal/spreadsheet"
)

func TestHeadingsAreFoundByTheirWords(t *testing.T) {
	known := func(cell string) bool { return slices.Contains([]string{"Badge", "Tijd", "Datum", "Naam"}, cell) }
	for _, test := range []struct {
		name string
		rows [][]string // an empty one is no row, but counted
		want int
	}{
		{"the first row", [][]string{{"Badge", "Tijd"}, {"670012", "08:05"}}, 1},
		{"words that nobody knows", [][]string{{"Chip", "Moment"}, {"670012", "08:05"}}, 1},
		{"words with numbers that nobody knows", [][]string{{"Chip", "Moment 1"}, {"670012", "08:05"}, {"670013", "08:06"}}, 1},
		{"none", [][]string{{"670012", "08:05"}, {"670013", "08:06"}}, 0},
		{"none among names alone", [][]string{{"Els Peeters"}, {"Jan Maes"}}, 0},
		{"one column", [][]string{{"Badge"}, {"670012"}}, 1},
		{"below titles and an empty row", [][]string{{"Terminal poort 2, 20/11/2026"}, {}, {"Badge", "Tijd", "Wat"}, {"670012", "08:05", "in"}}, 3},
		{"below a title, words that nobody knows", [][]string{{"Terminal"}, {"Chip", "Moment", "Wat"}, {"670012", "08:05", "in"}}, 2},
		{"a title and no headings", [][]string{{"Terminal"}, {"670012", "08:05", "in"}}, 0},
		{"the second of two", [][]string{{"Persoon", "", "Registratie"}, {"Naam", "Badge", "Datum", "Tijd"}, {"Els", "1", "2026-11-20", "08:05"}}, 2},
		{"the second of two that nobody knows", [][]string{{"Wie", "", "Wanneer"}, {"Alias", "Chip", "Moment"}, {"Els", "1", "08:05"}}, 2},
		{"again below some rows", [][]string{{"Badge", "Tijd"}, {"670012", "08:05"}, {"Badge", "Tijd"}, {"670013", "08:06"}}, 1},
		{"below what a terminal says of itself", [][]string{{"Naam", "Poort"}, {"Datum", "20/11/2026"}, {"Badge", "Tijd"}, {"670012", "08:05"}}, 3},
		{"known words among the data", [][]string{{"670012", "Badge"}, {"670013", "Badge"}}, 0},
		{"names below known words", [][]string{{"Naam"}, {"Els"}, {"Jan"}}, 1},
		{"nothing", nil, 0},
	} {
		var rows []spreadsheet.Row
		for i, cells := range test.rows {
			if len(cells) > 0 {
				rows = append(rows, spreadsheet.Row{Number: i + 1, Cells: cells})
			}
		}
		if got := spreadsheet.HeadingRow(rows, known); got != test.want {
			t.Errorf("%s: got row %d, want %d", test.name, got, test.want)
		}
	}
}
