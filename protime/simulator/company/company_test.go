package company_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"protime-admin/protime/simulator/company"
)

// thursday is the "today" of these tests, so that the week has days behind it.
var thursday = time.Date(2026, 1, 15, 9, 0, 0, 0, time.UTC)

func TestTheCompanyHasWhatTheStoriesNeedOnAnyDay(t *testing.T) {
	for day := range 14 {
		today := thursday.AddDate(0, 0, day)
		monday := today.AddDate(0, 0, -(int(today.Weekday())+6)%7).Format(time.DateOnly)
		t.Run(today.Format("Monday 2006-01-02"), func(t *testing.T) {
			tenant := company.New(today)
			if got := len(tenant.IDs("people")); got != 60 {
				t.Errorf("got %d people, want 60", got)
			}
			jan, _ := tenant.Get("people", "76547")
			els, _ := tenant.Get("people", "76548")
			if !strings.Contains(jan, `"lastName":"Maes","firstName":"Jan"`) || !strings.Contains(els, `"lastName":"Peeters","firstName":"Els"`) {
				t.Errorf("got %s and %s, want Jan Maes and Els Peeters", jan, els)
			}
			example, ok := tenant.Get("clockings", "8192")
			want := `"person":{"id":76547},"date":"` + monday + `","timeOfDayInMinutes":485,"kind":"InOut","terminal":{"id":765},` +
				`"geolocation":{"longitude":4.392225,"latitude":51.144127}`
			if !ok || !strings.Contains(example, want) || !strings.HasSuffix(example, `"payrollTag":"A-7","ratio":1.50}`) {
				t.Errorf("got clocking 8192 %s, want %s and two unknown members", example, want)
			}
			ids := tenant.IDs("clockings")
			slices.Sort(ids)
			if unique := len(slices.Compact(slices.Clone(ids))); unique != len(ids) {
				t.Errorf("got %d ids of %d clockings, want them unique", unique, len(ids))
			}
		})
	}
}

func TestTheCompanyIsTheSameEveryTime(t *testing.T) {
	one, other := company.New(thursday), company.New(thursday.Add(5*time.Hour))
	for _, collection := range []string{"people", "clockings", "calculated-totals", "usages"} {
		for _, id := range one.IDs(collection) {
			a, _ := one.Get(collection, id)
			b, _ := other.Get(collection, id)
			if a != b {
				t.Fatalf("%s %s: got %s and %s, want the same", collection, id, a, b)
			}
		}
	}
}

func TestTheUsualMistakesWereMade(t *testing.T) {
	tenant := company.New(thursday)
	seen := make(map[string]int)
	for _, id := range tenant.IDs("clockings") {
		record, _ := tenant.Get("clockings", id)
		for mistake, mark := range map[string]string{
			"edited": "originalTimeOfDayInMinutes", "deleted": `"status":"Deleted"`, "generated": `"isGenerated":true`,
			"wrong terminal": `"terminal":{"id":768}`, "next day": `"timeOfDayInMinutes":18`, "day before": `"timeOfDayInMinutes":-`,
			"reason": `"kind":"Reason"`, "activity": `"kind":"Activity"`, "unknown member": "payrollTag",
		} {
			if strings.Contains(record, mark) {
				seen[mistake]++
			}
		}
	}
	for _, mistake := range []string{"edited", "deleted", "generated", "wrong terminal", "next day", "day before", "reason",
		"activity", "unknown member"} {
		if seen[mistake] == 0 {
			t.Errorf("got no clocking with mistake %q", mistake)
		}
	}
}

func TestPeopleCarryPersonalDataThatClientsMustDrop(t *testing.T) {
	record, _ := company.New(thursday).Get("people", "76547")
	for _, part := range []string{`"bankAccount":"`, `"socialSecurityNumber":"`, `"registerNumber":"`, `"pinCode":`} {
		if !strings.Contains(record, part) {
			t.Errorf("got %s, want it to contain %s", record, part)
		}
	}
}

func TestTheJournalOfANewCompanyIsEmpty(t *testing.T) {
	if got := company.New(thursday).Journal(); len(got) != 0 {
		t.Errorf("got %d entries, want none", len(got))
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		company.New(thursday)
	}
}

func ExampleNew() {
	tenant := company.New(time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC))
	record, _ := tenant.Get("clockings", "8192")
	fmt.Println(record[strings.Index(record, `"date"`):strings.Index(record, `,"kind"`)])
	// Output: "date":"2026-01-12","timeOfDayInMinutes":485
}
