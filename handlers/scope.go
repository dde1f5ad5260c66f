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

// filterDepartment is the filter of the worklist that is none of clockings: these have no department.
const filterDepartment = "department"

// scope is whose days the worklist is asked for. Its People and Nobody heed the department.
type scope struct {
	listing.Selection
	department string // id, "" for any
	wrong      string // what is wrong with the department, "" for nothing
}

// readScope reads the filters of the worklist from the page's own address.
func (x *exchange) readScope() scope {
	s := x.scopeOf(x.address().Query())
	s.Problem = s.Problem || x.weekProblem() != ""
	return s
}

// scopeOf reads the filters of a worklist. A period that is none, or too long, is a problem of the selection.
func (x *exchange) scopeOf(q url.Values) scope {
	if !q.Has(periodFrom) && !q.Has(periodUntil) {
		open := openPeriod(x.words.Today)
		q.Set(periodFrom, open.from.Format(time.DateOnly))
		q.Set(periodUntil, open.to.Format(time.DateOnly))
	}
	reader := listing.Reader{
		Words: x.words, Finder: x.finder(), Path: x.address().EscapedPath(), Query: q,
		Groups: listing.Groups{Circles: named(x.s.Config.Circles), OrganisationGroups: named(x.s.Config.OrganisationGroups)},
	}
	s := scope{Selection: reader.Read(x.request().Context(), &contract.Collection{Filters: []contract.Filter{
		{Name: "date", Type: "date", Required: true, Operators: []string{"ge", "le"}},
		{Name: "person", Ref: "people", Type: "integer", Operators: []string{"in"}, Lists: []string{"circle", "org-group"}},
	}})}
	if s.To == "" {
		s.To = s.From
	}
	if !s.Problem && periodOf(&s.Selection).days() > mostWorkDays {
		s.Problem = true
		s.Inputs[1].Problem = x.words.N("filter.too-wide", mostWorkDays)
	}
	s.department = strings.TrimSpace(q.Get(filterDepartment))
	if _, err := strconv.ParseUint(s.department, 10, 31); s.department != "" && err != nil {
		s.Problem, s.wrong = true, x.words.T("filter.number")
		return s
	}
	if s.department != "" {
		if known := x.departments(); len(known) > 0 && !slices.ContainsFunc(known, func(c views.Choice) bool { return c.Value == s.department }) {
			s.Problem, s.wrong = true, x.words.T("filter.value")
			return s
		}
		members := x.s.Departments.PeopleDuring(s.department, s.From, s.To)
		if s.People != nil {
			members = slices.DeleteFunc(s.People, func(id string) bool { return !slices.Contains(members, id) })
		}
		s.People, s.Nobody = members, len(members) == 0
	}
	return s
}

// openPeriod is last week and this one until today: corrections are made while people remember, and a day that was missed
// on Friday is still there on Monday.
func openPeriod(today time.Time) period {
	return period{weekOf(today).from.AddDate(0, 0, -7), today}
}

// has reports whether a person's day is in the scope as far as this program knows: who is in a circle or an organisation
// group it does not.
func (s scope) has(x *exchange, d personDay) bool {
	if d.date < s.From || d.date > s.To || len(s.Circles)+len(s.OrganisationGroups) > 0 {
		return false
	}
	return s.holds(x, d) && (s.People == nil || slices.Contains(s.People, d.person))
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

// pickers are the filters in the line below the title, more those behind a button, dates those of the choice of days.
func (x *exchange) pickers(s scope) (pickers, more, dates []views.FilterInput) {
	x.s.Catalog.Need(x.request().Context(), "departments")
	if known := x.departments(); len(known) > 0 && x.s.Departments.State().Count > 0 {
		pickers = append(pickers, views.FilterInput{
			Name: filterDepartment, Label: x.words.T("filter.department"), Kind: "choice",
			Options: listing.Choices(x.words.T("filter.everybody"), s.department, known), Problem: s.wrong,
		})
	}
	return append(pickers, s.Inputs[2]), s.Inputs[3:], s.Inputs[:2]
}

// mostDepartments bounds the choice of departments.
const mostDepartments = 500

// departments are those to choose from; nil where it is not known who is in which, and empty where their names are not.
func (x *exchange) departments() []views.Choice {
	if x.s.Departments.State().At.IsZero() {
		return nil
	}
	choices := []views.Choice{}
	for _, hit := range x.finder().Find(x.request().Context(), "departments", "", mostDepartments) {
		choices = append(choices, views.Choice{Value: hit.ID, Text: hit.Label})
	}
	return choices
}

// named are configured groups as choices.
func named(groups []config.Group) []views.Choice {
	choices := make([]views.Choice, 0, len(groups))
	for _, group := range groups {
		choices = append(choices, views.Choice{Value: strconv.FormatInt(group.ID, 10), Text: group.Name})
	}
	return choices
}

// recordFilters reads the filters of a collection's list.
func (x *exchange) recordFilters() listing.Reader {
	r := x.listing()
	r.Groups = listing.Groups{
		Departments: x.departments(), Members: x.s.Departments.PeopleDuring, In: x.s.Departments.Of,
		Circles: named(x.s.Config.Circles), OrganisationGroups: named(x.s.Config.OrganisationGroups),
	}
	return r
}
