package dryrun_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"protime-admin/internal/batch"
)

// staff are four people of a company, the first of whom has left.
func staff() [][]string {
	return [][]string{
		{"1", "670012", "1001", "Jan", "Maes"},
		{"2", "670044", "1002", "Fatima", "El Idrissi"},
		{"3", "670051", "1003", "Dries", "Wouters"},
		{"4", "670060", "1004", "Lies", "Peeters"},
	}
}

func TestColumnsMeanWhatTheyAreCalledOrHold(t *testing.T) {
	w := newWorld(t, staff()...)
	const who, badge, number, id = "person.id~name", "person.id~badge", "person.id~number", "person.id"
	const date, clock, both, kind, note = "date", "timeOfDayInMinutes", "date~time", "kind", "why.note"
	tests := []struct {
		name       string
		collection string
		operation  batch.Operation
		headings   string // "" for none
		rows       []string
		want       []string // input and how
	}{
		{"Dutch headings", "clockings", batch.Create, "Badge|Naam|Datum|Uur|Opmerking", []string{"670012|Jan Maes|16/11|8u30|stuk"},
			[]string{badge + " header", who + " header", date + " header", clock + " header", note + " header"}},
		{"French headings with accents", "clockings", batch.Create, "Matricule|Prénom|Nom|Date|Heure|Motif|Pointeuse",
			[]string{"1001|Jan|Maes|16/11/2026|8h30|panne|T7"},
			[]string{number + " header", who + " header", who + " header", date + " header", clock + " header", note + " header", "terminal.id header"}},
		{"German headings", "clockings", batch.Create, "Personalnummer|Name|Datum|Uhrzeit|Art|Bemerkung", []string{"1001|Maes Jan|16.11.2026|8:30|Kommen|-"},
			[]string{number + " header", who + " header", date + " header", clock + " header", kind + " header", note + " header"}},
		{"English headings in capitals", "clockings", batch.Create, "EMPLOYEE NO.|DATE|TIME|TERMINAL", []string{"1001|2026-11-16|08:30|Main gate"},
			[]string{number + " header", date + " header", clock + " header", "terminal.id header"}},
		{"the names of the API's members", "clockings", batch.Create, "person.id|date|timeOfDayInMinutes|kind", []string{"1|2026-11-16|830|InOut"},
			[]string{id + " header", date + " header", clock + " header", kind + " header"}},
		{"no headings at all", "clockings", batch.Create, "", []string{"Jan Maes|8u30|16 nov|670012", "Lies Peeters|0600|16/11|670060"},
			[]string{who + " values", clock + " values", date + " values", badge + " values"}},
		{"employee numbers that could be times", "clockings", batch.Create, "", []string{"1001|16/11/2026|1001", "1002|16/11/2026|0830"},
			[]string{number + " values", date + " values", clock + " values"}},
		{"one word of a heading is known", "clockings", batch.Create, "Onze badge|Datum van de prik|Tijdstip", []string{"670012|16/11/2026|8:30"},
			[]string{badge + " values", date + " values", clock + " header"}},
		{"date and time in one column", "clockings", batch.Create, "Badge|Tijdstip", []string{"670012|16/11/2026 08:30", "670044|16/11/2026 06:00"},
			[]string{badge + " header", both + " header"}},
		{"date and time in one column without heading", "clockings", batch.Create, "", []string{"670012|2026-11-16 08:30:12"},
			[]string{badge + " values", both + " values"}},
		{"a time below the heading of a date", "clockings", batch.Create, "Badge|Dag|Datum", []string{"670012|8u30|16/11/2026"},
			[]string{badge + " header", clock + " values", date + " header"}},
		{"a weekday beside the date", "clockings", batch.Create, "Badge|Datum|Dag|Uur", []string{"670012|16/11/2026|ma|8u30"},
			[]string{badge + " header", date + " header", " ", clock + " header"}},
		{"a reason without a kind is a note", "clockings", batch.Create, "Badge|Datum|Uur|Reden", []string{"670012|16/11|8u30|stuk"},
			[]string{badge + " header", date + " header", clock + " header", note + " header"}},
		{"half of the cells are badges", "clockings", batch.Create, "", []string{"670012|8u30", "gate|6u", "670044|7u", "none|8u"},
			[]string{" ", clock + " values"}},
		{"a heading twice", "clockings", batch.Create, "Badge|Badge|Datum|Uur", []string{"670012|670012|16/11|8u30"},
			[]string{badge + " header", " ", date + " header", clock + " header"}},
		{"our column of reasons", "clockings", batch.Create, "Badge|Datum|Uur|Why not made", []string{"670012|16/11|8u30|Period is closed"},
			[]string{badge + " header", date + " header", clock + " header", " header"}},
		{"our file of results", "clockings", batch.Create, "Row|Badge|Datum|Uur|What happened|Why not made|Answer|Location|Change",
			[]string{"2|670012|16/11|8u30|added||201 Created|/clockings/7|0197"},
			[]string{" header", badge + " header", date + " header", clock + " header", " header", " header", " header", " ", " header"}},
		{"what is replaced is named first", "clockings", batch.Replace, "Nummer|Uur", []string{"8192|8u30"},
			[]string{"id header", clock + " header"}},
		{"a list to delete", "clockings", batch.Delete, "ID|Opmerking|Datum", []string{"8192|dubbel|16/11"},
			[]string{"id header", note + " header", " "}},
		{"assignments", "assignments", batch.Create, "Medewerker|Van|Tot|Beginuur|Einduur|Pauze|Opmerking|Level|Activity",
			[]string{"Jan Maes|16/11/2026|16/11/2026|8:00|16:30|0:30|nieuw|1|WELD"},
			[]string{who + " header", "from header", "until header", "startTimeInMinutes header", "endTimeInMinutes header",
				"breakDurationInMinutes header", "comments header", "activityLevels.0.level header",
				"activityLevels.0.activityDefinition.id header"}},
		{"activity definitions", "activity-definitions", batch.Create, "Name|Short code|Active from", []string{"Welding|WELD|1/1/2026"},
			[]string{"name.default header", "shortCode header", "activeFrom header"}},
		{"nothing", "clockings", batch.Create, "", nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, _ := w.contract.Collection(tt.collection)
			var headings []string
			if tt.headings != "" {
				headings = strings.Split(tt.headings, "|")
			}
			var rows [][]string
			for _, row := range tt.rows {
				rows = append(rows, strings.Split(row, "|"))
			}
			var got []string
			for _, column := range w.reader.Meaning(c, tt.operation, headings, rows, nil) {
				got = append(got, column.Input+" "+string(column.How))
			}
			if strings.Join(got, ", ") != strings.Join(tt.want, ", ") {
				t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), strings.Join(tt.want, ", "))
			}
		})
	}
}

