package spreadsheet_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"protime-admin/internal/spreadsheet"
)

// within reads a file and checks what holds of every file: rows in order, none empty, nothing beyond the limits, and an
// error that says where.
func within(t *testing.T, file []byte, name string) {
	t.Helper()
	limits := spreadsheet.Limits{Bytes: 1 << 20, Unpacked: 1 << 20, Rows: 50, Columns: 10, Cell: 100}
	last, rows := 0, 0
	sheet, err := spreadsheet.NewReader(limits, 1).Read(t.Context(), bytes.NewReader(file), int64(len(file)), name, func(r spreadsheet.Row) error {
		rows++
		switch {
		case r.Number <= last:
			t.Errorf("row %d after row %d", r.Number, last)
		case len(r.Cells) == 0, len(r.Cells) > limits.Columns, strings.TrimSpace(r.Cells[len(r.Cells)-1]) == "":
			t.Errorf("row %d: got %q", r.Number, r.Cells)
		}
		for _, cell := range r.Cells {
			if !utf8.ValidString(cell) || strings.ContainsRune(cell, 0) || utf8.RuneCountInString(cell) > limits.Cell {
				t.Errorf("row %d: got the cell %q", r.Number, cell)
			}
		}
		last = r.Number
		return nil
	})
	why := (*spreadsheet.Error)(nil)
	if rows > 1+limits.Rows || err == nil && (rows == 0 || sheet.Rows != rows) || err != nil && !errors.As(err, &why) {
		t.Errorf("got %d rows, %+v, %v", rows, sheet, err)
	}
}

func FuzzReadText(f *testing.F) {
	for _, text := range []string{"a;b\n1;2", "a\t\"b\nc\"\n", "\xff\xfea\x00", "sep=,\na,b", "\"", "\"\"\"", "a\rb\r\n\n", "\xe9;\x81", "é\xe9", "'=1;'", ";;;;;;;;;;;;;x"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, file []byte) { within(t, file, "sheet.csv") })
}

func FuzzReadXLSX(f *testing.F) {
	for _, data := range []string{
		`<row r="1"><c r="A1" s="1"><v>46346.5</v></c></row>`, `<row r="2"><c r="A2" t="s"><v>0</v></c></row>`, `<row><c><f>A1</f></c></row>`,
		`</sheetData><mergeCells><mergeCell ref="A1:A9"/></mergeCells>`, `<row r="1"><c t="inlineStr"><is><t>_x0041_</t></is></c></row>`,
		`<c t="str"><v>no row</v></c></row>`, `<row><row><c><v>1</v></c></row></row>`, `<row r="9"><c r="B9" t="e"><v>#N/A</v></c></row>`, `<row hidden="1"><c t="d"><v>2026-11-20T08:05:00</v></c></row>`,
	} {
		f.Add(data, "yyyy-mm-dd hh:mm", "a", uint16(0), byte(0))
	}
	f.Fuzz(func(t *testing.T, data, code, text string, at uint16, b byte) {
		file := book(t, data, parts{
			"xl/styles.xml":        `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="` + code + `"/></numFmts><cellXfs><xf/><xf numFmtId="164"/></cellXfs></styleSheet>`,
			"xl/sharedStrings.xml": `<sst><si><t>` + text + `</t></si></sst>`,
		})
		within(t, file, "sheet.xlsx")
		file[int(at)%len(file)] ^= b // damaged in one place
		within(t, file, "sheet.xlsx")
	})
}

// FuzzRowsComeBack: what is written is read again, every row of it, but for the apostrophes before formulas.
func FuzzRowsComeBack(f *testing.F) {
	f.Add("Els", "=1+1", "a\nb")
	f.Add(`"`, "x;y", "  ")
	f.Add("_x0041_", "\x01", "'")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		for _, text := range []string{a, b, c} {
			if !utf8.ValidString(text) || len(text) > 1000 || strings.ContainsAny(text, "\x00\t\r\ufeff\ufffd\ufffe\uffff") {
				return // a file cannot hold it, or reading changes it on purpose
			}
		}
		bare := func(s string) string { return strings.ReplaceAll(strings.ReplaceAll(s, "'", ""), "\r", "") }
		for _, format := range []spreadsheet.Format{spreadsheet.CSV, spreadsheet.XLSX} {
			var file bytes.Buffer
			w := spreadsheet.NewWriter(&file, format, []string{"Name", "Why", "What", "End"})
			for range 3 {
				if err := w.Write(spreadsheet.Texts(a, b, c, "end")); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			var got [][]string
			_, err := spreadsheet.NewReader(spreadsheet.DefaultLimits(), 1).Read(t.Context(), bytes.NewReader(file.Bytes()), int64(file.Len()), "",
				func(r spreadsheet.Row) error {
					for i := range r.Cells {
						r.Cells[i] = bare(r.Cells[i])
					}
					got = append(got, r.Cells)
					return nil
				})
			want := []string{bare(a), bare(b), bare(c), "end"}
			if err != nil || len(got) != 4 || !slices.Equal(got[1], want) || !slices.Equal(got[3], want) {
				t.Errorf("%s: got %q, %v, want three times %q", format, got, err, want)
			}
		}
	})
}
