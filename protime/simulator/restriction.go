package simulator

import (
	"fmt"
	"net/http"
	"strings"
)

// replaceRestrictions takes all restrictions of a definition at once, as a top-level array; an empty one
// clears them (activity-definitions/restrictions).
func (t *Tenant) replaceRestrictions(c *call, definition *row) answer {
	if document := t.documentOf(c.collection.Name, definition.id); c.options.ETags {
		if a, found := conflict(c, &row{raw: document}); found {
			return a
		}
	}
	raw := strings.TrimSpace(string(c.body))
	if !isJSON(c.body) || raw[0] != '[' {
		return t.invalid([]violation{{"", "The body must be a JSON array."}})
	}
	var f findings
	var rows []string
	for row := range elements(raw) {
		rows = append(rows, t.restriction(&f, row, fmt.Sprintf("[%d]", len(rows)), definition))
	}
	if a, wrong := f.answer(t); wrong {
		return a
	}
	t.storeRows(c.collection.Name, definition.id, rows)
	return answer{status: http.StatusOK}
}

// restriction checks one row and gives it back with its references as ids.
func (t *Tenant) restriction(f *findings, row, at string, definition *row) string {
	if level := parseMember(row, "level"); !fitsType("integer", level) {
		f.violate(at+".level", "The %s.level field is required.", at)
	}
	list := parseMember(row, "activityDefinitions")
	if list == "" || list[0] != '[' {
		f.violate(at+".activityDefinitions", "The %s.activityDefinitions field is required.", at)
		return row
	}
	version, _, _ := strings.Cut(definition.parent, "/")
	var ids []string
	for element := range elements(list) {
		id := t.restricted(element, version+"/"+parseMember(row, "level"))
		if id == "" {
			f.refuse("%s: the activity definition %s does not exist on that level.", at, element)
		}
		ids = append(ids, `{"id":`+quote(id)+`}`)
	}
	stored := parseObject(row)
	stored.set("activityDefinitions", "["+strings.Join(ids, ",")+"]")
	return stored.String()
}

// restricted is the id that an element of a restriction names, by id or by external reference; "" when
// there is none.
func (t *Tenant) restricted(element, parent string) string {
	id := strings.ToLower(text(parseMember(element, "id")))
	if r := t.lookup(activityDefinitions, id); r != nil && r.parent == parent {
		return id
	}
	for name, value := range members(parseMember(element, "externalReferences")) {
		if r := t.referred(reference{activityDefinitions, name}, text(value), parent); r != nil {
			return r.id
		}
	}
	return ""
}
