package simulator

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"protime-admin/protime/contract"
)

// condition is a filter that was checked against a collection: it can be asked about rows.
type condition struct {
	expression *expression
	fields     map[string]*contract.Filter
	circles    map[string]map[string]bool
}

// condition reads and checks the filter of a list. The reasons say what is wrong with it; none: it may be
// used.
func (t *Tenant) condition(c *contract.Collection, source string) (*condition, []string) {
	checked := &condition{fields: make(map[string]*contract.Filter, len(c.Filters)), circles: t.circles}
	for i := range c.Filters {
		checked.fields[c.Filters[i].Name] = &c.Filters[i]
	}
	if source != "" {
		e, err := parseFilter(source)
		if err != nil {
			return nil, []string{err.Error()}
		}
		checked.expression = e
	}
	reasons := checked.check(checked.expression, false)
	for _, filter := range c.Filters {
		if filter.Required {
			reasons = append(reasons, checked.checkRange(filter)...)
		}
	}
	return checked, reasons
}

// check holds every comparison against the collection's filters.
func (c *condition) check(e *expression, inOr bool) []string {
	if e == nil {
		return nil
	}
	if e.simple != nil {
		return c.checkSimple(e.simple, inOr)
	}
	var reasons []string
	for _, part := range e.and {
		reasons = append(reasons, c.check(part, inOr)...)
	}
	for _, part := range e.or {
		reasons = append(reasons, c.check(part, true)...)
	}
	return reasons
}

func (c *condition) checkSimple(s *simple, inOr bool) []string {
	filter := c.fields[s.field]
	if filter == nil {
		return []string{fmt.Sprintf("The filter field '%s' is unknown.", s.field)}
	}
	if !slices.Contains(filter.Operators, s.operator) {
		return []string{fmt.Sprintf("The operator '%s' cannot be used on '%s'.", s.operator, s.field)}
	}
	if inOr && !filter.Multiple {
		return []string{fmt.Sprintf("'or' cannot be used on '%s'.", s.field)}
	}
	if s.list != (s.operator == "in") {
		return []string{fmt.Sprintf("'in' takes a list, the other operators one value: '%s'.", s.field)}
	}
	if s.named != "" && !slices.Contains(filter.Lists, s.named) {
		return []string{fmt.Sprintf("The list '%s' is unknown.", s.named)}
	}
	for _, constant := range s.constants {
		if reason := checkConstant(filter, constant); reason != "" {
			return []string{reason}
		}
	}
	return nil
}

func checkConstant(filter *contract.Filter, c constant) string {
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

// checkRange demands a required condition and limits its range. An open end is accepted, as the examples
// show one (tutorials/first-clocking-integration); an open start is not.
func (c *condition) checkRange(filter contract.Filter) []string {
	from, until, found := bounds(c.expression, filter.Name)
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
	if e == nil {
		return "", "", false
	}
	if s := e.simple; s != nil {
		if s.field != field || len(s.constants) != 1 {
			return "", "", false
		}
		switch value := s.constants[0].text; s.operator {
		case "ge":
			return value, "", true
		case "le":
			return "", value, true
		default:
			return value, value, true
		}
	}
	for _, part := range e.and {
		f, u, ok := bounds(part, field)
		found = found || ok
		from = max(from, f)
		if u != "" && (until == "" || u < until) {
			until = u
		}
	}
	return from, until, found
}

// holds says whether a row fits.
func (c *condition) holds(r *row) bool { return c.evaluate(c.expression, r) }

func (c *condition) evaluate(e *expression, r *row) bool {
	switch {
	case e == nil:
		return true
	case e.simple != nil:
		return c.compare(e.simple, r)
	case e.or != nil:
		return slices.ContainsFunc(e.or, func(part *expression) bool { return c.evaluate(part, r) })
	}
	return !slices.ContainsFunc(e.and, func(part *expression) bool { return !c.evaluate(part, r) })
}

func (c *condition) compare(s *simple, r *row) bool {
	filter := c.fields[s.field]
	switch filter.Field {
	case "date":
		return c.fits(s, filter, r.date)
	case "person.id":
		return c.fits(s, filter, r.person)
	}
	for value := range values(r.raw, filter.Field) {
		if c.fits(s, filter, text(value)) {
			return true
		}
	}
	return false
}

func (c *condition) fits(s *simple, filter *contract.Filter, value string) bool {
	if value == "" {
		return false
	}
	switch s.operator {
	case "ge":
		return order(filter, value, s.constants[0].text) >= 0
	case "le":
		return order(filter, value, s.constants[0].text) <= 0
	}
	for _, constant := range s.constants {
		if s.named == "" && value == constant.text || c.circles[s.named+" "+constant.text][value] {
			return true
		}
	}
	return false
}

// order compares numbers as numbers and the rest, dates included, as text.
func order(filter *contract.Filter, a, b string) int {
	if filter.Type != "integer" {
		return strings.Compare(a, b)
	}
	x, _ := strconv.Atoi(a)
	y, _ := strconv.Atoi(b)
	return x - y
}

// Circle is a back door: the people of a named collection that filters can use, `person in circle(2)`; kind
// is "circle" or "org-group".
func (t *Tenant) Circle(kind string, id int, people ...int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.circles == nil {
		t.circles = make(map[string]map[string]bool)
	}
	members := make(map[string]bool, len(people))
	for _, person := range people {
		members[strconv.Itoa(person)] = true
	}
	t.circles[kind+" "+strconv.Itoa(id)] = members
}
