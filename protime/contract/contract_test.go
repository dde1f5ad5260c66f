package contract_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"protime-admin/protime/contract"
)

func embedded(t testing.TB) *contract.Contract {
	t.Helper()
	c, err := contract.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func collection(t testing.TB, c *contract.Contract, name string) *contract.Collection {
	t.Helper()
	col, ok := c.Collection(name)
	if !ok {
		t.Fatalf("there is no collection %s", name)
	}
	return col
}

func names(fields []contract.Field) []string {
	var all []string
	for _, f := range fields {
		all = append(all, f.Name)
	}
	return all
}

func TestLoadingTheDocumentGivesTheEmbeddedContract(t *testing.T) {
	loaded, err := contract.Load(contract.Document())
	if err != nil {
		t.Fatal(err)
	}
	got, want := asJSON(t, loaded), asJSON(t, embedded(t))
	if got != want {
		t.Error(cmp.Diff(want, got))
	}
}

// asJSON drops the difference between nil and empty lists.
func asJSON(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(raw), "[]", "null")
}

func TestFieldsStandInTheOrderOfTheDocument(t *testing.T) {
	c := embedded(t)
	for name, want := range map[string][]string{
		"clockings": {"person", "date", "timeOfDayInMinutes", "kind", "reason", "isOpen", "activityLevels", "terminal",
			"geolocation", "id", "changeVersion", "originalTimeOfDayInMinutes", "calculatedTimeOfDayInMinutes",
			"isGenerated", "status"},
		"assignments": {"person", "from", "until", "startTimeInMinutes", "endTimeInMinutes", "breakDurationInMinutes",
			"comments", "activityLevels", "id", "changeVersion", "isRejected"},
		"usages": {"activityUsageKind", "usageReference", "from", "until"},
	} {
		if diff := cmp.Diff(want, names(collection(t, c, name).Fields)); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", name, diff)
		}
	}
	at := func(name string) int { return slices.Index(c.Collections, collection(t, c, name)) }
	if clockings, people := at("clockings"), at("people"); clockings > people {
		t.Errorf("got clockings at %d and people at %d, want the order of the document", clockings, people)
	}
}

func TestEveryCollectionCanBeShown(t *testing.T) {
	c := described(t)
	lists := 0
	for _, item := range openDocument(t).Paths.Map() {
		if item.Extensions["x-record"] != nil {
			lists++
		}
	}
	if got := len(c.Collections); got != lists || got == 0 {
		t.Errorf("got %d collections, want the %d paths with x-record", got, lists)
	}
	for _, col := range c.Collections {
		if len(col.Title) == 0 || col.Description == "" || len(col.Fields) == 0 {
			t.Errorf("%s: title %v, description %q, %d fields", col.Name, col.Title, col.Description, len(col.Fields))
		}
		if !col.Offers(contract.List) {
			t.Errorf("%s cannot be listed", col.Name)
		}
		if len(col.ReadScopes()) == 0 {
			t.Errorf("%s: no scope to read it", col.Name)
		}
		if writes := col.Offers(contract.Create) || col.Offers(contract.Replace); writes != (len(col.Writable()) > 0) {
			t.Errorf("%s: can be changed: %v, but has %d writable fields", col.Name, writes, len(col.Writable()))
		}
		for verb, o := range col.Operations {
			if len(o.Success) == 0 || len(o.Scopes) == 0 || o.Verb != verb {
				t.Errorf("%s: %s: %+v", col.Name, verb, o)
			}
		}
		checkFields(t, c, col, col.Fields)
	}
}

func checkFields(t *testing.T, c *contract.Contract, col *contract.Collection, fields []contract.Field) {
	t.Helper()
	for _, f := range fields {
		if f.Description == "" {
			t.Errorf("%s: %s has no description", col.Name, f.Path)
		}
		if _, ok := c.Collection(f.Ref); f.Ref != "" && !ok {
			t.Errorf("%s: %s refers to %s, which is no collection", col.Name, f.Path, f.Ref)
		}
		if got, ok := col.Field(f.Path); !ok || got.Name != f.Name {
			t.Errorf("%s: Field(%q) finds %q", col.Name, f.Path, got.Name)
		}
		checkFields(t, c, col, f.Fields)
	}
}

