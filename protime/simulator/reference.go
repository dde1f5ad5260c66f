package simulator

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"protime-admin/protime/contract"
)

// reference is one external reference of one collection: (people,@badge-number).
type reference struct {
	collection string
	name       string
}

// predefined returns the field behind a read-only reference (reference/external-references), "" for a custom one.
func predefined(name string) string {
	return map[string]string{
		"@absence-code": "code", "@counter-code": "code", "@shift-code": "code",
		"@badge-number": "badgeNumber", "@employee-number": "employeeNumber", "@external-code": "externalCode",
		"@data-entry-code": "dataEntryCode", "@external-reference": "externalReference",
	}[name]
}

func (t *Tenant) refer(ref reference, value, id string) {
	if t.references == nil {
		t.references = make(map[reference]map[string]string)
	}
	if t.references[ref] == nil {
		t.references[ref] = make(map[string]string)
	}
	t.references[ref][value] = id
}

// parseReferences reads the query parameter: ({collection},{reference})({collection},{reference})... The text
// is the reason why it is refused, "" where it is not.
func (t *Tenant) parseReferences(source string) ([]reference, string) {
	var found []reference
	for rest := strings.TrimSpace(source); rest != ""; {
		pair := pairs.FindStringSubmatch(rest)
		if pair == nil {
			return nil, "externalReferences is malformed: write (collection,reference)."
		}
		ref := reference{strings.TrimSpace(pair[1]), strings.TrimSpace(pair[2])}
		if reason := t.checkReference(ref); reason != "" {
			return nil, reason
		}
		found = append(found, ref)
		rest = rest[len(pair[0]):]
	}
	return found, ""
}

var pairs = regexp.MustCompile(`^\(([^,()]+),([^,()]+)\)[ ,]*`)

// checkReference refuses a collection without references, or a predefined one that it does not have.
func (t *Tenant) checkReference(ref reference) string {
	found, listed := t.contract.Collection(ref.collection)
	known := listed && found.Referable
	if strings.HasPrefix(ref.name, "@") {
		known = listed && slices.Contains(found.Predefined, ref.name)
	}
	if !known {
		return fmt.Sprintf("The external reference '%s' is not supported by '%s'.", ref.name, ref.collection)
	}
	return ""
}

// referred finds the record that a reference's value stands for; parent narrows activity definitions to one
// level.
func (t *Tenant) referred(ref reference, value, parent string) *row {
	field := predefined(ref.name)
	if field == "" {
		return t.lookup(ref.collection, t.references[ref][value])
	}
	for _, r := range t.rowsOf(ref.collection, 0) {
		if text(parseMember(r.raw, field)) == value && (parent == "" || parent == r.parent) {
			return r
		}
	}
	return nil
}

// valueOf returns the value of a reference for a record, "" when it has none.
func (t *Tenant) valueOf(ref reference, id string) string {
	if r := t.lookup(ref.collection, id); r != nil && predefined(ref.name) != "" {
		return text(parseMember(r.raw, predefined(ref.name)))
	}
	for value, of := range t.references[ref] {
		if of == id {
			return value
		}
	}
	return ""
}

// eachObject rewrites a value of a field: rewrite gets every object in it, the inner ones first, with the field
// that it is the value of.
func eachObject(field contract.Field, raw string, rewrite func(contract.Field, object) object) string {
	switch raw[0] {
	case '[':
		var parts []string
		for _, element := range members(raw) {
			parts = append(parts, eachObject(field, element, rewrite))
		}
		return "[" + strings.Join(parts, ",") + "]"
	case '{':
		o := parseObject(raw)
		for i, m := range o {
			if inner := fieldOf(field.Fields, m.name); inner != nil && (inner.Ref != "" || len(inner.Fields) > 0) {
				o[i].value = eachObject(*inner, m.value, rewrite)
			}
		}
		return rewrite(field, o).String()
	}
	return raw
}

// withReferences adds externalReferences to every object of a record that refers to one of the collections
// asked for, and to the record itself when it is of that collection.
func (t *Tenant) withReferences(c *call, raw string) string {
	if len(c.references) == 0 {
		return raw
	}
	record := contract.Field{Ref: c.collection.Name, Fields: c.collection.Fields}
	return eachObject(record, raw, func(field contract.Field, o object) object {
		var added object
		for _, ref := range c.references {
			if id := text(o.at("id")); ref.collection == field.Ref && id != "" {
				if value := t.valueOf(ref, id); value != "" {
					added.set(ref.name, quote(value))
				}
			}
		}
		if len(added) > 0 {
			o.set("externalReferences", added.String())
		}
		return o
	})
}

// resolver rewrites the objects of a body: it replaces {"externalReferences": {...}} by {"id": ...} and refuses
// references to records that do not exist. A collection without any record cannot tell, so every id of it passes.
func (t *Tenant) resolver(f *findings) func(contract.Field, object) object {
	return func(field contract.Field, o object) object {
		if field.Ref == "" || field.ReadOnly {
			return o
		}
		if given := o.at("externalReferences"); given != "" && !o.has("id") {
			found := t.resolved(f, field, given)
			if found == nil {
				return o
			}
			o.remove("externalReferences")
			return slices.Insert(o, 0, member{"id", idValue(found.id)})
		}
		if id := text(o.at("id")); id != "" && len(t.rowsOf(field.Ref, 0)) > 0 && t.lookup(field.Ref, id) == nil {
			f.refuse("%s: the record %s of %s does not exist.", field.Path, id, field.Ref)
		}
		return o
	}
}

// resolved returns the record that the first of some external references names.
func (t *Tenant) resolved(f *findings, field contract.Field, given string) *row {
	for name, value := range members(given) {
		ref := reference{field.Ref, name}
		if reason := t.checkReference(ref); reason != "" {
			f.refuse("%s", reason)
			return nil
		}
		found := t.referred(ref, text(value), "")
		if found == nil {
			f.refuse("%s: no record of %s has %s %s.", field.Path, field.Ref, name, value)
		}
		return found
	}
	f.refuse("%s: externalReferences is empty.", field.Path)
	return nil
}

// addressed finds the record that a path parameter names: by id, or by the external reference that the query
// parameter gives for the collection. The answer is the refusal when there is none: 400 for a value that can be
// no id where the path takes references (how-to/use-external-references), else 404.
func (t *Tenant) addressed(c *call, collection, value, parent string) (*row, answer) {
	for _, ref := range c.references {
		if ref.collection == collection {
			if found := t.referred(ref, value, parent); found != nil {
				return found, answer{}
			}
			return nil, notFound("The record of " + collection + " with " + ref.name + " " + value)
		}
	}
	found := t.lookup(collection, value)
	if found == nil && collection == activityDefinitions {
		found = t.lookup(collection, strings.ToLower(value))
	}
	if found != nil && (parent == "" || found.parent == parent) {
		return found, answer{}
	}
	_, notNumber := strconv.Atoi(value)
	// Only parameters that take external references are named "...Reference".
	if notNumber != nil && !guid.MatchString(value) && strings.Contains(strings.ToLower(c.operation.Path), "reference}") {
		return nil, refused("'" + value + "' is no id; name its external reference in externalReferences.")
	}
	return nil, notFound("The record " + value + " of " + collection)
}
