// Package spreadsheet reads the tables that people bring and writes those that they take along: CSV, text that was
// copied from a spreadsheet, and XLSX. It knows file formats and nothing of what the cells mean.
//
// What is read may be anything, so everything is bounded: bytes, bytes after unpacking, rows, columns, the length of a
// cell. A file is read row by row and is never in memory as a whole. No formula is ever calculated.
//
// What is written opens as a table, and runs nothing, in the spreadsheets of Belgian offices. Which character separates
// the cells of a CSV file, and which one decimals, depends on a computer's region and not on the language that a person
// reads: in Belgium and its neighbours on semicolons and decimal commas. Excel reads a file as UTF-8 only if it begins
// with a byte-order mark.
package spreadsheet

import (
	"fmt"
	"strconv"
)

// Format is a format of files that are written.
type Format string

// The formats.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// ContentType is the media type of a format.
func (f Format) ContentType() string {
	if f == XLSX {
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "text/csv; charset=utf-8"
}

// Row is one row that has something in it.
type Row struct {
	// Number is that of the row as a spreadsheet counts it, from 1, with the rows that are empty and those of headings.
	Number int
	// Cells are what a person sees in them, without those that are empty at the end:
	//   - a date is 2026-11-20, a time 08:05 (08:05:30 where the seconds are shown), both 2026-11-20 08:05, an elapsed time
	//     30:00 or -1:30, whatever their display format says of order and separators; what it says in brackets after a time
	//     stays, 01:00 (next day);
	//   - a number has plain digits and a decimal point, 670012 or -7.5; a percentage is 80%; true and false are those words;
	//   - a formula gives the value that the file holds for it. One without is the formula itself, =A1+B1, and one that
	//     failed the error, #N/A: CellProblem says so.
	Cells []string
	// Hidden says that the spreadsheet does not show the row, as after filtering.
	Hidden bool
}

// Sheet is what Read says of a file as a whole.
type Sheet struct {
	Format Format
	Name   string   // of the sheet that was read, XLSX only
	Others []string // names of other sheets with something in them that were not read
	Rows   int      // how many rows were given
	Hidden int      // how many of them the spreadsheet does not show
	Merged int      // how many ranges of merged cells there are; each row of one has its value
	// Encoding is "utf-8", "utf-16" or "windows-1252", which was guessed; CSV and pasted text only.
	Encoding string
	// Separator is what separates cells: "\t", ";" or ",", which was guessed; CSV and pasted text only.
	Separator string
}

// Limits bound what is read. A file that is beyond one is an *Error.
type Limits struct {
	Bytes    int64 // of the file
	Unpacked int64 // of a part of an XLSX file
	Rows     int   // with something in them, beside a line of headings
	Columns  int   // up to the last one with something in it
	Cell     int   // characters of a cell
	Line     int64 // bytes of the cells of a row: the cells of an XLSX file can share one long text
	Text     int64 // bytes of all cells
}

// DefaultLimits are those of the product. Excel allows 32,767 characters in a cell.
func DefaultLimits() Limits {
	return Limits{Bytes: 50 << 20, Unpacked: 512 << 20, Rows: 200_000, Columns: 100, Cell: 32_767, Line: 64 << 10, Text: 100 << 20}
}

// Error is why a file cannot be read: a key of the messages with its arguments, never a sentence. Row and Column say
// where, from 1; 0 where that has no place. Args has them, too: "row" as digits and "column" as letters.
type Error struct {
	Key         string
	Row, Column int
	Args        map[string]string
}

func (e *Error) Error() string {
	return fmt.Sprintf("spreadsheet: %s (row %d, column %d)", e.Key, e.Row, e.Column)
}

func problem(key string, args ...string) *Error {
	e := &Error{Key: key, Args: map[string]string{}}
	for i := 0; i+1 < len(args); i += 2 {
		e.Args[args[i]] = args[i+1]
	}
	return e
}

func (e *Error) at(row, column int) *Error {
	e.Row, e.Column = row, column
	e.Args["row"] = strconv.Itoa(row)
	if column > 0 {
		e.Args["column"] = ColumnName(column)
	}
	return e
}

// ColumnName is the letters of a column, from 1: A, Z, AA.
func ColumnName(column int) string {
	name := ""
	for ; column > 0; column = (column - 1) / 26 {
		name = string(rune('A'+(column-1)%26)) + name
	}
	return name
}

// CellProblem returns the key of why a cell holds no value, "" when it does: a formula that nobody calculated, or the
// error that a formula came to.
func CellProblem(cell string) string {
	switch {
	case len(cell) > 1 && cell[0] == '=':
		return "spreadsheet.formula"
	case isFailed(cell):
		return "spreadsheet.failed-formula"
	}
	return ""
}

// isFailed reports whether a cell is one of the errors that a formula can come to.
func isFailed(cell string) bool {
	switch cell {
	case "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA":
		return true
	}
	return false
}
