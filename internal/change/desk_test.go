package change_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"protime-admin/internal/audit"
	"protime-admin/internal/change"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/protime/simulator"
	"protime-admin/protime/simulator/company"
)

// office is a desk with everything behind it: the real client, the simulator over HTTP, and a log on SQLite.
type office struct {
	*change.Desk
	tenant *simulator.Tenant
	client *protime.Client
	log    *audit.Log
	url    string // of the log
}

var today = time.Date(2026, 1, 9, 0, 0, 0, 0, time.UTC)

// The contract and the company are made once for all offices, which takes longer than most tests.
var (
	embedded = sync.OnceValues(contract.Embedded)
	founded  = sync.OnceValue(func() *simulator.Tenant { return company.New(today) })
)

func newOffice(t *testing.T) *office {
	t.Helper()
	tenant := simulator.Strict(t, founded().Clone())
	server := httptest.NewServer(tenant)
	t.Cleanup(server.Close)
	known, err := embedded()
	if err != nil {
		t.Fatal(err)
	}
	client, err := protime.New(protime.Config{
		BaseURL: server.URL + simulator.BasePath, TokenURL: server.URL + "/tenants/acme/connect/token",
		ClientID: "id", ClientSecret: "a-client-secret", UserAgent: "Test/1 (acme)", Contract: known,
		Timeout: 10 * time.Second, Backoff: time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	quiet := slog.New(slog.DiscardHandler)
	address := "sqlite:" + filepath.Join(t.TempDir(), "audit.db")
	log, err := audit.Open(t.Context(), address, audit.Options{Serve: true, Key: make([]byte, 32), Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := log.Close(); err != nil {
			t.Error(err)
		}
	})
	return &office{
		Desk:   &change.Desk{API: client, Log: log, Contract: known, Logger: quiet},
		tenant: tenant, client: client, log: log, url: address,
	}
}

// later moves the desk's clock.
func (o *office) later(d time.Duration) {
	o.Now = func() time.Time { return time.Now().Add(d) }
}

func els() change.Actor {
	return change.Actor{Subject: "els", Issuer: "https://id.example", Name: "Els", Email: "els@acme.example", Number: "E1048",
		Roles: []change.Role{change.Editor}}
}

func with(a change.Actor, subject string, roles ...change.Role) change.Actor {
	a.Subject, a.Roles = subject, roles
	return a
}

// record reads a record as it is at the simulator.
func (o *office) record(t *testing.T, path string) protime.Record {
	t.Helper()
	record, _, err := o.client.Get(t.Context(), path, "")
	if err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
	return record
}

// move is the change of clocking 8192 to another time.
func (o *office) move(t *testing.T, id string, minutes int) change.Change {
	t.Helper()
	before := o.record(t, "/clockings/8192")
	after, err := before.Set(json.RawMessage(fmt.Sprint(minutes)), "timeOfDayInMinutes")
	if err != nil {
		t.Fatal(err)
	}
	col, _ := o.Contract.Collection("clockings")
	body := after
	for _, f := range col.ReadOnly() {
		body = body.Without(f.Name)
	}
	return change.Change{
		ID: id, Actor: els(), Collection: "clockings", Verb: contract.Replace, Path: "/clockings/8192",
		Before: before.Raw(), After: after.Raw(), Person: before.Text("person", "id"),
		Request:     change.Request{Method: http.MethodPut, Path: "/clockings/8192", Body: body.Raw()},
		Fingerprint: []byte(fmt.Sprint("move to ", minutes)),
	}
}

func add(id, body string) change.Change {
	return change.Change{
		ID: id, Actor: els(), Collection: "clockings", Verb: contract.Create, Path: "/clockings", After: json.RawMessage(body),
		Request: change.Request{Method: http.MethodPost, Path: "/clockings", Body: json.RawMessage(body)}, Person: "76547",
		Fingerprint: []byte(body),
	}
}

func (o *office) remove(t *testing.T, id, path string) change.Change {
	t.Helper()
	before := o.record(t, path)
	return change.Change{
		ID: id, Actor: els(), Collection: "clockings", Verb: contract.Delete, Path: path, Before: before.Raw(),
		Request: change.Request{Method: http.MethodDelete, Path: path}, Person: before.Text("person", "id"),
		Fingerprint: []byte("delete " + path),
	}
}

const evening = `{"person":{"id":76547},"date":"2026-01-08","timeOfDayInMinutes":1230,"kind":"InOut"}`

func (o *office) do(t *testing.T, c change.Change, want change.State) change.Receipt {
	t.Helper()
	r, err := o.Do(t.Context(), c)
	if err != nil {
		t.Fatalf("do %s: %v", c.ID, err)
	}
	if r.State != want {
		t.Fatalf("do %s: got %s (%d, %q, %s), want %s", c.ID, r.State, r.Status, r.Failure, r.Body, want)
	}
	return r
}

func (o *office) writes(t *testing.T, want int) {
	t.Helper()
	if got := len(o.tenant.Writes()); got != want {
		t.Errorf("requests that write: got %d, want %d", got, want)
	}
}

func TestInvariant2_AChangeIsInTheLogBeforeItIsSent(t *testing.T) {
	o := newOffice(t)
	c := o.move(t, "a", 480)
	var seen change.State
	o.API = spy{API: o.client, send: func() {
		r, err := o.log.Receipt(t.Context(), "a")
		if err != nil {
			t.Errorf("receipt while it is sent: %v", err)
		}
		seen = r.State
	}}
	r := o.do(t, c, change.Applied)
	if seen != change.Sending {
		t.Errorf("state while it is sent: got %q, want sending", seen)
	}
	if r.Status != http.StatusOK || r.Person != "76547" || r.Ended.IsZero() {
		t.Errorf("got %+v, want the answer in the receipt", r)
	}
	if got := o.record(t, "/clockings/8192").Text("timeOfDayInMinutes"); got != "480" {
		t.Errorf("at the server: got %s, want 480", got)
	}
	logged, err := o.Receipt(t.Context(), els(), "a")
	if err != nil || logged.State != change.Applied || logged.Status != r.Status || string(logged.After) != string(c.After) {
		t.Errorf("in the log: got %+v, %v", logged, err)
	}
}

// spy is an API that says when something is sent.
type spy struct {
	change.API
	send func()
}

func (s spy) Send(ctx context.Context, r protime.Request) (protime.Answer, error) {
	s.send()
	return s.API.Send(ctx, r)
}

// brokenLog is a log that fails where it is told to.
type brokenLog struct {
	change.Log
	prepare, append error
}

func (l brokenLog) Prepare(ctx context.Context, id string, e change.Event) error {
	if l.prepare != nil {
		return l.prepare
	}
	return l.Log.Prepare(ctx, id, e)
}

func (l brokenLog) Append(ctx context.Context, id string, events ...change.Event) error {
	if l.append != nil {
		return l.append
	}
	return l.Log.Append(ctx, id, events...)
}

func TestInvariant2_ALogThatCannotBeWrittenStopsChangesAndNotReading(t *testing.T) {
	o := newOffice(t)
	c := o.move(t, "a", 480)
	o.Log = brokenLog{Log: o.log, prepare: fmt.Errorf("%w: disk full", change.ErrLog)}
	if _, err := o.Do(t.Context(), c); !errors.Is(err, change.ErrLog) {
		t.Errorf("got %v, want ErrLog", err)
	}
	o.writes(t, 0)
	if _, _, err := o.Changes(t.Context(), with(els(), "aud", change.Auditor), change.Query{}); err != nil {
		t.Errorf("reading: %v", err)
	}
}

func TestInvariant4_AnOutcomeThatTheLogDoesNotTakeIsShownAsUnknown(t *testing.T) {
	o := newOffice(t)
	c := o.move(t, "a", 480)
	o.Log = brokenLog{Log: o.log, append: change.ErrLog}
	r := o.do(t, c, change.Unknown)
	if r.Failure != "log" || r.Status != http.StatusOK {
		t.Errorf("got failure %q, status %d, want log, 200", r.Failure, r.Status)
	}
	if logged, err := o.log.Receipt(t.Context(), "a"); err != nil || logged.State != change.Sending {
		t.Errorf("in the log: got %s, %v, want sending", logged.State, err)
	}
}

func TestInvariant4_AnswersAreClassified(t *testing.T) {
	for _, test := range []struct {
		name    string
		fault   simulator.Fault
		state   change.State
		status  int
		failure string
	}{
		{"a refusal", simulator.Fault{Status: 400, Reasons: []string{"closed"}}, change.Refused, 400, ""},
		{"a conflict", simulator.Fault{Status: 412}, change.Refused, 412, ""},
		{"too many requests", simulator.Fault{Status: 429}, change.Refused, 429, ""},
		{"a 503 of the API's own", simulator.Fault{Status: 503, RetryAfter: 30}, change.Refused, 503, ""},
		{"what the API does not know", simulator.Fault{Status: 501}, change.Refused, 501, ""},
		{"a 500 of the API's own", simulator.Fault{Status: 500}, change.Unknown, 500, ""},
		{"a 500 after it was applied", simulator.Fault{Status: 500, Apply: true}, change.Unknown, 500, ""},
		{"a gateway's 503", simulator.Fault{Status: 503, HTML: true, Apply: true}, change.Unknown, 503, ""},
		{"a gateway's page instead of the answer", simulator.Fault{Status: 200, HTML: true, Apply: true}, change.Unknown, 200,
			"bad-answer"},
		{"half an answer", simulator.Fault{CutOff: true}, change.Unknown, 200, "cut-off"},
		{"a reset after the request left", simulator.Fault{Reset: true}, change.Unknown, 0, "reset"},
		{"a reset after it was applied", simulator.Fault{Reset: true, Apply: true}, change.Unknown, 0, "reset"},
		{"no answer in time", simulator.Fault{Hang: true}, change.Unknown, 0, "timeout"},
		{"a gateway in the way", simulator.Fault{Status: 502, HTML: true}, change.Unknown, 502, ""},
		{"a time-out of a gateway", simulator.Fault{Status: 504}, change.Unknown, 504, ""},
		{"no token", simulator.Fault{Path: "/tenants/*/connect/token", Status: 401}, change.NotSent, 0, "no-token"},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := newOffice(t)
			c := add("a", evening) // nothing was read before it, so that a token is needed
			if test.fault.Path == "" {
				c = o.move(t, "a", 480)
				test.fault.Method = http.MethodPut
			}
			o.tenant.Forget()
			test.fault.Times = 10
			o.tenant.Fail(test.fault)
			r := o.do(t, c, test.state)
			if r.Status != test.status || r.Failure != test.failure {
				t.Errorf("got status %d, failure %q, want %d, %q", r.Status, r.Failure, test.status, test.failure)
			}
			if got := len(o.tenant.Writes()); got > 1 {
				t.Errorf("requests that write: got %d, want at most one", got)
			}
		})
	}
}

