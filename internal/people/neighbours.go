package people

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Neighbours are the people before and after somebody in the order of last names, those aside who have left. Each is the
// zero Person where there is none, both where nobody is known by the id (yet).
func (d *Directory) Neighbours(id string) (before, after Person) {
	view, today := d.view.Load(), d.o.Now().In(d.o.TimeZone).Format(time.DateOnly)
	return view.beside(id, -1, today), view.beside(id, +1, today)
}

// beside goes from somebody's line to the next one, or with step -1 to the one before. Words are in order, and the first
// word of a line stands where the whole line does.
func (s *snapshot) beside(id string, step int, today string) Person {
	at, found := s.place(id)
	if !found {
		return Person{}
	}
	e := s.entries[at]
	line, start := s.line(e), s.lineStart(e)
	place, found := slices.BinarySearchFunc(s.words, start, func(w word, start uint32) int {
		return cmp.Or(strings.Compare(s.word(w), line), cmp.Compare(w.at, start))
	})
	if !found {
		return Person{}
	}
	for place += step; 0 <= place && place < len(s.words); place += step {
		w := s.words[place]
		other := s.entries[w.owner]
		if until := s.text(other, 7); w.at == s.lineStart(other) && (until == "" || until >= today) {
			return s.person(other)
		}
	}
	return Person{}
}

// lineStart is the place in texts at which somebody's line begins.
func (s *snapshot) lineStart(e entry) uint32 { return e.start + uint32(e.ends[fields-1]) }
