package field

import "strings"

// clean makes what keyboards and word processors produce plain: full-width digits and signs, typographic minus signs
// and apostrophes, spaces of any width; in lower case, without space around it.
func clean(s string) string {
	return strings.ToLower(strings.TrimSpace(strings.Map(plain, s)))
}

func plain(r rune) rune {
	switch {
	case r >= '０' && r <= '９':
		return r - '０' + '0'
	case r >= 'ａ' && r <= 'ｚ':
		return r - 'ａ' + 'a'
	case r >= 'Ａ' && r <= 'Ｚ':
		return r - 'Ａ' + 'a'
	}
	switch r {
	case '：', '︓', '∶':
		return ':'
	case '．', '。':
		return '.'
	case '，', '٫':
		return ','
	case '／':
		return '/'
	case '−', '–', '—', '－', '‐', '‑':
		return '-'
	case '＋':
		return '+'
	case '’', '‘', '´', '`', '′':
		return '\''
	case '\u00a0', '\u2009', '\u202f', '\u3000', '\t', '\r', '\n':
		return ' '
	case '\u200e', '\u200f', '\u200b', '\ufeff', '\u2060':
		return -1
	}
	return r
}

// leading splits the digits at the start from the rest, without the space between them.
func leading(s string) (digits, rest string) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	return s[:i], strings.TrimLeft(s[i:], " ")
}

// number reads at most six digits; the callers have looked at them already.
func number(digits string) int {
	n := 0
	for i := 0; i < len(digits) && i < 6; i++ {
		n = n*10 + int(digits[i]-'0')
	}
	return n
}

// word takes the first of the words that s starts with off it, longest first.
func word(s string, words ...string) (rest string, ok bool) {
	for _, w := range words {
		if strings.HasPrefix(s, w) {
			return strings.TrimLeft(s[len(w):], " "), true
		}
	}
	return s, false
}

// hourWord takes "u", "h" and their longer forms off; what follows a word must not be a letter.
func hourWord(s string) (rest string, ok bool) {
	rest, ok = word(s, "heures", "heure", "hours", "hour", "hrs", "hr", "uhr", "uren", "uur",
		"stunden", "stunde", "std", "u", "h")
	return afterWord(s, rest, ok)
}

// minuteWord is hourWord for minutes.
func minuteWord(s string) (rest string, ok bool) {
	rest, ok = word(s, "minuten", "minutes", "minuut", "minute", "mins", "min", "mn", "m", "'")
	return afterWord(s, rest, ok)
}

func afterWord(s, rest string, ok bool) (string, bool) {
	if !ok || rest != "" && rest[0] >= 'a' && rest[0] <= 'z' {
		return s, false
	}
	return strings.TrimLeft(strings.TrimPrefix(rest, "."), " "), true
}
