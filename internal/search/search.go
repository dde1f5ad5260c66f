// Package search is how typed words find names: without case and accents, in any order, by the beginnings of words.
//
// What can be found is one Line of folded words per record; what was typed is Words; Rank compares the two. The
// people directory and the catalogs of names share it, so that a picker behaves the same whatever it picks.
package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Words are the folded words of a text: "D'Hondt, Zoë" gives "d", "hondt", "zoe".
func Words(text string) []string {
	return strings.Fields(spaced(text))
}

// Line is the folded words of several texts with one blank between them. A text of more than one word is also in it
// as one word, because "Van den Berghe" is typed "vandenberghe" as well.
func Line(texts ...string) string {
	var b strings.Builder
	for _, text := range texts {
		words := Words(text)
		for _, word := range words {
			put(&b, word)
		}
		if len(words) > 1 {
			put(&b, strings.Join(words, ""))
		}
	}
	return b.String()
}

func put(b *strings.Builder, word string) {
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
	b.WriteString(word)
}

// What a word adds to a rank.
const (
	Beginning = 4 // of a longer word
	FurtherOn = 1 // than at the line's start
)

// Rank says whether every word begins a word of the line, and how well: lower is better. Complete words come before
// beginnings, and words at the line's start before those further on. at is where the first word was found.
func Rank(line string, words []string) (rank, at int, ok bool) {
	for i, word := range words {
		found, complete := find(line, word)
		if found < 0 {
			return 0, 0, false
		}
		if i == 0 {
			at = found
		}
		if !complete {
			rank += Beginning
		}
		if found > 0 {
			rank += FurtherOn
		}
	}
	return rank, at, true
}

// find is the position of the first word of the line that begins with the given one, and whether it is the same word,
// which is preferred to an earlier beginning. -1: there is none.
func find(line, word string) (at int, complete bool) {
	at = -1
	for start := 0; start <= len(line)-len(word); {
		if strings.HasPrefix(line[start:], word) {
			end := start + len(word)
			if end == len(line) || line[end] == ' ' {
				return start, true
			}
			if at < 0 {
				at = start
			}
		}
		next := strings.IndexByte(line[start:], ' ')
		if next < 0 {
			break
		}
		start += next + 1
	}
	return at, false
}

// spaced folds a text and turns everything that is no letter and no digit into blanks.
func spaced(text string) string {
	if folded, ok := spacedASCII(text); ok {
		return folded
	}
	var b strings.Builder
	b.Grow(len(text))
	for _, r := range norm.NFKD.String(text) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			fold(&b, unicode.ToLower(r))
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func spacedASCII(text string) (string, bool) {
	plain := true
	for i := range len(text) {
		c := text[i]
		if c >= utf8.RuneSelf {
			return "", false
		}
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != ' ' {
			plain = false
		}
	}
	if plain {
		return text, true
	}
	folded := make([]byte, len(text))
	for i := range len(text) {
		c := text[i]
		switch {
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case (c < 'a' || c > 'z') && (c < '0' || c > '9'):
			c = ' '
		}
		folded[i] = c
	}
	return string(folded), true
}

// fold writes the letters that a keyboard without the letter offers instead. Unicode takes accents off, but these
// are letters of their own to it.
func fold(b *strings.Builder, r rune) {
	switch r {
	case 'ø':
		b.WriteByte('o')
	case 'ł':
		b.WriteByte('l')
	case 'đ', 'ð':
		b.WriteByte('d')
	case 'ħ':
		b.WriteByte('h')
	case 'ı':
		b.WriteByte('i')
	case 'ŧ':
		b.WriteByte('t')
	case 'ß':
		b.WriteString("ss")
	case 'æ':
		b.WriteString("ae")
	case 'œ':
		b.WriteString("oe")
	case 'þ':
		b.WriteString("th")
	case 'ς':
		b.WriteRune('σ')
	default:
		b.WriteRune(r)
	}
}
