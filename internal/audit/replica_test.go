package audit_test

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"protime-admin/internal/audit"
	"protime-admin/internal/change"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// counter is an API that counts what it is sent and takes its time to answer.
type counter struct {
	sent  atomic.Int64
	delay time.Duration
}

func (c *counter) Send(_ context.Context, r protime.Request) (protime.Answer, error) {
	c.sent.Add(1)
	time.Sleep(c.delay)
	return protime.Answer{Method: r.Method, Status: http.StatusOK, Header: http.Header{}, Sent: true}, nil
}

func (c *counter) Get(context.Context, string, string) (protime.Record, protime.Answer, error) {
	return protime.Record{}, protime.Answer{}, errors.New("nothing is read here")
}

func (c *counter) PathOf(string) (string, bool) { return "", false }

func (c *counter) StatusMonitor(context.Context, string) (protime.Answer, error) {
	return protime.Answer{}, errors.New("nothing is read here")
}

func (c *counter) List(context.Context, string, protime.ListOptions) iter.Seq2[protime.Page, error] {
	return func(func(protime.Page, error) bool) {}
}

// desks returns two desks as two replicas have them: with a log each on PostgreSQL, with one on SQLite, where there
// can be one process only.
func desks(t testing.TB, db database, api change.API) [2]*change.Desk {
	t.Helper()
	known, err := contract.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	first := db.open(t, audit.Options{})
	second := first
	if db.driver == "pgx" {
		second = db.open(t, audit.Options{})
	}
	return [2]*change.Desk{{API: api, Log: first, Contract: known}, {API: api, Log: second, Contract: known}}
}

// asked is a change as a page asks for it.
func asked(id string) change.Change {
	return change.Change{
		ID: id, Actor: els(), Collection: "clockings", Verb: contract.Replace, Path: "/clockings/8192",
		Before: []byte(`{"id":8192,"timeOfDayInMinutes":485}`), After: []byte(`{"id":8192,"timeOfDayInMinutes":480}`),
		Request:     change.Request{Method: "PUT", Path: "/clockings/8192", Body: []byte(`{"timeOfDayInMinutes":480}`)},
		Fingerprint: []byte("typed:" + id),
	}
}

func TestInvariant3_AHundredSubmitsOverTwoReplicasAreOneRequest(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		api := &counter{delay: 200 * time.Millisecond}
		both := desks(t, db, api)
		var all sync.WaitGroup
		var again atomic.Int64
		for i := range 100 {
			all.Go(func() {
				r, err := both[i%2].Do(t.Context(), asked("the form"))
				if err != nil || r.State != change.Applied || r.Status != http.StatusOK {
					t.Errorf("got %s, %d, %v, want applied for everybody", r.State, r.Status, err)
				}
				if r.Again {
					again.Add(1)
				}
			})
		}
		all.Wait()
		if got := api.sent.Load(); got != 1 {
			t.Errorf("requests: got %d, want 1", got)
		}
		if got := again.Load(); got != 99 {
			t.Errorf("receipts that say again: got %d, want 99", got)
		}
	})
}

func TestInvariant3_ManyFormsOverTwoReplicasAreOneRequestEach(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		api := new(counter)
		both := desks(t, db, api)
		var all sync.WaitGroup
		sending := make(chan struct{}, 60) // more of them would wait longer than a read may take on a busy machine
		for i := range 300 {
			all.Go(func() {
				sending <- struct{}{}
				defer func() { <-sending }()
				c := asked(number(i / 3))
				if _, err := both[i%2].Do(t.Context(), c); err != nil {
					t.Errorf("do: %v", err)
				}
			})
		}
		all.Wait()
		if got := api.sent.Load(); got != 100 {
			t.Errorf("requests: got %d, want 100", got)
		}
		if head, err := both[0].Log.(*audit.Log).Head(t.Context()); err != nil || head.Sequence != 200 {
			t.Errorf("got %v, %v, want 200 events", head, err)
		}
	})
}

func TestInvariant3_TwoUndosOverTwoReplicasAreOneRequest(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		api := new(counter)
		both := desks(t, db, api)
		if _, err := both[0].Do(t.Context(), asked("a")); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for i := range 50 {
			all.Go(func() {
				c := asked(number(i))
				c.Undoes = "a"
				if _, err := both[i%2].Do(t.Context(), c); err != nil && !errors.Is(err, change.ErrUndone) {
					t.Errorf("got %v, want ErrUndone", err)
				}
			})
		}
		all.Wait()
		if got := api.sent.Load(); got != 2 {
			t.Errorf("requests: got %d, want the change and one undo", got)
		}
	})
}

func TestInvariant4_ALivingReplicasChangesAreLeftAlone(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		if db.driver != "pgx" {
			return // one process: the other one's changes cannot be alive
		}
		options := audit.Options{Heartbeat: 30 * time.Second} // a busy machine does not make it miss three
		alive, dead := db.open(t, options), db.open(t, options)
		prepare(t, alive, "alive", edit())
		prepare(t, dead, "dead", edit())
		audit.Kill(dead)
		states := func() [2]change.State {
			l := db.open(t, options) // which looks for changes of replicas that are gone
			return [2]change.State{receipt(t, l, "alive").State, receipt(t, l, "dead").State}
		}
		if got, want := states(), [2]change.State{change.Sending, change.Sending}; got != want {
			t.Errorf("just after it died: got %v, want %v", got, want)
		}
		exec(t, db.raw(t), `UPDATE instances SET seen = seen - 91000000 WHERE id = (SELECT instance FROM changes WHERE id = 'dead')`)
		if got, want := states(), [2]change.State{change.Sending, change.Unknown}; got != want {
			t.Errorf("91 seconds later: got %v, want %v", got, want)
		}
	})
}

func TestReplicasThatStartTogetherMakeOneSchema(t *testing.T) {
	each(t, func(t *testing.T, db database) {
		if db.driver != "pgx" {
			return // a second one does not start
		}
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				l, err := audit.Open(t.Context(), db.url, serving())
				if err != nil {
					t.Errorf("open: %v", err)
					return
				}
				if err := l.Close(); err != nil {
					t.Errorf("close: %v", err)
				}
			})
		}
		all.Wait()
	})
}
