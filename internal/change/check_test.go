package change_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"protime-admin/internal/audit"
	"protime-admin/internal/change"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/protime/simulator"
	"protime-admin/protime/simulator/company"
)

// lose makes the next write's answer get lost, after it was applied or before.
func (o *office) lose(applied bool) {
	o.tenant.Fail(simulator.Fault{Method: http.MethodPut, Reset: true, Apply: applied, Times: 1})
	o.tenant.Fail(simulator.Fault{Method: http.MethodPost, Path: "/clockings", Reset: true, Apply: applied, Times: 1})
	o.tenant.Fail(simulator.Fault{Method: http.MethodDelete, Reset: true, Apply: applied, Times: 1})
}

func (o *office) check(t *testing.T, id string, state change.State, seen change.Seen) change.Receipt {
	t.Helper()
	o.tenant.Heal()
	o.tenant.Forget()
	r, err := o.Check(t.Context(), els(), id)
	if err != nil {
		t.Fatalf("check: %v", err)
	}
	if got, _ := r.Proof(); r.State != state || got != seen {
		t.Errorf("check: got %s by %q, want %s by %q", r.State, r.Evidence, state, seen)
	}
	o.writes(t, 0)
	report, err := o.log.Verify(t.Context(), "")
	if err != nil || !report.Whole() {
		t.Errorf("verify: %+v, %v", report, err)
	}
	return r
}

func TestInvariant4_AnUnansweredChangeIsLookedUp(t *testing.T) {
	for _, test := range []struct {
		name    string
		change  func(t *testing.T, o *office) change.Change
		applied bool
		between func(o *office)
		state   change.State
		seen    change.Seen
	}{
		{"an update that was applied", moved, true, nil, change.Applied, change.SeenAfter},
		{"an update that was not", moved, false, nil, change.NotApplied, change.SeenBefore},
		{"an update, and somebody else's since", moved, true, func(o *office) {
			o.tenant.Edit("clockings", "8192", `{"timeOfDayInMinutes":500}`)
		}, change.Unknown, change.SeenOtherwise},
		{"an update, and another value changed since", moved, true, func(o *office) {
			o.tenant.Edit("clockings", "8192", `{"changeVersion":"0000090200004BD0FFFF"}`)
		}, change.Applied, change.SeenAfter},
		{"an update of a record that is gone now", moved, true, func(o *office) {
			o.tenant.Remove("clockings", "8192")
		}, change.Unknown, change.SeenMissing},
		{"a delete that was applied", removed, true, nil, change.Applied, change.SeenDeleted},
		{"a delete that was not", removed, false, nil, change.NotApplied, change.SeenBefore},
		{"a delete of a record that is gone", removed, true, func(o *office) {
			o.tenant.Remove("clockings", "8192")
		}, change.Applied, change.SeenMissing},
		{"a delete that was not, and somebody changed it", removed, false, func(o *office) {
			o.tenant.Edit("clockings", "8192", `{"timeOfDayInMinutes":500}`)
		}, change.NotApplied, change.SeenThere},
		{"a create that was applied", added, true, nil, change.Applied, change.SeenFound},
		{"a create that was not", added, false, nil, change.NotApplied, change.SeenNone},
		{"a create, and the same by somebody else", added, true, func(o *office) {
			o.tenant.Put("clockings", "90000", strings.Replace(evening, "{", `{"id":90000,`, 1))
		}, change.Unknown, change.SeenSeveral},
		{"a create that was not, beside one that was deleted", added, false, func(o *office) {
			o.tenant.Put("clockings", "90000", strings.Replace(evening, "{", `{"id":90000,"status":"Deleted",`, 1))
		}, change.NotApplied, change.SeenNone},
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
			if _, paths := r.Proof(); len(paths) != 1 || o.record(t, paths[0]).Text("timeOfDayInMinutes") != "1230" {
				t.Errorf("evidence: got %q, want the record's path", r.Evidence)
			}
		})
	}
}

func moved(t *testing.T, o *office) change.Change   { return o.move(t, "a", 480) }
func removed(t *testing.T, o *office) change.Change { return o.remove(t, "a", "/clockings/8192") }
func added(*testing.T, *office) change.Change       { return add("a", evening) }

