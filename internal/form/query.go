package form

import (
	"net/url"
	"strings"

	"protime-admin/protime"
)

// Query returns a record's writable values as the inputs of a form take them: the inverse of Decode, for links to a form
// that is to be filled in. What an input cannot show is left out, and so is what stands behind mostRows.
func (p *Plan) Query(rec protime.Record) url.Values {
	values, _ := p.read(rec)
	q := url.Values{}
	addInputs(q, p.cells(values, filler{}))
	return q
}

func addInputs(q url.Values, cells []Cell) {
	for i := range cells {
		c := &cells[i]
		addInputs(q, c.Cells)
		addInputs(q, c.Rows)
		if composite(c.Input.Kind) || c.Raw == nil || c.Unshown {
			continue
		}
		q.Set(c.Name, c.Typed.Text)
		if c.Typed.Day != "" && c.Typed.Day != "0" {
			q.Set(c.Name+SuffixDay, c.Typed.Day)
		}
	}
}

// Query returns the inputs of another form, such as that of a new record, so that it shows what this one does: base with
// what was typed onto it, and as it was typed what could not be read. Where base is the zero Record, the values at opening
// take its place.
func (s Submission) Query(to *Plan, base protime.Record) url.Values {
	if base.Raw() == nil {
		base = s.opened
	}
	q := to.Query(s.merged(base))
	for _, problem := range s.Problems() {
		for _, name := range []string{
			problem.Name, problem.Name + SuffixDay, problem.Name + SuffixFind,
			strings.Replace(problem.Name, SuffixKey, SuffixValue, 1), strings.Replace(problem.Name, SuffixValue, SuffixKey, 1),
		} {
			if typed, ok := s.values[name]; ok {
				q[name] = typed
			}
		}
	}
	for name, text := range map[string]string{InputWhy: s.Why, InputNote: s.Note} {
		if text != "" {
			q.Set(name, text)
		}
	}
	return q
}
