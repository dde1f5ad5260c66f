package handlers

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"protime-admin/internal/day"
	"protime-admin/internal/listing"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// Bounds of a list by day. The API promises no order, so that a day is shown once everything of it and of its neighbours
// was read: nights belong to two dates.
const (
	mostClockings = 25_000 // read for one page
	mostReaders   = 4      // parts of the period that are read at the same time
	alone         = 60     // person-days up to which one reader is enough
)

// errTooMany says that a page by day would need more than mostClockings.
var errTooMany = errors.New("handlers: too many clockings for one page by day")

// isByDay reports whether the records of a collection are clockings: of a person, on a date, at a time, and of kinds that
// take turns.
func isByDay(c *contract.Collection) bool {
	person, _ := c.Field("person")
	_, date := c.Field("date")
	_, time := c.Field("timeOfDayInMinutes")
	kind, _ := c.Field("kind")
	return person.Ref == "people" && date && time && slices.Contains(kind.Enum, "InOut")
}

// part is some days of a period, read by one reader.
type part struct {
	from, to string // yyyy-mm-dd; to is "" for no end
	ended    chan struct{}
	read     []day.Clocking   // once ended
	done     []protime.Record // of these the one that the last change was about
	err      error
}

// dayReader reads the clockings of a period and gives its days in order.
type dayReader struct {
	x        *exchange
	c        *contract.Collection
	selected *listing.Selection
	date     contract.Filter
	person   contract.Filter
	done     string       // id of the record that the last change was about
	count    atomic.Int64 // of clockings that were read
	first    atomic.Pointer[error]
}

func newDayReader(x *exchange, c *contract.Collection, selected *listing.Selection) *dayReader {
	r := &dayReader{x: x, c: c, selected: selected}
	if path := x.doneRecord(); path != "" && path == c.ItemURL(recordID(path)) {
		r.done = recordID(path)
	}
	for _, f := range c.Filters {
		switch {
		case f.Name == selected.Period:
			r.date = f
		case f.Ref == "people":
			r.person = f
		}
	}
	return r
}

// read starts the readers for some people, nil for everybody. people is how many there are, at least.
func (r *dayReader) read(ctx context.Context, ids []string, people int) []*part {
	from, to := shifted(r.selected.From, -1), shifted(r.selected.To, 1)
	if r.date.TooWide(from, to) {
		from, to = r.selected.From, r.selected.To
	}
	parts := split(from, to, people)
	for _, p := range parts {
		go func() {
			defer close(p.ended)
			if p.read, p.err = r.readPart(ctx, p, ids); p.err != nil {
				r.first.CompareAndSwap(nil, &p.err)
			}
		}()
	}
	return parts
}

// why is why parts failed: the error of the first, or the answer that made the client pause where that is all it says.
func (r *dayReader) why(parts []*part) error {
	first := *r.first.Load()
	if !errors.Is(first, protime.Paused) {
		return first
	}
	for _, p := range parts {
		<-p.ended // none is sent any more
		var answered *protime.Error
		if errors.As(p.err, &answered) && answered.Status != 0 {
			return p.err
		}
	}
	return first
}

func (r *dayReader) readPart(ctx context.Context, p *part, ids []string) ([]day.Clocking, error) {
	conditions := []protime.Filter{protime.Condition(r.date, "ge", p.from)}
	if p.to != "" {
		conditions = append(conditions, protime.Condition(r.date, "le", p.to))
	}
	if ids != nil {
		conditions = append(conditions, protime.Condition(r.person, "in", ids...))
	}
	filter := protime.And(append(conditions, r.selected.Lists)...)
	var read []day.Clocking
	for record, err := range protime.Records(r.x.s.API.List(ctx, r.c.URL(), protime.ListOptions{Filter: filter})) {
		if err != nil {
			return nil, err
		}
		clocking, ok := day.ClockingOf(record)
		if !ok {
			continue
		}
		if r.count.Add(1) > mostClockings {
			return nil, errTooMany
		}
		if clocking.ID == r.done {
			p.done = []protime.Record{record}
		}
		read = append(read, clocking)
	}
	return read, nil
}

// split divides a period into parts of about as many days. A period without an end, or with few days for few people, is
// one part.
func split(from, to string, people int) []*part {
	first, errFrom := time.Parse(time.DateOnly, from)
	last, errTo := time.Parse(time.DateOnly, to)
	days := int(last.Sub(first).Hours()/24) + 1
	readers := min(mostReaders, days)
	if errFrom != nil || errTo != nil || people*days <= alone {
		readers = 1
	}
	if readers <= 1 {
		return []*part{{from: from, to: to, ended: make(chan struct{})}}
	}
	parts := make([]*part, readers)
	for i := range parts {
		begin, end := days*i/readers, days*(i+1)/readers-1
		parts[i] = &part{
			from: first.AddDate(0, 0, begin).Format(time.DateOnly), to: first.AddDate(0, 0, end).Format(time.DateOnly),
			ended: make(chan struct{}),
		}
	}
	return parts
}

// shifted is a date some days later; a text that is no date is given back.
func shifted(date string, days int) string {
	parsed, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return date
	}
	return parsed.AddDate(0, 0, days).Format(time.DateOnly)
}
