package simulator

import (
	"fmt"
	"net/http"
	"strings"
)

// replaceRestrictions takes all restrictions of a definition at once, as a top-level array; an empty one clears
// them (activity-definitions/restrictions).
func (t *Tenant) replaceRestrictions(c *call, definition *row) answer {
	raw := strings.TrimSpace(string(c.body))
	if !isJSON(c.body) || raw[0] != '[' {
		return invalid("The body must be a JSON array.")
	}
	var f findings
	var rows []string
	for row := range elements(raw) {
		rows = append(rows, t.restriction(&f, row, fmt.Sprintf("[%d]", len(rows)), definition))
	}
	if a, wrong := f.answer(); wrong {
		return a
	}
	t.storeRows(c, definition.id, rows)
	return answer{status: http.StatusOK}
}

// restriction checks one row and gives it back with its references as ids.
func (t *Tenant) restriction(f *findings, source, at string, definition *row) string {
	level, list := parseMember(source, "level"), parseMember(source, "activityDefinitions")
	if !fitsType("integer", level) {
		f.violate("The %s.level field is required.", at)
	}
	if list == "" || list[0] != '[' {
		f.violate("The %s.activityDefinitions field is required.", at)
		return source
	}
	version, _, _ := strings.Cut(definition.parent, "/")
	var ids []string
	for element := range elements(list) {
		id := t.restricted(element, version+"/"+level)
		if id == "" {
			f.refuse("%s: the activity definition %s does not exist on that level.", at, element)
		}
		ids = append(ids, `{"id":`+quote(id)+`}`)
	}
	stored := parseObject(source)
	stored.set("activityDefinitions", "["+strings.Join(ids, ",")+"]")
	return stored.String()
}

// restricted is the id that an element of a restriction names, by id or by external reference; "" when there is
// none.
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
