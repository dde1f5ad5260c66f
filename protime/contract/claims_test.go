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

func TestMeaningsAreThoseThatAPageStates(t *testing.T) {
	c := embedded(t)
	for _, tt := range []struct {
		collection, path, says string
		never                  []string
	}{
		{"clockings", "date", "date of the clocking", []string{"belongs to"}},
		{"clockings", "timeOfDayInMinutes", "rare cases", nil},
		{"clockings", "activityLevels[].level", "level", []string{"from 1"}},
		{"activity-definitions", "activeUntil", "End date, when the definition is no longer active", []string{"Last day"}},
		{"people", "periodClosingDate", "Locks the calendar", []string{"refused", "Up to"}},
		{"people", "inServiceDate", "in service", []string{"First day"}},
		{"people", "outOfServiceDate", "open-ended when empty", []string{"Last day", "last day"}},
		{"people", "employeeNumber", "Employee number", []string{"unique"}},
		{"absences", "isLocked", "is locked and cannot be changed", nil},
		{"absence-definitions", "code", "Code", []string{"unique"}},
		{"counter-definitions", "code", "Code", []string{"unique"}},
		{"shift-definitions", "code", "Code", []string{"unique"}},
		{"contracts", "until", "End date", []string{"Last day", "empty"}},
		{"contracts", "fullTimeEquivalentInMinutes", "equivalent", []string{"Hours", "contract"}},
		{"contracts", "contractPercentage", "percentage", []string{"full-time"}},
		{"break-definitions", "ifNotClockedDurationInMinutes", "if not clocked", []string{"nobody", "counts"}},
		{"restrictions", "level", "level", []string{"restricted"}},
		{"restrictions", "activityDefinitions", "definitions", []string{"allowed"}},
	} {
		f, ok := collection(t, c, tt.collection).Field(tt.path)
		if !ok || !strings.Contains(f.Description, tt.says) {
			t.Errorf("%s: %s: got %q, want %q in it", tt.collection, tt.path, f.Description, tt.says)
		}
		for _, word := range tt.never {
			if strings.Contains(f.Description, word) {
				t.Errorf("%s: %s: got %q, and no page says %q", tt.collection, tt.path, f.Description, word)
			}
		}
	}
	for name, never := range map[string]string{"restrictions": "combined", "employers": "legal"} {
		if got := collection(t, c, name).Description; got == "" || strings.Contains(got, never) {
			t.Errorf("%s: got %q, and no page says %q", name, got, never)
		}
	}
	level := openDocument(t).Components.Parameters["Level"].Value
	if strings.Contains(level.Description, "from 1") {
		t.Errorf("level: got %q, and no page says where levels begin", level.Description)
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

// No link may be given for a page that nobody saw.
func TestNoPageIsNamedThatNobodySaw(t *testing.T) {
	doc := openDocument(t)
	for _, path := range []string{
		"/terminals", "/terminals/{id}", "/jobs", "/sectors", "/work-locations", "/breaks", "/breaks/{id}",
	} {
		get := doc.Paths.Value(path).Get
		if why, _ := get.Extensions["x-inferred"].(string); why == "" {
			t.Errorf("%s: x-inferred is missing", path)
		}
		if d := get.ExternalDocs; d != nil && !strings.Contains(d.Description, "assumed") {
			t.Errorf("%s: %s is given as its page", path, d.URL)
		}
	}
	for _, name := range []string{"Terminal", "Break"} {
		if schema := doc.Components.Schemas[name].Value; schema.ExternalDocs != nil {
			t.Errorf("%s: %s is given as its page", name, schema.ExternalDocs.URL)
		}
	}
}
