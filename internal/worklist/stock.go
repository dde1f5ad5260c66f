package worklist

import (
	"protime-admin/internal/day"
	"protime-admin/protime"
)

// stock is the clockings of one date, in one slice: a large company has 13,000 of them.
type stock struct {
	all    []day.Clocking
	before []int32          // the position of the same person's clocking before each; -1 for none
	last   map[string]int32 // the position of each person's last one
}

// put adds a clocking. One that came before, because the list moved between two pages, is replaced.
func (s *stock) put(c day.Clocking) {
	if s.last == nil {
		s.last = map[string]int32{}
	}
	before, ok := s.last[c.Person]
	if !ok {
		before = -1
	}
	for i := before; i >= 0; i = s.before[i] {
		if s.all[i].ID == c.ID {
			s.all[i] = c
			return
		}
	}
	s.last[c.Person] = int32(len(s.all)) //nolint:gosec // the client bounds a list to a million records
	s.all = append(s.all, c)
	s.before = append(s.before, before)
}

// of appends a person's clockings.
func (s *stock) of(to []day.Clocking, person string) []day.Clocking {
	if s == nil {
		return to
	}
	i, ok := s.last[person]
	for ; ok && i >= 0; i = s.before[i] {
		to = append(to, s.all[i])
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

func newByDate(dates []string) *byDate {
	b := &byDate{dates: map[string]*stock{}}
	for _, date := range dates {
		s := &stock{}
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
