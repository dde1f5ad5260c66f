package handlers

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"protime-admin/internal/form"
	"protime-admin/internal/people"
	"protime-admin/internal/worklist"
	"protime-admin/views"
)

// beside are the ways out of a person's days: back to where the person was chosen, and to the people beside them, in the
// order of the worklist where they come from there and it is still known, else by name.
func (x *exchange) beside(v *views.Week, read personDays) {
	c, _ := x.s.Contract.Collection("people")
	v.Back = views.Link{Text: x.words.T("week.person"), Href: c.ItemURL(read.person)}
	target := x.safe(x.address().Query().Get(form.InputReturn))
	from, err := url.Parse(target)
	if target != "" && err == nil {
		v.Back = views.Link{Text: x.words.T("page.crumbs"), Href: target}
		if list, ok := x.s.Contract.Collection(strings.TrimPrefix(from.Path, "/")); ok {
			v.Back.Text = x.words.Collection(list)
		}
		if from.Path == "/" || from.Path == "/missing" {
			v.Back.Text = x.words.T("desk.title")
			if x.besideInWorklist(v, read, from.Query()) {
				return
			}
		}
	}
	before, after := x.s.People.Neighbours(read.person)
	v.Before, v.After = x.daysLink(before, read.period), x.daysLink(after, read.period)
	if v.After.Href != "" {
		v.After.Text = x.words.T("week.person-after", "person", v.After.Text)
	}
}

// besideInWorklist takes the neighbours from a worklist that was read a moment ago; it is false where there is none.
func (x *exchange) besideInWorklist(v *views.Week, read personDays, q url.Values) bool {
	s := x.scopeOf(q)
	if s.Problem || s.Ask != nil || s.empty {
		return false
	}
	reading, ok := x.s.worklist.Known(worklist.Scope{
		From: s.From, To: s.To, Circles: s.circles, OrgGroups: s.groups, People: s.people,
	})
	if !ok {
		return false
	}
	rows, _, _ := reading.Rows()
	at := func(person, date string) position {
		return position{date, strings.ToLower(x.words.PersonName(person)), person}
	}
	slices.SortFunc(rows, func(a, b worklist.Row) int { return at(a.Person, a.Date).compare(at(b.Person, b.Date)) })
	first, last := read.from.Format(time.DateOnly), read.to.Format(time.DateOnly)
	here := at(read.person, first)
	for _, row := range rows {
		if row.Resolved || !s.holds(x, personDay{row.Person, row.Date}) ||
			row.Person == read.person && first <= row.Date && row.Date <= last {
			continue
		}
		date, err := time.Parse(time.DateOnly, row.Date)
		if err != nil {
			continue
		}
		p := period{date, date}
		if read.days() > 1 {
			p = weekOf(date)
		}
		who, _ := x.s.People.Person(row.Person)
		who.ID = row.Person
		link := x.daysLink(who, p)
		if at(row.Person, row.Date).before(here) {
			v.Before = link
			continue
		}
		v.After = link
		v.After.Text = x.words.T("week.next-to-check", "person", link.Text)
		break
	}
	return true
}

// daysLink leads to a person's days, and from there back to where this page leads back to.
func (x *exchange) daysLink(who people.Person, p period) views.Link {
	if who.ID == "" {
		return views.Link{}
	}
	c, _ := x.s.Contract.Collection("people")
	q := with(x.address().Query(), periodFrom, p.from.Format(time.DateOnly), periodUntil, p.to.Format(time.DateOnly))
	return views.Link{Text: x.words.PersonName(who.ID), Href: c.ItemURL(who.ID) + "/days?" + q}
}
