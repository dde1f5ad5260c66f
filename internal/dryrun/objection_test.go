package dryrun_test

import (
	"strconv"
	"strings"
	"testing"

	"protime-admin/internal/batch"
	"protime-admin/internal/dryrun"
	"protime-admin/internal/form"
	"protime-admin/protime"
)

func TestWhatAChangeGoesAgainst(t *testing.T) {
	w := newWorld(t,
		[]string{"1", "", "", "Jan", "Maes", `"employeeNumber":"0671001"`},
		[]string{"2", "", "1002", "Oud", "Collega", `"outOfServiceDate":"2026-10-31"`},
		[]string{"3", "", "1003", "Vroeger", "Collega", `"outOfServiceDate":"2026-06-30"`},
		[]string{"4", "", "1004", "Al", "Gesloten", `"periodClosingDate":"2026-10-31"`},
		[]string{"5", "", "1005", "Ook", "Gesloten", `"periodClosingDate":"2026-10-31"`},
	)
	at := func(person, date, minute string) string {
		return `{"person":{"id":` + person + `},"date":"` + date + `","timeOfDayInMinutes":` + minute + `}`
	}
	record := func(text string) protime.Record {
		if text == "" {
			return protime.Record{}
		}
		r, err := protime.ParseRecord([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for _, tt := range []struct{ name, collection, number, before, after, want string }{
		{"nothing", "clockings", "1", "", at("1", "2026-11-20", "720"), ""},
		{"nobody that is known", "clockings", "1", at("99", "2026-01-01", "480"), "", ""},
		{"the last day of the closed period", "clockings", "", "", at("4", "2026-10-31", "480"), "closed 4 2026-10-31"},
		{"the day after it", "clockings", "", "", at("4", "2026-11-01", "480"), ""},
		{"from one closed calendar to another", "clockings", "", at("4", "2026-10-05", "480"), at("5", "2026-10-06", "480"),
			"closed 4 2026-10-31, closed 5 2026-10-31"},
		{"a record that is deleted in the closed period", "clockings", "", at("4", "2026-10-31T00:00:00", "480"), "", "closed 4 2026-10-31"},
		{"an assignment from the closed period", "assignments", "", "", `{"person":{"id":4},"from":"2026-10-31"}`, "closed 4 2026-10-31"},
		{"an assignment without its first day", "assignments", "", "", `{"person":{"id":2}}`, ""},
		{"before the first day of service", "clockings", "", "", at("1", "2019-12-31", "480"), "outside 1 2019-12-31"},
		{"the last day of service", "clockings", "", "", at("2", "2026-10-31T00:00:00", "480"), ""},
		{"the same person and date before and after", "clockings", "", at("2", "2026-11-02", "480"), at("2", "2026-11-02", "490"),
			"outside 2 2026-11-02"},
		{"two people who are not employed on that date", "clockings", "", at("2", "2026-11-02", "480"), at("3", "2026-11-02", "480"),
			"outside 2 2026-11-02, outside 3 2026-11-02"},
		{"the maker's own, whose number sign-in writes without the zero", "clockings", "671001", at("1", "2026-11-16", "480"), "", "own"},
		{"one that Protime made", "clockings", "", `{"isGenerated":true}`, "", "generated"},
		{"a new one of the next minute", "clockings", "", "", at("1", "2026-11-20", "721"), "future 2026-11-20 721"},
		{"a new one of tomorrow's date at a time of this morning", "clockings", "", "", at("1", "2026-11-21", "-960"), ""},
		{"a correction within today", "clockings", "", at("1", "2026-11-20", "480"), at("1", "2026-11-20", "1000"), ""},
		{"a correction to tomorrow", "clockings", "", at("1", "2026-11-20", "480"), at("1", "2026-11-21", "480"), "future 2026-11-21 480"},
		{"one to come that is deleted", "clockings", "", at("1", "2026-11-21", "480"), "", ""},
	} {
		c, _ := w.contract.Collection(tt.collection)
		var all []string
		for _, o := range w.reader.Against(c, tt.number, record(tt.before), record(tt.after)) {
			minute := ""
			if o.Rule == dryrun.Future {
				minute = strconv.Itoa(o.Minute)
			}
			all = append(all, strings.Join(strings.Fields(string(o.Rule)+" "+o.Person.ID+" "+o.Date+" "+minute), " "))
		}
		if got := strings.Join(all, ", "); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestWhatARowGoesAgainstStandsAtItsCells(t *testing.T) {
	w := newWorld(t,
		[]string{"1", "670012", "1001", "Jan", "Maes"},
		[]string{"2", "670044", "1002", "Oud", "Collega", `"outOfServiceDate":"2026-10-31","periodClosingDate":"2026-11-02"`},
		[]string{"3", "670051", "1003", "Vroeger", "Collega", `"outOfServiceDate":"2026-06-30","periodClosingDate":"2026-11-02"`},
	)
	w.tenant.Put("clockings", "50", `{"id":50,"person":{"id":2},"date":"2026-11-02","timeOfDayInMinutes":510,"kind":"InOut"}`)
	b, rows := w.sheet(batch.Replace, "ID|Badge", "50|670051")
	w.holds(b, rows, "warned | -1 dryrun.closed date=2026-11-02 person=Oud Collega; "+
		"-1 dryrun.outside date=2026-11-02 person=Oud Collega; -1 dryrun.outside date=2026-11-02 person=Vroeger Collega")

	b, rows = w.sheet(batch.Create, "Badge|Datum|Uur", "670012|20/11/2026|1:00")
	b.Preset = map[string]string{"timeOfDayInMinutes" + form.SuffixDay: "1"}
	w.holds(b, rows, "warned | 1 dryrun.future date=2026-11-21 time=01:00")
}
