package protime

import (
	"bytes"
	"encoding/json"
	"iter"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Record is one JSON object, or array, as the server wrote it: the text itself and an index of where each member
// begins and ends. Reading and changing splice that text, so that order, digits, escapes and blanks of everything
// that was not touched stay as they were. A Record is a value: changes return a new one. The zero value is empty.
//
// A member name that occurs twice counts as its last occurrence, as it does for the server; setting or removing it
// takes the earlier ones out as well, so that no reader can see another value than we do.
type Record struct {
	raw   []byte
	nodes []node
}

// ParseRecord indexes a JSON object or array. The text is kept, not copied: it must not be changed afterwards. A
// byte-order mark is dropped. It returns an error for anything else: text that is not JSON (RFC 8259) or not UTF-8,
// a bare string or number, nesting deeper than 100, more than 1,000,000 values.
func ParseRecord(text []byte) (Record, error) {
	if len(text) >= 3 && text[0] == 0xef && text[1] == 0xbb && text[2] == 0xbf {
		text = text[3:]
	}
	s := scanner{text: text, nodes: make([]node, 0, min(4+len(text)/16, maxValues))}
	if err := s.document(); err != nil {
		return Record{}, err
	}
	root := s.nodes[0]
	return Record{raw: text[root.from:root.to:root.to], nodes: shifted(s.nodes, root.from)}, nil
}

// Raw returns the text, nil for the zero value. It must not be changed.
func (r Record) Raw() []byte { return r.raw }

// MarshalJSON returns the text. Note that encoding/json compacts it; whoever must keep it as it is takes Raw.
func (r Record) MarshalJSON() ([]byte, error) {
	if r.raw == nil {
		return []byte("null"), nil
	}
	return r.raw, nil
}

// Lookup returns the value at a path through objects (member names) and arrays (positions from "0"); without a path
// the whole text. The value is part of the record's text and must not be changed.
func (r Record) Lookup(path ...string) (json.RawMessage, bool) {
	i, ok := r.find(path)
	if !ok {
		return nil, false
	}
	return r.at(i), true
}

// String returns the decoded string at a path; false when there is none or it is no string.
func (r Record) String(path ...string) (string, bool) {
	i, ok := r.find(path)
	if !ok || r.nodes[i].kind() != '"' {
		return "", false
	}
	return unquoted(r.at(i)), true
}

// Int returns the integer at a path; false when there is none, or it has a fraction, an exponent or too many digits.
func (r Record) Int(path ...string) (int64, bool) {
	i, ok := r.find(path)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(string(r.at(i)), 10, 64)
	return n, err == nil
}

// Bool returns the boolean at a path; false, false when there is none.
func (r Record) Bool(path ...string) (value, ok bool) {
	switch i, found := r.find(path); {
	case !found:
		return false, false
	case r.nodes[i].kind() == 't':
		return true, true
	default:
		return false, r.nodes[i].kind() == 'f'
	}
}

// Text returns a string decoded, and a number or boolean as it is written: an id, whichever type it has. It is ""
// for null, for objects and arrays, and where there is nothing.
func (r Record) Text(path ...string) string {
	i, ok := r.find(path)
	if !ok {
		return ""
	}
	return textOf(r.at(i))
}

// Members iterates over the members of an object in their order, names decoded, repeated names repeated. An array
// has none.
func (r Record) Members() iter.Seq2[string, json.RawMessage] {
	return func(yield func(string, json.RawMessage) bool) {
		if !r.isObject() {
			return
		}
		for i := range r.children(0) {
			if !yield(r.name(i), r.at(i)) {
				return
			}
		}
	}
}

// Elements iterates over the elements of an array. An object has none.
func (r Record) Elements() iter.Seq[json.RawMessage] {
	return func(yield func(json.RawMessage) bool) {
		if len(r.nodes) == 0 || r.isObject() {
			return
		}
		for i := range r.children(0) {
			if !yield(r.at(i)) {
				return
			}
		}
	}
}

// Leaves calls do for every member of an object that is a string, a number or a boolean, and for those of the objects
// that are its members, whose name comes first: person, id. Text is as Text returns it. It allocates nothing where there
// are no escapes, for those who read many records. A name that occurs twice comes twice; the last one counts. What it
// gives is part of the record and must not be changed.
func (r Record) Leaves(do func(object, name, text []byte)) {
	if !r.isObject() {
		return
	}
	var object []byte
	inside := 0 // the node after the object that is gone through
	for i := 1; i < len(r.nodes); {
		n := r.nodes[i]
		if i >= inside {
			object = nil
		}
		switch kind := n.kind(); {
		case kind == '{' && i >= inside:
			object, inside = r.nameBytes(n), int(n.next)
			i++
			continue
		case kind == '"':
			do(object, r.nameBytes(n), plainText(r.raw[n.from:n.to:n.to]))
		case kind != '{' && kind != '[' && kind != 'n':
			do(object, r.nameBytes(n), r.raw[n.from:n.to:n.to])
		}
		i = int(n.next)
	}
}

// nameBytes is the decoded name of a member.
func (r Record) nameBytes(n node) []byte {
	if n.plain() {
		return r.raw[n.name+1 : n.nameEnd-1 : n.nameEnd-1]
	}
	return plainText(r.raw[n.name:n.nameEnd])
}

// plainText is a string without its quotes, decoded where it has escapes.
func plainText(quoted []byte) []byte {
	if bytes.IndexByte(quoted, '\\') >= 0 {
		return []byte(unquoted(quoted))
	}
	return quoted[1 : len(quoted)-1 : len(quoted)-1]
}

func (r Record) isObject() bool { return len(r.nodes) > 0 && r.nodes[0].kind() == '{' }

// at returns the text of a node's value.
func (r Record) at(i int) json.RawMessage {
	n := r.nodes[i]
	return json.RawMessage(r.raw[n.from:n.to:n.to])
}

// name returns the decoded name of a node that is a member.
func (r Record) name(i int) string {
	n := r.nodes[i]
	if n.plain() {
		return string(r.raw[n.name+1 : n.nameEnd-1])
	}
	return unquoted(r.raw[n.name:n.nameEnd])
}

// named compares without decoding where a name has no escapes, which is nearly always.
func (r Record) named(i int, name string) bool {
	n := r.nodes[i]
	if n.plain() {
		return string(r.raw[n.name+1:n.nameEnd-1]) == name
	}
	return unquoted(r.raw[n.name:n.nameEnd]) == name
}

// children iterates over the nodes directly below one.
func (r Record) children(parent int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := parent + 1; i < int(r.nodes[parent].next); i = int(r.nodes[i].next) {
			if !yield(i) {
				return
			}
		}
	}
}

