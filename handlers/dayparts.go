package handlers

import (
	"context"
	"strconv"
	"sync"
	"time"

	"protime-admin/internal/change"
	"protime-admin/internal/day"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// personDays are what was read of a person's days.
type personDays struct {
	period
	person      string
	clockings   []day.Clocking // from the day before the period until the day after
	absences    []day.Absence
	assignments []day.Assignment
	totals      map[string]protime.Record // by date
	changes     []change.Receipt          // made here to the person's clockings, newest first
	missing     []string                  // what could not be read, and why
}

// planDays is how many days before a period the plans begin that are read for it: the API's filter of assignments works
// on their first day alone (documentation: assignments).
const planDays = 31

// readDays reads all parts of a person's days at once: the page takes as long as the slowest of them. The error is that
// of the clockings; another part that cannot be read is said in its place.
func (x *exchange) readDays(person int64, p period) (personDays, error) {
	d := personDays{period: p, person: strconv.FormatInt(person, 10), totals: map[string]protime.Record{}}
	parts := []*daysPart{
		{collection: "clockings", period: p.widened(1, 1), take: func(r protime.Record) {
			if c, ok := day.ClockingOf(r); ok {
				d.clockings = append(d.clockings, c)
			}
		}},
		{collection: "absences", period: p, take: func(r protime.Record) {
			if a, ok := day.AbsenceOf(r); ok {
				d.absences = append(d.absences, a)
			}
		}},
		{collection: "assignments", period: p.widened(planDays, 0), take: func(r protime.Record) {
			if a, ok := day.AssignmentOf(r); ok {
				d.assignments = append(d.assignments, a)
			}
		}},
		{collection: calculatedTotals, period: p, take: func(r protime.Record) { d.totals[r.Text("date")] = r }},
	}
	ctx, cancel := context.WithTimeout(x.request().Context(), listTimeout)
	defer cancel()
	var reading sync.WaitGroup
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
	reading.Go(func() { x.s.Catalog.Need(ctx, "absence-definitions", "departments") })
	reading.Go(func() { d.changes = x.knownChanges(d.person, p) })
	reading.Wait()
	for _, part := range parts[1:] {
		d.missing = append(d.missing, x.missingPart(part)...)
	}
	return d, parts[0].err
}

const calculatedTotals = "calculated-totals"

// daysPart is one list of which a person's days are made.
type daysPart struct {
	collection string
	period
	take func(protime.Record) // called by one goroutine
	of   *contract.Collection // nil: the tenant's contract does not have it
	why  string               // why it may not be read
	err  error
}

func (x *exchange) readPart(ctx context.Context, part *daysPart, person int64) error {
	filter := protime.And(protime.Ge("date", protime.Day(part.from)), protime.Le("date", protime.Day(part.to)),
		protime.In("person", protime.Number(person)))
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
	case part.of == nil || part.why == "" && part.err == nil:
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