func TestA202IsAcceptedNotDone(t *testing.T) {
	o := newOffice(t)
	c := o.move(t, "a", 480)
	o.tenant.Fail(simulator.Fault{Method: http.MethodPut, Accept: true, Apply: true, Times: 1})
	r := o.do(t, c, change.Accepted)
	if r.OperationLocation == "" {
		t.Error("got no Operation-Location, want one")
	}
	checked, err := o.Check(t.Context(), els(), "a")
	if err != nil || checked.State != change.Applied {
		t.Errorf("check: got %s, %v, want applied", checked.State, err)
	}
	look := checked.LastLook()
	if look == nil || look.Monitor != http.StatusOK {
		t.Fatalf("check: got %+v, want what the status monitor said", look)
	}
	said := checked.Events[len(checked.Events)-1].Personal.Response
	if !strings.Contains(string(said), "status") {
		t.Errorf("status monitor: got %q, want its answer in the log", said)
	}
}

func TestABrowserThatGoesAwayDoesNotCutAChange(t *testing.T) {
	o := newOffice(t)
	c := o.move(t, "a", 480)
	ctx, cancel := context.WithCancel(t.Context())
	o.API = spy{API: o.client, send: cancel}
	if r, err := o.Do(ctx, c); err != nil || r.State != change.Applied {
		t.Errorf("got %s, %v, want done", r.State, err)
	}
}

