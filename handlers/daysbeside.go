package handlers

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"protime-admin/internal/form"
	"protime-admin/internal/worklist"
	"protime-admin/views"
)

// beside are the ways out of a person's days: back to where the person was chosen, and to the people beside them, in the
// order of the worklist where they come from there and it is still known, else by name.
func (x *exchange) beside(v *views.Week, read personDays) {
	c, _ := x.s.Contract.Collection("people")
	v.Back = views.Link{Text: x.words.T("week.person"), Href: c.ItemURL(read.Person)}
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
	before, after := x.s.People.Neighbours(read.Person)
	v.Before, v.After = x.daysLink(before, read.period), x.daysLink(after, read.period)
	if v.After.Href != "" {
		v.After.Text = x.words.T("week.person-after", "person", v.After.Text)
	}
}

// toCheck are the rows of a worklist that was read a moment ago, in their order; false where there is none.
func (x *exchange) toCheck(q url.Values) ([]worklist.Row, bool) {
	s := x.scopeOf(q)
	if s.Problem || s.Ask != nil || s.Nobody {
		return nil, false
	}
	reading, ok := x.s.worklist.Known(worklist.Scope{
		From: s.From, To: s.To, Circles: s.Circles, OrgGroups: s.OrganisationGroups, People: s.People,
	})
	if !ok {
		return nil, false
	}
	rows, _, _ := reading.Rows()
	left := x.leftDays(s.From, s.To)
	rows = slices.DeleteFunc(slices.Clone(rows), func(row worklist.Row) bool {
		return row.Resolved || leftAs(row.Day, left) != nil || !s.holds(x, personDay{row.Person, row.Date})
	})
	slices.SortFunc(rows, func(a, b worklist.Row) int {
		return x.positionOf(a.Person, a.Date).compare(x.positionOf(b.Person, b.Date))
	})
	return rows, true
}

func (x *exchange) positionOf(person, date string) position {
	return position{date, strings.ToLower(x.words.PersonName(person)), person}
}

// nextToCheck is the page of the next person in the worklist that a path shows, "" where it shows none that is known.
func (x *exchange) nextToCheck(path, person, date string) string {
	from, err := url.Parse(path)
	if err != nil || from.Path != "/" && from.Path != "/missing" {
		return ""
	}
	rows, _ := x.toCheck(from.Query())
	here := x.positionOf(person, date)
	for _, row := range rows {
		if row.Person != person && here.before(x.positionOf(row.Person, row.Date)) {
			return x.nextPath(row.Person, row.Date, path)
		}
	}
	return ""
}

// nextPath leads to a person's date and from there back, "" where that is no path to go to after a form.
func (x *exchange) nextPath(person, date, back string) string {
	return x.safe(dayPath(person, date) + "&" + url.Values{form.InputReturn: {back}}.Encode())
}

// besideInWorklist takes the neighbours from a worklist that was read a moment ago; it is false where there is none.
func (x *exchange) besideInWorklist(v *views.Week, read personDays, q url.Values) bool {
	rows, ok := x.toCheck(q)
	if !ok {
		return false
	}
	first, last := read.from.Format(time.DateOnly), read.to.Format(time.DateOnly)
	here := x.positionOf(read.Person, first)
	for _, row := range rows {
		if row.Person == read.Person && first <= row.Date && row.Date <= last {
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
		if x.positionOf(row.Person, row.Date).before(here) {
			v.Before = link
			continue
		}
		v.After = link
		v.After.Text = x.words.T("week.next-to-check", "person", link.Text)
		break
	}
	return true
}
