// Package listing reads what a list is asked to show: which records, by the filters in its address, which of their
// fields, and in which order. Lists of records and the audit log's page share it. What is wrong with a filter comes back
// as a sentence beside its input; nothing is asked of the API then.
package listing

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"protime-admin/internal/field"
	"protime-admin/internal/form"
	"protime-admin/internal/tell"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// mostValues is how many values a filter takes: each is looked up, named on the page and part of its links.
const mostValues = 2000

// Reader reads the query of one page.
type Reader struct {
	Words  *tell.Words
	Finder form.Finder
	Path   string // of the page, for links to it
	Query  url.Values
	Groups Groups
}

// Selection is a query that was read. With a Problem, or with an Ask, Filter is not to be used.
type Selection struct {
	Filter   protime.Filter
	Inputs   []views.FilterInput
	Values   url.Values     // parameters of the filters that hold, for links
	Problem  bool           // one of Inputs has a problem
	Ask      *views.Choices // several people match what was typed
	Deleted  bool           // deleted records are shown, too
	From, To string         // the period, where the list has one
	Period   string         // name of the filter that the period is of
	// People are the ids of those who were asked for, by themselves or by a department; nil for everybody. Nobody says
	// that the department has none: nothing is to be read.
	People []string
	Nobody bool
	Lists  protime.Filter // the part of Filter that names circles and organisation groups
	// Circles and OrganisationGroups are the numbers of those that were asked for.
	Circles, OrganisationGroups []string

	department string
	in         func(person, date string) (string, bool)
}

// Read reads the filters of a collection's list. A list that needs a period shows this week when none was asked for.
func (r Reader) Read(ctx context.Context, c *contract.Collection) Selection {
	s := Selection{Deleted: r.Query.Get("deleted") == "show", Values: url.Values{}}
	var conditions []protime.Filter
	for _, f := range c.Filters {
		switch {
		case f.Type == "date":
			conditions = append(conditions, r.period(&s, f)...)
		case f.Ref == "people":
			r.people(ctx, &s, f)
			r.groups(&s, f)
			if len(s.People) > 0 {
				conditions = append(conditions, protime.Condition(f, "in", s.People...))
			}
			conditions = append(conditions, s.Lists)
		default:
			conditions = append(conditions, r.plain(&s, f)...)
		}
	}
	if s.Deleted {
		s.Values.Set("deleted", "show")
	}
	s.Filter = protime.And(conditions...)
	return s
}

// period is a range of dates.
func (r Reader) period(s *Selection, f contract.Filter) []protime.Filter {
	ge, le := f.Name+".ge", f.Name+".le"
	from, to := r.Query.Get(ge), r.Query.Get(le)
	if f.Required && !r.Query.Has(ge) && !r.Query.Has(le) {
		monday := r.Words.Today.AddDate(0, 0, -(int(r.Words.Today.Weekday())+6)%7)
		from, to = monday.Format(time.DateOnly), monday.AddDate(0, 0, 6).Format(time.DateOnly)
	}
	s.Period = f.Name
	s.From, s.To = r.date(s, ge, "filter.from", from), r.date(s, le, "filter.until", to)
	switch {
	case s.Problem:
	case f.Required && s.From == "":
		s.problem(len(s.Inputs)-2, r.Words.T("filter.from-required"))
	case f.Required && (!inYears(s.From) || !inYears(s.To)):
		s.problem(len(s.Inputs)-1, r.Words.T("filter.years"))
	case s.To != "" && s.From > s.To:
		s.problem(len(s.Inputs)-1, r.Words.T("filter.order"))
	case f.TooWide(s.From, s.To):
		s.problem(len(s.Inputs)-1, r.Words.T("filter.over-a-year"))
	}
	var conditions []protime.Filter
	if s.From != "" {
		conditions = append(conditions, protime.Condition(f, "ge", s.From))
	}
	if s.To != "" {
		conditions = append(conditions, protime.Condition(f, "le", s.To))
	}
	return conditions
}

// Years of a period that is needed. The days beside it are read as well, and dates are compared as text.
const (
	firstYear = 1900
	lastYear  = 2999
)

// InYears reports whether a date can be one of a period; the zero value, no date, can.
func InYears(date time.Time) bool {
	return date.IsZero() || firstYear <= date.Year() && date.Year() <= lastYear
}

