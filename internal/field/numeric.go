package field

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"protime-admin/protime/contract"
)

// parseInteger keeps every digit: an id may be longer than 64 bits hold.
func parseInteger(f contract.Field, text string) (json.RawMessage, *Problem) {
	sign, s := signed(clean(text))
	d, rest := leading(s)
	if d == "" || rest != "" {
		return nil, &Problem{Key: ProblemInteger}
	}
	raw := json.RawMessage(sign + stripZeros(d))
	return raw, limits(f, string(raw))
}

// parseDecimal takes a comma for a point and keeps the digits behind it. A text with both is refused: one of them
// would have to be guessed.
func parseDecimal(f contract.Field, text string) (json.RawMessage, *Problem) {
	sign, s := signed(clean(text))
	whole, rest := leading(s)
	fraction, exponent := "", ""
	if rest != "" && (rest[0] == '.' || rest[0] == ',') {
		fraction, rest = leading(rest[1:])
	}
	if whole == "" && fraction == "" {
		return nil, &Problem{Key: ProblemNumber}
	}
	if rest != "" && rest[0] == 'e' {
		var d string
		expSign, after := signed(rest[1:])
		d, rest = leading(after)
		if d == "" {
			return nil, &Problem{Key: ProblemNumber}
		}
		exponent = "e" + expSign + d
	}
	if rest != "" {
		return nil, &Problem{Key: ProblemNumber}
	}
	out := sign + stripZeros(whole)
	if fraction != "" {
		out += "." + fraction
	}
	out += exponent
	return json.RawMessage(out), limits(f, out)
}

func signed(s string) (sign, rest string) {
	if strings.HasPrefix(s, "-") {
		return "-", strings.TrimLeft(s[1:], " ")
	}
	return "", strings.TrimPrefix(s, "+")
}

func stripZeros(digits string) string {
	s := strings.TrimLeft(digits, "0")
	if s == "" {
		return "0"
	}
	return s
}

func limits(f contract.Field, number string) *Problem {
	v, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsInf(v, 0) {
		if strings.ContainsRune(number, 'e') {
			return &Problem{Key: ProblemNumber}
		}
	}
	return rangeProblem(f, v, func(limit float64) string { return strconv.FormatFloat(limit, 'f', -1, 64) })
}

// rangeProblem says which end of the field's range v passes.
func rangeProblem(f contract.Field, v float64, text func(limit float64) string) *Problem {
	low := f.Minimum != nil && v < *f.Minimum
	high := f.Maximum != nil && v > *f.Maximum
	switch {
	case !low && !high:
		return nil
	case f.Minimum != nil && f.Maximum != nil:
		return &Problem{Key: ProblemRange, Args: map[string]string{"min": text(*f.Minimum), "max": text(*f.Maximum)}}
	case low:
		return &Problem{Key: ProblemMinimum, Args: map[string]string{"min": text(*f.Minimum)}}
	}
	return &Problem{Key: ProblemMaximum, Args: map[string]string{"max": text(*f.Maximum)}}
}

// digits writes a JSON number that is whole as digits: 480 and 480.0 are 480. Exponents are not shown.
func digits(raw json.RawMessage) (string, bool) {
	s := strings.TrimSpace(string(raw))
	if i := strings.IndexByte(s, '.'); i >= 0 {
		if strings.Trim(s[i+1:], "0") != "" {
			return "", false
		}
		s = s[:i]
	}
	d := strings.TrimPrefix(s, "-")
	if d == "" || strings.Trim(d, "0123456789") != "" {
		return "", false
	}
	return s, true
}

func formatDecimal(raw json.RawMessage) (string, bool) {
	s := strings.TrimSpace(string(raw))
	if s == "" || s[0] != '-' && (s[0] < '0' || s[0] > '9') {
		return "", false
	}
	return s, true
}
