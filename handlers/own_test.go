package handlers_test

import (
	"net/http"
	"testing"
)

// TestNobodyChangesTheirOwnRecordsWhereThatIsForbidden: the one who signed in is known by the employee number, and by
// the address where the provider gives no number.
func TestNobodyChangesTheirOwnRecordsWhereThatIsForbidden(t *testing.T) {
	for _, test := range []struct {
		name, person string // members of the person whose clocking 8192 is
		setting      string
		want         int
	}{
		{"another person's", `{"employeeNumber":"670099","email":"x@acme.example"}`, "forbid", http.StatusOK},
		{"one's own, by number", `{"employeeNumber":"670001","email":"x@acme.example"}`, "forbid", http.StatusForbidden},
		{"of a person without a number", `{"employeeNumber":null,"email":"x@acme.example"}`, "forbid", http.StatusForbidden},
		{"one's own, by e-mail", `{"employeeNumber":"670099","email":"Els.Peeters@acme.example"}`, "forbid", http.StatusForbidden},
		{"one's own, where it is allowed", `{"employeeNumber":"670001","email":"els.peeters@acme.example"}`, "allow", http.StatusOK},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, "OWN_RECORDS="+test.setting)
			w.tenant.Edit("people", "76547", test.person)
			page := correct(w.signIn("els"), "8:01", "a reason").wants(test.want)
			if got := len(w.tenant.Writes()); (got > 0) != (test.want == http.StatusOK) {
				t.Errorf("got %d writes at the API and %d %q", got, page.status, page.text("h1"))
			}
			if test.want != http.StatusForbidden {
				return
			}
			if text := page.find("[name=timeOfDayInMinutes]").AttrOr("value", ""); text != "8:01" && text != "08:01" {
				t.Errorf("got the time %q back, want what was typed", text)
			}
		})
	}
}
