package form_test

import (
	"strings"
	"testing"

	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// A record with everything that must survive: odd spacing, digits, escapes, members that nobody knows, at every depth.
const clocking = `{ "changeVersion":"0001","id": 8192,
 "person" : {"id":1012,"badge":{"x":[1,2]}}, "date":"2026-11-17","timeOfDayInMinutes": 485,"kind":"InOut",
 "terminal":{"id": 765 },"geolocation":{"longitude":4.3922250,"latitude":51.1441270,"accuracy":1e1},
 "reviewed\u0042y":"\u003cEls\u003e","reason":null,"isGenerated":false}`

const activity = `{"person":{"id":1012},"date":"2026-11-17","timeOfDayInMinutes":480.0,"kind":"Activity","activityLevels":[` +
	`{"level":1,"activityDefinition":{"id":"38fc2206-1a5b-4c3d-8e9f-000000000001"},"extra":1.50},` +
	`{"level":2,"activityDefinition":{"id":"38fc2206-1a5b-4c3d-8e9f-000000000002"}},` +
	`{"level":3,"activityDefinition":{"id":"38fc2206-1a5b-4c3d-8e9f-000000000003"}}]}`

func TestInvariant1_MergeChangesOnlyWhatWasTouched(t *testing.T) {
	type replace [2]string
	tests := []struct {
		name  string
		base  string
		typed map[string]string
		want  []replace // in the base's text
	}{
		{"nothing touched", clocking, nil, nil},
		{"nothing posted", clocking, map[string]string{"timeOfDayInMinutes": "-", "timeOfDayInMinutes.day": "-", "person.id": "-",
			"person.id~find": "-", "kind": "-", "geolocation.latitude": "-"}, nil},
		{"the same time typed otherwise", clocking, map[string]string{"timeOfDayInMinutes": "8h05"}, nil},
		{"the same digits but for zeros", clocking, map[string]string{"geolocation.latitude": "51,144127"}, nil},
		{"480 typed for 480.0", activity, map[string]string{"timeOfDayInMinutes": "800"}, nil},
		{"a time", clocking, map[string]string{"timeOfDayInMinutes": "0800"}, []replace{{": 485", ": 480"}}},
		{"the day alone", clocking, map[string]string{"timeOfDayInMinutes.day": "-1"}, []replace{{": 485", ": -955"}}},
		{"a time without its day keeps the day", strings.Replace(clocking, "485", "1925", 1),
			map[string]string{"timeOfDayInMinutes": "0800", "timeOfDayInMinutes.day": "-"}, []replace{{": 1925", ": 1920"}}},
		{"one number of a place", clocking, map[string]string{"geolocation.longitude": "4,4"}, []replace{{"4.3922250", "4.4"}}},
		{"one number of a place emptied", clocking, map[string]string{"geolocation.longitude": ""},
			[]replace{{`"longitude":4.3922250,`, ""}}},
		{"a place emptied keeps what we do not know", clocking,
			map[string]string{"geolocation.longitude": "", "geolocation.latitude": ""},
			[]replace{{`"longitude":4.3922250,"latitude":51.1441270,`, ""}}},
		{"a place emptied goes when nothing is left", strings.Replace(clocking, `,"accuracy":1e1`, "", 1),
			map[string]string{"geolocation.longitude": "", "geolocation.latitude": ""},
			[]replace{{`"geolocation":{"longitude":4.3922250,"latitude":51.1441270},` + "\n ", ""}}},
		{"a new reference takes the place of the whole one", clocking, map[string]string{"person.id~find": "Els"},
			[]replace{{`{"id":1012,"badge":{"x":[1,2]}}`, `{"id":1013}`}}},
		{"a reference typed as it is stays", clocking, map[string]string{"person.id~find": "670012"}, nil},
		{"a terminal taken off", clocking, map[string]string{"terminal.id~find": ""}, []replace{{`"terminal":{"id": 765 },`, ""}}},
		{"a terminal by its code", clocking, map[string]string{"terminal.id~find": "@external-code:T7"},
			[]replace{{`{"id": 765 }`, `{"externalReferences":{"@external-code":"T7"}}`}}},
		{"a level in a row", activity, map[string]string{"activityLevels.0.level": "7"}, []replace{{`"level":1,`, `"level":7,`}}},
		{"a row emptied", activity, map[string]string{"activityLevels.1.level": "", "activityLevels.1.activityDefinition.id~find": ""},
			[]replace{{`{"level":2,"activityDefinition":{"id":"38fc2206-1a5b-4c3d-8e9f-000000000002"}},`, ""}}},
		{"a row behind the others", activity, map[string]string{"activityLevels.7.level": "9",
			"activityLevels.7.activityDefinition.id": "38fc2206-1a5b-4c3d-8e9f-000000000009"},
			[]replace{{`3"}}]`, `3"}},{"level":9,"activityDefinition":{"id":"38fc2206-1a5b-4c3d-8e9f-000000000009"}}]`}}},
		{"an empty row behind the others", activity, map[string]string{"activityLevels.3.level": " "}, nil},
	}
	p := plan(t, "clockings", contract.Replace)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			base := record(t, tt.base)
			got, leftOut, problems := edit(p, base, tt.typed).Merge(base)
			if len(problems) > 0 || len(leftOut) > 0 {
				t.Fatalf("got problems %s, left out %v", keys(problems), leftOut)
			}
			want := tt.base
			for _, r := range tt.want {
				if !strings.Contains(want, r[0]) {
					t.Fatalf("%q is not in the record", r[0])
				}
				want = strings.Replace(want, r[0], r[1], 1)
			}
			if string(got.Raw()) != want {
				t.Errorf("got  %s\nwant %s", got.Raw(), want)
			}
		})
	}
}

