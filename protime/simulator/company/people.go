package company

import (
	"strconv"
	"strings"
)

// person is what the other files need to know of somebody.
type person struct {
	id         int
	department int
	night      bool // works at night
	activity   bool // registers activities
	gone       bool // left the company before the four weeks
}

// firstPerson is the id of the first of them; Jan Maes is 76547, as in the documentation's examples.
const firstPerson = 76501

// The places of Jan Maes and Els Peeters in the list of names. They are never absent and make no mistakes, so
// that tests can rely on their days.
const (
	jan = 46
	els = 47
)

// staff stores the people with their contracts and histories, in a circle or an organisation group.
func (c *company) staff() {
	for i, name := range strings.Split(strings.TrimSpace(names), "\n") {
		given, last, _ := strings.Cut(name, " ")
		if rest, ok := strings.CutPrefix(name, "Maria da Conceição "); ok {
			given, last = "Maria da Conceição", rest
		}
		p := person{id: firstPerson + i, department: 1 + i%5, gone: i == 59}
		p.night = p.department == 2 && i%3 == 0
		p.activity = p.department == 3 || p.department == 5
		c.people = append(c.people, p)
		c.person(i, p, given, last)
		c.tenant.Refer("people", "HRMID", "H"+strconv.Itoa(10_000+i*37), strconv.Itoa(p.id))
		kind, group := "circle", 2
		if i%2 == 1 {
			kind, group = "org-group", 121
		}
		c.tenant.Circle(kind, group, p.id)
	}
}

func (c *company) person(i int, p person, given, last string) {
	closing, more, since, hours, percentage := `"periodClosingDate":"`+c.closed+`",`, "", c.started, 2280, "100.0"
	if i == 3 { // one calendar was never locked
		closing = ""
	}
	if p.gone {
		more = `,"outOfServiceDate":"` + c.first + `"`
	}
	if i%7 == 0 { // not in the published fields
		more += `,"costCentre":"CC-` + strconv.Itoa(i) + `"`
	}
	if i%6 == 5 {
		hours, percentage = 1140, "50.0"
	}
	if i%10 == 0 { // an earlier department
		since = c.closed
		c.put("department-histories", 900+i, `"person":{"id":%d},"department":{"id":%d},"from":"%s","until":"%s"`,
			p.id, 1+p.department%5, c.started, c.first)
	}
	c.load(perPerson, map[string]string{
		"person": strconv.Itoa(p.id), "closing": closing, "last": last, "given": given,
		"initials": string([]rune(given)[:1]) + string([]rune(last)[:1]), "number": strconv.Itoa(1000 + i*13),
		"sex": []string{"Female", "Male", "Other", "Unknown"}[i%4], "year": strconv.Itoa(1961 + i%42),
		"started": c.started, "employee": strconv.Itoa(1001 + i), "badge": strconv.Itoa(6_767_600 + i), "more": more,
		"n": strconv.Itoa(1 + i), "hours": strconv.Itoa(hours), "percentage": percentage,
		"department": strconv.Itoa(p.department), "since": since, "half": strconv.Itoa(i % 2),
		"collar": strconv.Itoa(176 + i%2), "sector": strconv.Itoa(31 + i%2), "site": strconv.Itoa(41 + i%2),
	})
}
