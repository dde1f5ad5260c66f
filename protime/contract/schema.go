package contract

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// member is one property of a schema, wherever its allOf has it from.
type member struct {
	name     string
	ref      *openapi3.SchemaRef
	required bool
}

// members returns the properties of a schema in the document's order: those of its allOf first, then its own.
func members(ref *openapi3.SchemaRef, seen []*openapi3.Schema) []member {
	if ref == nil || ref.Value == nil || slices.Contains(seen, ref.Value) {
		return nil
	}
	s := ref.Value
	seen = append(seen, s)
	var all []member
	put := func(m member) {
		i := slices.IndexFunc(all, func(o member) bool { return o.name == m.name })
		if i < 0 {
			all = append(all, m)
			return
		}
		m.required = m.required || all[i].required
		all[i] = m
	}
	for _, b := range bases(s) {
		for _, m := range members(b, seen) {
			put(m)
		}
	}
	var own []member
	for name, p := range s.Properties {
		own = append(own, member{name: name, ref: p})
	}
	slices.SortFunc(own, func(a, b member) int {
		return byPlace(place(a.ref), place(b.ref), a.name, b.name)
	})
	for _, m := range own {
		put(m)
	}
	for i := range all {
		all[i].required = all[i].required || slices.Contains(s.Required, all[i].name)
	}
	return all
}

// place returns the place of a schema, or of the reference to one, in the document.
func place(ref *openapi3.SchemaRef) *openapi3.Origin {
	if ref.Ref != "" || ref.Value == nil {
		return ref.Origin
	}
	return ref.Value.Origin
}

// bases returns the schemas that s builds on: its allOf, or the first alternative that is not null.
func bases(s *openapi3.Schema) openapi3.SchemaRefs {
	if len(s.AllOf) > 0 {
		return s.AllOf
	}
	for _, alternatives := range []openapi3.SchemaRefs{s.OneOf, s.AnyOf} {
		for _, a := range alternatives {
			if a.Value != nil && !a.Value.Type.Is("null") {
				return openapi3.SchemaRefs{a}
			}
		}
	}
	return nil
}

// readFields returns the members of a record with the schema ref.
func readFields(ref *openapi3.SchemaRef) ([]Field, error) { return fieldsAt(ref, "", nil) }

func fieldsAt(ref *openapi3.SchemaRef, prefix string, seen []*openapi3.Schema) ([]Field, error) {
	if ref == nil || ref.Value == nil || slices.Contains(seen, ref.Value) {
		return nil, nil
	}
	seen = append(seen, ref.Value)
	all := members(ref, nil)
	fields := make([]Field, 0, len(all))
	for _, m := range all {
		f, err := fieldAt(m.ref, m.name, prefix+m.name, seen)
		if err != nil {
			return nil, err
		}
		f.Required = m.required
		inheritMarks(f.Fields, f.ReadOnly, f.Personal)
		fields = append(fields, f)
	}
	return fields, nil
}

// inheritMarks marks the members of a read-only or personal member as read-only or personal too.
func inheritMarks(fields []Field, readOnly, personal bool) {
	for i := range fields {
		f := &fields[i]
		f.ReadOnly, f.Personal = f.ReadOnly || readOnly, f.Personal || personal
		inheritMarks(f.Fields, f.ReadOnly, f.Personal)
	}
}

func fieldAt(ref *openapi3.SchemaRef, name, at string, seen []*openapi3.Schema) (Field, error) {
	f := Field{Name: name, Path: at}
	if ref.Value == nil {
		return f, fmt.Errorf("%s: a schema that is not there", at)
	}
	if err := describe(&f, ref.Value, 0); err != nil {
		return f, fmt.Errorf("%s: %w", at, err)
	}
	var err error
	switch f.Type {
	case "object":
		f.Fields, err = fieldsAt(ref, at+".", seen)
		f.Keyed = len(f.Fields) == 0 && keyed(ref.Value, 0)
	case "array":
		items := itemsOf(ref.Value, 0)
		if items == nil || items.Value == nil {
			return f, fmt.Errorf("%s: an array without items", at)
		}
		if slices.Contains(seen, items.Value) {
			return f, nil
		}
		element, elementErr := fieldAt(items, name, at+"[]", seen)
		if err = elementErr; err != nil {
			return f, err
		}
		if element.Type == "object" {
			f.Fields, f.Ref = element.Fields, cmp.Or(f.Ref, element.Ref)
			break
		}
		f.Item = &element
	}
	return f, err
}

