package simulation

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"sync"
	"time"

	"protime-admin/internal/batch"
	"protime-admin/internal/change"
	"protime-admin/protime"
	"protime-admin/protime/simulator"
)

// runner makes what runs batches on a replica. Their changes get their randomness from their ids, so that a seed replays
// them.
func (w *world) runner(r *replica, poll time.Duration) *batch.Runner {
	quiet := slog.New(slog.DiscardHandler)
	labels := &labels{ids: map[string]string{}}
	return &batch.Runner{
		Store: crashingStore{r.log.Batches(), r.process}, Pace: new(batch.Pace), Logger: quiet,
		Poll: poll / 4, Lease: 3 * poll,
		Desk: &change.Desk{
			API: labelledAPI{r.desk.API, labels, w}, Log: labelledLog{crashingLog{r.log, r.process}, labels}, Contract: w.contract, Logger: quiet,
		},
	}
}

// labels knows of which change a request is that waits to be sent: what is sent has no id.
type labels struct {
	mu  sync.Mutex
	ids map[string]string
}

// request names a request: by where its body is in memory, because several changes can send the same.
func request(method, path string, body []byte) string {
	if len(body) == 0 {
		return method + " " + path
	}
	return fmt.Sprintf("%s %s %p", method, path, &body[0])
}

type labelledLog struct {
	change.Log
	labels *labels
}

// Prepare refuses a change while one like it waits to be sent: their requests could not be told apart.
func (l labelledLog) Prepare(ctx context.Context, id string, e change.Event) error {
	name := request(e.Facts.Prepared.Method, e.Facts.Prepared.Resource, e.Personal.Request)
	l.labels.mu.Lock()
	_, waits := l.labels.ids[name]
	if !waits {
		l.labels.ids[name] = id
	}
	l.labels.mu.Unlock()
	if waits {
		return change.ErrLog
	}
	err := l.Log.Prepare(ctx, id, e)
	if err != nil {
		l.labels.mu.Lock()
		delete(l.labels.ids, name)
		l.labels.mu.Unlock()
	}
	return err
}

type labelledAPI struct {
	change.API
	labels *labels
	w      *world
}

func (a labelledAPI) Send(ctx context.Context, r protime.Request) (protime.Answer, error) {
	name := request(r.Method, r.Path, r.Body)
	a.labels.mu.Lock()
	id := a.labels.ids[name]
	delete(a.labels.ids, name)
	a.labels.mu.Unlock()
	number := fnv.New32a()
	_, _ = number.Write([]byte(id))
	c := a.w.randomOf(int(number.Sum32()))
	if c.one(10) {
		a.w.tenant.Fail(simulator.Fault{Method: r.Method, Path: r.Path, Status: 429, RetryAfter: 1 + c.IntN(20), Times: 1})
	}
	ctx = context.WithValue(ctx, changeKey{}, id)
	return a.API.Send(context.WithValue(ctx, randomKey{}, c), r)
}

// crashingStore refuses every write once the process is gone.
type crashingStore struct {
	batch.Store
	process *process
}

func (s crashingStore) gone() error {
	if s.process.crashed.Load() {
		return errCrashed
	}
	return nil
}

func (s crashingStore) Again(ctx context.Context, id string, rows []int) error {
	return errors.Join(s.gone(), ifNone(s.gone(), func() error { return s.Store.Again(ctx, id, rows) }))
}

func (s crashingStore) Hold(ctx context.Context, id string, why map[int]string) error {
	return errors.Join(s.gone(), ifNone(s.gone(), func() error { return s.Store.Hold(ctx, id, why) }))
}

func (s crashingStore) Move(ctx context.Context, id string, to batch.State, pause string, from ...batch.State) error {
	return errors.Join(s.gone(), ifNone(s.gone(), func() error { return s.Store.Move(ctx, id, to, pause, from...) }))
}

func (s crashingStore) Release(ctx context.Context, id, owner string) error {
	return errors.Join(s.gone(), ifNone(s.gone(), func() error { return s.Store.Release(ctx, id, owner) }))
}

func (s crashingStore) Lease(ctx context.Context, id, owner string, length time.Duration) (bool, error) {
	if err := s.gone(); err != nil {
		return false, err
	}
	return s.Store.Lease(ctx, id, owner, length)
}

func ifNone(err error, f func() error) error {
	if err != nil {
		return nil
	}
	return f()
}

