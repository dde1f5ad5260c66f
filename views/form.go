package views

import (
	"cmp"
	"maps"
	"slices"
	"strings"

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
	Delete  string // path of the page that asks before it deletes the record, "" where that is not offered
	State   form.State
	InView  []*form.Cell // what stays in view, where the collection says so
	Groups  []FormGroup  // the rest: folded where there is InView
	// Sides are the values in conflict: they are drawn beside the two that they could become, and not in their group.
	Sides []*form.Cell
	// Sentences are the problems of no single field, in sentences; Trouble is what Protime answered.
	Sentences []string
	Trouble   *Failure
	Notes     []string // what saving will do: "will create", what is not sent
	Warnings  []Warning
	Drawn     []string // the days that the form's page showed, for the input that sends them back
	Day       *FormDay // nil where it is not known
	Asks      bool     // nothing was sent because of the warnings: saving again sends it
	Next      string   // path of the page of the next person, "" where none is known
	NextNew   bool     // the next person is one to choose: the next form is empty but for what stays
	Reasons   []string
	Required  bool   // a reason must be given
	WhyNot    string // why the reason is not accepted, "" when it is
	Known     []Part // read-only values
	Unknown   []Part // members that the contract does not know, sent back unchanged
	History   string
	Preview   *Preview
	Conflict  bool
	Moved     string  // who changed the record meanwhile and when, "" where the log does not know
	Around    string  // the clockings around the one of the form, "" where they are not known
	Unsure    *Banner // the last submit, when its outcome is unknown
	First     string  // path of the receipt of the change that this form's id was used for
	Posted    bool    // the form holds typed values that Protime does not have
	Gone      bool    // the record is deleted: nothing can be saved
}

// Warning is what speaks against saving without forbidding it.
type Warning struct {
	Key  string // what the form sends back to say that it was seen
	Text string
}

// Seen are the warnings that the form shows, for the input that sends them back.
func (f *Form) Seen() string {
	keys := make([]string, 0, len(f.Warnings))
	for _, w := range f.Warnings {
		keys = append(keys, w.Key)
	}
	return strings.Join(keys, ",")
}

// FormGroup is one fieldset.
type FormGroup struct {
	Key   string // message
	Cells []*form.Cell
}

// Preview is what would be sent.
type Preview struct {
	Rows    []PreviewRow
	Creates bool   // there is nothing now: the rows have values after alone
	Request string // method and URL
	Body    string // indented JSON
}

// PreviewRow is one field that changes.
type PreviewRow struct {
	Label      string
	Now, After Value
}

// Arrange puts the cells where they are drawn: those in conflict beside their other sides, those of the fields that the
// collection names first before all others, and the others into fieldsets, in the order in which groups first appear. Whose
// record it is moves behind the others where it stands as text, which is where it can be changed.
func (f *Form) Arrange() {
	cells := f.State.Cells
	f.Sides = inConflict(nil, cells)
	for _, name := range f.State.Plan.Collection.First {
		for i := range cells {
			if cells[i].Input.Field.Name == name && cells[i].Conflict == nil {
				f.InView = append(f.InView, &cells[i])
			}
		}
	}
	for i := range cells {
		cell := &cells[i]
		if cell.Conflict != nil || slices.Contains(f.InView, cell) && !isGiven(f, cell) {
			continue
		}
		f.Groups = grouped(f.Groups, cell)
	}
}

// inConflict are the cells with a conflict, those of objects among them.
func inConflict(all []*form.Cell, cells []form.Cell) []*form.Cell {
	for i := range cells {
		if cells[i].Conflict != nil {
			all = append(all, &cells[i])
			continue
		}
		all = inConflict(inConflict(all, cells[i].Cells), cells[i].Rows)
	}
	return all
}

// grouped puts a cell into its fieldset.
func grouped(groups []FormGroup, cell *form.Cell) []FormGroup {
	at := slices.IndexFunc(groups, func(g FormGroup) bool { return g.Key == cell.Input.Group })
	if at < 0 {
		groups = append(groups, FormGroup{Key: cell.Input.Group})
		at = len(groups) - 1
	}
	groups[at].Cells = append(groups[at].Cells, cell)
	return groups
}

// FirstFocus is the cell that a person most likely fills first: the first required one that is empty, as the person of a
// new record, else the first time of day, else the first. It is nil where no cell has an input of its own.
func (f *Form) FirstFocus() *form.Cell {
	cells := slices.Clone(f.InView)
	for _, group := range f.Groups {
		cells = append(cells, group.Cells...)
	}
	var first, clock *form.Cell
	for _, c := range cells {
		if !c.Applies || hasParts(c) {
			continue
		}
		if c.Input.Field.Required && c.Typed.Text == "" {
			return c
		}
		if clock == nil && c.Input.Kind == field.Clock {
			clock = c
		}
		if first == nil {
			first = c
		}
	}
	return cmp.Or(clock, first)
}

// OnlyProblem is the cell in view that is the one thing wrong with the form, nil where that is another one or more is wrong.
func (f *Form) OnlyProblem() *form.Cell {
	if len(f.State.Problems) != 1 || len(f.Sentences) > 0 || f.WhyNot != "" || f.Conflict {
		return nil
	}
	for _, c := range f.InView {
		if c.Name == f.State.Problems[0].Name && !hasParts(c) {
			return c
		}
	}
	return nil
}

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

func formState(why, note string) form.State { return form.State{Why: why, Note: note} }