func TestDeltaAndStatusMonitorAreNoCollections(t *testing.T) {
	c := embedded(t)
	for _, col := range c.Collections {
		if strings.HasPrefix(col.Path, "/delta") || strings.HasPrefix(col.Path, "/status-monitor") {
			t.Errorf("%s is a collection", col.Path)
		}
	}
	for _, p := range []string{"/delta/clockings", "/status-monitor/clockings/931"} {
		if col, _, _, ok := c.Match(p); ok {
			t.Errorf("%s belongs to %s", p, col.Name)
		}
	}
}

func TestVerbsAreThoseThatTheAPIOffers(t *testing.T) {
	all := []contract.Verb{contract.List, contract.Read, contract.Create, contract.Replace, contract.Delete}
	for name, want := range map[string][]contract.Verb{
		"clockings":            all,
		"assignments":          all,
		"activity-definitions": {contract.List, contract.Read, contract.Create, contract.Replace},
		"usages":               {contract.List, contract.Create, contract.Replace, contract.Delete},
		"restrictions":         {contract.List, contract.Replace},
		"webhooks":             {contract.List, contract.Read, contract.Create, contract.Delete},
		"people":               {contract.List, contract.Read},
		"calculated-totals":    {contract.List},
		"department-history":   {contract.List},
	} {
		col := collection(t, embedded(t), name)
		var got []contract.Verb
		for _, v := range all {
			if col.Offers(v) {
				got = append(got, v)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: want -, got +:\n%s", name, diff)
		}
	}
}

func TestClockingsCarryWhatTheirPagesNeed(t *testing.T) {
	col := collection(t, embedded(t), "clockings")
	time, _ := col.Field("timeOfDayInMinutes")
	if time.Minimum == nil || *time.Minimum != -1440 || time.Maximum == nil || *time.Maximum != 2880 || !time.Required {
		t.Errorf("got %+v, want -1440 to 2880, required", time)
	}
	reason, _ := col.Field("reason")
	if !slices.Equal(reason.When["kind"], []string{"Reason"}) || reason.Ref != "absence-definitions" || !reason.Nullable {
		t.Errorf("got reason %+v", reason)
	}
	person, _ := col.Field("person")
	if person.Ref != "people" || person.Nullable || !person.Required {
		t.Errorf("got person %+v", person)
	}
	definition, _ := col.Field("activityLevels[].activityDefinition")
	if definition.Ref != "activity-definitions" || !definition.Required {
		t.Errorf("got definition %+v", definition)
	}
	references, _ := col.Field("person.externalReferences")
	if !references.Keyed {
		t.Errorf("got references %+v, want keyed", references)
	}
	date, _ := col.Filter("date")
	if !date.Required || date.MaxYears != 1 || date.Field != "date" {
		t.Errorf("got filter %+v", date)
	}
	if got := col.Operations[contract.Create].Success; !slices.Equal(got, []int{201, 202}) {
		t.Errorf("got statuses %v", got)
	}
	if col.SoftDelete != "Deleted" || len(col.Identity) != 4 {
		t.Errorf("got soft delete %q, identity %v", col.SoftDelete, col.Identity)
	}
}

func TestCollectionsOfRowsAndDocuments(t *testing.T) {
	c := embedded(t)
	usages := collection(t, c, "usages")
	if usages.Rows != "usages" || usages.Parent != "activity-definitions" || len(usages.Key) != 4 || usages.ReplacesRows {
		t.Errorf("got usages %+v", usages)
	}
	want := [][3]string{
		{"activityUsageKind", "activityUsageKind", ""}, {"usageReference", "usageReference", ""},
		{"originalFrom", "from", ""}, {"originalUntil", "until", ""},
		{"updatedFrom", "", "from"}, {"updatedUntil", "", "until"},
	}
	var got [][3]string
	for _, f := range usages.Operations[contract.Replace].Body {
		got = append(got, [3]string{f.Name, f.From, f.To})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("body of a change: want -, got +:\n%s", diff)
	}
	if body := usages.Operations[contract.Delete].Body; len(body) != 4 {
		t.Errorf("got %d members in the body of a removal, want 4", len(body))
	}
	if body := usages.Operations[contract.Create].Body; body != nil {
		t.Errorf("adding a usage takes %v, want the fields of the collection", names(body))
	}
	restrictions := collection(t, c, "restrictions")
	if restrictions.Rows != "restrictions" || !restrictions.ReplacesRows || restrictions.HasItem() {
		t.Errorf("got restrictions %+v", restrictions)
	}
	definitions := collection(t, c, "activity-definitions")
	parent, _ := definitions.Field("parent")
	if !definitions.Upsert || !parent.CreateOnly || !slices.Contains(definitions.Predefined, "@data-entry-code") {
		t.Errorf("got definitions %+v, parent %+v", definitions, parent)
	}
	if hook := collection(t, c, "webhooks"); !slices.Contains(hook.Secret, "key") {
		t.Errorf("got secrets %v", hook.Secret)
	}
	history := collection(t, c, "department-history")
	if got := history.ReadScopes(); len(got) != 2 || history.Parent != "people" {
		t.Errorf("got scopes %v, parent %q", got, history.Parent)
	}
}

func TestPersonalMembersOfPeopleAreMarked(t *testing.T) {
	public := []string{"id", "changeVersion", "firstName", "lastName", "initials", "badgeNumber", "employeeNumber",
		"inServiceDate", "outOfServiceDate", "periodClosingDate"}
	people := collection(t, embedded(t), "people")
	for _, f := range people.Fields {
		if want := !slices.Contains(public, f.Name); f.Personal != want || people.IsPublic(f.Path) == want {
			t.Errorf("%s: personal is %v, want %v", f.Path, f.Personal, want)
		}
		for _, inner := range f.Fields {
			if inner.Personal != f.Personal {
				t.Errorf("%s: personal is %v, want %v", inner.Path, inner.Personal, f.Personal)
			}
		}
	}
	if people.IsPublic("somethingNew") || !collection(t, embedded(t), "jobs").IsPublic("somethingNew") {
		t.Error("a member that nobody knows must be dropped from people, and from people only")
	}
}

func TestScopesAreAllOfThem(t *testing.T) {
	named := map[string]bool{}
	doc := openDocument(t)
	for _, item := range doc.Paths.Map() {
		for _, op := range item.Operations() {
			for _, needed := range *op.Security {
				for _, scope := range needed["protime"] {
					named[scope] = true
				}
			}
		}
	}
	for scope := range doc.Components.SecuritySchemes["protime"].Value.Flows.ClientCredentials.Scopes {
		named[scope] = true
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(named)), described(t).Scopes()); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
}

