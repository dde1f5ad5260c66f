package protime

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"protime-admin/protime/contract"
)

// Filter is an expression of a list's `filter` parameter (documentation: filtering). Build it from conditions and
// And or Or; the zero value is no filter. A mistake, such as a control character in a text, makes the filter broken:
// Err tells, and List does not send it.
type Filter struct {
	text string
	or   bool // the outermost operator is `or`: needs brackets inside an And
	all  []Filter
	list *choice
	err  error
}

// choice is a condition `identifier in (a, b, c)`, kept apart so that it can be split.
type choice struct {
	identifier string
	values     []Value
}

// Value is a constant of an expression.
type Value struct {
	text string
	err  error
}

// Text is a string or a date: quoted, quotes in it doubled. Control characters are refused.
func Text(s string) Value {
	for _, r := range s {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\u2028' || r == '\u2029' {
			return Value{err: fmt.Errorf("protime: a filter cannot hold the control character %U", r)}
		}
	}
	return Value{text: "'" + strings.ReplaceAll(s, "'", "''") + "'"}
}

// Day is a date, YYYY-MM-DD. The time of day and the zone of t do not count.
func Day(t time.Time) Value { return Value{text: "'" + t.Format(time.DateOnly) + "'"} }

// Number is an integer, written bare.
func Number(n int64) Value { return Value{text: strconv.FormatInt(n, 10)} }

// Truth is a boolean, written bare.
func Truth(b bool) Value { return Value{text: strconv.FormatBool(b)} }

// Numbers makes values of integers.
func Numbers(ns ...int64) []Value {
	values := make([]Value, len(ns))
	for i, n := range ns {
		values[i] = Number(n)
	}
	return values
}

// Eq is "equal".
func Eq(identifier string, v Value) Filter { return compare(identifier, "eq", v) }

// Ge is "greater than or equal".
func Ge(identifier string, v Value) Filter { return compare(identifier, "ge", v) }

// Le is "less than or equal".
func Le(identifier string, v Value) Filter { return compare(identifier, "le", v) }

// In holds when a field is one of the values; repeated values are left out. Without values the filter is broken:
// "nobody" is not "everybody".
func In(identifier string, values ...Value) Filter {
	values = slices.Clone(values)
	seen := make(map[string]bool, len(values))
	values = slices.DeleteFunc(values, func(v Value) bool {
		twice := v.err == nil && seen[v.text]
		seen[v.text] = true
		return twice
	})
	f := named(identifier, "", values)
	f.list = &choice{identifier, values}
	return f
}

// InCircle holds when a person is in one of the circles. Such a list is never split.
func InCircle(identifier string, ids ...int64) Filter {
	return named(identifier, "circle", Numbers(ids...))
}

// InOrgGroup holds when a person is in one of the organisation groups. Such a list is never split.
func InOrgGroup(identifier string, ids ...int64) Filter {
	return named(identifier, "org-group", Numbers(ids...))
}

// And holds when all do. Empty filters are left out.
func And(filters ...Filter) Filter {
	var all []Filter // flat, so that a list in an inner And can be split
	for _, f := range filters {
		switch {
		case f.err != nil:
			return Filter{err: f.err}
		case f.all != nil:
			all = append(all, f.all...)
		case !f.empty():
			all = append(all, f)
		}
	}
	if len(all) == 1 {
		return all[0]
	}
	return Filter{text: joined(all, " and "), all: all}
}

// Or holds when any does. The API allows it on fields of its category "multiple" only (contract.Filter.Multiple).
func Or(filters ...Filter) Filter {
	if slices.ContainsFunc(filters, Filter.empty) {
		return Filter{err: errors.New("protime: `or` with a filter that is empty would hold for everything")}
	}
	if len(filters) == 1 {
		return filters[0]
	}
	return Filter{text: joined(filters, " or "), or: len(filters) > 1, err: firstErr(filters)}
}

// Condition builds a condition from the contract: operator is one of f.Operators, and the values are as JSON would
// write them without quotes: "2026-01-05", "76547", "true", "InOut". What does not fit the filter's type, its enum
// or its operators makes the filter broken.
func Condition(f contract.Filter, operator string, values ...string) Filter {
	if !slices.Contains(f.Operators, operator) {
		return Filter{err: fmt.Errorf("protime: filter %s does not take %q", f.Name, operator)}
	}
	constants := make([]Value, len(values))
	for i, v := range values {
		constants[i] = constant(f, v)
	}
	if operator == "in" {
		return In(f.Name, constants...)
	}
	if len(constants) != 1 {
		return Filter{err: fmt.Errorf("protime: filter %s %s takes one value", f.Name, operator)}
	}
	return compare(f.Name, operator, constants[0])
}

// String returns the expression, not encoded; "" for the zero value and for a broken filter.
func (f Filter) String() string {
	if f.err != nil {
		return ""
	}
	return f.text
}

// Err returns why the filter is broken, nil when it is not.
func (f Filter) Err() error { return f.err }

func (f Filter) empty() bool { return f.text == "" && f.err == nil }

// constant reads one value as the contract's type says.
func constant(f contract.Filter, text string) Value {
	refused := Value{err: fmt.Errorf("protime: filter %s takes a value of type %s", f.Name, f.Type)}
	switch f.Type {
	case "date":
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return refused
		}
	case "integer":
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return refused
		}
		return Number(n)
	case "boolean":
		if text != "true" && text != "false" {
			return refused
		}
		return Truth(text == "true")
	}
	if len(f.Enum) > 0 && !slices.Contains(f.Enum, text) {
		return Value{err: fmt.Errorf("protime: filter %s takes one of %s", f.Name, strings.Join(f.Enum, ", "))}
	}
	return Text(text)
}

func compare(identifier, operator string, v Value) Filter {
	if err := check(identifier, v); err != nil {
		return Filter{err: err}
	}
	return Filter{text: identifier + " " + operator + " " + v.text}
}

// named writes `identifier in list(a, b)`.
func named(identifier, list string, values []Value) Filter {
	if err := check(identifier, values...); err != nil {
		return Filter{err: err}
	}
	if len(values) == 0 {
		return Filter{err: fmt.Errorf("protime: filter %s in () has no values", identifier)}
	}
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = v.text
	}
	return Filter{text: identifier + " in " + list + "(" + strings.Join(texts, ",") + ")"}
}

// check refuses names that are not identifiers of the grammar, and broken values.
func check(identifier string, values ...Value) error {
	for i, r := range identifier {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r != '-' && (r < '0' || r > '9')) {
			return fmt.Errorf("protime: %q is not the name of a filter", identifier)
		}
	}
	if identifier == "" {
		return errors.New("protime: a filter needs a name")
	}
	for _, v := range values {
		if v.err != nil {
			return v.err
		}
		if v.text == "" {
			return fmt.Errorf("protime: filter %s has no value", identifier)
		}
	}
	return nil
}

func joined(filters []Filter, operator string) string {
	texts := make([]string, len(filters))
	for i, f := range filters {
		texts[i] = f.text
		if f.or {
			texts[i] = "(" + f.text + ")"
		}
	}
	return strings.Join(texts, operator)
}

func firstErr(filters []Filter) error {
	for _, f := range filters {
		if f.err != nil {
			return f.err
		}
	}
	return nil
}
