package spreadsheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// readText reads CSV and text that was copied from a spreadsheet, which separates cells by tabs.
func readText(source io.ReaderAt, size int64, rows *bounded) (Sheet, error) {
	found, err := findEncoding(source, size)
	if err != nil {
		return Sheet{}, err
	}
	in := bufio.NewReaderSize(found.reader(source, size), max(256<<10, 2*rows.mostBytes()))
	sheet := Sheet{Encoding: found.name}
	separator, named, err := findSeparator(in, found, rows)
	if err != nil {
		return sheet, err
	}
	sheet.Separator = string(separator)
	if named {
		if _, err := in.ReadSlice('\n'); err != nil && !errors.Is(err, io.EOF) {
			return sheet, err
		}
	}
	t := &textReader{in: in, encoding: found, separator: separator, rows: rows}
	for {
		cells, err := t.next()
		if errors.Is(err, io.EOF) {
			return sheet, nil
		}
		if err != nil {
			return sheet, err
		}
		if err := rows.give(Row{Number: t.row, Cells: cells}); err != nil {
			return sheet, err
		}
	}
}

// findSeparator looks at the first rows: a separator is one that most of them have equally often. A first line like
// "sep=;" names it, and is no row for a spreadsheet.
func findSeparator(in *bufio.Reader, found encoding, rows *bounded) (separator byte, named bool, err error) {
	sample, err := in.Peek(64 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, false, err
	}
	ended := err != nil
	if line, _, _ := bytes.Cut(sample, []byte("\n")); len(line) >= 5 && strings.EqualFold(string(line[:4]), "sep=") &&
		(len(line) == 5 || string(line[5:]) == "\r") {
		return line[4], true, nil
	}
	best, bestShare := byte('\t'), 0.0
	for _, candidate := range []byte("\t;,") {
		share := regularity(sample, ended, textReader{encoding: found, separator: candidate, rows: rows})
		if share >= 0.5 {
			return candidate, false, nil
		}
		if share > bestShare {
			best, bestShare = candidate, share
		}
	}
	return best, false, nil
}

// regularity is the share of the sample's rows that have the most usual number of cells, 0 where that is one.
func regularity(sample []byte, ended bool, t textReader) float64 {
	t.in = bufio.NewReaderSize(bytes.NewReader(sample), len(sample)+t.rows.mostBytes())
	t.lenient = true
	counts, total := map[int]int{}, 0
	for total < 100 {
		if _, err := t.next(); err != nil {
			break
		}
		if _, err := t.in.Peek(1); err != nil && !ended {
			break // the sample's end cuts this row
		}
		if t.filled || t.width > 1 {
			counts[t.width]++
			total++
		}
	}
	usual := 1
	for width, n := range counts {
		if n > counts[usual] || n == counts[usual] && width > usual {
			usual = width
		}
	}
	if usual == 1 || total == 0 {
		return 0
	}
	return float64(counts[usual]) / float64(total)
}

// textReader reads the rows of a text.
type textReader struct {
	in        *bufio.Reader
	encoding  encoding
	separator byte
	rows      *bounded
	lenient   bool // cells are only counted

	row    int
	width  int  // cells of the row, empty ones too
	filled bool // one of them is not empty
}

// next reads one row; line ends are CR LF, LF and CR. Cells beyond the limit that are empty are left out, so that a row
// of separators takes no memory.
func (t *textReader) next() ([]string, error) {
	if _, err := t.in.Peek(1); err != nil {
		return nil, err
	}
	t.row++
	t.width, t.filled = 0, false
	var cells []string
	for {
		t.width++
		cell, end, err := t.cell()
		if err != nil {
			return nil, err
		}
		t.filled = t.filled || cell != ""
		if t.width <= t.rows.limits.Columns || cell != "" && !t.lenient {
			cells = append(cells, cell)
		}
		if len(cells) > t.rows.limits.Columns && !t.lenient {
			return nil, t.rows.tooWide(t.row, t.width)
		}
		if end {
			return cells, nil
		}
	}
}

// cell reads one cell with the separator or the line end after it, and reports whether the row ends.
func (t *textReader) cell() (string, bool, error) {
	most := t.rows.mostBytes()
	if first, err := t.in.Peek(1); err == nil && first[0] == '"' {
		ahead, err := t.in.Peek(most)
		if err != nil && !errors.Is(err, io.EOF) {
			return "", false, err
		}
		text, n, ok := quoted(ahead, t.separator, err != nil)
		// A cell that begins with a quote is copied as it is. A tab and a line break in one are two rows whose cells
		// begin and end with a quote.
		swallows := t.separator == '\t' && bytes.ContainsRune(text, '\t') && bytes.ContainsAny(text, "\r\n")
		switch {
		case ok && !swallows:
			if _, err := t.in.Discard(n); err != nil {
				return "", false, err
			}
			cell, err := t.decode(text)
			if err != nil {
				return "", false, err
			}
			end, err := t.separatorOrEnd()
			return cell, end, err
		case !t.lenient && (swallows || t.separator != '\t'):
			return "", false, problem("spreadsheet.quote").at(t.row, t.width)
		}
	}
	var text []byte
	for {
		b, err := t.in.ReadByte()
		if err != nil && !errors.Is(err, io.EOF) {
			return "", false, err
		}
		if err != nil || b == t.separator || b == '\n' || b == '\r' {
			cell, problem := t.decode(text)
			if problem != nil {
				return "", false, problem
			}
			if b == '\r' {
				t.skip('\n')
			}
			return cell, err != nil || b != t.separator, nil
		}
		if text = append(text, b); len(text) > most {
			return "", false, t.rows.tooLong(t.row, t.width)
		}
	}
}

// separatorOrEnd reads what follows a quoted cell and reports whether the row ends.
func (t *textReader) separatorOrEnd() (bool, error) {
	b, err := t.in.ReadByte()
	if errors.Is(err, io.EOF) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	if b == '\r' {
		t.skip('\n')
	}
	return b != t.separator, nil
}

func (t *textReader) skip(b byte) {
	if next, err := t.in.Peek(1); err == nil && next[0] == b {
		_, _ = t.in.Discard(1) // it was seen
	}
}

// quoted reads a cell in quotes from the beginning of text: its content, its length with the quotes, and whether its
// quotes end before a separator, a line end or the end of the text. whole says that the text ends after these bytes.
func quoted(text []byte, separator byte, whole bool) (content []byte, n int, ok bool) {
	for i := 1; i < len(text); {
		end := bytes.IndexByte(text[i:], '"')
		if end < 0 {
			return content, 0, false
		}
		content = append(content, text[i:i+end]...)
		i += end + 1
		switch {
		case i == len(text):
			return content, i, whole
		case text[i] == '"':
			content = append(content, '"')
			i++
		default:
			return content, i, text[i] == separator || text[i] == '\n' || text[i] == '\r'
		}
	}
	return content, 0, false
}

// decode makes a cell of bytes.
func (t *textReader) decode(text []byte) (string, error) {
	if t.lenient {
		return string(text), nil
	}
	if bytes.IndexByte(text, 0) >= 0 {
		return "", problem("spreadsheet.nul").at(t.row, t.width)
	}
	cell, ok := t.encoding.text(text)
	switch {
	case !ok && t.encoding.mixed:
		return "", problem("spreadsheet.mixed-encoding").at(t.row, t.width)
	case !ok:
		return "", problem("spreadsheet.encoding").at(t.row, t.width)
	case utf8.RuneCountInString(cell) > t.rows.limits.Cell:
		return "", t.rows.tooLong(t.row, t.width)
	}
	return cell, nil
}
