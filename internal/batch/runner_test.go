package batch_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"protime-admin/internal/audit"
	"protime-admin/internal/batch"
	"protime-admin/internal/change"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/protime/simulator"
	"protime-admin/protime/simulator/company"
)

// office is what stands around a runner: the real desk and client, the simulator over HTTP, a log on SQLite.
type office struct {
	t      *testing.T
	tenant *simulator.Tenant
	url    string
	http   *http.Client // nil: over the network
	client *protime.Client
	known  *contract.Contract
	log    *audit.Log
	store  *audit.Batches
	desk   *change.Desk
	made   int    // batches
	undoes string // the batch that the next one takes back
	actor  change.Actor
}

var today = time.Date(2026, 1, 9, 0, 0, 0, 0, time.UTC)

var (
	embedded = sync.OnceValues(contract.Embedded)
	founded  = sync.OnceValue(func() *simulator.Tenant { return company.New(today) })
)

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, tenant: simulator.Strict(t, founded().Clone()), actor: els()}
	server := httptest.NewServer(o.tenant)
	t.Cleanup(server.Close)
	o.url = server.URL
	return o.begun()
}

// newOfficeInBubble is newOffice on the clock of a synctest bubble, which sockets would stop.
func newOfficeInBubble(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, tenant: simulator.Strict(t, founded().Clone()), actor: els(), url: "http://127.0.0.1"}
	o.http = &http.Client{Transport: answering{o.tenant}}
	return o.begun()
}

// answering is an API without a network.
type answering struct{ http.Handler }

func (a answering) RoundTrip(r *http.Request) (*http.Response, error) {
	answer := httptest.NewRecorder()
	asked := httptest.NewRequestWithContext(r.Context(), r.Method, r.URL.String(), r.Body)
	asked.Header = r.Header
	a.ServeHTTP(answer, asked)
	return answer.Result(), nil
}

func (o *office) begun() *office {
	t := o.t
	t.Helper()
	var err error
	if o.known, err = embedded(); err != nil {
		t.Fatal(err)
	}
	o.connect()
	o.open(filepath.Join(t.TempDir(), "audit.db"))
	t.Cleanup(func() {
		if err := o.log.Close(); err != nil {
			t.Error(err)
		}
	})
	return o
}

// connect makes the client of a process of its own.
func (o *office) connect() {
	o.t.Helper()
	var err error
	o.client, err = protime.New(protime.Config{
		BaseURL: o.url + simulator.BasePath, TokenURL: o.url + "/tenants/acme/connect/token",
		ClientID: "id", ClientSecret: "a-client-secret", UserAgent: "Test/1 (acme)", Contract: o.known,
		Timeout: 10 * time.Second, Backoff: time.Millisecond, HTTP: o.http,
	})
	if err != nil {
		o.t.Fatal(err)
	}
}

// open begins to work with the log in a file.
func (o *office) open(file string) {
	o.t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	var err error
	o.log, err = audit.Open(o.t.Context(), "sqlite:"+file, audit.Options{Serve: true, Key: make([]byte, 32), Logger: quiet})
	if err != nil {
		o.t.Fatal(err)
	}
	o.store = o.log.Batches()
	o.desk = &change.Desk{API: o.client, Log: o.log, Contract: o.known, Logger: quiet}
}

// runner is a runner of a process of its own.
func (o *office) runner() *batch.Runner {
	return &batch.Runner{
		Store: o.store, Pace: new(batch.Pace), Logger: slog.New(slog.DiscardHandler),
		Poll: 10 * time.Millisecond, Lease: time.Second,
		Desk: &change.Desk{API: o.client, Log: o.log, Contract: o.known, Logger: slog.New(slog.DiscardHandler)},
	}
}

// run runs a runner until the returned function is called, which waits for its end.
func (o *office) run(r *batch.Runner) (stop func()) {
	ctx, cancel := context.WithCancel(o.t.Context())
	var done sync.WaitGroup
	done.Go(func() {
		if err := r.Run(ctx); err != nil {
			o.t.Errorf("run: %v", err)
		}
	})
	return sync.OnceFunc(func() { cancel(); done.Wait() })
}

func els() change.Actor {
	return change.Actor{Subject: "els", Issuer: "https://id.example", Name: "Els", Email: "els@acme.example",
		Roles: []change.Role{change.Editor}}
}

// punch is row n of a sheet: a clocking at a minute of its own.
func punch(n int) batch.Row {
	after := fmt.Sprintf(`{"person":{"id":76547},"date":"2026-01-0%d","timeOfDayInMinutes":%d,"kind":"InOut"}`, 5+n%4, n/4)
	return batch.Row{Number: n, Cells: []string{"", fmt.Sprint(n)}, Check: batch.Check{
		Verdict: batch.Ready, After: json.RawMessage(after), Path: "/clockings", Person: "76547", Date: fmt.Sprintf("2026-01-0%d", 5+n%4),
		Digest: fmt.Appendf(nil, "row %d", n),
	}}
}

