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

// settleDefinition holds an activity definition against the rules of the structure
// (concepts/activity-structure-model).
func (t *Tenant) settleDefinition(f *findings, c *call, old *row, record *object, upsert string) {
	version, level := strings.ToLower(c.params[0]), c.params[1]
	if upsert != "" && predefined(upsert) != "" {
		record.set(predefined(upsert), quote(c.id()))
	}
	if old == nil {
		record.set("structureVersion", quote(version))
		record.set("level", level)
		record.set("canConfigureRestrictions", "true")
		t.checkParent(f, version, level, *record)
	}
	t.settleEntryCode(f, c, old, record)
	own := ""
	if old != nil {
		own = old.id
	}
	for _, name := range []string{"dataEntryCode", "externalReference"} {
		t.checkUnique(f, version+"/"+level, own, name, text(record.at(name)))
	}
	from, until := text(record.at("activeFrom")), text(record.at("activeUntil"))
	if until != "" && until != "null" && until < from {
		f.refuse("activeUntil must not be before activeFrom.")
	}
}

// settleEntryCode demands a code where the tenant enters them by hand, else makes one for a new definition.
func (t *Tenant) settleEntryCode(f *findings, c *call, old *row, record *object) {
	code := text(record.at("dataEntryCode"))
	if code != "" && code != "null" {
		return
	}
	if c.options.ManualDataEntryCodes {
		f.refuse("dataEntryCode is required.")
		return
	}
	if old == nil {
		record.set("dataEntryCode", quote(fmt.Sprintf("AUTO%06d", t.guid+1)))
	}
}

// checkUnique refuses a code that another definition of the same structure version and level has.
func (t *Tenant) checkUnique(f *findings, parent, own, name, value string) {
	definitions := t.tables[activityDefinitions]
	if value == "" || value == "null" || definitions == nil {
		return
	}
	for _, r := range definitions.rows {
		if r.parent == parent && r.id != own && text(parseMember(r.raw, name)) == value {
			f.refuse("%s '%s' is already used.", name, value)
			return
		}
	}
}

// checkParent refuses a parent that is not one level up.
func (t *Tenant) checkParent(f *findings, version, level string, record object) {
	id := text(first(record.at("parent"), "id"))
	if id == "" {
		return
	}
	parent := t.lookup(activityDefinitions, id)
	if parent == nil {
		return // already refused, or nothing is known
	}
	if up, ok := strings.CutPrefix(parent.parent, version+"/"); !ok || !oneUp(up, level) {
		f.refuse("parent must be a definition one level up.")
	}
}

func oneUp(up, level string) bool {
	var a, b int
	_, err := fmt.Sscan(up+" "+level, &a, &b)
	return err == nil && a+1 == b
}

// expand adds what the query parameter asks for: expand=usage,restrictions. The names of the members that
// hold it are not published.
func (t *Tenant) expand(c *call, definition *row) string {
	asked := strings.Split(c.query.Get("expand"), ",")
	record := parseObject(definition.raw)
	for _, name := range asked {
		switch name {
		case "usage":
			record.set("usages", t.rowsOf("usages", definition.id))
		case "restrictions":
			record.set("restrictions", t.rowsOf("restrictions", definition.id))
		}
	}
	return record.String()
}