func TestInvariant1_RowsEmptiedAndAddedInOnePost(t *testing.T) {
	p, base := plan(t, "clockings", contract.Replace), record(t, activity)
	got, _, problems := edit(p, base, map[string]string{
		"activityLevels.0.level": "", "activityLevels.0.activityDefinition.id~find": "",
		"activityLevels.1.level": "", "activityLevels.1.activityDefinition.id~find": "",
		"activityLevels.2.level": "", "activityLevels.2.activityDefinition.id~find": "",
		"activityLevels.3.level": "4", "activityLevels.3.activityDefinition.id": "38fc2206-1a5b-4c3d-8e9f-000000000004",
	}).Merge(base)
	raw, _ := got.Lookup("activityLevels")
	want := `[{"level":4,"activityDefinition":{"id":"38fc2206-1a5b-4c3d-8e9f-000000000004"}}]`
	if string(raw) != want || len(problems) > 0 {
		t.Errorf("got %s, %s, want %s", raw, keys(problems), want)
	}
}

func TestInvariant1_AValueThatItsWidgetCannotShowStays(t *testing.T) {
	tests := []struct {
		name, base, input, typed, want string
	}{
		{"a kind of tomorrow", `{"kind":"Pause"}`, "", "", `{"kind":"Pause"}`},
		{"a kind of tomorrow, chosen otherwise", `{"kind":"Pause"}`, "kind", "InOut", `{"kind":"InOut"}`},
		{"half a minute", `{"timeOfDayInMinutes":480.5}`, "", "", `{"timeOfDayInMinutes":480.5}`},
		{"half a minute, typed over", `{"timeOfDayInMinutes":480.5}`, "timeOfDayInMinutes", "800", `{"timeOfDayInMinutes":480}`},
		{"a date with a time", `{"date":"2026-11-17T00:00:00"}`, "", "", `{"date":"2026-11-17T00:00:00"}`},
		{"an odd place removed by choice", `{"geolocation":{"latitude":"51","longitude":4}}`, "geolocation.latitude~kept", "remove",
			`{"geolocation":{"longitude":4}}`},
		{"perhaps", `{"kind":"Reason","isOpen":"perhaps"}`, "", "", `{"kind":"Reason","isOpen":"perhaps"}`},
		{"perhaps taken off", `{"kind":"Reason","isOpen":"perhaps"}`, "isOpen", "", `{"kind":"Reason"}`},
		{"rows that are no list", `{"kind":"Activity","activityLevels":{"a":1}}`, "", "", `{"kind":"Activity","activityLevels":{"a":1}}`},
		{"a row that is no object", `{"kind":"Activity","activityLevels":[5]}`, "", "", `{"kind":"Activity","activityLevels":[5]}`},
		{"a place that is a text", `{"geolocation":"here"}`, "", "", `{"geolocation":"here"}`},
		{"a place that is a text, typed over", `{"geolocation":"here"}`, "geolocation.latitude", "51", `{"geolocation":{"latitude":51}}`},
		{"yes, no or not given", `{"kind":"Reason","isOpen":null}`, "", "", `{"kind":"Reason","isOpen":null}`},
	}
	p := plan(t, "clockings", contract.Replace)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			base := record(t, tt.base)
			typed := map[string]string{}
			if tt.input != "" {
				typed[tt.input] = tt.typed
			}
			got, _, problems := edit(p, base, typed).Merge(base)
			if string(got.Raw()) != tt.want || len(problems) > 0 {
				t.Errorf("got %s, %s, want %s", got.Raw(), keys(problems), tt.want)
			}
		})
	}
}

