package dryrun

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"protime-admin/internal/batch"
	"protime-admin/internal/field"
	"protime-admin/internal/people"
	"protime-admin/internal/search"
)

// mostOffers is how many values are offered for a cell.
const mostOffers = 3

// Problems of a cell that names a person, and of one that names something else.
const (
	problemBadge  = "dryrun.no-badge"  // text
	problemNumber = "dryrun.no-number" // text
	problemName   = "dryrun.no-name"   // text
	problemPerson = "dryrun.no-person" // text
	problemUnread = "dryrun.people-unread"
)

// who finds the person that a cell names in the way of its column. Where it names nobody, or several people, it returns
// what is wrong, with those that may be meant. Where the directory holds nobody, a number of Protime's is taken as it is.
func (k *Checker) who(ctx context.Context, input, text string) (id string, wrong *batch.Finding) {
	p, key := k.everybody, problemPerson
	var ids []string
	switch {
	case strings.HasSuffix(input, batch.SuffixBadge):
		ids, key = exactly(p.badges.find(text), func(id string) bool { return p.person(id).Badge == text }), problemBadge
	case strings.HasSuffix(input, batch.SuffixNumber):
		ids, key = exactly(p.numbers.find(text), func(id string) bool { return p.person(id).Number == text }), problemNumber
	case strings.HasSuffix(input, batch.SuffixName):
		ids, key = p.called(text), problemName
	default:
		_, _, external := field.External(text)
		if _, known := p.directory.Person(text); known || external || p.state.Count == 0 {
			return text, nil
		}
	}
	switch {
	case len(ids) == 1:
		return ids[0], nil
	case len(ids) > 1:
		return "", &batch.Finding{
			Key: field.ProblemSeveral, Args: map[string]string{"text": text, "count": strconv.Itoa(len(ids))},
			Offers: k.offers(input, ids),
		}
	case p.state.Phase != people.Ready:
		return "", &batch.Finding{Key: problemUnread}
	}
	return "", &batch.Finding{Key: key, Args: map[string]string{"text": text}, Offers: k.offers(input, k.nearest(ctx, input, text))}
}

// identified are the ids of those whose badge, employee number or number in Protime a text is, as its column says.
func (p *persons) identified(input, text string) []string {
	switch {
	case strings.HasSuffix(input, batch.SuffixBadge):
		return p.badges.find(text)
	case strings.HasSuffix(input, batch.SuffixNumber):
		return p.numbers.find(text)
	}
	if _, known := p.directory.Person(text); known {
		return []string{text}
	}
	return nil
}

// exactly are the ids of those whose text is written just so, where some are; else all.
func exactly(ids []string, is func(id string) bool) []string {
	if len(ids) < 2 {
		return ids
	}
	just := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !is(id) })
	if len(just) == 0 {
		return ids
	}
	return just
}

func (p *persons) person(id string) people.Person {
	person, _ := p.directory.Person(id)
	return person
}

// nearest are the ids of people who may be meant by a text that names nobody, the likeliest first.
func (k *Checker) nearest(ctx context.Context, input, text string) []string {
	switch p := k.everybody; {
	case strings.HasSuffix(input, batch.SuffixBadge):
		return p.badges.near(text, p.alphabet)
	case strings.HasSuffix(input, batch.SuffixNumber):
		return p.numbers.near(text, p.alphabet)
	case strings.HasSuffix(input, batch.SuffixName):
		return p.misspelt(ctx, text)
	}
	return nil
}

// near are the ids of those whose text is nearly the given one: with a digit where a letter was typed, else with one slip.
func (l *lookup) near(text, alphabet string) []string {
	key := number(text)
	if ids := l.key(strings.TrimLeft(lettersForDigits().Replace(key), "0")); ids != nil {
		return ids
	}
	var ids []string
	for _, candidate := range near(key, alphabet, func(candidate []byte) bool { return l.one[string(candidate)] != "" }) {
		ids = append(ids, l.key(candidate)...)
	}
	return ids
}

// misspelt are the ids of those whose names are the words of a text once a slip in each is corrected, or else of whom
// some of the words are.
func (p *persons) misspelt(ctx context.Context, text string) []string {
	words := search.Words(text)
	if len(words) == 0 || len(words) > 8 {
		return nil
	}
	corrected := [][]string{nil} // every choice of words
	var known []string
	for _, word := range words {
		choices := []string{word}
		if !p.words[word] {
			choices = near(word, letters, func(candidate []byte) bool { return p.words[string(candidate)] })
		} else {
			known = append(known, word)
		}
		var next [][]string
		for _, before := range corrected {
			for _, choice := range choices[:min(len(choices), mostOffers)] {
				next = append(next, append(slices.Clone(before), choice))
			}
		}
		corrected = next[:min(len(next), 2*mostOffers)]
	}
	var ids []string
	for _, words := range append(corrected, known) {
		if len(words) == 0 || len(ids) >= mostOffers {
			continue
		}
		for _, person := range p.directory.Find(ctx, strings.Join(words, " "), mostOffers) {
			if !slices.Contains(ids, person.ID) {
				ids = append(ids, person.ID)
			}
		}
	}
	return ids
}

// offers are values for a cell that name some people.
func (k *Checker) offers(input string, ids []string) []batch.Offer {
	var offers []batch.Offer
	for _, id := range ids {
		person := k.everybody.person(id)
		offer := batch.Offer{Label: person.Name()}
		switch {
		case strings.HasSuffix(input, batch.SuffixBadge):
			offer.Value = person.Badge
		case strings.HasSuffix(input, batch.SuffixNumber):
			offer.Value = person.Number
		case strings.HasSuffix(input, batch.SuffixName):
			offer.Value = k.everybody.fullName(person)
			offer.Label = offer.Value
		default:
			offer.Value = id
		}
		if offer.Value != "" && len(offers) < mostOffers {
			offers = append(offers, offer)
		}
	}
	return offers
}

// fullName is what names somebody and nobody else: the name, and a number where others have the same name.
func (p *persons) fullName(person people.Person) string {
	name := person.Name()
	if len(p.called(name)) == 1 {
		return name
	}
	for _, number := range []string{person.Badge, person.Number, person.ID} {
		if text := strings.TrimSpace(name + " " + number); number != "" && len(p.called(text)) == 1 {
			return text
		}
	}
	return person.ID
}

// sameName reports whether a name that stands beside a badge or a number may be that of the person: most of its words
// are words of the person's name, or begin one.
func (p *persons) sameName(id, text string) bool {
	words := search.Words(text)
	person := p.person(id)
	theirs := search.Words(person.First + " " + person.Last + " " + person.Initials)
	theirs = append(theirs, folded(person.First), folded(person.Last))
	same := 0
	for _, word := range words {
		is := func(other string) bool {
			slip := func(candidate []byte) bool { return string(candidate) == other }
			return strings.HasPrefix(other, word) || len(word) > 3 && len(near(word, letters, slip)) > 0
		}
		if slices.ContainsFunc(theirs, is) {
			same++
		}
	}
	return len(words) == 0 || 2*same > len(words) || folded(text) == folded(person.First+person.Last)
}
