package dryrun

import (
	"slices"
	"time"

	"protime-admin/internal/day"
	"protime-admin/internal/people"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// Rule is one that a change can go against and be sent all the same.
type Rule string

// The rules that need no more than the record and the directory.
const (
	Closed    Rule = "closed"    // Date is the last day of the person's closed period, in which the record's date lies
	Outside   Rule = "outside"   // the person is not employed on Date
	Own       Rule = "own"       // the record is of the person who changes it
	Generated Rule = "generated" // Protime made the record by itself
	Future    Rule = "future"    // the clocking of Date and Minute is to come
)

// Objection is a rule that a change goes against.
type Objection struct {
	Rule   Rule
	Person people.Person // of Closed and Outside
	Date   string        // yyyy-mm-dd; of Closed, Outside and Future
	Minute int           // since midnight of Date; of Future
}

// Against returns what speaks against a change of base into after, each objection once; one of them is the zero Record where
// a record is made or deleted. number is the employee number of who changes it, "" where none is known. Where nobody may
// change records of their own there is no objection of that rule, because such a change is refused.
func (r *Reader) Against(c *contract.Collection, number string, base, after protime.Record) []Objection {
	var found []Objection
	add := func(o Objection) {
		if !slices.Contains(found, o) {
			found = append(found, o)
		}
	}
	for _, record := range []protime.Record{base, after} { // the person whose record it was, and whose it becomes
		person, _ := r.People.Person(record.Text("person", "id")) // of somebody unknown no rule holds
		date := dateOf(c, record)
		if person.ClosedOn(date) {
			add(Objection{Rule: Closed, Person: person, Date: person.PeriodClosing})
		}
		if date != "" && !person.EmployedOn(date) {
			add(Objection{Rule: Outside, Person: person, Date: date})
		}
		if person.HasNumber(number) && !r.ForbidOwn {
			add(Objection{Rule: Own})
		}
	}
	if made, _ := base.Bool("isGenerated"); made {
		add(Objection{Rule: Generated})
	}
	now, corrected := r.today(), base.Raw() != nil // within a day a correction is about a time that was clocked
	clocking, ok := day.PlannedOf(after)
	if ok && c.Name == clockings && clocking.IsAfter(now) && (!corrected || clocking.Date > now.Format(time.DateOnly)) {
		add(Objection{Rule: Future, Date: clocking.Date, Minute: clocking.Minute})
	}
	return found
}

// dateOf is the date of a record, yyyy-mm-dd: that of its first required field that is one, "" where there is none.
func dateOf(c *contract.Collection, record protime.Record) string {
	for _, f := range c.Fields {
		if f.Required && f.Format == "date" {
			text := record.Text(f.Name)
			return text[:min(len(text), len(time.DateOnly))]
		}
	}
	return ""
}
