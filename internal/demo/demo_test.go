package demo

import (
	"encoding/json"
	"testing"
	"time"

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
