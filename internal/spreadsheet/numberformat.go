package spreadsheet

import (
	"encoding/xml"
	"strconv"
	"strings"
)

// numberFormat is what a cell's display format shows of a number.
type numberFormat struct {
	date    bool
	time    bool // of day
	elapsed bool // hours go on after 24
	padded  bool // an hour below 10 has a zero before it
	seconds bool
	percent bool
	zeros   int    // digits that an integer is filled up to with zeros
	said    string // in brackets after a time of day, " (next day)"
}

// longestCode is how long a number format is in Excel, in characters.
const longestCode = 255

// mostStyles bounds the styles and the number formats of a workbook, which are in memory while it is read. Excel has fewer.
const mostStyles = 1 << 16

// readStyles reads which style shows what.
func (w *workbook) readStyles(name string) error {
	codes := map[int]string{}
	inCells, number := false, 0
	err := w.small(name, func(e xml.StartElement) {
		if number > mostStyles {
			return
		}
		switch e.Name.Local {
		case "numFmt":
			number++
			if id, err := strconv.Atoi(attribute(e, "numFmtId")); err == nil {
				codes[id] = attribute(e, "formatCode")
			}
		case "cellXfs":
			inCells = true
		case "cellStyles", "dxfs", "cellStyleXfs":
			inCells = false
		case "xf":
			if inCells {
				number++
				id, _ := strconv.Atoi(attribute(e, "numFmtId")) // none is 0, General
				w.formats = append(w.formats, formatOf(id, codes[id]))
			}
		}
	})
	if err == nil && number > mostStyles {
		err = problem("spreadsheet.bomb")
	}
	return err
}

// formatOf reads a format: its code where the file has one, else what its number stands for (ECMA-376 Part 1, 18.8.30).
func formatOf(id int, code string) numberFormat {
	if code != "" {
		return parseFormat(code)
	}
	switch {
	case id == 9, id == 10:
		return numberFormat{percent: true}
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58:
		return numberFormat{date: true}
	case id == 18, id == 20, id >= 32 && id <= 35, id == 55, id == 56:
		return numberFormat{time: true}
	case id == 19, id == 21, id == 45, id == 47:
		return numberFormat{time: true, seconds: true}
	case id == 22:
		return numberFormat{date: true, time: true}
	case id == 46:
		return numberFormat{elapsed: true, seconds: true}
	}
	return numberFormat{}
}

// parseFormat reads a format code, which files have in English: what stands for days, months and years, and what for
// hours, minutes and seconds. An m is a month unless there are hours or seconds.
func parseFormat(code string) numberFormat {
	bare, literals, f := bareFormat(code)
	lower := strings.ToLower(bare)
	if lower == "general" {
		return numberFormat{}
	}
	for _, half := range []string{"am/pm", "a/p"} {
		lower = strings.ReplaceAll(lower, half, "h")
	}
	f.seconds = f.seconds || strings.Contains(lower, "s")
	f.time = !f.elapsed && (f.seconds || strings.Contains(lower, "h"))
	f.date = strings.ContainsAny(lower, "ydj") || !f.time && !f.elapsed && strings.Contains(lower, "m")
	at := strings.IndexByte(literals, '(')
	if f.time && at >= 0 && strings.HasSuffix(literals, ")") && len(code) <= longestCode {
		f.said = " " + literals[at:]
	}
	if f.date || f.time || f.elapsed {
		return f
	}
	f.percent = strings.Contains(lower, "%")
	if strings.Trim(lower, "0") == "" {
		f.zeros = min(len(lower), 30)
	}
	return f
}

// bareFormat is the first section of a format code without its literals, these, and what its brackets say of elapsed time.
func bareFormat(code string) (bare, literals string, f numberFormat) {
	var b, literal strings.Builder
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case ';':
			return b.String(), literal.String(), f
		case '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				return b.String(), literal.String(), f
			}
			literal.WriteString(code[i+1 : i+1+end])
			i += end + 1
		case '\\':
			i++
			if i < len(code) {
				literal.WriteByte(code[i])
			}
		case '_', '*':
			i++
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return b.String(), literal.String(), f
			}
			unit := strings.ToLower(code[i+1 : i+end])
			if unit != "" && (strings.Trim(unit, "h") == "" || strings.Trim(unit, "m") == "" || strings.Trim(unit, "s") == "") {
				f.elapsed, f.padded = true, unit == "hh"
				f.seconds = f.seconds || unit[0] == 's'
			}
			i += end
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), literal.String(), f
}
