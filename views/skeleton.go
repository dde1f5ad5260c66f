package views

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/a-h/templ"

	"protime-admin/internal/field"
	"protime-admin/internal/form"
)

// Skeletons keep how inputs are drawn while nothing is wrong with them, and the frame around pages: the component draws
// each once for a language, and from then on only its values are filled in. Half of the work of an edit page was to look
// up and escape the same words again. The zero value is empty; pages of one server share one.
type Skeletons struct {
	drawn sync.Map // of skeletonKey and frameKey: *skeleton; of fixedKey: templ.Component
	count atomic.Int64
}

// mostSkeletons bounds what is kept: rows have names of their own, as many as somebody adds.
const mostSkeletons = 2048

// skeletonKey is all that an input's markup depends on, besides its values.
type skeletonKey struct {
	input    *form.Input
	name     string // with positions
	language string
	chosen   string // of a list of options
	plain    bool
}

// skeleton is markup with holes: parts[0], hole 0, parts[1], hole 1, ... and the last part.
type skeleton struct {
	parts []string
	holes []hole
}

// hole is the number of a value: of a cell's, or of a page's frame.
type hole int

// The values of a cell.
const (
	holeText hole = iota
	holeFind
	holeWas
	holeHint
)

// Values that no record and no message holds, to find them again in what was drawn.
const (
	markText = "\uf8f0"
	markFind = "\uf8f1"
	markWas  = "\uf8f2"
	markDate = "9998-12-30" // a date stays one: its input and its hint depend on that
)

// drawCell draws one value of a form.
func drawCell(p *Page, c *form.Cell) templ.Component {
	if drawn := quick(p, c); drawn != nil {
		return drawn
	}
	return formCell(p, c)
}

// quick draws a cell from its skeleton; nil when there is more to it than its values.
func quick(p *Page, c *form.Cell) templ.Component {
	if p.Skeletons == nil || c.Problem != nil || c.Conflict != nil || c.Kept || c.Key != "" || len(c.Keep)+len(c.Hits) > 0 {
		return nil
	}
	if len(c.Cells)+len(c.Rows) > 0 || composite(c.Input.Kind) || c.Multiline() || c.Input.Kind == field.Date && (c.Typed.Text == "" || !isDate(c.Typed.Text)) {
		return nil
	}
	key := skeletonKey{input: c.Input, name: c.Name, language: p.Tag, plain: c.Plain}
	for i := range c.Options {
		if c.Options[i].Kept {
			return nil
		}
		if c.Options[i].Selected {
			key.chosen = c.Options[i].Value
		}
	}
	if known, ok := p.Skeletons.drawn.Load(key); ok {
		return filled{known.(*skeleton), p, c} //nolint:forcetypeassert // nothing else is stored
	}
	drawn := draw(p, *c)
	if drawn == nil {
		return nil
	}
	if p.Skeletons.count.Add(1) <= mostSkeletons {
		p.Skeletons.drawn.Store(key, drawn)
	}
	return filled{drawn, p, c}
}

// fixed draws what is the same on every page of a server and language: the first time as it is, then from memory.
func (p *Page) fixed(name string, c templ.Component) templ.Component {
	if p.Skeletons == nil {
		return c
	}
	key := fixedKey{name, p.Tag}
	if known, ok := p.Skeletons.drawn.Load(key); ok {
		return known.(templ.Component) //nolint:forcetypeassert // nothing else is stored under such keys
	}
	var b bytes.Buffer
	if err := c.Render(context.Background(), &b); err != nil {
		return c
	}
	drawn := templ.Raw(b.String())
	p.Skeletons.drawn.Store(key, drawn)
	return drawn
}

type fixedKey struct{ name, language string }

// composite says that a value's inputs are those of its parts.
func composite(k field.Kind) bool {
	switch k {
	case field.Group, field.Translated, field.Keyed, field.Rows, field.Values:
		return true
	}
	return false
}

// draw makes the skeleton of a cell, which it gets as a copy; nil when the cell cannot be drawn.
func draw(p *Page, c form.Cell) *skeleton {
	c.Find, c.Was = markFind, markWas
	marks := []string{holeText: markText, holeFind: markFind, holeWas: markWas}
	if c.Input.Kind == field.Date {
		marks[holeText] = markDate
	}
	if len(c.Options) == 0 || c.Input.Kind == field.Clock {
		c.Typed.Text = marks[holeText]
	}
	if c.Input.Kind == field.Date {
		marks = append(marks, templ.EscapeString(hint(p.Printer, &c)))
	}
	var b bytes.Buffer
	if err := oneInput(p, &c).Render(context.Background(), &b); err != nil {
		return nil
	}
	return cut(b.String(), marks)
}

// cut finds the marks in what was drawn: hole i is where marks[i] stands.
func cut(drawn string, marks []string) *skeleton {
	s := &skeleton{}
	for {
		at, which := len(drawn), hole(-1)
		for i, mark := range marks {
			if found := strings.Index(drawn, mark); mark != "" && found >= 0 && found < at {
				at, which = found, hole(i)
			}
		}
		s.parts = append(s.parts, drawn[:at])
		if which < 0 {
			return s
		}
		s.holes = append(s.holes, which)
		drawn = drawn[at+len(marks[which]):]
	}
}

// fill writes the markup and has each hole filled in its place.
func (s *skeleton) fill(w io.Writer, each func(hole) error) error {
	for i, part := range s.parts {
		if _, err := io.WriteString(w, part); err != nil {
			return err
		}
		if i == len(s.holes) {
			break
		}
		if err := each(s.holes[i]); err != nil {
			return err
		}
	}
	return nil
}

func write(w io.Writer, text string) error {
	_, err := io.WriteString(w, templ.EscapeString(text))
	return err
}

// filled is a skeleton with the values of a cell.
type filled struct {
	*skeleton
	p *Page
	c *form.Cell
}

// Render implements templ.Component.
func (f filled) Render(_ context.Context, w io.Writer) error {
	return f.fill(w, func(h hole) error { return write(w, f.value(h)) })
}

func (f filled) value(h hole) string {
	switch h {
	case holeFind:
		return f.c.Find
	case holeWas:
		return f.c.Was
	case holeHint:
		return hint(f.p.Printer, f.c)
	default:
		return f.c.Typed.Text
	}
}
