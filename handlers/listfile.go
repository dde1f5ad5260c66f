package handlers

import (
	"net/http"

	"protime-admin/internal/form"
	"protime-admin/internal/listing"
	"protime-admin/internal/spreadsheet"
	"protime-admin/internal/tell"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// GET /clockings.csv?... and /clockings.xlsx?...: the whole list of the same filter, streamed.
func (s *Server) listFile(format spreadsheet.Format) func(*exchange, *contract.Collection) error {
	return func(x *exchange, c *contract.Collection) error { return s.writeList(x, c, format) }
}

func (s *Server) writeList(x *exchange, c *contract.Collection, format spreadsheet.Format) error {
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
	file := x.file(format, name, x.words.Head(c, fields))
	if c.Rows != "" {
		document, _, err := s.API.Get(x.request().Context(), c.URL(params...), "")
		if err != nil {
			return err
		}
		for _, row := range form.RowsOf(c, document) {
			if err := file.write(x.words.Cells(fields, row)); err != nil {
				return err
			}
		}
		return file.close()
	}
	if selected.Nobody {
		return file.close()
	}
	for page, err := range s.API.List(x.request().Context(), c.URL(params...), protime.ListOptions{Filter: selected.Filter}) {
		if err != nil {
			return err
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
	return file.close()
}
