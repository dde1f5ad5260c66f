package handlers

import (
	"strings"

	"protime-admin/internal/batch"
	"protime-admin/internal/dryrun"
	"protime-admin/internal/spreadsheet"
)

// GET /batches/template.csv and .xlsx: a sheet with headings alone, which are understood when it comes back filled in.
func (s *Server) template(format spreadsheet.Format) func(*exchange) error {
	return func(x *exchange) error {
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
		return x.file(format, f.c.Name, headings).close()
	}
}

// inTemplate reports whether a template has a column for an input: whoever fills it in knows badges and names, not ids.
func inTemplate(in dryrun.Input, o batch.Operation) bool {
	switch {
	case in.Row > 1, strings.HasSuffix(in.Name, dryrun.SuffixTime):
		return false
	case in.Person:
		return o == batch.Create && (strings.HasSuffix(in.Name, batch.SuffixBadge) || strings.HasSuffix(in.Name, batch.SuffixName))
	}
	return in.Required || in.Name == batch.InputNote || o == batch.Replace && in.Usual
}
