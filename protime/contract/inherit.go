package contract

import (
	"cmp"
	"slices"
)

// inherit takes over from a collection of the embedded contract what the document does not say. The personal members are
// always taken over.
func (c *Collection) inherit(known *Collection) {
	if c.Public == nil {
		c.Public = known.Public
	}
	if len(c.Title) > 0 {
		return
	}
	c.Title = c.existing(known.Title)
	c.Identity, c.Key = c.existing(known.Identity), c.existing(known.Key)
	c.Predefined, c.Referable, c.Upsert = known.Predefined, known.Referable, known.Upsert
	c.SoftDelete, c.Secret = known.SoftDelete, known.Secret
	if len(c.Filters) == 0 {
		c.Filters = known.Filters
	}
	writes := known.Offers(Create) || known.Offers(Replace)
	inheritFields(c.Fields, known, writes)
	for verb, o := range c.Operations {
		if k := known.Operations[verb]; k != nil && k.Body != nil {
			inheritBody(o.Body, k.Body)
		}
	}
}

func inheritFields(fields []Field, known *Collection, writes bool) {
	for i := range fields {
		f := &fields[i]
		k, ok := known.Field(f.Path)
		if ok {
			f.Ref, f.Description = cmp.Or(f.Ref, k.Ref), cmp.Or(f.Description, k.Description)
			f.ReadOnly = f.ReadOnly || k.ReadOnly && writes
			f.CreateOnly, f.ForcesDay = f.CreateOnly || k.CreateOnly, f.ForcesDay || k.ForcesDay
			if f.When == nil {
				f.When = k.When
			}
			if f.Minimum == nil && f.Maximum == nil {
				f.Minimum, f.Maximum = k.Minimum, k.Maximum
			}
			if len(f.Enum) == 0 && f.Type == k.Type {
				f.Enum = k.Enum
			}
			if f.Type == "string" {
				f.Format = cmp.Or(f.Format, k.Format)
			}
		}
		inheritFields(f.Fields, known, writes)
	}
}

func inheritBody(fields, known []Field) {
	for i := range fields {
		for _, k := range known {
			if k.Name == fields[i].Name {
				fields[i].From, fields[i].To = cmp.Or(fields[i].From, k.From), cmp.Or(fields[i].To, k.To)
			}
		}
	}
}

// existing returns the paths that the collection has.
func (c *Collection) existing(paths []string) []string {
	var all []string
	for _, p := range paths {
		if _, ok := c.Field(p); ok {
			all = append(all, p)
		}
	}
	return all
}

// guessTitle returns the title of records whose path has none: the usual names.
func (c *Collection) guessTitle() []string {
	all := c.existing([]string{"name.default", "name", "title", "code", "person", "date", "from"})
	if len(all) == 0 {
		all = c.existing([]string{"id"})
	}
	if len(all) == 0 && len(c.Fields) > 0 {
		all = []string{c.Fields[0].Path}
	}
	return all[:min(len(all), 3)]
}

// protect marks as personal every member that is not public, also those that only this document has.
func (c *Collection) protect() {
	if c.Public == nil {
		return
	}
	for i := range c.Fields {
		if !slices.Contains(c.Public, c.Fields[i].Name) {
			c.Fields[i].Personal = true
			inheritMarks(c.Fields[i].Fields, false, true)
		}
	}
}
