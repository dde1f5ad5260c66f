package form

import (
	"protime-admin/internal/field"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// require refuses required inputs that are empty: all of them on Create, on Replace those that were emptied. What was
// missing at opening already is not asked for.
func (p *Plan) require(c *Cell) {
	asked := p.Verb != contract.Replace || c.changed()
	if c.Input.Field.Required && asked && c.Problem == nil && c.empty() && !members(c.Input.Kind) {
		c.refuse(&field.Problem{Key: field.ProblemRequired})
		return
	}
	switch {
	case members(c.Input.Kind):
		if c.Input.Field.Required || !c.empty() {
			p.requireEach(c.Cells)
		}
	case c.Input.Kind == field.Rows:
		for i := range c.Rows {
			row := &c.Rows[i]
			if row.empty() || !row.changed() {
				continue
			}
			for j := range row.Cells {
				p.requireIn(row, &row.Cells[j])
			}
		}
	}
}

// need refuses a field that the record's kind needs and that is empty: where the kind did not take it at opening, or it was
// emptied since.
func (p *Plan) need(c *Cell, opened protime.Record) {
	asked := p.Verb != contract.Replace || c.changed() || !held(c.Input.Field.When, opened)
	if c.Input.Field.Needed && asked && c.Problem == nil && c.empty() {
		c.refuse(&field.Problem{Key: field.ProblemRequired})
	}
}

func (p *Plan) requireEach(cells []Cell) {
	for i := range cells {
		p.require(&cells[i])
	}
}

// requireIn is require for one input of a row that is filled in: in a new row every required input is asked for.
func (p *Plan) requireIn(row, c *Cell) {
	if row.Raw == nil && c.Input.Field.Required && c.Problem == nil && c.empty() {
		c.refuse(&field.Problem{Key: field.ProblemRequired})
		return
	}
	p.require(c)
}
