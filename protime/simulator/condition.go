package simulator

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"protime-admin/protime/contract"
)

// condition reads the filter of a list and checks it against the collection. It gives a function that says
// whether the filter holds for a row, or the reasons why the filter is refused.
func (t *Tenant) condition(c *contract.Collection, source string) (func(*row) bool, []string) {
	checked := &condition{c, t.circles}
	var e *expression
	if source != "" {
		var err error
		if e, err = parseFilter(source); err != nil {
			return nil, []string{err.Error()}
		}
	}
	reasons := checked.check(e, false)
	for _, filter := range c.Filters {
		if filter.Required {
			reasons = append(reasons, checkRange(filter, e)...)
		}
	}
	return func(r *row) bool { return checked.holds(e, r) }, reasons
}

// condition is what a filter is checked against.
type condition struct {
	collection *contract.Collection
	circles    map[string]map[string]bool
}

// check holds every comparison against the collection's filters.
func (c *condition) check(e *expression, inOr bool) []string {
	if e == nil {
		return nil
	}
	if len(e.parts) == 0 {
		if reason := c.checkComparison(e, inOr); reason != "" {
			return []string{reason}
		}
		return nil
	}
	var reasons []string
	for _, part := range e.parts {
		reasons = append(reasons, c.check(part, inOr || e.word == "or" && len(e.parts) > 1)...)
	}
	return reasons
}

func (c *condition) checkComparison(e *expression, inOr bool) string {
	filter, known := c.collection.Filter(e.field)
	switch {
	case !known:
		return fmt.Sprintf("The filter field '%s' is unknown.", e.field)
	case !slices.Contains(filter.Operators, e.operator):
		return fmt.Sprintf("The operator '%s' cannot be used on '%s'.", e.operator, e.field)
	case inOr && !filter.Multiple:
		return fmt.Sprintf("'or' cannot be used on '%s'.", e.field)
	case e.isList != (e.operator == "in"):
		return fmt.Sprintf("'in' takes a list, the other operators one value: '%s'.", e.field)
	case e.named != "" && !slices.Contains(filter.Lists, e.named):
		return fmt.Sprintf("The list '%s' is unknown.", e.named)
	}
	for _, constant := range e.constants {
		if reason := checkConstant(filter, constant); reason != "" {
			return reason
		}
	}
	return ""
}

func checkConstant(filter contract.Filter, c constant) string {
	want := filter.Type
	if want == "date" {
		want = "string"
	}
	if want != "" && c.kind != want {
		return fmt.Sprintf("'%s' takes a value of type %s.", filter.Name, filter.Type)
	}
	if _, err := time.Parse(time.DateOnly, c.text); filter.Type == "date" && err != nil {
		return fmt.Sprintf("'%s' takes a date, YYYY-MM-DD.", filter.Name)
	}
	if len(filter.Enum) > 0 && !slices.Contains(filter.Enum, c.text) {
		return fmt.Sprintf("'%s' is not a value of '%s'.", c.text, filter.Name)
	}
	return ""
}

// checkRange demands a required condition and limits its range. An open end is accepted, as the examples show
// one (tutorials/first-clocking-integration); an open start is not.
func checkRange(filter contract.Filter, e *expression) []string {
	from, until, found := bounds(e, filter.Name)
	if !found {
		return []string{fmt.Sprintf("A filter on '%s' is required.", filter.Name)}
	}
	if filter.MaxDays == 0 {
		return nil
	}
	if from == "" {
		return []string{fmt.Sprintf("The filter on '%s' needs a start.", filter.Name)}
	}
	start, err := time.Parse(time.DateOnly, from)
	if err != nil || until == "" {
		return nil // a bad date was already reported
	}
	if last, err := time.Parse(time.DateOnly, until); err == nil && last.After(start.AddDate(0, 0, filter.MaxDays)) {
		return []string{fmt.Sprintf("The provided date range is invalid: at most %d days.", filter.MaxDays)}
	}
	return nil
}

// bounds are the strictest start and end that the conditions joined by `and` give a field.
func bounds(e *expression, field string) (from, until string, found bool) {
	switch {
	case e == nil || e.word == "or" && len(e.parts) > 1:
		return "", "", false
	case e.field == field && len(e.constants) == 1:
		value := e.constants[0].text
		if e.operator != "le" {
			from = value
		}
		if e.operator != "ge" {
			until = value
		}
		return from, until, true
	}
	for _, part := range e.parts {
		f, u, ok := bounds(part, field)
		found = found || ok
		from = max(from, f)
		if u != "" && (until == "" || u < until) {
			until = u
		}
	}
	return from, until, found
}

// holds says whether an expression holds for a row; none holds for all.
func (c *condition) holds(e *expression, r *row) bool {
	if e == nil {
		return true
	}
	if len(e.parts) == 0 {
		return c.compare(e, r)
	}
	for _, part := range e.parts {
		if c.holds(part, r) == (e.word == "or") {
			return e.word == "or"
		}
	}
	return e.word == "and"
}

func (c *condition) compare(e *expression, r *row) bool {
	filter, _ := c.collection.Filter(e.field)
	switch filter.Field {
	case "date":
		return c.fits(e, filter, r.date)
	case "person.id":
		return c.fits(e, filter, r.person)
	}
	for _, value := range values(r.raw, filter.Field) {
		if c.fits(e, filter, text(value)) {
			return true
		}
	}
	return false
}

func (c *condition) fits(e *expression, filter contract.Filter, value string) bool {
	if value == "" {
		return false
	}
	switch e.operator {
	case "ge":
		return order(filter, value, e.constants[0].text) >= 0
	case "le":
		return order(filter, value, e.constants[0].text) <= 0
	}
	return slices.ContainsFunc(e.constants, func(constant constant) bool {
		return e.named == "" && value == constant.text || e.named != "" && c.circles[e.named+" "+constant.text][value]
	})
}

// order compares numbers as numbers and the rest, dates included, as text.
func order(filter contract.Filter, a, b string) int {
	if filter.Type != "integer" {
		return strings.Compare(a, b)
	}
	x, _ := strconv.Atoi(a)
	y, _ := strconv.Atoi(b)
	return x - y
}
