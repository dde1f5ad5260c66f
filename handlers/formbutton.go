package handlers

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"protime-admin/internal/form"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// Buttons beside Save, and where the one that goes on leads.
const (
	inputPreview = "preview"
	inputDay     = "day"  // by how many days the date moves
	inputThen    = "then" // "next": after saving, on to the next person
	inputNext    = "next" // path of that page, where it is known
)

// isDraft reports whether the button that was pressed sends nothing to Protime.
func (f *formRequest) isDraft() bool {
	return slices.ContainsFunc([]string{form.InputAdd, form.InputRemove, inputPreview, inputDay}, func(button string) bool {
		return f.values.Get(button) != ""
	})
}

// redraws reports whether the button that was pressed only changes what the form shows.
func (f *formRequest) redraws() bool {
	typed := f.submission()
	return typed.Add+typed.Remove+f.values.Get(inputDay) != ""
}

// next is the page to go on to after saving, "" where the form goes back: a new record is followed by one of another
// person with the same values.
func (f *formRequest) next() string {
	if f.values.Get(inputThen) != "next" {
		return ""
	}
	if !f.addsForPeople() {
		return f.nextPath()
	}
	inputs := f.submission().Query(f.plan, protime.Record{})
	for _, field := range f.c.Writable() {
		if field.Ref == "people" || field.Type == "object" && field.Ref == "" {
			maps.DeleteFunc(inputs, func(name string, _ []string) bool { return strings.HasPrefix(name, field.Name+".") })
		}
	}
	return newLink(f.c, f.params, inputs, f.back())
}

// nextPath is the page of the next person where the page that the form was opened from named one, else "".
func (f *formRequest) nextPath() string {
	return f.x.safe(cmp.Or(f.values.Get(inputNext), f.x.address().Query().Get(inputNext)))
}

// addsForPeople reports whether the form adds a record of a person who is chosen first of all.
func (f *formRequest) addsForPeople() bool {
	return f.verb == contract.Create && len(f.c.First) > 0 && slices.ContainsFunc(f.c.Writable(), func(field contract.Field) bool {
		return field.Name == f.c.First[0] && field.Ref == "people"
	})
}
