package simulation

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"protime-admin/internal/audit"
	"protime-admin/internal/change"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/protime/simulator"
)

// replica is one process that serves: its client, its log, its desk.
type replica struct {
	http    *http.Client
	desk    *change.Desk
	log     *audit.Log
	process *process
	stop    context.CancelFunc
	done    chan struct{}
}

// process says whether a replica has crashed: nothing that it does afterwards reaches the log or Protime.
type process struct{ crashed atomic.Bool }

var errCrashed = errors.New("the process is gone")

// start starts the i-th replica; poll is the time between two queries for due looks.
func (w *world) start(i int, poll time.Duration) *replica {
	w.t.Helper()
	exchange := w.network.client()
	w.wrongBy[i].Store(0) // a process cannot tell that the clock was wrong when it began
	client, err := protime.New(protime.Config{
		BaseURL: "http://127.0.0.1:1" + simulator.BasePath, TokenURL: "http://127.0.0.1:1/tenants/acme/connect/token",
		ClientID: "id", ClientSecret: "a-client-secret", UserAgent: "Test/1 (acme)", Contract: w.contract,
		HTTP: exchange, Timeout: 20 * time.Second,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	quiet := slog.New(slog.DiscardHandler)
	log, err := audit.Open(context.Background(), "sqlite:"+w.file, audit.Options{
		Serve: true, Replicas: true, Key: w.key, Logger: quiet, Poll: poll, Heartbeat: 3 * poll,
		Now: audit.SteadyClock(func() (time.Time, time.Duration) {
			return time.Now().Add(time.Duration(w.wrongBy[i].Load())), time.Since(w.began)
		}),
	})
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	r := &replica{http: exchange, log: log, process: new(process), stop: stop, done: make(chan struct{})}
	r.desk = &change.Desk{
		API: crashingAPI{client, r.process, w}, Log: crashingLog{log, r.process}, Contract: w.contract, Logger: quiet,
		Timeout: time.Minute,
	}
	batches := make(chan struct{})
	go func() {
		defer close(batches)
		if err := w.runner(r, poll).Run(ctx); err != nil {
			w.t.Errorf("batches: %v", err)
		}
	}()
	go func() {
		defer close(r.done)
		defer func() { <-batches }()
		if err := log.Run(ctx, r.desk.Look); err != nil && ctx.Err() == nil {
			w.t.Errorf("run: %v", err)
		}
	}()
	return r
}

// crash ends a replica as a power failure does: what it was about to write is lost.
func (r *replica) crash(w *world) {
	r.process.crashed.Store(true)
	r.close(w)
}

func (r *replica) close(w *world) {
	r.stop()
	<-r.done
	if err := r.log.Close(); err != nil {
		w.t.Errorf("close: %v", err)
	}
	r.http.CloseIdleConnections()
}

// crashingLog refuses everything once the process is gone.
type crashingLog struct {
	change.Log
	process *process
}

func (l crashingLog) Prepare(ctx context.Context, id string, e change.Event) error {
	if l.process.crashed.Load() {
		return errCrashed
	}
	return l.Log.Prepare(ctx, id, e)
}

func (l crashingLog) Append(ctx context.Context, id string, events ...change.Event) error {
	if l.process.crashed.Load() {
		return errCrashed
	}
	return l.Log.Append(ctx, id, events...)
}

// crashingAPI waits before it sends and after the answer, so that a process can end in between, and injects faults.
type crashingAPI struct {
	change.API
	process *process
	w       *world
}

func (a crashingAPI) Send(ctx context.Context, r protime.Request) (protime.Answer, error) {
	c, ok := ctx.Value(randomKey{}).(random)
	if !ok {
		return protime.Answer{}, errors.New("nobody sends this")
	}
	time.Sleep(c.upTo(2 * time.Second))
	if a.process.crashed.Load() {
		return protime.Answer{}, errCrashed
	}
	a.w.injectFault(c, r.Method, r.Path)
	answer, err := a.API.Send(ctx, r)
	time.Sleep(c.upTo(2 * time.Second))
	return answer, err
}

func embedded(w *world) *contract.Contract {
	known, err := contract.Embedded()
	if err != nil {
		w.t.Fatal(err)
	}
	return known
}
