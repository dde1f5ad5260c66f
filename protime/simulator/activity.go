package simulator

import (
	"fmt"
	"strings"
)

const activityDefinitions = "activity-definitions"

// parentParams returns the place of an activity definition, as its path names it: structure version and level.
func parentParams(params []string) string {
	return strings.ToLower(params[0]) + "/" + params[1]
}

// definitionRules fill in what the path says of a new definition, and a dataEntryCode where it has none
// (concepts/activity-structure-model).
func (t *Tenant) definitionRules(c *call, old *row, record *object, upsert string) {
	if upsert != "" && predefined(upsert) != "" {
		record.set(predefined(upsert), quote(c.id()))
	}
	if old == nil {
		record.set("structureVersion", quote(strings.ToLower(c.params[0])))
		record.set("level", c.params[1])
		record.set("canConfigureRestrictions", "true")
		if !given(record.at("dataEntryCode")) {
			record.set("dataEntryCode", quote(fmt.Sprintf("AUTO%06d", t.guid+1)))
		}
	}
}
