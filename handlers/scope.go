package handlers

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"protime-admin/internal/config"
	"protime-admin/internal/listing"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// Filters of the worklist beside the period; the clockings themselves have no department.
const (
	filterDepartment = "department"
	filterCircle     = "circle"
	filterGroup      = "organisation-group"
)

// scope is whose days the worklist is asked for.
type scope struct {
	listing.Selection          // the period and the people
	department        string   // id, "" for any
	circles, groups   []string // numbers
	people            []string // ids; nil for everybody
	empty             bool     // nobody is known to be in the department; nothing is to be read
	wrong             string   // the filter that is no number, "" for none
}

// readScope reads the filters of the worklist from the page's own address.
func (x *exchange) readScope() scope { return x.scopeOf(x.address().Query()) }

// scopeOf reads the filters of a worklist. A period that is none, or too long, is a problem of the selection.
func (x *exchange) scopeOf(q url.Values) scope {
	if !q.Has(periodFrom) && !q.Has(periodUntil) {
		open := openPeriod(x.words.Today)
		q.Set(periodFrom, open.from.Format(time.DateOnly))
		q.Set(periodUntil, open.to.Format(time.DateOnly))
	}
	reader := listing.Reader{Words: x.words, Finder: x.finder(), Path: x.address().EscapedPath(), Query: q}
	s := scope{Selection: reader.Read(x.request().Context(), &contract.Collection{Filters: []contract.Filter{
		{Name: "date", Type: "date", Required: true, Operators: []string{"ge", "le"}},
		{Name: "person", Ref: "people", Type: "integer", Operators: []string{"in"}},
	}})}
	if s.To == "" {
		s.To = s.From
	}
	if !s.Problem && s.period().days() > mostDays {
		s.Problem = true
		s.Inputs[1].Problem = x.words.N("filter.too-wide", mostDays)
	}
	if department := s.numbers(q, filterDepartment); len(department) > 0 {
		s.department = department[0]
	}
	s.circles, s.groups = s.numbers(q, filterCircle), s.numbers(q, filterGroup)
	s.people = splitIDs(s.Values.Get("person"))
	if s.department != "" {
		members := x.s.Departments.PeopleDuring(s.department, s.From, s.To)
		if s.people != nil {
			members = slices.DeleteFunc(s.people, func(id string) bool { return !slices.Contains(members, id) })
		}
		s.people, s.empty = members, len(members) == 0
	}
	return s
}

// period is the zero value where the dates are none.
func (s scope) period() period {
	from, wrong := time.Parse(time.DateOnly, s.From)
	to, err := time.Parse(time.DateOnly, s.To)
	if wrong != nil || err != nil {
		return period{}
	}
	return period{from, to}
}

// openPeriod is last week and this one until today: corrections are made while people remember, and a day that was missed
// on Friday is still there on Monday.
func openPeriod(today time.Time) period {
	return period{weekOf(today).from.AddDate(0, 0, -7), today}
}

// has reports whether a person's day is in the scope as far as this program knows: who is in a circle or an organisation
// group it does not.
func (s scope) has(x *exchange, d personDay) bool {
	if d.date < s.From || d.date > s.To || len(s.circles)+len(s.groups) > 0 {
		return false
	}
	return s.holds(x, d) && (s.people == nil || slices.Contains(s.people, d.person))
}

// holds reports whether a person's day is one of the department. The reading has everybody who is in it on some day of
// the period: on other days they may be elsewhere.
func (s scope) holds(x *exchange, d personDay) bool {
	if s.department == "" {
		return true
	}
	in, ok := x.s.Departments.Of(d.person, d.date)
	return ok && in == s.department
}

// numbers are the numbers of a filter, comma separated. What is none is a problem: without it the list would be of more
// people than were asked for.
func (s *scope) numbers(q url.Values, name string) []string {
	numbers := splitIDs(q.Get(name))
	if slices.ContainsFunc(numbers, func(text string) bool { _, err := strconv.ParseUint(text, 10, 31); return err != nil }) {
		s.Problem, s.wrong = true, name
		return nil
	}
	return numbers
}

func splitIDs(text string) []string {
	var ids []string
	for id := range strings.SplitSeq(text, ",") {
		if id = strings.TrimSpace(id); id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// pickers are the filters in the line below the title, more those behind a button.
func (x *exchange) pickers(s scope) (pickers, more []views.FilterInput) {
	if choices := x.departments(s.department); len(choices) > 0 {
		pickers = append(pickers, views.FilterInput{
			Name: filterDepartment, Label: x.words.T("filter.department"), Kind: "choice", Options: choices,
		})
	}
	pickers = append(pickers, s.Inputs[2])
	more = append(more,
		x.groupFilter(filterCircle, "filter.circle", x.s.Config.Circles, s.circles),
		x.groupFilter(filterGroup, "filter.organisation-group", x.s.Config.OrganisationGroups, s.groups))
	more = append(more, s.Inputs[:2]...)
	for _, inputs := range [][]views.FilterInput{pickers, more} {
		for i := range inputs {
			if inputs[i].Name == s.wrong {
				inputs[i].Problem = x.words.T("filter.number")
			}
		}
	}
	return pickers, more
}

// departments are those to choose from, none where their names cannot be read.
func (x *exchange) departments(chosen string) []views.Choice {
	x.s.Catalog.Need(x.request().Context(), "departments")
	found := x.s.Catalog.Find(x.request().Context(), "departments", "", mostDepartments)
	if len(found) == 0 || x.s.Departments.State().Count == 0 {
		return nil
	}
	choices := []views.Choice{{Text: x.words.T("filter.everybody"), Selected: chosen == ""}}
	known := chosen == ""
	for _, e := range found {
		known = known || e.ID == chosen
		choices = append(choices, views.Choice{Value: e.ID, Text: e.Name(x.words.Tag), Selected: e.ID == chosen})
	}
	if !known {
		choices = append(choices, views.Choice{Value: chosen, Text: chosen, Selected: true})
	}
	return choices
}

// mostDepartments bounds the choice of departments.
const mostDepartments = 500

// groupFilter is a choice of the groups that the configuration names, else a number.
func (x *exchange) groupFilter(name, label string, named []config.Group, chosen []string) views.FilterInput {
	input := views.FilterInput{Name: name, Label: x.words.T(label), Kind: "text", Value: strings.Join(chosen, ",")}
	if len(named) == 0 {
		return input
	}
	input.Kind = "choice"
	input.Options = []views.Choice{{Text: x.words.T("filter.all"), Selected: input.Value == ""}}
	known := input.Value == ""
	for _, group := range named {
		id := strconv.FormatInt(group.ID, 10)
		known = known || id == input.Value
		input.Options = append(input.Options, views.Choice{Value: id, Text: group.Name, Selected: id == input.Value})
	}
	if !known {
		input.Options = append(input.Options, views.Choice{Value: input.Value, Text: input.Value, Selected: true})
	}
	return input
}
