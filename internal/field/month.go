package field

import (
	"strconv"
	"strings"
	"unicode"
)

// longestDate is the length of the longest text that is read as a date with words.
const longestDate = 40

// wordedParts splits a date with a weekday, or with its month as a word: "ma 17/11", "17 nov. 2026", "Nov 17, 2026",
// "17-nov-26", "le 1er novembre".
func wordedParts(s string, year int) (y int, month, day string, ok bool) {
	if len(s) > longestDate {
		return 0, "", "", false
	}
	words := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if isWeekday(words[0]) || words[0] == "le" || words[0] == "op" || words[0] == "am" {
		rest := strings.TrimLeft(s[strings.Index(s, words[0])+len(words[0]):], " .,")
		if y, month, day, ok = dateParts(rest, year); ok {
			return y, month, day, ok // else it is a month: "mar" is one in English, and Tuesday in French
		}
	}
	if len(words) > 2 && (words[1] == "de" || words[1] == "of") {
		words = append(words[:1], words[2:]...)
	}
	if len(words) < 2 || len(words) > 3 {
		return 0, "", "", false
	}
	if monthOf(words[0]) > 0 {
		words[0], words[1] = words[1], words[0]
	}
	n := monthOf(words[1])
	day, ok = ordinal(words[0])
	if n == 0 || !ok {
		return 0, "", "", false
	}
	if len(words) == 3 {
		digits, rest := leading(words[2])
		if rest != "" || len(digits) != 2 && len(digits) != 4 {
			return 0, "", "", false
		}
		year = number(digits)
		if len(digits) == 2 {
			year += 2000
		}
	}
	return year, strconv.Itoa(n), day, true
}

// ordinal reads the day of "1er", "17e" and "17th".
func ordinal(s string) (day string, ok bool) {
	day, rest := leading(s)
	switch rest {
	case "", "er", "e", "de", "ste", "st", "nd", "rd", "th":
		return day, day != "" && len(day) <= 2
	}
	return "", false
}

// monthOf is the number of a month, by its name or a usual abbreviation in English, Dutch, French or German; 0 for any other
// word.
func monthOf(word string) int {
	switch word {
	case "january", "januari", "janvier", "januar", "jan", "janv", "jänner", "jaenner", "jän":
		return 1
	case "february", "februari", "février", "fevrier", "februar", "feb", "febr", "févr", "fevr", "fév", "fev":
		return 2
	case "march", "maart", "mars", "märz", "maerz", "marz", "mar", "mrt", "mär", "mrz":
		return 3
	case "april", "avril", "apr", "avr":
		return 4
	case "may", "mei", "mai":
		return 5
	case "june", "juni", "juin", "jun":
		return 6
	case "july", "juli", "juillet", "jul", "juil":
		return 7
	case "august", "augustus", "août", "aout", "aug":
		return 8
	case "september", "septembre", "sep", "sept":
		return 9
	case "october", "oktober", "octobre", "oct", "okt":
		return 10
	case "november", "novembre", "nov":
		return 11
	case "december", "décembre", "decembre", "dezember", "dec", "déc", "dez":
		return 12
	}
	return 0
}

// isWeekday reports whether a word is a day of the week, or a usual abbreviation of one.
func isWeekday(word string) bool {
	switch word {
	case "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
		"mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun",
		"maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag",
		"ma", "di", "wo", "do", "vr", "za", "zo", "maa", "din", "woe", "don", "vri", "zat", "zon",
		"lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
		"lun", "mar", "mer", "jeu", "ven", "sam", "dim", "lu", "me", "je", "ve",
		"montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag",
		"mo", "mi", "fr", "sa", "so":
		return true
	}
	return false
}
