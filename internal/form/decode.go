package form

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"time"

	"protime-admin/internal/field"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// Submission is a form as it was posted: what was typed, and what of it differs from what the form showed.
type Submission struct {
	Change string // the form's id
	Why    string
	Note   string
	Return string
	Add    string // the rows that get one more, where such a button was pressed
	Remove string // the row that goes

	plan       *Plan
	values     url.Values
	cells      []Cell
	opened     protime.Record
	complete   bool // the post says what the form showed at opening
	openedText string
	finder     filler
	today      time.Time
	room       int // rows and entries that could be added still
}

// Decode reads a posted form. Where `opened` is missing, too large or no JSON object, every input that was posted counts as
// typed onto nothing, so that Compare shows each value that the server has otherwise: nothing is overwritten unseen.
// A picker whose text was changed is looked up here. It never fails; see Submission.Problems.
func (p *Plan) Decode(ctx context.Context, values url.Values, finder Finder, today time.Time) Submission {
	s := Submission{
		Change:     last(values[InputChange]),
		Why:        last(values[InputWhy]),
		Note:       last(values[InputNote]),
		Return:     last(values[InputReturn]),
		Add:        last(values[InputAdd]),
		Remove:     last(values[InputRemove]),
		plan:       p,
		values:     values,
		openedText: last(values[InputOpened]),
		finder:     filler{finder: finder},
		today:      today,
		room:       mostAdded,
	}
	if len(s.openedText) <= mostOpened {
		if rec, err := protime.ParseRecord([]byte(s.openedText)); err == nil && rec.Raw()[0] == '{' {
			s.opened, s.complete = rec, true
		}
	}
	shown, _ := p.read(s.opened)
	if s.cells = p.cells(shown, s.finder); size(s.cells) > mostCells {
		s.opened, s.complete = protime.Record{}, false
		s.cells = p.cells(make([]json.RawMessage, len(shown)), s.finder)
	}
	d := decoder{plan: p, values: values, filler: s.finder, ctx: ctx, today: today, room: &s.room}
	for i := range s.cells {
		d.cell(&s.cells[i])
	}
	p.apply(s.cells)
	for i := range s.cells {
		if s.cells[i].Applies {
			p.require(&s.cells[i])
			p.need(&s.cells[i], s.opened)
		}
	}
	return s
}

// Complete reports whether the post says what the form showed at opening. Without it nothing can be compared.
func (s Submission) Complete() bool { return s.complete }

type decoder struct {
	filler
	plan   *Plan
	values url.Values
	ctx    context.Context //nolint:containedctx // lives as long as the one call of Decode
	today  time.Time
	room   *int // the Submission's
}

// cell lays what was posted over a cell that shows its value at opening.
func (d decoder) cell(c *Cell) {
	d.typed(c)
	posted, picked := d.values[PrefixPick+c.Name]
	if !picked {
		return
	}
	switch pick := last(posted); {
	case pick == "server" && !d.retyped(c): // `opened` holds what the server had when the conflict was shown
		shown := Cell{}
		d.fill(&shown, c.Input, "", c.Raw)
		shown.posted = true
		*c = shown
	case pick != "mine" && c.changed():
		opened := json.RawMessage(last(d.values[PrefixPick+c.Name+suffixOpened]))
		c.Conflict = &Conflict{Opened: opened, Server: c.Raw, Mine: typedIn(c), Input: c.inInput()}
		c.refuse(&field.Problem{Key: field.ProblemPick})
	}
}

// typed reads what was posted for a cell and its parts.
func (d decoder) typed(c *Cell) {
	if c.Unshown && composite(c.Input.Kind) {
		d.kept(c)
	}
	switch {
	case members(c.Input.Kind):
		d.each(c.Cells)
	case lists(c.Input.Kind):
		d.rows(c)
	case c.Input.Kind == field.Keyed:
		d.entries(c)
	case c.Input.Kind == field.Reference:
		d.reference(c)
	default:
		d.plain(c)
	}
}

func (d decoder) each(cells []Cell) {
	for i := range cells {
		d.cell(&cells[i])
	}
}

// plain reads an input of one text, with the day beside it where it is a time.
func (d decoder) plain(c *Cell) {
	texts, ok := d.values[c.Name]
	was, typed := c.Typed, c.Typed
	if ok {
		typed.Text = last(texts)
	}
	if days, given := d.values[c.Name+SuffixDay]; given && c.Input.Kind == field.Clock {
		typed.Day, ok = last(days), true
	}
	if !ok {
		d.kept(c)
		return
	}
	c.posted, c.Typed = true, typed
	if field.Same(c.Input.Kind, typed, was) {
		d.kept(c)
	} else {
		value, problem := field.ParseAs(c.Input.Kind, c.Input.Field, typed, d.today)
		c.take(value, problem)
	}
	c.choose()
}

// kept reads the select beside a value that the widget cannot show.
func (d decoder) kept(c *Cell) {
	if c.Unshown && c.Typed.Text == "" && c.Find == "" && last(d.values[c.Name+SuffixKept]) == remove {
		c.posted = true
		c.take(nil, nil)
		c.choose()
	}
}

// take notes a value that was typed. One that means what stands there already is no change: 480 typed for 480.0.
func (c *Cell) take(value json.RawMessage, problem *field.Problem) {
	if problem != nil {
		c.touched, c.value = true, nil
		c.refuse(problem)
		return
	}
	if protime.Equal(value, c.Raw) || c.Input.Kind == field.Reference && sameReference(c.Input.Field, value, c.Raw) {
		return
	}
	c.touched, c.value = true, value
}

// sameReference says that two reference objects name the same record, whatever else they carry.
func sameReference(f contract.Field, a, b json.RawMessage) bool {
	x, shown := field.FormatAs(field.Reference, f, a)
	if !shown || x.Text == "" {
		return false
	}
	y, shown := field.FormatAs(field.Reference, f, b)
	return shown && x.Text == y.Text
}

func (c *Cell) refuse(problem *field.Problem) { c.Problem = problem }

// last gives the last of the values posted under one name that is not empty: a radio button overrides the hidden
// input in front of it.
func last(values []string) string {
	for _, v := range slices.Backward(values) {
		if v != "" {
			return v
		}
	}
	return ""
}
