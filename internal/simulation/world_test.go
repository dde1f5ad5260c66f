package simulation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"protime-admin/internal/change"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/protime/simulator"
)

// world is one company, two replicas that serve it, and everybody who changes its clockings.
type world struct {
	t        *testing.T
	seed     uint64
	file     string
	key      []byte
	began    time.Time
	contract *contract.Contract
	tenant   *simulator.Tenant
	network  *network
	serving  [2]*replica
	wrongBy  [2]atomic.Int64 // by how much the clock of each replica's machine is wrong
	random   random          // of the sequence of steps
	batches  []string        // ids, in the order in which they were started

	mu   sync.Mutex
	ids  []string // of changes that were handed in
	wait sync.WaitGroup
}

// The values of a clocking are few, so that what two people do often looks the same.
const (
	people = 60
	days   = 4
	times  = 6
)

// random is a source of random numbers. The sequence of steps and each step have one of their own, so that a seed replays
// a run however goroutines are scheduled.
type random struct{ *rand.Rand }

func (w *world) randomOf(n int) random {
	return random{rand.New(rand.NewPCG(w.seed, uint64(n)))}
}

// one reports true once in n times.
func (c random) one(n int) bool { return c.IntN(n) == 0 }

func (c random) upTo(most time.Duration) time.Duration { return time.Duration(c.Int64N(int64(most))) }

// punch is a clocking as HR types it; a terminal's refers to the terminal.
func punch(c random, terminal bool) string {
	at := 480 + 15*c.IntN(times)
	body := fmt.Sprintf(`{"person":{"id":%d},"date":"2026-01-0%d","timeOfDayInMinutes":%d,"kind":"InOut"}`,
		1+c.IntN(people), 5+c.IntN(days), at)
	if terminal {
		body = body[:len(body)-1] + `,"terminal":{"id":3}}`
	}
	return body
}

// step makes one random step.
func (w *world) step() {
	c := w.random
	if c.one(40) {
		w.startBatch()
	}
	if c.one(8) {
		w.steer()
	}
	switch c.IntN(20) {
	case 0:
		w.tenant.Insert("clockings", punch(c, true))
	case 1:
		w.colleague()
	case 2:
		if c.one(4) {
			w.jump()
			return
		}
		w.restart()
	case 3:
		w.lookByHand()
	case 4, 5:
		w.do(w.undo)
	case 6, 7, 8:
		w.do(w.remove)
	case 9, 10, 11, 12, 13:
		w.do(w.edit)
	default:
		if c.one(4) {
			w.tenant.Insert("clockings", punch(c, true))
		}
		w.do(w.create)
	}
}

// do prepares a change and sends it.
func (w *world) do(prepare func(random, *replica) (change.Change, bool)) {
	id, n := w.id()
	r, own := w.serving[w.random.IntN(2)], w.randomOf(n)
	w.wait.Go(func() {
		c, ok := prepare(own, r)
		if !ok || r.process.crashed.Load() {
			return
		}
		c.ID, c.Fingerprint = id, []byte(id)
		ctx := context.WithValue(context.Background(), changeKey{}, id)
		_, err := r.desk.Do(context.WithValue(ctx, randomKey{}, own), c)
		if err != nil && !errors.Is(err, errCrashed) && !errors.Is(err, change.ErrUndone) &&
			!errors.Is(err, change.ErrLog) {
			w.t.Errorf("do: %v", err)
		}
	})
}

type randomKey struct{}

func (w *world) id() (string, int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	id := fmt.Sprintf("018f-%08d", len(w.ids))
	w.ids = append(w.ids, id)
	return id, len(w.ids)
}

func els() change.Actor {
	return change.Actor{Subject: "els", Issuer: "https://id.example", Name: "Els", Roles: []change.Role{change.Editor}}
}

func (w *world) create(c random, _ *replica) (change.Change, bool) {
	body := json.RawMessage(punch(c, false))
	return change.Change{
		Actor: els(), Collection: "clockings", Verb: contract.Create, Path: "/clockings", After: body, Person: person(body),
		Request: change.Request{Method: http.MethodPost, Path: "/clockings", Body: body},
	}, true
}

func person(record []byte) string {
	r, _ := protime.ParseRecord(record) // the zero record of one that is gone
	return r.Text("person", "id")
}

// existing reads a clocking that is there, as a page does before it is changed.
func (w *world) existing(c random, r *replica) (string, protime.Record, bool) {
	ids := w.tenant.IDs("clockings")
	if len(ids) == 0 {
		return "", protime.Record{}, false
	}
	path := "/clockings/" + ids[c.IntN(len(ids))]
	record, _, err := r.desk.API.Get(context.Background(), path, "")
	return path, record, err == nil && record.Text("status") != "Deleted"
}

