package dryrun_test

import (
	"testing"

	"protime-admin/internal/batch"
	"protime-admin/protime"
)

func TestASheetAfterADeadTerminal(t *testing.T) {
	w := newWorld(t,
		[]string{"1", "670012", "1001", "Jan", "Maes"},
		[]string{"2", "670044", "1002", "Fatima", "El Idrissi"},
		[]string{"3", "670051", "1003", "Dries", "Wouters"},
		[]string{"4", "670060", "1004", "Lies", "Peeters"},
	)
	w.tenant.Put("clockings", "50", `{"id":50,"person":{"id":1},"date":"2026-11-16","timeOfDayInMinutes":510,"kind":"InOut"}`)
	b, rows := w.sheet(batch.Create, "Badge|Naam|Datum|Uur|Opmerking",
		"670012|Jan Maes|16/11/2026|8u30|prikklok stuk",
		"670044|Fatima El Idrissi|16/11/2026|6.00|",
		"67O051|Dries Wouters|16/11/2026|06:01|",
		"670060|Lies Peeters|16/11/2026|25:10|",
		"670060|Lies Peeters|31/11/2026|8:30|",
		"670044|Fatima El Idrissi|16-11|0600|",
	)
	want := []struct{ verdict, after, problems, warnings string }{
		{"warned", `{"person":{"id":1},"date":"2026-11-16","timeOfDayInMinutes":510,"kind":"InOut"}`, "", "3 dryrun.twin time=08:30"},
		{"ready", `{"person":{"id":2},"date":"2026-11-16","timeOfDayInMinutes":360,"kind":"InOut"}`, "", ""},
		{"wrong", "", "0 dryrun.no-badge text=67O051 [670051: Dries Wouters]", ""},
		{"wrong", "", "3 problem.time", ""},
		{"wrong", "", "2 problem.no-day days=30", ""},
		{"warned", `{"person":{"id":2},"date":"2026-11-16","timeOfDayInMinutes":360,"kind":"InOut"}`, "", "-1 dryrun.double row=3"},
	}
	for i, row := range w.check(b, rows) {
		got := row.Check
		if string(got.Verdict) != want[i].verdict || string(got.After) != want[i].after ||
			told(got.Problems) != want[i].problems || told(got.Warnings) != want[i].warnings {
			t.Errorf("row %d: got %s %s, problems %q, warnings %q, want %+v",
				row.Number, got.Verdict, got.After, told(got.Problems), told(got.Warnings), want[i])
		}
		if left := i == 0 || i == 5; row.LeftOut != left {
			t.Errorf("row %d: left out %v, want %v", row.Number, row.LeftOut, left)
		}
	}
}

func TestTheDayOfATimeIsReadAsPeopleWriteIt(t *testing.T) {
	w := newWorld(t, []string{"1", "670012", "1001", "Jan", "Maes"})
	b, rows := w.sheet(batch.Create, "Badge|Datum|Uur|Dag van de tijd",
		"670012|16/11/2026|02:00|+1", "670012|16/11/2026|02:01|Volgende dag", "670012|16/11/2026|22:00|la veille",
		"670012|16/11/2026|02:02 (Folgetag)|", "670012|16/11/2026|08:00|same day", "670012|16/11/2026|08:01|later",
	)
	want := []string{"1560", "1561", "-120", "1562", "480", "3 problem.day"}
	for i, row := range w.check(b, rows) {
		got := told(row.Check.Problems)
		if record, err := protime.ParseRecord(row.Check.After); err == nil {
			got = record.Text("timeOfDayInMinutes")
		}
		if got != want[i] {
			t.Errorf("%q: got %q, want %q", row.Cells, got, want[i])
		}
	}
}
