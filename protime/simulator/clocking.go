package simulator

import "slices"

const clockings = "clockings"

// clockingRules checks a clocking by the rules of the platform (concepts/clocking-model). That reason and activityLevels belong to
// their kind is documented; that a clocking of that kind without them, or of another kind with them, is refused
// is an assumption.
func (t *Tenant) clockingRules(f *findings, old *row, record *object) {
	person, date := text(parseMember(record.at("person"), "id")), text(record.at("date"))
	t.checkOpen(f, person, date)
	checkKind(f, *record)
	if old == nil {
		record.set("calculatedTimeOfDayInMinutes", record.at("timeOfDayInMinutes"))
		record.set("isGenerated", "false")
		record.set("status", `"Active"`)
		return
	}
	t.checkOpen(f, old.person, old.date)
	before := parseObject(old.raw)
	if text(before.at("status")) == "Deleted" {
		f.refuse("The clocking %s is deleted.", old.id)
	}
	if before.at("timeOfDayInMinutes") == record.at("timeOfDayInMinutes") {
		return
	}
	record.set("calculatedTimeOfDayInMinutes", record.at("timeOfDayInMinutes"))
	if !given(record.at("originalTimeOfDayInMinutes")) {
		record.set("originalTimeOfDayInMinutes", before.at("timeOfDayInMinutes")) // the first edit alone sets it
	}
}

func checkKind(f *findings, record object) {
	kind := text(record.at("kind"))
	if kind == "Reason" && !given(record.at("reason")) {
		f.refuse("A clocking of kind Reason needs a reason.")
	}
	if kind == "Activity" && !given(record.at("activityLevels")) {
		f.refuse("A clocking of kind Activity needs activityLevels.")
	}
	for _, name := range []string{"reason", "isOpen"} {
		if given(record.at(name)) && kind != "Reason" {
			f.refuse("%s is only for clockings of kind Reason.", name)
		}
	}
	if given(record.at("activityLevels")) && kind != "Activity" {
		f.refuse("activityLevels is only for clockings of kind Activity.")
	}
}

// given reports whether a raw value is there and not null or empty.
func given(raw string) bool { return raw != "" && raw != "null" && raw != "[]" && raw != `""` }

// checkOpen refuses a date that the person's closing date locks (people: periodClosingDate).
func (t *Tenant) checkOpen(f *findings, person, date string) {
	found := t.lookup("people", person)
	if found == nil {
		return
	}
	closed := parseMember(found.raw, "periodClosingDate")
	if !given(closed) || date > text(closed) {
		return
	}
	reason := "The period is closed up to and including " + text(closed) + " for person " + person + "."
	if !slices.Contains(f.reasons, reason) {
		f.refuse("%s", reason)
	}
}
