package simulator

const assignments = "assignments"

func (t *Tenant) assignmentRules(f *findings, old *row, record *object) {
	from, until := record.at("from"), record.at("until")
	if given(until) && text(until) < text(from) {
		f.refuse("until must not be before from.")
	}
	if record.at("activityLevels") == "[]" {
		f.refuse("activityLevels must not be empty.")
	}
	t.checkOpen(f, text(parseMember(record.at("person"), "id")), text(from))
	if old == nil {
		record.set("isRejected", "false")
	}
}
