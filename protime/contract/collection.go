package contract

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// index computes names, paths and templates, once, when the contract is complete.
func (c *Contract) index() {
	c.byName = make(map[string]*Collection, len(c.Collections))
	c.root = &node{}
	for _, col := range c.Collections {
		c.byName[col.Name] = col
		col.index()
		c.root.add(col.list).list = col
		if col.HasItem() {
			c.root.add(col.item).item = col
		}
	}
}

func (c *Collection) index() {
	c.list = parseTemplate(c.Path)
	switch {
	case c.ItemPath != "":
		c.item = parseTemplate(c.ItemPath)
	case len(c.Key) > 0:
		c.item = append(slices.Clone(c.list), segment{text: "row", param: true})
	}
	for _, o := range c.Operations {
		o.path = parseTemplate(o.Path)
	}
	c.byPath = map[string]*Field{}
	indexFields(c.byPath, c.Fields)
	c.writable, c.readOnly = nil, nil
	for _, f := range c.Fields {
		if f.ReadOnly {
			c.readOnly = append(c.readOnly, f)
			continue
		}
		c.writable = append(c.writable, f)
	}
}

func indexFields(byPath map[string]*Field, fields []Field) {
	for i := range fields {
		byPath[fields[i].Path] = &fields[i]
		indexFields(byPath, fields[i].Fields)
		if fields[i].Item != nil {
			byPath[fields[i].Item.Path] = fields[i].Item
		}
	}
}

// Collection returns a collection by its name.
func (c *Contract) Collection(name string) (*Collection, bool) {
	col, ok := c.byName[name]
	return col, ok
}

// Scopes returns all scopes that the document names, sorted, with those of its security schemes that no operation needs.
// The caller must not change the slice.
func (c *Contract) Scopes() []string { return c.AllScopes }

// ScopesFor returns the scopes of a caller that reads every collection and changes those that writable names, sorted.
// Collections that no page documents count where assumed names them. Of alternative scopes the first is added, and none
// where one of them is needed anyway.
func (c *Contract) ScopesFor(writable, assumed []string) []string {
	var needed, choices [][][]string
	for _, col := range c.Collections {
		if !col.On(assumed) {
			continue
		}
		for verb, o := range col.Operations {
			switch {
			case verb != List && verb != Read && !slices.Contains(writable, col.Name), len(o.Scopes) == 0:
			case len(o.Scopes) == 1:
				needed = append(needed, o.Scopes)
			default:
				choices = append(choices, o.Scopes)
			}
		}
	}
	all := map[string]bool{}
	for _, alternatives := range slices.Concat(needed, choices) {
		held := slices.ContainsFunc(alternatives, func(together []string) bool {
			return !slices.ContainsFunc(together, func(scope string) bool { return !all[scope] })
		})
		if held {
			continue
		}
		for _, scope := range alternatives[0] {
			all[scope] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// On reports whether the collection may be called: a page documents it, or assumed names it.
func (c *Collection) On(assumed []string) bool {
	return !c.Assumed || slices.Contains(assumed, c.Name)
}

// HasItem reports whether one record has a path of its own, so that ItemURL may be called: the API has one, or the record
// is a row with a Key, whose page has one. Offers(Read) reports whether the API returns one record.
func (c *Collection) HasItem() bool { return len(c.item) > 0 || c.ItemPath != "" || len(c.Key) > 0 }

// Offers reports whether the API has the verb for the collection.
func (c *Collection) Offers(v Verb) bool { return c.Operations[v] != nil }

// Field returns a member by its path: "person.id", "activityLevels[].level". The path of the elements of an array of plain
// values is "allowedDurations[]".
func (c *Collection) Field(path string) (Field, bool) {
	f, ok := c.byPath[path]
	if !ok {
		return Field{}, false
	}
	return *f, true
}

// Writable returns the members that POST and PUT take, in the document's order. The caller must not change the slice.
func (c *Collection) Writable() []Field { return c.writable }

// ReadOnly returns the members that only the API sets, in the document's order. The caller must not change the slice.
func (c *Collection) ReadOnly() []Field { return c.readOnly }

// Filter returns a filter by its name.
func (c *Collection) Filter(name string) (Filter, bool) {
	i := slices.IndexFunc(c.Filters, func(f Filter) bool { return f.Name == name })
	if i < 0 {
		return Filter{}, false
	}
	return c.Filters[i], true
}

// TooWide reports whether a range of days, YYYY-MM-DD, is longer than the list takes. Whether the same day a year later
// is within it is not published, so that day is allowed.
func (f Filter) TooWide(from, until string) bool {
	start, startErr := time.Parse(time.DateOnly, from)
	end, endErr := time.Parse(time.DateOnly, until)
	return f.MaxYears > 0 && startErr == nil && endErr == nil && end.After(start.AddDate(f.MaxYears, 0, 0))
}

// ReadScopes returns the alternatives of scopes that reading needs; nil when none is known to be needed.
func (c *Collection) ReadScopes() [][]string { return c.scopes(List, Read) }

// WriteScopes returns the alternatives of scopes that changing needs; nil when nothing can be changed.
func (c *Collection) WriteScopes() [][]string { return c.scopes(Create, Replace, Delete) }

func (c *Collection) scopes(verbs ...Verb) [][]string {
	for _, v := range verbs {
		if o := c.Operations[v]; o != nil {
			return o.Scopes
		}
	}
	return nil
}

// IsPublic reports whether a member of a record, known or not, may be read. path is that of the member or of one inside
// it.
func (c *Collection) IsPublic(path string) bool {
	if c.Public == nil {
		return true
	}
	if i := strings.IndexAny(path, ".["); i >= 0 {
		path = path[:i]
	}
	return slices.Contains(c.Public, path)
}
