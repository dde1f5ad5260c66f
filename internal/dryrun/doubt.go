package dryrun

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"protime-admin/internal/batch"
	"protime-admin/internal/field"
	"protime-admin/protime/contract"
)

// Problems of dates and times that can be read in two ways.
const (
	problemMonthFirst = "dryrun.month-first" // text, example: 11/13/2026
	problemTwoDates   = "dryrun.two-dates"   // text: 11/2/2026 in a column with dates as above
	problemHourParts  = "dryrun.hour-parts"  // text: 8.75
	problemTwoTimes   = "dryrun.two-times"   // text: 8.20 in a column with hours as above
	problemDayPart    = "dryrun.day-part"    // text: 0.25, which in a spreadsheet is 06:00
)

// Doubts are what the cells of a sheet say of how its dates and times are written. The zero value is that of no rows.
type Doubts struct {
	columns []cells
}

// cells are how many cells of a column are written in some way.
type cells struct {
	dayFirst, monthFirst int // dates that can be read in one way only
	early, late          int // dates with their year first, up to the 12th of a month and after it
	hourParts            int // hours with a part of one that are no minutes: 8.75
	oneDigit             int // what may be such hours: 8.5
}

// Add takes the cells of another row.
func (d *Doubts) Add(row []string, today time.Time) {
	for len(d.columns) < len(row) {
		d.columns = append(d.columns, cells{})
	}
	for i, text := range row {
		if text != "" {
			d.columns[i].add(strings.TrimSpace(text), today)
		}
	}
}

func (c *cells) add(text string, today time.Time) {
	if hours, part, ok := decimals(text); ok && hours != "0" {
		switch {
		case len(part) == 1:
			c.oneDigit++
		case len(part) > 2 || part >= "60":
			c.hourParts++
		}
	}
	text = strings.TrimLeft(text, letters+strings.ToUpper(letters)+"., ") // a weekday
	text, _, _ = strings.Cut(text, " ")                                   // beside a date there may be its time
	switch at := strings.IndexAny(text, "/-."); {
	case len(text) > len(time.DateOnly):
		return
	case at == 4:
		if date, err := time.Parse(time.DateOnly, text); err == nil && date.Day() > 12 {
			c.late++
		} else if err == nil {
			c.early++
		}
		return
	case at < 1, at > 2:
		return
	}
	_, dayFirst, ok := field.MonthFirst(text, today)
	if ok && dayFirst == "" {
		c.monthFirst++
	}
	if !ok {
		if _, problem := field.ParseAs(field.Date, contract.Field{}, field.Typed{Text: text}, today); problem == nil {
			c.dayFirst++
		}
	}
}

// Note writes the doubts of each column into it.
func (d *Doubts) Note(columns []batch.Column) {
	for i := range columns {
		if i >= len(d.columns) {
			return
		}
		c, column := d.columns[i], &columns[i]
		column.Months, column.Hours = batch.NoDoubt, batch.NoDoubt
		switch {
		case c.monthFirst > 0 && c.dayFirst == 0 && c.early > 0 && c.late == 0:
			column.Months = batch.Converted
		case c.monthFirst > 0 && c.monthFirst >= c.dayFirst:
			column.Months = batch.Otherwise
		case c.monthFirst > 0:
			column.Months = batch.Doubtful
		}
		switch {
		case c.hourParts > 0:
			column.Hours = batch.Otherwise
		case c.oneDigit > 0:
			column.Hours = batch.Doubtful
		}
	}
}

// ReadsAlike reports whether a checker of the same columns with other doubts would find the same.
func (k *Checker) ReadsAlike(columns []batch.Column) bool {
	for _, column := range k.columns {
		if column.at >= len(columns) {
			continue
		}
		other := columns[column.at]
		if column.isDate() && column.months != other.Months || column.isClock() && column.hours != other.Hours {
			return false
		}
	}
	return true
}

// dateProblem is what is wrong with a date that can be, or has to be, read otherwise than with its day first. rest is what
// stands behind the date in its cell.
func (k *Checker) dateProblem(row *batch.Row, column *column, text, rest string) *batch.Finding {
	warn := func(key, date string) {
		row.Check.Warnings = append(row.Check.Warnings, batch.Finding{
			Column: column.at, Key: key, Args: map[string]string{"text": text, "date": date},
		})
	}
	if yearFirst, err := time.Parse(time.DateOnly, text); err == nil {
		month, day := text[5:7], text[8:]
		if column.months == batch.Converted && yearFirst.Day() <= 12 && month != day {
			warn(warningConverted, text[:5]+day+"-"+month)
		}
		return nil
	}
	date, dayFirst, ok := field.MonthFirst(text, k.now)
	if !ok || date == dayFirst {
		return nil
	}
	wrong := &batch.Finding{Column: column.at, Key: problemTwoDates, Args: map[string]string{"text": text}}
	switch {
	case dayFirst == "":
		wrong.Key, wrong.Args["example"] = problemMonthFirst, date
	case column.months == batch.Doubtful:
		warn(warningDayFirst, dayFirst)
		return nil
	case column.months == batch.NoDoubt:
		return nil
	}
	for _, as := range []string{date, dayFirst} { // offered with the month in letters, which is read in one way only
		if at, err := time.Parse(time.DateOnly, as); err == nil {
			wrong.Offers = append(wrong.Offers, batch.Offer{Value: at.Format("2 Jan 2006") + rest, Date: as})
		}
	}
	return wrong
}

// clockProblem is what is wrong with a time that can be, or has to be, read otherwise than as hours and minutes. before is
// what stands before the time in its cell.
func clockProblem(row *batch.Row, column *column, text, before string) *batch.Finding {
	hours, part, ok := decimals(text)
	if !ok || strings.Trim(part, "0") == "" {
		return nil
	}
	wrong := &batch.Finding{Column: column.at, Args: map[string]string{"text": text}}
	offer := func(minutes float64) {
		m := int(math.Round(minutes))
		wrong.Offers = append(wrong.Offers, batch.Offer{Value: fmt.Sprintf("%s%02d:%02d", before, m/60, m%60)})
	}
	value, _ := strconv.ParseFloat(hours+"."+part, 64) // decimals says that it is a number
	whole, _ := strconv.Atoi(hours)
	minutes, _ := strconv.Atoi(part)
	isClock := len(part) == 2 && minutes < 60
	switch {
	case hours == "0":
		wrong.Key = problemDayPart
		offer(24 * 60 * value)
	case !isClock && len(part) > 1:
		wrong.Key = problemHourParts
		offer(60 * value)
	case isClock && column.hours == batch.Otherwise:
		wrong.Key = problemTwoTimes
		offer(60 * value)
	case isClock && (column.hours == batch.Doubtful || part == "25" || part == "50"):
		row.Check.Warnings = append(row.Check.Warnings,
			batch.Finding{Column: column.at, Key: warningHours, Args: map[string]string{"text": text}})
		return nil
	default:
		return nil
	}
	if isClock {
		offer(float64(60*whole + minutes))
	}
	return wrong
}

// decimals splits a number of hours below 24 with a decimal sign.
func decimals(text string) (hours, part string, ok bool) {
	at := strings.IndexAny(text, ".,")
	if at < 1 || at > 2 {
		return "", "", false
	}
	hours, part = text[:at], text[at+1:]
	if part == "" || strings.Trim(hours, "0123456789") != "" || strings.Trim(part, "0123456789") != "" {
		return "", "", false
	}
	return hours, part, len(hours) < 2 || hours < "24"
}
