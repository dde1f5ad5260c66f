package field

import (
	"encoding/json"
	"strings"
	"time"

	"protime-admin/protime/contract"
)

// Parse reads what was typed. Both results are nil where nothing was typed: the value is to be left out. today is
// the date that "today" and a date without a year mean; only its date is read.
func Parse(f contract.Field, t Typed, today time.Time) (json.RawMessage, *Problem) {
	return ParseAs(For(f), f, t, today)
}

// ParseAs is Parse where the kind is known already.
func ParseAs(k Kind, f contract.Field, t Typed, today time.Time) (json.RawMessage, *Problem) {
	if strings.TrimSpace(t.Text) == "" {
		return nil, nil
	}
	switch k {
	case Clock:
		return parseClock(f, t)
	case Duration:
		return parseDuration(f, t.Text)
	case Date:
		return parseDate(t.Text, today)
	case Integer:
		return parseInteger(f, t.Text)
	case Decimal:
		return parseDecimal(f, t.Text)
	case Choice:
		return parseChoice(f, t.Text)
	case YesNo:
		return parseYesNo(t.Text)
	case Moment:
		return parseMoment(t.Text)
	case Reference:
		return parseReference(f, t.Text)
	case Text:
		return parseText(f, t.Text)
	}
	return parseRaw(t.Text)
}

// Format gives the text of a value as the API gave it; nil and null are no value. shown is false where the kind
// cannot show the value: the text then is "" (for Choice and YesNo the value itself, so that it stays selectable).
func Format(f contract.Field, raw json.RawMessage) (t Typed, shown bool) {
	return FormatAs(For(f), f, raw)
}

// FormatAs is Format where the kind is known already.
func FormatAs(k Kind, f contract.Field, raw json.RawMessage) (t Typed, shown bool) {
	if IsNull(raw) {
		if k == Clock {
			return Typed{Day: "0"}, true
		}
		return Typed{}, true
	}
	switch k {
	case Clock:
		return formatClock(raw)
	case Duration:
		t.Text, shown = formatDuration(raw)
	case Date:
		t.Text, shown = formatDate(raw)
	case Integer:
		t.Text, shown = digits(raw)
	case Decimal:
		t.Text, shown = formatDecimal(raw)
	case Choice:
		t.Text, shown = formatChoice(f, raw)
	case YesNo:
		t.Text, shown = formatYesNo(raw)
	case Moment, Text:
		t.Text, shown = formatText(raw)
	case Reference:
		t.Text, shown = formatReference(raw)
	default:
		t.Text, shown = string(raw), true
	}
	return t, shown
}

// Same says whether two texts of one kind are the same to a person who did not touch the input: browsers send other
// line ends than they were given and drop an empty first line, and the day beside an empty time means nothing.
func Same(k Kind, a, b Typed) bool {
	if a.Text != b.Text && strings.TrimPrefix(lines(a.Text), "\n") != strings.TrimPrefix(lines(b.Text), "\n") {
		return false
	}
	if k != Clock || strings.TrimSpace(a.Text) == "" {
		return true
	}
	return day(a.Day) == day(b.Day)
}

func day(s string) string {
	if s == "" {
		return "0"
	}
	return s
}

// lines writes every line end as \n.
func lines(s string) string {
	if !strings.Contains(s, "\r") {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}
