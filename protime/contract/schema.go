package contract

import (
	"fmt"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// fields reads what a record looks like: as GET of one record shows it, else as the list's rows do, else as POST takes
// it. A body with a schema of its own is worked in, or kept apart where rows are written with other members than read.
func (l *loader) fields(c *Collection, list path, item *path) error {
	var record, rows *openapi3.SchemaRef
	if get := list.item.Get; get != nil {
		record, rows = answer(get), nil
		record, c.Rows = rowsOf(record, c)
		rows = record
	}
	if item != nil && item.item.Get != nil {
		record = answer(item.item.Get)
	}
	if record == nil {
		record = rows
	}
	post, put, del := list.item.Post, list.item.Put, list.item.Delete
	if item != nil {
		put, del = item.item.Put, nil
	}
	if record == nil {
		record = body(post)
	}
	if record == nil || record.Value == nil {
		return fmt.Errorf("no operation has a JSON schema of a record")
	}
	c.Description = record.Value.Description
	var err error
	if c.Fields, err = readFields(record); err != nil {
		return err
	}
	if c.Inferred == "" {
		c.Inferred = stringExtension(record.Value.Extensions, "x-inferred")
	}
	if c.Rows != "" {
		return l.rowBodies(c, record, map[Verb]*openapi3.Operation{Create: post, Replace: put, Delete: del})
	}
	return l.bodies(c, record, post, put)
}

// rowBodies keeps the bodies that differ from the rows beside their operations.
func (l *loader) rowBodies(c *Collection, row *openapi3.SchemaRef, all map[Verb]*openapi3.Operation) error {
	for verb, o := range all {
		b := body(o)
		if b == nil || b.Value == nil || same(b, row) {
			continue
		}
		if b.Value.Type.Is("array") {
			c.Whole = c.Whole || verb == Replace
			continue
		}
		fields, err := readFields(b)
		if err != nil {
			return err
		}
		c.Operations[verb].Body = fields
	}
	return nil
}

// bodies works schemas of requests into the record: their members come first and can be written, the others cannot.
func (l *loader) bodies(c *Collection, record *openapi3.SchemaRef, operations ...*openapi3.Operation) error {
	var written []Field
	writes, shared := false, false
	for _, o := range operations {
		b := body(o)
		if b == nil || b.Value == nil {
			continue
		}
		writes = true
		if same(b, record) {
			shared = true
			continue
		}
		fields, err := readFields(b)
		if err != nil {
			return err
		}
		for _, f := range fields {
			if !has(written, f.Name) {
				written = append(written, f)
			}
		}
	}
	for i := range c.Fields {
		if !writes || !shared && !has(written, c.Fields[i].Name) {
			c.Fields[i].ReadOnly = true
		}
	}
	if shared || !writes {
		return nil
	}
	for _, f := range c.Fields {
		if !has(written, f.Name) {
			written = append(written, f)
		}
	}
	c.Fields = written
	return nil
}

func has(fields []Field, name string) bool {
	return slices.ContainsFunc(fields, func(f Field) bool { return f.Name == name })
}

func same(a, b *openapi3.SchemaRef) bool {
	return a.Ref != "" && a.Ref == b.Ref || a.Value == b.Value
}

// answer is the JSON schema of an operation's 200.
func answer(o *openapi3.Operation) *openapi3.SchemaRef {
	r := o.Responses.Value("200")
	if r == nil || r.Value == nil {
		return nil
	}
	return jsonSchema(r.Value.Content)
}

// body is the JSON schema of an operation's request, nil when there is none.
func body(o *openapi3.Operation) *openapi3.SchemaRef {
	if o == nil || o.RequestBody == nil || o.RequestBody.Value == nil {
		return nil
	}
	return jsonSchema(o.RequestBody.Value.Content)
}

func jsonSchema(content openapi3.Content) *openapi3.SchemaRef {
	if m := content["application/json"]; m != nil {
		return m.Schema
	}
	for name, m := range content {
		if strings.Contains(name, "json") && m != nil {
			return m.Schema
		}
	}
	return nil
}

// rowsOf is the schema of one row of a list's answer, and the member that holds the rows where that is not `value`.
func rowsOf(list *openapi3.SchemaRef, c *Collection) (*openapi3.SchemaRef, string) {
	if list == nil || list.Value == nil {
		return nil, c.Rows
	}
	if list.Value.Type.Is("array") {
		return list.Value.Items, ""
	}
	word := lastWords(c.Path, 1)
	for _, name := range []string{c.Rows, "value", word} {
		for _, m := range members(list, nil) {
			if m.name != name || m.ref.Value == nil || !m.ref.Value.Type.Is("array") {
				continue
			}
			if name == "value" {
				name = ""
			}
			return m.ref.Value.Items, name
		}
	}
	return nil, c.Rows
}

// member is one property of a schema, wherever its allOf has it from.
type member struct {
	name     string
	ref      *openapi3.SchemaRef
	required bool
}

// members are the properties of a schema in the document's order: those of its allOf first, then its own.
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

// place is where a schema, or the reference to one, stands.
func place(ref *openapi3.SchemaRef) *openapi3.Origin {
	if ref.Ref != "" || ref.Value == nil {
		return ref.Origin
	}
	return ref.Value.Origin
}

// bases are the schemas that s builds on: its allOf, or the first alternative that is not null.
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

// readFields are the members of a record with the schema ref.
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
		fields = append(fields, f)
	}
	return fields, nil
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
			f.Fields, f.Ref = element.Fields, first(f.Ref, element.Ref)
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

// describe puts what s says of a value into f; what s builds on counts where s itself says nothing.
func describe(f *Field, s *openapi3.Schema, depth int) error {
	for _, b := range bases(s) {
		if b.Value == nil || depth > maxDepth {
			continue
		}
		if err := describe(f, b.Value, depth+1); err != nil {
			return err
		}
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
	f.Format, f.Description = first(s.Format, f.Format), first(s.Description, f.Description)
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

// extend puts our own members into f.
func extend(f *Field, all map[string]any) error {
	var when map[string][]string
	for name, v := range map[string]any{
		"x-collection": &f.Ref, "x-when": &when, "x-create-only": &f.CreateOnly, "x-from": &f.From, "x-to": &f.To,
		"x-personal": &f.Personal, "x-inferred": &f.Inferred, "x-widget": &f.Widget,
	} {
		if _, err := extension(all, name, v); err != nil {
			return err
		}
	}
	if when != nil {
		f.When = when
	}
	return nil
}

// typeOf is the type of a value, and whether null is one of its types; "" when s does not say.
func typeOf(s *openapi3.Schema) (string, bool) {
	name, null := "", false
	for _, t := range s.Type.Slice() {
		if t == "null" {
			null = true
			continue
		}
		name = first(name, t)
	}
	if name == "" && len(s.Properties) > 0 {
		name = "object"
	}
	if name == "" && len(s.Enum) > 0 {
		name = "string"
	}
	return name, null
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
