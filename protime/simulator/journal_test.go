package simulator_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"protime-admin/protime/simulator"
)

func TestRequestsAndWritesAreRecorded(t *testing.T) {
	c := seeded(t)
	c.do("GET", "/clockings/8192", "")
	c.do("PUT", "/clockings/8192", inOut)
	c.ask(credentials())
	if got := len(c.tenant.Requests()); got != 3 {
		t.Errorf("got %d requests, want 3", got)
	}
	writes := c.tenant.Writes()
	if len(writes) != 1 {
		t.Fatalf("got %d writes, want 1", len(writes))
	}
	w := writes[0]
	if w.Method != "PUT" || w.Path != simulator.BasePath+"/clockings/8192" || string(w.Body) != inOut || w.Status != http.StatusOK ||
		w.Header.Get("User-Agent") != "SimulatorTest/1 (Acme)" {
		t.Errorf("got %+v, want the PUT as it was sent", w)
	}
	c.tenant.Forget()
	if got := len(c.tenant.Requests()); got != 0 {
		t.Errorf("got %d requests after Forget, want 0", got)
	}
	c.do("GET", "/clockings/8192", "")
	if got := c.tenant.Requests()[0].Seq; got != 4 {
		t.Errorf("got number %d after Forget, want 4", got)
	}
}

func TestTheJournalSaysWhatWasAppliedAndByWhom(t *testing.T) {
	c := seeded(t)
	now := thursday
	c.tenant.Configure(func(o *simulator.Options) { o.Now = func() time.Time { return now } })
	c.token = c.tenant.Token()
	c.header.Set("X-Change", "one")
	old, _ := c.tenant.Get("clockings", "8192")
	c.do("PUT", "/clockings/8192", inOut)
	c.do("PUT", "/clockings/8192", `{}`)
	now = now.Add(time.Minute)
	c.tenant.Edit("clockings", "8192", `{"timeOfDayInMinutes":490}`)
	punched := c.tenant.Insert("clockings", inOut)
	c.tenant.Delete("clockings", punched)
	c.do("POST", "/clockings", inOut)
	c.do("DELETE", "/clockings/8192", "")

	const path = simulator.BasePath + "/clockings"
	for i, want := range []struct {
		by, method, path, id string
		applied, status      int
		before, after        string
		at                   time.Time
	}{
		{simulator.API, "PUT", path + "/8192", "8192", 1, 200, `"timeOfDayInMinutes":485`, `"timeOfDayInMinutes":480`, thursday},
		{simulator.API, "PUT", path + "/8192", "", 0, 400, "", "", thursday},
		{simulator.BackDoor, "PUT", "", "8192", 2, 0, `"timeOfDayInMinutes":480`, `"timeOfDayInMinutes":490`, now},
		{simulator.BackDoor, "POST", "", "8193", 3, 0, "", `{"id":8193,"changeVersion":"`, now},
		{simulator.BackDoor, "PUT", "", "8193", 4, 0, `"kind":"InOut"`, `"status":"Deleted"`, now},
		{simulator.API, "POST", path, "8194", 5, 201, "", `"id":8194`, now},
		{simulator.API, "DELETE", path + "/8192", "8192", 6, 200, `"status":"Active"`, `"status":"Deleted"`, now},
	} {
		e := c.tenant.Journal()[i]
		if e.Seq != i+1 || e.By != want.by || e.Method != want.method || e.Path != want.path || e.ID != want.id ||
			e.Applied != want.applied || e.Status != want.status || !e.At.Equal(want.at) {
			t.Errorf("entry %d: got %+v, want %+v", i+1, e, want)
		}
		if (e.Collection == "clockings") != (want.applied > 0) || e.AppliedAt.IsZero() != (want.applied == 0) {
			t.Errorf("entry %d: got %s at %s, want a collection and a time where it was applied", i+1, e.Collection, e.AppliedAt)
		}
		if got := string(e.Before); !strings.Contains(got, want.before) || (got == "") != (want.before == "") {
			t.Errorf("entry %d: got %s before, want %s", i+1, got, want.before)
		}
		if got := string(e.After); !strings.Contains(got, want.after) || (got == "") != (want.after == "") {
			t.Errorf("entry %d: got %s after, want %s", i+1, got, want.after)
		}
	}
	first := c.tenant.Journal()[0]
	if string(first.Before) != old || first.Header.Get("X-Change") != "one" {
		t.Errorf("got %s with header %q, want the record as it was and the header of the request", first.Before, first.Header.Get("X-Change"))
	}
	if got := len(c.tenant.Writes()); got != 4 {
		t.Errorf("got %d writes, want the 4 that came over HTTP", got)
	}
}

func TestARecordThatIsRemovedIsGone(t *testing.T) {
	c := seeded(t)
	c.tenant.Remove("clockings", "8192")
	c.want(c.do("GET", "/clockings/8192", ""), http.StatusNotFound)
	if e := c.tenant.Journal()[0]; e.Method != "DELETE" || e.Before == nil || e.After != nil {
		t.Errorf("got %+v, want a delete that leaves nothing", e)
	}
}

func TestTheBackDoorPanicsOnWhatItDoesNotKnow(t *testing.T) {
	for name, act := range map[string]func(*simulator.Tenant){
		"Put of no object":              func(t *simulator.Tenant) { t.Put("clockings", "1", `[]`) },
		"Insert of no JSON":             func(t *simulator.Tenant) { t.Insert("clockings", `{`) },
		"Edit of no record":             func(t *simulator.Tenant) { t.Edit("clockings", "1", `{}`) },
		"Remove of no record":           func(t *simulator.Tenant) { t.Remove("clockings", "1") },
		"a fault that applies twice":    func(t *simulator.Tenant) { t.Fail(simulator.Fault{Reset: true, Apply: true, ApplyAfter: 1}) },
		"a fault that answers too soon": func(t *simulator.Tenant) { t.Fail(simulator.Fault{ApplyAfter: 1}) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("got no panic")
				}
			}()
			act(new(simulator.Tenant))
		})
	}
}
