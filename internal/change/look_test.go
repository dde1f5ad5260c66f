package change_test

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"protime-admin/internal/audit"
	"protime-admin/internal/change"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/protime/simulator"
	"protime-admin/protime/simulator/company"
)

// lose makes the next write's answer get lost, after it was applied or before.
func (o *office) lose(applied bool) {
	for _, method := range []string{http.MethodPut, http.MethodPost, http.MethodDelete} {
		o.tenant.Fail(simulator.Fault{Method: method, Path: "/clockings", Reset: true, Apply: applied, Times: 1})
	}
}

func (o *office) check(t *testing.T, id string, state change.State, seen change.Seen) change.Receipt {
	t.Helper()
	o.tenant.Heal()
	o.tenant.Forget()
	r, err := o.Check(t.Context(), els(), id)
	if err != nil {
		t.Fatalf("check: %v", err)
	}
	if look := r.LastLook(); r.State != state || look.Seen != seen {
		t.Errorf("check: got %s by %+v, want %s by %q", r.State, look, state, seen)
	}
	o.writes(t, 0)
	report, err := o.log.Verify(t.Context(), "")
	if err != nil || !report.Intact() {
		t.Errorf("verify: %+v, %v", report, err)
	}
	return r
}

// TestInvariant4_AChangeInDoubtIsLookedFor: what a look did not see stays unknown, because it may still come.
func TestInvariant4_AChangeInDoubtIsLookedFor(t *testing.T) {
	for _, test := range []struct {
		name    string
		change  func(t *testing.T, o *office) change.Change
		applied bool
		between func(o *office)
		state   change.State
		seen    change.Seen
	}{
		{"an update that was applied", moved, true, nil, change.Applied, change.SeenAfter},
		{"an update that was not", moved, false, nil, change.Unknown, change.SeenBefore},
		{"an update, and somebody else's of the same value since", moved, true, func(o *office) {
			o.tenant.Edit("clockings", "8192", `{"timeOfDayInMinutes":500}`)
		}, change.Unknown, change.SeenOtherwise},
		{"an update, and somebody else's of another value since", moved, true, func(o *office) {
			o.tenant.Edit("clockings", "8192", `{"geolocation":{"latitude":51.1,"longitude":4.2}}`)
		}, change.Applied, change.SeenAfter},
		{"an update that was not, and somebody else's of another value since", moved, false, func(o *office) {
			o.tenant.Edit("clockings", "8192", `{"geolocation":{"latitude":51.1,"longitude":4.2}}`)
		}, change.Unknown, change.SeenOtherwise}, // it may have been applied and put back
		{"an update whose value somebody put back", moved, true, func(o *office) {
			o.tenant.Edit("clockings", "8192", `{"timeOfDayInMinutes":485}`)
		}, change.Unknown, change.SeenOtherwise},
		{"an update of a record that is gone now", moved, true, func(o *office) {
			o.tenant.Remove("clockings", "8192")
		}, change.Unknown, change.SeenMissing},
		{"a delete that was applied", removed, true, nil, change.Applied, change.SeenDeleted},
		{"a delete that was not", removed, false, nil, change.Unknown, change.SeenThere},
		{"a delete of a record that is gone", removed, true, func(o *office) {
			o.tenant.Remove("clockings", "8192")
		}, change.Applied, change.SeenMissing},
		{"a delete that was not, and somebody changed it", removed, false, func(o *office) {
			o.tenant.Edit("clockings", "8192", `{"timeOfDayInMinutes":500}`)
		}, change.Unknown, change.SeenThere},
		{"a create that was applied", added, true, nil, change.Applied, change.SeenFound},
		{"a create that was not", added, false, nil, change.Unknown, change.SeenNone},
		{"a create, and the same typed by somebody else in Protime", added, true, func(o *office) {
			o.tenant.Insert("clockings", evening)
		}, change.Unknown, change.SeenSeveral},
		{"a create, and a punch at a terminal since", added, true, func(o *office) {
			o.tenant.Insert("clockings", terminalEvening)
		}, change.Applied, change.SeenFound},
		{"a create that was not, and a punch at a terminal since", added, false, func(o *office) {
			o.tenant.Insert("clockings", terminalEvening)
		}, change.Unknown, change.SeenSeveral},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := newOffice(t)
			c := test.change(t, o)
			o.lose(test.applied)
			o.do(t, c, change.Unknown)
			if test.between != nil {
				test.between(o)
			}
			r := o.check(t, c.ID, test.state, test.seen)
			if test.seen != change.SeenFound {
				return
			}
			if o.record(t, r.Location).Text("timeOfDayInMinutes") != "1230" {
				t.Errorf("location: got %q, want the record's path", r.Location)
			}
		})
	}
}

