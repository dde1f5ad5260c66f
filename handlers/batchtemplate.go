package handlers

import (
	"net/http"
	"strings"

	"protime-admin/internal/batch"
	"protime-admin/internal/dryrun"
	"protime-admin/internal/spreadsheet"
)

// GET /batches/template.csv: a sheet with headings alone, which are understood when it comes back filled in.
func (s *Server) templateCSV(x *exchange) error { return s.template(x, spreadsheet.CSV) }

// GET /batches/template.xlsx
func (s *Server) templateXLSX(x *exchange) error { return s.template(x, spreadsheet.XLSX) }

func (s *Server) template(x *exchange, format spreadsheet.Format) error {
	f, err := x.readBatchForm(x.address().Query())
	if err != nil {
		return err
	}
	var headings []string
	for _, in := range s.dryrun.Inputs(f.c, f.operation) {
		if inTemplate(in, f.operation) {
			headings = append(headings, x.inputName(in))
		}
	}
	response := x.c.Response()
	response.Header().Set("Content-Type", format.ContentType())
	response.Header().Set("Content-Disposition", `attachment; filename="`+f.c.Name+"."+string(format)+`"`)
	response.WriteHeader(http.StatusOK)
	w := spreadsheet.NewWriter(response)
	if err := w.Write(headings); err != nil {
		return err
	}
	return w.Flush()
}

// inTemplate reports whether a template has a column for an input: whoever fills it in knows badges and names, not ids.
func inTemplate(in dryrun.Input, o batch.Operation) bool {
	switch {
	case in.Row > 1:
		return false
	case in.Person:
		return o == batch.Create && (strings.HasSuffix(in.Name, batch.SuffixBadge) || strings.HasSuffix(in.Name, batch.SuffixName))
	}
	return in.Required || in.Name == batch.InputNote
}
