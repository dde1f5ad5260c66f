package handlers

import (
	"net/http"

	"protime-admin/internal/listing"
	"protime-admin/internal/spreadsheet"
	"protime-admin/internal/tell"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// GET /clockings.csv?...: the whole list of the same filter, streamed. A failure half-way breaks the connection, so that
// an incomplete file does not look complete.
func (s *Server) listCSV(x *exchange, c *contract.Collection) error {
	if why := x.whyNot(c, contract.List); why != "" {
		return x.refuse(c, contract.List, why)
	}
	params, err := x.params(c, false)
	if err != nil {
		return err
	}
	selected := x.recordFilters().Read(x.request().Context(), c)
	if selected.Problem || selected.Ask != nil {
		return &pageError{status: http.StatusUnprocessableEntity, failure: x.words.Failure("bad-filter")}
	}
	fields := listing.FileFields(c)
	x.loadNames(fields)
	name := c.Name
	for _, day := range []string{selected.From, selected.To} {
		if day != "" {
			name += "-" + day
		}
	}
	file := &csvFile{x: x, name: name, head: x.words.Head(c, fields)}
	if c.Rows != "" {
		document, _, err := s.API.Get(x.request().Context(), c.URL(params...), "")
		if err != nil {
			return err
		}
		for _, row := range listing.Rows(c, document) {
			if err := file.write(x.words.Cells(fields, row)); err != nil {
				return err
			}
		}
		return file.flush()
	}
	if selected.Nobody {
		return file.flush()
	}
	for page, err := range s.API.List(x.request().Context(), c.URL(params...), protime.ListOptions{Filter: selected.Filter}) {
		if err != nil {
			return err // a page of its own before the first row was sent; fail breaks the connection after it
		}
		for _, record := range page.Records {
			if !selected.Deleted && tell.IsDeleted(c, record) || !selected.Holds(record) {
				continue
			}
			if err := file.write(x.words.Cells(fields, record)); err != nil {
				return err
			}
		}
		if err := file.flush(); err != nil {
			return err
		}
	}
	return file.flush()
}

// csvFile is an answer that is a CSV file. Its first row or flush sends the header and the names of the columns.
type csvFile struct {
	x    *exchange
	name string
	head []string
	rows *spreadsheet.Writer
}

func (f *csvFile) begin() error {
	if f.rows != nil {
		return nil
	}
	response := f.x.c.Response()
	response.Header().Set("Content-Type", "text/csv; charset=utf-8")
	response.Header().Set("Content-Disposition", `attachment; filename="`+f.name+`.csv"`)
	response.WriteHeader(http.StatusOK)
	f.rows = spreadsheet.NewWriter(response)
	return f.rows.Write(f.head)
}

func (f *csvFile) write(cells []string) error {
	if err := f.begin(); err != nil {
		return err
	}
	return f.rows.Write(cells)
}

func (f *csvFile) flush() error {
	if err := f.begin(); err != nil {
		return err
	}
	if err := f.rows.Flush(); err != nil {
		return err
	}
	return http.NewResponseController(f.x.c.Response()).Flush()
}