// start makes a batch of rows that runs, and returns its id.
func (o *office) start(operation batch.Operation, rows ...batch.Row) string {
	o.t.Helper()
	o.made++
	id := fmt.Sprintf("018f0000-0000-7000-8000-%012d", o.made)
	b := batch.Batch{
		ID: id, Actor: o.actor, Operation: operation, Collection: "clockings", List: "/clockings", Source: batch.Pasted, Undoes: o.undoes,
		Columns: []batch.Column{{Header: "Note", Input: batch.InputNote}, {Header: "Change", Input: batch.InputChange}},
	}
	if err := o.store.Make(o.t.Context(), b); err != nil {
		o.t.Fatalf("make: %v", err)
	}
	revision, err := o.store.PutRows(o.t.Context(), id, 1, rows, true)
	if err != nil {
		o.t.Fatalf("put: %v", err)
	}
	if err := o.store.Start(o.t.Context(), id, revision, change.Reason{Code: "terminal", Note: "Gate A"}, "r-1"); err != nil {
		o.t.Fatalf("start: %v", err)
	}
	return id
}

// punches are rows of a sheet.
func punches(n int) (rows []batch.Row) {
	for i := range n {
		rows = append(rows, punch(i+2))
	}
	return rows
}

// await waits until a batch is in a state, and returns it with its counts.
func (o *office) await(id string, state batch.State) (batch.Batch, batch.Counts) {
	o.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		b, err := o.store.Batch(o.t.Context(), id)
		if err != nil {
			o.t.Fatalf("batch: %v", err)
		}
		if b.State == state {
			counts, err := o.store.Count(o.t.Context(), id)
			if err != nil {
				o.t.Fatalf("count: %v", err)
			}
			return b, counts
		}
		if time.Now().After(deadline) {
			o.t.Fatalf("the batch is %s, want %s", b.State, state)
		}
	}
}

// created are the bodies of the clockings that were made, with how often each was.
func (o *office) created() map[string]int {
	made := map[string]int{}
	for _, e := range o.tenant.Writes() {
		if e.Method == "POST" && e.Applied > 0 {
			made[string(e.Body)]++
		}
	}
	return made
}

// once fails unless the rows were made, each once.
func (o *office) once(rows int) {
	o.t.Helper()
	made := o.created()
	for body, n := range made {
		if n != 1 {
			o.t.Errorf("%s was made %d times", body, n)
		}
	}
	if len(made) != rows {
		o.t.Errorf("%d clockings were made, want %d", len(made), rows)
	}
}

func TestEveryRowOfABatchIsAChangeOfItsOwn(t *testing.T) {
	o := newOffice(t)
	rows := punches(60)
	rows[3].Cells[0] = "She forgot"
	rows[7].LeftOut = true
	rows[8].Check.Verdict = batch.Wrong
	id := o.start(batch.Create, rows...)
	stop := o.run(o.runner())
	defer stop()
	_, counts := o.await(id, batch.Done)
	if counts.ByState[change.Applied] != 58 || counts.Sent != 58 {
		t.Errorf("got %+v, want 58 applied", counts)
	}
	o.once(58)
	receipt, err := o.log.Receipt(t.Context(), batch.ChangeID(id, rows[3].Number, 0))
	if err != nil {
		t.Fatal(err)
	}
	want := change.Part{Batch: id, Row: rows[3].Number}
	if receipt.Part == nil || *receipt.Part != want || receipt.Actor.Subject != "els" || receipt.RequestID != "r-1" ||
		receipt.Reason != (change.Reason{Code: "terminal", Note: "She forgot"}) || receipt.Person != "76547" {
		t.Errorf("the receipt: got %+v", receipt.Change)
	}
	if !receipt.Standing.Read || !receipt.Standing.Complete {
		t.Errorf("what stood there before: got %+v", receipt.Standing)
	}
	lists := 0
	for _, e := range o.tenant.Requests() {
		if e.Method == "GET" {
			lists++
		}
	}
	if lists > 5 {
		t.Errorf("%d lists were read for 58 rows", lists)
	}
}

// results are the rows of a selection.
func (o *office) results(id string, which batch.Selection) (rows []batch.Result) {
	o.t.Helper()
	rows, err := o.store.Rows(o.t.Context(), id, which, 0, 1000)
	if err != nil {
		o.t.Fatal(err)
	}
	return rows
}

