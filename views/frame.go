package views

import (
	"bytes"
	"context"
	"io"
	"strconv"

	"github.com/a-h/templ"
)

// Layout is the frame of every page: the bar, the tenant, the banner of the last change, and the content. For whoever
// is signed in it is drawn from a skeleton.
func Layout(p *Page) templ.Component {
	if p.Skeletons == nil || p.Banner != nil || p.State != "" || p.Notice != "" || p.Framed || p.EndsIn <= 0 || p.Person == "" ||
		len(p.Languages) == 0 || len(p.Nav) > mostLinks {
		return wholeFrame(p)
	}
	key := frameKey{
		language: p.Tag, base: p.Base, tenant: p.Tenant, environment: p.Environment, role: p.Role, support: p.Support,
		problem: p.Problem, assets: p.Assets,
	}
	copy(key.nav[:], p.Nav)
	if known, ok := p.Skeletons.drawn.Load(key); ok {
		return frame{known.(*skeleton), p} //nolint:forcetypeassert // nothing else is stored
	}
	drawn := drawFrame(p)
	if drawn == nil {
		return wholeFrame(p)
	}
	if p.Skeletons.count.Add(1) <= mostSkeletons {
		p.Skeletons.drawn.Store(key, drawn)
	}
	return frame{drawn, p}
}

// mostLinks is how long a navigation may be to be part of a key.
const mostLinks = 6

// frameKey is all that a frame's markup depends on, besides its values. Languages are those of the server.
type frameKey struct {
	language, base, tenant, environment, role, support string

	problem bool
	assets  Assets
	nav     [mostLinks]NavLink
}

// The values of a frame.
const (
	holeTitle hole = iota
	holePerson
	holePath
	holeEnds
	holeWarn
	holeContent
)

// Marks that no page holds. Seconds are numbers.
const (
	markTitle   = "\uf8f3"
	markPerson  = "\uf8f4"
	markPath    = "\uf8f5"
	markContent = "\uf8f6"
	markEnds    = 987654321
	markWarn    = 987654322
)

// drawFrame makes the skeleton of a page's frame; nil when it cannot be drawn.
func drawFrame(p *Page) *skeleton {
	marked := *p
	marked.Title, marked.Person, marked.Path, marked.EndsIn, marked.Warn = markTitle, markPerson, markPath, markEnds, markWarn
	var b bytes.Buffer
	ctx := templ.WithChildren(context.Background(), templ.Raw(markContent))
	if err := wholeFrame(&marked).Render(ctx, &b); err != nil {
		return nil
	}
	return cut(b.String(), []string{
		holeTitle: markTitle, holePerson: markPerson, holePath: markPath, holeContent: markContent,
		holeEnds: strconv.Itoa(markEnds), holeWarn: strconv.Itoa(markWarn),
	})
}

// frame is a skeleton with the values of a page, around its content.
type frame struct {
	*skeleton
	p *Page
}

// Render implements templ.Component.
func (f frame) Render(ctx context.Context, w io.Writer) error {
	content := templ.GetChildren(ctx)
	ctx = templ.ClearChildren(ctx)
	return f.fill(w, func(h hole) error {
		switch h {
		case holeTitle:
			return write(w, f.p.Title)
		case holePerson:
			return write(w, f.p.Person)
		case holePath:
			return write(w, f.p.Path)
		case holeEnds:
			return write(w, strconv.Itoa(f.p.EndsIn))
		case holeWarn:
			return write(w, strconv.Itoa(f.p.Warn))
		default:
			return content.Render(ctx, w)
		}
	})
}
