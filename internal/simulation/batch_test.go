package simulation

import (
	"context"
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
		Store: crashingStore{r.log.Batches(), r.process}, API: labelledAPI{r.desk.API, labels, w}, Pace: new(batch.Pace), Logger: quiet,
		Poll: poll / 4, Lease: 3 * poll,
		Desk: func(api change.API) *change.Desk {
			return &change.Desk{
				API: api, Log: labelledLog{crashingLog{r.log, r.process}, labels}, Contract: w.contract, Logger: quiet,
				Timeout: batch.LongestCall,
			}
		},
	}
}

// labels knows of which change a request is: what is sent has no id.
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

func (l labelledLog) Prepare(ctx context.Context, id string, e change.Event) error {
	l.labels.mu.Lock()
	l.labels.ids[request(e.Facts.Prepared.Method, e.Facts.Prepared.Resource, e.Personal.Request)] = id
	l.labels.mu.Unlock()
	return l.Log.Prepare(ctx, id, e)
}

type labelledAPI struct {
	change.API
	labels *labels
	w      *world
}

func (a labelledAPI) Send(ctx context.Context, r protime.Request) (protime.Answer, error) {
	a.labels.mu.Lock()
	id := a.labels.ids[request(r.Method, r.Path, r.Body)]
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

// startBatch starts a batch of random rows on a random replica's store.
func (w *world) startBatch() {
	c, store := w.random, w.serving[w.random.IntN(2)].log.Batches()
	id := fmt.Sprintf("018f0000-0000-7000-8000-%012d", len(w.batches))
	b := batch.Batch{
		ID: id, Actor: els(), Operation: batch.Create, Collection: "clockings", List: "/clockings", Source: batch.Pasted,
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
	ctx := context.Background()
	if err := store.Make(ctx, b); err != nil {
		w.t.Errorf("make: %v", err)
		return
	}
	w.batches = append(w.batches, id)
	revision, err := store.PutRows(ctx, id, 1, rows, true)
	if err == nil {
		err = store.Start(ctx, id, revision, change.Reason{Note: "a sheet"}, "")
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
		row.Check.Person = person(row.Check.After)
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
		return row, true
	}
	after, err := base.Set(json.RawMessage(fmt.Sprint(480+15*c.IntN(times))), "timeOfDayInMinutes")
	row.Check.After = after.Raw()
	return row, err == nil && after.Text("timeOfDayInMinutes") != base.Text("timeOfDayInMinutes")
}

// steer pauses a batch, makes it go on, or cancels it.
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

// judgeBatches makes sure that no row had an effect twice, and that every row of a batch that is done was sent, or is
// held for a reason.
func (w *world) judgeBatches(sum *tally) {
	effects := map[string]int{} // changes of each row that the API applied
	applied := map[string]bool{}
	for _, e := range w.tenant.Journal() {
		if e.Applied > 0 && e.Header.Get(changeHeader) != "" {
			applied[e.Header.Get(changeHeader)] = true
		}
	}
	for r, err := range w.serving[0].log.All(context.Background(), change.Query{}) {
		if err != nil {
			w.t.Fatal(err)
		}
		if r.Part == nil {
			continue
		}
		row := fmt.Sprintf("row %d of %s", r.Part.Row, r.Part.Batch)
		if r.ID != batch.ChangeID(r.Part.Batch, r.Part.Row, r.Part.Try) {
			w.t.Errorf("%s is change %s", row, r.ID)
		}
		if applied[r.ID] {
			effects[row]++
			sum.rows++
		}
		if effects[row] > 1 {
			w.t.Errorf("%s was applied %d times", row, effects[row])
		}
	}
	store := w.serving[0].log.Batches()
	for _, id := range w.batches {
		b, err := store.Batch(context.Background(), id)
		if err != nil {
			w.t.Errorf("batch: %v", err)
			continue
		}
		unsent, err := store.Rows(context.Background(), id, batch.SelectUnsent, 0, 100)
		if err != nil || b.State == batch.Done && len(unsent) > 0 || b.State != batch.Done && b.State != batch.Canceled {
			w.t.Errorf("batch %s is %s (%s) with %d rows that were not sent, %v", id, b.State, b.Pause, len(unsent), err)
		}
		sum.batches++
	}
}