const terminalEvening = `{"person":{"id":76547},"date":"2026-01-08","timeOfDayInMinutes":1230,"kind":"InOut","terminal":{"id":3}}`

func moved(t *testing.T, o *office) change.Change   { return o.move(t, "a", 480) }
func removed(t *testing.T, o *office) change.Change { return o.remove(t, "a", "/clockings/8192") }
func added(*testing.T, *office) change.Change       { return add("a", evening) }

func TestInvariant4_ARecordThatWasThereBeforeIsNoEvidence(t *testing.T) {
	for _, punch := range []string{terminalEvening, evening} {
		o := newOffice(t)
		id := o.tenant.Insert("clockings", punch)
		o.lose(false)
		r := o.do(t, add("a", evening), change.Unknown)
		if want := []string{"/clockings/" + id}; !slices.Equal(r.Standing.Paths, want) {
			t.Errorf("there before: got %v, want %v", r.Standing.Paths, want)
		}
		o.check(t, "a", change.Unknown, change.SeenNone)
		if _, _, err := o.Inverse(t.Context(), els(), "a"); !errors.Is(err, change.ErrNotUndoable) {
			t.Errorf("undo: got %v, want ErrNotUndoable", err)
		}
	}
}

func TestAnUndoDeletesNoRecordThatItsChangeDidNotMake(t *testing.T) {
	o := newOffice(t)
	there := o.tenant.Insert("clockings", evening)
	first := o.do(t, add("first", evening), change.Applied)
	for _, test := range []struct{ name, location string }{
		{"one that was there before", simulator.BasePath + "/clockings/" + there},
		{"one that another change made", first.Location},
		{"one at another host", "https://elsewhere.example" + simulator.BasePath + "/clockings/8193"},
	} {
		o.API = relocated{API: o.client, location: test.location}
		o.do(t, add(test.name, strings.Replace(evening, "1230", "1231", 1)), change.Applied)
		if _, _, err := o.Inverse(t.Context(), els(), test.name); !errors.Is(err, change.ErrNotUndoable) {
			t.Errorf("an answer that names %s: got %v, want ErrNotUndoable", test.name, err)
		}
	}
}

func TestInvariant4_WithoutAReadingBeforeARecordIsNoEvidence(t *testing.T) {
	o := newOffice(t)
	o.tenant.Fail(simulator.Fault{Method: http.MethodGet, Path: "/clockings", Status: 500})
	o.lose(true)
	o.do(t, add("a", evening), change.Unknown)
	o.check(t, "a", change.Unknown, change.SeenSeveral)
}

func TestInvariant4_ARecordThatAnotherChangeMadeIsNoEvidence(t *testing.T) {
	o := newOffice(t)
	o.lose(false)
	o.do(t, add("first", evening), change.Unknown)
	o.do(t, add("second", evening), change.Applied)
	o.check(t, "first", change.Unknown, change.SeenNone)

	o.lose(true)
	o.do(t, add("third", evening), change.Unknown)
	o.check(t, "third", change.Unknown, change.SeenSeveral) // it could be the first one's
}

