package demo

import (
	"encoding/json"
	"testing"
	"time"

	"protime-admin/internal/day"
	"protime-admin/protime"
	"protime-admin/protime/simulator"
	"protime-admin/protime/simulator/company"
)

// TestElsIsHerself: OWN_RECORDS=forbid compares the employee number at sign-in with the one in the company.
func TestElsIsHerself(t *testing.T) {
	tenant, els := company.New(time.Now()), people()[0]
	for _, id := range tenant.IDs("people") {
		record, _ := tenant.Get("people", id)
		var person struct{ FirstName, LastName, EmployeeNumber string }
		if err := json.Unmarshal([]byte(record), &person); err != nil {
			t.Fatal(err)
		}
		if person.FirstName+" "+person.LastName == els.Name && person.EmployeeNumber == els.EmployeeNumber {
			return
		}
	}
	t.Errorf("got nobody called %s with the number %s in the company", els.Name, els.EmployeeNumber)
}

// TestEveryWeekdayHasSomethingToCheck: whoever tries the demo sees each of the usual mistakes, whatever day it is.
func TestEveryWeekdayHasSomethingToCheck(t *testing.T) {
	for i := range 7 {
		today := time.Date(2026, 1, 12+i, 9, 0, 0, 0, time.UTC)
		t.Run(today.Format("Monday"), func(t *testing.T) {
			tenant := company.New(today)
			mistakes(tenant, today)
			found := map[day.Rule]int{}
			facts := map[string]day.Facts{}
			for _, id := range tenant.IDs("clockings") {
				c, ok := day.ClockingOf(parsed(t, tenant, "clockings", id))
				if !ok {
					continue
				}
				of := c.Person + c.Date
				f := facts[of]
				f.Person, f.Date, f.Today = c.Person, c.Date, today.Format(time.DateOnly)
				f.Clockings = append(f.Clockings, c)
				facts[of] = f
			}
			for _, id := range tenant.IDs("absences") {
				a, _ := day.AbsenceOf(parsed(t, tenant, "absences", id))
				if f, ok := facts[a.Person+a.Date]; ok {
					f.Absences = append(f.Absences, a)
					facts[a.Person+a.Date] = f
				}
			}
			for _, f := range facts {
				if f.Date < today.AddDate(0, 0, -10).Format(time.DateOnly) {
					continue
				}
				for _, finding := range (day.Rules{}).Judge(f).Findings {
					found[finding.Rule]++
				}
			}
			for _, rule := range []day.Rule{day.OddCount, day.TooClose, day.LongStretch, day.OnAbsence, day.BySystem} {
				if found[rule] == 0 {
					t.Errorf("got no day with %s, want one", rule)
				}
			}
		})
	}
}

func parsed(t *testing.T, tenant *simulator.Tenant, collection, id string) protime.Record {
	t.Helper()
	text, _ := tenant.Get(collection, id)
	record, err := protime.ParseRecord([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return record
}
