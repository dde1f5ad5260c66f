package batch_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
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
	client *protime.Client
	known  *contract.Contract
	log    *audit.Log
	store  *audit.Batches
	desk   *change.Desk
	made   int // batches
}

var today = time.Date(2026, 1, 9, 0, 0, 0, 0, time.UTC)

var (
	embedded = sync.OnceValues(contract.Embedded)
	founded  = sync.OnceValue(func() *simulator.Tenant { return company.New(today) })
)

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, tenant: simulator.Strict(t, founded().Clone())}
	server := httptest.NewServer(o.tenant)
	t.Cleanup(server.Close)
	var err error
	if o.known, err = embedded(); err != nil {
		t.Fatal(err)
	}
	o.client, err = protime.New(protime.Config{
		BaseURL: server.URL + simulator.BasePath, TokenURL: server.URL + "/tenants/acme/connect/token",
		ClientID: "id", ClientSecret: "a-client-secret", UserAgent: "Test/1 (acme)", Contract: o.known,
		Timeout: 10 * time.Second, Backoff: time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	quiet := slog.New(slog.DiscardHandler)
	o.log, err = audit.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "audit.db"),
		audit.Options{Serve: true, Key: make([]byte, 32), Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.log.Close(); err != nil {
			t.Error(err)
		}
	})
	o.store = o.log.Batches()
	o.desk = &change.Desk{API: o.client, Log: o.log, Contract: o.known, Logger: quiet}
	return o
}

// runner is a runner of a process of its own.
func (o *office) runner() *batch.Runner {
	return &batch.Runner{
		Store: o.store, API: o.client, Pace: new(batch.Pace), Logger: slog.New(slog.DiscardHandler),
		Poll: 10 * time.Millisecond, Lease: time.Second,
		Desk: func(api change.API) *change.Desk {
			return &change.Desk{API: api, Log: o.log, Contract: o.known, Logger: slog.New(slog.DiscardHandler), Timeout: batch.LongestCall}
		},
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
		ID: id, Actor: els(), Operation: operation, Collection: "clockings", List: "/clockings", Source: batch.Pasted,
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