func TestInvariant3_ManyPressesOfOneButtonAreOneRequest(t *testing.T) {
	o := newOffice(t)
	c := o.move(t, "a", 480)
	o.tenant.Fail(simulator.Fault{Method: http.MethodPut, Delay: 100 * time.Millisecond, Times: 1})
	var all sync.WaitGroup
	var first atomic.Int32
	for range 100 {
		all.Go(func() {
			r, err := o.Do(t.Context(), c)
			if err != nil || r.State != change.Applied || r.Status != http.StatusOK {
				t.Errorf("got %s, %d, %v, want applied for everybody", r.State, r.Status, err)
			}
			if !r.Again {
				first.Add(1)
			}
		})
	}
	all.Wait()
	o.writes(t, 1)
	if got := first.Load(); got != 1 {
		t.Errorf("first receipts: got %d, want 1", got)
	}
}

func TestInvariant3_TheSameIDWithOtherContentSendsNothing(t *testing.T) {
	o := newOffice(t)
	o.do(t, o.move(t, "a", 480), change.Applied)
	otherPath := o.move(t, "a", 480)
	otherPath.Path = "/clockings/8191"
	foreign := o.move(t, "a", 480)
	foreign.Actor = with(els(), "mallory", change.Editor)
	otherIssuer := o.move(t, "a", 480)
	otherIssuer.Actor.Issuer = "https://elsewhere.example"
	auditor := o.move(t, "a", 490)
	auditor.Actor = with(els(), "aud", change.Editor, change.Auditor)
	for _, test := range []struct {
		name  string
		c     change.Change
		shown bool
	}{
		{"other values", o.move(t, "a", 490), true},
		{"another record", otherPath, true},
		{"another person", foreign, false},
		{"another issuer's person of the same name", otherIssuer, false},
		{"another person who may see it", auditor, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := o.Do(t.Context(), test.c)
			var spent *change.SpentError
			if !errors.As(err, &spent) || !errors.Is(err, change.ErrSpent) {
				t.Fatalf("got %v, want a SpentError", err)
			}
			if (spent.First != nil) != test.shown {
				t.Errorf("first receipt: got %v, want shown %t", spent.First, test.shown)
			}
		})
	}
	o.writes(t, 1)
}