func TestValuesOfAnotherKindAreLeftOut(t *testing.T) {
	const reason = `{"kind":"Reason","reason":{"id":12},"isOpen":true,"timeOfDayInMinutes":480}`
	const odd = `{"kind":"InOut","reason":{"id":12},"timeOfDayInMinutes":480}`
	tests := []struct {
		name, base string
		typed      map[string]string
		want, left string
	}{
		{"the kind stays", reason, nil, reason, ""},
		{"the kind changes", reason, map[string]string{"kind": "InOut"}, `{"kind":"InOut","timeOfDayInMinutes":480}`, "reason isOpen"},
		{"an odd value that nobody touched stays", odd, map[string]string{"timeOfDayInMinutes": "9"},
			strings.Replace(odd, "480", "540", 1), ""},
		{"an odd value that was typed goes", odd, map[string]string{"isOpen": "true"}, odd, "isOpen"},
		{"nonsense in a field of another kind is no problem", odd, map[string]string{"reason.id": "x", "reason.id~find": "-"},
			`{"kind":"InOut","timeOfDayInMinutes":480}`, "reason"},
	}
	p := plan(t, "clockings", contract.Replace)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			base := record(t, tt.base)
			sub := edit(p, base, tt.typed)
			got, left, problems := sub.Merge(base)
			if string(got.Raw()) != tt.want || strings.Join(left, " ") != tt.left || len(problems) > 0 {
				t.Errorf("got %s, %v, %s, want %s, %s", got.Raw(), left, keys(problems), tt.want, tt.left)
			}
			if st := sub.State(base); strings.Join(st.LeftOut, " ") != tt.left {
				t.Errorf("the page says %v is left out, want %s", st.LeftOut, tt.left)
			}
		})
	}
}

func TestWhatMustNotBeEmptyIsAskedFor(t *testing.T) {
	tests := []struct {
		name  string
		verb  contract.Verb
		base  string
		typed map[string]string
		want  string
	}{
		{"nothing typed on create", contract.Create, "", nil, "person.id problem.required, date problem.required, " +
			"timeOfDayInMinutes problem.required, kind problem.required"},
		{"the time emptied", contract.Replace, clocking, map[string]string{"timeOfDayInMinutes": ""}, "timeOfDayInMinutes problem.required"},
		{"what was missing already", contract.Replace, `{"kind":"InOut"}`, nil, ""},
		{"half a new row", contract.Replace, activity, map[string]string{"activityLevels.3.level": "4"},
			"activityLevels.3.activityDefinition.id problem.required"},
		{"half of an old row emptied", contract.Replace, activity, map[string]string{"activityLevels.1.level": ""},
			"activityLevels.1.level problem.required"},
		{"two at once, in the form's order", contract.Replace, clocking,
			map[string]string{"timeOfDayInMinutes": "99:99", "date": "31/11/2026"}, "date problem.no-day, timeOfDayInMinutes problem.time"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := plan(t, "clockings", tt.verb)
			var base protime.Record
			if tt.base != "" {
				base = record(t, tt.base)
			}
			_, _, problems := edit(p, base, tt.typed).Merge(base)
			if got := keys(problems); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestAnOrdinaryClockingIsBuiltFromNothing(t *testing.T) {
	p := plan(t, "clockings", contract.Create)
	got, _, problems := edit(p, protime.Record{}, map[string]string{
		"person.id~find": "Els", "date": "17/11/2026", "timeOfDayInMinutes": "830", "kind": "InOut", "geolocation.latitude": "51,1",
		"activityLevels.0.level": "1",
	}).Merge(protime.Record{})
	want := `{"person":{"id":1013},"date":"2026-11-17","timeOfDayInMinutes":510,"kind":"InOut","geolocation":{"latitude":51.1}}`
	if string(got.Raw()) != want || len(problems) > 0 {
		t.Errorf("got %s, %s, want %s", got.Raw(), keys(problems), want)
	}
}

func TestTranslationsAreKeptByLanguage(t *testing.T) {
	const base = `{"name":{"default":"Paint","translations":{"nl-BE":"Schilderen","en.x":"a"},"hash":"#"},"shortCode":"P"}`
	tests := []struct {
		name          string
		typed         map[string]string
		want, problem string
	}{
		{"nothing touched", nil, base, ""},
		{"one changed", map[string]string{"name.translations.nl-BE": "Verven"}, strings.Replace(base, "Schilderen", "Verven", 1), ""},
		{"one whose name has a dot", map[string]string{"name.translations.en.x": "b"}, strings.Replace(base, `"a"`, `"b"`, 1), ""},
		{"one emptied", map[string]string{"name.translations.en.x": ""}, strings.Replace(base, `,"en.x":"a"`, "", 1), ""},
		{"all emptied", map[string]string{"name.translations.en.x": "", "name.translations.nl-BE": ""},
			`{"name":{"default":"Paint","hash":"#"},"shortCode":"P"}`, ""},
		{"one added", map[string]string{"name.translations~key.0": "fr-BE", "name.translations~value.0": "Peindre"},
			strings.Replace(base, `"en.x":"a"`, `"en.x":"a","fr-BE":"Peindre"`, 1), ""},
		{"one added by its name", map[string]string{"name.translations.de-DE": "Malen"},
			strings.Replace(base, `"en.x":"a"`, `"en.x":"a","de-DE":"Malen"`, 1), ""},
		{"one without its language", map[string]string{"name.translations~value.0": "Peindre"}, base,
			"name.translations~key.0 problem.key"},
		{"one without its text", map[string]string{"name.translations~key.0": "fr-BE"}, base,
			"name.translations~value.0 problem.required"},
		{"one that is there already", map[string]string{"name.translations~key.0": "nl-BE", "name.translations~value.0": "x"}, base,
			"name.translations~key.0 problem.key-twice"},
		{"the name itself emptied", map[string]string{"name.default": ""}, strings.Replace(base, `"default":"Paint",`, "", 1),
			"name.default problem.required"},
	}
	p := plan(t, "activity-definitions", contract.Replace)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rec := record(t, base)
			got, _, problems := edit(p, rec, tt.typed).Merge(rec)
			if keys(problems) != tt.problem {
				t.Fatalf("got %s, want %s", keys(problems), tt.problem)
			}
			if tt.problem == "" && string(got.Raw()) != tt.want {
				t.Errorf("got %s, want %s", got.Raw(), tt.want)
			}
		})
	}
}

