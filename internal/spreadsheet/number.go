package spreadsheet

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// epoch is the day that a workbook counts days from: true is 1904, as old Macs did.
type epoch bool

// latest is the number of 9999-12-31, the last day that Excel has.
const latest = 2_958_465

// day is the date of a number of days, "" where Excel has none. Excel takes 1900 for a leap year, so the numbers before its
// 1 March are one less.
func (from epoch) day(n int) string {
	start := time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case n < 0 || n > latest:
		return ""
	case bool(from):
		start = time.Date(1904, time.January, 1, 0, 0, 0, 0, time.UTC)
	case n == 0, n == 60:
		return ""
	case n < 60:
		n++
	}
	return start.AddDate(0, 0, n).Format(time.DateOnly)
}

// show is a number as text, false where raw is none.
func (f numberFormat) show(raw string, from epoch) (string, bool) {
	plain, value, ok := plainNumber(raw)
	switch {
	case !ok:
		return "", false
	case f.date || f.time || f.elapsed:
		if shown := f.moment(value, from); shown != "" {
			return shown, true
		}
	case f.percent:
		shown, _, _ := plainNumber(strconv.FormatFloat(100*value, 'e', 14, 64))
		return shown + "%", true
	case f.zeros > len(plain) && strings.Trim(plain, "0123456789") == "":
		return strings.Repeat("0", f.zeros-len(plain)) + plain, true
	}
	return plain, true
}

// moment is a number of days as date, time or both, "" where it is none.
func (f numberFormat) moment(value float64, from epoch) string {
	if math.Abs(value) > latest+1 {
		return ""
	}
	// A time is a fraction of a day that is never quite exact.
	seconds := int(math.Round(value * 86_400))
	if f.elapsed {
		sign := ""
		if seconds < 0 {
			sign, seconds = "-", -seconds
		}
		hours := strconv.Itoa(seconds / 3600)
		if f.padded {
			hours = fmt.Sprintf("%02d", seconds/3600)
		}
		return sign + hours + f.minutes(seconds%3600)
	}
	if seconds < 0 {
		return ""
	}
	days, seconds := seconds/86_400, seconds%86_400
	day, clock := from.day(days), fmt.Sprintf("%02d", seconds/3600)+f.minutes(seconds%3600)
	switch {
	case f.date && f.time && days > 0 && day != "":
		return day + " " + clock
	case f.time && (!f.date || days == 0):
		return clock + f.said
	}
	return day
}

// minutes are those of an hour, with the seconds where they are shown and not zero.
func (f numberFormat) minutes(seconds int) string {
	if f.seconds && seconds%60 != 0 {
		return fmt.Sprintf(":%02d:%02d", seconds/60, seconds%60)
	}
	return fmt.Sprintf(":%02d", seconds/60)
}

// plainNumber writes a number without exponent, with the 15 digits that Excel shows of the 17 that it may store.
func plainNumber(raw string) (string, float64, bool) {
	value, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsNaN(value) || math.IsInf(value, 0) || strings.ContainsAny(raw, "xX_pP") {
		return "", 0, false
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(value, 'e', 14, 64), 64) // what was just formatted
	if rounded == 0 {
		return "0", 0, true
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64), value, true
}

// isoMoment is a date that a file holds as text, 2026-11-20T08:05:00, as other cells have it.
func isoMoment(text string) string {
	day, clock, both := strings.Cut(strings.TrimSuffix(text, "Z"), "T")
	clock, _, _ = strings.Cut(clock, ".")
	clock = strings.TrimSuffix(clock, ":00")
	if !both || clock == "00:00" {
		return day
	}
	return strings.TrimSpace(day + " " + clock)
}
