package simulator

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"protime-admin/protime/contract"
)

// condition reads the filter of a list. It gives a function that says whether the filter holds for a row, or the
// reasons why the filter is refused.
func (t *Tenant) condition(c *contract.Collection, source string) (func(*row) bool, []string) {
	e, reasons := &expression{}, []string(nil) // without parts it holds for every row
	if source != "" {
		e, reasons = parseFilter(c, source)
	}
	for _, filter := range c.Filters {
		if filter.Required && e != nil {
			reasons = append(reasons, checkRange(filter, e)...)
		}
	}
	return func(r *row) bool { return e.holds(r, t.circles) }, reasons
}

// comparisons returns those of an expression; without orToo only those that hold whenever the expression does.
func (e *expression) comparisons(orToo bool) []*comparison {
	if e.comparison != nil {
		return []*comparison{e.comparison}
	}
	var all []*comparison
	if !e.or || orToo {
		for _, part := range e.parts {
			all = append(all, part.comparisons(orToo)...)
		}
	}
	return all
}

// check holds a comparison against the collection's filter; the reason is "" when it fits.
func (c *comparison) check() string {
	switch {
	case c.filter.Name == "":
		return fmt.Sprintf("The filter field '%s' is unknown.", c.field)
	case !slices.Contains(c.filter.Operators, c.operator):
		return fmt.Sprintf("The operator '%s' cannot be used on '%s'.", c.operator, c.field)
	case c.isList != (c.operator == "in"):
		return fmt.Sprintf("'in' takes a list, the other operators one value: '%s'.", c.field)
	case c.named != "" && !slices.Contains(c.filter.Lists, c.named):
		return fmt.Sprintf("The list '%s' is unknown.", c.named)
	}
	want := strings.Replace(c.filter.Type, "date", "string", 1)
	for _, constant := range c.constants {
		if want != "" && constant.kind != want {
			return fmt.Sprintf("'%s' takes a value of type %s.", c.field, c.filter.Type)
		}
		if _, err := time.Parse(time.DateOnly, constant.text); c.filter.Type == "date" && err != nil {
			return fmt.Sprintf("'%s' takes a date, YYYY-MM-DD.", c.field)
		}
		if len(c.filter.Enum) > 0 && !slices.Contains(c.filter.Enum, constant.text) {
			return fmt.Sprintf("'%s' is not a value of '%s'.", constant.text, c.field)
		}
	}
	return ""
}

// checkRange demands a required condition and limits its range. An open end is accepted, as the examples show
// one (tutorials/first-clocking-integration); an open start is not.
func checkRange(filter contract.Filter, e *expression) []string {
	from, until, found := "", "", false
	for _, c := range e.comparisons(false) {
		if c.field != filter.Name {
			continue
		}
		if found = true; len(c.constants) != 1 {
			continue
		}
		value := c.constants[0].text
		if c.operator != "le" {
			from = max(from, value)
		}
		if c.operator != "ge" && (until == "" || value < until) {
			until = value
		}
	}
	switch {
	case !found:
		return []string{fmt.Sprintf("A filter on '%s' is required.", filter.Name)}
	case filter.MaxYears > 0 && from == "":
		return []string{fmt.Sprintf("The filter on '%s' needs a start.", filter.Name)}
	case filter.TooWide(from, until):
		return []string{"The provided date range is invalid"}
	}
	return nil
}

// holds reports whether an expression holds for a row.
func (e *expression) holds(r *row, circles map[string][]string) bool {
	if e.comparison != nil {
		return e.compare(r, circles)
	}
	for _, part := range e.parts {
		if part.holds(r, circles) == e.or {
			return e.or
		}
	}
	return !e.or
}

func (c *comparison) compare(r *row, circles map[string][]string) bool {
	found := []string{r.date}
	switch c.filter.Field {
	case "date":
	case "person.id":
		found[0] = r.person
	default:
		found = values(r.raw, c.filter.Field)
	}
	return slices.ContainsFunc(found, func(raw string) bool {
		value := text(raw)
		return value != "" && slices.ContainsFunc(c.constants, func(k constant) bool {
			switch { // ge and le are for dates
			case c.named != "":
				return slices.Contains(circles[c.named+" "+k.text], value)
			case c.operator == "ge":
				return value >= k.text
			case c.operator == "le":
				return value <= k.text
			}
			return value == k.text
		})
	})
}
