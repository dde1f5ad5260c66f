package handlers

import (
	"protime-admin/internal/people"
	"protime-admin/protime"
)

// closedUntil is the day up to which Protime has closed the calendar of a record's person, where the record's date lies in
// that period; "" where it does not, or nothing is known. No page offers to edit or delete such a record.
func (x *exchange) closedUntil(record protime.Record) string {
	until, date := x.s.personOf(record).PeriodClosing, record.Text("date")
	if date == "" || date[:min(len(date), len(until))] > until {
		return ""
	}
	return until
}

// personOf is the person that a record refers to; the zero Person where nobody is known.
func (s *Server) personOf(record protime.Record) people.Person {
	person, _ := s.People.Person(record.Text("person", "id"))
	return person
}