func TestInvariant3_AnIDIsLookedUpBeforeAnythingIsRead(t *testing.T) {
	o := newOffice(t)
	c := o.move(t, "a", 480)
	if _, found, err := o.Spent(t.Context(), "a", c.Fingerprint, els()); found || err != nil {
		t.Errorf("a new id: got %t, %v, want not found", found, err)
	}
	o.do(t, c, change.Applied)
	r, found, err := o.Spent(t.Context(), "a", c.Fingerprint, els())
	if !found || err != nil || !r.Again || r.State != change.Applied {
		t.Errorf("the same form: got %t, %v, %+v, want the first receipt", found, err, r)
	}
	if _, found, err := o.Spent(t.Context(), "a", []byte("else"), els()); !found || !errors.Is(err, change.ErrSpent) {
		t.Errorf("other content: got %t, %v, want ErrSpent", found, err)
	}
	r, found, err = o.Spent(t.Context(), "a", c.Fingerprint, with(els(), "mallory", change.Editor))
	var spent *change.SpentError
	if !found || !errors.As(err, &spent) || spent.First != nil || r.ID != "" {
		t.Errorf("another person: got %t, %v, %+v, want nothing of the receipt", found, err, r)
	}
}

func TestInvariant3_AFormWithoutAFingerprintIsNeverTheSame(t *testing.T) {
	o := newOffice(t)
	c := o.move(t, "a", 480)
	c.Fingerprint = nil // as retention leaves it
	o.do(t, c, change.Applied)
	if _, err := o.Do(t.Context(), c); !errors.Is(err, change.ErrSpent) {
		t.Errorf("got %v, want ErrSpent", err)
	}
	o.writes(t, 1)
}

func TestInvariant3_ARefusedFormIsSpentToo(t *testing.T) {
	o := newOffice(t)
	c := o.move(t, "a", 480)
	o.tenant.Fail(simulator.Fault{Method: http.MethodPut, Status: 400, Times: 1})
	o.do(t, c, change.Refused)
	r, err := o.Do(t.Context(), c)
	if err != nil || !r.Again || r.State != change.Refused {
		t.Errorf("got %+v, %v, want the first receipt", r, err)
	}
	o.writes(t, 1)
}