// until waits until the API has made so many changes.
func (o *office) until(applied int) {
	o.t.Helper()
	for deadline := time.Now().Add(time.Minute); len(o.created()) < applied; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			o.t.Fatalf("%d clockings were made, want %d", len(o.created()), applied)
		}
	}
}

func (o *office) move(id string, to batch.State, from ...batch.State) {
	o.t.Helper()
	if err := o.store.Move(o.t.Context(), id, to, "", from...); err != nil {
		o.t.Fatalf("move to %s: %v", to, err)
	}
}

// settled waits until what was in flight has ended, and returns how many clockings were made.
func (o *office) settled(id string) int {
	o.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		ok, err := o.store.Lease(o.t.Context(), id, "nobody", time.Millisecond)
		counts, errCount := o.store.Count(o.t.Context(), id)
		if err != nil || errCount != nil {
			o.t.Fatal(err, errCount)
		}
		if !ok && counts.ByState[change.Sending] == 0 {
			return len(o.created())
		}
		if time.Now().After(deadline) {
			o.t.Fatalf("changes are still sent: %+v", counts)
		}
	}
}

func TestABatchThatIsPausedGoesOnWhereItWas(t *testing.T) {
	o := newOffice(t)
	id := o.start(batch.Create, punches(60)...)
	defer o.run(o.runner())()
	o.until(10)
	o.move(id, batch.Paused, batch.Running)
	if made := o.settled(id); made > 40 {
		t.Errorf("%d rows were sent although the batch was paused after 10", made)
	}
	o.move(id, batch.Running, batch.Paused)
	_, counts := o.await(id, batch.Done)
	if counts.ByState[change.Applied] != 60 {
		t.Errorf("got %+v, want 60 applied", counts)
	}
	o.once(60)
}

func TestWhatProtimeHasSinceTheCheckIsNotMadeAgainUnlessAskedFor(t *testing.T) {
	o := newOffice(t)
	known := punch(9)
	known.Check.Verdict, known.Check.Warnings = batch.Warned, []batch.Finding{{Column: -1, Key: batch.WarningTwin}}
	for _, row := range []batch.Row{punch(5), known} {
		o.tenant.Put("clockings", fmt.Sprint(99000+row.Number), fmt.Sprintf(`{"id":%d,%s`, 99000+row.Number, row.Check.After[1:]))
	}
	id := o.start(batch.Create, punch(4), punch(5), known)
	stop := o.run(o.runner())
	defer stop()
	o.await(id, batch.Done)
	if held := o.results(id, batch.SelectFailed); len(held) != 1 || held[0].Number != 5 || held[0].Held != batch.HeldThere {
		t.Fatalf("held: got %+v, want the row of which the check did not know", held)
	}
	if n, err := o.store.Retry(t.Context(), id, []int{5}); n != 1 || err != nil {
		t.Fatalf("retry: got %d, %v", n, err)
	}
	if _, counts := o.await(id, batch.Done); counts.ByState[change.Applied] != 3 || counts.Held != 0 {
		t.Errorf("got %+v, want the row made once somebody asked for it", counts)
	}
}

// A pause is longer than what stands in a list is true: people go on by hand.
func TestWhatSomebodyMakesDuringAPauseIsNotMadeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOfficeInBubble(t)
		o.tenant.Fail(simulator.Fault{Method: "POST", Path: "/clockings", Status: 429, RetryAfter: 120, Times: 1})
		rows := punches(6)
		id := o.start(batch.Create, rows...)
		r := o.runner()
		r.Poll, r.Lease = 0, 0
		defer o.run(r)()
		time.Sleep(time.Minute) // the lists are read, one row was refused, and the others wait
		for _, row := range rows[:3] {
			o.tenant.Put("clockings", fmt.Sprint(99000+row.Number), fmt.Sprintf(`{"id":%d,%s`, 99000+row.Number, row.Check.After[1:]))
		}
		time.Sleep(5 * time.Minute)
		b, err := o.store.Batch(t.Context(), id)
		if err != nil || b.State != batch.Done {
			t.Fatalf("the batch is %s, %v, want it done", b.State, err)
		}
		for _, row := range o.results(id, batch.All) {
			var state change.State
			if row.Change != nil {
				state = row.Change.State
			}
			if made := row.Number < 5; made != (row.Held == batch.HeldThere) || made == (state == change.Applied) {
				t.Errorf("row %d, made by hand: %t: got state %q, held %q", row.Number, made, state, row.Held)
			}
		}
		o.once(3)
	})
}

