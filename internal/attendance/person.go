package attendance

import (
	"context"
	"strconv"

	"protime-admin/internal/day"
	"protime-admin/internal/parallel"
	"protime-admin/protime"
)

// Days are what was read of a person's days.
type Days struct {
	Person      string
	From, To    string         // yyyy-mm-dd
	Clockings   []day.Clocking // from the day before the period until the day after
	Absences    []day.Absence
	Assignments []day.Assignment
	Totals      map[string]protime.Record // what Protime calculated, by date
	Unread      map[string]error          // by collection: why it could not be read
	earlier     []day.Clocking            // of the days before those, for what is usual
}

// PlanDays is how many days before a period the plans begin that are read for it: the API's filter of assignments works
// on their first day alone (documentation: assignments), and one that began earlier may go on. One that began before that
// is not seen.
const PlanDays = 31

// usualDays is how many days tell what is usual.
const usualDays = 28

// part is one list of which a person's days are made.
type part struct {
	collection, from, to string
	take                 func(protime.Record) // called by one goroutine
	err                  error
}

// Read reads all parts of a person's days at once: it takes as long as the slowest of them. path is that of a
// collection's list, or why it is not to be read. The error is that of the clockings; that of another part is in Unread.
func (r *Register) Read(
	ctx context.Context, person int64, from, to string, path func(collection string) (string, error),
) (Days, error) {
	d := Days{
		Person: strconv.FormatInt(person, 10), From: from, To: to, Totals: map[string]protime.Record{}, Unread: map[string]error{},
	}
	clockings := &part{collection: Clockings, from: day.Shift(from, -1), to: day.Shift(to, 1), take: into(&d.Clockings, day.ClockingOf)}
	earlier := &part{
		collection: Clockings, from: day.Shift(from, -1-usualDays), to: day.Shift(from, -2), take: into(&d.earlier, day.ClockingOf),
	}
	others := []*part{
		{collection: Absences, from: from, to: to, take: into(&d.Absences, day.AbsenceOf)},
		{collection: Assignments, from: day.Shift(from, -PlanDays), to: to, take: into(&d.Assignments, day.AssignmentOf)},
		{collection: CalculatedTotals, from: from, to: to, take: func(r protime.Record) { d.Totals[r.Text("date")] = r }},
	}
	var reading parallel.Group
	for _, p := range append(others, clockings, earlier) {
		reading.Go(func() {
			list, why := path(p.collection)
			if p.err = why; why == nil {
				p.err = r.each(ctx, list, protime.And(During(p.from, p.to), protime.In("person", protime.Number(person))), p.take)
			}
		})
	}
	var away map[string]bool
	var kinds error
	reading.Go(func() {
		away, kinds = r.Away(ctx, func(ctx context.Context, collection string, each func(protime.Record)) error {
			list, why := path(collection)
			if why != nil {
				return why
			}
			return r.each(ctx, list, protime.Filter{}, each)
		})
	})
	reading.Wait()
	for i := range d.Absences {
		d.Absences[i].Elsewhere = !away[d.Absences[i].Definition]
	}
	if earlier.err != nil {
		d.earlier = nil // half of the days are no habit
	}
	for _, p := range others {
		if p.err != nil {
			d.Unread[p.collection] = p.err
		}
	}
	if away == nil && kinds != nil && len(d.Absences) > 0 {
		d.Unread[AbsenceDefinitions] = kinds // no clocking is held against them
	}
	return d, clockings.err
}

// into adds what of makes of a record to a list.
func into[T any](list *[]T, of func(protime.Record) (T, bool)) func(protime.Record) {
	return func(r protime.Record) {
		if one, ok := of(r); ok {
			*list = append(*list, one)
		}
	}
}

// Judged judges each date of a person's days. What is usual is learned from the days before them and from the other days.
func (r *Register) Judged(d Days) []day.Day {
	judge := r.Judge()
	judged := func(date string, clockings []day.Clocking, usual []day.Usual) day.Day {
		return judge.Day(day.Facts{
			Person: d.Person, Date: date, Clockings: clockings, Absences: d.Absences, Assignments: d.Assignments, Usual: usual,
		})
	}
	var history day.History
	for n := -usualDays; n <= -3; n++ {
		history.Learn(judged(day.Shift(d.From, n), d.earlier, nil))
	}
	dates := day.Dates(d.From, d.To)
	for _, date := range dates {
		history.Learn(judged(date, d.Clockings, nil))
	}
	days := make([]day.Day, 0, len(dates))
	for _, date := range dates {
		days = append(days, judged(date, d.Clockings, history.Usual(date)))
	}
	return days
}

// Around reads a person's clockings from the day before a date to the day after, as the API gives them; path is that of
// their list.
func (r *Register) Around(ctx context.Context, path string, person int64, date string) ([]protime.Record, error) {
	records := []protime.Record{}
	filter := protime.And(protime.In("person", protime.Number(person)), During(day.Shift(date, -1), day.Shift(date, 1)))
	err := r.each(ctx, path, filter, func(r protime.Record) { records = append(records, r) })
	return records, err
}
