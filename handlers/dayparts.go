package handlers

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"protime-admin/internal/attendance"
	"protime-admin/internal/change"
	"protime-admin/internal/field"
	"protime-admin/protime/contract"
)

// personDays are what was read of a person's days.
type personDays struct {
	period
	attendance.Days
	changes []change.Receipt // made here to the person's records, newest first
	missing []string         // what could not be read, and why
}

// readDays reads all that a page shows of a person's days at once: it takes as long as the slowest call. The error is
// that of the clockings; another part that cannot be read is said in its place.
func (x *exchange) readDays(person int64, p period) (personDays, error) {
	ctx, cancel := context.WithTimeout(x.request().Context(), listTimeout)
	defer cancel()
	d := personDays{period: p}
	first, last := p.from.Format(time.DateOnly), p.to.Format(time.DateOnly)
	var err error
	var reading sync.WaitGroup
	reading.Go(func() { d.Days, err = x.s.register.Read(ctx, person, first, last, x.listPath) })
	reading.Go(func() { x.s.Catalog.Need(ctx, attendance.AbsenceDefinitions, "departments") })
	reading.Go(func() { d.changes = x.knownChanges(strconv.FormatInt(person, 10), first, last) })
	reading.Wait()
	d.recallTimes()
	for _, collection := range []string{attendance.Absences, attendance.Assignments, attendance.CalculatedTotals} {
		if unread := d.Unread[collection]; unread != nil && !errors.Is(unread, errNoCollection) {
			d.missing = append(d.missing, x.missingPart(collection, unread))
		}
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
