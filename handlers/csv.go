package handlers

import (
	"net/http"

	"protime-admin/internal/field"
	"protime-admin/internal/spreadsheet"
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
			if err := out.rows.Write(v.words.Cells(fields, record)); err != nil {
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
		if err := out.rows.Write(v.words.Cells(fields, record)); err != nil {
			return err
		}
	}
	return out.flush()
}

// csvFile is an answer that is a file. Its header is not sent before the first row, so that a failure before that has a
// page of its own.
type csvFile struct {
	v    *visit
	name string
	rows *spreadsheet.Writer
}

func (v *visit) csv(name string) *csvFile { return &csvFile{v: v, name: name} }

// begin sends the header and the names of the columns, once.
func (f *csvFile) begin(head []string) error {
	if f.rows != nil {
		return nil
	}
	response := f.v.c.Response()
	response.Header().Set("Content-Type", "text/csv; charset=utf-8")
	response.Header().Set("Content-Disposition", `attachment; filename="`+f.name+`.csv"`)
	response.WriteHeader(http.StatusOK)
	f.rows = spreadsheet.NewWriter(response)
	if err := f.rows.Write(head); err != nil {
		return err
	}
	return f.flush()
}

func (f *csvFile) flush() error {
	if err := f.rows.Flush(); err != nil {
		return err
	}
	return http.NewResponseController(f.v.c.Response()).Flush()
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