func TestScopesThatAreAskedForAreThoseOfWhatIsCalled(t *testing.T) {
	const stem = "connector-protimeapi-"
	never := []string{"external-references.write", "people-historical-data.read"}
	for _, tt := range []struct {
		name              string
		writable, assumed []string
		with, without     []string
	}{
		{"reading alone", nil, nil, []string{"clockings.read", "people.read", "webhooks.read"},
			[]string{"clockings.write", "assignments.write", "activity-definitions.write", "webhooks.write", "terminals.read"}},
		{"clockings are changed", []string{"clockings"}, nil, []string{"clockings.write"},
			[]string{"assignments.write", "webhooks.write", "terminals.read"}},
		{"usages are changed", []string{"usages"}, nil, []string{"activity-definitions.write"}, []string{"clockings.write"}},
		{"terminals are on", nil, []string{"terminals"}, []string{"terminals.read"}, []string{"clockings.write"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := embedded(t).ScopesFor(tt.writable, tt.assumed)
			for _, scope := range tt.with {
				if !slices.Contains(got, stem+scope) {
					t.Errorf("%s is not asked for", scope)
				}
			}
			for _, scope := range append(never, tt.without...) {
				if slices.Contains(got, stem+scope) {
					t.Errorf("%s is asked for", scope)
				}
			}
			if !slices.IsSorted(got) {
				t.Errorf("got %v, want them sorted", got)
			}
		})
	}
	history := &contract.Contract{Collections: []*contract.Collection{{Name: "a", Operations: map[contract.Verb]*contract.Operation{
		contract.List: {Scopes: [][]string{{"a.read"}, {"b.read"}}},
		contract.Read: {Scopes: [][]string{{"b.read"}}},
	}}}}
	if got := history.ScopesFor(nil, nil); !slices.Equal(got, []string{"b.read"}) {
		t.Errorf("got %v, want the scope that is needed anyway", got)
	}
}

