package contract

import "strings"

// nameAll gives each collection the last word of its path; those that would share it get the word before it
// too.
func nameAll(all []*Collection) {
	count := map[string]int{}
	for _, c := range all {
		c.Name = lastWords(c.Path, 1)
		count[c.Name]++
	}
	for _, c := range all {
		for n := 2; count[c.Name] > 1 && n < 10; n++ {
			longer := lastWords(c.Path, n)
			if count[longer] == 0 || longer == c.Name {
				c.Name = longer
				count[longer]++
				break
			}
		}
	}
}

func lastWords(path string, n int) string {
	var words []string
	for _, s := range parseTemplate(path) {
		if !s.param {
			words = append(words, s.text)
		}
	}
	return strings.Join(words[max(0, len(words)-n):], "-")
}

// relate sets parents, and the references that a document does not mark.
func (c *Contract) relate() {
	names := map[string]bool{}
	for _, col := range c.Collections {
		names[col.Name] = true
		for _, other := range c.Collections {
			if other.ItemPath != "" && strings.HasPrefix(col.Path, other.ItemPath+"/") {
				col.Parent = other.Name
			}
		}
	}
	for _, col := range c.Collections {
		refer(col.Fields, names)
		for _, o := range col.Operations {
			refer(o.Body, names)
		}
	}
}

// refer names the collection of references by their member: person refers to people, terminal to terminals.
func refer(fields []Field, names map[string]bool) {
	for i := range fields {
		f := &fields[i]
		if f.Ref == "" && f.Type == "object" && has(f.Fields, "id") {
			for _, name := range plurals(f.Name) {
				if names[name] {
					f.Ref = name
					break
				}
			}
		}
		refer(f.Fields, names)
	}
}

// plurals returns the names that a collection of name may have: jobCategory gives job-categories.
func plurals(name string) []string {
	var b strings.Builder
	for i, r := range name {
		if r >= 'A' && r <= 'Z' {
			if i > 0 {
				b.WriteByte('-')
			}
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	kebab := b.String()
	if stem, ok := strings.CutSuffix(kebab, "person"); ok {
		return []string{stem + "people", stem + "persons"}
	}
	if stem, ok := strings.CutSuffix(kebab, "y"); ok {
		return []string{stem + "ies", kebab + "s"}
	}
	return []string{kebab + "s"}
}