// maxDepth ends the search through schemas that build on themselves.
const maxDepth = 16

func keyed(s *openapi3.Schema, depth int) bool {
	if s.AdditionalProperties.Schema != nil {
		return true
	}
	for _, b := range bases(s) {
		if depth < maxDepth && b.Value != nil && keyed(b.Value, depth+1) {
			return true
		}
	}
	return false
}

func itemsOf(s *openapi3.Schema, depth int) *openapi3.SchemaRef {
	if s.Items != nil {
		return s.Items
	}
	for _, b := range bases(s) {
		if depth < maxDepth && b.Value != nil {
			if items := itemsOf(b.Value, depth+1); items != nil {
				return items
			}
		}
	}
	return nil
}

// describe sets the fields of f from s, and from the schemas that s builds on where s itself does not set them.
func describe(f *Field, s *openapi3.Schema, depth int) error {
	for _, b := range bases(s) {
		if b.Value == nil || depth > maxDepth {
			continue
		}
		if err := describe(f, b.Value, depth+1); err != nil {
			return err
		}
	}
	for _, a := range s.AnyOf {
		f.MayBeEmpty = f.MayBeEmpty || a.Value != nil && a.Value.MaxLength != nil && *a.Value.MaxLength == 0
	}
	t, null := typeOf(s)
	if t != "" {
		f.Type, f.Nullable = t, s.Nullable || null
	}
	if depth == 0 && f.Type == "" {
		f.Type = "object"
	}
	f.Nullable = f.Nullable || s.Nullable
	f.ReadOnly = f.ReadOnly || s.ReadOnly
	f.Format, f.Description = cmp.Or(s.Format, f.Format), cmp.Or(s.Description, f.Description)
	if s.Min != nil {
		f.Minimum = s.Min
	}
	if s.Max != nil {
		f.Maximum = s.Max
	}
	if s.MaxLength != nil {
		f.MaxLength = int(min(*s.MaxLength, 1<<31-1))
	}
	if len(s.Enum) > 0 {
		f.Enum = nil
	}
	for _, v := range s.Enum {
		if v != nil {
			f.Enum = append(f.Enum, fmt.Sprint(v))
		}
	}
	return extend(f, s.Extensions)
}

// extend sets the fields of f from the x- members.
func extend(f *Field, all map[string]any) error {
	var when map[string][]string
	for name, v := range map[string]any{
		"x-collection": &f.Ref, "x-when": &when, "x-create-only": &f.CreateOnly, "x-forces-day": &f.ForcesDay,
		"x-needed": &f.Needed, "x-from": &f.From, "x-to": &f.To, "x-personal": &f.Personal,
		"x-inferred": &f.Inferred, "x-widget": &f.Widget,
	} {
		if err := extension(all, name, v); err != nil {
			return err
		}
	}
	if when != nil {
		f.When = when
	}
	return nil
}

// typeOf returns the type of a value, "" when s has none, and whether null is one of its types.
func typeOf(s *openapi3.Schema) (string, bool) {
	name, null := "", false
	for _, t := range s.Type.Slice() {
		if t == "null" {
			null = true
			continue
		}
		name = cmp.Or(name, t)
	}
	if name == "" && len(s.Properties) > 0 {
		name = "object"
	}
	if name == "" && len(s.Enum) > 0 {
		name = "string"
	}
	return name, null
}
