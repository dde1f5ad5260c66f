package protime

import "slices"

// The server's limit for a URI (documentation: responses, 414), and what of it is left to the continuation token,
// which comes with the second page and is not known when the filter is built.
const (
	maxURILength = 4096
	tokenRoom    = 1024
)

// Split returns filters that are each at most limit bytes long when encoded, and that together hold for the same
// records, none of them twice: the longest `in (...)` list is divided, which a person list of a team makes necessary.
// A filter that fits, or that has no such list, comes back alone, however long it is. Lists of circles and groups,
// and lists inside an Or, are not divided.
func (f Filter) Split(limit int) []Filter {
	if f.err != nil || len(encode(f.text)) <= limit {
		return []Filter{f}
	}
	conditions := f.all
	if conditions == nil {
		conditions = []Filter{f}
	}
	longest := -1
	for i, c := range conditions {
		if c.list != nil && (longest < 0 || len(c.text) > len(conditions[longest].text)) {
			longest = i
		}
	}
	if longest < 0 || len(conditions[longest].list.values) < 2 {
		return []Filter{f}
	}
	list := conditions[longest].list
	room := limit - (len(encode(f.text)) - listLength(list.values))
	var parts []Filter
	for values := list.values; len(values) > 0; {
		n := fitting(values, room)
		part := slices.Clone(conditions)
		part[longest] = In(list.identifier, values[:n]...)
		parts = append(parts, And(part...))
		values = values[n:]
	}
	return parts
}

// fitting counts the values that fit, at least one.
func fitting(values []Value, room int) int {
	used := 0
	for i, v := range values {
		used += len(encode(v.text)) + 1
		if used-1 > room && i > 0 {
			return i
		}
	}
	return len(values)
}

// listLength is the length of the values as they are encoded, commas included.
func listLength(values []Value) int {
	used := -1
	for _, v := range values {
		used += len(encode(v.text)) + 1
	}
	return used
}
