// Package spreadsheet writes CSV files that open as a table, and run nothing, in the spreadsheets of Belgian offices.
//
// Which character separates cells, and which one decimals, depends on a computer's region and not on the language that
// a person reads: in Belgium and its neighbours on semicolons and decimal commas. Excel reads a file as UTF-8 only if it
// begins with a byte-order mark.
package spreadsheet

import (
	"encoding/csv"
	"io"
	"strings"
	"unicode"
)

// Writer writes rows. Errors of the io.Writer below may come with a later row, or with Flush.
type Writer struct {
	to    io.Writer
	rows  *csv.Writer
	begun bool
}

// NewWriter returns a Writer that writes to w.
func NewWriter(w io.Writer) *Writer {
	rows := csv.NewWriter(w)
	rows.Comma, rows.UseCRLF = ';', true
	return &Writer{to: w, rows: rows}
}

// Write writes one row; it changes cells that could be taken for formulas.
func (w *Writer) Write(cells []string) error {
	if !w.begun {
		w.begun = true
		if _, err := io.WriteString(w.to, "\ufeff"); err != nil {
			return err
		}
	}
	row := make([]string, len(cells))
	for i, cell := range cells {
		row[i] = Text(cell)
	}
	return w.rows.Write(row)
}

// Flush writes what is buffered.
func (w *Writer) Flush() error {
	w.rows.Flush()
	return w.rows.Error()
}

// A formula begins with one of signs, the full-width and small forms of East Asian keyboards among them. Where a region separates
// cells by another character, a spreadsheet splits a row at separators within a cell, too, whatever the quotes say.
const (
	signs      = "=+-@|＝＋－＠﹦﹢﹣﹫"
	separators = ",;\t\r\n"
)

// Text is a cell that no spreadsheet runs: an apostrophe before a formula's sign, or before a leading tab or line break,
// makes it text. Plain numbers stay numbers.
func Text(cell string) string {
	if !strings.ContainsAny(cell, signs+"\t\r\n") {
		return cell
	}
	var b strings.Builder
	if strings.IndexAny(cell, "\t\r\n") == 0 {
		b.WriteByte('\'')
	}
	for cell != "" {
		end := strings.IndexAny(cell, separators) + 1
		if end == 0 {
			end = len(cell)
		}
		part := cell[:end]
		bare := strings.TrimLeftFunc(part, isIgnored)
		b.WriteString(part[:len(part)-len(bare)])
		if strings.IndexAny(bare, signs) == 0 && !isNumber(strings.TrimRight(bare, separators+`" ]}`)) {
			b.WriteByte('\'')
		}
		b.WriteString(bare)
		cell = cell[end:]
	}
	return b.String()
}

// isIgnored reports whether a spreadsheet may skip a character before a formula.
func isIgnored(r rune) bool {
	return r == '"' || unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
}

// isNumber reports whether a cell is a number, a duration or a time, perhaps negative.
func isNumber(cell string) bool {
	digits := strings.TrimPrefix(cell, "-")
	return digits != "" && strings.Trim(digits, "0123456789.,:") == ""
}
