package simulator

const clockings = "clockings"

// settleClocking holds a clocking against the rules of the platform and fills in what the system knows
// (concepts/clocking-model). That reason and activityLevels belong to their kind is documented; that a
// clocking of that kind without them, or of another kind with them, is refused is an assumption.
func (t *Tenant) settleClocking(f *findings, old *row, record *object) {
	person, date := text(first(record.at("person"), "id")), text(record.at("date"))
	t.checkOpen(f, person, date)
	checkKind(f, *record)
	if old == nil {
		record.set("calculatedTimeOfDayInMinutes", record.at("timeOfDayInMinutes"))
		record.set("isGenerated", "false")
		record.set("status", `"Active"`)
		return
	}
	before := parseObject(old.raw)
	t.checkOpen(f, text(first(before.at("person"), "id")), text(before.at("date")))
	if text(before.at("status")) == "Deleted" {
		f.refuse("The clocking %s is deleted.", old.id)
	}
	if before.at("timeOfDayInMinutes") == record.at("timeOfDayInMinutes") {
		return
	}
	record.set("calculatedTimeOfDayInMinutes", record.at("timeOfDayInMinutes"))
	if !record.has("originalTimeOfDayInMinutes") || record.at("originalTimeOfDayInMinutes") == "null" {
		record.set("originalTimeOfDayInMinutes", before.at("timeOfDayInMinutes")) // as registered, whatever follows
	}
}

func checkKind(f *findings, record object) {
	kind := text(record.at("kind"))
	given := func(name string) bool {
		return record.has(name) && record.at(name) != "null" && record.at(name) != "[]"
	}
	if kind == "Reason" && !given("reason") {
		f.refuse("A clocking of kind Reason needs a reason.")
	}
	if kind == "Activity" && !given("activityLevels") {
		f.refuse("A clocking of kind Activity needs activityLevels.")
	}
	for _, name := range []string{"reason", "isOpen"} {
		if given(name) && kind != "Reason" {
			f.refuse("%s is only for clockings of kind Reason.", name)
		}
	}
	if given("activityLevels") && kind != "Activity" {
		f.refuse("activityLevels is only for clockings of kind Activity.")
	}
}

// checkOpen refuses a date that the person's closing date locks (people: periodClosingDate).
func (t *Tenant) checkOpen(f *findings, person, date string) {
	found := t.lookup("people", person)
	if found == nil {
		return
	}
	closed := text(parseMember(found.raw, "periodClosingDate"))
	if closed == "" || closed == "null" || date > closed {
		return
	}
	reason := "The period is closed up to and including " + closed + " for person " + person + "."
	for _, known := range f.reasons {
		if known == reason {
			return
		}
	}
	f.refuse("%s", reason)
}
