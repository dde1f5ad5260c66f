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
	own := ""
	if old != nil {
		own = old.id
	} else {
		record.set("structureVersion", quote(strings.ToLower(c.params[0])))
		record.set("level", c.params[1])
		record.set("canConfigureRestrictions", "true")
		if !given(record.at("dataEntryCode")) {
			record.set("dataEntryCode", quote(fmt.Sprintf("AUTO%06d", t.guid+1)))
		}
	}
	for _, name := range []string{"dataEntryCode", "externalReference"} {
		t.checkUnique(f, parentParams(c.params), own, name, record.at(name))
	}
	from, until := record.at("activeFrom"), record.at("activeUntil")
	if given(until) && text(until) < text(from) {
		f.refuse("activeUntil must not be before activeFrom.")
	}
}

// checkUnique refuses a code that another definition of the same structure version and level has.
func (t *Tenant) checkUnique(f *findings, parent, own, name, value string) {
	for _, r := range t.rowsOf(activityDefinitions, 0) {
		if given(value) && r.parent == parent && r.id != own && text(parseMember(r.raw, name)) == text(value) {
			f.refuse("%s '%s' is already used.", name, text(value))
			return
		}
	}
}
