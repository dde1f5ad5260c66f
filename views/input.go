package views

import (
	"time"

	"protime-admin/internal/field"
	"protime-admin/internal/form"
)

// inputID is the element id of an input, fit for a link and a selector.
func inputID(name string) string {
	id := make([]byte, 0, 64)
	id = append(append(id, "i-"...), name...)
	for i, c := range id {
		if c == '.' || c == '~' {
			id[i] = '-'
		}
	}
	return string(id)
}

// target is where a problem's link leads: the input that a person can see. cell may be nil.
func target(cell *form.Cell, name string) string {
	id := inputID(name)
	if cell != nil {
		id = focusID(cell, id)
	}
	return "#" + id
}

// mostProblems is how many problems the summary above a form lists; the others stand at their inputs only.
const mostProblems = 50

// summarised returns the problems that the summary lists, and the cells of the form by name.
func summarised(s *form.State) ([]form.Problem, map[string]*form.Cell) {
	cells := map[string]*form.Cell{}
	addByName(cells, s.Cells)
	return s.Problems[:min(len(s.Problems), mostProblems)], cells
}

func addByName(all map[string]*form.Cell, cells []form.Cell) {
	for i := range cells {
		if _, taken := all[cells[i].Name]; !taken {
			all[cells[i].Name] = &cells[i]
		}
		addByName(all, cells[i].Cells)
		addByName(all, cells[i].Rows)
	}
}

// hasParts says that a value is a fieldset of inputs.
func hasParts(c *form.Cell) bool {
	switch c.Input.Kind {
	case field.Group, field.Translated, field.Keyed, field.Rows, field.Values:
		return true
	}
	return false
}

// isPicker says that a person types into an input of its own to find a record.
func isPicker(c *form.Cell) bool {
	return c.Input.Kind == field.Reference && !c.Plain && len(c.Hits) == 0
}

// focusID is the element that a value's label belongs to; id is the value's own.
func focusID(c *form.Cell, id string) string {
	if isPicker(c) {
		return id + "-find"
	}
	return id
}

// describedBy names the sentence and the hint of an input, "" when it has neither.
func describedBy(c *form.Cell, id, hint string) string {
	switch {
	case c.Problem != nil && hint != "":
		return id + "-why " + id + "-hint"
	case c.Problem != nil:
		return id + "-why"
	case hint != "":
		return id + "-hint"
	}
	return ""
}

// isDate reports whether a browser's date input shows a text; it shows nothing instead of what is no date.
func isDate(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return text == "" || err == nil
}
