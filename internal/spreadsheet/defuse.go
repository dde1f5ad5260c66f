package spreadsheet

import (
	"strings"
	"unicode"
)

// A formula begins with one of signs, the full-width and small forms of East Asian keyboards among them. Where a region separates
// cells by another character, a spreadsheet splits a row at separators within a cell, too, whatever the quotes say.
const (
	signs      = "=+-@|＝＋－＠﹦﹢﹣﹫"
	separators = ",;\t\r\n"
)

// Defused is a cell that no spreadsheet runs: an apostrophe before a formula's sign, or before a leading tab or line break,
// makes it text. Plain numbers stay numbers.
func Defused(cell string) string {
	if !strings.ContainsAny(cell, signs+"\t\r\n") {
		return cell
	}
	var b strings.Builder
	if strings.IndexAny(cell, "\t\r\n") == 0 {
		b.WriteByte('\'')
	}
	for cell != "" {
		end := strings.IndexAny(cell, separators) + 1
		if end == 0 {
			end = len(cell)
		}
		part := cell[:end]
		bare := strings.TrimLeftFunc(part, isIgnored)
		b.WriteString(part[:len(part)-len(bare)])
		if strings.IndexAny(bare, signs) == 0 && !isNumber(strings.TrimRight(bare, separators+`" ]}`)) {
			b.WriteByte('\'')
		}
		b.WriteString(bare)
		cell = cell[end:]
	}
	return b.String()
}

// isIgnored reports whether a spreadsheet may skip a character before a formula.
func isIgnored(r rune) bool {
	return r == '"' || unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
}

// isNumber reports whether a cell is a number, a duration or a time, perhaps negative.
func isNumber(cell string) bool {
	digits := strings.TrimPrefix(cell, "-")
	return digits != "" && strings.Trim(digits, "0123456789.,:") == ""
}

// undefused takes the apostrophe away that Defused put before a cell, so that a file of ours can be read again.
func undefused(cell string) string {
	if bare, marked := strings.CutPrefix(cell, "'"); marked && Defused(bare) == cell {
		return bare
	}
	return cell
}