func TestARowThatFailedIsNotTriedAgainWhereSomebodyHasMadeItSince(t *testing.T) {
	o := newOffice(t)
	o.tenant.Fail(simulator.Fault{Method: "POST", Path: "/clockings", Status: 400, Times: 1})
	row := punch(5)
	id := o.start(batch.Create, row)
	stop := o.run(o.runner())
	defer stop()
	o.await(id, batch.Done)
	o.tenant.Put("clockings", "99005", `{"id":99005,`+string(row.Check.After[1:]))
	for _, want := range []string{batch.HeldThere, ""} { // who asks for it all the same gets it
		if n, err := o.store.Retry(t.Context(), id, nil); n != 1 || err != nil {
			t.Fatalf("retry: got %d, %v", n, err)
		}
		o.await(id, batch.Done)
		if got := o.results(id, batch.All); got[0].Held != want {
			t.Errorf("got %q, want the row held as %q", got[0].Held, want)
		}
	}
	o.once(1)
}

func TestACanceledBatchSendsNothingFurther(t *testing.T) {
	o := newOffice(t)
	id := o.start(batch.Create, punches(60)...)
	stop := o.run(o.runner())
	o.until(10)
	o.move(id, batch.Canceled, batch.Running)
	made := o.settled(id)
	stop()
	if unsent := o.results(id, batch.SelectUnsent); len(unsent) != 60-made || made > 40 {
		t.Errorf("%d made, %d unsent of 60", made, len(unsent))
	}
	o.once(made)
}

func TestABatchGoesOnInAnotherProcess(t *testing.T) {
	o := newOffice(t)
	id := o.start(batch.Create, punches(80)...)
	for made := 10; made <= 50; made += 20 { // each ends in the midst of it
		stop := o.run(o.runner())
		o.until(made)
		stop()
	}
	defer o.run(o.runner())()
	o.await(id, batch.Done)
	o.once(80)
}

func TestTwoProcessesThatTakeTheSameBatchSendEachRowOnce(t *testing.T) {
	o := newOffice(t)
	id := o.start(batch.Create, punches(80)...)
	first, second := o.runner(), o.runner()
	first.Store, second.Store = everybodys{o.store}, everybodys{o.store}
	defer o.run(first)()
	defer o.run(second)()
	o.await(id, batch.Done)
	o.settled(id)
	o.once(80)
}

// everybodys gives a lease to everybody who asks, as if the owner before had not noticed that it lost its own.
type everybodys struct{ batch.Store }

func (s everybodys) Lease(context.Context, string, string, time.Duration) (bool, error) {
	return true, nil
}

func TestAProcessThatLosesItsLeaseSendsNothingFurther(t *testing.T) {
	o := newOffice(t)
	o.start(batch.Create, punches(600)...)
	r, released := o.runner(), make(chan struct{})
	r.Store = &lostLease{Store: o.store, released: released}
	defer o.run(r)()
	<-released
	if made := len(o.created()); made >= 600 {
		t.Errorf("%d rows were sent, want the others left to whoever has the lease", made)
	}
}

// lostLease gives a lease once and never renews it, as where another replica has taken the batch over.
type lostLease struct {
	batch.Store
	given    atomic.Bool
	released chan struct{}
}

func (s *lostLease) Lease(ctx context.Context, id, owner string, length time.Duration) (bool, error) {
	if s.given.Swap(true) {
		return false, nil
	}
	return s.Store.Lease(ctx, id, owner, length)
}

func (s *lostLease) Release(ctx context.Context, id, owner string) error {
	close(s.released)
	return s.Store.Release(ctx, id, owner)
}

func TestARowThatIsRefusedForThePaceIsSentAgainAsTheSameChange(t *testing.T) {
	o := newOffice(t)
	o.tenant.Fail(simulator.Fault{Method: "POST", Path: "/clockings", Status: 429, RetryAfter: 1, Skip: 3, Times: 2})
	id := o.start(batch.Create, punches(12)...)
	defer o.run(o.runner())()
	_, counts := o.await(id, batch.Done)
	if counts.ByState[change.Applied] != 12 {
		t.Errorf("got %+v, want 12 applied", counts)
	}
	o.once(12)
	attempts := 0
	for _, r := range o.results(id, batch.SelectApplied) {
		attempts += len(r.Change.Events) - 1
		if r.Try != 0 {
			t.Errorf("row %d is at try %d", r.Number, r.Try)
		}
	}
	if attempts != 14 { // the two that were refused may be of one row
		t.Errorf("attempts of all rows: got %d, want 14", attempts)
	}
}

