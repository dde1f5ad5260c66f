package field

import (
	"bytes"
	"encoding/json"
	"iter"
	"unicode/utf8"

	"protime-admin/protime"
)

// Record indexes an object or array; anything else gives the zero Record.
func Record(raw json.RawMessage) protime.Record {
	if IsNull(raw) {
		return protime.Record{}
	}
	record, _ := protime.ParseRecord(raw) // the zero Record where it fails
	return record
}

// Members iterates over the members of a JSON object in their order. Anything else has none.
func Members(raw json.RawMessage) iter.Seq2[string, json.RawMessage] {
	return Record(raw).Members()
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
	return Record(raw).Elements()
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

// Plain returns a JSON string without its quotes, any other value as it is written.
func Plain(raw json.RawMessage) string {
	if s, ok := Unquote(raw); ok {
		return s
	}
	return string(raw)
}
