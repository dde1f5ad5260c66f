package people_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"protime-admin/internal/people"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/protime/simulator"
)

// own is a tenant with two people, and the comparison as the product makes it: a client that drops personal members
// fills the directory, and the same client, unfiltered, reads the one record.
func own(t *testing.T) (*simulator.Tenant, people.Own) {
	t.Helper()
	tenant := simulator.Strict(t)
	tenant.Put("people", "7", `{"id":7,"firstName":"Jan","lastName":"Maes","employeeNumber":"E7",
		"email":" Jan.Maes@vermeulen.example "}`)
	tenant.Put("people", "8", `{"id":8,"firstName":"Els","lastName":"Peeters","employeeNumber":null,"email":""}`)
	server := httptest.NewServer(tenant)
	t.Cleanup(server.Close)
	described, err := contract.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	client, err := protime.New(protime.Config{
		BaseURL: server.URL + simulator.BasePath, TokenURL: server.URL + "/tenants/acme/connect/token",
		ClientID: "id", ClientSecret: "secret", UserAgent: "test", Contract: described,
		Backoff: time.Millisecond, LongestWait: time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	return tenant, people.Own{Directory: fill(t, client), Unfiltered: client.WithPersonal()}
}

func TestOwnIsWhoeverHasTheNumberOrTheAddress(t *testing.T) {
	tenant, o := own(t)
	// Hired after the directory was read: only the API knows.
	tenant.Put("people", "9", `{"id":9,"firstName":"Zoë","lastName":"D'Hondt","employeeNumber":" E9 ","email":"zoe@vermeulen.example"}`)
	tenant.Put("people", "10", `{"id":10,"firstName":"An","lastName":"Wouters","email":"an@vermeulen.example"}`)
	tenant.Put("people", "11", `{"id":11,"firstName":"Bo","lastName":"Thys","employeeNumber":"E11"}`)
	tenant.Put("people", "12", `{"id":12,"firstName":"Ed","lastName":"Claes","employeeNumber":"0670001"}`)
	for _, tt := range []struct {
		name                  string
		person, email, number string
		own, compared         bool
	}{
		{"the number", "7", "", "E7", true, true},
		{"the number, with another address", "7", "els@vermeulen.example", "E7", true, true},
		{"the address, written in other letters", "7", "jan.maes@VERMEULEN.example", "", true, true},
		{"the address, with another number", "7", "jan.maes@vermeulen.example", "E9", true, true},
		{"neither", "7", "els@vermeulen.example", "E9", false, true},
		{"the number in other letters", "7", "", "e7", true, true},
		{"the number with spaces around it", "7", "", " E7 ", true, true},
		{"the number with zeros in front", "12", "", "00670001", true, true},
		{"the number without its zeros", "12", "", "670001", true, true},
		{"the number with zeros behind", "12", "", "6700010", false, true},
		{"zeros alone", "12", "", "0", false, true},
		{"a part of the address", "7", "jan.maes@vermeulen", "", false, false},
		{"a person without either, by address", "8", "els@vermeulen.example", "", false, false},
		{"a person without either, by number", "8", "", "E8", false, false},
		{"a person without either, by both", "8", "els@vermeulen.example", "E8", false, false},
		{"another address alone, which may be a private one", "7", "els@vermeulen.example", "", false, false},
		{"a person without a number, by number", "10", "", "E7", false, false},
		{"a person without a number, by both", "10", "els@vermeulen.example", "E7", false, false},
		{"a person without an address, by address", "11", "els@vermeulen.example", "", false, false},
		{"a person without an address, by both", "11", "els@vermeulen.example", "E7", false, true},
		{"neither address nor number at sign-in", "7", "", "", false, false},
		{"nobody with this id", "404", "jan.maes@vermeulen.example", "E7", false, false},
		{"a person whom the directory does not know yet, by number", "9", "", "E9", true, true},
		{"a person whom the directory does not know yet, by address", "9", "zoe@vermeulen.example", "", true, true},
		{"a person whom the directory does not know yet, by neither", "9", "els@vermeulen.example", "E7", false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			own, compared, err := o.Is(t.Context(), tt.person, tt.email, tt.number)
			if err != nil || own != tt.own || compared != tt.compared {
				t.Errorf("Is(%q, %q, %q): got %v, %v, %v, want %v, %v", tt.person, tt.email, tt.number, own, compared, err, tt.own, tt.compared)
			}
		})
	}
}

func TestOwnSaysWhenItCannotBeToldNow(t *testing.T) {
	tenant, o := own(t)
	tenant.Fail(simulator.Fault{Path: "/people/*", Status: http.StatusInternalServerError})
	if got, _, err := o.Is(t.Context(), "7", "jan.maes@vermeulen.example", "E9"); err == nil || got {
		t.Errorf("the API is down: got %v, %v, want an error", got, err)
	}
	if got, _, err := o.Is(t.Context(), "7", "", "E7"); err != nil || !got {
		t.Errorf("the directory knows the number while the API is down: got %v, %v, want true", got, err)
	}
}