func TestABatchWaitsAsLongAsProtimeAsksAndPausesAtOnce(t *testing.T) {
	o := newOffice(t)
	o.tenant.Fail(simulator.Fault{Method: "POST", Path: "/clockings", Status: 429, RetryAfter: 120, Skip: 4})
	id := o.start(batch.Create, punches(20)...)
	stop := o.run(o.runner())
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		b, err := o.store.Batch(t.Context(), id)
		if err != nil || b.State != batch.Running || time.Now().After(deadline) {
			t.Fatalf("got %s until %s, %v, want it to run and to wait", b.State, b.Waits, err)
		}
		if left := time.Until(b.Waits); left > time.Minute && left < 3*time.Minute {
			break
		}
	}
	o.move(id, batch.Paused, batch.Running)
	o.settled(id) // long before the wait is over
	stop()
	o.once(4)
	b, err := o.store.Batch(t.Context(), id)
	counts, errCount := o.store.Count(t.Context(), id)
	if err != nil || errCount != nil || !b.Waits.IsZero() || counts.Unsent() != 16 || counts.Failed() != 0 {
		t.Errorf("got %+v until %s, %v, %v, want 16 rows to be sent and no wait", counts, b.Waits, err, errCount)
	}
	o.healed(id, 20)
}

// healed lets a batch go on in a process that was not asked to wait, and makes sure that each row is made once.
func (o *office) healed(id string, rows int) {
	o.t.Helper()
	o.tenant.Heal()
	o.connect()
	o.move(id, batch.Running, batch.Paused)
	defer o.run(o.runner())()
	if _, counts := o.await(id, batch.Done); counts.ByState[change.Applied] != rows {
		o.t.Errorf("got %+v, want %d applied", counts, rows)
	}
	o.once(rows)
}

func TestRowsThatCertainlyWereNotSentAreSentOnceThatIsPossible(t *testing.T) {
	o := newOffice(t)
	o.tenant.Fail(simulator.Fault{Path: "/tenants/acme/connect/token", Status: 500})
	id := o.start(batch.Create, punches(20)...)
	stop := o.run(o.runner())
	b, _ := o.await(id, batch.Paused)
	o.settled(id)
	stop()
	counts, err := o.store.Count(t.Context(), id)
	if b.Pause != batch.PausedUnreachable || counts.Unsent() != 20 || counts.Failed() != 0 || err != nil {
		t.Errorf("paused for %q with %+v, %v, want no row failed", b.Pause, counts, err)
	}
	o.healed(id, 20)
}

func TestABatchOfWhichProtimeTakesNoRowPauses(t *testing.T) {
	for name, fault := range map[string]simulator.Fault{
		"writes are refused": {Method: "POST", Path: "/clockings", Status: 429, RetryAfter: 120, Skip: 4},
		"reads are refused":  {Path: "/clockings", Status: 429, RetryAfter: 120, Skip: 4},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			rows := punches(20)
			operation := batch.Create
			if fault.Method == "" {
				operation, rows = batch.Delete, o.existing(20, "")
			}
			o.tenant.Fail(fault)
			id := o.start(operation, rows...)
			r := o.runner()
			r.Patience = time.Minute
			stop := o.run(r)
			b, _ := o.await(id, batch.Paused)
			o.settled(id)
			stop()
			counts, err := o.store.Count(t.Context(), id)
			if b.Pause != batch.PausedLimit || counts.Unsent() == 0 || counts.Failed() != 0 || err != nil {
				t.Errorf("paused for %q with %+v, %v, want it paused for the limit and every row to be sent later", b.Pause, counts, err)
			}
			if operation == batch.Create {
				o.healed(id, 20)
			}
		})
	}
}

func TestABatchPausesByItselfWhenNothingComesOfIt(t *testing.T) {
	tests := []struct {
		name  string
		fault simulator.Fault
		pause string
		state change.State // of the rows that were sent
	}{
		{"no answers", simulator.Fault{Method: "POST", Path: "/clockings", Reset: true}, batch.PausedUnreachable, change.Unknown},
		{"a scope is missing", simulator.Fault{Method: "POST", Path: "/clockings", Status: 403}, batch.PausedForbidden, change.Refused},
		{"not offered", simulator.Fault{Method: "POST", Path: "/clockings", Status: 405}, batch.PausedForbidden, change.Refused},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := newOffice(t)
			o.tenant.Fail(test.fault)
			id := o.start(batch.Create, punches(60)...)
			defer o.run(o.runner())()
			b, counts := o.await(id, batch.Paused)
			o.settled(id)
			if b.Pause != test.pause {
				t.Errorf("paused for %q, want %q", b.Pause, test.pause)
			}
			if sent := counts.ByState[test.state]; sent < 5 || sent > 5+16 {
				t.Errorf("got %+v, want a few %s", counts, test.state)
			}
			o.tenant.Heal()
			o.move(id, batch.Running, batch.Paused)
			_, counts = o.await(id, batch.Done)
			if counts.ByState[change.Applied]+counts.ByState[test.state] != 60 {
				t.Errorf("got %+v, want the others applied", counts)
			}
			o.once(counts.ByState[change.Applied])
		})
	}
}

