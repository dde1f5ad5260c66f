package field

import (
	"bytes"
	"encoding/json"
	"iter"
	"math/big"
	"strings"
	"unicode/utf8"
)

// Members iterates over the members of a JSON object as they stand in its text, in their order. A text that is no
// object has none; what follows a mistake in it is left out.
func Members(raw json.RawMessage) iter.Seq2[string, json.RawMessage] {
	return func(yield func(string, json.RawMessage) bool) {
		for quoted, value := range members(raw) {
			if name, ok := Unquote(quoted); !ok || !yield(name, value) {
				return
			}
		}
	}
}

// Member gives one member of a JSON object; of several with the name the last, as JSON readers do.
func Member(raw json.RawMessage, name string) (json.RawMessage, bool) {
	var found json.RawMessage
	for quoted, value := range members(raw) {
		if named(quoted, name) {
			found = value
		}
	}
	return found, found != nil
}

// named compares without decoding a name that has no escapes, which is nearly always.
func named(quoted []byte, name string) bool {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return len(quoted) >= 2 && string(quoted[1:len(quoted)-1]) == name
	}
	s, ok := Unquote(quoted)
	return ok && s == name
}

// members iterates with names in their quotes.
func members(raw []byte) iter.Seq2[[]byte, json.RawMessage] {
	return func(yield func([]byte, json.RawMessage) bool) {
		i := space(raw, 0)
		if i >= len(raw) || raw[i] != '{' {
			return
		}
		for i = space(raw, i+1); i < len(raw) && raw[i] == '"'; i = space(raw, i+1) {
			end := value(raw, i)
			name := raw[i:end]
			i = space(raw, end)
			if i >= len(raw) || raw[i] != ':' {
				return
			}
			i = space(raw, i+1)
			end = value(raw, i)
			if end == i || !yield(name, raw[i:end:end]) {
				return
			}
			i = space(raw, end)
			if i >= len(raw) || raw[i] != ',' {
				return
			}
		}
	}
}

// Elements iterates over the elements of a JSON array as they stand in its text.
func Elements(raw json.RawMessage) iter.Seq[json.RawMessage] {
	return func(yield func(json.RawMessage) bool) {
		i := space(raw, 0)
		if i >= len(raw) || raw[i] != '[' {
			return
		}
		for i = space(raw, i+1); i < len(raw); i = space(raw, i+1) {
			end := value(raw, i)
			if end == i || !yield(raw[i:end:end]) {
				return
			}
			i = space(raw, end)
			if i >= len(raw) || raw[i] != ',' {
				return
			}
		}
	}
}

// space gives the first index from i on that is not space.
func space(raw []byte, i int) int {
	for i < len(raw) && (raw[i] == ' ' || raw[i] == '\n' || raw[i] == '\t' || raw[i] == '\r') {
		i++
	}
	return i
}

// value gives the index behind the value that begins at i; i itself where none does.
func value(raw []byte, i int) int {
	if i >= len(raw) {
		return i
	}
	switch raw[i] {
	case '"':
		return text(raw, i)
	case '{', '[':
		return nested(raw, i)
	}
	for i < len(raw) && strings.IndexByte(",:]}\" \n\t\r", raw[i]) < 0 {
		i++
	}
	return i
}

func text(raw []byte, i int) int {
	for i++; i < len(raw); i++ {
		switch raw[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(raw)
}

func nested(raw []byte, i int) int {
	depth := 0
	for i < len(raw) {
		switch raw[i] {
		case '"':
			i = text(raw, i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		i++
		if depth == 0 {
			return i
		}
	}
	return len(raw)
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
