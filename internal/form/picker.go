package form

import (
	"slices"
	"strconv"
	"strings"

	"protime-admin/internal/field"
)

// MostHits is how many records a picker offers to choose from.
const MostHits = 20

// reference reads a picker: the id, the text beside it, and the text that stood there at opening.
//
// The id counts while the text is what it was; a changed text is looked up, an emptied one takes the reference off.
// Where a choice of several hits was drawn, text and former text are the same and there is no id until one is chosen.
func (d decoder) reference(c *Cell) {
	ids, hasID := d.values[c.Name]
	finds, hasFind := d.values[c.Name+SuffixFind]
	if !hasID && !hasFind {
		d.kept(c)
		return
	}
	c.posted = true
	id, find := strings.TrimSpace(last(ids)), last(finds)
	was, hasWas := d.values[c.Name+SuffixWas]
	opened := *c
	if c.Plain || !hasFind {
		d.typedID(c, id, opened)
		return
	}
	switch {
	case find == last(was) && hasWas, !hasWas && strings.TrimSpace(find) == "":
		c.Find, c.Was = find, find
	case strings.TrimSpace(find) == "":
		c.Typed.Text, c.Find, c.Was, c.Hit = "", "", "", Hit{}
		c.take(nil, nil)
		return
	case id != "" && d.names(c.Input.Field.Ref, id, find):
		c.Find, c.Was = find, find
	default:
		d.lookup(c, find)
		return
	}
	if id == "" && strings.TrimSpace(find) != "" {
		if find == opened.Find && opened.Typed.Text == "" {
			return // an external reference that stood there already
		}
		d.lookup(c, find)
		return
	}
	d.typedID(c, id, opened)
}

// names says that a text is what the directory calls a record.
func (d decoder) names(collection, id, text string) bool {
	hit, label := d.label(collection, id)
	return text == label || text == id || hit.Label != "" && text == hit.Label
}

// typedID takes the id itself. A reference to the same record is left as it is.
func (d decoder) typedID(c *Cell, id string, opened Cell) {
	c.Typed.Text = id
	if id == opened.Typed.Text {
		d.kept(c)
		return
	}
	if !c.Plain {
		c.Hit, _ = d.label(c.Input.Field.Ref, id)
		if find, ok := d.values[c.Name+SuffixFind]; !ok || last(find) == "" {
			_, c.Find = d.label(c.Input.Field.Ref, id)
			c.Was = c.Find
		}
	}
	d.refer(c, id)
}

// refer notes a reference by id or by an external reference.
func (d decoder) refer(c *Cell, text string) {
	value, problem := field.ParseAs(field.Reference, c.Input.Field, field.Typed{Text: text}, d.today)
	if problem == nil {
		problem = d.external(c.Input.Field.Ref, text)
	}
	c.take(value, problem)
}

// external refuses a predefined name that the collection does not have.
func (d decoder) external(collection, text string) *field.Problem {
	name, _, ok := field.External(text)
	names, known := d.plan.targets[collection]
	if !ok || !known || !strings.HasPrefix(name, "@") || slices.Contains(names, name) {
		return nil
	}
	return &field.Problem{Key: field.ProblemExternalName, Args: map[string]string{
		"name": name, "names": strings.Join(names, ", "),
	}}
}

// lookup finds the record that was typed. What was typed stays in the input; it counts as unchanged from here on, so
// that a post of the same text goes by the id that was found, or is looked up again where none was.
func (d decoder) lookup(c *Cell, find string) {
	text := strings.TrimSpace(find)
	c.Find, c.Was, c.Typed.Text, c.Hit = find, find, "", Hit{}
	if _, _, ok := field.External(text); ok {
		d.refer(c, text)
		return
	}
	hits := Exact(d.finder.Find(d.ctx, c.Input.Field.Ref, text, MostHits), text)
	switch len(hits) {
	case 0:
		c.take(nil, &field.Problem{Key: field.ProblemNotFound, Args: map[string]string{"text": text}})
	case 1:
		c.Hit, c.Typed.Text = hits[0], hits[0].ID
		d.found(c)
	default:
		c.Hits = hits
		c.take(nil, &field.Problem{Key: field.ProblemSeveral, Args: map[string]string{
			"text": text, "count": strconv.Itoa(len(hits)),
		}})
	}
}

// Exact returns the one hit whose id, or else whose name or code, equals what was typed: "Maintenance" does not stand for
// "Maintenance: Rework". Where there is none, or several, it returns all hits to choose from.
func Exact(hits []Hit, text string) []Hit {
	if i := slices.IndexFunc(hits, func(h Hit) bool { return h.ID == text }); i >= 0 {
		return hits[i : i+1]
	}
	equal := func(h Hit) bool { return strings.EqualFold(h.Label, text) || strings.EqualFold(h.Detail, text) }
	i := slices.IndexFunc(hits, equal)
	if i < 0 || slices.ContainsFunc(hits[i+1:], equal) {
		return hits
	}
	return hits[i : i+1]
}

// found refers to the record that was found; the one that stood there already is left as it is.
func (d decoder) found(c *Cell) {
	if was, shown := field.FormatAs(field.Reference, c.Input.Field, c.Raw); shown && was.Text == c.Typed.Text {
		return
	}
	d.refer(c, c.Typed.Text)
}
