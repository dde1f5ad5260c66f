package contract

import (
	"fmt"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// fields reads the fields of a record from the schema of GET of one record, else from that of the list's rows, else from
// the body of POST. A body with a schema of its own is merged into them; where rows are written with other members than
// they are read with, it stays with its operation.
func (l *loader) fields(c *Collection, list path, item *path) error {
	var record, rows *openapi3.SchemaRef
	if get := list.item.Get; get != nil {
		rows, c.Rows = rowsOf(okSchema(get), c)
		record = rows
	}
	if item != nil && item.item.Get != nil {
		record = okSchema(item.item.Get)
	}
	if record == nil {
		record = rows
	}
	post, put, del := list.item.Post, list.item.Put, list.item.Delete
	if item != nil {
		put, del = item.item.Put, nil
	}
	if record == nil {
		record = bodySchema(post)
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

// rowBodies sets the Body of the operations whose body differs from the rows.
func (l *loader) rowBodies(c *Collection, row *openapi3.SchemaRef, all map[Verb]*openapi3.Operation) error {
	for verb, o := range all {
		b := bodySchema(o)
		if b == nil || b.Value == nil || same(b, row) {
			continue
		}
		if b.Value.Type.Is("array") {
			c.ReplacesRows = c.ReplacesRows || verb == Replace
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

// bodies merges the schemas of requests into the record: their members come first and are writable, the others are
// read-only.
func (l *loader) bodies(c *Collection, record *openapi3.SchemaRef, operations ...*openapi3.Operation) error {
	var written []Field
	writes, shared := false, false
	for _, o := range operations {
		b := bodySchema(o)
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
			inheritMarks(c.Fields[i].Fields, true, false)
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

// okSchema returns the JSON schema of an operation's 200, nil when there is none.
func okSchema(o *openapi3.Operation) *openapi3.SchemaRef {
	r := o.Responses.Value("200")
	if r == nil || r.Value == nil {
		return nil
	}
	return jsonSchema(r.Value.Content)
}

// bodySchema returns the JSON schema of an operation's request, nil when there is none.
func bodySchema(o *openapi3.Operation) *openapi3.SchemaRef {
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

// rowsOf returns the schema of one row of a list's answer, and the member that holds the rows where that is not `value`.
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
