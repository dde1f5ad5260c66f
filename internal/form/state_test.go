package form_test

import (
	"net/url"
	"reflect"
	"strings"
	"testing"

	"protime-admin/internal/form"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

func TestInvariant6_WhatWasTypedIsDrawnAgainAsItWasTyped(t *testing.T) {
	typed := map[string]string{
		"person.id~find": " Jan ", "date": "31/11/2026", "timeOfDayInMinutes": "25:00", "timeOfDayInMinutes.day": "1", "kind": "Reason",
		"geolocation.latitude": "fifty", "activityLevels.0.level": "one", "activityLevels.4.level": "x",
	}
	p, rec := plan(t, "clockings", contract.Replace), record(t, clocking)
	sub := edit(p, rec, typed)
	st := sub.State(rec)
	for i := range 3 { // drawn and posted again it is still the same
		values := posted(st)
		for name, want := range typed {
			if got := values.Get(name); got != want {
				t.Errorf("round %d: %s: got %q, want %q", i, name, got, want)
			}
		}
		st = p.Decode(t.Context(), values, directory{}, today()).State(rec)
	}
	if st.Opened != p.Opened(rec) {
		t.Errorf("got opened %s", st.Opened)
	}
}

func TestAFormShowsTheWholeRecord(t *testing.T) {
	p := plan(t, "clockings", contract.Replace)
	st := p.Open(record(t, clocking), directory{})
	if got, want := st.Opened, `{"person":{"id":1012,"badge":{"x":[1,2]}},"date":"2026-11-17","timeOfDayInMinutes":485,"kind":"InOut",`+
		`"reason":null,"terminal":{"id": 765 },"geolocation":{"longitude":4.3922250,"latitude":51.1441270,"accuracy":1e1}}`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var shown, unknown []string
	for _, v := range st.Shown {
		shown = append(shown, v.Input.Field.Name)
	}
	for _, m := range st.Unknown {
		unknown = append(unknown, m.Name+"="+string(m.Raw))
	}
	if got, want := strings.Join(shown, " "), "id changeVersion isGenerated"; got != want {
		t.Errorf("got read-only %q, want %q", got, want)
	}
	if got, want := strings.Join(unknown, " "), `reviewedBy="\u003cEls\u003e" geolocation.accuracy=1e1`; got != want {
		t.Errorf("got unknown %q, want %q", got, want)
	}
	if c := cell(t, st, "reason.id"); c.Applies {
		t.Error("an InOut takes a reason")
	}
	if c := cell(t, st, "timeOfDayInMinutes"); c.Typed.Text != "08:05" || len(c.Options) != 3 || !c.Options[1].Selected {
		t.Errorf("got %+v", c)
	}
}

func TestAnExistingRecordKeepsWhatCountsOnlyAtItsCreation(t *testing.T) {
	name := func(inputs []form.Input) string {
		var all []string
		for i := range inputs {
			all = append(all, inputs[i].Field.Name)
		}
		return strings.Join(all, " ")
	}
	p := plan(t, "activity-definitions", contract.Replace)
	if strings.Contains(name(p.Inputs), "parent") || !strings.Contains(name(p.Shown), "parent") {
		t.Errorf("got inputs %s, shown %s", name(p.Inputs), name(p.Shown))
	}
	if p := plan(t, "activity-definitions", contract.Create); !strings.Contains(name(p.Inputs), "parent") {
		t.Errorf("got inputs %s", name(p.Inputs))
	}
	if p := plan(t, "usages", contract.Replace); name(p.Inputs) != "from until" || name(p.Shown) != "activityUsageKind usageReference" {
		t.Errorf("got inputs %s, shown %s", name(p.Inputs), name(p.Shown))
	}
	if p := plan(t, "clockings", contract.Read); len(p.Inputs) > 0 || len(p.Shown) != 15 {
		t.Errorf("a record's page has %d inputs and shows %d fields", len(p.Inputs), len(p.Shown))
	}
}

func TestRowsAreAddedAndRemovedWithoutSending(t *testing.T) {
	p, rec := plan(t, "clockings", contract.Replace), record(t, activity)
	sub := edit(p, rec, map[string]string{"add": "activityLevels", "activityLevels.1.level": "99", "date": "never"})
	st := sub.AddRow(rec, sub.Add)
	rows := cell(t, st, "activityLevels").Rows
	if len(rows) != 4 || rows[3].Name != "activityLevels.3" || len(st.Problems) > 0 {
		t.Fatalf("got %d rows, problems %s", len(rows), keys(st.Problems))
	}
	sub = again(p, st, map[string]string{"activityLevels.3.level": "4", "remove": "activityLevels.0"})
	st = sub.RemoveRow(rec, sub.Remove)
	rows = cell(t, st, "activityLevels").Rows
	if len(rows) != 4 || !rows[0].Removed || len(rows[0].Hidden()) == 0 {
		t.Fatalf("got %+v", rows[0])
	}
	if got := cell(t, st, "activityLevels.1.level").Typed.Text; got != "99" {
		t.Errorf("what was typed is gone: %q", got)
	}
	sub = again(p, st, map[string]string{"date": "-1", "remove": "activityLevels.3"})
	st = sub.RemoveRow(rec, sub.Remove)
	after, _, problems := again(p, st, nil).Merge(rec)
	raw, _ := after.Lookup("activityLevels")
	want := `[{"level":99,"activityDefinition":{"id":"38fc2206-1a5b-4c3d-8e9f-000000000002"}},` +
		`{"level":3,"activityDefinition":{"id":"38fc2206-1a5b-4c3d-8e9f-000000000003"}}]`
	if string(raw) != want || len(problems) > 0 {
		t.Errorf("got  %s, %s\nwant %s", raw, keys(problems), want)
	}
	for _, name := range []string{"", "nothing", "activityLevels.77", "date"} {
		if st := sub.AddRow(rec, name); len(st.Cells) != len(p.Inputs) {
			t.Errorf("adding to %q gives %d cells", name, len(st.Cells))
		}
		sub.RemoveRow(rec, name)
	}
}

func TestInvariant5_EveryDifferenceIsShown(t *testing.T) {
	tests := []struct {
		name   string
		server [2]string // what changed at the server since opening
		typed  map[string]string
		want   string
	}{
		{"nothing", [2]string{}, map[string]string{"timeOfDayInMinutes": "9"}, ""},
		{"the same member", [2]string{"485", "490"}, map[string]string{"timeOfDayInMinutes": "9"}, "timeOfDayInMinutes"},
		{"a member that was not touched", [2]string{"765", "766"}, map[string]string{"timeOfDayInMinutes": "9"}, "terminal.id"},
		{"the same value on both sides", [2]string{"485", "540.0"}, map[string]string{"timeOfDayInMinutes": "9"}, ""},
		{"a member gone", [2]string{`"date":"2026-11-17",`, ""}, nil, "date"},
		{"a member new", [2]string{`"reason":null`, `"reason":{"id":3}`}, nil, "reason.id"},
		{"a version", [2]string{`"0001"`, `"0002"`}, nil, ""},
		{"an unknown member", [2]string{"Els", "Jan"}, nil, ""},
		{"an unknown member of a place", [2]string{"1e1", "2e1"}, nil, ""},
		{"an unknown member of a reference", [2]string{`"x":[1,2]`, `"x":[1]`}, nil, ""},
		{"one number of a place", [2]string{"51.1441270", "51.2"}, nil, "geolocation.latitude"},
		{"the same number written otherwise", [2]string{"51.1441270", "51.144127"}, nil, ""},
	}
	p := plan(t, "clockings", contract.Replace)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			now := record(t, strings.Replace(clocking, tt.server[0], tt.server[1], 1))
			var names []string
			for _, c := range edit(p, record(t, clocking), tt.typed).Compare(now) {
				names = append(names, c.Name)
			}
			if got := strings.Join(names, " "); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestInvariant5_APickDecidesAConflict(t *testing.T) {
	p, rec := plan(t, "clockings", contract.Replace), record(t, clocking)
	now := record(t, strings.NewReplacer("485", "490", "765", "766").Replace(clocking))
	sub := edit(p, rec, map[string]string{"timeOfDayInMinutes": "8u45", "date": "18/11"})
	st := sub.Conflicted(now, sub.Compare(now))
	if c := cell(t, st, "timeOfDayInMinutes"); c.Conflict == nil || c.Typed.Text != "8u45" ||
		string(c.Conflict.Opened)+" "+string(c.Conflict.Server)+" "+string(c.Conflict.Mine) != "485 490 525" {
		t.Fatalf("got %+v", c.Conflict)
	}
	tests := []struct {
		name  string
		picks map[string]string
		want  string // minutes, terminal
		left  string
	}{
		{"both mine", map[string]string{"timeOfDayInMinutes": "mine", "terminal.id": "mine"}, "525 765", ""},
		{"both the server's", map[string]string{"timeOfDayInMinutes": "server", "terminal.id": "server"}, "490 766", ""},
		{"one each", map[string]string{"timeOfDayInMinutes": "mine", "terminal.id": "server"}, "525 766", ""},
		{"one not picked", map[string]string{"timeOfDayInMinutes": "mine", "terminal.id": ""}, "", "terminal.id problem.pick"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			typed := map[string]string{}
			for name, pick := range tt.picks {
				typed[form.PrefixPick+name] = pick
			}
			sub := again(p, st, typed)
			if c := sub.Compare(now); len(c) > 0 {
				t.Fatalf("got conflicts %v", c)
			}
			after, _, problems := sub.Merge(now)
			if keys(problems) != tt.left {
				t.Fatalf("got %s, want %s", keys(problems), tt.left)
			}
			if tt.left == "" && after.Text("timeOfDayInMinutes")+" "+after.Text("terminal", "id") != tt.want {
				t.Errorf("got %s, want %s", after.Raw(), tt.want)
			}
			if tt.left == "" && after.Text("date") != "2026-11-18" {
				t.Error("what was in no conflict is gone")
			}
		})
	}
}

func TestInvariant5_MyRowsAreNeverMixedWithTheServers(t *testing.T) {
	p, rec := plan(t, "clockings", contract.Replace), record(t, strings.Replace(activity, `,{"level":3,`, `,{"level":30,`, 1))
	short := record(t, `{"kind":"Activity","activityLevels":[{"level":1,"activityDefinition":{"id":"38fc2206-1a5b-4c3d-8e9f-000000000001"}}]}`)
	sub := edit(p, short, map[string]string{"activityLevels.0.level": "8"})
	conflicts := sub.Compare(rec)
	st := sub.Conflicted(rec, conflicts)
	after, _, problems := again(p, st, map[string]string{"pick.activityLevels": "mine", "pick.person.id": "server", "pick.date": "server",
		"pick.timeOfDayInMinutes": "server"}).Merge(rec)
	raw, _ := after.Lookup("activityLevels")
	want := `[{"level":8,"activityDefinition":{"id":"38fc2206-1a5b-4c3d-8e9f-000000000001"},"extra":1.50}]`
	if string(raw) != want || len(problems) > 0 {
		t.Errorf("got %s, %s, want %s", raw, keys(problems), want)
	}
	after, _, problems = again(p, st, map[string]string{"pick.activityLevels": "server", "pick.person.id": "server", "pick.date": "server",
		"pick.timeOfDayInMinutes": "server"}).Merge(rec)
	if string(after.Raw()) != string(rec.Raw()) || len(problems) > 0 {
		t.Errorf("got %s, %s", after.Raw(), keys(problems))
	}
}

func TestInvariant5_APostWithoutOpenedOverwritesNothingUnseen(t *testing.T) {
	p, rec := plan(t, "clockings", contract.Replace), record(t, clocking)
	for _, opened := range []string{"", "{", "[]", "null"} {
		values := url.Values{"timeOfDayInMinutes": {"9"}, "timeOfDayInMinutes.day": {"0"}, "date": {"2026-11-17"}, "opened": {opened}}
		sub := p.Decode(t.Context(), values, directory{}, today())
		conflicts := sub.Compare(rec)
		if len(conflicts) != 1 || conflicts[0].Name != "timeOfDayInMinutes" {
			t.Fatalf("got %+v", conflicts)
		}
		st := sub.Conflicted(rec, conflicts)
		sub = again(p, st, map[string]string{"pick.timeOfDayInMinutes": "mine"})
		after, _, problems := sub.Merge(rec)
		if want := strings.Replace(clocking, "485", "540", 1); string(after.Raw()) != want || len(problems) > 0 {
			t.Errorf("got %s, %s", after.Raw(), keys(problems))
		}
	}
}

func TestComplaintsOfTheAPIStandAtTheirInputs(t *testing.T) {
	tests := []struct{ collection, path, want, text string }{
		{"clockings", "timeOfDayInMinutes", "timeOfDayInMinutes", "no"},
		{"clockings", "TimeOfDayInMinutes", "timeOfDayInMinutes", "no"},
		{"clockings", "$.person.id", "person.id", "no"},
		{"clockings", "Person", "person.id", "no"},
		{"clockings", "clocking.Person.Id", "person.id", "no"},
		{"clockings", "activityLevels[0].level", "activityLevels.0.level", "no"},
		{"clockings", "activityLevels[1].activityDefinition.id", "activityLevels.1.activityDefinition.id", "no"},
		{"clockings", "activityLevels[1]", "activityLevels.1.level", "no"},
		{"clockings", "activityLevels", "activityLevels", "no"},
		{"clockings", "$.Geolocation.Latitude", "geolocation.latitude", "no"},
		{"clockings", "geolocation", "geolocation.longitude", "no"},
		{"clockings", "", "", "no"},
		{"clockings", "$", "", "no"},
		{"clockings", "shoeSize", "", "shoeSize: no"},
		{"clockings", "isGenerated", "", "isGenerated: no"},
		{"usages", "updatedFrom", "from", "no"},
		{"restrictions", "[0].level", "restrictions.0.level", "no"},
		{"restrictions", "$[0].activityDefinitions[2].id", "restrictions.0.activityDefinitions.2.id", "no"},
		{"activity-definitions", "name", "name.default", "no"},
		{"activity-definitions", "Name.Translations.nl-BE", "name.translations.nl-BE", "no"},
	}
	for _, tt := range tests {
		t.Run(tt.collection+" "+tt.path, func(t *testing.T) {
			got := plan(t, tt.collection, contract.Replace).Attach([]protime.FieldError{{Path: tt.path, Message: "no"}})
			if len(got) != 1 || got[0].Name != tt.want || got[0].Args["text"] != tt.text {
				t.Errorf("got %+v, want %q", got, tt.want)
			}
		})
	}
	p, rec := plan(t, "clockings", contract.Replace), record(t, clocking)
	st := edit(p, rec, nil).State(rec, p.Attach([]protime.FieldError{{Path: "date", Message: "a"}, {Path: "date", Message: "b"}, {Message: "c"}})...)
	if got := keys(st.Problems); got != "date problem.api,  problem.api, date problem.api" || cell(t, st, "date").Problem == nil {
		t.Errorf("got %s", got)
	}
}

func TestReadOnlyMembersAreNotSent(t *testing.T) {
	p := plan(t, "clockings", contract.Replace)
	got := string(p.Writable(record(t, clocking)).Raw())
	for _, name := range []string{"changeVersion", `"id": 8192`, "isGenerated"} {
		if strings.Contains(got, name) {
			t.Errorf("%s is sent: %s", name, got)
		}
	}
	if !strings.Contains(got, `"geolocation":{"longitude":4.3922250,"latitude":51.1441270,"accuracy":1e1}`) || !strings.Contains(got, `"reviewed\u0042y"`) {
		t.Errorf("got %s", got)
	}
}

func TestNestedReadOnlyMembersAreNotSent(t *testing.T) {
	c := &contract.Collection{Name: "things", Fields: []contract.Field{
		{Name: "a", Type: "object", Fields: []contract.Field{{Name: "x", Type: "string", ReadOnly: true}, {Name: "y", Type: "string"}}},
		{Name: "b", Type: "array", Fields: []contract.Field{{Name: "x", Type: "string", ReadOnly: true}}},
	}}
	got := string(form.NewPlan(c, contract.Replace).Writable(record(t, `{"a":{"x":1, "z":2.0},"b":[{"x":1},{"q":1,"x":2},5],"c":{"x":1}}`)).Raw())
	if want := `{"a":{"z":2.0},"b":[{},{"q":1},5],"c":{"x":1}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	got = string(form.NewPlan(c, contract.Replace).Writable(record(t, `{"a":{"x":1},"c":1}`)).Raw())
	if want := `{"c":1}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAUsageIsNamedAsItWasAndAsItShallBe(t *testing.T) {
	before := record(t, `{"activityUsageKind":"Person","usageReference":{"id":7},"from":"2026-01-01","until":"2026-06-30"}`)
	p := plan(t, "usages", contract.Replace)
	after, _, problems := edit(p, before, map[string]string{"from": "1/2/2026", "until": ""}).Merge(before)
	if len(problems) > 0 {
		t.Fatal(keys(problems))
	}
	got, err := p.Body(before, after)
	want := `{"activityUsageKind":"Person","usageReference":{"id":7},"originalFrom":"2026-01-01","originalUntil":"2026-06-30","updatedFrom":"2026-02-01"}`
	if err != nil || string(got) != want {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
	got, err = plan(t, "usages", contract.Delete).Body(before, protime.Record{})
	if err != nil || string(got) != string(before.Raw()) {
		t.Errorf("got %s, %v", got, err)
	}
	if _, err := p.Body(protime.Record{}, after); err == nil {
		t.Error("a change of no usage has a body")
	}
}

func TestDiffListsWhatChanges(t *testing.T) {
	p := plan(t, "clockings", contract.Replace)
	after := strings.NewReplacer("485", "480", "51.1441270", "51.144127", `"0001"`, `"0002"`, "Els", "Jan", "4.3922250", "5").Replace(clocking)
	var got []string
	for _, d := range p.Diff(record(t, clocking), p.Writable(record(t, after))) {
		got = append(got, d.Name+" "+string(d.Before)+" "+string(d.After))
	}
	want := []string{"timeOfDayInMinutes 485 480", "geolocation.longitude 4.3922250 5", `reviewedBy "\u003cEls\u003e" "\u003cJan\u003e"`}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	got = nil
	for _, d := range p.Diff(record(t, activity), record(t, strings.Replace(activity, `{"level":1,`, `{"new":1,"level":10,`, 1))) {
		got = append(got, d.Name+" "+string(d.Before)+" "+string(d.After))
	}
	if want := []string{"activityLevels.0.level 1 10", "activityLevels.0.new  1"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if rows := p.Diff(protime.Record{}, record(t, activity)); len(rows) != 11 {
		t.Errorf("a new record differs in %d values", len(rows))
	}
}

func TestInvariant3_AFingerprintIsThatOfWhatWasTyped(t *testing.T) {
	p, rec := plan(t, "clockings", contract.Replace), record(t, clocking)
	base := p.Typed(posted(p.Open(rec, directory{}))).Encode()
	tests := []struct {
		name  string
		typed map[string]string
		same  bool
	}{
		{"the same again", nil, true},
		{"another form's id", map[string]string{"change": "0194"}, true},
		{"another way back", map[string]string{"return": "/clockings"}, true},
		{"another button", map[string]string{"preview": "1"}, true},
		{"another time", map[string]string{"timeOfDayInMinutes": "9"}, false},
		{"another day", map[string]string{"timeOfDayInMinutes.day": "1"}, false},
		{"another reason", map[string]string{"why": "forgot"}, false},
		{"another note", map[string]string{"why.note": "x"}, false},
		{"another pick", map[string]string{"pick.date": "mine"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			values := posted(p.Open(rec, directory{}))
			for name, text := range tt.typed {
				values.Set(name, text)
			}
			got := p.Typed(values).Encode()
			if (got == base) != tt.same {
				t.Errorf("got same %v, want %v", got == base, tt.same)
			}
		})
	}
}

func TestPathsAreTheWritableValues(t *testing.T) {
	got := strings.Join(plan(t, "clockings", contract.Replace).Paths(), " ")
	want := "person date timeOfDayInMinutes kind reason isOpen activityLevels terminal geolocation.longitude geolocation.latitude"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestNamesWithoutAMessageReadAsWords(t *testing.T) {
	for name, want := range map[string]string{
		"timeOfDayInMinutes": "Time of day", "isOpen": "Is open", "countryISOCode": "Country ISO code", "id": "Id", "": "",
		"terminalLanguageISO": "Terminal language ISO", "x-y": "X y",
	} {
		if got := form.Humanised(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestAFieldIsNamedByTheNearestWord(t *testing.T) {
	for path, want := range map[string]string{
		"date":                 "field.meal-vouchers.date field.date",
		"lines[].date":         "field.meal-vouchers.lines[].date field.lines[].date field.date",
		"name.translations.*":  "field.meal-vouchers.name.translations.* field.name.translations.*",
		"geolocation.accuracy": "field.meal-vouchers.geolocation.accuracy field.geolocation.accuracy field.accuracy",
		"externalReferences[]": "field.meal-vouchers.externalReferences[] field.externalReferences[] field.externalReferences",
		"parts[].references[]": "field.meal-vouchers.parts[].references[] field.parts[].references[] field.references",
	} {
		if got := strings.Join(form.LabelKeys("meal-vouchers", path), " "); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}
