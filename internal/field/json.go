package field

import (
	"bytes"
	"encoding/json"
	"iter"
	"math/big"
	"strings"
	"unicode/utf8"

	"protime-admin/protime"
)

// Members iterates over the members of a JSON object in their order. Anything else has none.
func Members(raw json.RawMessage) iter.Seq2[string, json.RawMessage] {
	record, _ := protime.ParseRecord(raw) // the zero Record where it fails
	return record.Members()
}

// Member returns one member of a JSON object; of several with the name the last, as JSON readers do.
func Member(raw json.RawMessage, name string) (json.RawMessage, bool) {
	record, err := protime.ParseRecord(raw)
	if err != nil || record.Raw()[0] != '{' {
		return nil, false
	}
	return record.Lookup(name)
}

// Elements iterates over the elements of a JSON array. Anything else has none.
func Elements(raw json.RawMessage) iter.Seq[json.RawMessage] {
	record, _ := protime.ParseRecord(raw)
	return record.Elements()
}

// IsNull says that a value is not given: absent or null.
func IsNull(raw json.RawMessage) bool {
	return len(raw) == 0 || (raw[0] == 'n' || raw[0] <= ' ') && string(bytes.TrimSpace(raw)) == "null"
}

// Unquote reads a JSON string.
func Unquote(raw json.RawMessage) (string, bool) {
	raw = bytes.TrimSpace(raw)
	if len(raw) < 2 || raw[0] != '"' || raw[len(raw)-1] != '"' {
		return "", false
	}
	inner := raw[1 : len(raw)-1]
	if bytes.IndexByte(inner, '\\') < 0 && bytes.IndexByte(inner, '"') < 0 && utf8.Valid(inner) {
		return string(inner), true
	}
	var s string
	err := json.Unmarshal(raw, &s)
	return s, err == nil
}

// Quote writes a JSON string and escapes no more than JSON asks for.
func Quote(s string) json.RawMessage {
	const hex = "0123456789abcdef"
	b := make([]byte, 0, len(s)+2)
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, '\\', 'n')
		case r == '\t':
			b = append(b, '\\', 't')
		case r == '\r':
			b = append(b, '\\', 'r')
		case r < ' ':
			b = append(b, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}

// Equal says whether two values mean the same: absent is null, 480 is 480.0, members may stand in any order.
func Equal(a, b json.RawMessage) bool {
	if bytes.Equal(a, b) {
		return true
	}
	if IsNull(a) || IsNull(b) {
		return IsNull(a) && IsNull(b)
	}
	x, ok := decode(a)
	if !ok {
		return false
	}
	y, ok := decode(b)
	return ok && equal(x, y)
}

func decode(raw json.RawMessage) (any, bool) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	return v, err == nil
}

func equal(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		b, ok := b.(json.Number)
		return ok && sameNumber(string(a), string(b))
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !equal(a[i], b[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		b, ok := b.(map[string]any)
		return ok && within(a, b) && within(b, a)
	}
	switch b.(type) {
	case []any, map[string]any:
		return false
	}
	return a == b
}

func within(a, b map[string]any) bool {
	for name, v := range a {
		if !equal(v, b[name]) {
			return false
		}
	}
	return true
}

// sameNumber compares by value, exactly; numbers with exponents too long to write out only by their text.
func sameNumber(a, b string) bool {
	if a == b {
		return true
	}
	if exponent(a) || exponent(b) {
		return false
	}
	x, ok := new(big.Rat).SetString(a)
	if !ok {
		return false
	}
	y, ok := new(big.Rat).SetString(b)
	return ok && x.Cmp(y) == 0
}

// exponent says that a number's exponent has more than three digits.
func exponent(s string) bool {
	i := strings.IndexAny(s, "eE")
	return i >= 0 && len(s)-i > 4
}

// Plain returns a JSON string without its quotes, any other value as it is written.
func Plain(raw json.RawMessage) string {
	if s, ok := Unquote(raw); ok {
		return s
	}
	return string(raw)
}