func TestInvariant9_WithoutTheRoleNothingIsWritten(t *testing.T) {
	o := newOffice(t)
	for _, roles := range [][]change.Role{nil, {change.Viewer}, {change.Auditor}, {change.Viewer, change.Auditor}, {"admin"}} {
		c := o.move(t, "a", 480)
		c.Actor.Roles = roles
		if _, err := o.Do(t.Context(), c); !errors.Is(err, change.ErrRole) {
			t.Errorf("%v: got %v, want ErrRole", roles, err)
		}
	}
	read := o.move(t, "a", 480)
	read.Verb = contract.Read
	if _, err := o.Do(t.Context(), read); !errors.Is(err, change.ErrRole) {
		t.Errorf("a verb that changes nothing: got %v, want ErrRole", err)
	}
	o.writes(t, 0)
	if _, err := o.log.Receipt(t.Context(), "a"); !errors.Is(err, change.ErrNoChange) {
		t.Errorf("the log: got %v, want nothing in it", err)
	}
}

// staff knows who is who.
type staff map[string]string // person -> employee number

func (s staff) Is(_ context.Context, person, _, number string) (own, compared bool, err error) {
	known, ok := s[person]
	if !ok {
		return false, false, errors.New("nobody knows")
	}
	return known == number && number != "", known != "" && number != "", nil
}

func TestOwnRecordsAreForbiddenWhereThatIsAsked(t *testing.T) {
	o := newOffice(t)
	o.ForbidOwn, o.People = true, staff{"76547": "E1047", "76548": "E1048", "76549": ""}
	own := add("own", strings.Replace(evening, "76547", "76548", 1))
	own.Person = "" // the record counts, whatever the page says
	away := o.move(t, "to myself", 480)
	away.After = json.RawMessage(strings.Replace(string(away.After), `"id":76547`, `"id":76548`, 1))
	byBadge := add("by badge", strings.Replace(evening, `"id":76547`, `"externalReferences":{"@badge-number":"1"}`, 1))
	byBadge.Person = ""
	byText := add("by text", strings.Replace(evening, `{"id":76547}`, `"76548"`, 1))
	byText.Person = "" // another tenant's contract may name people in another way
	unknown := add("unknown", strings.Replace(evening, "76547", "1", 1))
	unknown.Person = "1"
	numberless := add("numberless", strings.Replace(evening, "76547", "76549", 1))
	numberless.Person = "76549"
	nameless := o.move(t, "nameless", 480)
	nameless.Actor.Email, nameless.Actor.Number = "", ""
	for _, test := range []struct {
		c    change.Change
		want error
	}{
		{own, change.ErrOwnRecord}, {away, change.ErrOwnRecord}, {byBadge, change.ErrNotComparable}, {byText, change.ErrNotComparable},
		{unknown, change.ErrWhose}, {nameless, change.ErrNotComparable}, {numberless, change.ErrNotComparable}, {o.move(t, "of Jan", 480), nil},
	} {
		if _, err := o.Do(t.Context(), test.c); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", test.c.ID, err, test.want)
		}
	}
	o.writes(t, 1)
}

func TestInvariant7_AOneTimeKeyIsShownOnceAndNeverLogged(t *testing.T) {
	o := newOffice(t)
	col, _ := o.Contract.Collection("webhooks")
	body := `{"destinationUrl":"https://hook.example/x","collectionName":"clockings"}`
	c := change.Change{
		ID: "hook", Actor: els(), Collection: "webhooks", Verb: contract.Create, Path: "/webhooks",
		After:   json.RawMessage(body),
		Request: change.Request{Method: http.MethodPost, Path: "/webhooks", Body: json.RawMessage(body)},
		Secret:  col.Secret, Fingerprint: []byte("hook"),
	}
	r := o.do(t, c, change.Applied)
	var answer map[string]any
	if err := json.Unmarshal(r.Shown, &answer); err != nil {
		t.Fatalf("the body for its one showing: %v", err)
	}
	key := ""
	for _, name := range col.Secret {
		if text, ok := answer[name].(string); ok {
			key = text
		}
	}
	if key == "" {
		t.Fatalf("got %s, want a key in it", r.Shown)
	}
	again, err := o.Do(t.Context(), c)
	if err != nil || !strings.Contains(string(again.Shown), key) || strings.Contains(string(again.Body), key) {
		t.Errorf("the other half of a double click: got %s, %v, want the key, in memory only", again.Shown, err)
	}
	again, err = o.Do(t.Context(), c)
	if err != nil || again.Shown != nil || strings.Contains(string(again.Body), key) {
		t.Errorf("the third time: got %s, %v, want no key", again.Body, err)
	}
	logged, err := o.log.Receipt(t.Context(), "hook")
	if err != nil || strings.Contains(fmt.Sprintf("%+v", logged), key) || strings.Contains(string(logged.Body), key) {
		t.Errorf("the log: got %s, %v, want no key", logged.Body, err)
	}
}

