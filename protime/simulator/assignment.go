package simulator

import "net/http"

const assignments = "assignments"

// settleAssignment holds an assignment against the rules of its collection.
func (t *Tenant) settleAssignment(f *findings, old *row, record *object) {
	from, until := text(record.at("from")), text(record.at("until"))
	if until != "" && until != "null" && until < from {
		f.refuse("until must not be before from.")
	}
	if record.at("activityLevels") == "[]" {
		f.refuse("activityLevels must not be empty.")
	}
	t.checkOpen(f, text(first(record.at("person"), "id")), from)
	if old == nil {
		record.set("isRejected", "false")
	}
}

// planned refuses writes where the tenant plans with Planning Flex or Shift
// (tutorials/first-assignment-integration).
func planned(c *call) (answer, bool) {
	if c.collection.Name != assignments || !c.options.PlanningFlex {
		return answer{}, false
	}
	return wrong(http.StatusForbidden, "Forbidden", "Assignments of this tenant are planned with Planning Flex."), true
}
