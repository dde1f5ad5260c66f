package handlers

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"protime-admin/internal/attendance"
	"protime-admin/internal/day"
	"protime-admin/internal/listing"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// circleDays is how long before the date somebody must have clocked to be found by a circle or an organisation group: the
// API does not list who is in one, it filters registrations by it.
const circleDays = 14

// groups are the inputs of the groups that people are in.
func (p *pickForm) groups() []views.FilterInput {
	x := p.x
	x.s.Catalog.Need(x.request().Context(), "departments")
	nobody := x.words.T("people.no-group")
	var all []views.FilterInput
	if known := x.departments(); len(known) > 0 {
		all = append(all, views.FilterInput{
			Name: filterDepartment, Label: x.words.T("filter.department"), Kind: "choice",
			Options: listing.Choices(nobody, p.values.Get(filterDepartment), known),
		})
	}
	if p.filterOfGroups() == nil {
		return all
	}
	for _, group := range []struct {
		name, label string
		known       []views.Choice
	}{
		{inputCircle, "filter.circle", named(x.s.Config.Circles)},
		{inputOrgGroup, "filter.organisation-group", named(x.s.Config.OrganisationGroups)},
	} {
		chosen := strings.TrimSpace(p.values.Get(group.name))
		input := views.FilterInput{Name: group.name, Label: x.words.T(group.label), Kind: "number", Value: chosen}
		if len(group.known) > 0 {
			input.Kind, input.Options = "choice", listing.Choices(nobody, chosen, group.known)
		}
		all = append(all, input)
	}
	return all
}

// filterOfGroups is the list of clockings, whose filter knows circles and organisation groups; nil where it does not.
func (p *pickForm) filterOfGroups() *contract.Collection {
	c, ok := p.x.s.Contract.Collection(attendance.Clockings)
	if !ok || p.x.whyNot(c, contract.List) != "" {
		return nil
	}
	filter, ok := c.Filter("person")
	if !ok || !slices.Contains(filter.Lists, inputCircle) {
		return nil
	}
	return c
}

// groups are those that were chosen.
type groups struct {
	department string           // its id, "" for none
	lists      []protime.Filter // by circle and organisation group
}

func (g groups) none() bool { return g.department == "" && len(g.lists) == 0 }

// chosen reads the groups; whoNot says that one is none.
func (p *pickForm) chosen() groups {
	g := groups{department: strings.TrimSpace(p.values.Get(filterDepartment))}
	for name, list := range map[string]func(string, ...int64) protime.Filter{
		inputCircle: protime.InCircle, inputOrgGroup: protime.InOrgGroup,
	} {
		text := strings.TrimSpace(p.values.Get(name))
		if text == "" {
			continue
		}
		number, err := strconv.ParseInt(text, 10, 32)
		if err != nil || number < 0 || p.filterOfGroups() == nil {
			p.whoNot = p.x.words.T("filter.number")
			continue
		}
		g.lists = append(g.lists, list("person", number))
	}
	return g
}

// members are the people who are in all of some groups, by name.
func (p *pickForm) members(of groups) (ids []string, err error) {
	date := p.dateTyped()
	if of.department != "" {
		ids = p.x.s.Departments.People(of.department, date)
	}
	if len(of.lists) > 0 {
		found, err := p.clocked(date, of.lists)
		if err != nil {
			return nil, err
		}
		if of.department != "" {
			found = slices.DeleteFunc(found, func(id string) bool { return !slices.Contains(ids, id) })
		}
		ids = found
	}
	slices.SortFunc(ids, func(a, b string) int {
		return p.x.positionOf(a, date).compare(p.x.positionOf(b, date))
	})
	return ids, nil
}

// dateTyped is the date of the record, yyyy-mm-dd.
func (p *pickForm) dateTyped() string {
	after, _, _ := p.typed.Merge(protime.Record{})
	return after.Text(p.date)
}

// clocked are the people of circles and organisation groups, as far as they have clocked lately.
func (p *pickForm) clocked(date string, lists []protime.Filter) ([]string, error) {
	c := p.filterOfGroups()
	ctx, cancel := context.WithTimeout(p.x.request().Context(), listTimeout)
	defer cancel()
	filter := protime.And(append(lists, attendance.During(day.Shift(date, -circleDays), date))...)
	found := map[string]bool{}
	for record, err := range protime.Records(p.x.s.API.List(ctx, c.URL(), protime.ListOptions{Filter: filter})) {
		if err != nil {
			status, failure := p.x.listFailure(c, err)
			return nil, &pageError{status: status, failure: failure, cause: err}
		}
		found[record.Text("person", "id")] = true
	}
	var ids []string
	for id := range found {
		ids = append(ids, id)
	}
	return ids, nil
}