func TestInvariant7_TheTokenReachesNoLog(t *testing.T) {
	o := newOffice(t)
	o.do(t, o.move(t, "a", 480), change.Applied)
	var token string
	for _, r := range o.tenant.Requests() {
		if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
			token = bearer
		}
	}
	var text strings.Builder
	if _, err := o.log.Export(t.Context(), &text, audit.NDJSON); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{token, "a-client-secret", "Bearer"} {
		if secret == "" || strings.Contains(text.String(), secret) {
			t.Errorf("the export has %q", secret)
		}
	}
}

func TestReceiptsAndTheLogAreShownToThoseWhoMay(t *testing.T) {
	o := newOffice(t)
	o.do(t, o.move(t, "a", 480), change.Applied)
	other := with(els(), "tom", change.Editor)
	auditor := with(els(), "aud", change.Auditor)
	viewer := with(els(), "els", change.Viewer)
	for _, test := range []struct {
		name  string
		actor change.Actor
		query change.Query
		sees  bool
		lists bool
	}{
		{"the editor who made it", els(), change.Query{}, true, false},
		{"the editor, of their own changes", els(), change.Query{Subject: "els"}, true, true},
		{"the editor, of another's changes", els(), change.Query{Subject: "tom"}, true, false},
		{"another editor, of a record's history", other, change.Query{Path: "/clockings/8192"}, false, true},
		{"another editor, of what was done to some days", other,
			change.Query{People: []string{"76547"}, FirstDate: "2026-01-05", LastDate: "2026-01-05"}, false, true},
		{"another editor, of days without end", other, change.Query{FirstDate: "2026-01-05"}, false, false},
		{"a viewer, of some days", viewer, change.Query{FirstDate: "2026-01-05", LastDate: "2026-01-05"}, false, false},
		{"an auditor", auditor, change.Query{}, true, true},
		{"somebody who is no editor any more", viewer, change.Query{Path: "/clockings/8192"}, false, false},
		{"nobody", change.Actor{Roles: []change.Role{change.Editor}}, change.Query{Subject: ""}, false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := o.Receipt(t.Context(), test.actor, "a"); (err == nil) != test.sees {
				t.Errorf("receipt: got %v, want seen %t", err, test.sees)
			}
			if _, _, err := o.Changes(t.Context(), test.actor, test.query); (err == nil) != test.lists {
				t.Errorf("changes: got %v, want listed %t", err, test.lists)
			}
		})
	}
	day := change.Query{People: []string{"76547"}, FirstDate: "2026-01-05", LastDate: "2026-01-05"}
	if found, _, err := o.Changes(t.Context(), other, day); err != nil || len(found) != 1 || found[0].Date != "2026-01-05" {
		t.Errorf("changes of a day: got %d, %v, want the one", len(found), err)
	}
	if _, err := o.Receipt(t.Context(), auditor, "nothing"); !errors.Is(err, change.ErrNoChange) {
		t.Errorf("got %v, want ErrNoChange", err)
	}
	count := func(a change.Actor) (n int, last error) {
		for _, err := range o.All(t.Context(), a, change.Query{}) {
			if last = err; err == nil {
				n++
			}
		}
		return n, last
	}
	if n, err := count(auditor); n != 1 || err != nil {
		t.Errorf("an auditor's export: got %d, %v, want 1", n, err)
	}
	if n, err := count(els()); n != 0 || !errors.Is(err, change.ErrRole) {
		t.Errorf("an editor's export: got %d, %v, want ErrRole", n, err)
	}
}
