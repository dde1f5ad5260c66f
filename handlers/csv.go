package handlers

import (
	"encoding/csv"
	"io"
	"net/http"
	"strings"

	"protime-admin/internal/field"
	"protime-admin/internal/tell"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// GET /clockings.csv?...: the whole list of the same filter, streamed. A failure half-way breaks the connection, so
// that no file looks whole that is not.
func (s *Server) listCSV(v *visit, c *contract.Collection) error {
	if why := v.whyNot(c, contract.List); why != "" {
		return v.refuse(c, contract.List, why)
	}
	params, err := v.params(c, false)
	if err != nil {
		return err
	}
	sel := v.selection(c)
	if sel.problem || sel.ask != nil {
		return &pageError{status: http.StatusUnprocessableEntity, failure: v.words.Failure("bad-filter")}
	}
	if c.Rows != "" {
		return s.rowsCSV(v, c, params)
	}
	fields := csvFields(c)
	v.need(fields)
	out := v.csv(c.Name)
	for page, err := range s.API.List(v.request().Context(), c.URL(params...), protime.ListOptions{Filter: sel.filter}) {
		if err != nil {
			// Before the first byte this is a page of its own; after it, fail breaks the connection.
			return err
		}
		if err := out.begin(v.words.Head(c, fields)); err != nil {
			return err
		}
		for _, record := range page.Records {
			if !sel.deleted && tell.IsDeleted(c, record) {
				continue
			}
			if err := out.write(v.words.Cells(fields, record)); err != nil {
				return err
			}
		}
		if err := out.flush(); err != nil {
			return err
		}
	}
	return out.begin(v.words.Head(c, fields))
}

// rowsCSV is the same of rows that the API gives as one document.
func (s *Server) rowsCSV(v *visit, c *contract.Collection, params []string) error {
	document, _, err := s.API.Get(v.request().Context(), c.URL(params...), "")
	if err != nil {
		return err
	}
	fields, out := rowFields(c), v.csv(c.Name)
	if err := out.begin(v.words.Head(c, fields)); err != nil {
		return err
	}
	raw, _ := document.Lookup(c.Rows)
	for element := range field.Elements(raw) {
		record, err := protime.ParseRecord(element)
		if err != nil {
			continue
		}
		if err := out.write(v.words.Cells(fields, record)); err != nil {
			return err
		}
	}
	return out.flush()
}

// csvFile writes rows as spreadsheets of the page's language take them.
type csvFile struct {
	v     *visit
	name  string
	rows  *csv.Writer
	to    io.Writer
	begun bool
}

func (v *visit) csv(name string) *csvFile { return &csvFile{v: v, name: name} }

// begin sends the header once: the first API page is there, so the answer is a file.
func (f *csvFile) begin(head []string) error {
	if f.begun {
		return nil
	}
	f.begun = true
	h := f.v.c.Response().Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+f.name+`.csv"`)
	f.v.c.Response().WriteHeader(http.StatusOK)
	f.to = f.v.c.Response()
	f.rows = csv.NewWriter(f.to)
	f.rows.UseCRLF = true
	if f.v.words.Tag != "en" {
		// Excel in Belgium expects semicolons, and a byte-order mark to see UTF-8.
		f.rows.Comma = ';'
		if _, err := f.to.Write([]byte("\xef\xbb\xbf")); err != nil {
			return err
		}
	}
	if err := f.write(head); err != nil {
		return err
	}
	return f.flush()
}

func (f *csvFile) write(cells []string) error {
	safe := make([]string, len(cells))
	for i, cell := range cells {
		safe[i] = formulaSafe(cell)
	}
	return f.rows.Write(safe)
}

func (f *csvFile) flush() error {
	f.rows.Flush()
	if err := f.rows.Error(); err != nil {
		return err
	}
	return http.NewResponseController(f.v.c.Response()).Flush()
}

// formulaSafe keeps a spreadsheet from running what somebody typed as a name: an apostrophe before it makes it text. A
// sign counts behind a comma or a semicolon within the cell, too: a spreadsheet of another language splits rows there,
// whatever the quotes say. Plain numbers stay numbers.
func formulaSafe(cell string) string {
	if !strings.ContainsAny(cell, signs+"\t\r\n") {
		return cell
	}
	var b strings.Builder
	if strings.ContainsRune("\t\r\n", rune(cell[0])) {
		b.WriteByte('\'')
	}
	for cell != "" {
		end := strings.IndexAny(cell, splitters) + 1
		if end == 0 {
			end = len(cell)
		}
		part := cell[:end]
		bare := strings.TrimLeft(part, `" `)
		b.WriteString(part[:len(part)-len(bare)])
		if strings.IndexAny(bare, signs) == 0 && !plainNumber(strings.TrimRight(bare, splitters+`" ]}`)) {
			b.WriteByte('\'')
		}
		b.WriteString(bare)
		cell = cell[end:]
	}
	return b.String()
}

// A formula begins with one of signs, the wide ones of East Asian keyboards among them; a row may be split at splitters.
const (
	signs     = "=+-@|＝＋－＠"
	splitters = ",;\t\r\n"
)

func plainNumber(cell string) bool {
	text := strings.TrimPrefix(cell, "-")
	return text != "" && strings.Trim(text, "0123456789.,:") == ""
}

// csvFields are all fields that may be read, in the contract's order.
func csvFields(c *contract.Collection) []contract.Field {
	var fields []contract.Field
	for _, f := range c.Fields {
		if !f.Personal && c.IsPublic(f.Path) {
			fields = append(fields, f)
		}
	}
	return fields
}
