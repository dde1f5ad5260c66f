package simulator

import (
	"net/http"
	"strings"

	"protime-admin/protime/contract"
)

// document answers the collections whose list is one object of an activity definition: usages and
// restrictions. They are kept as such, under the definition's id.
func (t *Tenant) document(c *call) answer {
	definition, refusal := t.addressed(c, activityDefinitions, c.id(), parentParams(c.params))
	if definition == nil {
		return refusal
	}
	switch {
	case c.operation.Verb == contract.List || c.operation.Verb == contract.Read:
		return t.readDocument(c, definition.id)
	case c.collection.Whole:
		return t.replaceRestrictions(c, definition)
	}
	return t.changeUsage(c, definition.id)
}

func (t *Tenant) readDocument(c *call, definition string) answer {
	raw := t.documentOf(c.collection.Name, definition)
	a := answer{status: http.StatusOK, body: []byte(t.decorate(c, raw))}
	if c.options.ETags {
		if matches(c.request.Header.Get("If-None-Match"), etag(raw)) {
			a = answer{status: http.StatusNotModified}
		}
		a = a.with("ETag", etag(raw))
	}
	return a
}

// documentOf is the object of a definition, also of one that nothing was stored for.
func (t *Tenant) documentOf(collection, definition string) string {
	if found := t.lookup(collection, definition); found != nil {
		return found.raw
	}
	return `{"changeVersion":"0001E7C5000000000000","activityDefinitionId":{"id":` + quote(definition) + `},` +
		quote(collection) + `:[]}`
}

func (t *Tenant) rowsOf(collection, definition string) string {
	return parseMember(t.documentOf(collection, definition), collection)
}

func (t *Tenant) storeRows(collection, definition string, rows []string) {
	document := parseObject(t.documentOf(collection, definition))
	document.set("changeVersion", quote(t.nextVersion()))
	document.set(collection, "["+strings.Join(rows, ",")+"]")
	t.table(collection).put(definition, document.String())
}

// usage is one row as the rules see it.
type usage struct {
	kind, reference string
	from, until     string // until "" is an open end
}

func usageOf(raw, from, until string) usage {
	u := usage{
		kind:      text(parseMember(raw, "activityUsageKind")),
		reference: text(first(raw, "usageReference.id")),
		from:      text(parseMember(raw, from)),
		until:     text(parseMember(raw, until)),
	}
	if u.until == "null" {
		u.until = ""
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
	for row := range elements(t.rowsOf(c.collection.Name, definition)) {
		rows = append(rows, row)
	}
	raw := body.String()
	switch c.operation.Verb {
	case contract.Create:
		return t.putUsage(c, definition, rows, body, usageOf(raw, "from", "until"), -1)
	case contract.Replace:
		at := findUsage(rows, usageOf(raw, "originalFrom", "originalUntil"))
		if at < 0 {
			return refused("There is no such usage; originalFrom and originalUntil must be those that are stored.")
		}
		return t.putUsage(c, definition, rows, body, usageOf(raw, "updatedFrom", "updatedUntil"), at)
	}
	at := findUsage(rows, usageOf(raw, "from", "until"))
	if at < 0 {
		return notFound("The usage")
	}
	t.storeRows(c.collection.Name, definition, append(rows[:at:at], rows[at+1:]...))
	return answer{status: c.options.deleteStatus(c.collection)}
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

// putUsage stores a period at a place, or as a new row, unless it overlaps another one of the same kind and
// reference.
func (t *Tenant) putUsage(c *call, definition string, rows []string, body object, u usage, at int) answer {
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
	if at < 0 {
		rows = append(rows, stored.String())
	} else {
		rows[at] = stored.String()
	}
	t.storeRows(c.collection.Name, definition, rows)
	return answer{status: http.StatusOK}
}
