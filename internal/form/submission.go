package form

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"protime-admin/internal/field"
	"protime-admin/protime"
)

// Typed returns the inputs of a post that hold what a person typed or picked: the same form's id with other ones is
// another change. The reason and its note count, for they are logged; the form's id, the values at opening, the way back
// and the buttons do not.
func (p *Plan) Typed(values url.Values) url.Values {
	typed := maps.Clone(values)
	maps.DeleteFunc(typed, func(name string, _ []string) bool { return !p.isTyped(name) })
	return typed
}

func (p *Plan) isTyped(name string) bool {
	switch {
	case name == InputWhy, name == InputNote:
		return true
	case strings.HasSuffix(name, SuffixWas), strings.HasSuffix(name, suffixOpened), strings.HasSuffix(name, suffixInput):
		return false
	}
	member := strings.TrimPrefix(name, PrefixPick)
	if i := strings.IndexAny(member, ".~"); i >= 0 {
		member = member[:i]
	}
	return p.knows(member)
}

// Problems are what keeps the submission from being sent, in the form's order. Inputs that the record's kind does
// not take have none: they are not sent.
func (s Submission) Problems() []Problem { return problemsOf(s.cells) }

func problemsOf(cells []Cell) []Problem {
	var all []Problem
	for i := range cells {
		if cells[i].Applies {
			all = collect(all, &cells[i])
		}
	}
	return all
}

func collect(all []Problem, c *Cell) []Problem {
	if c.Problem != nil {
		all = append(all, Problem{Name: c.Name, Problem: *c.Problem})
	}
	for i := range c.Cells {
		all = collect(all, &c.Cells[i])
	}
	for i := range c.Rows {
		all = collect(all, &c.Rows[i])
	}
	return all
}

// State draws the form again with exactly what was typed. base is the record as the server has it now, the zero
// Record on Create. problems join the submission's own, each at the input that it names.
func (s Submission) State(base protime.Record, problems ...Problem) State {
	cells := s.redrawn(base)
	var loose []Problem
	for _, problem := range problems {
		c := locate(cells, problem.Name)
		switch {
		case c == nil || c.Problem != nil && c.Problem.Key != problem.Key:
			loose = append(loose, problem)
		case c.Problem == nil:
			c.Problem = &field.Problem{Key: problem.Key, Args: problem.Args}
		case c.Problem.Key == field.ProblemAPI && c.Problem.Args["text"] != problem.Args["text"]:
			loose = append(loose, problem)
		}
	}
	values, unknown := s.plan.read(base)
	st := State{
		Plan:     s.plan,
		Cells:    cells,
		Shown:    s.plan.shown(values),
		Unknown:  unknown,
		Problems: append(loose, problemsOf(cells)...),
		LeftOut:  s.leftOut(),
		Opened:   s.openedText,
		Change:   s.Change,
		Why:      s.Why,
		Note:     s.Note,
		Return:   s.Return,
	}
	if !s.complete {
		st.Opened = s.plan.Opened(base)
	}
	return st
}

// redrawn copies the cells, so that what is noted for the page does not reach the submission. Where the post did not
// say what the form showed, inputs that were not posted show what the server has: posted again they change nothing.
func (s Submission) redrawn(base protime.Record) []Cell {
	cells := copied(s.cells)
	if s.complete {
		return cells
	}
	values, _ := s.plan.read(base)
	fresh := s.plan.cells(values, s.finder)
	for i := range cells {
		refresh(&cells[i], &fresh[i])
	}
	s.plan.apply(cells)
	return cells
}

func refresh(c, fresh *Cell) {
	if !c.seen() {
		*c = *fresh
		return
	}
	for i := range c.Cells {
		if j := slices.IndexFunc(fresh.Cells, func(f Cell) bool { return f.Name == c.Cells[i].Name }); j >= 0 {
			refresh(&c.Cells[i], &fresh.Cells[j])
		}
	}
}

func copied(cells []Cell) []Cell {
	all := slices.Clone(cells)
	for i := range all {
		all[i].Cells = copied(all[i].Cells)
		all[i].Rows = copied(all[i].Rows)
	}
	return all
}

// locate finds the cell of a name.
func locate(cells []Cell, name string) *Cell {
	if name == "" {
		return nil
	}
	for i := range cells {
		c := &cells[i]
		if c.Name == name {
			return c
		}
		if below := locate(c.Cells, name); below != nil {
			return below
		}
		if below := locate(c.Rows, name); below != nil {
			return below
		}
	}
	return nil
}

// AddRow draws the form with one row more in the list of a name, and no problems.
func (s Submission) AddRow(base protime.Record, name string) State {
	st := s.Unchecked(base)
	c := locate(st.Cells, name)
	if c == nil {
		return st
	}
	next := count(c.Raw)
	for i := range c.Rows {
		next = max(next, c.Rows[i].index+1)
	}
	switch {
	case next > mostRows, s.room <= len(c.Input.Inputs): // the row may bring an empty one for each of its lists
	case lists(c.Input.Kind):
		c.Rows = append(c.Rows, s.finder.row(c, next, nil))
	case c.Input.Kind == field.Keyed:
		c.Rows = append(c.Rows, s.finder.pair(c, next))
	}
	return st
}

// RemoveRow draws the form without a row. One that stood there at opening is kept as empty hidden inputs, so that
// the others keep their positions.
func (s Submission) RemoveRow(base protime.Record, name string) State {
	st := s.Unchecked(base)
	removeRow(st.Cells, name)
	return st
}

func removeRow(cells []Cell, name string) bool {
	for i := range cells {
		c := &cells[i]
		j := slices.IndexFunc(c.Rows, func(row Cell) bool { return row.Name == name })
		switch {
		case j < 0:
			if removeRow(c.Cells, name) || removeRow(c.Rows, name) {
				return true
			}
			continue
		case c.Rows[j].Raw == nil:
			c.Rows = slices.Delete(c.Rows, j, j+1)
		default:
			c.Rows[j].Removed = true
			c.Rows[j].clear()
		}
		return true
	}
	return false
}

// clear empties a row's inputs.
func (c *Cell) clear() {
	for i := range c.Cells {
		c.Cells[i].clear()
	}
	for i := range c.Rows {
		c.Rows[i].clear()
	}
	c.Typed, c.Find, c.Was, c.Hit, c.Hits, c.Problem = field.Typed{}, "", "", Hit{}, nil, nil
}

// StepDate draws the form with a date some days later: the first of the fields that is one. What is no date stays.
func (s Submission) StepDate(base protime.Record, fields []string, days int) State {
	st := s.Unchecked(base)
	for _, name := range fields {
		if c := locate(st.Cells, name); c != nil && c.Input.Kind == field.Date {
			c.Typed.Text = field.StepDate(c.Typed.Text, s.today, days)
			break
		}
	}
	return st
}

// Unchecked draws the form with what was typed and no problems: nothing was to be sent.
func (s Submission) Unchecked(base protime.Record) State {
	st := s.State(base)
	st.Problems = nil
	clearProblems(st.Cells)
	return st
}

func clearProblems(cells []Cell) {
	for i := range cells {
		cells[i].Problem = nil
		clearProblems(cells[i].Cells)
		clearProblems(cells[i].Rows)
	}
}
