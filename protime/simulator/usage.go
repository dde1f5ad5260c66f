package simulator

import (
	"net/http"
	"strings"

	"protime-admin/protime/contract"
)

// document answers the collections whose list is one object of an activity definition: usages and restrictions.
// They are stored as that object, under the definition's id.
func (t *Tenant) document(c *call) answer {
	definition, refusal := t.addressed(c, activityDefinitions, c.id(), parentParams(c.params))
	if definition == nil {
		return refusal
	}
	switch {
	case c.request.Method == http.MethodGet:
		document := t.documentOf(c.collection.Name, definition.id)
		return answer{status: http.StatusOK, body: []byte(t.withReferences(c, document))}
	case c.collection.ReplacesRows:
		return t.replaceRows(c, definition.id)
	}
	return t.changeUsage(c, definition.id)
}

// documentOf returns the object of a definition, also of one that nothing was stored for.
func (t *Tenant) documentOf(collection, definition string) string {
	if found := t.lookup(collection, definition); found != nil {
		return found.raw
	}
	return `{"changeVersion":"0001E7C5000000000000","activityDefinitionId":{"id":` + quote(definition) + `},` +
		quote(collection) + `:[]}`
}

func (t *Tenant) storeRows(c *call, definition, rows string) {
	document := parseObject(t.documentOf(c.collection.Name, definition))
	document.set("changeVersion", t.nextVersion())
	document.set(c.collection.Name, rows)
	t.write(c.entry, c.collection.Name, definition, document.String())
}

// replaceRows takes all restrictions of a definition at once, as a top-level array; an empty one clears them
// (activity-definitions/restrictions).
func (t *Tenant) replaceRows(c *call, definition string) answer {
	raw := strings.TrimSpace(string(c.body))
	if !isJSON(c.body) || raw[0] != '[' {
		return invalid("The body must be a JSON array.")
	}
	field := contract.Field{Type: "array", Fields: c.collection.Fields}
	var f findings
	checkValue(&f, field, raw, "")
	if len(f.violations) == 0 {
		raw = eachObject(field, raw, t.resolver(&f))
	}
	if a, wrong := f.answer(); wrong {
		return a
	}
	t.storeRows(c, definition, raw)
	return answer{status: http.StatusOK}
}

// usage is one row as the rules see it: who may use the definition, and when.
type usage struct {
	kind, reference string
	from, until     string // until "" is an open end
}

func usageOf(o object, from, until string) usage {
	u := usage{kind: text(o.at("activityUsageKind")), reference: text(parseMember(o.at("usageReference"), "id")), from: text(o.at(from))}
	if given(o.at(until)) {
		u.until = text(o.at(until))
	}
	return u
}

// json returns the row that is stored for a usage; body is the request's.
func (u usage) json(body object) string {
	row := object{
		{"activityUsageKind", quote(u.kind)}, {"usageReference", body.at("usageReference")}, {"from", quote(u.from)},
	}
	if u.until != "" {
		row.set("until", quote(u.until))
	}
	return row.String()
}

func (u usage) overlaps(other usage) bool {
	return u.kind == other.kind && u.reference == other.reference &&
		(other.until == "" || u.from <= other.until) && (u.until == "" || other.from <= u.until)
}

// changeUsage adds, moves or removes one period. Rows have no id: PUT and DELETE name them by what is stored
// (activity-definitions/usages).
func (t *Tenant) changeUsage(c *call, definition string) answer {
	fields := c.operation.Body
	if len(fields) == 0 {
		fields = c.collection.Fields
	}
	body, refusal, ok := t.bodyOf(c, fields)
	if !ok {
		return refusal
	}
	named, stored := usageOf(body, "from", "until"), usageOf(body, "from", "until")
	if c.operation.Verb == contract.Replace {
		named, stored = usageOf(body, "originalFrom", "originalUntil"), usageOf(body, "updatedFrom", "updatedUntil")
	}
	var rows []string
	found := false
	for _, row := range members(parseMember(t.documentOf(c.collection.Name, definition), c.collection.Name)) {
		u := usageOf(parseObject(row), "from", "until")
		switch {
		case c.operation.Verb != contract.Create && u == named:
			found = true
			if c.operation.Verb == contract.Delete {
				continue
			}
			row = stored.json(body)
		case c.operation.Verb != contract.Delete && u.overlaps(stored):
			return refused("The period overlaps another one of the same kind and reference; " +
				"change or delete that one first.")
		}
		rows = append(rows, row)
	}
	switch {
	case c.operation.Verb == contract.Create:
		rows = append(rows, stored.json(body))
	case !found && c.operation.Verb == contract.Delete:
		return notFound("The usage")
	case !found:
		return refused("There is no such usage; originalFrom and originalUntil must be those that are stored.")
	case stored.until != "" && stored.until < stored.from:
		return refused("The period ends before it begins.")
	}
	t.storeRows(c, definition, "["+strings.Join(rows, ",")+"]")
	if c.operation.Verb == contract.Delete {
		return answer{status: c.operation.Success[0]}
	}
	return answer{status: http.StatusOK}
}
