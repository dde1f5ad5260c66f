package change_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"protime-admin/internal/change"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/protime/simulator"
	"protime-admin/protime/simulator/company"
)

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
	return o.do(t, c, change.Applied)
}

func TestAnUndoTakesAChangeBackAndCanBeUndone(t *testing.T) {
	o := newOffice(t)
	before := o.record(t, "/clockings/8192")
	o.do(t, o.move(t, "a", 480), change.Applied)
	r := o.undo(t, "a", "u")
	if r.Undoes != "a" || r.Verb != contract.Replace || r.Person != "76547" {
		t.Errorf("got %+v, want a replace that undoes a", r.Change)
	}
	now := o.record(t, "/clockings/8192")
	ofTheServer := []string{"changeVersion", "originalTimeOfDayInMinutes"}
	if diff := cmp.Diff(members(before.Drop(ofTheServer...)), members(now.Drop(ofTheServer...))); diff != "" {
		t.Errorf("at the server (-want +got):\n%s", diff)
	}
	if _, _, err := o.Inverse(t.Context(), els(), "a"); !errors.Is(err, change.ErrUndone) {
		t.Errorf("second undo: got %v, want ErrUndone", err)
	}
	o.undo(t, "u", "uu")
	if got := o.record(t, "/clockings/8192").Text("timeOfDayInMinutes"); got != "480" {
		t.Errorf("after the undo of the undo: got %s, want 480", got)
	}
}

// members are those of a record by name, as text: the API promises no order.
func members(r protime.Record) map[string]string {
	all := map[string]string{}
	for name, value := range r.Members() {
		all[name] = string(value)
	}
	return all
}

func TestACreateIsUndoneByADeleteAndBack(t *testing.T) {
	o := newOffice(t)
	made := o.do(t, add("a", evening), change.Applied)
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
	o.do(t, o.remove(t, "a", "/clockings/8192"), change.Applied)
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
	o.do(t, o.move(t, "a", 480), change.Applied)
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

	made := o.do(t, add("b", evening), change.Applied)
	id := strings.TrimPrefix(made.Location, simulator.BasePath+"/clockings/")
	o.tenant.Edit("clockings", id, `{"timeOfDayInMinutes":1231}`)
	_, differences, err = o.Inverse(t.Context(), els(), "b")
	if err != nil || len(differences) != 1 || differences[0].Mine != nil {
		t.Errorf("undo of a create: got %v, %v, want one difference", differences, err)
	}
}

func TestTwoUndosAtTheSameTimeAreOneRequest(t *testing.T) {
	o := newOffice(t)
	o.do(t, o.move(t, "a", 480), change.Applied)
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
	o.later(11 * time.Minute)
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
	o.do(t, longer, change.Applied)
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
	}, change.Applied)
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

func TestInvariant4_ARowThatAnotherChangeWroteIsNoEvidence(t *testing.T) {
	o := newOffice(t)
	row := json.RawMessage(`{"activityUsageKind":"Person","usageReference":{"id":76547},"from":"2031-01-01","until":"2031-02-01"}`)
	c := change.Change{
		ID: "lost", Actor: els(), Collection: "usages", Verb: contract.Create, Path: definition + "/usages",
		After: row, Fingerprint: row, Request: change.Request{Method: http.MethodPost, Path: definition + "/usages", Body: row},
	}
	o.tenant.Fail(simulator.Fault{Method: http.MethodPost, Path: definition + "/usages", Reset: true, Times: 1})
	o.do(t, c, change.Unknown)
	c.ID = "made"
	o.do(t, c, change.Applied)
	r := o.check(t, "lost", change.Unknown, change.SeenFound)
	if r.LastLook().Finding != change.Unclear {
		t.Errorf("got %s, want unclear", r.LastLook().Finding)
	}
}
