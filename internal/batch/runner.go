package batch

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"protime-admin/internal/change"
	"protime-admin/protime/contract"
)

// Runner sends the rows of batches that run: those on which no other replica has a lease. Store, Desk and Pace are
// required.
type Runner struct {
	Store Store
	Desk  *change.Desk // whose API is called at the runner's pace
	Pace  *Pace
	// May reports whether somebody with these roles may use a verb on a collection now: configuration and grants can have
	// changed since a batch was started. A batch that may not run pauses. nil: the desk's own checks alone.
	May    func(c *contract.Collection, verb contract.Verb, roles []change.Role) bool
	Logger *slog.Logger // nil: slog.Default
	// Poll is the time between two looks for batches that run, and for whether one still does; 0: half a second.
	Poll time.Duration
	// Lease is how long a replica that is gone keeps its batches from others; 0: 6 seconds.
	Lease time.Duration
	// Patience is how long the API may take no row of a batch, because it asks to wait, before the batch pauses; 0: an hour.
	Patience time.Duration
	// Turn is how long a batch is worked on where others wait for their turn; 0: a minute.
	Turn time.Duration

	owner string
	waits waits
}

// batchesAtOnce is how many batches a process runs at the same time; they share its pace.
const batchesAtOnce = 4

// Run runs batches until ctx ends. Then no further rows are sent, those that were are awaited, and the leases end.
func (r *Runner) Run(ctx context.Context) error {
	r.owner = uuid.NewString()
	var (
		jobs    sync.WaitGroup
		mu      sync.Mutex
		running = map[string]bool{}
	)
	defer jobs.Wait()
	poll := time.NewTicker(r.poll())
	defer poll.Stop()
	looked := false
	for {
		var due []string
		err := error(nil)
		if !looked {
			err = r.Store.PauseForgotten(ctx)
			looked = err == nil
		}
		if err == nil {
			due, err = r.Store.Due(ctx)
		}
		if err != nil {
			r.failed(ctx, "finding batches that run", err)
		}
		for _, id := range due {
			mu.Lock()
			taken := running[id] || len(running) >= batchesAtOnce
			if !taken {
				running[id] = true
			}
			mu.Unlock()
			if taken {
				continue
			}
			jobs.Go(func() {
				r.take(ctx, id)
				mu.Lock()
				defer mu.Unlock()
				delete(running, id)
			})
		}
		select {
		case <-ctx.Done():
			return nil
		case <-poll.C:
		}
	}
}

func (r *Runner) poll() time.Duration     { return cmp.Or(r.Poll, 500*time.Millisecond) }
func (r *Runner) lease() time.Duration    { return cmp.Or(r.Lease, 6*time.Second) }
func (r *Runner) patience() time.Duration { return cmp.Or(r.Patience, patience) }
func (r *Runner) turn() time.Duration     { return cmp.Or(r.Turn, time.Minute) }

// take runs one batch for as long as this process has the lease and the batch runs.
func (r *Runner) take(ctx context.Context, id string) {
	leased, err := r.Store.Lease(ctx, id, r.owner, r.lease())
	if err != nil {
		r.failed(ctx, "leasing a batch", err)
	}
	if !leased {
		return
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if err := r.Store.Release(ctx, id, r.owner); err != nil {
			r.failed(ctx, "ending the lease of a batch", err)
		}
	}()
	held, release := context.WithCancel(ctx)
	defer release()
	b, err := r.Store.Batch(held, id)
	if err != nil {
		r.failed(ctx, "reading a batch", err)
		return
	}
	if may, err := r.may(held, b); !may || err != nil {
		if err == nil {
			err = r.Store.Move(held, id, Paused, PausedRole, Running)
		}
		if err != nil && !errors.Is(err, ErrState) {
			r.failed(ctx, "pausing a batch", err)
		}
		return
	}
	var keeping sync.WaitGroup
	keeping.Go(func() {
		defer release()
		r.keep(held, id)
	})
	defer keeping.Wait()
	defer release()
	newJob(held, r, b).run(held)
}

// may reports whether a batch may be sent as things are now.
func (r *Runner) may(ctx context.Context, b Batch) (bool, error) {
	if r.May == nil {
		return true, nil
	}
	of, undone := b, false
	for of.Operation == Undo {
		var err error
		if of, err = r.Store.Batch(ctx, of.Undoes); err != nil {
			return false, err
		}
		undone = !undone
	}
	verb := map[Operation]contract.Verb{Create: contract.Create, Replace: contract.Replace, Delete: contract.Delete}[of.Operation]
	switch {
	case undone && verb == contract.Create:
		verb = contract.Delete
	case undone && verb == contract.Delete:
		verb = contract.Create
	}
	c, ok := r.Desk.Contract.Collection(b.Collection)
	return ok && r.May(c, verb, b.Actor.Roles), nil
}

// keep renews the lease until ctx ends, and notes until when the API asks to wait. It returns when the batch does not run
// any more, the lease is in danger, or its turn is over.
func (r *Runner) keep(ctx context.Context, id string) {
	renewed := time.Now()
	turn := renewed.Add(r.turn())
	var waits time.Time // that is noted
	poll := time.NewTicker(r.poll())
	defer poll.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-poll.C:
		}
		if time.Since(renewed) >= r.lease()/3 {
			asked := time.Now()
			leased, err := r.Store.Lease(ctx, id, r.owner, r.lease())
			switch {
			case err == nil && !leased:
				return
			case err == nil:
				renewed = asked
			case time.Since(renewed) > 2*r.lease()/3:
				r.failed(ctx, "renewing the lease of a batch", err)
				return
			}
		}
		if b, err := r.Store.Batch(ctx, id); err == nil && b.State != Running {
			return
		}
		if until := r.Pace.Until(); until.After(waits) && time.Until(until) > shownWait {
			if err := r.Store.Wait(ctx, id, r.owner, time.Until(until)); err != nil {
				r.failed(ctx, "noting that a batch waits", err)
			} else {
				waits = until
			}
		}
		if time.Now().After(turn) {
			if due, err := r.Store.Due(ctx); err == nil && len(due) > 0 {
				return // it waits behind them
			}
		}
	}
}

func (r *Runner) failed(ctx context.Context, what string, err error) {
	if ctx.Err() != nil || errors.Is(err, change.ErrOutage) { // of which the log tells
		return
	}
	r.logger().LogAttrs(ctx, slog.LevelError, "the work on batches failed", slog.String("work", what), slog.Any("error", err))
}

func (r *Runner) logger() *slog.Logger { return cmp.Or(r.Logger, slog.Default()) }
