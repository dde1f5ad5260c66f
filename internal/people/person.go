package people

import (
	"strings"
	"time"

	"protime-admin/protime"
)

// Person is all that the product knows of a person. The API's record holds far more (bank account, national number,
// PIN); the rest is dropped while decoding and exists nowhere else in the program. Dates are yyyy-mm-dd or "".
type Person struct {
	ID            string
	First, Last   string
	Initials      string
	Badge         string // badge number, unique while given
	Number        string // employee number
	InService     string // first day of service
	OutOfService  string // last day, "" while open-ended
	PeriodClosing string // the calendar is locked up to this day
}

// Name is how a page calls the person: "Els Peeters"; the initials, else the id, where there are no names.
func (p Person) Name() string {
	name := strings.TrimSpace(p.First + " " + p.Last)
	switch {
	case name != "":
		return name
	case p.Initials != "":
		return p.Initials
	}
	return p.ID
}

// EmployedOn reports whether a date, yyyy-mm-dd, is one of service.
func (p Person) EmployedOn(date string) bool {
	return p.InService <= date && (p.OutOfService == "" || date <= p.OutOfService)
}

// ClosedOn reports whether a date, yyyy-mm-dd, lies in the period up to which the person's calendar is locked.
func (p Person) ClosedOn(date string) bool { return date != "" && date <= p.PeriodClosing }

// decode looks up what a Person holds and nothing else (documentation: people/personal-information). It returns false
// for a record without an id.
func decode(r protime.Record) (Person, bool) {
	p := Person{
		ID:            r.Text("id"),
		First:         strings.TrimSpace(r.Text("firstName")),
		Last:          strings.TrimSpace(r.Text("lastName")),
		Initials:      strings.TrimSpace(r.Text("initials")),
		Badge:         strings.TrimSpace(r.Text("badgeNumber")),
		Number:        strings.TrimSpace(r.Text("employeeNumber")),
		InService:     day(r.Text("inServiceDate")),
		OutOfService:  day(r.Text("outOfServiceDate")),
		PeriodClosing: day(r.Text("periodClosingDate")),
	}
	return p, p.ID != ""
}

// day is the date of a date with a time.
func day(text string) string {
	return text[:min(len(text), len(time.DateOnly))]
}
