package dryrun

import (
	"slices"
	"strings"
)

// lettersForDigits are what is typed, or read by a scanner, for digits.
func lettersForDigits() *strings.Replacer {
	return strings.NewReplacer("O", "0", "Q", "0", "D", "0", "I", "1", "L", "1", "|", "1", "!", "1", "Z", "2", "S", "5", "B", "8", "G", "6")
}

// near returns texts that are one slip away from a text and that there are: two characters swapped, one too many, one
// missing or one for another. It tries the slips instead of the directory, so that its cost does not grow with the company.
// A candidate is valid until exists returns.
func near(text, alphabet string, exists func(candidate []byte) bool) []string {
	if len(text) > longestSlip {
		return nil
	}
	var found []string
	candidate := make([]byte, 0, longestSlip+1)
	try := func(parts ...string) {
		candidate = candidate[:0]
		for _, part := range parts {
			candidate = append(candidate, part...)
		}
		if string(candidate) != text && exists(candidate) && !slices.Contains(found, string(candidate)) {
			found = append(found, string(candidate))
		}
	}
	for i := range len(text) - 1 {
		try(text[:i], text[i+1:i+2], text[i:i+1], text[i+2:])
	}
	for i := range len(text) {
		try(text[:i], text[i+1:])
	}
	for i := range len(text) + 1 {
		for j := range len(alphabet) {
			try(text[:i], alphabet[j:j+1], text[i:])
			if i < len(text) {
				try(text[:i], alphabet[j:j+1], text[i+1:])
			}
		}
	}
	return found
}

// longestSlip is the length of the longest text that is corrected.
const longestSlip = 32

// letters are those of folded names.
const letters = "abcdefghijklmnopqrstuvwxyz"