func TestColumnsMeanWhatThePersonChoseTheLastTime(t *testing.T) {
	w := newWorld(t, staff()...)
	c, _ := w.contract.Collection("clockings")
	headings, rows := []string{"Nr.", "Naam", "Datum", "Uur"}, [][]string{{"1001", "Jan Maes", "16/11", "8u30"}}
	meant := map[string]string{"Nr.": "person.id~number", "Naam": "", "Datum": "no-such-input"}
	got := w.reader.Meaning(c, batch.Create, headings, rows, meant)
	want := []batch.Column{
		{Header: "Nr.", Input: "person.id~number", How: batch.ByHand}, {Header: "Naam", How: batch.ByHand},
		{Header: "Datum", Input: "date", How: batch.ByHeader}, {Header: "Uur", Input: "timeOfDayInMinutes", How: batch.ByHeader},
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %+v, want %+v", got[i], want[i])
		}
	}
}

func TestWhatNoColumnGivesIsMissing(t *testing.T) {
	w := newWorld(t, staff()...)
	tests := []struct {
		name, collection string
		operation        batch.Operation
		inputs           []string
		preset           map[string]string
		want             string
	}{
		{"nothing is given", "clockings", batch.Create, nil, nil, "person.id~name date timeOfDayInMinutes"},
		{"a badge says who", "clockings", batch.Create, []string{"person.id~badge", "date", "timeOfDayInMinutes"}, nil, ""},
		{"date and time in one column", "clockings", batch.Create, []string{"person.id~name", "date~time"}, nil, ""},
		{"every row has the time", "clockings", batch.Create, []string{"person.id", "date"}, map[string]string{"timeOfDayInMinutes": "6:00"}, ""},
		{"the kind was taken off", "clockings", batch.Create, []string{"person.id", "date", "timeOfDayInMinutes"}, map[string]string{"kind": ""}, "kind"},
		{"which to change", "clockings", batch.Replace, []string{"timeOfDayInMinutes"}, nil, "id"},
		{"which to delete", "clockings", batch.Delete, []string{"why.note"}, nil, "id"},
		{"one activity is needed", "assignments", batch.Create, []string{"person.id", "from"}, nil,
			"activityLevels.0.level activityLevels.0.activityDefinition.id"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := batch.Batch{Collection: tt.collection, Operation: tt.operation, Preset: tt.preset}
			for _, input := range tt.inputs {
				b.Columns = append(b.Columns, batch.Column{Input: input})
			}
			var got []string
			for _, in := range w.reader.Missing(b) {
				got = append(got, in.Name)
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("got %q, want %q", strings.Join(got, " "), tt.want)
			}
		})
	}
}