func TestABatchPausesWhileItsNextRowsAreRead(t *testing.T) {
	o := newOffice(t)
	o.tenant.Fail(simulator.Fault{Method: "POST", Path: "/clockings", Status: 403})
	id := o.start(batch.Create, punches(10)...)
	r := o.runner()
	r.Store = slowStore{o.store}
	defer o.run(r)()
	if b, _ := o.await(id, batch.Paused); b.Pause != batch.PausedForbidden {
		t.Errorf("paused for %q, want %q", b.Pause, batch.PausedForbidden)
	}
}

// slowStore reads no further rows until nobody asks for them any more.
type slowStore struct{ batch.Store }

func (s slowStore) Slice(ctx context.Context, id string, which batch.Selection, after, limit int) ([]batch.Result, error) {
	if after > 0 {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return s.Store.Slice(ctx, id, which, after, limit)
}

// Its rows are fewer than those that have to fail in a row.
func TestASmallBatchWhoseRecordsCannotBeReadPauses(t *testing.T) {
	for status, pause := range map[int]string{403: batch.PausedForbidden, 500: batch.PausedUnreachable} {
		t.Run(pause, func(t *testing.T) {
			t.Parallel() // it waits more than it works
			o := newOffice(t)
			rows := o.existing(3, "")
			o.tenant.Fail(simulator.Fault{Method: "GET", Path: "/clockings", Status: status})
			id := o.start(batch.Delete, rows...)
			defer o.run(o.runner())()
			b, counts := o.await(id, batch.Paused)
			if b.Pause != pause || counts.Unsent() != 3 {
				t.Errorf("paused for %q with %+v, want %q and no row sent", b.Pause, counts, pause)
			}
			o.tenant.Heal()
			o.move(id, batch.Running, batch.Paused)
			if _, counts = o.await(id, batch.Done); counts.ByState[change.Applied] != 3 {
				t.Errorf("got %+v, want 3 applied", counts)
			}
		})
	}
}

func TestASmallBatchDoesNotWaitForTheEndOfLargeOnes(t *testing.T) {
	o := newOffice(t)
	var large []string
	for range 4 {
		large = append(large, o.start(batch.Create, punches(1000)...))
	}
	small := o.start(batch.Create, punches(2)...)
	r := o.runner()
	r.Turn = time.Second
	defer o.run(r)()
	o.await(small, batch.Done)
	for _, id := range large {
		if b, err := o.store.Batch(t.Context(), id); err != nil || b.State != batch.Running {
			t.Errorf("a large batch is %s, %v, want it still running", b.State, err)
		}
	}
}

// A database that was put back does not know what was sent after it was copied.
func TestABatchOfAnOlderCopyOfTheDatabaseSendsNothingByItself(t *testing.T) {
	o := newOffice(t)
	id := o.start(batch.Create, punches(40)...)
	stop := o.run(o.runner())
	o.until(5)
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := o.log.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	o.await(id, batch.Done)
	stop()
	if err := o.log.Close(); err != nil {
		t.Fatal(err)
	}
	o.open(copied)
	defer o.run(o.runner())()
	if b, _ := o.await(id, batch.Paused); b.Pause != batch.PausedForgotten {
		t.Errorf("paused for %q, want %q", b.Pause, batch.PausedForgotten)
	}
	o.once(40)
}

// Configuration can have changed between the start of a batch, or the process before, and now.
func TestABatchThatMayNotRunAnyMorePauses(t *testing.T) {
	o := newOffice(t)
	added := o.start(batch.Create, punches(3)...)
	stop := o.run(o.runner())
	o.await(added, batch.Done)
	stop()
	undo := o.undoOf(added)
	more := o.start(batch.Create, punches(20)[10:]...)
	r := o.runner()
	var asked sync.Map
	r.May = func(c *contract.Collection, verb contract.Verb, roles []change.Role) bool {
		asked.Store(fmt.Sprint(c.Name, verb, roles), true)
		return false
	}
	defer o.run(r)()
	for _, id := range []string{undo, more} {
		b, counts := o.await(id, batch.Paused)
		if b.Pause != batch.PausedRole || counts.Sent != 0 {
			t.Errorf("paused for %q with %+v, want it paused for the role with nothing sent", b.Pause, counts)
		}
	}
	o.once(3)
	for _, want := range []string{fmt.Sprint("clockings", contract.Create, els().Roles), fmt.Sprint("clockings", contract.Delete, els().Roles)} {
		if _, ok := asked.Load(want); !ok {
			t.Errorf("%s was not asked for", want)
		}
	}
}

func TestABatchOfSomebodyWithoutTheRolePauses(t *testing.T) {
	o := newOffice(t)
	o.actor.Roles = []change.Role{change.Auditor}
	id := o.start(batch.Create, punches(20)...)
	defer o.run(o.runner())()
	if b, counts := o.await(id, batch.Paused); b.Pause != batch.PausedRole || counts.Sent != 0 {
		t.Errorf("paused for %q with %+v, want it paused for the role with nothing sent", b.Pause, counts)
	}
}

// undoOf makes a batch that takes another one back, and starts it.
func (o *office) undoOf(id string) string {
	o.t.Helper()
	var rows []batch.Row
	for _, r := range o.results(id, batch.SelectApplied) {
		rows = append(rows, batch.Row{Number: r.Number, Cells: []string{"", r.Change.ID}, Check: batch.Check{Verdict: batch.Ready}})
	}
	o.undoes = id
	defer func() { o.undoes = "" }()
	return o.start(batch.Undo, rows...)
}

func TestAMistakeWithARowPausesItsBatchAlone(t *testing.T) {
	o := newOffice(t)
	r := o.runner()
	broken := &awayLog{Log: o.log, panics: true}
	broken.after.Store(7)
	r.Desk.Log = broken
	id := o.start(batch.Create, punches(30)...)
	defer o.run(r)()
	b, counts := o.await(id, batch.Paused)
	if b.Pause != batch.PausedFailed || counts.ByState[change.Applied] == 0 {
		t.Errorf("paused for %q with %+v, want it paused for the mistake", b.Pause, counts)
	}
	broken.after.Store(1000)
	o.move(id, batch.Running, batch.Paused)
	o.await(id, batch.Done)
	o.once(30)
}

// existing are rows of a replace or delete of clockings that are there.
func (o *office) existing(n int, after string) (rows []batch.Row) {
	o.t.Helper()
	for i := range n {
		id := o.tenant.Insert("clockings", fmt.Sprintf(`{"person":{"id":76547},"date":"2026-01-06","timeOfDayInMinutes":%d,"kind":"InOut"}`, 300+i))
		base, _, err := o.client.Get(o.t.Context(), "/clockings/"+id, "")
		if err != nil {
			o.t.Fatal(err)
		}
		check := batch.Check{Verdict: batch.Ready, Base: base.Raw(), Path: "/clockings/" + id, Person: "76547", Date: "2026-01-06"}
		if after != "" {
			changed, err := base.Set(json.RawMessage(fmt.Sprintf(after, 600+i)), "timeOfDayInMinutes")
			if err != nil {
				o.t.Fatal(err)
			}
			check.After = changed.Raw()
		}
		rows = append(rows, batch.Row{Number: i + 2, Cells: []string{}, Check: check})
	}
	return rows
}

func TestRowsOfRecordsThatMovedAreHeld(t *testing.T) {
	for _, operation := range []batch.Operation{batch.Replace, batch.Delete} {
		t.Run(string(operation), func(t *testing.T) {
			o := newOffice(t)
			after := ""
			if operation == batch.Replace {
				after = "%d"
			}
			rows := o.existing(10, after)
			id := func(i int) string { return rows[i].Check.Path[len("/clockings/"):] }
			o.tenant.Edit("clockings", id(2), `{"timeOfDayInMinutes":1000}`)
			o.tenant.Remove("clockings", id(4))
			started := o.start(operation, rows...)
			defer o.run(o.runner())()
			_, counts := o.await(started, batch.Done)
			if counts.ByState[change.Applied] != 8 || counts.Held != 2 {
				t.Errorf("got %+v, want 8 applied and 2 held", counts)
			}
			held := map[int]string{}
			for _, r := range o.results(started, batch.SelectFailed) {
				held[r.Number] = r.Held
			}
			if held[4] != batch.HeldMoved || held[6] != batch.HeldGone {
				t.Errorf("held: got %v", held)
			}
		})
	}
}

func TestABatchTakesAnotherOneBack(t *testing.T) {
	o := newOffice(t)
	rows := punches(10)
	added := o.start(batch.Create, rows...)
	defer o.run(o.runner())()
	o.await(added, batch.Done)
	var undos []batch.Row
	for i, r := range o.results(added, batch.SelectApplied) {
		if i == 3 { // somebody moves it
			o.tenant.Edit("clockings", r.Change.Location[len(simulator.BasePath+"/clockings/"):], `{"timeOfDayInMinutes":1001}`)
		}
		undos = append(undos, batch.Row{Number: r.Number, Cells: []string{"", r.Change.ID}, Check: batch.Check{Verdict: batch.Ready}})
	}
	undos = append(undos, batch.Row{Number: 99, Cells: []string{"", batch.ChangeID(added, 77, 0)}, Check: batch.Check{Verdict: batch.Ready}})
	taken := o.start(batch.Undo, undos...)
	_, counts := o.await(taken, batch.Done)
	if counts.ByState[change.Applied] != 9 || counts.Held != 2 {
		t.Errorf("got %+v, want 9 applied and 2 held", counts)
	}
	held := map[int]string{}
	for _, r := range o.results(taken, batch.SelectFailed) {
		held[r.Number] = r.Held
	}
	if held[undos[3].Number] != batch.HeldMoved || held[99] != batch.HeldNotUndoable {
		t.Errorf("held: got %v", held)
	}
	if left := o.results(added, batch.SelectUndoable); len(left) != 1 {
		t.Errorf("%d rows of the first batch are not undone, want 1", len(left))
	}
}

// The log tells of an outage when it begins and when it ends.
func TestTheRunnerTellsOfNoOutage(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
		told bool
	}{
		{"an outage", fmt.Errorf("%w: %w", change.ErrUnreadable, change.ErrOutage), false},
		{"a statement that fails", change.ErrUnreadable, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var said strings.Builder
				r := &batch.Runner{Store: failingStore{err: test.err}, Logger: slog.New(slog.NewTextHandler(&said, nil))}
				ctx, stop := context.WithTimeout(t.Context(), time.Minute)
				defer stop()
				if err := r.Run(ctx); err != nil {
					t.Errorf("run: %v", err)
				}
				if got := said.String(); (got != "") != test.told {
					t.Errorf("got %q, want it told of: %t", got, test.told)
				}
			})
		})
	}
}

