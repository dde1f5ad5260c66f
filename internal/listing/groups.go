package listing

import (
	"slices"
	"strconv"
	"strings"

	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// Parameters of the filters for the people of a group.
const (
	inDepartment = "department"
	inCircle     = "circle"
	inOrgGroup   = "organisation-group"
)

// Groups are the groups that people can be filtered by, each with its number as Value and its name.
type Groups struct {
	// Departments are nil where it is not known who is in which, and empty where their names alone are not known. The API
	// has no filter by department: Members gives the ids of those who are in one on any day of a period, In says for one
	// day. Without Members there is no such filter.
	Departments []views.Choice
	Members     func(department, from, until string) []string
	In          func(person, date string) (department string, ok bool)
	// Circles and OrganisationGroups are those that have a name. The API filters by the number of any.
	Circles, OrganisationGroups []views.Choice
}

// groups adds the inputs of the groups that a list of registrations can be filtered by. It needs the period and the
// people of the selection.
func (r Reader) groups(s *Selection, f contract.Filter) {
	if r.Groups.Members != nil && s.Period != "" && (len(r.Groups.Departments) > 0 || r.Query.Get(inDepartment) != "") {
		r.department(s)
	}
	var conditions []protime.Filter
	if slices.Contains(f.Lists, "circle") {
		condition, circles := r.named(s, inCircle, "filter.circle", r.Groups.Circles, f.Name, protime.InCircle)
		conditions, s.Circles = append(conditions, condition), circles
	}
	if slices.Contains(f.Lists, "org-group") {
		condition, groups := r.named(
			s, inOrgGroup, "filter.organisation-group", r.Groups.OrganisationGroups, f.Name, protime.InOrgGroup,
		)
		conditions, s.OrganisationGroups = append(conditions, condition), groups
	}
	s.Lists = protime.And(conditions...)
}

// department adds the input of a department and narrows the selection to its people.
func (r Reader) department(s *Selection) {
	chosen := strings.TrimSpace(r.Query.Get(inDepartment))
	s.Inputs = append(s.Inputs, views.FilterInput{
		Name: inDepartment, Label: r.Words.T("filter.department"), Kind: "choice",
		Options: Choices(r.Words.T("filter.all"), chosen, r.Groups.Departments),
	})
	if chosen == "" {
		return
	}
	if r.Groups.Departments == nil {
		s.problem(len(s.Inputs)-1, r.Words.T("filter.department-unknown"))
		return
	}
	if len(r.Groups.Departments) > 0 && !slices.ContainsFunc(r.Groups.Departments, func(c views.Choice) bool { return c.Value == chosen }) {
		s.problem(len(s.Inputs)-1, r.Words.T("filter.value"))
		return
	}
	s.Values.Set(inDepartment, chosen)
	s.department, s.in = chosen, r.Groups.In
	members := r.Groups.Members(chosen, s.From, s.To)
	if s.People != nil {
		members = slices.DeleteFunc(slices.Clone(s.People), func(id string) bool { return !slices.Contains(members, id) })
	}
	s.People, s.Nobody = members, len(members) == 0
}

// named adds the input of a list that the API knows by number, and returns what was chosen. Where none has a name it is typed.
func (r Reader) named(
	s *Selection, name, label string, known []views.Choice, identifier string,
	condition func(identifier string, numbers ...int64) protime.Filter,
) (protime.Filter, []string) {
	typed := strings.TrimSpace(r.Query.Get(name))
	input := views.FilterInput{Name: name, Label: r.Words.T(label), Kind: "number", Value: typed, More: true}
	if len(known) > 0 {
		input.Kind, input.Options = "choice", Choices(r.Words.T("filter.all"), typed, known)
	}
	s.Inputs = append(s.Inputs, input)
	var numbers []int64
	for _, text := range list(typed) {
		number, err := strconv.ParseInt(text, 10, 32)
		if err != nil || number < 0 {
			s.problem(len(s.Inputs)-1, r.Words.T("filter.number"))
			return protime.Filter{}, nil
		}
		numbers = append(numbers, number)
	}
	if numbers == nil || r.tooMany(s, list(typed)) {
		return protime.Filter{}, nil
	}
	s.Values.Set(name, typed)
	return condition(identifier, numbers...), list(typed)
}

// Choices are those of a group, all of them first. What was chosen stays although it has no name.
func Choices(all, chosen string, known []views.Choice) []views.Choice {
	options := []views.Choice{{Text: all, Selected: chosen == ""}}
	for _, choice := range known {
		choice.Selected = choice.Value == chosen
		options = append(options, choice)
	}
	if chosen != "" && !slices.ContainsFunc(known, func(c views.Choice) bool { return c.Value == chosen }) {
		options = append(options, views.Choice{Value: chosen, Text: chosen, Selected: true})
	}
	return options
}

// Holds reports whether a record is one of the selection's department. The API was asked for all who are in it on some
// day of the period: on other days they may be elsewhere.
func (s *Selection) Holds(record protime.Record) bool {
	if s.department == "" {
		return true
	}
	date := record.Text("date")
	if date == "" {
		date = record.Text("from")
	}
	return s.HoldsPerson(record.Text("person", "id"), date[:min(len(date), len("2006-01-02"))])
}

// HoldsPerson is Holds for a person's date, yyyy-mm-dd.
func (s *Selection) HoldsPerson(person, date string) bool {
	if s.department == "" {
		return true
	}
	department, ok := s.in(person, date)
	return ok && department == s.department
}