func TestInvariant4_ARecordThatAnotherChangeMadeIsNoEvidence(t *testing.T) {
	o := newOffice(t)
	o.do(t, add("first", evening), change.Done)
	o.lose(false)
	o.do(t, add("second", evening), change.Unknown)
	o.check(t, "second", change.NotApplied, change.SeenNone)

	o.lose(true)
	o.do(t, add("third", evening), change.Unknown)
	o.check(t, "third", change.Applied, change.SeenFound)

	o.lose(false)
	o.do(t, add("fourth", evening), change.Unknown)
	o.check(t, "fourth", change.NotApplied, change.SeenNone)
}

func TestAnAcceptedCreateIsFoundAlthoughItsPlaceWasToldAlready(t *testing.T) {
	o := newOffice(t)
	o.API = relocated{API: o.client, location: simulator.BasePath + "/clockings/8193"}
	o.tenant.Fail(simulator.Fault{Accept: true})
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

func TestOnlyWhoMadeAChangeChecksAndUndoesIt(t *testing.T) {
	o := newOffice(t)
	c := o.move(t, "a", 480)
	o.lose(true)
	o.do(t, c, change.Unknown)
	o.tenant.Heal()
	for _, a := range []change.Actor{
		with(els(), "tom", change.Editor), with(els(), "aud", change.Editor, change.Auditor), with(els(), "els", change.Viewer),
	} {
		if _, err := o.Check(t.Context(), a, "a"); !errors.Is(err, change.ErrRole) {
			t.Errorf("check by %s: got %v, want ErrRole", a.Subject, err)
		}
		if _, _, err := o.Inverse(t.Context(), a, "a"); !errors.Is(err, change.ErrRole) {
			t.Errorf("undo by %s: got %v, want ErrRole", a.Subject, err)
		}
	}
	if _, _, err := o.Inverse(t.Context(), els(), "a"); !errors.Is(err, change.ErrNotUndoable) {
		t.Errorf("undo of what is unknown: got %v, want ErrNotUndoable", err)
	}
	o.check(t, "a", change.Applied, change.SeenAfter)
	if _, err := o.Check(t.Context(), els(), "a"); !errors.Is(err, change.ErrNotUnknown) {
		t.Errorf("second check: got %v, want ErrNotUnknown", err)
	}
	if _, err := o.Check(t.Context(), els(), "nothing"); !errors.Is(err, change.ErrNoChange) {
		t.Errorf("check of nothing: got %v, want ErrNoChange", err)
	}
	if err := o.log.Begin(t.Context(), o.move(t, "running", 481)); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Check(t.Context(), els(), "running"); !errors.Is(err, change.ErrRunning) {
		t.Errorf("check of what runs: got %v, want ErrRunning", err)
	}
}

func TestALookThatFailsLeavesTheChangeUnknown(t *testing.T) {
	o := newOffice(t)
	c := o.move(t, "a", 480)
	o.lose(true)
	o.do(t, c, change.Unknown)
	o.tenant.Fail(simulator.Fault{Method: http.MethodGet, Status: 503})
	if _, err := o.Check(t.Context(), els(), "a"); !errors.Is(err, protime.Unavailable) {
		t.Errorf("got %v, want the API's error", err)
	}
	o.check(t, "a", change.Applied, change.SeenAfter)
}

// undo prepares the inverse of a change, without conflicts, and makes it.
func (o *office) undo(t *testing.T, of, id string) change.Receipt {
	t.Helper()
	c, differences, err := o.Inverse(t.Context(), els(), of)
	if err != nil {
		t.Fatalf("inverse of %s: %v", of, err)
	}
	if len(differences) > 0 {
		t.Fatalf("inverse of %s: got %v, want no conflict", of, differences)
	}
	c.ID, c.Fingerprint = id, []byte("undo "+of)
	return o.do(t, c, change.Done)
}

func TestAnUndoTakesAChangeBackAndCanBeUndone(t *testing.T) {
	o := newOffice(t)
	before := o.record(t, "/clockings/8192")
	o.do(t, o.move(t, "a", 480), change.Done)
	r := o.undo(t, "a", "u")
	if r.Undoes != "a" || r.Verb != contract.Replace || r.Person != "76547" {
		t.Errorf("got %+v, want a replace that undoes a", r.Change)
	}
	now := o.record(t, "/clockings/8192")
	ofTheServer := []string{"changeVersion", "originalTimeOfDayInMinutes"}
	if string(now.Drop(ofTheServer...).Raw()) != string(before.Drop(ofTheServer...).Raw()) {
		t.Errorf("at the server: got\n%s, want\n%s", now.Raw(), before.Raw())
	}
	if _, _, err := o.Inverse(t.Context(), els(), "a"); !errors.Is(err, change.ErrUndone) {
		t.Errorf("second undo: got %v, want ErrUndone", err)
	}
	o.undo(t, "u", "uu")
	if got := o.record(t, "/clockings/8192").Text("timeOfDayInMinutes"); got != "480" {
		t.Errorf("after the undo of the undo: got %s, want 480", got)
	}
}

func TestACreateIsUndoneByADeleteAndBack(t *testing.T) {
	o := newOffice(t)
	made := o.do(t, add("a", evening), change.Done)
	r := o.undo(t, "a", "u")
	path := strings.TrimPrefix(made.Location, simulator.BasePath)
	if r.Verb != contract.Delete || r.Path != path || r.Request.Method != http.MethodDelete {
		t.Errorf("got %s %s, want a delete of %s", r.Request.Method, r.Path, path)
	}
	again := o.undo(t, "u", "uu")
	if again.Verb != contract.Create || again.Location == made.Location || again.Location == "" {
		t.Errorf("got %s at %q, want a create with a new number", again.Verb, again.Location)
	}
	o.undo(t, "uu", "uuu")
}

func TestADeleteIsUndoneByACreate(t *testing.T) {
	o := newOffice(t)
	before := o.record(t, "/clockings/8192")
	o.do(t, o.remove(t, "a", "/clockings/8192"), change.Done)
	r := o.undo(t, "a", "u")
	var sent map[string]json.RawMessage
	if err := json.Unmarshal(r.Request.Body, &sent); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"id", "changeVersion", "status", "isGenerated"} {
		if _, ok := sent[name]; ok {
			t.Errorf("the request has %s: %s", name, r.Request.Body)
		}
	}
	path := strings.TrimPrefix(r.Location, simulator.BasePath)
	now := o.record(t, path)
	for _, name := range []string{"timeOfDayInMinutes", "date", "person", "geolocation", "payrollTag", "ratio"} {
		was, _ := before.Lookup(name)
		is, _ := now.Lookup(name)
		if string(was) != string(is) {
			t.Errorf("%s: got %s, want %s", name, is, was)
		}
	}
}

