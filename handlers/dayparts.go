package handlers

import (
	"context"
	"strconv"
	"sync"
	"time"

	"protime-admin/internal/change"
	"protime-admin/internal/day"
	"protime-admin/internal/field"
	"protime-admin/internal/people"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// personDays are what was read of a person's days.
type personDays struct {
	period
	person      string
	clockings   []day.Clocking // from the day before the period until the day after
	earlier     []day.Clocking // of the days before those, for what is usual
	absences    []day.Absence
	assignments []day.Assignment
	totals      map[string]protime.Record // by date
	changes     []change.Receipt          // made here to the person's records, newest first
	missing     []string                  // what could not be read, and why
}

// The parts of a person's days.
const (
	clockingsPart    = "clockings"
	absencesPart     = "absences"
	assignmentsPart  = "assignments"
	calculatedTotals = "calculated-totals"
)

// planDays is how many days before a period the plans begin that are read for it: the API's filter of assignments works
// on their first day alone (documentation: assignments). usualDays is how many days tell what is usual.
const (
	planDays  = 31
	usualDays = 28
)

// daysPart is one list of which a person's days are made.
type daysPart struct {
	collection string
	period
	everybody bool                 // a catalog: neither person nor period
	take      func(protime.Record) // called by one goroutine
	told      bool                 // the page says when it cannot be read
	of        *contract.Collection // nil: the tenant's contract does not have it
	why       string               // why it may not be read
	err       error
}

func (p *daysPart) failed() bool { return p.of == nil || p.why != "" || p.err != nil }

// readDays reads all parts of a person's days at once: the page takes as long as the slowest of them. The error is that
// of the clockings; another part that cannot be read is said in its place.
func (x *exchange) readDays(person int64, p period) (personDays, error) {
	d := personDays{period: p, person: strconv.FormatInt(person, 10), totals: map[string]protime.Record{}}
	parts := []*daysPart{
		{collection: clockingsPart, period: p.widened(1, 1), take: func(r protime.Record) {
			if c, ok := day.ClockingOf(r); ok {
				d.clockings = append(d.clockings, c)
			}
		}},
		{collection: clockingsPart, period: period{p.from.AddDate(0, 0, -1-usualDays), p.from.AddDate(0, 0, -2)}, take: func(r protime.Record) {
			if c, ok := day.ClockingOf(r); ok {
				d.earlier = append(d.earlier, c)
			}
		}},
		{collection: absencesPart, period: p, told: true, take: func(r protime.Record) {
			if a, ok := day.AbsenceOf(r); ok {
				d.absences = append(d.absences, a)
			}
		}},
		{collection: assignmentsPart, period: p.widened(planDays, 0), told: true, take: func(r protime.Record) {
			if a, ok := day.AssignmentOf(r); ok {
				d.assignments = append(d.assignments, a)
			}
		}},
		{collection: calculatedTotals, period: p, told: true, take: func(r protime.Record) { d.totals[r.Text("date")] = r }},
	}
	ctx, cancel := context.WithTimeout(x.request().Context(), listTimeout)
	defer cancel()
	var away map[string]bool
	var reading sync.WaitGroup
	x.readParts(ctx, &reading, person, parts...)
	reading.Go(func() { away = x.awayDefinitions(ctx) })
	reading.Go(func() { x.s.Catalog.Need(ctx, "absence-definitions", "departments") })
	reading.Go(func() { d.changes = x.knownChanges(d.person, p) })
	reading.Wait()
	for i := range d.absences {
		d.absences[i].Elsewhere = !away[d.absences[i].Definition]
	}
	d.recallTimes()
	for _, part := range parts {
		if part.told {
			d.missing = append(d.missing, x.missingPart(part)...)
		}
	}
	if parts[1].failed() {
		d.earlier = nil // half of the days are no habit
	}
	return d, parts[0].err
}

// readParts begins to read lists.
func (x *exchange) readParts(ctx context.Context, reading *sync.WaitGroup, person int64, parts ...*daysPart) {
	for _, part := range parts {
		c, known := x.s.Contract.Collection(part.collection)
		if !known {
			continue
		}
		part.of = c
		if part.why = x.whyNot(c, contract.List); part.why == "" {
			reading.Go(func() { part.err = x.readPart(ctx, part, person) })
		}
	}
}

func (x *exchange) readPart(ctx context.Context, part *daysPart, person int64) error {
	var filter protime.Filter
	if !part.everybody {
		filter = protime.And(protime.Ge("date", protime.Day(part.from)), protime.Le("date", protime.Day(part.to)),
			protime.In("person", protime.Number(person)))
	}
	for record, err := range protime.Records(x.s.API.List(ctx, part.of.URL(), protime.ListOptions{Filter: filter})) {
		if err != nil {
			return err
		}
		part.take(record)
	}
	return nil
}

// missingPart says that something is not on the page, and why.
func (x *exchange) missingPart(part *daysPart) []string {
	switch {
	case part.of == nil || !part.failed():
		return nil
	case part.why != "":
		return []string{x.words.T("week.missing", "what", x.words.Collection(part.of), "why", part.why+".")}
	}
	x.s.Logger.WarnContext(x.request().Context(), "part of a person's days cannot be read", "part", part.collection, "error", part.err)
	_, failure := x.s.explain(x, part.err)
	return []string{x.words.T("week.missing", "what", x.words.Collection(part.of), "why", failure.Text)}
}

// knownChanges are the changes made here to a person's records of a period; none where the log cannot be read, whose page
// says why.
func (x *exchange) knownChanges(person string, p period) []change.Receipt {
	if x.stopped() {
		return nil
	}
	changes, err := x.dayChanges([]string{person}, p.from.Format(time.DateOnly), p.to.Format(time.DateOnly))
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
	for i := range d.clockings {
		c := &d.clockings[i]
		if minute, ok := before["/clockings/"+c.ID]; ok && c.Original == nil {
			c.Original = &minute
		}
	}
}

// judged judges each date of the period. What is usual is learned from the days before it and from its other days.
func (x *exchange) judged(read personDays, who people.Person) []day.Day {
	now := x.s.Now().In(x.s.Config.TimeZone)
	facts := func(date string, clockings []day.Clocking, usual []day.Usual) day.Facts {
		return day.Facts{
			Person: read.person, Date: date, Clockings: clockings, Absences: read.absences, Assignments: read.assignments,
			InService: who.InService, OutOfService: who.OutOfService, ClosedUntil: who.PeriodClosing,
			Today: x.words.Today.Format(time.DateOnly), Now: now.Hour()*60 + now.Minute(), Usual: usual,
		}
	}
	rules := x.s.dayRules()
	var history day.History
	for _, date := range (period{read.from.AddDate(0, 0, -usualDays), read.from.AddDate(0, 0, -3)}).dates() {
		history.Learn(rules.Judge(facts(date, read.earlier, nil)))
	}
	for _, date := range read.dates() {
		history.Learn(rules.Judge(facts(date, read.clockings, nil)))
	}
	var days []day.Day
	for _, date := range read.dates() {
		days = append(days, rules.Judge(facts(date, read.clockings, history.Usual(date))))
	}
	return days
}
