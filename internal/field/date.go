package field

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode"
)

const isoDate = "2006-01-02"

func parseDate(text string, today time.Time) (json.RawMessage, *Problem) {
	text = clean(text)
	d, ok := readDate(text, today)
	switch {
	case !ok && monthLength(text, today.Year()) > 0:
		return nil, &Problem{Key: ProblemNoDay, Args: map[string]string{"days": strconv.Itoa(monthLength(text, today.Year()))}}
	case !ok:
		return nil, &Problem{Key: ProblemDate}
	}
	return json.RawMessage(d.AppendFormat(make([]byte, 0, len(isoDate)+2), `"`+isoDate+`"`)), nil
}

// readDate reads 2026-11-17, 20261117, 17/11/2026 (also with - or .), 17/11 of this year, "Tue 17 Nov 2026" and the words for
// yesterday, today and tomorrow in four languages, and +1 or -1 day. Of two numbers the day comes before the month, but
// after it where the year comes first.
func readDate(s string, today time.Time) (time.Time, bool) {
	y, m, d := today.Date()
	switch s {
	case "today", "vandaag", "aujourd'hui", "aujourdhui", "heute":
		return dateOf(y, int(m), d)
	case "yesterday", "gisteren", "hier", "gestern":
		return dateOf(y, int(m), d-1)
	case "tomorrow", "morgen", "demain":
		return dateOf(y, int(m), d+1)
	}
	if s != "" && (s[0] == '+' || s[0] == '-') {
		n, err := strconv.Atoi(s)
		if err != nil || len(s) > 4 {
			return time.Time{}, false
		}
		return dateOf(y, int(m), d+n)
	}
	return numericDate(s, y)
}

// StepDate is a date some days later as 2026-11-17; text that is no date is returned as it is.
func StepDate(text string, today time.Time, days int) string {
	date, ok := readDate(clean(text), today)
	if !ok {
		return text
	}
	return date.AddDate(0, 0, days).Format(isoDate)
}

func numericDate(s string, year int) (time.Time, bool) {
	year, month, day, ok := dateParts(s, year)
	if !ok {
		return time.Time{}, false
	}
	return calendarDate(year, month, day)
}

// MonthFirst reads a date of numbers as if its month came before its day, 11/13/2026 or Mon 11/2/2026, as yyyy-mm-dd; false
// for every other text. dayFirst is the date as it is read otherwise, "" where it is none.
func MonthFirst(text string, today time.Time) (date, dayFirst string, ok bool) {
	text = strings.TrimLeftFunc(clean(text), func(r rune) bool { return !unicode.IsDigit(r) })
	at := strings.IndexAny(text, "/-.")
	if at < 1 || at > 2 || strings.IndexFunc(text, unicode.IsLetter) >= 0 {
		return "", "", false
	}
	year, month, day, ok := dateParts(text, today.Year())
	if !ok {
		return "", "", false
	}
	swapped, ok := calendarDate(year, day, month)
	if !ok {
		return "", "", false
	}
	if as, ok := calendarDate(year, month, day); ok {
		dayFirst = as.Format(isoDate)
	}
	return swapped.Format(isoDate), dayFirst, true
}

// monthLength is how many days the month of a text has that is a date but for a day that the month does not have, such
// as 30 February; 0 for any other text.
func monthLength(s string, year int) int {
	y, month, day, ok := dateParts(s, year)
	if !ok || len(day) > 2 || number(day) < 29 || number(day) > 31 {
		return 0
	}
	if _, ok = calendarDate(y, month, "1"); !ok {
		return 0
	}
	last, _ := dateOf(y, number(month)+1, 0)
	return last.Day()
}

// dateParts splits a date; the year is this one where it names none.
func dateParts(s string, year int) (y int, month, day string, ok bool) {
	if strings.IndexFunc(s, unicode.IsLetter) >= 0 {
		return wordedParts(s, year)
	}
	if digits, rest := leading(s); len(digits) == 8 && rest == "" {
		return number(s[:4]), s[4:6], s[6:], true
	}
	i := strings.IndexAny(s, "/-.")
	if i < 0 {
		return 0, "", "", false
	}
	parts := strings.Split(strings.TrimSuffix(s, "."), s[i:i+1])
	var n [3]int
	if len(parts) < 2 || len(parts) > 3 {
		return 0, "", "", false
	}
	for j, p := range parts {
		p = strings.TrimSpace(p)
		digits, rest := leading(p)
		if rest != "" || len(digits) == 0 || len(digits) > 4 {
			return 0, "", "", false
		}
		parts[j], n[j] = p, number(digits)
	}
	switch {
	case len(parts) == 2:
		return year, parts[1], parts[0], true
	case len(parts[0]) == 4 && s[i] != '.':
		return n[0], parts[1], parts[2], true
	case len(parts[2]) == 4:
		return n[2], parts[1], parts[0], true
	case len(parts[2]) == 2 && s[i] != '-': // 26-11-17 might begin with its year
		return 2000 + n[2], parts[1], parts[0], true
	}
	return 0, "", "", false
}

// calendarDate refuses what is no day of the calendar, such as 31 November.
func calendarDate(year int, month, day string) (time.Time, bool) {
	m, d := number(month), number(day)
	if len(month) > 2 || len(day) > 2 || m < 1 || m > 12 || d < 1 {
		return time.Time{}, false
	}
	t, ok := dateOf(year, m, d)
	return t, ok && t.Day() == d
}

// dateOf counts days past the end of a month on. UTC is the calendar here, no place.
func dateOf(year, month, day int) (time.Time, bool) {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return t, t.Year() >= 1000 && t.Year() <= 9999
}

func formatDate(raw json.RawMessage) (string, bool) {
	s, ok := Unquote(raw)
	if !ok || len(s) != len(isoDate) || s[4] != '-' || s[7] != '-' {
		return "", false
	}
	d, ok := numericDate(s, 0)
	if !ok || d.Year() < 1000 {
		return "", false
	}
	return s, true
}

func parseMoment(text string) (json.RawMessage, *Problem) {
	text = strings.TrimSpace(text)
	if _, err := time.Parse(time.RFC3339Nano, text); err != nil {
		return nil, &Problem{Key: ProblemMoment}
	}
	return Quote(text), nil
}
