package simulator

import (
	"fmt"
	"strings"
)

const activityDefinitions = "activity-definitions"

// parentParams is the place of an activity definition, as its path names it: structure version and level.
func parentParams(params []string) string {
	return strings.ToLower(params[0]) + "/" + params[1]
}

// definitionRules are those of the structure (concepts/activity-structure-model). A new definition without a
// dataEntryCode gets one.
func (t *Tenant) definitionRules(f *findings, c *call, old *row, record *object, upsert string) {
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
	from, until := record.at("activeFrom"), record.at("activeUntil")
	if given(until) && text(until) < text(from) {
		f.refuse("activeUntil must not be before activeFrom.")
	}
}
