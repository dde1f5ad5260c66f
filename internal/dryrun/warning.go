package dryrun

import (
	"slices"

	"protime-admin/internal/batch"
	"protime-admin/internal/day"
	"protime-admin/internal/field"
	"protime-admin/protime"
)

// Problems of a row as a whole, or of what names its record.
const (
	problemMissing     = "dryrun.missing"      // input: no column gives it
	problemNoLikely    = "dryrun.no-likely"    // a day has no time that is likely
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
	warningTaken     = "dryrun.taken"      // time: another clocking stands there
	warningSent      = batch.WarningSent   // batch, row, name, date
	warningUnchanged = "dryrun.unchanged"
	warningMoved     = "dryrun.moved" // since the row was made
	warningChanged   = batch.WarningChanged
	warningOtherwise = "dryrun.changed-member" // member: it is another than the check before found
	warningUnread    = "dryrun.unread"         // whether it is in Protime already is not known
	warningNotTaken  = "dryrun.not-taken"      // a value that the record's kind does not take
	warningHours     = "dryrun.hours"          // text: a time that could be decimal hours
	warningDayFirst  = "dryrun.day-first"      // text, date: it could be read with its month first
	warningConverted = "dryrun.converted"      // text, date: that a spreadsheet may have read otherwise
	warningName      = "dryrun.name"           // text, person, name: the badge is somebody else's
)

// leavesOut reports whether a row with a warning is left out unless a person takes it in.
func leavesOut(key string) bool {
	switch key {
	case warningDouble, warningTwin, warningSent, warningUnchanged, warningMoved, warningConverted:
		return true
	}
	return false
}

// warn notes what speaks against a change of base into after; one of them is the zero Record where a record is made or
// deleted.
func (k *Checker) warn(row *batch.Row, base, after protime.Record) {
	k.forbidOwn(row, base)
	k.forbidOwn(row, after)
	add := func(path, key string, args map[string]string) {
		row.Check.Warnings = append(row.Check.Warnings, k.found(row, path, key, args))
	}
	closed := ""
	for _, o := range k.Against(k.collection, k.batch.Actor.Number, base, after) {
		switch o.Rule {
		case Closed:
			if o.Date != closed { // what is said of the row does not name the person
				add("date", warningClosed, map[string]string{"person": o.Person.Name(), "date": o.Date})
			}
			closed = o.Date
		case Outside:
			add("date", warningOutside, map[string]string{"person": o.Person.Name(), "date": o.Date})
		case Own:
			add("person.id", warningOwn, nil)
		case Generated:
			add("", warningGenerated, nil)
		case Future:
			text, days := field.ClockText(o.Minute)
			add("date", warningFuture, map[string]string{"date": day.Shift(o.Date, days), "time": text})
		}
	}
}

// forbidOwn compares the person of a record with the maker of the batch, where nobody may change records of their own. What
// the directory does not tell, such as an e-mail address, is compared when the row is sent.
func (k *Checker) forbidOwn(row *batch.Row, record protime.Record) {
	reference, _ := record.Lookup("person")
	if !k.ForbidOwn || field.IsNull(reference) {
		return
	}
	person, _ := k.People.Person(record.Text("person", "id"))
	number, key := k.batch.Actor.Number, problemNotCompared
	switch {
	case person.HasNumber(number):
		key = problemOwn
	case number != "" && person.Number != "":
		return
	}
	if !slices.ContainsFunc(row.Check.Problems, func(f batch.Finding) bool { return f.Key == key }) {
		row.Check.Problems = append(row.Check.Problems, k.found(row, "person.id", key, nil))
	}
}