func TestRequestsAndAnswersOfTheDocumentationAreValid(t *testing.T) {
	doc := openDocument(t)
	schema := func(name string) *openapi3.Schema { return doc.Components.Schemas[name].Value }
	const guid = "38fc2206-0000-4000-8000-00000000abcd"
	for _, tt := range []struct {
		name, schema, body string
		request, invalid   bool
	}{
		{name: "a clocking as the guide adds it", schema: "Clocking", request: true, body: `{"person":{"id":76547},
			"date":"2024-01-05","timeOfDayInMinutes":480,"terminal":{"id":765},
			"geolocation":{"longitude":4.392225,"latitude":51.144127},"kind":"InOut"}`},
		{name: "a clocking of a person by badge number", schema: "Clocking", request: true, body: `{
			"person":{"externalReferences":{"@badge-number":"6767676"}},"date":"2024-01-05","timeOfDayInMinutes":-120,
			"kind":"Reason","reason":{"id":12},"isOpen":false}`},
		{name: "a clocking with nulls", schema: "Clocking", request: true, body: `{"person":{"id":1},"terminal":null,
			"geolocation":null,"activityLevels":null,"reason":null,"isOpen":null,
			"date":"2024-01-05","timeOfDayInMinutes":2880,"kind":"ActivityEnd"}`},
		{name: "a clocking with a member that nobody knows", schema: "Clocking", body: `{"id":1,"new":{"a":[1]},
			"person":{"id":1},"date":"2024-01-05","timeOfDayInMinutes":1,"kind":"InOut","status":null}`},
		{name: "a clocking with another name of its person", schema: "Clocking", body: `{"id":39577408,
			"calculatedTimeOfDayInMinutes":480,"isGenerated":false,
			"person":{"id":123152,"externalReferences":{"@badge-number":"6767676"}},
			"date":"2024-01-05","timeOfDayInMinutes":480,"kind":"InOut"}`},
		{name: "a clocking without a kind", schema: "Clocking", request: true, invalid: true,
			body: `{"person":{"id":1},"date":"2024-01-05","timeOfDayInMinutes":1}`},
		{name: "a clocking on the day after next", schema: "Clocking", request: true, invalid: true,
			body: `{"person":{"id":1},"date":"2024-01-05","timeOfDayInMinutes":2881,"kind":"InOut"}`},
		{name: "a clocking of nobody", schema: "Clocking", request: true, invalid: true,
			body: `{"person":{},"date":"2024-01-05","timeOfDayInMinutes":1,"kind":"InOut"}`},
		{name: "a clocking without a person", schema: "Clocking", request: true, invalid: true,
			body: `{"person":null,"date":"2024-01-05","timeOfDayInMinutes":1,"kind":"InOut"}`},
		{name: "an assignment", schema: "Assignment", request: true, body: `{"person":{"id":1234},"from":"2025-03-10",
			"until":"2025-03-10","startTimeInMinutes":480,"endTimeInMinutes":1020,"breakDurationInMinutes":30,
			"comments":"Morning shift","activityLevels":[{"level":1,"activityDefinition":{"id":"` + guid + `"}}]}`},
		{name: "a job category", schema: "JobCategory", body: `{"changeVersion":"0001E7C5000098FA0013","id":176,
			"name":{"default":"Blue collar worker","translations":{"en-GB":"Blue collar worker","fr-FR":"Ouvrier"}},
			"externalCode":"PayRollCode123"}`},
		{name: "a wrapped error", schema: "RefusedRequest", body: `{"error":{"code":"BadRequest","message":"no",
			"reasons":["The provided date range is invalid"]}}`},
		{name: "validation errors of any form", schema: "RefusedRequest",
			body: `{"validationErrors":["a",{"field":"date"}]}`},
		{name: "an error without either form", schema: "RefusedRequest", invalid: true, body: `{"message":"no"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var v any
			if err := json.Unmarshal([]byte(tt.body), &v); err != nil {
				t.Fatal(err)
			}
			how := openapi3.VisitAsResponse()
			if tt.request {
				how = openapi3.VisitAsRequest()
			}
			if err := schema(tt.schema).VisitJSON(v, how); (err != nil) != tt.invalid {
				t.Errorf("got %v, want an error: %v", err, tt.invalid)
			}
		})
	}
}

func BenchmarkEmbedded(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := contract.Embedded(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	document := contract.Document()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := contract.Load(document); err != nil {
			b.Fatal(err)
		}
	}
}
