package worklist

import (
	"protime-admin/internal/day"
	"protime-admin/protime"
)

// stock is the clockings of one date. A large company has 13,000 of them, so they hold no pointers: the garbage
// collector has nothing to follow.
type stock struct {
	date    string
	entries []entry
	last    map[string]int32  // the position of each person's last one
	names   []string          // that many clockings have: kinds, terminals, reasons
	numbers map[string]uint32 // of names
	minutes []int             // that entries refer to
	ids     []byte            // one after the other
	sealed  string            // ids, once all are there
}

// entry is a clocking: positions in the lists of its stock.
type entry struct {
	before, id, idEnd            int32 // before: the position of the person's clocking before this one, -1 for none
	kind, terminal, reason       uint32
	minute, original, calculated int32 // original and calculated: -1 for none
	generated, deleted           bool
}

// newStock makes room for as many clockings as are expected.
func newStock(date string, expected int) *stock {
	return &stock{
		date: date, entries: make([]entry, 0, expected), last: make(map[string]int32, expected/3),
		numbers: map[string]uint32{}, minutes: make([]int, 0, expected), ids: make([]byte, 0, 10*expected),
	}
}

// put adds a clocking. One that came before, because the list moved between two pages, is replaced.
func (s *stock) put(c day.Clocking) {
	e := entry{
		before: -1, id: int32(len(s.ids)), //nolint:gosec // the client bounds a list to 512 MB
		kind: s.number(c.Kind), terminal: s.number(c.Terminal), reason: s.number(c.Reason),
		minute: int32(c.Minute), original: s.minute(c.Original), calculated: s.minute(c.Calculated), //nolint:gosec // see day.Clocking
		generated: c.Generated, deleted: c.Deleted,
	}
	s.ids = append(s.ids, c.ID...)
	e.idEnd = int32(len(s.ids)) //nolint:gosec // as above
	if before, ok := s.last[c.Person]; ok {
		e.before = before
	}
	for i := e.before; i >= 0; i = s.entries[i].before {
		if there := &s.entries[i]; string(s.ids[there.id:there.idEnd]) == c.ID {
			e.before = there.before
			*there = e
			return
		}
	}
	s.last[c.Person] = int32(len(s.entries)) //nolint:gosec // as above
	s.entries = append(s.entries, e)
}

// seal ends the putting.
func (s *stock) seal() { s.sealed, s.ids, s.numbers = string(s.ids), nil, nil }

func (s *stock) number(name string) uint32 {
	if len(s.names) > 0 && s.names[0] == name { // the kind InOut, nearly always
		return 0
	}
	n, ok := s.numbers[name]
	if !ok {
		n = uint32(len(s.names)) //nolint:gosec // as above
		s.names, s.numbers[name] = append(s.names, name), n
	}
	return n
}

func (s *stock) minute(m *int) int32 {
	if m == nil {
		return -1
	}
	s.minutes = append(s.minutes, *m)
	return int32(len(s.minutes) - 1) //nolint:gosec // as above
}

func (s *stock) minuteAt(i int32) *int {
	if i < 0 {
		return nil
	}
	return &s.minutes[i]
}

// of appends a person's clockings, once the stock is sealed.
func (s *stock) of(to []day.Clocking, person string) []day.Clocking {
	i, ok := s.last[person]
	for ok && i >= 0 {
		e := &s.entries[i]
		to = append(to, day.Clocking{
			ID: s.sealed[e.id:e.idEnd], Person: person, Date: s.date, Minute: int(e.minute),
			Kind: s.names[e.kind], Terminal: s.names[e.terminal], Reason: s.names[e.reason],
			Original: s.minuteAt(e.original), Calculated: s.minuteAt(e.calculated),
			Generated: e.generated, Deleted: e.deleted,
		})
		i = e.before
	}
	return to
}

// loaded is what one list gave.
type loaded struct {
	clockings   []*stock // by date of the period
	absences    []day.Absence
	assignments []day.Assignment
	rows        int
	unread      []string // collections that the API does not give
}

// byDate sorts the clockings of a list by date; those of other dates are ignored.
type byDate struct {
	dates   map[string]*stock
	decoder day.Decoder
	stocks  []*stock
}

// newByDate makes room for as many clockings of each date as are expected.
func newByDate(dates []string, expected int) *byDate {
	b := &byDate{dates: map[string]*stock{}}
	for _, date := range dates {
		s := newStock(date, expected)
		b.dates[date] = s
		b.stocks = append(b.stocks, s)
	}
	return b
}

func (b *byDate) put(r protime.Record) {
	c, ok := b.decoder.Clocking(r)
	if s := b.dates[c.Date]; ok && s != nil {
		s.put(c)
	}
}

func (b *byDate) seal() []*stock {
	for _, s := range b.stocks {
		s.seal()
	}
	return b.stocks
}
