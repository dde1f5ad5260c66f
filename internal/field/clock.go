package field

import (
	"encoding/json"
	"strconv"

	"protime-admin/protime/contract"
)

// A day has 1440 minutes here, whatever the clocks do that night: times are wall-clock minutes with a date.
// The range is that of the page "Clocking model" of the API's documentation: from 00:00 of the day before to 24:00
// of the day after.
const (
	minutesOfDay  = 1440
	firstMinute   = -minutesOfDay
	lastMinute    = 2 * minutesOfDay
	minutesOfHour = 60
)

// Span gives the first and the last minute that a Clock field takes, from its minimum and maximum.
func Span(f contract.Field) (first, last int) {
	first, last = firstMinute, lastMinute
	if f.Minimum != nil && *f.Minimum > firstMinute {
		first = int(*f.Minimum)
	}
	if f.Maximum != nil && *f.Maximum < lastMinute {
		last = int(*f.Maximum)
	}
	return first, last
}

func parseClock(f contract.Field, t Typed) (json.RawMessage, *Problem) {
	m, ok := readClock(clean(t.Text))
	if !ok {
		return nil, &Problem{Key: ProblemTime}
	}
	switch t.Day {
	case "", "0":
	case "-1":
		m -= minutesOfDay
	case "1":
		m += minutesOfDay
	default:
		return nil, &Problem{Key: ProblemDay}
	}
	first, last := Span(f)
	if m < first || m > last {
		return nil, &Problem{Key: ProblemTimeRange, Args: map[string]string{"min": spanText(first), "max": spanText(last)}}
	}
	return json.RawMessage(strconv.Itoa(m)), nil
}

// readClock reads 8, 830, 0830, 8:30, 8.30, 8h30, 8u30, "8.30 u." and 24:00 as minutes since midnight. Minutes have
// two digits: 8:3 could be 08:03 or 08:30.
func readClock(s string) (int, bool) {
	a, rest := leading(s)
	if after, ok := hourWord(rest); ok && after == "" {
		rest = ""
	}
	if rest == "" {
		return bareClock(a)
	}
	if len(a) == 0 || len(a) > 2 {
		return 0, false
	}
	after, worded := hourWord(rest)
	if !worded {
		after, _ = word(rest, ":", ".", ",", ";")
	}
	b, rest := leading(after)
	if len(b) != 2 {
		return 0, false
	}
	if worded {
		rest, _ = minuteWord(rest)
	} else {
		rest, _ = word(rest, ":00")
		rest, _ = hourWord(rest)
	}
	if rest != "" {
		return 0, false
	}
	return clockOf(number(a), number(b))
}

func bareClock(digits string) (int, bool) {
	n := number(digits)
	switch len(digits) {
	case 1, 2:
		return clockOf(n, 0)
	case 3, 4:
		return clockOf(n/100, n%100)
	}
	return 0, false
}

func clockOf(hours, minutes int) (int, bool) {
	m := hours*minutesOfHour + minutes
	return m, minutes < minutesOfHour && m <= minutesOfDay
}

func formatClock(raw json.RawMessage) (Typed, bool) {
	m, ok := Minutes(raw)
	if !ok || m < firstMinute || m > lastMinute {
		return Typed{Day: "0"}, false
	}
	text, day := ClockText(m)
	return Typed{Text: text, Day: dayText(day)}, true
}

// ClockText writes minutes since midnight as a time and the day it falls on: -1, 0 or 1. The last minute of the
// range is 24:00 of the next day, every other midnight 00:00 of the day that it begins. Outside of -1440..2880 it
// writes the nearest minute inside.
func ClockText(m int) (text string, day int) {
	m = min(max(m, firstMinute), lastMinute)
	switch {
	case m == lastMinute:
		return "24:00", 1
	case m < 0:
		m, day = m+minutesOfDay, -1
	case m >= minutesOfDay:
		m, day = m-minutesOfDay, 1
	}
	h, n := m/minutesOfHour, m%minutesOfHour
	b := [5]byte{'0' + byte(h/10), '0' + byte(h%10), ':', '0' + byte(n/10), '0' + byte(n%10)} //nolint:gosec // below 100
	return string(b[:]), day
}

func dayText(day int) string {
	switch day {
	case -1:
		return "-1"
	case 1:
		return "1"
	}
	return "0"
}

// spanText writes an end of a span for a sentence, with the day where it is not the date's own.
func spanText(m int) string {
	if m == minutesOfDay {
		return "24:00"
	}
	text, day := ClockText(m)
	switch day {
	case -1:
		return text + " (-1)"
	case 1:
		return text + " (+1)"
	}
	return text
}