func TestInvariant4_ARecordThatAnEarlierChangeMovedThereLateIsNoEvidence(t *testing.T) {
	o := newOffice(t)
	wanted := add("second", evening)
	id := o.tenant.Insert("clockings", strings.Replace(string(wanted.After), `"2026-01-`, `"2025-01-`, 1))
	before := o.record(t, "/clockings/"+id)
	record, err := protime.ParseRecord(wanted.After)
	if err != nil {
		t.Fatal(err)
	}
	date, _ := record.Lookup("date")
	after, err := before.Set(date, "date")
	if err != nil {
		t.Fatal(err)
	}
	moves, err := o.Afresh(t.Context(), change.Change{
		ID: "first", Actor: els(), Collection: "clockings", Verb: contract.Replace, Path: "/clockings/" + id,
		Before: before.Raw(), After: after.Raw(), Person: before.Text("person", "id"), Fingerprint: []byte("first"),
	})
	if err != nil {
		t.Fatal(err)
	}
	o.lose(false)
	o.do(t, moves, change.Unknown)
	o.do(t, wanted, change.Unknown)
	o.tenant.Edit("clockings", id, `{"date":`+string(date)+`}`) // the first one's effect, late
	o.check(t, "second", change.Unknown, change.SeenNone)
}

func TestInvariant4_AValueThatAnotherChangeWroteIsNoEvidence(t *testing.T) {
	o := newOffice(t)
	o.lose(false)
	o.do(t, o.move(t, "first", 480), change.Unknown)
	o.do(t, o.move(t, "second", 480), change.Applied)
	o.check(t, "first", change.Unknown, change.SeenOtherwise)
}

func TestInvariant4_ADeleteByAnotherChangeIsNoEvidence(t *testing.T) {
	o := newOffice(t)
	o.lose(false)
	o.do(t, o.remove(t, "first", "/clockings/8192"), change.Unknown)
	o.do(t, o.remove(t, "second", "/clockings/8192"), change.Applied)
	o.check(t, "first", change.Unknown, change.SeenDeleted)
}

func TestInvariant4_TheBaseOfALaterChangeProvesAnEarlierOne(t *testing.T) {
	o := newOffice(t)
	o.lose(true)
	o.do(t, o.move(t, "first", 480), change.Unknown)
	o.do(t, o.move(t, "second", 490), change.Applied) // its base holds 480
	r := o.check(t, "first", change.Applied, change.SeenEarlier)
	if paths := r.LastLook().Paths; !slices.Equal(paths, []string{"/changes/second"}) {
		t.Errorf("seen at: got %v, want the later change", paths)
	}
}

func TestARecordWhoseNumberTheAPIGivesIsFound(t *testing.T) {
	o := newOffice(t)
	list := "/activity-structure-versions/" + company.StructureVersion + "/levels/1/activity-definitions"
	for _, applied := range []bool{true, false} {
		id := map[bool]string{true: "made", false: "not made"}[applied]
		body := json.RawMessage(`{"name":{"default":"Painting ` + id + `"},"activeFrom":"2026-01-01"}`)
		o.tenant.Fail(simulator.Fault{Method: http.MethodPost, Path: list, Reset: true, Apply: applied, Times: 1})
		o.do(t, change.Change{
			ID: id, Actor: els(), Collection: "activity-definitions", Verb: contract.Create, Path: list, After: body,
			Request: change.Request{Method: http.MethodPost, Path: list, Body: body}, Fingerprint: body,
		}, change.Unknown)
	}
	o.check(t, "made", change.Applied, change.SeenFound)
	o.check(t, "not made", change.Unknown, change.SeenNone)
}

func TestACreateThatALookFoundIsUndoneOnlyAsItWasSent(t *testing.T) {
	o := newOffice(t)
	o.lose(true)
	o.do(t, add("a", evening), change.Unknown)
	r := o.check(t, "a", change.Applied, change.SeenFound)
	refused := func(when string) {
		t.Helper()
		if _, _, err := o.Inverse(t.Context(), els(), "a"); !errors.Is(err, change.ErrNotUndoable) {
			t.Errorf("undo %s: got %v, want ErrNotUndoable", when, err)
		}
	}
	refused("while another record could still come of the request")
	o.later(11 * time.Minute)
	id := strings.TrimPrefix(r.Location, "/clockings/")
	o.tenant.Edit("clockings", id, `{"isOpen":true}`)
	refused("of what somebody added to")
	o.tenant.Edit("clockings", id, `{"timeOfDayInMinutes":1231}`)
	refused("of what somebody changed")
}

