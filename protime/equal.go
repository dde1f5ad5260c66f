package protime

import (
	"bytes"
	"encoding/json"
	"math/big"
	"slices"
	"strings"
)

// Equal reports whether two JSON values mean the same: 480 equals 480.0, members may stand in any order, and null
// equals an absent value, which is nil or a member that is not there. Text that is not JSON equals only itself.
func Equal(a, b json.RawMessage) bool {
	if len(a) == 0 || len(b) == 0 { // one of them is absent, as in most new records: nothing to decode
		return isNull(a) && isNull(b)
	}
	return equalText(a, b, func(value any) bool { return value == nil })
}

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || string(bytes.TrimSpace(raw)) == "null" }

// EqualOrEmpty is Equal where an empty array, and an object whose members are all absent, equal an absent value too.
func EqualOrEmpty(a, b json.RawMessage) bool { return equalText(a, b, isEmpty) }

// absent reports whether a decoded value counts as not given. A nil interface always does.
type absent func(value any) bool

func equalText(a, b json.RawMessage, isAbsent absent) bool {
	if bytes.Equal(a, b) {
		return true
	}
	x, okX := decodeValue(a)
	y, okY := decodeValue(b)
	return okX && okY && isAbsent.equal(x, y)
}

func decodeValue(raw json.RawMessage) (value any, ok bool) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, true
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	return value, decoder.Decode(&value) == nil
}

func isEmpty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case []any:
		return len(v) == 0
	case map[string]any:
		for _, member := range v {
			if !isEmpty(member) {
				return false
			}
		}
		return true
	}
	return false
}

func (isAbsent absent) equal(a, b any) bool {
	if isAbsent(a) || isAbsent(b) {
		return isAbsent(a) && isAbsent(b)
	}
	switch x := a.(type) {
	case json.Number:
		y, ok := b.(json.Number)
		return ok && equalNumbers(x.String(), y.String())
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, isAbsent.equal)
	case map[string]any:
		y, ok := b.(map[string]any)
		return ok && isAbsent.covers(x, y) && isAbsent.covers(y, x)
	}
	return a == b // strings or booleans: of different types they differ
}

// covers reports whether every member of a equals that of b.
func (isAbsent absent) covers(a, b map[string]any) bool {
	for name, value := range a {
		if !isAbsent.equal(value, b[name]) {
			return false
		}
	}
	return true
}

// maxDigits and maxExponentDigits bound the numbers that are compared by value, exactly. Longer ones are compared as
// text: 1e999999999 would be a gigabyte of digits.
const (
	maxDigits         = 1000
	maxExponentDigits = 3
)

func equalNumbers(a, b string) bool {
	if a == b {
		return true
	}
	if !isBounded(a) || !isBounded(b) {
		return false
	}
	x, okX := new(big.Rat).SetString(a)
	y, okY := new(big.Rat).SetString(b)
	return okX && okY && x.Cmp(y) == 0
}

func isBounded(number string) bool {
	i := strings.IndexAny(number, "eE")
	return len(number) <= maxDigits && (i < 0 || len(strings.TrimLeft(number[i+1:], "+-0")) <= maxExponentDigits)
}
