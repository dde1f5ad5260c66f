package worklist

import (
	"strings"

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

// names stores each text once: the clockings of a list have few persons, terminals and kinds.
type names map[string]string

// share replaces the texts of a clocking that others have as well.
func (n names) share(c *day.Clocking) {
	for _, text := range []*string{&c.Person, &c.Date, &c.Kind, &c.Terminal, &c.Reason} {
		if *text == "" {
			continue
		}
		known, ok := n[*text]
		if !ok {
			known = strings.Clone(*text)
			n[known] = known
		}
		*text = known
	}
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
	dates  map[string]*stock
	names  names
	stocks []*stock
}

func newByDate(dates []string) *byDate {
	b := &byDate{dates: map[string]*stock{}, names: names{}}
	for _, date := range dates {
		s := &stock{}
		b.dates[date] = s
		b.stocks = append(b.stocks, s)
	}
	return b
}

func (b *byDate) put(r protime.Record) {
	c, ok := day.ClockingOf(r)
	if !ok {
		return
	}
	if s := b.dates[c.Date]; s != nil {
		b.names.share(&c)
		s.put(c)
	}
}
