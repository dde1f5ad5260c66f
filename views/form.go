package views

import (
	"cmp"
	"maps"
	"slices"

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
	// Sentences are the problems of no single field, in sentences; Trouble is what Protime answered.
	Sentences []string
	Trouble   *Failure
	Notes     []string // what saving will do: "will create", what is not sent
	Reasons   []string
	Required  bool   // a reason must be given
	WhyNot    string // why the reason is not accepted, "" when it is
	Known     []Part // read-only values
	Unknown   []Part // members that the contract does not know, sent back unchanged
	History   string
	Preview   *Preview
	Conflict  bool
	Unsure    *Banner // the last submit, when its outcome is unknown
	First     string  // path of the receipt of the change that this form's id was used for
	Posted    bool    // the form holds typed values that Protime does not have
	Gone      bool    // the record is deleted: nothing can be saved
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

// FirstFocus is the cell that a person most likely fills first: the first required one that is empty, as the person of a
// new record, else the first time of day, else the first. It is nil where no cell has an input of its own.
func FirstFocus(cells []form.Cell) *form.Cell {
	var first, clock *form.Cell
	for i := range cells {
		c := &cells[i]
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
