package simulator

import (
	"net/http"
	"strings"

	"protime-admin/protime/contract"
)

// replaceRestrictions takes all restrictions of a definition at once, as a top-level array; an empty one clears
// them (activity-definitions/restrictions).
func (t *Tenant) replaceRestrictions(c *call, definition *row) answer {
	raw := strings.TrimSpace(string(c.body))
	if !isJSON(c.body) || raw[0] != '[' {
		return invalid("The body must be a JSON array.")
	}
	field, _ := c.collection.Field(c.collection.Rows)
	var f findings
	checkValue(&f, field, raw, "")
	if len(f.violations) == 0 {
		raw = t.resolve(&f, []contract.Field{field}, `{"`+field.Name+`":`+raw+`}`)
	}
	version, _, _ := strings.Cut(definition.parent, "/")
	for _, row := range members(parseMember(raw, field.Name)) {
		for _, id := range values(row, "activityDefinitions[].id") {
			named := t.lookup(activityDefinitions, text(id))
			if named == nil || named.parent != version+"/"+parseMember(row, "level") {
				f.refuse("The activity definition %s does not exist on level %s.", id, parseMember(row, "level"))
			}
		}
	}
	if a, wrong := f.answer(); wrong {
		return a
	}
	t.storeRows(c, definition.id, parseMember(raw, field.Name))
	return answer{status: http.StatusOK}
}
