package spreadsheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The last row and column that Excel has.
const (
	lastRow    = 1_048_576
	lastColumn = 16_384
)

// worksheet reads the rows of one sheet.
type worksheet struct {
	*workbook
	part   *part
	merges *merges

	row    Row
	inRow  bool
	column int // of the cell that is read
	inCell bool
	cell   rawCell
}

// rawCell is a cell as the file has it.
type rawCell struct {
	kind, style             string
	value, inline, formula  []byte
	hasValue, hasFormula    bool
	inValue, inText, inForm bool
	phonetic                bool
}

// readSheet gives the rows of a worksheet, and returns how many ranges of merged cells it has.
func (w *workbook) readSheet(file *zip.File) (int, error) {
	found, err := w.findMerges(file)
	if err != nil {
		return 0, err
	}
	p, err := openPart(w.rows.ctx, file, w.rows.limits.Unpacked)
	if err != nil {
		return 0, err
	}
	defer p.file.Close()
	s := &worksheet{workbook: w, part: p, merges: found}
	return found.total, s.rowsOf()
}

func (s *worksheet) rowsOf() error {
	inside := false
	for {
		token, err := s.part.next()
		if errors.Is(err, io.EOF) {
			// A sheet that is cut off has no end.
			return problem("spreadsheet.broken-row").at(max(s.row.Number, 1), 0)
		}
		if err != nil {
			if broken := (*Error)(nil); errors.As(err, &broken) && broken.Key == "spreadsheet.broken" && s.row.Number > 0 {
				return problem("spreadsheet.broken-row").at(s.row.Number, 0)
			}
			return err
		}
		switch e := token.(type) {
		case xml.StartElement:
			inside = inside || e.Name.Local == "sheetData"
			if inside {
				err = s.begin(e)
			}
		case xml.CharData:
			s.characters(e)
		case xml.EndElement:
			if e.Name.Local == "sheetData" && !s.inRow {
				return nil
			}
			if inside {
				err = s.end(e.Name.Local)
			}
		}
		if err != nil {
			return err
		}
	}
}

func (s *worksheet) begin(e xml.StartElement) error {
	switch e.Name.Local {
	case "row":
		if s.inRow {
			return problem("spreadsheet.broken-row").at(s.row.Number, 0)
		}
		s.inRow = true
		number := s.row.Number + 1
		if given := attribute(e, "r"); given != "" {
			n, err := strconv.Atoi(given)
			if err != nil || n < number || n > lastRow {
				return problem("spreadsheet.broken-row").at(s.row.Number, 0)
			}
			number = n
		}
		s.row = Row{Number: number, Hidden: isTrue(attribute(e, "hidden"))}
		s.column = 0
	case "c":
		column := s.column + 1
		if !s.inRow || s.inCell {
			return problem("spreadsheet.broken-row").at(max(s.row.Number, 1), 0)
		}
		s.inCell = true
		if reference := attribute(e, "r"); reference != "" {
			given, row := cellPlace(reference)
			if row != s.row.Number || given < column || given > lastColumn {
				return problem("spreadsheet.broken-row").at(s.row.Number, column)
			}
			column = given
		}
		s.column = column
		s.cell = rawCell{
			kind: attribute(e, "t"), style: attribute(e, "s"),
			value: s.cell.value[:0], inline: s.cell.inline[:0], formula: s.cell.formula[:0],
		}
	case "v":
		s.cell.inValue, s.cell.hasValue = true, true
	case "f":
		s.cell.inForm, s.cell.hasFormula = true, true
	case "t":
		s.cell.inText = !s.cell.phonetic
	case "rPh":
		s.cell.phonetic = true
	}
	return nil
}

func (s *worksheet) characters(text []byte) {
	c := &s.cell
	switch most := s.rows.mostBytes(); {
	case c.inValue && len(c.value) < most:
		c.value = append(c.value, text...)
	case c.inForm && len(c.formula) < most:
		c.formula = append(c.formula, text...)
	case c.inText && len(c.inline) < most:
		c.inline = append(c.inline, text...)
	}
}

func (s *worksheet) end(name string) error {
	switch name {
	case "v":
		s.cell.inValue = false
	case "f":
		s.cell.inForm = false
	case "t":
		s.cell.inText = false
	case "rPh":
		s.cell.phonetic = false
	case "c":
		if !s.inCell {
			return problem("spreadsheet.broken-row").at(max(s.row.Number, 1), 0)
		}
		s.inCell = false
		return s.endCell()
	case "row":
		if !s.inRow || s.inCell {
			return problem("spreadsheet.broken-row").at(max(s.row.Number, 1), 0)
		}
		s.inRow = false
		return s.endRow()
	}
	return nil
}

func (s *worksheet) endCell() error {
	text, err := s.text()
	if err != nil || text == "" {
		return err
	}
	switch {
	case s.column > s.rows.limits.Columns:
		return s.rows.tooWide(s.row.Number, s.column)
	case utf8.RuneCountInString(text) > s.rows.limits.Cell:
		return s.rows.tooLong(s.row.Number, s.column)
	case strings.IndexByte(text, 0) >= 0:
		return problem("spreadsheet.nul").at(s.row.Number, s.column)
	}
	s.put(s.column, text)
	return nil
}

// put sets a cell of the row.
func (s *worksheet) put(column int, text string) {
	for len(s.row.Cells) < column {
		s.row.Cells = append(s.row.Cells, "")
	}
	s.row.Cells[column-1] = text
}

func (s *worksheet) endRow() error {
	filled := len(s.row.Cells) > 0
	s.merges.row(s.row.Number, func(column int) string {
		if column > len(s.row.Cells) {
			return ""
		}
		return s.row.Cells[column-1]
	}, func(column int, text string) {
		if filled && column <= s.rows.limits.Columns {
			s.put(column, text)
		}
	})
	if !filled {
		return nil
	}
	return s.rows.give(s.row)
}

// text is the cell's value as a person sees it.
func (s *worksheet) text() (string, error) {
	c := &s.cell
	broken := problem("spreadsheet.broken-row")
	value := string(c.value)
	if c.hasFormula && value == "" && c.kind != "str" {
		// Nobody calculated it. A formula that is shared is written once.
		return "=" + string(orBytes(c.formula, "?")), nil
	}
	switch c.kind {
	case "s":
		if value == "" {
			return "", nil
		}
		text, ok := s.strings.text(value)
		if !ok {
			return "", broken.at(s.row.Number, s.column)
		}
		return unescaped(text), nil
	case "inlineStr":
		return unescaped(string(c.inline)), nil
	case "str":
		return unescaped(value), nil
	case "e":
		return value, nil
	case "b":
		return strconv.FormatBool(isTrue(value)), nil
	case "d":
		return isoMoment(value), nil
	}
	if value == "" {
		return "", nil
	}
	var format numberFormat
	if i, err := strconv.Atoi(c.style); err == nil && i >= 0 && i < len(s.formats) {
		format = s.formats[i]
	}
	text, ok := format.show(strings.TrimSpace(value), s.from)
	if !ok {
		return "", broken.at(s.row.Number, s.column)
	}
	return text, nil
}

func orBytes(b []byte, other string) []byte {
	if len(b) == 0 {
		return []byte(other)
	}
	return b
}
