package handlers

import (
	"strconv"

	"protime-admin/internal/config"
	"protime-admin/internal/listing"
	"protime-admin/views"
)

// groups are the groups that lists can be filtered by. Departments are offered once it is known who is in which.
func (x *exchange) groups() listing.Groups {
	s := x.s
	g := listing.Groups{
		Members: s.Departments.PeopleDuring, In: s.Departments.Of,
		Circles: named(s.Config.Circles), OrganisationGroups: named(s.Config.OrganisationGroups),
	}
	if s.Departments.State().At.IsZero() {
		return g
	}
	g.Departments = []views.Choice{}
	for _, hit := range x.finder().Find(x.request().Context(), "departments", "", mostDepartments) {
		g.Departments = append(g.Departments, views.Choice{Value: hit.ID, Text: hit.Label})
	}
	return g
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
	r.Groups = x.groups()
	return r
}
