package protime

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
)

// errPlace: the path goes through a value without members or past the end of an array, or has a name that is not UTF-8.
var errPlace = errors.New("protime: no value can be set at this path")

// Set returns the record with a value at a path, and every other byte as it was. A value that is there is replaced
// where it stands; a new member comes last. Objects that are missing on the way, or null, are made; arrays are not
// (set "[]" first), and the position after an array's last element appends. The zero Record is taken for {}.
// It returns an error for a value that is not JSON and for a path through a string, number or boolean.
func (r Record) Set(value json.RawMessage, path ...string) (Record, error) {
	value = bytes.Trim(value, " \t\r\n")
	if !json.Valid(value) {
		return r, errors.New("protime: the value to set is not JSON")
	}
	if len(path) == 0 {
		return ParseRecord(value)
	}
	if slices.ContainsFunc(path, func(step string) bool { return !utf8.ValidString(step) }) {
		return r, errPlace // such a name would be written as another one
	}
	if len(r.nodes) == 0 {
		r, _ = ParseRecord([]byte("{}"))
	}
	at := 0
	for depth, step := range path {
		below, ok := r.child(at, step)
		if ok && (depth == len(path)-1 || r.nodes[below].kind() != 'n') {
			at = below
			continue
		}
		rest, last := path[depth+1:], depth == len(path)-1
		if ok && !last { // null on the way
			n := r.nodes[below]
			return r.splice(int(n.from), int(n.to), nested(value, rest))
		}
		return r.insert(at, step, nested(value, rest))
	}
	if r.isRepeated(at, path) {
		return r.Without(path...).Set(value, path...)
	}
	n := r.nodes[at]
	return r.splice(int(n.from), int(n.to), value)
}

// Without returns the record without the value at a path and its comma; every other byte stays.
// Where there is nothing it returns the record itself. What held the value stays, even when it is empty now: see
// Prune.
func (r Record) Without(path ...string) Record {
	if len(path) == 0 {
		return r
	}
	parent, ok := r.find(path[:len(path)-1])
	if !ok {
		return r
	}
	for {
		at, ok := r.child(parent, path[len(path)-1])
		if !ok {
			return r
		}
		array := r.nodes[parent].kind() == '['
		r = r.cut(parent, at)
		if array {
			return r
		}
	}
}

// Prune removes the object at a path when it is empty, and then each object above it that is left empty by that, up
// to the record itself, which stays.
func (r Record) Prune(path ...string) Record {
	for ; len(path) > 0; path = path[:len(path)-1] {
		at, ok := r.find(path)
		if !ok {
			continue // gone already: what held it may be empty
		}
		if r.nodes[at].kind() != '{' || int(r.nodes[at].next) > at+1 {
			return r
		}
		r = r.Without(path...)
	}
	return r
}

// Drop returns the record without the named members of its top level.
func (r Record) Drop(names ...string) Record {
	return r.filter(func(name string) bool { return !slices.Contains(names, name) })
}

// Keep returns the record with only the named members of its top level.
func (r Record) Keep(names ...string) Record {
	return r.filter(func(name string) bool { return slices.Contains(names, name) })
}

// filter keeps the members whose names pass.
func (r Record) filter(keep func(string) bool) Record {
	if !r.isObject() {
		return r
	}
	text, dropped := []byte{'{'}, false
	for i := range r.children(0) {
		if !keep(r.name(i)) {
			dropped = true
			continue
		}
		if len(text) > 1 {
			text = append(text, ',')
		}
		text = append(text, r.raw[r.nodes[i].name:r.nodes[i].to]...)
	}
	if !dropped {
		return r
	}
	return mustParse(append(text, '}'))
}

// isRepeated reports whether a member's name occurs more than once in its object.
func (r Record) isRepeated(at int, path []string) bool {
	if r.nodes[at].nameEnd == 0 {
		return false
	}
	parent, _ := r.find(path[:len(path)-1])
	count := 0
	for i := range r.children(parent) {
		if r.named(i, path[len(path)-1]) {
			count++
		}
	}
	return count > 1
}

// insert adds a member to an object or an element to an array, after the last one.
func (r Record) insert(parent int, step string, value []byte) (Record, error) {
	n := r.nodes[parent]
	at, comma := int(n.from)+1, ""
	count := 0
	for i := range r.children(parent) {
		at, comma = int(r.nodes[i].to), ","
		count++
	}
	switch n.kind() {
	case '{':
		return r.splice(at, at, slices.Concat([]byte(comma), quote(step), []byte(":"), value))
	case '[':
		if place, ok := position(step); ok && place == count {
			return r.splice(at, at, slices.Concat([]byte(comma), value))
		}
	}
	return r, errPlace
}

// cut removes a member or element and the comma that belongs to it: the one after it, or for the last one the one
// before.
func (r Record) cut(parent, at int) Record {
	n := r.nodes[at]
	from, to := begin(n), int(n.to)
	if int(n.next) < int(r.nodes[parent].next) {
		to = begin(r.nodes[n.next])
	} else {
		for i := range r.children(parent) {
			if i == at {
				break
			}
			from = int(r.nodes[i].to)
		}
	}
	return mustParse(slices.Concat(r.raw[:from], r.raw[to:]))
}

// begin returns where a member or element begins.
func begin(n node) int {
	if n.nameEnd > 0 {
		return int(n.name)
	}
	return int(n.from)
}

// splice puts a text in place of another and indexes the result.
func (r Record) splice(from, to int, text []byte) (Record, error) {
	changed, err := ParseRecord(slices.Concat(r.raw[:from], text, r.raw[to:]))
	if err != nil {
		return r, fmt.Errorf("protime: %w", err)
	}
	return changed, nil
}

// mustParse indexes a text that this package has made.
func mustParse(text []byte) Record {
	r, _ := ParseRecord(text)
	return r
}

// nested wraps a value in objects with the given names, the first outermost.
func nested(value []byte, names []string) []byte {
	for _, name := range slices.Backward(names) {
		value = slices.Concat([]byte("{"), quote(name), []byte(":"), value, []byte("}"))
	}
	return value
}

// quote writes a member's name without the \u003c that json.Marshal puts for <.
func quote(name string) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(name) // a string always encodes
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
