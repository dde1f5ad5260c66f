package day

import (
	"strings"

	"protime-admin/protime"
)

// Absence is one person's absence on one date (documentation: absences). Start and Duration are minutes.
type Absence struct {
	ID, Person, Date string
	Definition       string // id of what it results in, else of what was requested
	Start, Duration  *int   // nil where the API gives none
	DayPart          string // "First" or "Second" half of the day, "" for neither
	Approval         string // Approved, AwaitingApproval, NotApproved…; "" or Unknown where nobody has to approve it
	Period           string // Day; Week and PayPeriod are balances of a period and no absence on a date
	// Elsewhere says that the definition's group is of the type WorkingElsewhere. AbsenceOf does not know it.
	Elsewhere bool
}

// AbsenceOf reads a record of the collection absences; false without id, person or date.
func AbsenceOf(r protime.Record) (Absence, bool) {
	a := Absence{
		ID: r.Text("id"), Person: r.Text("person", "id"), Date: dateOf(r, "date"),
		Definition: r.Text("resultingAbsenceDefinition", "id"),
		Start:      minutes(r, "startTimeInMinutes"), Duration: minutes(r, "durationInMinutes"),
		DayPart: known(r.Text("dayPart")), Approval: known(r.Text("approvalLevel")), Period: known(r.Text("periodType")),
	}
	if a.Definition == "" {
		a.Definition = r.Text("requestedAbsenceDefinition", "id")
	}
	return a, a.ID != "" && a.Person != "" && a.Date != ""
}

// known is a value of an enum, "" for Unknown.
func known(text string) string {
	if text == "Unknown" {
		return ""
	}
	return text
}

// Counts reports whether somebody who has the absence is away: one that is not approved, that is work elsewhere or
// that is about a week is none.
func (a Absence) Counts() bool {
	return !a.Elsewhere && !strings.HasPrefix(a.Approval, "Not") && a.Approval != "AwaitingApproval" &&
		a.Period != "Week" && a.Period != "PayPeriod"
}

// wholeAbsence is the shortest duration, in minutes, that an absence without a start has to have to be taken for the
// whole day. The API does not say when a shorter one is, so that no clocking is held against it.
const wholeAbsence = 6 * 60

// whole reports whether an absence is of the whole day.
func (a Absence) whole() bool {
	return a.DayPart == "" && a.Start == nil && (a.Duration == nil || *a.Duration >= wholeAbsence)
}

// covers reports whether a minute of the date falls inside the absence. Its first and last minute do not: whoever
// clocks out as it begins is not on it. Nothing is known of a half day without a start.
func (a Absence) covers(minute int) bool {
	switch {
	case a.whole():
		return true
	case a.Start == nil || a.Duration == nil:
		return false
	}
	return minute > *a.Start && minute < *a.Start+*a.Duration
}
