package views

import (
	"cmp"
	"slices"
	"strings"

	"protime-admin/internal/form"
	"protime-admin/protime/contract"
)

// isGiven says that a record's person is drawn as text: a clocking rarely becomes that of somebody else.
func isGiven(f *Form, c *form.Cell) bool {
	return f.State.Plan.Verb == contract.Replace && c.Input.Field.Ref == "people" && c.Raw != nil && !c.Plain && c.Problem == nil &&
		c.Hit.Label != "" && c.Find == c.Hit.Text()
}

// opens says that the folded part of a form is drawn open: something in it is wrong, or a time is not that of the day.
func (f *Form) opens() bool {
	return slices.ContainsFunc(f.InView, func(c *form.Cell) bool { return c.Typed.Day != "" && c.Typed.Day != "0" }) ||
		slices.ContainsFunc(f.Groups, func(g FormGroup) bool {
			return slices.ContainsFunc(g.Cells, func(c *form.Cell) bool { return isWrong(*c) })
		})
}

func isWrong(c form.Cell) bool {
	return c.Applies && c.Problem != nil || slices.ContainsFunc(c.Cells, isWrong) || slices.ContainsFunc(c.Rows, isWrong)
}

// folded says in a few words what the folded part of a form holds.
func (f *Form) folded(p *Page) string {
	var words []string
	for _, group := range f.Groups {
		for _, cell := range group.Cells {
			if text := inWords(p, cell); text != "" && !isGiven(f, cell) {
				words = append(words, text)
			}
		}
	}
	for _, cell := range f.InView {
		if cell.Typed.Text != "" && len(cell.Options) > 1 {
			words = append(words, chosen(p, cell))
		}
	}
	return strings.Join(words, " · ")
}

// inWords is what stands in an input, "" for nothing; of a value with parts it is its label.
func inWords(p *Page, c *form.Cell) string {
	switch {
	case !c.Applies:
		return ""
	case hasParts(c):
		for i := range c.Cells {
			if inWords(p, &c.Cells[i]) != "" {
				return p.label(c)
			}
		}
		for i := range c.Rows {
			if inWords(p, &c.Rows[i]) != "" {
				return p.label(c)
			}
		}
		return ""
	case c.Typed.Text == "":
		return ""
	case len(c.Options) > 0:
		return chosen(p, c)
	}
	return cmp.Or(c.Hit.Label, c.Find, c.Typed.Text)
}

func chosen(p *Page, c *form.Cell) string {
	for _, option := range c.Options {
		if option.Selected {
			return p.First(option.Labels, option.Value)
		}
	}
	return ""
}
