package protime_test

import (
	"net/http"
	"testing"

	"protime-admin/protime"
	"protime-admin/protime/contract"
)

func TestMayReadAsksForAllScopesOfOneAlternative(t *testing.T) {
	for _, tt := range []struct {
		name         string
		granted      string
		alternatives [][]string
		want         bool
	}{
		{"the only scope is granted", "a.read", [][]string{{"a.read"}}, true},
		{"the only scope is not granted", "b.read", [][]string{{"a.read"}}, false},
		{"a scope that begins with it is another one", "a.readwrite", [][]string{{"a.read"}}, false},
		{"all of those that are needed together", "b.read a.read", [][]string{{"a.read", "b.read"}}, true},
		{"one of those that are needed together", "a.read", [][]string{{"a.read", "b.read"}}, false},
		{"the second alternative", "c.read", [][]string{{"a.read", "b.read"}, {"c.read"}}, true},
		{"a half of each alternative", "a.read c.read", [][]string{{"a.read", "b.read"}, {"c.read", "d.read"}}, false},
		{"nothing is known to be needed", "a.read", nil, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := newAPI(t, answering(200, "application/json", "{}"))
			a.token = func(w http.ResponseWriter, _ *http.Request) { a.give(w, tt.granted) }
			if got := a.client().MayRead(t.Context(), tt.alternatives); got != tt.want {
				t.Errorf("granted %q, needed %v: got %v, want %v", tt.granted, tt.alternatives, got, tt.want)
			}
			if calls, tokens := a.calls.Load(), a.tokenCalls.Load(); calls != 0 || tokens != 1 {
				t.Errorf("got %d calls and %d tokens, want none and 1", calls, tokens)
			}
		})
	}
}

func TestMayReadLeavesItToTheAPIWhatCannotBeKnown(t *testing.T) {
	needed := [][]string{{"a.read"}}
	t.Run("no token is given", func(t *testing.T) {
		a := newAPI(t, answering(200, "application/json", "{}"))
		a.token = answering(401, "application/json", `{"error":"invalid_client"}`)
		c := a.client()
		if _, err := c.Granted(t.Context()); err == nil {
			t.Fatal("got a token, want none")
		}
		if !c.MayRead(t.Context(), needed) {
			t.Error("got false, want true")
		}
	})
	t.Run("nothing was asked for and nothing is said", func(t *testing.T) {
		a := newAPI(t, answering(200, "application/json", "{}"))
		a.token = func(w http.ResponseWriter, _ *http.Request) { a.give(w, "") }
		c := a.client(func(p *protime.Config) { p.Scopes = nil })
		if !c.MayRead(t.Context(), needed) {
			t.Error("got false, want true")
		}
	})
}

func TestTheWholeClientDropsNothingAndSharesTheToken(t *testing.T) {
	const person = `{"id":1,"lastName":"Peeters","pinCode":1234,"iban":"BE68"}`
	const reduced = `{"id":1,"lastName":"Peeters"}`
	a := newAPI(t, answering(200, "application/json", person))
	c := a.client(func(p *protime.Config) {
		p.Contract = &contract.Contract{Collections: []*contract.Collection{{
			Name: "people", Path: "/people", ItemPath: "/people/{PersonReference}",
			Fields: []contract.Field{{Name: "id"}, {Name: "lastName"}, {Name: "pinCode", Personal: true}},
		}}}
	})
	keeping := c.WithPersonal()
	for _, read := range []struct {
		name string
		by   *protime.Client
		want string
	}{
		{"the client before", c, reduced},
		{"the one with personal members", keeping, person},
		{"the client afterwards", c, reduced}, // it still drops what it dropped
	} {
		record, answer, err := read.by.Get(t.Context(), "/people/1", "")
		if err != nil || string(record.Raw()) != read.want || string(answer.Body) != read.want {
			t.Errorf("%s: got %s, body %s, %v, want %s", read.name, record.Raw(), answer.Body, err, read.want)
		}
	}
	if got := a.tokenCalls.Load(); got != 1 {
		t.Errorf("tokens asked for: got %d, want 1", got)
	}
}
