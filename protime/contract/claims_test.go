package contract_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"protime-admin/protime/contract"
)

// The sentences are compared as they are: who changes one looks first at what its page says.
func TestMeaningsAreThoseThatAPageStates(t *testing.T) {
	c := embedded(t)
	for _, tt := range []struct{ collection, path, want string }{
		{"clockings", "date", "The date of the clocking. Which working day it counts for follows from the person's schedule."},
		{"clockings", "timeOfDayInMinutes", "Minutes since midnight of the date. 480 is 08:00; -1440 to -1 is the day before, " +
			"1440 to 2880 the day after. Times outside the day itself force the day and bypass the schedule: they are for " +
			"rare cases. For night shifts the time on the clock, 0 to 1439, is recommended: the schedule then assigns the day."},
		{"clockings", "activityLevels[].level", "The level in the activity structure."},
		{"activity-definitions", "activeFrom", "Start date, from which the definition is active."},
		{"activity-definitions", "activeUntil", "End date, when the definition is no longer active. No page shows a delete: " +
			"a definition is closed with this date."},
		{"people", "periodClosingDate", "Locks the calendar of the person."},
		{"people", "inServiceDate", "Date in service."},
		{"people", "outOfServiceDate", "Date out of service; open-ended when empty."},
		{"people", "employeeNumber", "Employee number."},
		{"people", "badgeNumber", "Number of the badge; unique."},
		{"absences", "isLocked", "Whether the absence is locked and cannot be changed."},
		{"absence-definitions", "code", "Code."},
		{"counter-definitions", "code", "Code."},
		{"shift-definitions", "code", "Code."},
		{"contracts", "until", "End date."},
		{"contracts", "fullTimeEquivalentInMinutes", "Full-time equivalent, in minutes."},
		{"contracts", "contractPercentage", "Contract percentage."},
		{"contracts", "numberOfWorkingDaysPerWeek", "Working days in a week. An integer in the newer edition, a number in the older one."},
		{"break-definitions", "ifNotClockedDurationInMinutes", "Length in minutes if not clocked."},
		{"restrictions", "level", "The level in the activity structure."},
		{"restrictions", "activityDefinitions", "The definitions of the restriction."},
		{"restrictions", "", "A restriction of an activity definition: a level, and definitions."},
		{"employers", "", "An employer."},
	} {
		col := collection(t, c, tt.collection)
		got := col.Description
		if tt.path != "" {
			f, _ := col.Field(tt.path)
			got = f.Description
		}
		if got != tt.want {
			t.Errorf("%s: %s: got %q, want %q", tt.collection, tt.path, got, tt.want)
		}
	}
	level := openDocument(t).Components.Parameters["Level"].Value
	if got, want := level.Description, "The level in the activity structure."; got != want {
		t.Errorf("parameter level: got %q, want %q", got, want)
	}
	if f, _ := collection(t, c, "clockings").Field("timeOfDayInMinutes"); !f.ForcesDay {
		t.Error("timeOfDayInMinutes: forms do not warn of times that force the day")
	}
}

