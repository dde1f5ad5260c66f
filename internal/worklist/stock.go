package worklist

import (
	"slices"
	"strings"

	"protime-admin/internal/day"
	"protime-admin/protime"
)

// stock is the clockings of one date. A large company has 13,000 of them, so they hold no pointers: the garbage
// collector has nothing to follow.
type stock struct {
	date    string
	entries []entry
	people  []holder          // in order of their ids once the stock is sealed
	holders map[string]int32  // positions in people; nil once sealed
	recent  int32             // the holder of the clocking before
	names   []string          // that many clockings have: kinds, terminals, reasons
	numbers map[string]uint32 // of names
	minutes []int             // that entries refer to
	ids     []byte            // one after the other
	sealed  string            // ids, once all are there
}

// holder is a person who has clockings, and the positions of the first and the last one.
type holder struct {
	person      string
	first, last int32
}

// entry is a clocking: positions in the lists of its stock.
type entry struct {
	next, id, idEnd              int32 // next: the position of the person's clocking after this one, 0 for none
	kind, terminal, reason       uint32
	minute, original, calculated int32 // original and calculated: -1 for none
	generated, deleted           bool
}

// newStock makes room for as many clockings as are expected.
func newStock(date string, expected int) *stock {
	return &stock{
		date: date, entries: make([]entry, 0, expected),
		people: make([]holder, 0, expected/3), holders: make(map[string]int32, expected/3),
		numbers: map[string]uint32{}, minutes: make([]int, 0, expected), ids: make([]byte, 0, 10*expected),
	}
}

// put adds a clocking. One that came before, because the list moved between two pages, is replaced.
func (s *stock) put(c day.Clocking) {
	e := entry{
		id:   int32(len(s.ids)), //nolint:gosec // the client bounds a list to 512 MB
		kind: s.number(c.Kind), terminal: s.number(c.Terminal), reason: s.number(c.Reason),
		minute: int32(c.Minute), original: s.minute(c.Original), calculated: s.minute(c.Calculated), //nolint:gosec // see day.Clocking
		generated: c.Generated, deleted: c.Deleted,
	}
	s.ids = append(s.ids, c.ID...)
	e.idEnd = int32(len(s.ids)) //nolint:gosec // as above
	at := int32(len(s.entries)) //nolint:gosec // as above
	h, known := s.holder(c.Person, at)
	for i := h.first; known; i = s.entries[i].next {
		there := &s.entries[i]
		if string(s.ids[there.id:there.idEnd]) == c.ID {
			e.next = there.next
			*there = e
			return
		}
		if i == h.last {
			there.next = at
			break
		}
	}
	h.last = at
	s.entries = append(s.entries, e)
}

// holder is that of a person; false for a new one, whose first clocking has a position. Lists often give a person's
// clockings one after the other.
func (s *stock) holder(person string, first int32) (*holder, bool) {
	if int(s.recent) < len(s.people) && s.people[s.recent].person == person {
		return &s.people[s.recent], true
	}
	at, ok := s.holders[person]
	if !ok {
		at = int32(len(s.people)) //nolint:gosec // as above
		s.holders[person] = at
		s.people = append(s.people, holder{person, first, first})
	}
	s.recent = at
	return &s.people[at], ok
}

// seal ends the putting. Whoever goes through the people of several dates in order then finds each next to the one before.
func (s *stock) seal() {
	slices.SortFunc(s.people, func(a, b holder) int { return strings.Compare(a.person, b.person) })
	s.sealed, s.ids, s.numbers, s.holders = string(s.ids), nil, nil, nil
}

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

// find is the position of a person in people, or where it would stand, once the stock is sealed.
func (s *stock) find(person string) (int, bool) {
	return slices.BinarySearchFunc(s.people, person, func(h holder, id string) int { return strings.Compare(h.person, id) })
}

// of appends a person's clockings, once the stock is sealed.
func (s *stock) of(to []day.Clocking, person string) []day.Clocking {
	at, ok := s.find(person)
	if !ok {
		return to
	}
	return s.held(to, at)
}

// held appends the clockings of the person at a position in people.
func (s *stock) held(to []day.Clocking, at int) []day.Clocking {
	h := s.people[at]
	for i := h.first; ; i = s.entries[i].next {
		e := &s.entries[i]
		to = append(to, day.Clocking{
			ID: s.sealed[e.id:e.idEnd], Person: h.person, Date: s.date, Minute: int(e.minute),
			Kind: s.names[e.kind], Terminal: s.names[e.terminal], Reason: s.names[e.reason],
			Original: s.minuteAt(e.original), Calculated: s.minuteAt(e.calculated),
			Generated: e.generated, Deleted: e.deleted,
		})
		if i == h.last {
			return to
		}
	}
}

// cursor goes through the people of a sealed stock.
type cursor struct {
	*stock
	at int
}

// of appends a person's clockings. People have to be asked for in order.
func (c *cursor) of(to []day.Clocking, person string) []day.Clocking {
	for c.at < len(c.people) && c.people[c.at].person < person {
		c.at++
	}
	if c.at == len(c.people) || c.people[c.at].person != person {
		return to
	}
	return c.held(to, c.at)
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