func TestInvariant5_AnUndoShowsWhatChangedSince(t *testing.T) {
	o := newOffice(t)
	o.do(t, o.move(t, "a", 480), change.Done)
	o.tenant.Edit("clockings", "8192", `{"timeOfDayInMinutes":500}`)
	_, differences, err := o.Inverse(t.Context(), els(), "a")
	if err != nil || len(differences) != 1 {
		t.Fatalf("got %v, %v, want one difference", differences, err)
	}
	d := differences[0]
	if d.Path != "timeOfDayInMinutes" || string(d.Opened) != "480" || string(d.Now) != "500" || string(d.Mine) != "485" {
		t.Errorf("got %s: %s, %s, %s, want 480, 500, 485", d.Path, d.Opened, d.Now, d.Mine)
	}

	o.tenant.Edit("clockings", "8192", `{"timeOfDayInMinutes":480,"payrollTag":"B-1"}`)
	c, differences, err := o.Inverse(t.Context(), els(), "a")
	if err != nil || len(differences) != 0 || !strings.Contains(string(c.Request.Body), `"B-1"`) {
		t.Errorf("another value changed: got %s, %v, %v, want it kept and no conflict", c.Request.Body, differences, err)
	}
	o.tenant.Edit("clockings", "8192", `{"timeOfDayInMinutes":485}`)
	if _, _, err := o.Inverse(t.Context(), els(), "a"); !errors.Is(err, change.ErrNothing) {
		t.Errorf("it was put back by hand: got %v, want ErrNothing", err)
	}
	o.tenant.Edit("clockings", "8192", `{"status":"Deleted"}`)
	if _, _, err := o.Inverse(t.Context(), els(), "a"); !errors.Is(err, change.ErrGone) {
		t.Errorf("it was deleted: got %v, want ErrGone", err)
	}
	o.tenant.Remove("clockings", "8192")
	if _, _, err := o.Inverse(t.Context(), els(), "a"); !errors.Is(err, change.ErrGone) {
		t.Errorf("it is gone: got %v, want ErrGone", err)
	}

	made := o.do(t, add("b", evening), change.Done)
	id := strings.TrimPrefix(made.Location, simulator.BasePath+"/clockings/")
	o.tenant.Edit("clockings", id, `{"timeOfDayInMinutes":1231}`)
	_, differences, err = o.Inverse(t.Context(), els(), "b")
	if err != nil || len(differences) != 1 || differences[0].Mine != nil {
		t.Errorf("undo of a create: got %v, %v, want one difference", differences, err)
	}
}