func TestWhatAColumnCanMean(t *testing.T) {
	w := newWorld(t, staff()...)
	tests := []struct {
		collection string
		operation  batch.Operation
		begin      string
	}{
		{"clockings", batch.Create, "person.id~name person.id~badge person.id~number person.id date timeOfDayInMinutes date~time kind terminal.id why.note"},
		{"clockings", batch.Replace, "id person.id~name"},
		{"clockings", batch.Delete, "id why.note"},
		{"webhooks", batch.Create, ""},
	}
	for _, tt := range tests {
		c, _ := w.contract.Collection(tt.collection)
		var got []string
		for _, in := range w.reader.Inputs(c, tt.operation) {
			got = append(got, in.Name)
			if len(w.reader.Texts(in.Labels...)) != 4 {
				t.Errorf("%s %s: the label of %q is not in every language", tt.operation, tt.collection, in.Name)
			}
		}
		if !strings.HasPrefix(strings.Join(got, " "), tt.begin) {
			t.Errorf("%s %s: got %q, want it to begin with %q", tt.operation, tt.collection, got, tt.begin)
		}
	}
	for _, c := range w.contract.Collections {
		for _, o := range []batch.Operation{batch.Create, batch.Replace, batch.Delete} {
			if len(w.reader.Inputs(c, o)) == 0 {
				t.Errorf("%s %s: a column can mean nothing", o, c.Name)
			}
		}
	}
}

func TestATemplateIsReadBack(t *testing.T) {
	w := newWorld(t, staff()...)
	for _, tt := range []struct {
		collection string
		operation  batch.Operation
	}{
		{"clockings", batch.Create}, {"clockings", batch.Replace}, {"clockings", batch.Delete}, {"assignments", batch.Create},
		{"assignments", batch.Replace}, {"activity-definitions", batch.Create}, {"usages", batch.Create},
	} {
		c, _ := w.contract.Collection(tt.collection)
		for language := range 4 {
			var headings, inputs []string
			for _, in := range w.reader.Inputs(c, tt.operation) {
				heading := w.reader.Texts(in.Labels...)[language]
				if in.Row > 1 {
					heading += " " + strconv.Itoa(in.Row)
				}
				if !slices.Contains(headings, heading) {
					headings, inputs = append(headings, heading), append(inputs, in.Name)
				}
			}
			for i, column := range w.reader.Meaning(c, tt.operation, headings, nil, nil) {
				if column.Input != inputs[i] {
					t.Errorf("%s %s: %q means %q, want %q", tt.operation, tt.collection, headings[i], column.Input, inputs[i])
				}
			}
		}
	}
}
