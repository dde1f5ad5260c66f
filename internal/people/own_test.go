package people_test

import (
	"errors"
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
// fills the directory, and the same client whole reads the one record.
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
	return tenant, people.Own{Directory: fill(t, client), Whole: client.WithPersonal()}
}

func TestOwnIsWhoeverHasTheNumberOrTheAddress(t *testing.T) {
	tenant, o := own(t)
	// Hired after the directory was read: only the API knows.
	tenant.Put("people", "9", `{"id":9,"firstName":"Zoë","lastName":"D'Hondt","employeeNumber":" E9 ","email":"zoe@vermeulen.example"}`)
	for _, tt := range []struct {
		name                  string
		person, email, number string
		want                  bool
	}{
		{"the number", "7", "", "E7", true},
		{"the number, with another address", "7", "els@vermeulen.example", "E7", true},
		{"the address, written in other letters", "7", "jan.maes@VERMEULEN.example", "", true},
		{"the address, with another number", "7", "jan.maes@vermeulen.example", "E9", true},
		{"neither", "7", "els@vermeulen.example", "E9", false},
		{"a number in other letters is another one", "7", "", "e7", false},
		{"a part of the address", "7", "jan.maes@vermeulen", "", false},
		{"a person without either, by address", "8", "els@vermeulen.example", "", false},
		{"a person without either, by number", "8", "", "E8", false},
		{"a person whom the directory does not know yet, by number", "9", "", "E9", true},
		{"a person whom the directory does not know yet, by address", "9", "zoe@vermeulen.example", "", true},
		{"a person whom the directory does not know yet, by neither", "9", "els@vermeulen.example", "E7", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := o.Is(t.Context(), tt.person, tt.email, tt.number)
			if err != nil || got != tt.want {
				t.Errorf("Is(%q, %q, %q): got %v, %v, want %v", tt.person, tt.email, tt.number, got, err, tt.want)
			}
		})
	}
}

func TestOwnSaysWhenItCannotBeTold(t *testing.T) {
	tenant, o := own(t)
	if got, err := o.Is(t.Context(), "7", "", ""); err == nil || got {
		t.Errorf("neither address nor number: got %v, %v, want an error", got, err)
	}
	if got, err := o.Is(t.Context(), "404", "jan.maes@vermeulen.example", ""); !errors.Is(err, protime.NotFound) || got {
		t.Errorf("nobody with this id: got %v, %v, want not found", got, err)
	}
	tenant.Fail(simulator.Fault{Path: "/people/*", Status: http.StatusInternalServerError})
	if got, err := o.Is(t.Context(), "7", "jan.maes@vermeulen.example", "E9"); err == nil || got {
		t.Errorf("the API is down: got %v, %v, want an error", got, err)
	}
	if got, err := o.Is(t.Context(), "7", "", "E7"); err != nil || !got {
		t.Errorf("the directory knows the number while the API is down: got %v, %v, want true", got, err)
	}
}