func TestAPeriodIsAtMostAYearAndNoNumberOfDays(t *testing.T) {
	date, _ := collection(t, embedded(t), "clockings").Filter("date")
	for _, tt := range []struct {
		name, from, until string
		want              bool
	}{
		{"a week", "2026-01-05", "2026-01-11", false},
		{"the same day of the next year", "2026-01-05", "2027-01-05", false}, // not known: the API decides
		{"a day more", "2026-01-05", "2027-01-06", true},
		{"a year with a leap day", "2024-01-05", "2025-01-05", false},
		{"a leap year and a day", "2024-01-05", "2025-01-06", true},
		{"no end", "2024-01-05", "", false},
		{"no date", "yesterday", "2027-01-06", false},
	} {
		if got := date.TooWide(tt.from, tt.until); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestAPeriodOfAssignmentsHasNoLimitThatAPageStates(t *testing.T) {
	date, _ := collection(t, embedded(t), "assignments").Filter("date")
	if !date.Required || date.MaxYears != 0 {
		t.Errorf("got required %v and at most %d years, want required and no limit", date.Required, date.MaxYears)
	}
}

func TestExternalReferencesAreOfferedWhereTheListTakesThem(t *testing.T) {
	c := embedded(t)
	for _, name := range []string{
		"departments", "employers", "job-categories", "break-definitions", "shift-definitions", "webhooks",
	} {
		if slices.Contains(collection(t, c, name).Operations[contract.List].Query, "externalReferences") {
			t.Errorf("list of %s: externalReferences is offered, and no page says so", name)
		}
	}
	for _, name := range []string{
		"clockings", "people", "terminals", "assignments", "activity-definitions", "usages", "restrictions",
		"activity-durations", "absences", "absence-definitions", "absence-groups", "access-clockings", "breaks",
		"work-interruptions", "calculated-totals", "paid-presences", "contracts", "counters", "counter-definitions",
		"counter-groups", "jobs", "sectors", "work-locations", "department-history", "employer-history",
		"job-history", "job-category-history", "sector-history", "work-location-history", "department-histories",
		"employer-histories", "job-histories", "job-category-histories", "sector-histories",
		"work-location-histories",
	} {
		col := collection(t, c, name)
		for _, verb := range []contract.Verb{contract.List, contract.Read} {
			if o := col.Operations[verb]; o != nil && !slices.Contains(o.Query, "externalReferences") {
				t.Errorf("%s of %s: no externalReferences", verb, name)
			}
		}
	}
}

// The nextLink of a list that starts a delta carries deltaToken too: a proxy that holds requests against the document
// would refuse it otherwise.
func TestListsThatStartADeltaTakeItsToken(t *testing.T) {
	for name, item := range openDocument(t).Paths.Map() {
		starts := item.Get != nil && item.Get.Parameters.GetByInAndName("query", "delta") != nil
		if !starts {
			continue
		}
		token := item.Get.Parameters.GetByInAndName("query", "deltaToken")
		if token == nil || token.Required {
			t.Errorf("%s: got deltaToken %+v, want it optional", name, token)
		}
		if item.Get.Responses.Value("410") == nil {
			t.Errorf("%s: 410 is missing", name)
		}
	}
}

func TestWhatADefinitionAlwaysHasIsNeverNull(t *testing.T) {
	definitions := collection(t, embedded(t), "activity-definitions")
	for _, path := range []string{"id", "structureVersion", "level", "changeVersion"} {
		if f, ok := definitions.Field(path); !ok || f.Nullable || !f.ReadOnly {
			t.Errorf("%s: got nullable %v, read-only %v", path, f.Nullable, f.ReadOnly)
		}
	}
}

func TestDatesOfPeopleAreDates(t *testing.T) {
	people := collection(t, embedded(t), "people")
	for _, path := range []string{"birthDate", "wtdStartDate", "inServiceDate", "outOfServiceDate", "periodClosingDate"} {
		if f, _ := people.Field(path); f.Format != "date" {
			t.Errorf("%s: got format %q, want date", path, f.Format)
		}
	}
}

func TestAnOpenEndIsADateThatIsMissingOrEmpty(t *testing.T) {
	doc := openDocument(t)
	for _, tt := range []struct{ schema, member string }{
		{"Usage", "until"}, {"UsageChange", "updatedUntil"}, {"UsageRemoval", "until"},
	} {
		schema := doc.Components.Schemas[tt.schema].Value
		for value, valid := range map[string]bool{`"2024-06-30"`: true, `""`: true, `null`: true, `"never"`: false, `7`: false} {
			body := `{"activityUsageKind":"Person","usageReference":{"id":1},"from":"2024-01-01",
				"originalFrom":"2024-01-01","updatedFrom":"2024-01-01","` + tt.member + `":` + value + `}`
			if err := schema.VisitJSON(parsed(t, body), openapi3.VisitAsRequest(), openapi3.EnableFormatValidation()); (err == nil) != valid {
				t.Errorf("%s: %s %s: got error %v, want valid: %v", tt.schema, tt.member, value, err, valid)
			}
		}
	}
	if f, _ := collection(t, embedded(t), "usages").Field("until"); f.Format != "date" || f.Type != "string" || !f.Nullable || !f.MayBeEmpty {
		t.Errorf("got %+v, want a date to choose", f)
	}
}

func parsed(t *testing.T, body string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestEveryReadCanSayWhichVersionItKnows(t *testing.T) {
	for name, item := range openDocument(t).Paths.Map() {
		if get := item.Get; get != nil && get.Parameters.GetByInAndName("header", "If-None-Match") == nil {
			t.Errorf("%s: 304 without If-None-Match", name)
		}
	}
}

func TestAConflictOfADeleteIsMarkedAsInferred(t *testing.T) {
	seen := 0
	for name, item := range openDocument(t).Paths.Map() {
		if item.Delete == nil || item.Delete.Responses.Value("409") == nil {
			continue
		}
		seen++
		if item.Delete.Responses.Value("409").Value.Extensions["x-inferred"] == nil {
			t.Errorf("DELETE %s: 409 is published for GET and PUT only", name)
		}
	}
	if seen != 3 {
		t.Errorf("got %d deletes with 409, want 3", seen)
	}
}

func TestThePutOfAnAssignmentIsDocumented(t *testing.T) {
	replace := collection(t, embedded(t), "assignments").Operations[contract.Replace]
	if replace.Inferred != "" || !slices.Equal(replace.Success, []int{http.StatusOK}) {
		t.Errorf("got inferred %q and %v, want neither a doubt nor another status than 200", replace.Inferred, replace.Success)
	}
	put := openDocument(t).Paths.Value("/assignments/{id}").Put
	if !answers(put, "404") || !strings.Contains(put.Description, "404") {
		t.Error("an unknown assignment is not said to be answered with 404")
	}
}

func TestScopesSayWhatAPageSaysOfThem(t *testing.T) {
	flow := openDocument(t).Components.SecuritySchemes["protime"].Value.Flows.ClientCredentials
	if flow.Extensions["x-inferred"] == nil {
		t.Error("what is concluded of scopes is not marked")
	}
	for name, want := range map[string]string{
		"clockings.write": "Create clockings", "breaks.read": "Read breaks (assumed)", "terminals.read": "Read terminals (assumed)",
	} {
		if got := flow.Scopes["connector-protimeapi-"+name]; got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
