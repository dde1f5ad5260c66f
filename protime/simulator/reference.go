package simulator

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"protime-admin/protime/contract"
)

// reference is one external reference of one collection: (people,@badge-number).
type reference struct {
	collection string
	name       string
}

// predefined are the fields behind the read-only references (reference/external-references).
func predefined(name string) string {
	switch name {
	case "@absence-code", "@counter-code", "@shift-code":
		return "code"
	case "@data-entry-code":
		return "dataEntryCode"
	case "@external-reference":
		return "externalReference"
	case "@badge-number":
		return "badgeNumber"
	case "@employee-number":
		return "employeeNumber"
	case "@external-code":
		return "externalCode"
	}
	return ""
}

// Refer is a back door: it gives a record a custom external reference.
func (t *Tenant) Refer(collection, name, value, id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.refer(reference{collection, name}, value, id)
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

// parseReferences reads the query parameter: ({collection},{reference})({collection},{reference})...
func (t *Tenant) parseReferences(source string) ([]reference, string) {
	var found []reference
	for rest := strings.TrimSpace(source); rest != ""; {
		inside, after, ok := strings.Cut(strings.TrimPrefix(rest, "("), ")")
		name, value, both := strings.Cut(inside, ",")
		if rest[0] != '(' || !ok || !both {
			return nil, "externalReferences is malformed: write (collection,reference)."
		}
		ref := reference{strings.TrimSpace(name), strings.TrimSpace(value)}
		if reason := t.checkReference(ref); reason != "" {
			return nil, reason
		}
		found = append(found, ref)
		rest = strings.TrimLeft(after, " ,")
	}
	return found, ""
}

// checkReference refuses a collection without references, or a predefined one that it does not have.
func (t *Tenant) checkReference(ref reference) string {
	found, listed := t.contract.Collection(ref.collection)
	if !listed && ref.collection != "circles" && ref.collection != "groups" {
		return fmt.Sprintf("The collection '%s' has no external references.", ref.collection)
	}
	known := !listed || found.Referable // circles and groups have custom ones only
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
	found := t.tables[ref.collection]
	if found == nil {
		return nil
	}
	for _, r := range found.rows {
		if text(parseMember(r.raw, field)) == value && (parent == "" || parent == r.parent) {
			return r
		}
	}
	return nil
}

// valueOf is the value of a reference for a record, "" when it has none.
func (t *Tenant) valueOf(ref reference, id string) string {
	if field := predefined(ref.name); field != "" {
		if r := t.lookup(ref.collection, id); r != nil {
			return text(parseMember(r.raw, field))
		}
		return ""
	}
	for value, of := range t.references[ref] {
		if of == id {
			return value
		}
	}
	return ""
}

// decorate adds externalReferences to every object of a record that refers to one of the collections asked
// for, and to the record itself when it is of that collection.
func (t *Tenant) decorate(c *call, raw string) string {
	if len(c.references) == 0 {
		return raw
	}
	record := parseObject(t.decorateFields(c, c.collection.Fields, raw))
	t.addReferences(c, c.collection.Name, &record)
	return record.String()
}

func (t *Tenant) decorateFields(c *call, fields []contract.Field, raw string) string {
	o := parseObject(raw)
	for i, m := range o {
		at := slices.IndexFunc(fields, func(f contract.Field) bool { return f.Name == m.name })
		if at < 0 || len(fields[at].Fields) == 0 {
			continue
		}
		o[i].value = t.decorateValue(c, fields[at], m.value)
	}
	return o.String()
}

func (t *Tenant) decorateValue(c *call, field contract.Field, raw string) string {
	switch raw[0] {
	case '[':
		var parts []string
		for element := range elements(raw) {
			parts = append(parts, t.decorateValue(c, field, element))
		}
		return "[" + strings.Join(parts, ",") + "]"
	case '{':
		o := parseObject(t.decorateFields(c, field.Fields, raw))
		t.addReferences(c, field.Ref, &o)
		return o.String()
	}
	return raw
}

func (t *Tenant) addReferences(c *call, collection string, o *object) {
	id := text(o.at("id"))
	var added object
	for _, ref := range c.references {
		if ref.collection != collection || id == "" {
			continue
		}
		if value := t.valueOf(ref, id); value != "" {
			added.set(ref.name, quote(value))
		}
	}
	if len(added) > 0 {
		o.set("externalReferences", added.String())
	}
}

// resolve replaces {"externalReferences": {...}} in a body by {"id": ...}; reasons name what is unknown.
func (t *Tenant) resolve(fields []contract.Field, raw string) (string, []string) {
	if raw == "" || raw[0] != '{' {
		return raw, nil
	}
	o := parseObject(raw)
	var reasons []string
	for i, m := range o {
		at := slices.IndexFunc(fields, func(f contract.Field) bool { return f.Name == m.name })
		if at < 0 {
			continue
		}
		value, wrong := t.resolveValue(fields[at], m.value)
		o[i].value = value
		reasons = append(reasons, wrong...)
	}
	return o.String(), reasons
}

func (t *Tenant) resolveValue(field contract.Field, raw string) (string, []string) {
	if raw[0] == '[' && len(field.Fields) > 0 {
		var parts, reasons []string
		for element := range elements(raw) {
			part, wrong := t.resolveValue(field, element)
			parts, reasons = append(parts, part), append(reasons, wrong...)
		}
		return "[" + strings.Join(parts, ",") + "]", reasons
	}
	given := parseMember(raw, "externalReferences")
	if field.Ref == "" || given == "" || parseMember(raw, "id") != "" {
		if len(field.Fields) == 0 {
			return raw, nil
		}
		return t.resolve(field.Fields, raw)
	}
	for name, value := range members(given) {
		ref := reference{field.Ref, name}
		if reason := t.checkReference(ref); reason != "" {
			return raw, []string{reason}
		}
		found := t.referred(ref, text(value), "")
		if found == nil {
			return raw, []string{fmt.Sprintf("%s: no record of %s has %s %s.", field.Path, field.Ref, name, value)}
		}
		o := parseObject(raw)
		o.remove("externalReferences")
		return slices.Insert(o, 0, member{"id", idValue(found.id)}).String(), nil
	}
	return raw, []string{field.Path + ": externalReferences is empty."}
}

// referenceParam says whether a path parameter takes external references: only those are named
// "...Reference".
func referenceParam(name string) bool { return strings.HasSuffix(strings.ToLower(name), "reference") }

var guid = regexp.MustCompile(`^(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// addressed finds the record that a path parameter names: by id, or by the external reference that the
// query parameter gives for the collection. The answer is the refusal when there is none: 400 for a value
// that can be no id (how-to/use-external-references), else 404.
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
	if !isID(value) && c.byReference() {
		return nil, refused("'" + value + "' is no id; name its external reference in externalReferences.")
	}
	return nil, notFound("The record " + value + " of " + collection)
}

// byReference says whether the last path parameter of the call takes references.
func (c *call) byReference() bool {
	for _, segment := range c.route.segments {
		if segment[0] == '{' && referenceParam(strings.Trim(segment, "{}")) {
			return true
		}
	}
	return false
}

func isID(value string) bool {
	return span(value, isDigit) == len(value) || guid.MatchString(value)
}
