package handlers

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"protime-admin/internal/attendance"
	"protime-admin/internal/change"
	"protime-admin/internal/day"
	"protime-admin/internal/field"
	"protime-admin/internal/parallel"
	"protime-admin/internal/people"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// personDays are what was read of a person's days.
type personDays struct {
	period
	attendance.Days
	changes []change.Receipt         // made here to the person's records, newest first
	left    []change.Acknowledgement // of everybody's days of the period
	missing []string                 // what could not be read, and why
}

// readDays reads all that a page shows of a person's days at once: it takes as long as the slowest call. The error is
// that of the clockings; another part that cannot be read is said in its place.
func (x *exchange) readDays(person int64, p period) (personDays, error) {
	ctx, cancel := context.WithTimeout(x.request().Context(), listTimeout)
	defer cancel()
	d := personDays{period: p}
	first, last := p.from.Format(time.DateOnly), p.to.Format(time.DateOnly)
	var err error
	var reading parallel.Group
	reading.Go(func() { d.Days, err = x.s.register.Read(ctx, person, first, last, x.listPath) })
	reading.Go(func() { x.s.Catalog.Need(ctx, attendance.AbsenceDefinitions, "departments") })
	reading.Go(func() { d.changes = x.knownChanges(strconv.FormatInt(person, 10), first, last) })
	reading.Go(func() { d.left = x.leftDays(first, last) })
	reading.Wait()
	d.recallTimes()
	for _, collection := range []string{attendance.Absences, attendance.Assignments, attendance.CalculatedTotals} {
		if unread := d.Unread[collection]; unread != nil && !errors.Is(unread, errNoCollection) {
			d.missing = append(d.missing, x.missingPart(collection, unread))
		}
	}
	if d.Unread[attendance.AbsenceDefinitions] != nil {
		d.missing = append(d.missing, x.words.T("desk.unread.kinds"))
	}
	return d, err
}

// errNoCollection says that the tenant's own contract does not have a collection.
var errNoCollection = errors.New("handlers: no such collection")

// mayNotError says in words why a person may not read a collection.
type mayNotError struct{ why string }

func (e *mayNotError) Error() string { return "handlers: " + e.why }

// listPath is the path of a collection's list. Its error is errNoCollection, or a mayNotError.
func (x *exchange) listPath(collection string) (string, error) {
	c, known := x.s.Contract.Collection(collection)
	if !known {
		return "", errNoCollection
	}
	if why := x.whyNot(c, contract.List); why != "" {
		return "", &mayNotError{why}
	}
	return c.URL(), nil
}

// missingPart says that something is not on the page, and why.
func (x *exchange) missingPart(collection string, err error) string {
	c, _ := x.s.Contract.Collection(collection)
	var mayNot *mayNotError
	if errors.As(err, &mayNot) {
		return x.words.T("week.missing", "what", x.words.Collection(c), "why", mayNot.why+".")
	}
	x.s.Logger.WarnContext(x.request().Context(), "part of a person's days cannot be read", "part", collection, "error", err)
	_, failure := x.s.explain(x, err)
	return x.words.T("week.missing", "what", x.words.Collection(c), "why", failure.Text)
}

// knownChanges are the changes made here to a person's records of a period; none where the log cannot be read, whose page
// says why.
func (x *exchange) knownChanges(person, first, last string) []change.Receipt {
	if x.stopped() {
		return nil
	}
	changes, err := x.dayChanges([]string{person}, first, last)
	if err != nil {
		x.s.Logger.WarnContext(x.request().Context(), "changes of a person cannot be read", "error", err)
	}
	return changes
}

// recallTimes adds the time that a clocking had before it was changed here, where the API does not tell it.
func (d *personDays) recallTimes() {
	before := map[string]int{} // by path of the record: the changes are the newest first
	for _, r := range d.changes {
		if minute, ok := field.Record(r.Before).Int("timeOfDayInMinutes"); ok && r.Verb == contract.Replace && r.State == change.Applied {
			before[r.Path] = int(minute)
		}
	}
	for i := range d.Clockings {
		c := &d.Clockings[i]
		if minute, ok := before["/clockings/"+c.ID]; ok && c.Original == nil {
			c.Original = &minute
		}
	}
}