func TestTwoUndosAtTheSameTimeAreOneRequest(t *testing.T) {
	o := newOffice(t)
	o.do(t, o.move(t, "a", 480), change.Done)
	var undos []change.Change
	for i := range 20 {
		c, _, err := o.Inverse(t.Context(), els(), "a")
		if err != nil {
			t.Fatal(err)
		}
		c.ID, c.Fingerprint = fmt.Sprint("u", i), []byte{byte(i)}
		undos = append(undos, c)
	}
	o.tenant.Forget()
	var (
		all  sync.WaitGroup
		mu   sync.Mutex
		made []string
	)
	for _, c := range undos {
		all.Go(func() {
			_, err := o.Do(t.Context(), c)
			if err != nil && !errors.Is(err, change.ErrUndone) {
				t.Errorf("got %v, want ErrUndone", err)
			}
			if err == nil {
				mu.Lock()
				defer mu.Unlock()
				made = append(made, c.ID)
			}
		})
	}
	all.Wait()
	o.writes(t, 1)
	r, err := o.Receipt(t.Context(), els(), "a")
	if err != nil || len(made) != 1 || r.UndoneBy != made[0] {
		t.Errorf("made %v, undone by %q, %v, want one and the same", made, r.UndoneBy, err)
	}
}

func TestWhatCannotBeUndoneSaysSo(t *testing.T) {
	o := newOffice(t)
	c := o.move(t, "a", 480)
	o.tenant.Fail(simulator.Fault{Method: http.MethodPut, Status: 400, Times: 1})
	o.do(t, c, change.Refused)
	if _, _, err := o.Inverse(t.Context(), els(), "a"); !errors.Is(err, change.ErrNotUndoable) {
		t.Errorf("a refused change: got %v, want ErrNotUndoable", err)
	}
	if _, _, err := o.Inverse(t.Context(), els(), "nothing"); !errors.Is(err, change.ErrNoChange) {
		t.Errorf("nothing: got %v, want ErrNoChange", err)
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
	o.do(t, o.move(t, "a", 480), change.Done)
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

// rows of an activity definition: they have no record of their own.
const definition = "/activity-structure-versions/" + company.StructureVersion +
	"/levels/1/activity-definitions/a1b2c3d4-0000-4000-8000-000000001001"

func TestARowWithoutARecordOfItsOwnIsCheckedAndUndone(t *testing.T) {
	o := newOffice(t)
	row := `{"activityUsageKind":"Person","usageReference":{"id":76547},"from":"2031-01-01","until":"2031-02-01"}`
	c := change.Change{
		ID: "a", Actor: els(), Collection: "usages", Verb: contract.Create, Path: definition + "/usages",
		After: json.RawMessage(row), Fingerprint: []byte(row),
		Request: change.Request{Method: http.MethodPost, Path: definition + "/usages", Body: json.RawMessage(row)},
	}
	o.tenant.Fail(simulator.Fault{Method: http.MethodPost, Path: definition + "/usages", Reset: true, Apply: true, Times: 1})
	o.do(t, c, change.Unknown)
	o.check(t, "a", change.Applied, change.SeenFound)
	r := o.undo(t, "a", "u")
	if r.Verb != contract.Delete || r.Request.Path != definition+"/usages" || string(r.Request.Body) != row {
		t.Errorf("got %s %s, %s, want a delete of the row at the rows' path",
			r.Request.Method, r.Request.Path, r.Request.Body)
	}
	if document := o.record(t, definition+"/usages"); strings.Contains(string(document.Raw()), "2031-01-01") {
		t.Errorf("the row is still there: %s", document.Raw())
	}
	o.undo(t, "u", "uu")

	after := strings.Replace(row, "2031-02-01", "2031-03-01", 1)
	longer := change.Change{
		ID: "longer", Actor: els(), Collection: "usages", Verb: contract.Replace,
		Path:   definition + "/usages/Person~76547~2031-01-01~2031-02-01",
		Before: json.RawMessage(row), After: json.RawMessage(after), Fingerprint: []byte(after),
		Request: change.Request{Method: http.MethodPut, Path: definition + "/usages", Body: json.RawMessage(
			`{"activityUsageKind":"Person","usageReference":{"id":76547},"originalFrom":"2031-01-01",` +
				`"originalUntil":"2031-02-01","updatedFrom":"2031-01-01","updatedUntil":"2031-03-01"}`)},
	}
	o.do(t, longer, change.Done)
	o.undo(t, "longer", "shorter")
	if document := o.record(t, definition+"/usages"); !strings.Contains(string(document.Raw()), "2031-02-01") {
		t.Errorf("the row is not as it was: %s", document.Raw())
	}
}

func TestRowsThatAreSentAsAWholeAreUndone(t *testing.T) {
	o := newOffice(t)
	path := definition + "/restrictions"
	before := o.record(t, path)
	after, err := before.Set(json.RawMessage("[]"), "restrictions")
	if err != nil {
		t.Fatal(err)
	}
	o.do(t, change.Change{
		ID: "a", Actor: els(), Collection: "restrictions", Verb: contract.Replace, Path: path, Before: before.Raw(),
		After: after.Raw(), Fingerprint: []byte("none"),
		Request: change.Request{Method: http.MethodPut, Path: path, Body: json.RawMessage("[]")},
	}, change.Done)
	rows := func(r protime.Record) string {
		text, _ := r.Lookup("restrictions")
		return string(text)
	}
	if got := rows(o.record(t, path)); got != "[]" && got != "" {
		t.Fatalf("rows: got %s, want none", got)
	}
	o.undo(t, "a", "u")
	if got, want := rows(o.record(t, path)), rows(before); got != want {
		t.Errorf("rows: got %s, want %s", got, want)
	}
}

func TestMovedShowsEveryDifferenceThatIsNotTypedAnyway(t *testing.T) {
	parse := func(text string) protime.Record {
		r, err := protime.ParseRecord([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	paths := []string{"time", "person", "place.latitude", "rows[].level", "rows[].hours"}
	for _, test := range []struct {
		name, opened, now, mine, want string
	}{
		{"nothing moved", `{"time":1}`, `{"time":1}`, `{"time":2}`, ""},
		{"moved", `{"time":1}`, `{"time":2}`, `{"time":3}`, "time"},
		{"moved, and I did not touch it", `{"time":1}`, `{"time":2}`, `{"time":1}`, "time"},
		{"moved to what I typed", `{"time":1}`, `{"time":2}`, `{"time":2.0}`, ""},
		{"the same number in other digits", `{"time":480}`, `{"time":480.0}`, `{"time":1}`, ""},
		{"the same number with an exponent", `{"time":480}`, `{"time":4.8e2}`, `{"time":1}`, ""},
		{"null is absent", `{"time":null}`, `{}`, `{"time":1}`, ""},
		{"an empty object is absent", `{"person":{}}`, `{}`, `{"person":{"id":1}}`, ""},
		{"a string is no number", `{"time":"1"}`, `{"time":1}`, `{"time":2}`, "time"},
		{"another order of members", `{"person":{"id":1,"n":"\u00e9"}}`, `{"person":{"n":"é","id":1}}`, `{}`, ""},
		{"a nested value", `{"place":{"latitude":1}}`, `{"place":{"latitude":2}}`, `{"place":{"latitude":1}}`, "place.latitude"},
		{"a row as a whole, once", `{"rows":[{"level":1}]}`, `{"rows":[{"level":1},{"level":2}]}`, `{"rows":[]}`, "rows"},
		{"rows in another order", `{"rows":[1,2]}`, `{"rows":[2,1]}`, `{"rows":[1,2]}`, "rows"},
		{"what nobody may write", `{"changeVersion":"1"}`, `{"changeVersion":"2"}`, `{}`, ""},
		{"huge exponents are compared as text", `{"time":1e999999999}`, `{"time":1e999999998}`, `{}`, "time"},
		{"gone at the server", `{"time":1}`, `{}`, `{"time":1}`, "time"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, d := range change.Moved(parse(test.opened), parse(test.now), parse(test.mine), paths) {
				got = append(got, d.Path)
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestRolesGiveRights(t *testing.T) {
	for _, test := range []struct {
		role   change.Role
		verbs  []contract.Verb
		rights []change.Right
	}{
		{change.Viewer, []contract.Verb{contract.List, contract.Read}, []change.Right{change.ReadRecords}},
		{change.Editor, []contract.Verb{contract.List, contract.Read, contract.Create, contract.Replace, contract.Delete},
			[]change.Right{change.ReadRecords, change.Make, change.SeeHistory}},
		{change.Auditor, []contract.Verb{contract.List, contract.Read},
			[]change.Right{change.ReadRecords, change.SeeHistory, change.SeeLog, change.ExportLog}},
		{"owner", nil, nil},
	} {
		roles := []change.Role{test.role}
		for _, v := range []contract.Verb{contract.List, contract.Read, contract.Create, contract.Replace, contract.Delete, ""} {
			if got, want := change.May(roles, v), slices.Contains(test.verbs, v); got != want {
				t.Errorf("%s may %q: got %t, want %t", test.role, v, got, want)
			}
		}
		for _, r := range []change.Right{change.ReadRecords, change.Make, change.SeeHistory, change.SeeLog, change.ExportLog, ""} {
			if got, want := change.Has(roles, r), slices.Contains(test.rights, r); got != want {
				t.Errorf("%s has %q: got %t, want %t", test.role, r, got, want)
			}
		}
	}
}

func TestAFingerprintTellsWhatWasTyped(t *testing.T) {
	typed := map[string][]string{"date": {"2026-01-05"}, "kind": {"InOut"}, "change": {"1"}}
	base := string(change.Fingerprint(contract.Create, "/clockings", typed, "change"))
	for _, test := range []struct {
		name  string
		verb  contract.Verb
		path  string
		typed map[string][]string
		same  bool
	}{
		{"another id", contract.Create, "/clockings", map[string][]string{"date": {"2026-01-05"}, "kind": {"InOut"}, "change": {"2"}}, true},
		{"another value", contract.Create, "/clockings", map[string][]string{"date": {"2026-01-06"}, "kind": {"InOut"}}, false},
		{"another verb", contract.Replace, "/clockings", typed, false},
		{"another path", contract.Create, "/clockings/1", typed, false},
		{"a value more", contract.Create, "/clockings", map[string][]string{"date": {"2026-01-05", ""}, "kind": {"InOut"}}, false},
		{"an input more", contract.Create, "/clockings", map[string][]string{"date": {"2026-01-05"}, "kind": {"InOut"}, "x": {}}, false},
		{"values that flow together", contract.Create, "/clockings", map[string][]string{"datek": {"2026-01-05"}, "ind": {"InOut"}}, false},
	} {
		if got := string(change.Fingerprint(test.verb, test.path, test.typed, "change")) == base; got != test.same {
			t.Errorf("%s: got same %t, want %t", test.name, got, test.same)
		}
	}
}
