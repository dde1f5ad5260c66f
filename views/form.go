package views

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"protime-admin/internal/field"
	"protime-admin/internal/form"
	"protime-admin/internal/lang"
)

// Form is the page that creates or edits one record.
type Form struct {
	Heading string // "Edit clocking 8192"
	Name    string // "Jan Maes, Tue 17 Nov 2026, 07:58"
	Action  string // path that the form is sent to, with its query
	Cancel  string
	State   form.State
	Groups  []FormGroup
	// Whole are sentences about the whole record; Trouble is what Protime answered.
	Whole    []string
	Trouble  *Failure
	Notes    []string // what will happen: "will create", what is left out
	Reasons  []string
	Required bool // a reason must be given
	WhyNot   string
	Known    []Part // read-only values
	Unknown  []Part // kept as they are
	History  string
	Preview  *Preview
	Conflict bool
	Unsure   *Banner // the outcome of the last press is unknown
	First    string  // receipt of the change that this form's id was spent on
	Note     string  // shown small: what the record's text is
	Posted   bool    // the page gives back what a person typed: Protime does not have it yet
}

// FormGroup is one fieldset.
type FormGroup struct {
	Key   string // message
	Cells []*form.Cell
}

// Preview is what would be sent.
type Preview struct {
	Rows    []PreviewRow
	Request string // method and URL
	Body    string // indented JSON
}

// PreviewRow is one field that changes.
type PreviewRow struct {
	Label      string
	Now, After Value
}

// GroupCells sorts the cells of a form into its fieldsets, in the order in which groups first appear.
func GroupCells(cells []form.Cell) []FormGroup {
	var groups []FormGroup
	for i := range cells {
		cell := &cells[i]
		at := slices.IndexFunc(groups, func(g FormGroup) bool { return g.Key == cell.Input.Group })
		if at < 0 {
			groups = append(groups, FormGroup{Key: cell.Input.Group})
			at = len(groups) - 1
		}
		groups[at].Cells = append(groups[at].Cells, cell)
	}
	return groups
}

// label names an input. A member of a set of names and texts, such as a translation, says which name it has; the input
// for a new one's name says what kind of name it takes.
func label(p *lang.Printer, c *form.Cell) string {
	text := p.First(c.Input.Labels, c.Input.Human)
	if c.Key != "" {
		return text + " " + c.Key
	}
	set, _, isName := strings.Cut(c.Name, form.SuffixKey+".")
	switch {
	case isName && strings.HasSuffix(set, ".translations"):
		return p.T("form.entry.language")
	case isName:
		return p.T("form.entry.name")
	}
	return text
}

func optionText(p *lang.Printer, o form.Option) string { return p.First(o.Labels, o.Value) }

// ProblemText is the sentence of one problem.
func ProblemText(p *lang.Printer, problem *field.Problem) string {
	if len(problem.Args) == 0 {
		return p.T(problem.Key)
	}
	args := make([]string, 0, 2*len(problem.Args))
	for _, name := range slices.Sorted(maps.Keys(problem.Args)) {
		args = append(args, name, problem.Args[name])
	}
	return p.T(problem.Key, args...)
}

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

// target is where a problem's link leads: the input that a person can see.
func target(s *form.State, name string) string {
	if cell := find(s.Cells, name); cell != nil && cell.Input.Kind == field.Reference && !cell.Plain && len(cell.Hits) == 0 {
		return "#" + inputID(name+form.SuffixFind)
	}
	return "#" + inputID(name)
}

func find(cells []form.Cell, name string) *form.Cell {
	for i := range cells {
		if cells[i].Name == name {
			return &cells[i]
		}
		if cell := find(cells[i].Cells, name); cell != nil {
			return cell
		}
		if cell := find(cells[i].Rows, name); cell != nil {
			return cell
		}
	}
	return nil
}

// describedBy names the sentence and the hint of an input.
func describedBy(c *form.Cell, hint bool) string {
	id := inputID(c.Name)
	switch {
	case c.Problem != nil && hint:
		return id + "-why " + id + "-hint"
	case c.Problem != nil:
		return id + "-why"
	case hint:
		return id + "-hint"
	}
	return ""
}

// hint explains what an input takes; "" when its label says enough.
func hint(p *lang.Printer, c *form.Cell) string {
	for _, key := range c.Input.Labels {
		if text := key + ".hint"; p.Has(text) {
			return p.T(text)
		}
	}
	switch c.Input.Kind {
	case field.Clock:
		return p.T("form.hint.clock")
	case field.Duration:
		return p.T("form.hint.duration")
	case field.Date:
		if len(c.Typed.Text) == len("2026-11-17") && c.Typed.Text[4] == '-' {
			return p.LongDay(c.Typed.Text) + ", " + p.T("form.week", "week", p.Week(c.Typed.Text))
		}
	case field.Reference:
		switch {
		case c.Plain:
			return p.T("form.hint.id")
		case c.Input.Field.Ref == "people":
			return p.T("filter.person.hint")
		}
		return p.T("form.hint.reference")
	}
	return ""
}

// inputMode asks a phone for the right keyboard.
func inputMode(k field.Kind) string {
	switch k {
	case field.Clock, field.Integer:
		return "numeric"
	case field.Decimal:
		return "decimal"
	}
	return "text"
}

// when is how the script knows which kinds of record take a field: "kind=Reason,Activity".
func when(c *form.Cell) string {
	if len(c.Input.Field.When) == 0 {
		return ""
	}
	var rules []string
	for _, name := range slices.Sorted(maps.Keys(c.Input.Field.When)) {
		rules = append(rules, name+"="+strings.Join(c.Input.Field.When[name], ","))
	}
	return strings.Join(rules, ";")
}

// isDate reports whether a text can stand in an input of type date; a browser empties it of anything else.
func isDate(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil || text == ""
}

// attributes are those that tell assistive technology about a problem or a hint.
func attributes(p *lang.Printer, c *form.Cell) templ.Attributes {
	with := hint(p, c) != ""
	if c.Problem == nil && !with {
		return nil
	}
	a := templ.Attributes{"aria-describedby": describedBy(c, with)}
	if c.Problem != nil {
		a["aria-invalid"] = "true"
	}
	return a
}

func pickerSource(p *Page, c *form.Cell) string {
	return p.Base + "/search?in=" + c.Input.Field.Ref
}

func formState(why, note string) form.State { return form.State{Why: why, Note: note} }

// tone is how the page says what stands in the way: that somebody else changed the record is nobody's mistake.
func tone(f *Form) string {
	if f.Conflict {
		return "warn"
	}
	return "bad"
}
