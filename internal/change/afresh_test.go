package change_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"protime-admin/internal/change"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

func TestAPlannedChangeIsMadeOfTheRecordAsItIsNow(t *testing.T) {
	const unknown = `{"futureThing": {"keep": [1.50, null]}, "geolocation":{"latitude":51.05,"longitude":3.72}}`
	tests := []struct {
		name   string
		verb   contract.Verb
		to     string // timeOfDayInMinutes of the plan
		since  string // what changes in Protime after it was made, "" nothing
		remove bool
		want   error
	}{
		{name: "a replace", verb: contract.Replace, to: "487"},
		{name: "a delete", verb: contract.Delete},
		{name: "unknown members changed since", verb: contract.Replace, to: "487", since: `{"futureThing":{"keep":[2.0]}}`},
		{name: "the member moved", verb: contract.Replace, to: "487", since: `{"timeOfDayInMinutes":500}`, want: change.ErrMoved},
		{name: "another member moved", verb: contract.Replace, to: "487", since: `{"date":"2026-01-06"}`, want: change.ErrMoved},
		{name: "somebody made it already", verb: contract.Replace, to: "487", since: `{"timeOfDayInMinutes":487}`, want: change.ErrNothing},
		{name: "a delete of what moved", verb: contract.Delete, since: `{"timeOfDayInMinutes":500}`, want: change.ErrMoved},
		{name: "a delete of what is marked as deleted", verb: contract.Delete, since: `{"status":"Deleted"}`, want: change.ErrGone},
		{name: "a record that is gone", verb: contract.Replace, to: "487", remove: true, want: change.ErrGone},
		{name: "a delete of what is gone", verb: contract.Delete, remove: true, want: change.ErrGone},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := newOffice(t)
			o.tenant.Edit("clockings", "8192", unknown)
			before := o.record(t, "/clockings/8192")
			plan := change.Change{
				ID: "plan", Actor: els(), Collection: "clockings", Verb: test.verb, Path: "/clockings/8192",
				Before: before.Raw(), Person: before.Text("person", "id"), Fingerprint: []byte("plan"),
			}
			if test.to != "" {
				after, err := before.Set(json.RawMessage(test.to), "timeOfDayInMinutes")
				if err != nil {
					t.Fatal(err)
				}
				plan.After = after.Raw()
			}
			if test.since != "" {
				o.tenant.Edit("clockings", "8192", test.since)
			}
			if test.remove {
				o.tenant.Remove("clockings", "8192")
			}
			o.tenant.Forget()
			c, err := o.Afresh(t.Context(), plan)
			if !errors.Is(err, test.want) {
				t.Fatalf("got %v, want %v", err, test.want)
			}
			if len(o.tenant.Writes()) > 0 {
				t.Errorf("something was written: %+v", o.tenant.Writes())
			}
			if test.want != nil {
				return
			}
			now := o.record(t, "/clockings/8192")
			if got := mustParse(t, c.Before); string(got.Raw()) != string(now.Raw()) {
				t.Errorf("before: got %s, want %s", c.Before, now.Raw())
			}
			r, err := o.Do(t.Context(), c)
			if err != nil || r.State != change.Applied {
				t.Fatalf("got %s, %v", r.State, err)
			}
			sent := o.tenant.Writes()[0]
			if test.verb == contract.Delete {
				if sent.Method != http.MethodDelete {
					t.Errorf("got %s", sent.Method)
				}
				return
			}
			body := mustParse(t, sent.Body)
			was, _ := now.Lookup("futureThing")
			if is, _ := body.Lookup("futureThing"); string(is) != string(was) || body.Text("timeOfDayInMinutes") != test.to {
				t.Errorf("sent %s, want the unknown member %s and %s", sent.Body, was, test.to)
			}
		})
	}
}

func mustParse(t *testing.T, text []byte) protime.Record {
	t.Helper()
	r, err := protime.ParseRecord(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
