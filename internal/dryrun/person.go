package dryrun

import (
	"slices"
	"strings"
	"sync"

	"protime-admin/internal/people"
	"protime-admin/internal/search"
)

// persons finds people of the directory by what identifies them. It is made anew when the directory has been read again.
type persons struct {
	state     people.State
	directory *people.Directory
	badges    lookup
	numbers   lookup
	alphabet  string // of badges and employee numbers

	once  sync.Once // names are folded when the first one is looked for
	names lookup    // first and last name in both orders, folded
	words map[string]bool
}

// lookup finds ids of people by a text. Nearly every text is that of one person.
type lookup struct {
	one  map[string]string
	more map[string][]string // the others of a text
}

func (l *lookup) add(key, id string) {
	switch first, taken := l.one[key]; {
	case key == "":
	case !taken:
		l.one[key] = id
	case first != id && !slices.Contains(l.more[key], id):
		l.more[key] = append(l.more[key], id)
	}
}

// find returns the ids of those whose badge or number is a text, apart from case, blanks and leading zeros, which
// spreadsheets drop.
func (l *lookup) find(text string) []string { return l.key(number(text)) }

func (l *lookup) key(key string) []string {
	first, ok := l.one[key]
	if !ok {
		return nil
	}
	return append([]string{first}, l.more[key]...)
}

// number is a badge or an employee number as it is compared.
func number(text string) string {
	plain := true
	for i := range len(text) {
		if c := text[i]; c <= ' ' || c >= 'a' || c > '~' {
			plain = false
			break
		}
	}
	if !plain {
		text = strings.ToUpper(strings.Join(strings.Fields(text), ""))
	}
	return strings.TrimLeft(text, "0")
}

// everybody is the directory as it is now.
func (r *Reader) everybody() *persons {
	state := r.People.State()
	if p := r.persons.Load(); p != nil && p.state == state {
		return p
	}
	p := &persons{
		state: state, directory: r.People,
		badges:  lookup{make(map[string]string, state.Count), map[string][]string{}},
		numbers: lookup{make(map[string]string, state.Count), map[string][]string{}},
	}
	var seen [128]bool
	for person := range r.People.Everybody() {
		for _, text := range []string{person.Badge, person.Number} {
			for i := range len(text) {
				seen[text[i]&127] = true
			}
		}
		p.badges.add(number(person.Badge), person.ID)
		p.numbers.add(number(person.Number), person.ID)
	}
	for c := range seen {
		if b := byte(c); seen[c] && (b >= '0' && b <= '9' || b >= 'A' && b <= 'Z') {
			p.alphabet += string(rune(b))
		}
	}
	r.persons.Store(p)
	return p
}

// fold makes the names known.
func (p *persons) fold() {
	p.once.Do(func() {
		p.names = lookup{make(map[string]string, 2*p.state.Count), map[string][]string{}}
		p.words = make(map[string]bool, p.state.Count)
		for person := range p.directory.Everybody() {
			first, last := search.Words(person.First), search.Words(person.Last)
			for _, words := range [][]string{first, last} {
				for _, word := range words {
					p.words[word] = true
				}
				if len(words) > 1 {
					p.words[strings.Join(words, "")] = true
				}
			}
			f, l := strings.Join(first, ""), strings.Join(last, "")
			if f == "" && l == "" {
				f = folded(person.Initials)
			}
			p.names.add(f+l, person.ID)
			p.names.add(l+f, person.ID)
		}
	})
}

// called are the ids of those whose name a text is, in any order and perhaps with a badge or number beside it, which may
// also stand alone.
func (p *persons) called(text string) []string {
	p.fold()
	if ids := p.names.key(folded(text)); ids != nil {
		return ids
	}
	var letters, numbers []string
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(" \t,;·()", r) }) {
		if strings.ContainsAny(word, "0123456789") {
			numbers = append(numbers, word)
			continue
		}
		letters = append(letters, word)
	}
	if len(numbers) == 0 {
		return nil
	}
	ids := p.numbered(strings.Join(numbers, ""))
	if len(letters) == 0 {
		return ids
	}
	named := p.names.key(folded(strings.Join(letters, " ")))
	return slices.DeleteFunc(ids, func(id string) bool { return !slices.Contains(named, id) })
}

// numbered are the ids of those whose badge, employee number or number in Protime a text is.
func (p *persons) numbered(text string) []string {
	ids := slices.Concat(p.badges.find(text), p.numbers.find(text))
	if _, known := p.directory.Person(strings.TrimSpace(text)); known {
		ids = append(ids, strings.TrimSpace(text))
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