// inYears is InYears for yyyy-mm-dd, or "" for no date.
func inYears(date string) bool {
	day, _ := time.Parse(time.DateOnly, date) // a date that was read, or none
	return InYears(day)
}

// date adds the input of a date, typed in any way that a form's date may be, and returns it as yyyy-mm-dd.
func (r Reader) date(s *Selection, name, label, typed string) string {
	typed = strings.TrimSpace(typed)
	s.Inputs = append(s.Inputs, views.FilterInput{Name: name, Label: r.Words.T(label), Kind: "date", Value: typed})
	raw, wrong := field.Parse(contract.Field{Type: "string", Format: "date"}, field.Typed{Text: typed}, r.Words.Today)
	date := field.Plain(raw)
	switch {
	case wrong != nil:
		s.problem(len(s.Inputs)-1, views.ProblemText(r.Words.Printer, wrong))
	case date != "":
		s.Inputs[len(s.Inputs)-1].Value = date
		s.Values.Set(name, date)
	}
	return date
}

func (s *Selection) problem(input int, sentence string) {
	s.Inputs[input].Problem, s.Problem = sentence, true
}

// tooMany reports whether the last input has more values than a filter takes.
func (r Reader) tooMany(s *Selection, values []string) bool {
	if len(values) <= mostValues {
		return false
	}
	s.problem(len(s.Inputs)-1, r.Words.T("filter.most", "max", strconv.Itoa(mostValues)))
	return true
}

// plain adds the input of a choice, of which several may be given by the address, or of a typed value.
func (r Reader) plain(s *Selection, f contract.Filter) []protime.Filter {
	values := list(r.Query.Get(f.Name))
	input := views.FilterInput{
		Name: f.Name, Label: r.Words.FilterLabel(f), Kind: "text", Value: r.Query.Get(f.Name), More: s.Period != "",
	}
	options := f.Enum
	if f.Type == "boolean" {
		options = []string{"true", "false"}
	}
	if len(options) > 0 {
		input.Kind = "choice"
		input.Options = []views.Choice{{Text: r.Words.T("filter.all"), Selected: len(values) == 0}}
		for _, option := range options {
			input.Options = append(input.Options, views.Choice{
				Value: option, Text: r.Words.FilterValue(f, option), Selected: slices.Equal(values, []string{option}),
			})
		}
		if len(values) > 1 {
			input.Options = append(input.Options, views.Choice{
				Value: strings.Join(values, ","), Text: strings.Join(values, ", "), Selected: true,
			})
		}
	}
	s.Inputs = append(s.Inputs, input)
	if len(values) == 0 {
		return nil
	}
	if r.tooMany(s, values) {
		return nil
	}
	condition := protime.Condition(f, f.Operators[0], values...)
	if f.Multiple && len(values) > 1 {
		var each []protime.Filter
		for _, value := range values {
			each = append(each, protime.Condition(f, "eq", value))
		}
		condition = protime.Or(each...)
	}
	if condition.Err() != nil {
		s.problem(len(s.Inputs)-1, r.Words.T("filter.value"))
		return nil
	}
	s.Values.Set(f.Name, strings.Join(values, ","))
	return []protime.Filter{condition}
}

// list splits at commas.
func list(text string) []string {
	var values []string
	for value := range strings.SplitSeq(text, ",") {
		if value = strings.TrimSpace(value); value != "" {
			values = append(values, value)
		}
	}
	return values
}

// NewRecord is what a new record has in common with those of the list, as the query of its form: the person, the day,
// the kind.
func (s *Selection) NewRecord(c *contract.Collection) url.Values {
	q := url.Values{}
	for _, f := range c.Filters {
		value, name := s.Values.Get(f.Name), f.Name
		switch {
		case f.Type == "date" && s.From == s.To:
			value = s.From
		case f.Ref != "":
			name += ".id"
		}
		if field, ok := c.Field(f.Name); ok && !field.ReadOnly && value != "" && !strings.Contains(value, ",") {
			q.Set(name, value)
		}
	}
	return q
}

// Days is how many days the period has; 0 where it has no beginning, no end, or a problem.
func (s *Selection) Days() int {
	from, errFrom := time.Parse(time.DateOnly, s.From)
	to, errTo := time.Parse(time.DateOnly, s.To)
	if errFrom != nil || errTo != nil || s.Problem {
		return 0
	}
	return int(to.Sub(from).Hours()/24) + 1
}
