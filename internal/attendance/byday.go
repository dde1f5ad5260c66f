package attendance

import (
	"context"
	"errors"
	"iter"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"protime-admin/internal/day"
	"protime-admin/internal/parallel"
	"protime-admin/protime"
)

// Bounds of a list by day. The API promises no order, so that a day is given once everything of it and of its neighbours
// was read: nights belong to two dates.
const (
	mostClockings = 25_000 // read for one page
	mostReaders   = 4      // spans of the period that are read at the same time
	alone         = 60     // person-days up to which one reader is enough
)

// ErrTooMany says that a list by day would need more clockings than are read for one page.
var ErrTooMany = errors.New("attendance: too many clockings for one page by day")

// PersonDay is what was read of one person for one date: its own clockings and those of its neighbours.
type PersonDay struct {
	Person, Date string
	Clockings    []day.Clocking
}

// ByDay reads the clockings of a period and gives its days in order. It is for one goroutine.
type ByDay struct {
	Register *Register
	Path     string // of the list
	From, To string // first and last date that are given, yyyy-mm-dd; To is "" for no end
	Deleted  bool   // deleted clockings are given, too
	Holds    func(person, date string) bool
	Keep     string // id of a clocking that is kept as it was read

	count atomic.Int64 // of clockings that were read
	first atomic.Pointer[error]
	spans []*span
}

// span is some days of the period, read by one reader.
type span struct {
	from, to string // to is "" for no end
	ended    chan struct{}
	read     []day.Clocking   // once ended
	kept     []protime.Record // of these the one to keep
	err      error
}

// Begin starts to read, once for each choice of people. from and to are the dates that are read, which are more than those
// that are given where the API takes so long a period; filter asks for some of them, and people is how many there are,
// at least.
func (b *ByDay) Begin(ctx context.Context, from, to string, people int, filter func(from, to string) protime.Filter) {
	b.spans = split(from, to, people)
	for _, s := range b.spans {
		go func() {
			defer close(s.ended)
			s.err = parallel.Guarded(func() error { return b.read(ctx, s, filter(s.from, s.to)) })
			if s.err != nil {
				b.first.CompareAndSwap(nil, &s.err)
			}
		}()
	}
}

func (b *ByDay) read(ctx context.Context, s *span, filter protime.Filter) error {
	for record, err := range protime.Records(b.Register.API.List(ctx, b.Path, protime.ListOptions{Filter: filter})) {
		if err != nil {
			return err
		}
		clocking, ok := day.ClockingOf(record)
		if !ok {
			continue
		}
		if b.count.Add(1) > mostClockings {
			return ErrTooMany
		}
		if clocking.ID == b.Keep {
			s.kept = []protime.Record{record}
		}
		s.read = append(s.read, clocking)
	}
	return nil
}

// First waits for the first days. It returns the clocking to keep, if it is among them, and why they cannot be read.
func (b *ByDay) First() ([]protime.Record, error) {
	first := b.spans[0]
	<-first.ended // at the latest when the time is over
	if first.err != nil {
		return nil, b.why()
	}
	return first.kept, nil
}

// Days gives the people of each date, in no order, once the date and its neighbours were read. An error ends it.
func (b *ByDay) Days() iter.Seq2[[]PersonDay, error] {
	return func(yield func([]PersonDay, error) bool) {
		k := calendar{ByDay: b, next: b.From, days: map[string]map[string][]day.Clocking{}}
		for i, s := range b.spans {
			<-s.ended
			if s.err != nil {
				yield(nil, b.why())
				return
			}
			k.add(s.read)
			complete := ""
			if i < len(b.spans)-1 {
				complete = s.to
			}
			for _, people := range k.until(complete) {
				if !yield(people, nil) {
					return
				}
			}
		}
	}
}

// why is why spans failed: the error of the first, or the answer that made the client pause where that is all it says.
func (b *ByDay) why() error {
	first := *b.first.Load()
	if !errors.Is(first, protime.Paused) {
		return first
	}
	for _, s := range b.spans {
		<-s.ended // none is sent any more
		var answered *protime.Error
		if errors.As(s.err, &answered) && answered.Status != 0 {
			return s.err
		}
	}
	return first
}

// split divides a period into spans of about as many days. A period without an end, or with few days for few people, is
// one span.
func split(from, to string, people int) []*span {
	first, errFrom := time.Parse(time.DateOnly, from)
	last, errTo := time.Parse(time.DateOnly, to)
	days := int(last.Sub(first).Hours()/24) + 1
	readers := min(mostReaders, days)
	if errFrom != nil || errTo != nil || people*days <= alone {
		readers = 1
	}
	if readers <= 1 {
		return []*span{{from: from, to: to, ended: make(chan struct{})}}
	}
	spans := make([]*span, readers)
	for i := range spans {
		begin, end := days*i/readers, days*(i+1)/readers-1
		spans[i] = &span{from: day.Shift(from, begin), to: day.Shift(from, end), ended: make(chan struct{})}
	}
	return spans
}

// calendar holds clockings by date and person until their days are complete.
type calendar struct {
	*ByDay
	next string // the first date that was not given yet
	days map[string]map[string][]day.Clocking
}

func (k *calendar) add(read []day.Clocking) {
	for _, c := range read {
		people := k.days[c.Date]
		if people == nil {
			people = map[string][]day.Clocking{}
			k.days[c.Date] = people
		}
		// A list that moves between two pages gives a clocking twice.
		if !slices.ContainsFunc(people[c.Person], func(other day.Clocking) bool { return other.ID == c.ID }) {
			people[c.Person] = append(people[c.Person], c)
		}
	}
}

// until gives the dates before a date, all that are left for "", each with its people in no order.
func (k *calendar) until(end string) [][]PersonDay {
	var given [][]PersonDay
	for _, date := range slices.Sorted(maps.Keys(k.days)) {
		if date < k.next || end != "" && date >= end || k.To != "" && date > k.To {
			continue
		}
		if people := k.people(date); len(people) > 0 {
			given = append(given, people)
		}
	}
	k.next = max(k.next, end)
	before := day.Shift(end, -1)
	maps.DeleteFunc(k.days, func(date string, _ map[string][]day.Clocking) bool { return date < before })
	return given
}

// people are those of a date that are asked for.
func (k *calendar) people(date string) []PersonDay {
	var all []PersonDay
	for person, own := range k.days[date] {
		shown := slices.ContainsFunc(own, func(c day.Clocking) bool { return !c.Deleted || k.Deleted })
		if !shown || !k.Holds(person, date) {
			continue
		}
		d := PersonDay{Person: person, Date: date}
		for _, near := range []string{day.Shift(date, -1), date, day.Shift(date, 1)} {
			for _, c := range k.days[near][person] {
				if !c.Deleted || k.Deleted {
					d.Clockings = append(d.Clockings, c)
				}
			}
		}
		all = append(all, d)
	}
	return all
}