func TestACreateThatALookFoundIsUndone(t *testing.T) {
	o := newOffice(t)
	o.lose(true)
	o.do(t, add("a", evening), change.Unknown)
	o.check(t, "a", change.Applied, change.SeenFound)
	o.later(11 * time.Minute)
	o.undo(t, "a", "u")
}

func TestInvariant4_ASecondRecordThatCouldBeItLeavesAFoundOneInDoubt(t *testing.T) {
	o := newOffice(t)
	o.lose(false)
	o.do(t, add("a", evening), change.Unknown)
	o.tenant.Insert("clockings", evening) // typed by a colleague
	o.check(t, "a", change.Applied, change.SeenFound)
	o.tenant.Insert("clockings", evening) // ours, late
	if err := o.Look(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if r, err := o.Receipt(t.Context(), els(), "a"); err != nil || r.State != change.Unknown {
		t.Errorf("got %s, %v, want unknown: which of the two it is cannot be told", r.State, err)
	}
}

func TestInvariant4_ARecordThatCouldBeItStaysSoWhenItMovesOn(t *testing.T) {
	o := newOffice(t)
	o.lose(true)
	o.do(t, add("a", evening), change.Unknown)
	ids := o.tenant.IDs("clockings")
	made := ids[len(ids)-1]
	o.tenant.Edit("clockings", made, `{"timeOfDayInMinutes":1300}`)
	o.check(t, "a", change.Unknown, change.SeenOtherwise)
	o.tenant.Edit("clockings", made, `{"date":"2026-01-06"}`)
	r := o.check(t, "a", change.Unknown, change.SeenOtherwise)
	if look := r.LastLook(); look.Finding != change.Unclear || !slices.Equal(look.Paths, []string{"/clockings/" + made}) {
		t.Errorf("after it left the list: got %+v, want unclear, naming it", look)
	}
}

func TestInvariant4_OnlyTheAPISaysThatARecordIsGone(t *testing.T) {
	for _, fault := range []simulator.Fault{{Status: 404, HTML: true}, {Status: 410, HTML: true}, {Status: 404, Body: "404 page not found"}} {
		o := newOffice(t)
		c := o.remove(t, "a", "/clockings/8192")
		o.lose(false)
		o.do(t, c, change.Unknown)
		o.tenant.Heal()
		fault.Method = http.MethodGet
		o.tenant.Fail(fault)
		if r, err := o.Check(t.Context(), els(), "a"); err == nil {
			t.Errorf("a gateway's %d: got %s, want a look that failed", fault.Status, r.State)
		}
	}
}

// moveTo changes the date of a record.
func (o *office) moveTo(t *testing.T, path, date string) {
	t.Helper()
	before := o.record(t, path)
	after, err := before.Set(json.RawMessage(strconv.Quote(date)), "date")
	if err != nil {
		t.Fatal(err)
	}
	col, _ := o.Contract.Collection("clockings")
	body := after
	for _, f := range col.ReadOnly() {
		body = body.Without(f.Name)
	}
	o.do(t, change.Change{
		ID: "away", Actor: els(), Collection: "clockings", Verb: contract.Replace, Path: path, Person: "76547",
		Before: before.Raw(), After: after.Raw(), Fingerprint: []byte("away"),
		Request: change.Request{Method: http.MethodPut, Path: path, Body: body.Raw()},
	}, change.Applied)
}

func TestInvariant4_ARecordThatTheLogMovedAwayIsNoEvidence(t *testing.T) {
	o := newOffice(t)
	first := o.do(t, add("first", evening), change.Applied)
	o.moveTo(t, strings.TrimPrefix(first.Location, simulator.BasePath), "2026-01-07")
	o.lose(false)
	o.do(t, add("again", evening), change.Unknown)
	o.check(t, "again", change.Unknown, change.SeenNone)
}

func TestInvariant4_ARecordThatWasChangedInProtimeAndMovedByTheLogCouldBeIt(t *testing.T) {
	o := newOffice(t)
	o.lose(true)
	o.do(t, add("a", evening), change.Unknown)
	o.tenant.Heal()
	ids := o.tenant.IDs("clockings")
	made := ids[len(ids)-1]
	o.tenant.Edit("clockings", made, `{"timeOfDayInMinutes":1300}`)
	o.moveTo(t, "/clockings/"+made, "2026-01-06")
	o.check(t, "a", change.Unknown, change.SeenOtherwise)
}

func TestInvariant4_AValueThatAnEarlierChangeWroteMeanwhileIsNoEvidence(t *testing.T) {
	o := newOffice(t)
	first, second := o.move(t, "first", 480), o.move(t, "second", 480)
	o.API = &between{API: o.client, do: func() { // the second one is prepared and lost while the first one is on its way
		o.API = o.client
		o.lose(false)
		o.do(t, second, change.Unknown)
		o.tenant.Heal()
	}}
	o.do(t, first, change.Applied)
	o.check(t, "second", change.Unknown, change.SeenOtherwise)
}

// between is an API that does something before it sends.
type between struct {
	change.API
	do func()
}

func (b *between) Send(ctx context.Context, r protime.Request) (protime.Answer, error) {
	b.do()
	return b.API.Send(ctx, r)
}

func TestAnAcceptedCreateIsFoundAlthoughItsPlaceWasToldAlready(t *testing.T) {
	o := newOffice(t)
	o.API = relocated{API: o.client, location: simulator.BasePath + "/clockings/8193"}
	o.tenant.Fail(simulator.Fault{Method: http.MethodPost, Accept: true, Apply: true, Times: 1})
	o.do(t, add("a", evening), change.Accepted)
	o.check(t, "a", change.Applied, change.SeenFound)
}

// relocated is an API that tells with a 202 where the record will be.
type relocated struct {
	change.API
	location string
}

func (r relocated) Send(ctx context.Context, request protime.Request) (protime.Answer, error) {
	answer, err := r.API.Send(ctx, request)
	answer.Location = r.location
	return answer, err
}

func TestEveryEditorAndAuditorLooksAndOnlyTheMakerUndoes(t *testing.T) {
	o := newOffice(t)
	c := o.move(t, "a", 480)
	o.lose(true)
	o.do(t, c, change.Unknown)
	o.tenant.Heal()
	tom, aud := with(els(), "tom", change.Editor), with(els(), "aud", change.Auditor)
	viewer := with(els(), "els", change.Viewer)
	if _, err := o.Check(t.Context(), viewer, "a"); !errors.Is(err, change.ErrRole) {
		t.Errorf("check by a viewer: got %v, want ErrRole", err)
	}
	if _, err := o.Unknown(t.Context(), viewer, 5); !errors.Is(err, change.ErrRole) {
		t.Errorf("count by a viewer: got %v, want ErrRole", err)
	}
	if n, err := o.Unknown(t.Context(), aud, 5); err != nil || n != 1 {
		t.Errorf("count by an auditor: got %d, %v, want 1", n, err)
	}
	if _, _, err := o.Inverse(t.Context(), els(), "a"); !errors.Is(err, change.ErrNotUndoable) {
		t.Errorf("undo of what is unknown: got %v, want ErrNotUndoable", err)
	}
	if _, err := o.Receipt(t.Context(), tom, "a"); err != nil {
		t.Errorf("receipt of what is in doubt, for another editor: %v", err)
	}
	r, err := o.Check(t.Context(), tom, "a")
	if err != nil || r.State != change.Applied || r.Events[len(r.Events)-1].Actor().Subject != "tom" {
		t.Errorf("check by another editor: got %s, %v, want applied, looked by tom", r.State, err)
	}
	for _, a := range []change.Actor{tom, aud, viewer} {
		if _, _, err := o.Inverse(t.Context(), a, "a"); !errors.Is(err, change.ErrRole) {
			t.Errorf("undo by %s: got %v, want ErrRole", a.Subject, err)
		}
	}
	if _, err := o.Check(t.Context(), aud, "nothing"); !errors.Is(err, change.ErrNoChange) {
		t.Errorf("check of nothing: got %v, want ErrNoChange", err)
	}
	o.do(t, o.move(t, "b", 470), change.Applied)
	if _, err := o.Check(t.Context(), els(), "b"); !errors.Is(err, change.ErrNotInDoubt) {
		t.Errorf("check of what is known: got %v, want ErrNotInDoubt", err)
	}
	o.API = spy{API: o.client, send: func() {
		if _, err := o.Check(t.Context(), els(), "running"); !errors.Is(err, change.ErrRunning) {
			t.Errorf("check of what runs: got %v, want ErrRunning", err)
		}
	}}
	o.do(t, o.move(t, "running", 481), change.Applied)
}

func TestAPersonRulesOnWhatCannotBeTold(t *testing.T) {
	o := newOffice(t)
	c := o.move(t, "a", 480)
	o.lose(true)
	o.do(t, c, change.Unknown)
	o.tenant.Edit("clockings", "8192", `{"timeOfDayInMinutes":500}`)
	o.check(t, "a", change.Unknown, change.SeenOtherwise)
	tom := with(els(), "tom", change.Editor)
	rule := func(a change.Actor, ruling change.Ruling, why string) (change.Receipt, error) {
		return o.Rule(t.Context(), a, "a", ruling, why)
	}
	if _, err := rule(with(els(), "els", change.Viewer), change.RuledThere, "I looked"); !errors.Is(err, change.ErrRole) {
		t.Errorf("a viewer: got %v, want ErrRole", err)
	}
	if _, err := rule(tom, change.RuledThere, "  "); !errors.Is(err, change.ErrNoReason) {
		t.Errorf("without a reason: got %v, want ErrNoReason", err)
	}
	r, err := rule(tom, change.RuledNotThere, "I looked in Protime")
	if err != nil || r.State != change.NotApplied || r.How != change.ByRuling {
		t.Errorf("not there: got %s by %s, %v", r.State, r.How, err)
	}
	r, err = rule(tom, change.RuledThere, "its history shows it")
	if err != nil || r.State != change.Applied || r.How != change.ByRuling {
		t.Errorf("corrected: got %s by %s, %v", r.State, r.How, err)
	}
	last := r.Events[len(r.Events)-1]
	if last.Actor().Subject != "tom" || last.Personal.Note != "its history shows it" {
		t.Errorf("in the log: got %+v, want who ruled and why", last)
	}
	o.do(t, o.move(t, "b", 470), change.Applied)
	if _, err := o.Rule(t.Context(), tom, "b", change.RuledNotThere, "no"); !errors.Is(err, change.ErrNotInDoubt) {
		t.Errorf("what Protime answered: got %v, want ErrNotInDoubt", err)
	}
}

func TestTheProgramLooksInItsOwnName(t *testing.T) {
	o := newOffice(t)
	o.lose(true)
	o.do(t, o.move(t, "a", 480), change.Unknown)
	o.tenant.Heal()
	if err := o.Look(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	r, err := o.Receipt(t.Context(), els(), "a")
	if err != nil || r.State != change.Applied || !r.Events[len(r.Events)-1].Actor().IsSystem() {
		t.Errorf("got %s, %v, want applied, seen by the program", r.State, err)
	}
	if err := o.Look(t.Context(), "a"); err != nil || len(r.Events) != 3 {
		t.Errorf("a second look: got %v, %d events, want none", err, len(r.Events))
	}
}

func TestALookThatFailsLeavesTheChangeUnknown(t *testing.T) {
	o := newOffice(t)
	c := o.move(t, "a", 480)
	o.lose(true)
	o.do(t, c, change.Unknown)
	o.tenant.Fail(simulator.Fault{Method: http.MethodGet, Status: 500})
	if _, err := o.Check(t.Context(), els(), "a"); !errors.Is(err, protime.ServerFault) {
		t.Errorf("got %v, want the API's error", err)
	}
	o.check(t, "a", change.Applied, change.SeenAfter)
}

func TestARepeatedAttemptIsInTheReceipt(t *testing.T) {
	o := newOffice(t)
	c := o.move(t, "a", 480)
	o.tenant.Fail(simulator.Fault{Method: http.MethodPut, Revoke: true, Times: 1})
	o.do(t, c, change.Applied)
	r, err := o.Receipt(t.Context(), els(), "a")
	if err != nil || len(r.Events) != 3 {
		t.Fatalf("got %v, %d events, want prepared and two attempts", err, len(r.Events))
	}
	for i, want := range []int{http.StatusUnauthorized, http.StatusOK} {
		if got := r.Events[i+1].Facts.Attempt; got.Number != i+1 || got.Status != want {
			t.Errorf("attempt %d: got %+v, want status %d", i+1, got, want)
		}
	}
}

func TestARefusalOfTheTokenStaysKnownWhenThereIsNoOther(t *testing.T) {
	o := newOffice(t)
	c := o.move(t, "a", 480)
	o.tenant.Fail(simulator.Fault{Method: http.MethodPut, Revoke: true, Times: 1})
	o.tenant.Fail(simulator.Fault{Path: "/tenants/*/connect/token", Status: 500})
	o.do(t, c, change.Refused)
	r, err := o.Receipt(t.Context(), els(), "a")
	if err != nil || r.State != change.Refused || r.Status != http.StatusUnauthorized {
		t.Errorf("got %s, status %d, %v, want the 401", r.State, r.Status, err)
	}
}

func TestTheLogHasTwoEventsPerChangeAndNoneForReading(t *testing.T) {
	o := newOffice(t)
	head := func() audit.Head {
		h, err := o.log.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	o.do(t, o.move(t, "a", 480), change.Applied)
	if got := head().Sequence; got != 2 {
		t.Errorf("events of one change: got %d, want 2", got)
	}
	auditor := with(els(), "aud", change.Auditor)
	if _, _, err := o.Changes(t.Context(), auditor, change.Query{}); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Receipt(t.Context(), auditor, "a"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.Inverse(t.Context(), els(), "a"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := o.Spent(t.Context(), "a", []byte("x"), els()); !errors.Is(err, change.ErrSpent) {
		t.Fatal(err)
	}
	if got := head().Sequence; got != 2 {
		t.Errorf("events after reading: got %d, want 2", got)
	}
}

// limitedAPI fails the test where a look reads without a time limit.
type limitedAPI struct {
	change.API
	t     *testing.T
	asked int
}

func (a *limitedAPI) limit(ctx context.Context) {
	a.t.Helper()
	a.asked++
	if end, limited := ctx.Deadline(); !limited || time.Until(end) > 45*time.Second {
		a.t.Error("a look reads for more than 45 seconds")
	}
}

func (a *limitedAPI) Get(ctx context.Context, path, query string) (protime.Record, protime.Answer, error) {
	a.limit(ctx)
	return a.API.Get(ctx, path, query)
}

func (a *limitedAPI) List(ctx context.Context, path string, o protime.ListOptions) iter.Seq2[protime.Page, error] {
	a.limit(ctx)
	return a.API.List(ctx, path, o)
}

func TestALookHasALimitOfTime(t *testing.T) {
	for _, test := range []func(t *testing.T, o *office) change.Change{moved, added, removed} {
		o := newOffice(t)
		c := test(t, o)
		o.lose(false)
		o.do(t, c, change.Unknown)
		o.tenant.Heal()
		api := &limitedAPI{API: o.client, t: t}
		o.API = api
		if _, err := o.Check(t.Context(), els(), c.ID); err != nil || api.asked == 0 {
			t.Errorf("%s: got %v after %d calls, want a look", c.Verb, err, api.asked)
		}
	}
}
