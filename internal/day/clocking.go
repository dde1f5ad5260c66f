package day

import (
	"cmp"
	"strings"

	"protime-admin/protime"
)

// Clocking is one registration as the rules need it (documentation: clockings). Minute, Original and Calculated are
// minutes since midnight of Date, from -1440 to 2880.
type Clocking struct {
	ID, Person, Date     string // date yyyy-mm-dd
	Minute               int
	Kind                 string // InOut, Reason, Activity, ActivityEnd
	Terminal, Reason     string // ids, "" for none
	Original, Calculated *int   // nil where the API gives none
	Generated, Deleted   bool
}

// ClockingOf reads a record of the collection clockings; false without id, person, date or time.
func ClockingOf(r protime.Record) (Clocking, bool) {
	minute, ok := r.Int("timeOfDayInMinutes")
	c := Clocking{
		ID: r.Text("id"), Person: r.Text("person", "id"), Date: dateOf(r, "date"), Minute: int(minute),
		Kind: r.Text("kind"), Terminal: r.Text("terminal", "id"), Reason: r.Text("reason", "id"),
		Original:   minutes(r, "originalTimeOfDayInMinutes"),
		Calculated: minutes(r, "calculatedTimeOfDayInMinutes"),
		Deleted:    r.Text("status") == "Deleted",
	}
	c.Generated, _ = r.Bool("isGenerated")
	return c, ok && c.ID != "" && c.Person != "" && c.Date != ""
}

// turns reports whether a clocking is an in or an out.
func (c Clocking) turns() bool { return !c.Deleted && (c.Kind == "InOut" || c.Kind == "Reason") }

// compareIDs orders numbers as numbers without parsing them: the shorter first.
func compareIDs(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)) }

// dateOf is the date of a date that may have a time.
func dateOf(r protime.Record, name string) string {
	text := r.Text(name)
	return text[:min(len(text), len("2006-01-02"))]
}

// minutes is a member in minutes; nil where there is none.
func minutes(r protime.Record, name string) *int {
	n, ok := r.Int(name)
	if !ok {
		return nil
	}
	m := int(n)
	return &m
}
