package dryrun

import (
	"slices"
	"time"

	"protime-admin/internal/batch"
	"protime-admin/internal/field"
	"protime-admin/protime"
)

// Problems of a row as a whole, or of what names its record.
const (
	problemMissing     = "dryrun.missing"      // input: no column gives it
	problemNoRecord    = "dryrun.no-record"    // the row names no record
	problemOtherRecord = "dryrun.other-record" // text: a path that is no record of the collection
	problemGone        = "dryrun.gone"         // text
	problemDeleted     = "dryrun.deleted"
	problemOwn         = "dryrun.own-forbidden"
	problemNotCompared = "dryrun.own-unknown" // whether it is the person's own cannot be told, and they may not change those
)

// Warnings. They forbid nothing.
const (
	warningClosed    = "dryrun.closed"     // person, date
	warningOutside   = "dryrun.outside"    // person, date
	warningFuture    = "dryrun.future"     // date, time
	warningOwn       = "dryrun.own"        //
	warningGenerated = "dryrun.generated"  // Protime made it by itself
	warningDouble    = batch.WarningDouble // row
	warningTwin      = batch.WarningTwin   // time
	warningSent      = batch.WarningSent   // batch, row, name, date
	warningUnchanged = "dryrun.unchanged"
	warningMoved     = "dryrun.moved" // since the row was made
	warningChanged   = batch.WarningChanged
	warningOtherwise = "dryrun.changed-member" // member: it is another than the check before found
	warningUnread    = "dryrun.unread"         // whether it is in Protime already is not known
	warningNotTaken  = "dryrun.not-taken"      // a value that the record's kind does not take
	warningHours     = "dryrun.hours"          // text: a time that could be decimal hours
	warningName      = "dryrun.name"           // text, person, name: the badge is somebody else's
)

// leavesOut reports whether a row with a warning is left out unless a person takes it in.
func leavesOut(key string) bool {
	switch key {
	case warningDouble, warningSent, warningUnchanged, warningMoved:
		return true
	}
	return false
}

// warn notes what speaks against a change of base into after; one of them is the zero Record where a record is made or
// deleted.
func (k *Checker) warn(row *batch.Row, base, after protime.Record) {
	add := func(path, key string, args map[string]string) {
		same := func(f batch.Finding) bool { return f.Key == key && f.Args["date"] == args["date"] }
		if !slices.ContainsFunc(row.Check.Warnings, same) {
			row.Check.Warnings = append(row.Check.Warnings, k.found(row, path, key, args))
		}
	}
	for _, record := range []protime.Record{base, after} { // the person whose record it was, and whose it becomes
		if record.Raw() == nil {
			continue
		}
		person, known := k.People.Person(record.Text("person", "id"))
		date := k.dateOf(record)
		k.own(row, record)
		if !known || date == "" {
			continue
		}
		if person.ClosedOn(date) {
			add("date", warningClosed, map[string]string{"person": person.Name(), "date": person.PeriodClosing})
		}
		if !person.EmployedOn(date) {
			add("date", warningOutside, map[string]string{"person": person.Name(), "date": date})
		}
	}
	if made, _ := base.Bool("isGenerated"); made {
		add("", warningGenerated, nil)
	}
	if k.collection.Name != clockings {
		return
	}
	c, ok := clockingOf(after)
	if !ok {
		return
	}
	future := c.IsAfter(k.now)
	if base.Raw() != nil { // within a day a correction is about a time that was clocked
		future = c.Date > k.now.Format(time.DateOnly)
	}
	if future {
		text, _ := field.ClockText(c.Minute)
		add("date", warningFuture, map[string]string{"date": c.Date, "time": text})
	}
}

// own compares the person of a record with the maker of the batch. What the directory does not tell, such as an e-mail
// address, is compared when the row is sent.
func (k *Checker) own(row *batch.Row, record protime.Record) {
	reference, _ := record.Lookup("person")
	if field.IsNull(reference) {
		return
	}
	person, known := k.People.Person(record.Text("person", "id"))
	number := k.batch.Actor.Number
	finding := k.found(row, "person.id", warningOwn, nil)
	switch {
	case known && person.HasNumber(number) && !k.ForbidOwn:
		if !slices.ContainsFunc(row.Check.Warnings, func(f batch.Finding) bool { return f.Key == warningOwn }) {
			row.Check.Warnings = append(row.Check.Warnings, finding)
		}
		return
	case !k.ForbidOwn:
		return
	case known && person.HasNumber(number):
		finding.Key = problemOwn
	case !known || number == "" || person.Number == "":
		finding.Key = problemNotCompared
	default:
		return
	}
	if !slices.ContainsFunc(row.Check.Problems, func(f batch.Finding) bool { return f.Key == finding.Key }) {
		row.Check.Problems = append(row.Check.Problems, finding)
	}
}