// dayTotals are what Protime calculated of a day.
func (x *exchange) dayTotals(read personDays, date string) []views.Part {
	record, ok := read.Totals[date]
	if !ok {
		return nil
	}
	minutes, ok := record.Int("calculatedPresenceDurationInMinutes")
	if !ok {
		return nil
	}
	return []views.Part{{Name: x.words.T("week.calculated"), Value: views.Value{Text: x.words.Length(int(minutes))}}}
}

// changesOn are the changes that were made here to the clockings of a day, newest first.
func (x *exchange) changesOn(read personDays, date string) []views.DayChange {
	on := map[string]bool{}
	for _, c := range read.Clockings {
		on[c.ID] = c.Date == date
	}
	var changes []views.DayChange
	for _, r := range read.changes {
		_, id, _ := strings.Cut(x.words.RecordPath(r), "/clockings/")
		told := r.ID == x.request().URL.Query().Get("done") // by the banner
		if r.Collection != "clockings" || r.State != change.Applied || told || !on[id] {
			continue
		}
		made := views.DayChange{Text: x.words.Sentence(r)}
		if change.MaySee(x.actor, r) {
			made.Href = "/changes/" + r.ID
		}
		if changes = append(changes, made); len(changes) == mostTold {
			break
		}
	}
	return changes
}

// mostTold is how many changes are told of one day.
const mostTold = 3

// sums are those of the period, and the weekdays that break a rule.
func (x *exchange) sums(read personDays, days []day.Day) (sums []views.Part, open string) {
	worked, planned, away := 0, 0, 0
	var weekdays []string
	for _, d := range days {
		worked += d.Worked
		for _, a := range d.Absences {
			if a.Counts() && a.Duration != nil {
				away += *a.Duration
			}
		}
		for _, a := range d.Assignments {
			if a.Start != nil && a.End != nil {
				planned += *a.End - *a.Start
				if a.Break != nil {
					planned -= *a.Break
				}
			}
		}
		if len(d.Findings) > 0 && leftAs(d, read.left) == nil {
			weekday, _ := x.words.Weekday(d.Date)
			weekdays = append(weekdays, weekday)
		}
	}
	add := func(label string, minutes int) {
		sums = append(sums, views.Part{Name: label, Value: views.Value{Text: x.words.Length(minutes)}})
	}
	add(x.words.T("week.worked"), worked)
	if away > 0 {
		add(x.words.T("week.away"), away)
	}
	if planned > 0 {
		add(x.words.T("day.planned"), planned)
	}
	for _, total := range x.calculated(read) {
		add(total.label, total.minutes)
	}
	if len(days) > 7 && len(weekdays) > 0 {
		return sums, x.words.N("week.days", len(weekdays))
	}
	return sums, strings.Join(weekdays, ", ")
}

// calculated are the sums of what Protime calculated, by the names of its fields.
func (x *exchange) calculated(read personDays) []calculatedSum {
	c, ok := x.s.Contract.Collection(attendance.CalculatedTotals)
	if !ok {
		return nil
	}
	var sums []calculatedSum
	for _, name := range []string{"timePresentDurationInMinutes", "calculatedPresenceDurationInMinutes"} {
		f, ok := c.Field(name)
		if !ok {
			continue
		}
		sum, given := calculatedSum{label: x.words.Label(c, f)}, false
		for _, record := range read.Totals {
			if minutes, ok := record.Int(name); ok {
				sum.minutes, given = sum.minutes+int(minutes), true
			}
		}
		if given {
			sums = append(sums, sum)
		}
	}
	return sums
}

type calculatedSum struct {
	label   string
	minutes int
}

// personFacts tell people of one name apart: employee number, badge, and the department at the end of a period or today.
func (x *exchange) personFacts(who people.Person, p period) []string {
	facts := []string{who.Number}
	if who.Badge != "" {
		facts = append(facts, x.words.T("week.badge", "badge", who.Badge))
	}
	last := p.to
	if last.After(x.words.Today) {
		last = x.words.Today
	}
	if id, ok := x.s.Departments.Of(who.ID, last.Format(time.DateOnly)); ok {
		if department, ok := x.words.Names.Label("departments", id); ok {
			facts = append(facts, department.Label)
		}
	}
	return slices.DeleteFunc(facts, func(fact string) bool { return fact == "" })
}