func TestRestrictionsHaveRowsInRows(t *testing.T) {
	const base = `{"changeVersion":"1","restrictions":[{"level":1,"activityDefinitions":[` +
		`{"id":"38fc2206-1a5b-4c3d-8e9f-000000000001"},{"id":"38fc2206-1a5b-4c3d-8e9f-000000000002","x":1}]}]}`
	p, rec := plan(t, "restrictions", contract.Replace), record(t, base)
	sub := edit(p, rec, map[string]string{
		"restrictions.0.activityDefinitions.0.id~find": "",
		"restrictions.0.activityDefinitions.2.id":      "38fc2206-1a5b-4c3d-8e9f-000000000003",
		"restrictions.1.level":                         "2",
		"restrictions.1.activityDefinitions.0.id":      "38fc2206-1a5b-4c3d-8e9f-000000000004",
	})
	after, _, problems := sub.Merge(rec)
	if len(problems) > 0 {
		t.Fatal(keys(problems))
	}
	got, err := p.Body(rec, after)
	want := `[{"level":1,"activityDefinitions":[{"id":"38fc2206-1a5b-4c3d-8e9f-000000000002","x":1},` +
		`{"id":"38fc2206-1a5b-4c3d-8e9f-000000000003"}]},` +
		`{"level":2,"activityDefinitions":[{"id":"38fc2206-1a5b-4c3d-8e9f-000000000004"}]}]`
	if err != nil || string(got) != want {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
	if got, err := p.Body(rec, record(t, `{"changeVersion":"1"}`)); err != nil || string(got) != "[]" {
		t.Errorf("got %s, %v, want []", got, err)
	}
}

func TestInvariant1_RowsThatAFormDoesNotDrawStay(t *testing.T) {
	many := `{"kind":"Activity","activityLevels":[{"level":1}` + strings.Repeat(`,{"level":2}`, 700) + `]}`
	p, base := plan(t, "clockings", contract.Replace), record(t, many)
	got, _, problems := edit(p, base, map[string]string{"activityLevels.0.level": "5"}).Merge(base)
	if want := strings.Replace(many, "1", "5", 1); string(got.Raw()) != want || len(problems) > 0 {
		t.Errorf("got %d bytes, %s, want %d", len(got.Raw()), keys(problems), len(want))
	}
}
