package spreadsheet

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Cell is one value of a file that is written. The zero Cell is empty.
type Cell struct {
	kind kind
	text string  // as a CSV file has it
	days float64 // kinds from date on: what an XLSX file has
}

// kind is what an XLSX file makes of a cell. Its number is the cell's style there.
type kind int

const (
	text kind = iota
	number
	date
	clock
	duration
	moment
	heading
	nextDay
)

// Text is a cell of text. In both formats an apostrophe stands before what could be taken for a formula: an XLSX file
// runs no text, but a person who saves it as CSV would have a file that does.
func Text(s string) Cell { return Cell{text: Defused(s)} }

// Texts are cells of text.
func Texts(texts ...string) []Cell {
	cells := make([]Cell, len(texts))
	for i, s := range texts {
		cells[i] = Text(s)
	}
	return cells
}

// Number is a number as JSON writes it, -7.5. What has more digits than Excel keeps, begins with a zero that counts, or is no
// number, is text.
func Number(digits string) Cell {
	value, err := strconv.ParseFloat(digits, 64)
	bare := strings.TrimPrefix(digits, "-")
	padded := len(bare) > 1 && bare[0] == '0' && bare[1] != '.'
	if err != nil || padded || len(bare) > 16 || strings.Trim(bare, ".0123456789") != "" {
		return Text(digits)
	}
	return Cell{kind: number, text: strings.Replace(digits, ".", ",", 1), days: value}
}

// Count is a whole number.
func Count(n int) Cell { return Number(strconv.Itoa(n)) }

// Date is a day, yyyy-mm-dd. What is none, or was before Excel's calendar, is text.
func Date(day string) Cell {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil || at.Before(firstDay()) {
		return Text(day)
	}
	return Cell{kind: date, text: day, days: serial(at)}
}

// Clock is a time of day in minutes since midnight, 0 to 1440.
func Clock(minutes int) Cell {
	return Cell{kind: clock, text: fmt.Sprintf("%02d:%02d", minutes/60, minutes%60), days: float64(minutes) / 1440}
}

// NextDay is a time of the day after a date, in minutes since the midnight of the date, 1440 to 2879. said is that time in
// words, "01:00 (next day)". In an XLSX file it is the number of 25:00 that is shown in these words, and so sorted and added
// up as a time. Other minutes, and words that begin otherwise, are text.
func NextDay(minutes int, said string) Cell {
	after := minutes - 24*60
	words, ok := strings.CutPrefix(said, Clock(after).text)
	if after < 0 || after >= 24*60 || !ok || strings.Contains(words, `"`) {
		return Text(said)
	}
	return Cell{kind: nextDay, text: said, days: float64(minutes) / 1440}
}

// Duration is a length of time in minutes, perhaps negative. It stays a number in an XLSX file when it is negative, so
// that a sum is right; Excel shows ##### for it, unless the workbook counts days from 1904.
func Duration(minutes int) Cell {
	sign, length := "", minutes
	if minutes < 0 {
		sign, length = "-", -minutes
	}
	return Cell{
		kind: duration, text: fmt.Sprintf("%s%d:%02d", sign, length/60, length%60), days: float64(minutes) / 1440,
	}
}

// Moment is a date and time of day of a place, to the second.
func Moment(at time.Time, in *time.Location) Cell {
	local := at.In(in)
	wall := time.Date(local.Year(), local.Month(), local.Day(), local.Hour(), local.Minute(), local.Second(), 0, time.UTC)
	cell := Cell{text: wall.Format(time.DateTime)}
	if !wall.Before(firstDay()) {
		cell.kind, cell.days = moment, serial(wall)
	}
	return cell
}

// firstDay is the first day whose number all programs agree on: Excel takes 1900 for a leap year.
func firstDay() time.Time { return time.Date(1900, time.March, 1, 0, 0, 0, 0, time.UTC) }

// serial is the number of days since Excel's epoch.
func serial(at time.Time) float64 {
	return at.Sub(time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24
}
