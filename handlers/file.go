package handlers

import (
	"net/http"

	"protime-admin/internal/spreadsheet"
	"protime-admin/views"
)

// flushEvery is the number of rows after which what was written of a file is sent.
const flushEvery = 500

// file is an answer that is a CSV or XLSX file. Its header is sent with its first bytes: a failure before has a page of
// its own, and one after breaks the connection, so that an incomplete file does not look complete.
type file struct {
	x       *exchange
	format  spreadsheet.Format
	name    string // without extension
	rows    *spreadsheet.Writer
	written int
}

// Write sends what the spreadsheet hands on, the answer's header before the first of it.
func (f *file) Write(b []byte) (int, error) {
	response := f.x.c.Response()
	if !response.Committed {
		response.Header().Set("Content-Type", f.format.ContentType())
		response.Header().Set("Content-Disposition", `attachment; filename="`+f.name+"."+string(f.format)+`"`)
		response.WriteHeader(http.StatusOK)
	}
	return response.Write(b)
}

// file begins a file with one row of headings.
func (x *exchange) file(format spreadsheet.Format, name string, headings []string) *file {
	f := &file{x: x, format: format, name: name}
	f.rows = spreadsheet.NewWriter(f, format, headings)
	return f
}

// write writes one row, and now and then sends what was written.
func (f *file) write(cells []spreadsheet.Cell) error {
	if err := f.rows.Write(cells); err != nil {
		return err
	}
	if f.written++; f.written%flushEvery == 0 {
		return f.flush()
	}
	return nil
}

// flush sends what was written.
func (f *file) flush() error {
	if err := f.rows.Flush(); err != nil {
		return err
	}
	return http.NewResponseController(f.x.c.Response()).Flush()
}

// close completes the file. Without it a file is broken.
func (f *file) close() error {
	if err := f.rows.Close(); err != nil {
		return err
	}
	return http.NewResponseController(f.x.c.Response()).Flush()
}

// files are the links to a page's content as a file.
func (x *exchange) files(path, query string) []views.Link {
	return []views.Link{
		{Text: x.words.T("file.excel"), Href: pathWith(path+".xlsx", query)},
		{Text: x.words.T("file.csv"), Href: pathWith(path+".csv", query)},
	}
}