type failingStore struct {
	batch.Store
	err error
}

func (s failingStore) PauseForgotten(context.Context) error { return s.err }

func TestALogThatCannotBeWrittenBurnsNoRows(t *testing.T) {
	o := newOffice(t)
	id := o.start(batch.Create, punches(30)...)
	r := o.runner()
	away := &awayLog{Log: o.log}
	r.Desk.Log = away
	away.after.Store(10)
	defer o.run(r)()
	b, _ := o.await(id, batch.Paused)
	if b.Pause != batch.PausedLog {
		t.Errorf("paused for %q, want %q", b.Pause, batch.PausedLog)
	}
	away.after.Store(1000)
	o.move(id, batch.Running, batch.Paused)
	_, counts := o.await(id, batch.Done)
	if counts.ByState[change.Applied] != 30 {
		t.Errorf("got %+v, want 30 applied", counts)
	}
	o.once(30)
}

// A batch can be paused and made to go on before its runner notices.
func TestRowsThatAShortPauseStoppedAreSentAfterIt(t *testing.T) {
	o := newOffice(t)
	r := o.runner()
	stopped := &pausedLog{Log: o.log}
	stopped.times.Store(12)
	r.Desk.Log = stopped
	id := o.start(batch.Create, punches(20)...)
	defer o.run(r)()
	if _, counts := o.await(id, batch.Done); counts.ByState[change.Applied] != 20 {
		t.Errorf("got %+v, want 20 applied", counts)
	}
	o.once(20)
}

