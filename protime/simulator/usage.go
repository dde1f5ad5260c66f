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
	case c.collection.Whole:
		return t.replaceRestrictions(c, definition)
	}
	return t.changeUsage(c, definition.id)
}

// documentOf is the object of a definition, also of one that nothing was stored for.
func (t *Tenant) documentOf(collection, definition string) string {
	if found := t.lookup(collection, definition); found != nil {
		return found.raw
	}
	return `{"changeVersion":"0001E7C5000000000000","activityDefinitionId":{"id":` + quote(definition) + `},` +
		quote(collection) + `:[]}`
}

func (t *Tenant) storeRows(c *call, definition string, rows []string) {
	document := parseObject(t.documentOf(c.collection.Name, definition))
	document.set("changeVersion", t.nextVersion())
	document.set(c.collection.Name, "["+strings.Join(rows, ",")+"]")
	t.write(c.entry, c.collection.Name, definition, document.String())
}

// usage is one row as the rules see it: who may use the definition, and when.
type usage struct {
	kind, reference string
	from, until     string // until "" is an open end
}

func usageOf(raw, from, until string) usage {
	u := usage{
		kind:      text(parseMember(raw, "activityUsageKind")),
		reference: text(first(raw, "usageReference.id")),
		from:      text(parseMember(raw, from)),
	}
	if end := parseMember(raw, until); given(end) {
		u.until = text(end)
	}
	return u
}

func (u usage) overlaps(other usage) bool {
	return u.kind == other.kind && u.reference == other.reference &&
		(other.until == "" || u.from <= other.until) && (u.until == "" || other.from <= u.until)
}

// changeUsage adds, moves or removes one period. Rows have no id: PUT and DELETE name them by what is stored
// (activity-definitions/usages).
func (t *Tenant) changeUsage(c *call, definition string) answer {
	body, refusal, ok := t.usageBody(c)
	if !ok {
		return refusal
	}
	var rows []string
	for row := range elements(parseMember(t.documentOf(c.collection.Name, definition), c.collection.Name)) {
		rows = append(rows, row)
	}
	raw := body.String()
	switch c.operation.Verb {
	case contract.Create:
		return t.putUsage(c, definition, append(rows, ""), len(rows), usageOf(raw, "from", "until"), body)
	case contract.Replace:
		at := findUsage(rows, usageOf(raw, "originalFrom", "originalUntil"))
		if at < 0 {
			return refused("There is no such usage; originalFrom and originalUntil must be those that are stored.")
		}
		return t.putUsage(c, definition, rows, at, usageOf(raw, "updatedFrom", "updatedUntil"), body)
	}
	at := findUsage(rows, usageOf(raw, "from", "until"))
	if at < 0 {
		return notFound("The usage")
	}
	t.storeRows(c, definition, append(rows[:at:at], rows[at+1:]...))
	return deleted(c)
}

// usageBody reads the body; an end that is sent as "" is an open end.
func (t *Tenant) usageBody(c *call) (object, answer, bool) {
	fields := c.operation.Body
	if len(fields) == 0 {
		fields = c.collection.Fields
	}
	plain := *c
	if isJSON(c.body) && strings.HasPrefix(strings.TrimSpace(string(c.body)), "{") {
		o := parseObject(string(c.body))
		for _, name := range []string{"until", "originalUntil", "updatedUntil"} {
			if o.at(name) == `""` {
				o.remove(name)
			}
		}
		plain.body = []byte(o.String())
	}
	return t.bodyOf(&plain, fields)
}

func findUsage(rows []string, wanted usage) int {
	for i, row := range rows {
		if usageOf(row, "from", "until") == wanted {
			return i
		}
	}
	return -1
}

// putUsage stores a period in the row at, unless it overlaps another one of the same kind and reference.
func (t *Tenant) putUsage(c *call, definition string, rows []string, at int, u usage, body object) answer {
	if u.until != "" && u.until < u.from {
		return refused("The period ends before it begins.")
	}
	for i, row := range rows {
		if i != at && u.overlaps(usageOf(row, "from", "until")) {
			return refused("The period overlaps another one of the same kind and reference; " +
				"change or delete that one first.")
		}
	}
	stored := object{
		{"activityUsageKind", quote(u.kind)}, {"usageReference", body.at("usageReference")}, {"from", quote(u.from)},
	}
	if u.until != "" {
		stored.set("until", quote(u.until))
	}
	rows[at] = stored.String()
	t.storeRows(c, definition, rows)
	return answer{status: http.StatusOK}
}
