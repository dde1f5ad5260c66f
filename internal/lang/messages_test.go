package lang_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"protime-admin/internal/form"
	"protime-admin/internal/lang"
	"protime-admin/protime/contract"
)

func embedded(t *testing.T) *contract.Contract {
	t.Helper()
	c, err := contract.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEveryLanguageHasEveryMessageWithTheSamePlaceholders(t *testing.T) {
	c := load(t)
	fallback := lang.Messages(c.Printer(lang.Fallback))
	for _, tag := range c.Languages() {
		messages := lang.Messages(c.Printer(tag))
		for _, key := range slices.Sorted(maps.Keys(fallback)) {
			translated, ok := messages[key]
			if !ok {
				t.Errorf("%s lacks %q", tag, key)
				continue
			}
			if got, want := translated.Placeholders, fallback[key].Placeholders; !isCalendar(key) && got != want {
				t.Errorf("%s: %q has the placeholders %q, want %q", tag, key, got, want)
			}
			if got, want := translated.Plural, fallback[key].Plural; got != want {
				t.Errorf("%s: %q has plural forms: %v, want %v", tag, key, got, want)
			}
		}
		for _, key := range slices.Sorted(maps.Keys(messages)) {
			if _, ok := fallback[key]; !ok {
				t.Errorf("%s has %q, which %s lacks", tag, key, lang.Fallback)
			}
		}
	}
}

// isCalendar says that languages build a text from different pieces, as dates are.
func isCalendar(key string) bool {
	return key == "format.date" || key == "format.day" || key == "format.shortday" || key == "format.longday"
}

func TestNoMessageHasBlanksAtItsEdges(t *testing.T) {
	c := load(t)
	for _, tag := range c.Languages() {
		for key, m := range lang.Messages(c.Printer(tag)) {
			for _, text := range m.Texts {
				if text != strings.TrimSpace(text) && key != "format.group" {
					t.Errorf("%s: %q begins or ends with a blank: %q", tag, key, text)
				}
				if strings.Contains(text, "  ") || strings.ContainsAny(text, "<>\n\t") {
					t.Errorf("%s: %q holds markup or doubled blanks: %q", tag, key, text)
				}
			}
		}
	}
}

// Every label that a page derives from the contract has words of its own; the humanised name is for a tenant's own
// document only.
func TestEveryLabelOfTheContractHasAMessage(t *testing.T) {
	c := load(t)
	for _, tag := range c.Languages() {
		p := c.Printer(tag)
		for _, collection := range embedded(t).Collections {
			for _, key := range []string{"collection." + collection.Name, "collection." + collection.Name + ".one"} {
				if !p.Has(key) {
					t.Errorf("%s: no message %q", tag, key)
				}
			}
			for _, path := range labelled(collection) {
				if !slices.ContainsFunc(form.LabelKeys(collection.Name, path), p.Has) {
					t.Errorf("%s: no label for %s of %s", tag, path, collection.Name)
				}
			}
			for _, value := range values(collection) {
				if !p.Has("value." + value) {
					t.Errorf("%s: no message %q, for %s", tag, "value."+value, collection.Name)
				}
			}
		}
	}
}

// labelled are the paths that a collection's pages have labels for: every field that may be shown, of a record, of a
// body of its own and of an answer that is shown once, and what filters compare. What a reference is made of has no
// label; the elements of plain arrays and of freely named members end in [] and .*.
func labelled(c *contract.Collection) []string {
	paths := slices.Clone(c.Secret)
	eachField(c, func(f contract.Field) {
		paths = append(paths, f.Path)
		switch {
		case f.Keyed:
			paths = append(paths, f.Path+".*")
		case f.Type == "array" && (len(f.Fields) == 0 || isReference(f)):
			paths = append(paths, f.Path+"[]")
		}
	})
	for _, filter := range c.Filters {
		paths = append(paths, filter.Field)
	}
	return paths
}

// values are the <field>.<value> of a collection's enumerations.
func values(c *contract.Collection) []string {
	var all []string
	add := func(name string, enum []string) {
		for _, value := range enum {
			all = append(all, name+"."+value)
		}
	}
	eachField(c, func(f contract.Field) {
		add(f.Name, f.Enum)
		if f.Item != nil {
			add(f.Name, f.Item.Enum)
		}
	})
	for _, filter := range c.Filters {
		add(filter.Field, filter.Enum)
	}
	return all
}

func eachField(c *contract.Collection, visit func(contract.Field)) {
	var walk func([]contract.Field)
	walk = func(fields []contract.Field) {
		for _, f := range fields {
			if f.Personal || len(c.Public) > 0 && !strings.ContainsAny(f.Path, ".[") && !slices.Contains(c.Public, f.Path) {
				continue
			}
			visit(f)
			if f.Ref == "" && !isReference(f) {
				walk(f.Fields)
			}
		}
	}
	walk(c.Fields)
	for _, operation := range c.Operations {
		walk(operation.Body)
	}
}

// isReference says that a field's members do nothing but name another record.
func isReference(f contract.Field) bool {
	id := false
	for _, member := range f.Fields {
		if member.Name != "id" && member.Name != "externalReferences" {
			return false
		}
		id = id || member.Name == "id"
	}
	return id
}
