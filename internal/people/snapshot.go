package people

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"protime-admin/internal/search"
)

// snapshot is everybody at one moment, immutable. A company may have 100,000 people, so all their texts are in one
// string: a person is a few offsets into it, the garbage collector has no pointers to follow, and reading a name
// allocates nothing.
type snapshot struct {
	texts   string
	entries []entry // by id
	words   []word  // every word of every line, by its text
}

// entry is one person: the texts follow each other from start, then the line of folded words.
type entry struct {
	start uint32
	ends  [fields + 1]uint16 // after each text, relative to start; the last one ends the line
	order uint32             // among the lines of everybody, as sorted
}

// fields are the texts of a Person; the line follows them.
const fields = 9

// word is the place of one word in texts, and whose it is.
type word struct {
	at    uint32
	owner uint32
}

// longest bounds each text of a person, so that an entry's offsets fit. Real names are far shorter.
const longest = 512

// builder collects people for a snapshot.
type builder struct {
	texts   []byte
	entries []entry
}

func (b *builder) add(p Person) {
	e := entry{start: uint32(len(b.texts))} //nolint:gosec // 4 GB of names: the list stops long before
	texts := [fields]string{
		p.ID, p.First, p.Last, p.Initials, p.Badge, p.Number, p.InService, p.OutOfService, p.PeriodClosing,
	}
	for i := range texts {
		texts[i] = cut(texts[i])
		e.ends[i] = b.put(e, texts[i])
	}
	line := search.Line(texts[2], texts[1], texts[3], texts[5], texts[4], texts[0])
	e.ends[fields] = b.put(e, line[:min(len(line), fields*longest)])
	b.entries = append(b.entries, e)
}

func (b *builder) put(e entry, text string) uint16 {
	b.texts = append(b.texts, text...)
	return uint16(len(b.texts) - int(e.start)) //nolint:gosec // fields times longest, and the line, stay below 64 KB
}

func cut(text string) string {
	if len(text) <= longest {
		return text
	}
	return strings.ToValidUTF8(text[:longest], "")
}

// snapshot makes the index. A person who came twice, because the list moved between two pages, is stored once.
func (b *builder) snapshot() *snapshot {
	s := &snapshot{texts: string(b.texts), entries: slices.Clone(b.entries)}
	slices.SortStableFunc(s.entries, func(a, b entry) int { return compareIDs(s.id(a), s.id(b)) })
	s.entries = slices.CompactFunc(s.entries, func(a, b entry) bool { return s.id(a) == s.id(b) })

	s.words = make([]word, 0, 8*len(s.entries))
	for i, e := range s.entries {
		line, at := s.line(e), e.start+uint32(e.ends[fields-1])
		for start := 0; start < len(line); {
			s.words = append(s.words, word{at: at + uint32(start), owner: uint32(i)})
			next := strings.IndexByte(line[start:], ' ')
			if next < 0 {
				break
			}
			start += next + 1
		}
	}
	s.words = slices.Clip(s.words)
	slices.SortFunc(s.words, func(a, b word) int {
		return cmp.Or(strings.Compare(s.word(a), s.word(b)), cmp.Compare(a.at, b.at))
	})
	for i, w := range s.words {
		if e := &s.entries[w.owner]; w.at == e.start+uint32(e.ends[fields-1]) { // a line's first word
			e.order = uint32(i)
		}
	}
	return s
}

// compareIDs orders numbers as numbers without parsing them: the shorter first.
func compareIDs(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

func (s *snapshot) text(e entry, field int) string {
	from := e.start
	if field > 0 {
		from += uint32(e.ends[field-1])
	}
	return s.texts[from : e.start+uint32(e.ends[field])]
}

func (s *snapshot) id(e entry) string   { return s.text(e, 0) }
func (s *snapshot) line(e entry) string { return s.text(e, fields) }

// word is the text of a word up to the end of its line; it is compared by its beginning only, and the words after it
// merely order those that are the same.
func (s *snapshot) word(w word) string {
	e := s.entries[w.owner]
	return s.texts[w.at : e.start+uint32(e.ends[fields])]
}

func (s *snapshot) person(e entry) Person {
	return Person{
		ID:            s.text(e, 0),
		First:         s.text(e, 1),
		Last:          s.text(e, 2),
		Initials:      s.text(e, 3),
		Badge:         s.text(e, 4),
		Number:        s.text(e, 5),
		InService:     s.text(e, 6),
		OutOfService:  s.text(e, 7),
		PeriodClosing: s.text(e, 8),
	}
}

// place is where the entry of an id is, or would be.
func (s *snapshot) place(id string) (at int, found bool) {
	return slices.BinarySearchFunc(s.entries, id, func(e entry, id string) int { return compareIDs(s.id(e), id) })
}

// byID finds a person by id; false when there is none.
func (s *snapshot) byID(id string) (Person, bool) {
	at, found := s.place(id)
	if !found {
		return Person{}, false
	}
	return s.person(s.entries[at]), true
}

// starting are the words that begin with the prefix.
func (s *snapshot) starting(prefix string) []word {
	from := sort.Search(len(s.words), func(i int) bool { return s.word(s.words[i]) >= prefix })
	rest := s.words[from:]
	n := sort.Search(len(rest), func(i int) bool { return !strings.HasPrefix(s.word(rest[i]), prefix) })
	return rest[:n]
}