// pausedLog takes no row for some times, as that of a batch that is paused.
type pausedLog struct {
	change.Log
	times atomic.Int64
}

func (l *pausedLog) Prepare(ctx context.Context, id string, e change.Event) error {
	if l.times.Add(-1) >= 0 {
		return change.ErrStopped
	}
	return l.Log.Prepare(ctx, id, e)
}

// awayLog cannot be written after some changes.
type awayLog struct {
	change.Log
	after  atomic.Int64
	panics bool
}

func (l *awayLog) Prepare(ctx context.Context, id string, e change.Event) error {
	if l.after.Add(-1) < 0 {
		if l.panics {
			panic("a mistake")
		}
		return change.ErrLog
	}
	return l.Log.Prepare(ctx, id, e)
}

func TestRowsThatThePersonMayNotSendAreHeld(t *testing.T) {
	o := newOffice(t)
	r := o.runner()
	r.Desk.ForbidOwn, r.Desk.People = true, ownRecords{"76547"}
	rows := punches(4)
	rows[1].Check.Person = "76548"
	rows[1].Check.After = json.RawMessage(`{"person":{"id":76548},"date":"2026-01-05","timeOfDayInMinutes":700,"kind":"InOut"}`)
	id := o.start(batch.Create, rows...)
	defer o.run(r)()
	_, counts := o.await(id, batch.Done)
	if counts.ByState[change.Applied] != 1 || counts.Held != 3 {
		t.Errorf("got %+v, want 1 applied and 3 held", counts)
	}
	for _, r := range o.results(id, batch.SelectFailed) {
		if r.Held != batch.HeldOwnRecord {
			t.Errorf("row %d is held for %q", r.Number, r.Held)
		}
	}
}

type ownRecords struct{ person string }

func (o ownRecords) Is(_ context.Context, person, _, _ string) (own, compared bool, err error) {
	return person == o.person, true, nil
}
