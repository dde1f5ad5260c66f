package handlers_test

import (
	"net/http"
	"testing"
)

// TestNobodyChangesTheirOwnRecordsWhereThatIsForbidden: the one who signed in is recognised by employee number or address,
// and another person by their number.
func TestNobodyChangesTheirOwnRecordsWhereThatIsForbidden(t *testing.T) {
	const never, own = "cannot be told whether this is your own data", "is corrected by somebody else"
	for _, test := range []struct {
		name, who, person string // members of the person whose clocking 8192 is
		setting           string
		want              int
		says              string
	}{
		{"another person's", "els", `{"employeeNumber":"670099","email":"x@acme.example"}`, "forbid", http.StatusOK, ""},
		{"one's own, by number", "els", `{"employeeNumber":"670001","email":"x@acme.example"}`, "forbid", http.StatusForbidden, own},
		{"one's own, by the number in another form", "els", `{"employeeNumber":" 0670001 ","email":"x@acme.example"}`, "forbid", http.StatusForbidden, own},
		{"one's own, by e-mail", "els", `{"employeeNumber":"670099","email":"Els.Peeters@acme.example"}`, "forbid", http.StatusForbidden, own},
		{"a person without a number", "els", `{"employeeNumber":null,"email":"x@acme.example"}`, "forbid", http.StatusForbidden, never},
		{"a sign-in without a number", "tom", `{"employeeNumber":"670099","email":"x@acme.example"}`, "forbid", http.StatusForbidden, never},
		{"neither has a number", "tom", `{"employeeNumber":null,"email":null}`, "forbid", http.StatusForbidden, never},
		{"a person who is not there", "els", "", "forbid", http.StatusForbidden, never},
		{"one's own, where it is allowed", "els", `{"employeeNumber":"670001","email":"els.peeters@acme.example"}`, "allow", http.StatusOK, ""},
		{"without a number, where it is allowed", "tom", `{"employeeNumber":null,"email":null}`, "allow", http.StatusOK, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, "OWN_RECORDS="+test.setting)
			if test.person == "" {
				w.tenant.Remove("people", "76547")
			} else {
				w.tenant.Edit("people", "76547", test.person)
			}
			page := correct(w.signIn(test.who), "8:01", "a reason").wants(test.want)
			if got := len(w.tenant.Writes()); (got > 0) != (test.want == http.StatusOK) {
				t.Errorf("got %d writes at the API and %d %q", got, page.status, page.text("h1"))
			}
			if test.want != http.StatusForbidden {
				return
			}
			has(t, page.text("main .note"), test.says)
			if text := page.find("[name=timeOfDayInMinutes]").AttrOr("value", ""); text != "8:01" && text != "08:01" {
				t.Errorf("got the time %q back, want what was typed", text)
			}
		})
	}
}