// find walks a path down from the root.
func (r Record) find(path []string) (int, bool) {
	if len(r.nodes) == 0 {
		return 0, false
	}
	at := 0
	for _, step := range path {
		below, ok := r.child(at, step)
		if !ok {
			return 0, false
		}
		at = below
	}
	return at, true
}

// child returns the member or element of a node that a step of a path names.
func (r Record) child(parent int, step string) (int, bool) {
	end := int(r.nodes[parent].next)
	switch r.nodes[parent].kind() {
	case '{':
		found := -1
		for i := parent + 1; i < end; i = int(r.nodes[i].next) {
			if r.named(i, step) {
				found = i
			}
		}
		return found, found >= 0
	case '[':
		position, ok := position(step)
		for i := parent + 1; ok && i < end; i = int(r.nodes[i].next) {
			if position == 0 {
				return i, true
			}
			position--
		}
	}
	return 0, false
}

// position reads an array position: digits without a leading zero.
func position(step string) (int, bool) {
	n, err := strconv.Atoi(step)
	return n, err == nil && n >= 0 && strconv.Itoa(n) == step
}

// textOf returns a scalar's text; "" for anything else.
func textOf(raw json.RawMessage) string {
	if len(raw) == 0 {
		return ""
	}
	switch raw[0] {
	case '"':
		return unquoted(raw)
	case '{', '[', 'n':
		return ""
	}
	return string(raw)
}

// unquoted decodes a JSON string that was scanned before. Halves of surrogate pairs become U+FFFD.
func unquoted(quoted []byte) string {
	inner := quoted[1 : len(quoted)-1]
	for _, c := range inner {
		if c == '\\' || c >= utf8.RuneSelf {
			var text string
			if err := json.Unmarshal(quoted, &text); err != nil {
				return string(inner)
			}
			return text
		}
	}
	return string(inner)
}

// sub returns the value at a node as a record of its own. Its text stays part of this one's.
func (r Record) sub(at int) Record {
	n := r.nodes[at]
	nodes := slices.Clone(r.nodes[at:n.next])
	for i := range nodes {
		nodes[i].next -= offset(at)
	}
	nodes[0].name, nodes[0].nameEnd = 0, 0
	return Record{raw: r.raw[n.from:n.to:n.to], nodes: shifted(nodes, n.from)}
}
