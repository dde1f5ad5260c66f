package form_test

import (
	"net/url"
	"testing"

	"protime-admin/protime"
	"protime-admin/protime/contract"
)

func TestPickersReadTheIDAndTheTextBesideIt(t *testing.T) {
	const id, find, was = "person.id", "person.id~find", "person.id~was"
	base := `{"person":{"id":1012,"x":1},"kind":"InOut"}`
	with := func(reference string) string { return `{"person":` + reference + `,"kind":"InOut"}` }
	const gone = `{"kind":"InOut"}`
	tests := []struct {
		name          string
		typed         map[string]string
		want, problem string
	}{
		{"untouched", nil, base, ""},
		{"the id alone", map[string]string{id: "1013", find: "-", was: "-"}, with(`{"id":1013}`), ""},
		{"the id changed, the text not", map[string]string{id: "1013"}, with(`{"id":1013}`), ""},
		{"the script's choice", map[string]string{id: "1013", find: "Els Peeters · 670013"}, with(`{"id":1013}`), ""},
		{"the name alone beside its id", map[string]string{id: "1013", find: "Els Peeters"}, with(`{"id":1013}`), ""},
		{"a name", map[string]string{find: "Els"}, with(`{"id":1013}`), ""},
		{"a number that is also an id", map[string]string{find: "670013"}, with(`{"id":670013}`), ""},
		{"an id typed as text", map[string]string{find: "1014"}, with(`{"id":1014}`), ""},
		{"several, the old one among them", map[string]string{find: "Jan"}, base, id + " problem.several"},
		{"a whole name that another begins with", map[string]string{find: "Peeters"}, with(`{"id":1015}`), ""},
		{"nobody", map[string]string{find: "Xavier"}, base, id + " problem.not-found"},
		{"the text emptied", map[string]string{find: ""}, gone, id + " problem.required"},
		{"the text emptied where no former text was sent", map[string]string{find: "", was: "-"}, base, ""},
		{"the id emptied where no former text was sent", map[string]string{id: "", find: "", was: "-"}, gone, id + " problem.required"},
		{"the label where no former text was sent", map[string]string{find: "Jan Maes · 670012", was: "-"}, base, ""},
		{"a new name where no former text was sent", map[string]string{find: "Els", was: "-"}, with(`{"id":1013}`), ""},
		{"a badge", map[string]string{find: "@badge-number:67"}, with(`{"externalReferences":{"@badge-number":"67"}}`), ""},
		{"a badge in place of an id", map[string]string{id: "@badge-number:67", find: "-"},
			with(`{"externalReferences":{"@badge-number":"67"}}`), ""},
		{"a name of another collection", map[string]string{find: "@external-code:T7"}, base, id + " problem.external-name"},
		{"a name of one's own", map[string]string{find: "ref:HRMID:67"}, with(`{"externalReferences":{"HRMID":"67"}}`), ""},
		{"no id at all", map[string]string{id: "Jan", find: "-"}, base, id + " problem.id"},
	}
	p := plan(t, "clockings", contract.Replace)
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

func TestInvariant6_AChoiceOfHitsIsStable(t *testing.T) {
	p, rec := plan(t, "clockings", contract.Replace), record(t, clocking)
	first := edit(p, rec, map[string]string{"person.id~find": "Jan", "timeOfDayInMinutes": "99:99"})
	st := first.State(rec)
	c := cell(t, st, "person.id")
	if len(c.Hits) != 2 || c.Find != "Jan" || c.Was != "Jan" || c.Typed.Text != "" {
		t.Fatalf("got %+v", c)
	}
	t.Run("nothing chosen is asked again", func(t *testing.T) {
		if got := keys(again(p, st, map[string]string{"timeOfDayInMinutes": "9"}).Problems()); got != "person.id problem.several" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("one chosen is taken, and stays chosen while another problem is solved", func(t *testing.T) {
		second := again(p, st, map[string]string{"person.id": "1014"})
		if got := keys(second.Problems()); got != "timeOfDayInMinutes problem.time" {
			t.Fatalf("got %s", got)
		}
		third := again(p, second.State(rec), map[string]string{"timeOfDayInMinutes": "9"})
		after, _, problems := third.Merge(rec)
		if id, _ := after.Int("person", "id"); id != 1014 || len(problems) > 0 {
			t.Errorf("got person %d, %s", id, keys(problems))
		}
	})
	t.Run("nobody found stays not found", func(t *testing.T) {
		second := again(p, edit(p, rec, map[string]string{"person.id~find": "Xavier"}).State(rec), nil)
		if got := keys(second.Problems()); got != "person.id problem.not-found" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("one found stays found, with the text as typed", func(t *testing.T) {
		st := edit(p, rec, map[string]string{"person.id~find": "Els", "date": "never"}).State(rec)
		if c := cell(t, st, "person.id"); c.Find != "Els" || c.Typed.Text != "1013" || c.Hit.Label != "Els Peeters" {
			t.Fatalf("got %+v", c)
		}
		after, _, _ := again(p, st, map[string]string{"date": "1/12"}).Merge(rec)
		if id, _ := after.Int("person", "id"); id != 1013 {
			t.Errorf("got person %d", id)
		}
	})
}

func TestACollectionThatCannotBeSearchedIsAPlainID(t *testing.T) {
	p, rec := plan(t, "clockings", contract.Replace), record(t, clocking)
	closed := directory{closed: map[string]bool{"terminals": true}}
	st := p.Open(rec, closed)
	if c := cell(t, st, "terminal.id"); !c.Plain || c.Typed.Text != "765" {
		t.Fatalf("got %+v", c)
	}
	values := posted(st)
	values.Set("terminal.id", "766")
	after, _, problems := p.Decode(t.Context(), values, closed, today()).Merge(rec)
	if id, _ := after.Int("terminal", "id"); id != 766 || len(problems) > 0 {
		t.Errorf("got terminal %d, %s", id, keys(problems))
	}
	if c := cell(t, p.Open(rec, nil), "person.id"); !c.Plain {
		t.Error("without a directory a person is no plain id")
	}
}

func TestANewFormIsPrefilledByItsAddress(t *testing.T) {
	values, err := url.ParseQuery("person.id=1013&date=vandaag&timeOfDayInMinutes=1800&kind=inout&terminal.id~find=Gate&geolocation.latitude=x")
	if err != nil {
		t.Fatal(err)
	}
	p := plan(t, "clockings", contract.Create)
	st := p.New(t.Context(), values, directory{}, today())
	for name, want := range map[string]string{
		"person.id": "1013", "date": "2026-11-17", "timeOfDayInMinutes": "18:00", "kind": "InOut", "geolocation.latitude": "x",
	} {
		if got := cell(t, st, name).Typed.Text; got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if c := cell(t, st, "person.id"); c.Find != "Els Peeters · 670013" {
		t.Errorf("got %q", c.Find)
	}
	if c := cell(t, st, "terminal.id"); len(c.Hits) != 2 || c.Find != "Gate" {
		t.Errorf("got %+v", c)
	}
	if got, want := keys(st.Problems), "terminal.id problem.several, geolocation.latitude problem.number"; got != want {
		t.Errorf("problems: got %s, want those of what cannot be read: %s", got, want)
	}
	sub := again(p, st, map[string]string{"geolocation.latitude": "", "terminal.id": "766"})
	got, _, problems := sub.Merge(protime.Record{})
	want := `{"person":{"id":1013},"date":"2026-11-17","timeOfDayInMinutes":1080,"kind":"InOut","terminal":{"id":766}}`
	if string(got.Raw()) != want || len(problems) > 0 {
		t.Errorf("got %s, %s, want %s", got.Raw(), keys(problems), want)
	}
}
