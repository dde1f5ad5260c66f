package handlers

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"protime-admin/internal/batch"
	"protime-admin/internal/dryrun"
	"protime-admin/internal/field"
	"protime-admin/internal/form"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// storedPreset are the values that every row has, as they were kept or as a new record begins with.
func storedPreset(d draft) url.Values {
	values := url.Values{}
	if d.Operation == batch.Create {
		for name, value := range d.c.Preset {
			values.Set(name, value)
		}
	}
	for name, value := range d.Preset {
		values.Set(name, value)
	}
	return values
}

// presetForm are the inputs that every row can have and that no column gives.
func (x *exchange) presetForm(d draft, values url.Values) *views.Form {
	if d.Operation == batch.Delete {
		return &views.Form{}
	}
	given := map[string]bool{}
	for _, column := range d.Columns {
		name, _, _ := strings.Cut(column.Input, "~")
		given[name] = true
	}
	plan := x.s.plan(d.c, dryrun.VerbOf(d.Operation))
	f := &views.Form{State: plan.New(x.request().Context(), values, x.finder(), x.words.Today)}
	f.State.Cells = slices.DeleteFunc(f.State.Cells, func(c form.Cell) bool { return given[c.Name] || !isPlain(c.Input.Kind) })
	group := views.FormGroup{}
	for i := range f.State.Cells {
		group.Cells = append(group.Cells, &f.State.Cells[i])
	}
	f.Groups = []views.FormGroup{group}
	return f
}

// presetText says what every row has.
func (x *exchange) presetText(d draft) string {
	preset := storedPreset(d)
	var said []string
	for _, name := range slices.Sorted(maps.Keys(preset)) {
		if text := x.presetValue(d.c, name, preset.Get(name)); text != "" {
			said = append(said, text)
		}
	}
	return strings.Join(said, ", ")
}

// presetValue is one value that every row has, with its label: "Kind In or out".
func (x *exchange) presetValue(c *contract.Collection, path, typed string) string {
	f, ok := c.Field(strings.TrimSuffix(path, ".id"))
	if !ok {
		return ""
	}
	text := typed
	switch field.For(f) {
	case field.Choice:
		text = x.words.Printer.Value(f.Name, typed)
	case field.Reference:
		if hit, known := x.finder().Label(f.Ref, typed); known {
			text = hit.Label
		}
	}
	return x.words.Label(c, f) + " " + text
}

// postedPreset is what every row has as the form says; ok is false where a value cannot be read or has to be chosen.
func (x *exchange) postedPreset(d draft) (preset map[string]string, ok bool) {
	preset, ok = map[string]string{}, true
	for _, cell := range x.presetForm(d, d.values).State.Cells {
		ok = ok && cell.Problem == nil
		if cell.Typed.Text == "" {
			continue
		}
		preset[cell.Name] = cell.Typed.Text
		if cell.Typed.Day != "" && cell.Typed.Day != "0" {
			preset[cell.Name+form.SuffixDay] = cell.Typed.Day
		}
	}
	return preset, ok
}
