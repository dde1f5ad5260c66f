package spreadsheet

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// xlsxWriter writes an XLSX file with one sheet. Texts stand in their cells and not in a table of shared ones, so that
// a row can be sent as soon as it is known and nothing of it stays in memory.
type xlsxWriter struct {
	to       io.Writer
	headings []string
	archive  *zip.Writer
	packed   *flate.Writer // of the part that is being written
	sheet    io.Writer
	first    [][]Cell // rows that are not written yet: they tell how wide columns are
	waiting  int      // bytes of their text
	row      int
	width    int
	nextDay  string // what the cells of that kind say after the time
	line     bytes.Buffer
}

const (
	// measured is how many rows tell the width of columns, or fewer that have measuredBytes of text.
	measured      = 100
	measuredBytes = 128 << 10
	// longestCell is how many characters Excel allows in a cell.
	longestCell = 32_767
)

// The parts that are the same in every file. Styles are those of the kinds, in their order: text, number, date (the
// region's short date), time, duration, both, heading, time of the next day.
const (
	contentTypes = xml.Header + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
		`<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>` +
		`</Types>`
	packageRelations = xml.Header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>` +
		`</Relationships>`
	workbookRelations = xml.Header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/>` +
		`</Relationships>`
	workbookPart = xml.Header + `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" ` +
		`xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">` +
		`<sheets><sheet name="Protime" sheetId="1" r:id="rId1"/></sheets></workbook>`
	beforeNextDay = xml.Header + `<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` +
		`<numFmts count="4"><numFmt numFmtId="164" formatCode="[hh]:mm"/>` +
		`<numFmt numFmtId="165" formatCode="[h]:mm;-[h]:mm"/><numFmt numFmtId="166" formatCode="yyyy\-mm\-dd\ hh:mm:ss"/>` +
		`<numFmt numFmtId="167" formatCode="hh:mm&quot;`
	afterNextDay = `&quot;"/></numFmts>` +
		`<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
		`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
		`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
		`<cellXfs count="8"><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
		`<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
		`<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
		`<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
		`<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
		`<xf numFmtId="166" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
		`<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>` +
		`<xf numFmtId="167" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>` +
		`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
	sheetStart = xml.Header + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` +
		`<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>` +
		`</sheetView></sheetViews>`
)

func (x *xlsxWriter) write(cells []Cell) error {
	if x.sheet == nil {
		x.first = append(x.first, slices.Clone(cells))
		for _, cell := range cells {
			x.waiting += len(cell.text)
		}
		if len(x.first) < measured && x.waiting < measuredBytes {
			return nil
		}
		return x.begin()
	}
	return x.writeRow(cells)
}

// begin writes everything before the first row, and the rows that waited for it.
func (x *xlsxWriter) begin() error {
	if x.sheet != nil {
		return nil
	}
	x.archive = zip.NewWriter(x.to)
	x.archive.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		packed, err := flate.NewWriter(w, flate.BestSpeed)
		x.packed = packed
		return packed, err
	})
	for _, part := range []struct{ name, text string }{
		{"[Content_Types].xml", contentTypes}, {"_rels/.rels", packageRelations}, {"xl/workbook.xml", workbookPart},
		{"xl/_rels/workbook.xml.rels", workbookRelations},
	} {
		if err := x.part(part.name, part.text); err != nil {
			return err
		}
	}
	sheet, err := x.archive.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return err
	}
	x.sheet = sheet
	head := make([]Cell, len(x.headings))
	for i, name := range x.headings {
		head[i] = Cell{kind: heading, text: Defused(name)}
	}
	x.line.WriteString(sheetStart)
	x.columns(head)
	x.line.WriteString("<sheetData>")
	if err := x.writeRow(head); err != nil {
		return err
	}
	for _, cells := range x.first {
		if err := x.writeRow(cells); err != nil {
			return err
		}
	}
	x.first = nil
	return nil
}

// part writes a part of the file as a whole.
func (x *xlsxWriter) part(name, text string) error {
	w, err := x.archive.Create(name)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, text)
	return err
}

// styles is the part that says how each kind of cell is shown. It is written last, because the rows tell the words of the next day.
func (x *xlsxWriter) styles() string {
	x.line.WriteString(beforeNextDay)
	x.text(x.nextDay)
	x.line.WriteString(afterNextDay)
	defer x.line.Reset()
	return x.line.String()
}

// columns writes how wide the columns are, in characters.
func (x *xlsxWriter) columns(head []Cell) {
	const narrowest, widest = 8, 60
	if len(head) == 0 {
		return
	}
	x.line.WriteString("<cols>")
	for i := range head {
		width := utf8.RuneCountInString(head[i].text) + 3 // the filter's button
		for _, cells := range x.first {
			if i < len(cells) {
				width = max(width, utf8.RuneCountInString(cells[i].text)+1)
			}
		}
		fmt.Fprintf(&x.line, `<col min="%d" max="%[1]d" width="%d" customWidth="1"/>`, i+1, min(max(width, narrowest), widest))
	}
	x.line.WriteString("</cols>")
}

func (x *xlsxWriter) writeRow(cells []Cell) error {
	if x.row == lastRow {
		return problem("spreadsheet.too-many-rows", "max", strconv.Itoa(lastRow))
	}
	x.row++
	x.width = max(x.width, len(cells))
	row := strconv.Itoa(x.row)
	x.line.WriteString(`<row r="` + row + `">`)
	for i, cell := range cells {
		if cell.text == "" {
			continue
		}
		x.line.WriteString(`<c r="` + ColumnName(i+1) + row + `" s="` + strconv.Itoa(int(cell.kind)) + `"`)
		if cell.kind == text || cell.kind == heading {
			x.line.WriteString(` t="inlineStr"><is><t xml:space="preserve">`)
			x.text(cell.text)
			x.line.WriteString(`</t></is></c>`)
			continue
		}
		if cell.kind == nextDay {
			x.nextDay = cell.text[len("00:00"):]
		}
		x.line.WriteString(`><v>`)
		x.line.Write(strconv.AppendFloat(x.line.AvailableBuffer(), cell.days, 'f', -1, 64))
		x.line.WriteString(`</v></c>`)
	}
	x.line.WriteString(`</row>`)
	_, err := x.line.WriteTo(x.sheet)
	return err
}

// text writes a text. What XML cannot hold is written as Excel does, _x0000_; what is longer than a cell may be is cut,
// because Excel calls such a file damaged.
func (x *xlsxWriter) text(s string) {
	n := 0
	for i, r := range s {
		// Excel counts characters beyond U+FFFF twice.
		if n += utf16.RuneLen(r); n >= longestCell && i+utf8.RuneLen(r) < len(s) {
			x.line.WriteString("…")
			return
		}
		switch {
		case r == '&':
			x.line.WriteString("&amp;")
		case r == '<':
			x.line.WriteString("&lt;")
		case r == '>':
			x.line.WriteString("&gt;")
		case r < ' ' && r != '\t' && r != '\n', r == 0xFFFE, r == 0xFFFF:
			fmt.Fprintf(&x.line, "_x%04X_", r)
		case r == '_' && isEscape(s[i:]):
			x.line.WriteString("_x005F_")
		default:
			x.line.WriteRune(r)
		}
	}
}

func (x *xlsxWriter) flush() error {
	if err := x.begin(); err != nil {
		return err
	}
	if err := x.packed.Flush(); err != nil {
		return err
	}
	return x.archive.Flush()
}

func (x *xlsxWriter) close() error {
	if err := x.begin(); err != nil {
		return err
	}
	x.line.WriteString(`</sheetData>`)
	if x.width > 0 {
		x.line.WriteString(`<autoFilter ref="A1:` + ColumnName(x.width) + strconv.Itoa(x.row) + `"/>`)
	}
	x.line.WriteString(`</worksheet>`)
	if _, err := x.line.WriteTo(x.sheet); err != nil {
		return err
	}
	if err := x.part("xl/styles.xml", x.styles()); err != nil {
		return err
	}
	return x.archive.Close()
}