func (w *world) edit(c random, r *replica) (change.Change, bool) {
	path, before, ok := w.existing(c, r)
	if !ok {
		return change.Change{}, false
	}
	member, value := "timeOfDayInMinutes", fmt.Sprint(480+15*c.IntN(times))
	if c.one(5) {
		member, value = "date", fmt.Sprintf(`"2026-01-0%d"`, 5+c.IntN(days))
	}
	after, err := before.Set(json.RawMessage(value), member)
	if err != nil || after.Text(member) == before.Text(member) {
		return change.Change{}, false
	}
	col, _ := w.contract.Collection("clockings")
	body := after
	for _, f := range col.ReadOnly() {
		body = body.Without(f.Name)
	}
	return change.Change{
		Actor: els(), Collection: "clockings", Verb: contract.Replace, Path: path,
		Before: before.Raw(), After: after.Raw(), Person: person(after.Raw()),
		Request: change.Request{Method: http.MethodPut, Path: path, Body: body.Raw()},
	}, true
}

func (w *world) remove(c random, r *replica) (change.Change, bool) {
	path, before, ok := w.existing(c, r)
	return change.Change{
		Actor: els(), Collection: "clockings", Verb: contract.Delete, Path: path, Before: before.Raw(),
		Person: person(before.Raw()), Request: change.Request{Method: http.MethodDelete, Path: path},
	}, ok
}

// undo undoes one of the last changes, unless a person would have to decide.
func (w *world) undo(c random, r *replica) (change.Change, bool) {
	inverse, differences, err := r.desk.Inverse(context.Background(), els(), w.recent(c))
	return inverse, err == nil && len(differences) == 0
}

// recent is one of the last changes.
func (w *world) recent(c random) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.ids) == 0 {
		return "none"
	}
	return w.ids[len(w.ids)-1-c.IntN(min(len(w.ids), 30))]
}

func (w *world) lookByHand() {
	r, id := w.serving[w.random.IntN(2)], w.recent(w.random)
	w.wait.Go(func() {
		_, _ = r.desk.Check(context.Background(), els(), id) // most are not in doubt
	})
}

// colleague changes a clocking in Protime: another member, or to a time that nobody types here; or deletes it, with or
// without a record that says so.
func (w *world) colleague() {
	ids := w.tenant.IDs("clockings")
	if len(ids) == 0 {
		return
	}
	id := ids[w.random.IntN(len(ids))]
	switch w.random.IntN(10) {
	case 0:
		w.tenant.Remove("clockings", id)
	case 1:
		w.tenant.Delete("clockings", id)
	case 2, 3, 4, 5:
		w.tenant.Edit("clockings", id, fmt.Sprintf(`{"geolocation":{"latitude":51.%d,"longitude":4.2}}`, w.random.IntN(1000)))
	default:
		w.tenant.Edit("clockings", id, fmt.Sprintf(`{"timeOfDayInMinutes":%d}`, 600+w.random.IntN(700)))
	}
}

// jump sets the clock of a replica wrong by up to a day, for less than the time after which the log accepts it.
func (w *world) jump() {
	at := &w.wrongBy[w.random.IntN(2)]
	at.Store(int64(w.random.upTo(48*time.Hour) - 24*time.Hour))
	time.AfterFunc(w.random.upTo(9*time.Minute), func() { at.Store(0) })
}

func (w *world) startAll(poll time.Duration) {
	for i := range w.serving {
		w.serving[i] = w.start(i, poll)
	}
}

func (w *world) stopAll() {
	for _, r := range w.serving {
		r.close(w)
	}
}

// restart ends a replica, by a signal or by a crash, and starts another in its place.
func (w *world) restart() {
	i := w.random.IntN(2)
	if w.random.one(3) {
		return
	}
	if w.random.one(2) {
		w.serving[i].crash(w)
	} else {
		w.serving[i].close(w)
	}
	w.serving[i] = w.start(i, 20*time.Second)
}

// injectFault adds a random fault for the write that is sent next.
func (w *world) injectFault(c random, method, path string) {
	after := func(most time.Duration) time.Duration { return time.Second + c.upTo(most) }
	f := simulator.Fault{Method: method, Path: path, Times: 1}
	switch c.IntN(16) {
	case 0:
		f.Reset = true
	case 1:
		f.Reset, f.Apply = true, true
	case 2:
		f.Reset, f.ApplyAfter = true, after(8*time.Minute)
	case 3:
		f.Hang, f.ApplyAfter = true, after(8*time.Minute)
	case 4:
		f.Hang, f.Apply = true, true
	case 5:
		f.Status, f.Apply = 500, true
	case 6:
		f.Status, f.HTML, f.Apply = 502+c.IntN(3), true, true
	case 7:
		f.Status, f.HTML, f.ApplyAfter = 504, true, after(8*time.Minute)
	case 8:
		f.Status = 500 + c.IntN(5)
		f.HTML = f.Status == 503
	case 9:
		f.Accept, f.ApplyAfter = true, after(3*time.Hour)
	case 10:
		f.CutOff = true
	case 11:
		f.Revoke = true
	case 12:
		f.Delay = after(15 * time.Second)
	case 13:
		f.Reset, f.ApplyAfter = true, after(40*time.Minute) // later than the log waits
	default:
		return
	}
	w.tenant.Fail(f)
	if c.one(6) {
		f := simulator.Fault{Method: http.MethodGet, Path: "/clockings", Status: 503, Times: 1 + c.IntN(4)}
		if c.one(2) {
			f.Status, f.HTML = http.StatusNotFound, true // a gateway that does not know where to
		}
		w.tenant.Fail(f)
	}
}
