package batch

import (
	"context"
	"errors"
	"sync"
	"time"

	"protime-admin/internal/change"
	"protime-admin/internal/parallel"
	"protime-admin/protime"
)

const (
	rowsInFlight = 8
	rowsWaiting  = 16 // while the next ones are surveyed
)

// job is one batch while it runs here.
type job struct {
	*Runner
	batch Batch
	desk  *change.Desk

	mu        sync.Mutex
	unreached int // rows in a row without an answer
	forbidden int // rows in a row that Protime refused for the product
	pause     string
	stop      context.CancelFunc
}

func newJob(until context.Context, r *Runner, b Batch) *job {
	api := pacedAPI{r.Desk.API, r.Pace, until, min(longestPatience, r.patience())}
	return &job{Runner: r, batch: b, desk: r.Desk.Through(api, LongestCall)}
}

// run sends the rows that were not sent, in their order, until there are none, ctx ends, or the batch pauses by itself.
func (j *job) run(ctx context.Context) {
	sending, stop := context.WithCancel(ctx)
	defer stop()
	j.stop = stop
	for sending.Err() == nil {
		sent, err := j.pass(sending)
		switch {
		case sending.Err() != nil: // what was being read then says nothing
		case err != nil:
			j.failed(ctx, "reading the rows of a batch", err)
			_ = sleep(sending, time.Second)
			return
		case !sent:
			if err := j.Store.Move(sending, j.batch.ID, Done, "", Running); err != nil && !errors.Is(err, ErrState) {
				j.failed(ctx, "ending a batch", err)
			}
			return
		}
	}
	if j.pause == "" {
		return
	}
	// The log may be away: the batch pauses as soon as that can be written.
	for ctx.Err() == nil {
		err := j.Store.Move(ctx, j.batch.ID, Paused, j.pause, Running)
		if err == nil || errors.Is(err, ErrState) {
			return
		}
		j.failed(ctx, "pausing a batch", err)
		_ = sleep(ctx, time.Second)
	}
}

// pass sends all rows that are unsent now; false when there are none.
func (j *job) pass(ctx context.Context) (some bool, err error) {
	rows := make(chan prepared, rowsWaiting)
	var senders sync.WaitGroup
	for range rowsInFlight {
		senders.Go(func() {
			for p := range rows {
				err := parallel.Guarded(func() error { j.send(ctx, p); return nil })
				if err != nil {
					j.failed(ctx, "sending a row", err)
					j.pauseFor(PausedFailed)
				}
			}
		})
	}
	err = parallel.Guarded(func() (err error) {
		some, err = j.feed(ctx, rows)
		return err
	})
	close(rows)
	senders.Wait()
	return some, err
}

// send sends one row and notes what became of it.
func (j *job) send(ctx context.Context, p prepared) {
	if ctx.Err() != nil || j.heldAsThere(ctx, p.row, p.change) || !j.turn(ctx, p) {
		return
	}
	c := p.change
	if c.Surveyed {
		c.Standing.Age = time.Since(p.read).Microseconds()
	}
	c, err := j.batch.prepare(ctx, j.desk, p.row, c)
	if err == nil {
		var receipt change.Receipt
		if receipt, err = j.desk.Do(context.WithoutCancel(ctx), c); err == nil {
			j.ended(ctx, p.row, receipt)
			return
		}
	}
	switch key := heldFor(err); {
	case ctx.Err() != nil:
	case errors.Is(err, change.ErrStopped):
		j.interrupt()
	case errors.Is(err, change.ErrSpent): // another replica sent it
	case errors.Is(err, change.ErrLog), errors.Is(err, change.ErrUnreadable):
		j.pauseFor(PausedLog)
	case key != "":
		j.hold(ctx, p.row, key)
	case errors.Is(err, protime.RateLimited):
		j.askedToWait(ctx, 0)
	case errors.Is(err, protime.Unauthorized), errors.Is(err, protime.Forbidden), errors.Is(err, protime.NotOffered):
		j.count(&j.forbidden, PausedForbidden)
	default: // the record could not be read: the row is as it was
		j.failed(ctx, "preparing a row", err)
		j.count(&j.unreached, PausedUnreachable)
		_ = sleep(ctx, time.Second)
	}
}

func (j *job) note(f func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	f()
}

// pauseFor ends this run and makes the batch pause for a reason.
func (j *job) pauseFor(key string) {
	j.note(func() {
		if j.pause == "" {
			j.pause = key
		}
	})
	j.interrupt()
}

// interrupt ends this run: nothing further is sent.
func (j *job) interrupt() { j.stop() }
