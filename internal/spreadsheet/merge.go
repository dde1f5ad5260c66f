package spreadsheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
)

// mostMerges bounds the ranges of merged cells that are kept.
const mostMerges = 100_000

// merges are ranges of merged cells over several rows. A range has one value, which stands in its first cell; a person
// reads it in every row.
type merges struct {
	total  int
	ranges []mergedRange // by first row
	active []mergedRange
}

type mergedRange struct {
	first, last, column int
	text                string
}

// row passes the values of the ranges that a row is in; value reads the row's own cells.
func (m *merges) row(number int, value func(column int) string, put func(column int, text string)) {
	for len(m.ranges) > 0 && m.ranges[0].first <= number {
		begun := m.ranges[0]
		m.ranges = m.ranges[1:]
		taken := slices.ContainsFunc(m.active, func(r mergedRange) bool { return r.column == begun.column && r.last >= number })
		// The row with the value may be missing: then the range has none. Ranges never overlap in a file that is right.
		if begun.first == number && !taken {
			if begun.text = value(begun.column); begun.text != "" {
				m.active = append(m.active, begun)
			}
		}
	}
	m.active = slices.DeleteFunc(m.active, func(r mergedRange) bool { return r.last < number })
	for _, r := range m.active {
		put(r.column, r.text)
	}
}

// findMerges reads the ranges of merged cells, which a file has after the rows. So a sheet that unpacks to too much is
// found before its first row is given.
func (w *workbook) findMerges(file *zip.File) (*merges, error) {
	p, err := openPart(w.rows.ctx, file, w.rows.limits.Unpacked)
	if err != nil {
		return nil, err
	}
	defer p.file.Close()
	m := &merges{}
	for {
		switch _, err := p.in.ReadSlice('<'); {
		case errors.Is(err, io.EOF):
			return m, nil
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return nil, p.fault(err)
		}
		ahead, _ := p.in.Peek(64) // shorter at the end
		name, _, _ := bytes.Cut(ahead, []byte(">"))
		if len(name) > 1 && name[0] == '/' && bytes.HasSuffix(bytes.TrimSpace(name), []byte("sheetData")) {
			break
		}
	}
	if _, err := p.in.ReadSlice('>'); err != nil {
		return nil, p.fault(err)
	}
	for {
		token, err := p.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "mergeCell" {
			if m.total++; m.total > mostMerges {
				return nil, problem("spreadsheet.bomb")
			}
			from, to, _ := strings.Cut(attribute(e, "ref"), ":")
			column, first := cellPlace(from)
			if _, last := cellPlace(to); last > first && column > 0 && column <= w.rows.limits.Columns {
				m.ranges = append(m.ranges, mergedRange{first: first, last: last, column: column})
			}
		}
	}
	slices.SortFunc(m.ranges, func(a, b mergedRange) int { return a.first - b.first })
	return m, nil
}
