package field

import (
	"encoding/json"
	"strconv"
	"strings"

	"protime-admin/protime/contract"
)

// longest is the longest duration that is typed and shown as hours and minutes; a hundred years and more.
const longest = 999_999*minutesOfHour + 59

func parseDuration(f contract.Field, text string) (json.RawMessage, *Problem) {
	m, problem := readDuration(clean(text))
	if problem != nil {
		return nil, problem
	}
	raw := json.RawMessage(strconv.Itoa(m))
	return raw, rangeProblem(f, float64(m), func(limit float64) string { return DurationText(int(limit)) })
}

// readDuration reads 7:36, 7h36, "7 h 36", 7u, 90 and "130 min", each perhaps negative, as minutes. A bare number
// of three or four digits is refused: 736 is 7:36 to one reader and 736 minutes to another.
func readDuration(s string) (int, *Problem) {
	sign := 1
	switch {
	case strings.HasPrefix(s, "-"):
		sign, s = -1, strings.TrimLeft(s[1:], " ")
	case strings.HasPrefix(s, "+"):
		s = strings.TrimLeft(s[1:], " ")
	}
	a, rest := leading(s)
	if len(a) == 0 || len(a) > 6 {
		return 0, &Problem{Key: ProblemDuration}
	}
	if rest == "" {
		return bareDuration(sign, a)
	}
	if after, ok := minuteWord(rest); ok && after == "" {
		return sign * number(a), nil
	}
	if after, ok := word(rest, ":"); ok {
		b, rest := leading(after)
		rest, _ = hourWord(rest)
		if len(b) != 2 || rest != "" {
			return 0, &Problem{Key: ProblemDuration}
		}
		return durationOf(sign, a, b)
	}
	after, ok := hourWord(rest)
	if !ok {
		return 0, &Problem{Key: ProblemDuration}
	}
	b, rest := leading(after)
	rest, _ = minuteWord(rest)
	if len(b) > 2 || rest != "" {
		return 0, &Problem{Key: ProblemDuration}
	}
	return durationOf(sign, a, b)
}

func durationOf(sign int, hours, minutes string) (int, *Problem) {
	m := number(minutes)
	if m >= minutesOfHour {
		return 0, &Problem{Key: ProblemDuration}
	}
	return sign * (number(hours)*minutesOfHour + m), nil
}

func bareDuration(sign int, digits string) (int, *Problem) {
	n := sign * number(digits)
	if len(digits) <= 2 {
		return n, nil
	}
	if len(digits) > 4 || number(digits)%100 >= minutesOfHour {
		return 0, &Problem{Key: ProblemDuration}
	}
	hours := sign * (number(digits)/100*minutesOfHour + number(digits)%100)
	return 0, &Problem{Key: ProblemDurationAmbiguous, Args: map[string]string{
		"hours":   DurationText(hours),
		"minutes": strconv.Itoa(n),
	}}
}

func formatDuration(raw json.RawMessage) (string, bool) {
	m, ok := Minutes(raw)
	if !ok || m > longest || m < -longest {
		return "", false
	}
	return DurationText(m), true
}

// DurationText writes minutes as hours and minutes: 7:36, -0:30.
func DurationText(m int) string {
	b := make([]byte, 0, 12)
	if m < 0 {
		b, m = append(b, '-'), -m
	}
	b = strconv.AppendInt(b, int64(m/minutesOfHour), 10)
	n := byte(m % minutesOfHour) //nolint:gosec // below 60
	return string(append(b, ':', '0'+n/10, '0'+n%10))
}

// Minutes reads a Clock's or a Duration's value for those who write it for a language; false for what is no whole
// number of minutes.
func Minutes(raw json.RawMessage) (int, bool) {
	text, ok := digits(raw)
	if !ok || len(text) > 10 {
		return 0, false
	}
	m, err := strconv.Atoi(text)
	return m, err == nil
}
