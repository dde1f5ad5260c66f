package batch

import (
	"context"
	"errors"
	"iter"
	"time"

	"protime-admin/internal/change"
	"protime-admin/protime"
)

// longestPatience bounds for how long one reading waits for the API's pauses: the log takes a change that was prepared ten
// minutes ago without an outcome for one whose process is gone. A write waits for longestDelay alone: what it was made of
// was read before, and during a pause people go on by hand. A row that was not sent so is made anew.
const (
	longestPatience = 5 * time.Minute
	longestDelay    = 5 * time.Second
)

// LongestCall bounds one write with its waits for pauses, for the desk of a Runner.
const LongestCall = longestPatience + time.Minute

// pacedAPI is the API at a pace: every call waits for it, and is sent again after a 429. Nothing new is sent once until
// is done.
type pacedAPI struct {
	change.API
	pace    *Pace
	until   context.Context
	longest time.Duration // that one call waits for the API's pauses
}

// Get implements change.API.
func (a pacedAPI) Get(ctx context.Context, path, query string) (protime.Record, protime.Answer, error) {
	again := a.patience(a.longest)
	for {
		left, err := a.leave(ctx)
		if err != nil {
			return protime.Record{}, protime.Answer{}, err
		}
		record, answer, err := a.API.Get(ctx, path, query)
		if !a.refused(left, err) || !again(ctx, waitOf(err)) {
			return record, answer, err
		}
	}
}

// List implements change.API. A list that is refused for the pace ends, for the caller to read again.
func (a pacedAPI) List(ctx context.Context, path string, o protime.ListOptions) iter.Seq2[protime.Page, error] {
	return func(yield func(protime.Page, error) bool) {
		left, err := a.leave(ctx)
		if err != nil {
			yield(protime.Page{}, err)
			return
		}
		for page, err := range a.API.List(ctx, path, o) {
			a.refused(left, err)
			if !yield(page, err) || err != nil || page.Next == "" {
				return
			}
			if left, err = a.leave(ctx); err != nil {
				yield(protime.Page{}, err)
				return
			}
		}
		a.pace.Accepted(left)
	}
}

// Send implements change.API. The row has waited for its turn already. Once until is done it leaves at once: it is in the
// log.
func (a pacedAPI) Send(ctx context.Context, r protime.Request) (protime.Answer, error) {
	waiting, stop := context.WithTimeout(ctx, min(longestDelay, a.longest))
	defer stop()
	defer context.AfterFunc(a.until, stop)()
	left, _ := a.pace.Leave(waiting)
	again := a.patience(min(longestDelay, a.longest))
	r.Again = func(ctx context.Context, wait time.Duration) bool {
		a.pace.Refused(left, wait)
		left = time.Time{}
		if !again(ctx, wait) {
			return false
		}
		var err error
		left, err = a.leave(waiting) // another call can have made the wait longer
		return err == nil
	}
	answer, err := a.API.Send(ctx, r)
	a.pace.Accepted(left)
	return answer, err
}

// leave returns when a call of its own may leave.
func (a pacedAPI) leave(ctx context.Context) (time.Time, error) {
	if err := a.pace.Wait(ctx); err != nil {
		return time.Time{}, err
	}
	return a.pace.Leave(ctx)
}

// patience returns a function that waits for the end of a pause, and is false when that is too long.
func (a pacedAPI) patience(longest time.Duration) func(ctx context.Context, wait time.Duration) bool {
	end := time.Now().Add(longest)
	return func(ctx context.Context, wait time.Duration) bool {
		wait = max(wait, time.Millisecond)
		if time.Now().Add(wait).After(end) {
			return false
		}
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
			return a.until.Err() == nil
		case <-a.until.Done():
		case <-ctx.Done():
		}
		return false
	}
}

// refused tells the pace how a call ended, and reports whether it was refused for it.
func (a pacedAPI) refused(began time.Time, err error) bool {
	if !errors.Is(err, protime.RateLimited) {
		a.pace.Accepted(began)
		return false
	}
	a.pace.Refused(began, waitOf(err))
	return true
}

func waitOf(err error) time.Duration {
	var e *protime.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.RetryAfter
}
