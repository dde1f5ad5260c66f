package handlers

import (
	"protime-admin/internal/field"
	"protime-admin/protime/contract"
)

// date reads a date that was typed into a filter; problem is a sentence when it is none.
func (v *visit) date(typed string) (date, problem string) {
	raw, wrong := field.Parse(contract.Field{Type: "string", Format: "date"}, field.Typed{Text: typed}, v.today())
	if wrong != nil {
		return "", v.problem(*wrong)
	}
	return plain(raw), ""
}

// problem is the sentence of one problem.
func (v *visit) problem(p field.Problem) string {
	args := make([]string, 0, 2*len(p.Args))
	for name, value := range p.Args {
		args = append(args, name, value)
	}
	return v.words.T(p.Key, args...)
}
