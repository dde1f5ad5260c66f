package spreadsheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"
)

// workbook is an XLSX file. Office Open XML Part 1, chapters 12 and 18, has the names of its parts, elements and
// attributes (ECMA-376).
type workbook struct {
	parts   map[string]*zip.File
	rows    *bounded
	sheets  []sheetPart
	from    epoch
	strings *sharedStrings
	formats []numberFormat // by index of a cell's style
}

// sheetPart is one visible worksheet.
type sheetPart struct {
	name string
	file *zip.File
}

// relation is a link from one part to another.
type relation struct{ kind, target string }

// openWorkbook reads what is in the archive.
func openWorkbook(source io.ReaderAt, size int64, rows *bounded) (*workbook, error) {
	parts, err := openZip(source, size)
	if err != nil {
		return nil, err
	}
	w := &workbook{parts: parts, rows: rows}
	return w, w.recognize()
}

// isHeavy reports whether the workbook has so much text that it is read alone.
func (w *workbook) isHeavy() bool {
	for name, file := range w.parts {
		if strings.Contains(name, "sharedstrings") && file.UncompressedSize64 > muchShared {
			return true
		}
	}
	return false
}

// read reads the sheet.
func (w *workbook) read() (Sheet, error) {
	if err := w.open(); err != nil {
		return Sheet{}, err
	}
	chosen, others, err := w.choose()
	if err != nil {
		return Sheet{}, err
	}
	sheet := Sheet{Name: chosen.name, Others: others}
	sheet.Merged, err = w.readSheet(chosen.file)
	return sheet, err
}

// recognize refuses archives that are no XLSX file, and those with macros, and says what they are.
func (w *workbook) recognize() error {
	has := func(name string) bool { return w.parts[name] != nil }
	switch {
	case has("xl/workbook.bin"):
		return problem("spreadsheet.binary-xlsb")
	case has("content.xml") && has("meta-inf/manifest.xml"):
		return problem("spreadsheet.open-document")
	case has("index/document.iwa"):
		return problem("spreadsheet.numbers")
	case !has("[content_types].xml"):
		return problem("spreadsheet.no-table")
	}
	macros := has("xl/vbaproject.bin")
	err := w.small("[content_types].xml", func(e xml.StartElement) {
		if e.Name.Local == "Default" && !w.hasExtension(attribute(e, "Extension")) {
			return // some programs name the kinds of parts that they could write
		}
		kind := strings.ToLower(attribute(e, "ContentType"))
		macros = macros || strings.Contains(kind, "macroenabled") || strings.Contains(kind, "vbaproject")
	})
	if err != nil {
		return err
	}
	if macros {
		return problem("spreadsheet.macros")
	}
	return nil
}

// hasExtension reports whether a part's name ends in an extension.
func (w *workbook) hasExtension(extension string) bool {
	for name := range w.parts {
		if path.Ext(name) == "."+strings.ToLower(extension) {
			return true
		}
	}
	return false
}

// small reads a part whose elements are few.
func (w *workbook) small(name string, begin func(xml.StartElement)) error {
	p, err := openPart(w.rows.ctx, w.parts[name], min(w.rows.limits.Unpacked, 16<<20))
	if err != nil {
		return err
	}
	defer p.file.Close()
	return p.each(begin)
}

// mostRelations bounds the links of a part.
const mostRelations = 10_000

// relations reads the links of a part, by id; a part without has none.
func (w *workbook) relations(of string) (map[string]relation, error) {
	links := map[string]relation{}
	folder, file := path.Split(of)
	name := folder + "_rels/" + file + ".rels"
	if w.parts[name] == nil {
		return links, nil
	}
	number := 0
	err := w.small(name, func(e xml.StartElement) {
		if number++; e.Name.Local != "Relationship" || number > mostRelations {
			return
		}
		target := attribute(e, "Target")
		if !strings.HasPrefix(target, "/") {
			target = path.Join(folder, target)
		}
		kind := attribute(e, "Type")
		links[attribute(e, "Id")] = relation{kind: kind[strings.LastIndexByte(kind, '/')+1:], target: partName(target)}
	})
	if err == nil && number > mostRelations {
		err = problem("spreadsheet.bomb")
	}
	return links, err
}

// open reads what the cells refer to.
func (w *workbook) open() error {
	main := "xl/workbook.xml"
	links, err := w.relations("")
	if err != nil {
		return err
	}
	for _, link := range links {
		if link.kind == "officeDocument" {
			main = link.target
		}
	}
	if strings.HasPrefix(main, "word/") || strings.HasPrefix(main, "ppt/") {
		return problem("spreadsheet.no-table")
	}
	if links, err = w.relations(main); err != nil {
		return err
	}
	err = w.small(main, func(e xml.StartElement) {
		switch e.Name.Local {
		case "workbookPr":
			w.from = epoch(isTrue(attribute(e, "date1904")))
		case "sheet":
			link := links[attribute(e, "id")]
			if state := attribute(e, "state"); link.kind == "worksheet" && (state == "" || state == "visible") {
				w.sheets = append(w.sheets, sheetPart{name: attribute(e, "name"), file: w.parts[link.target]})
			}
		}
	})
	if err != nil {
		return err
	}
	w.strings = &sharedStrings{}
	once := map[string]bool{} // a workbook has one part of each
	for _, link := range links {
		if link.kind == "sharedStrings" || link.kind == "styles" {
			if once[link.kind] {
				return problem("spreadsheet.broken")
			}
			once[link.kind] = true
		}
		switch {
		case w.parts[link.target] == nil:
		case link.kind == "sharedStrings":
			err = w.readStrings(link.target)
		case link.kind == "styles":
			err = w.readStyles(link.target)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// choose takes the first visible worksheet that has something in it, and names the others that have.
func (w *workbook) choose() (sheetPart, []string, error) {
	if len(w.sheets) == 0 {
		return sheetPart{}, nil, problem("spreadsheet.no-sheet")
	}
	var filled []sheetPart
	for _, s := range w.sheets[:min(len(w.sheets), 50)] {
		has, err := w.hasCells(s.file)
		if err != nil {
			return sheetPart{}, nil, err
		}
		if has {
			filled = append(filled, s)
		}
	}
	if len(filled) == 0 {
		return w.sheets[0], nil, nil
	}
	var others []string
	for _, s := range filled[1:] {
		others = append(others, s.name)
	}
	return filled[0], others, nil
}

// mostLooked is how many bytes of a worksheet are looked at before it is chosen: a file can name one part fifty times.
const mostLooked = 2 << 20

// hasCells reports whether a worksheet has a value near its beginning.
func (w *workbook) hasCells(file *zip.File) (bool, error) {
	p, err := openPart(w.rows.ctx, file, w.rows.limits.Unpacked)
	if err != nil {
		return false, err
	}
	defer p.file.Close()
	p.left = min(p.left, mostLooked)
	for range 50_000 {
		token, err := p.next()
		switch {
		case errors.Is(err, io.EOF):
			return false, nil
		case err != nil && p.left < 0:
			return true, nil
		case err != nil:
			return false, err
		}
		if e, ok := token.(xml.StartElement); ok && (e.Name.Local == "v" || e.Name.Local == "is" || e.Name.Local == "f") {
			return true, nil
		}
	}
	return true, nil // many rows, so far only formats: it is read
}