// startBatch starts a batch of random rows. One in three comes twice: both run at the same time.
func (w *world) startBatch() {
	c := w.random
	b := batch.Batch{
		Actor: els(), Operation: batch.Create, Collection: "clockings", List: "/clockings", Source: batch.Pasted,
		Columns: []batch.Column{{Input: batch.InputChange}},
	}
	undone := ""
	switch n := c.IntN(6); {
	case n == 0:
		b.Operation = batch.Replace
	case n == 1:
		b.Operation = batch.Delete
	case n < 4 && len(w.batches) > 0:
		b.Operation, undone = batch.Undo, w.batches[c.IntN(len(w.batches))]
	}
	var rows []batch.Row
	for i := range 5 + c.IntN(20) {
		if row, ok := w.row(c, b.Operation, undone, i+2); ok {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return
	}
	w.send(b, rows)
	if !c.one(3) {
		return
	}
	for i := range rows {
		rows[i].Chosen = b.Operation == batch.Create && c.one(5)
	}
	w.send(b, rows)
}

// send makes a batch and starts it, on a random replica's store.
func (w *world) send(b batch.Batch, rows []batch.Row) {
	ctx, store := context.Background(), w.serving[w.random.IntN(2)].log.Batches()
	b.ID = fmt.Sprintf("018f0000-0000-7000-8000-%012d", len(w.batches))
	if err := store.Make(ctx, b); err != nil {
		w.t.Errorf("make: %v", err)
		return
	}
	w.batches = append(w.batches, b.ID)
	revision, err := store.PutRows(ctx, b.ID, 1, rows, true)
	if err == nil {
		err = store.Start(ctx, b.ID, revision, change.Reason{Note: "a sheet"}, "")
	}
	if err != nil {
		w.t.Errorf("start: %v", err)
	}
}

// row is row n of a batch, as a check would leave it.
func (w *world) row(c random, operation batch.Operation, undone string, n int) (batch.Row, bool) {
	row := batch.Row{Number: n, Check: batch.Check{Verdict: batch.Ready, Path: "/clockings"}}
	switch operation {
	case batch.Create:
		row.Check.After = json.RawMessage(punch(c, false))
		row.Check.Person, row.Check.Digest = person(row.Check.After), digest(operation, row.Check)
		return row, true
	case batch.Undo:
		row.Cells = []string{batch.ChangeID(undone, n, 0)}
		return row, true
	}
	ids := w.tenant.IDs("clockings")
	if len(ids) == 0 {
		return row, false
	}
	id := ids[c.IntN(len(ids))]
	text, ok := w.tenant.Get("clockings", id)
	base, err := protime.ParseRecord([]byte(text))
	if !ok || err != nil || base.Text("status") == "Deleted" {
		return row, false
	}
	row.Check.Path, row.Check.Base, row.Check.Person = "/clockings/"+id, base.Raw(), person(base.Raw())
	if operation == batch.Delete {
		row.Check.Digest = digest(operation, row.Check)
		return row, true
	}
	after, err := base.Set(json.RawMessage(fmt.Sprint(480+15*c.IntN(times))), "timeOfDayInMinutes")
	row.Check.After = after.Raw()
	row.Check.Digest = digest(operation, row.Check)
	return row, err == nil && after.Text("timeOfDayInMinutes") != base.Text("timeOfDayInMinutes")
}

// digest is equal for two rows that send the same.
func digest(operation batch.Operation, check batch.Check) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s %s", operation, check.Path, check.After))
	return sum[:]
}

// steer pauses a batch, makes it go on, cancels it, or tries again what failed of it.
func (w *world) steer() {
	if len(w.batches) == 0 {
		return
	}
	id, store := w.batches[w.random.IntN(len(w.batches))], w.serving[w.random.IntN(2)].log.Batches()
	to, from := batch.Running, batch.Paused
	switch w.random.IntN(8) {
	case 0:
		to, from = batch.Paused, batch.Running
	case 1:
		to, from = batch.Canceled, batch.Running
	case 2, 3, 4:
		if _, err := store.Retry(context.Background(), id, nil); err != nil {
			w.t.Errorf("retry: %v", err)
		}
		return
	}
	if err := store.Move(context.Background(), id, to, "", from); err != nil && !errors.Is(err, batch.ErrState) {
		w.t.Errorf("steer: %v", err)
	}
}

// resumeAll makes every batch go on that has paused.
func (w *world) resumeAll() {
	for _, id := range w.batches {
		err := w.serving[0].log.Batches().Move(context.Background(), id, batch.Running, "", batch.Paused)
		if err != nil && !errors.Is(err, batch.ErrState) {
			w.t.Errorf("resume: %v", err)
		}
	}
}
