package dryrun

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"sync"

	"protime-admin/internal/attendance"
	"protime-admin/internal/batch"
	"protime-admin/internal/day"
	"protime-admin/internal/field"
	"protime-admin/internal/parallel"
	"protime-admin/protime"
)

// twins finds rows that make a clocking, or move one, to a minute at which the person has another. What makes one of the same
// kind is in Protime already. A move is not: the other clocking may be one that moves away. The list is read for the people
// and dates of the rows alone, and of what is read only those minutes are remembered. places are where the clockings of the
// rows will stand.
func (k *Checker) twins(ctx context.Context, rows []batch.Row, places []day.Clocking) error {
	if k.collection.Name != clockings || k.batch.Operation == batch.Delete {
		return nil
	}
	standing := map[day.Moment][]string{} // kinds of the clockings that stand at the minute of a row
	people := map[string]map[int64]bool{}
	for i := range rows {
		c := places[i]
		person, err := strconv.ParseInt(c.Person, 10, 64)
		if err != nil {
			continue // there is none, or it is referred to in another way
		}
		standing[c.Moment()] = nil
		if people[c.Date] == nil {
			people[c.Date] = map[int64]bool{}
		}
		people[c.Date][person] = true
	}
	err := k.read(ctx, spansOf(people), standing)
	if err != nil && !attendance.Withheld(err) {
		return err
	}
	for i := range rows {
		c := places[i]
		if c.Person == "" {
			continue
		}
		check := &rows[i].Check
		if err != nil {
			check.Warnings = append(check.Warnings, batch.Finding{Column: -1, Key: warningUnread})
			continue
		}
		if kinds := standing[c.Moment()]; len(kinds) > 0 {
			key := warningTaken
			if k.batch.Operation == batch.Create && (c.Kind == "" || slices.Contains(kinds, c.Kind)) {
				key = warningTwin
			}
			text, _ := field.ClockText(c.Minute)
			check.Warnings = append(check.Warnings, k.found(&rows[i], "timeOfDayInMinutes", key, map[string]string{"time": text}))
		}
	}
	return nil
}

// place is where the clocking of a row will stand, if that is not where it stands now; else the zero Clocking.
func (k *Checker) place(base, after protime.Record) day.Clocking {
	c, ok := day.PlannedOf(after)
	was, _ := day.PlannedOf(base)
	if k.collection.Name != clockings || !ok || was.Moment() == c.Moment() {
		return day.Clocking{}
	}
	return c
}

// span is some dates in a row, and the people whose lists are read for all of them.
type span struct {
	from, to string
	people   map[int64]bool
}

// What a list costs is estimated: a request takes the people of one filter, and a page holds some people's days.
const (
	peopleOfFilter = 400
	daysOfPage     = 25
)

func (s span) cost(days int) int {
	return 1 + len(s.people)/peopleOfFilter + len(s.people)*days/daysOfPage
}

// spansOf makes spans of dates: neighbouring dates are read together where that takes fewer requests.
func spansOf(people map[string]map[int64]bool) []span {
	var spans []span
	days := 0 // of the last span
	for _, date := range slices.Sorted(maps.Keys(people)) {
		own := span{from: date, to: date, people: people[date]}
		if len(spans) > 0 {
			last := &spans[len(spans)-1]
			both := span{from: last.from, to: date, people: maps.Clone(last.people)}
			maps.Copy(both.people, own.people)
			length := len(day.Dates(last.from, date))
			if length <= mostDays && both.cost(length) <= last.cost(days)+own.cost(1) {
				*last, days = both, length
				continue
			}
		}
		spans, days = append(spans, own), 1
	}
	return spans
}

// mostDays bounds the dates of one span. A list takes a year at most.
const mostDays = 92

// read reads the clockings of spans and notes the kinds of those that stand at one of the moments. It returns the first error.
func (k *Checker) read(ctx context.Context, spans []span, standing map[day.Moment][]string) error {
	var mu sync.Mutex // guards standing
	return parallel.Each(ctx, len(spans), mostReaders, func(ctx context.Context, i int) error {
		s := spans[i]
		filter := protime.And(
			protime.In("person", protime.Numbers(slices.Sorted(maps.Keys(s.people))...)...), attendance.During(s.from, s.to),
		)
		return patiently(ctx, func() error {
			var decoder day.Decoder
			for record, err := range protime.Records(k.API.List(ctx, k.batch.List, protime.ListOptions{Filter: filter})) {
				if err != nil {
					return err
				}
				c, ok := decoder.Clocking(record)
				if !ok || c.Deleted {
					continue
				}
				mu.Lock()
				if kinds, wanted := standing[c.Moment()]; wanted && !slices.Contains(kinds, c.Kind) {
					standing[c.Moment()] = append(kinds, c.Kind)
				}
				mu.Unlock()
			}
			return nil
		})
	})
}
