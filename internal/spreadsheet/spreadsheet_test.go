package spreadsheet_test

import (
	"encoding/csv"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"protime-admin/internal/spreadsheet"
)

func TestAFileOpensAsATableInBelgianExcel(t *testing.T) {
	var file strings.Builder
	w := spreadsheet.NewWriter(&file, spreadsheet.CSV, []string{"Time", "Why"})
	for _, row := range [][]spreadsheet.Cell{
		{spreadsheet.Clock(485), spreadsheet.Text(`a;b "c"`)}, {spreadsheet.Duration(-456), spreadsheet.Text("=1")},
	} {
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	want := "\ufeffTime;Why\r\n08:05;\"a;b \"\"c\"\"\"\r\n-7:36;'=1\r\n"
	if got := file.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// FuzzCell: no cell of a file is a formula, in a spreadsheet that splits rows at commas and in one that splits them at
// semicolons, and what was typed can still be read.
func FuzzCell(f *testing.F) {
	for _, text := range []string{
		"", "Els", "-5", "-1,5", "=1+1", "+32 475 12 34 56", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "|cmd", `x;=HYPERLINK("y")`,
		`a,+1`, "a\n=1", `";=1`, `[{"duration":-5},-7]`, "Jan, -Maes", "\x00=", "-.-", "\u00a0=1", "ok;=1+1", " \t@x", "\x01=1", "\u200b=1",
		"﹦1", "\u061c﹫x",
	} {
		f.Add(text)
	}
	number := regexp.MustCompile(`^-?[0-9.,:]+$`)
	f.Fuzz(func(t *testing.T, text string) {
		safe := spreadsheet.Defused(text)
		if got := strings.ReplaceAll(safe, "'", ""); got != strings.ReplaceAll(text, "'", "") {
			t.Fatalf("%q: got %q, want the same but for apostrophes", text, safe)
		}
		for _, comma := range []rune{',', ';'} {
			var file strings.Builder
			w := csv.NewWriter(&file)
			w.Comma, w.UseCRLF = comma, true
			if err := w.Write([]string{"1", safe, "2"}); err != nil {
				t.Fatal(err)
			}
			w.Flush()
			for _, cell := range strings.FieldsFunc(file.String(), func(r rune) bool { return strings.ContainsRune(",;\t\r\n", r) }) {
				cell = strings.TrimLeftFunc(cell, func(r rune) bool {
					return r == '"' || unicode.In(r, unicode.White_Space, unicode.Cc, unicode.Cf)
				})
				if runsAs(cell) && !number.MatchString(strings.TrimRight(cell, `" ]}`)) {
					t.Fatalf("%q: got %q, in which a spreadsheet finds %q", text, file.String(), cell)
				}
			}
		}
	})
}

// runsAs tells whether a spreadsheet may take a cell for a formula.
func runsAs(cell string) bool {
	for _, sign := range []string{"=", "+", "-", "@", "|", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫"} {
		if strings.HasPrefix(cell, sign) {
			return true
		}
	}
	return false
}
