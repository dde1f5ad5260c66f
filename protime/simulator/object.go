package simulator

import (
	"encoding/json"
	"iter"
	"slices"
	"strings"
)

// object is a JSON object whose members keep their order and whose values keep their text: digits, escapes,
// blanks.
type object []member

type member struct {
	name  string
	value string // raw JSON
}

// parseObject takes valid JSON text of an object.
func parseObject(raw string) object {
	o := make(object, 0, 16)
	for name, value := range members(raw) {
		o = append(o, member{name, value})
	}
	return o
}

// at returns the raw value of a member, "" when there is none. As in most readers the last of two equal names
// counts.
func (o object) at(name string) string {
	for _, m := range slices.Backward(o) {
		if m.name == name {
			return m.value
		}
	}
	return ""
}

func (o object) has(name string) bool { return o.at(name) != "" }

// set replaces a member where it stands, or adds it at the end.
func (o *object) set(name, value string) {
	for i := range *o {
		if (*o)[i].name == name {
			(*o)[i].value = value
			return
		}
	}
	*o = append(*o, member{name, value})
}

func (o *object) remove(name string) {
	*o = slices.DeleteFunc(*o, func(m member) bool { return m.name == name })
}

func (o object) String() string {
	var b strings.Builder
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(quote(m.name))
		b.WriteByte(':')
		b.WriteString(m.value)
	}
	b.WriteByte('}')
	return b.String()
}

// members walks over the members of valid JSON text, or over the elements of an array, whose names are "". Other
// text has none.
func members(raw string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		i := skipSpace(raw, 0)
		if i >= len(raw) || raw[i] != '{' && raw[i] != '[' {
			return
		}
		named := raw[i] == '{'
		for i = skipSpace(raw, i+1); raw[i] != '}' && raw[i] != ']'; i = skipSpace(raw, i) {
			name := ""
			if named {
				end := skipValue(raw, i)
				name = text(raw[i:end])
				i = skipSpace(raw, skipSpace(raw, end)+1)
			}
			start := i
			i = skipValue(raw, i)
			if !yield(name, raw[start:i]) {
				return
			}
			if i = skipSpace(raw, i); raw[i] == ',' {
				i++
			}
		}
	}
}

// values returns the raw values at a path of the contract: "person.id", "counterDefinitions[].id".
func values(raw, path string) []string {
	if path == "" {
		return []string{raw}
	}
	head, rest, _ := strings.Cut(path, ".")
	name, isArray := strings.CutSuffix(head, "[]")
	value := parseMember(raw, name)
	if value == "" {
		return nil
	}
	if !isArray {
		return values(value, rest)
	}
	var all []string
	for _, element := range members(value) {
		all = append(all, values(element, rest)...)
	}
	return all
}

// parseMember returns one raw value, found without building the object.
func parseMember(raw, name string) string {
	found := ""
	for n, value := range members(raw) {
		if n == name {
			found = value
		}
	}
	return found
}

func skipSpace(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\n' || s[i] == '\t' || s[i] == '\r') {
		i++
	}
	return i
}

// skipValue returns the index after the value that starts at i.
func skipValue(s string, i int) int {
	for depth := 0; ; {
		switch s[i] {
		case '"':
			i = skipString(s, i)
		case '{', '[':
			depth++
			i++
		case '}', ']':
			depth--
			i++
		default:
			i++
		}
		if depth == 0 && (i == len(s) || strings.IndexByte(",:]} \n\t\r", s[i]) >= 0) {
			return i
		}
	}
}

func skipString(s string, i int) int {
	for i++; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return i
}

// text returns the text of a JSON string; the text of another value is the value as it is written.
func text(raw string) string {
	if len(raw) < 2 || raw[0] != '"' {
		return raw
	}
	if strings.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1]
	}
	var s string
	_ = json.Unmarshal([]byte(raw), &s) // valid by then: every body was validated when it came in
	return s
}

// quote writes a JSON string without the escapes that are only for HTML.
func quote(s string) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(s) // a string always encodes
	return strings.TrimSuffix(b.String(), "\n")
}
