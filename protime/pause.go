package protime

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"
)

// backoff is the time during which nobody sends. All callers of a client share two: one for the API and one for the
// token endpoint. The zero value is no pause.
type backoff struct {
	mu    sync.Mutex
	set   time.Time // when the pause was last made longer
	until time.Time
	step  time.Duration // doubled with each failure in a row
	cause *Error
}

// steps are the bounds of a pause without a Retry-After: that of the first failure, and the longest.
type steps struct{ first, longest time.Duration }

// fail begins or lengthens the pause after a failure of a request that began at a time. asked is the Retry-After, 0 for
// none. The cause gets the time that is left as its RetryAfter, unless its own is longer. Failures of requests that
// were under way when the pause began do not double it.
func (b *backoff) fail(cause *Error, began, now time.Time, asked time.Duration, s steps) {
	b.mu.Lock()
	defer b.mu.Unlock()
	wait := asked
	if !began.Before(b.set) {
		b.step = min(max(2*b.step, s.first), s.longest)
		wait = max(wait, b.step-random(b.step/4))
		b.set = now
	}
	if until := now.Add(wait); until.After(b.until) {
		b.until = until
	}
	cause.RetryAfter = max(cause.RetryAfter, wholeSeconds(b.until.Sub(now)))
	kept := *cause
	b.cause = &kept
}

// succeed ends the pause, unless it began after the request that succeeded.
func (b *backoff) succeed(began time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !began.Before(b.set) {
		b.until, b.step = time.Time{}, 0
	}
}

// left returns how long the pause lasts from now on, and what caused it; 0 and nil when there is none.
func (b *backoff) left(now time.Time) (time.Duration, *Error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !now.Before(b.until) {
		return 0, nil
	}
	return b.until.Sub(now), b.cause
}

// The pauses after a 429 or 503, of the API and of the token endpoint. A longer Retry-After is taken for the longest.
const (
	firstPause    = time.Second
	maxPause      = time.Minute
	maxRetryAfter = 5 * time.Minute
)

// noteBusy begins the pause of the API after a 429, and after a 503 that names a Retry-After, and ends it after any other
// answer. A 503 without one may be about one path; GETs are repeated after it, see retryWait.
func (c *Client) noteBusy(e *Error, a Answer) {
	switch kind := kindOf(a.Status); {
	case kind == RateLimited, kind == Unavailable && a.RetryAfter > 0:
		c.pause.fail(e, a.Began, c.now(), a.RetryAfter, steps{firstPause, maxPause})
	case kind != Unavailable:
		c.pause.succeed(a.Began)
	}
}

// errPaused says that a request was not sent because the API asked everybody to wait.
var errPaused = errors.New("the API asked for a pause that is not over")

// paused is the error of a request that may not be sent yet; nil when it may. wait is the longest time that is waited
// for the end of the pause.
func (c *Client) paused(ctx context.Context, r Request, wait time.Duration) *Error {
	left, cause := c.pause.left(c.now())
	if cause == nil {
		return nil
	}
	if left <= wait {
		if !sleep(ctx, spread(left)) {
			return notSent(r, ctx.Err())
		}
		if left, cause = c.pause.left(c.now()); cause == nil {
			return nil
		}
	}
	e := notSent(r, errPaused)
	e.kinds = append(e.kinds, Paused)
	e.kinds = append(e.kinds, cause.kinds...)
	e.RetryAfter = wholeSeconds(left)
	return e
}

// sleep waits, or reports that the caller gave up.
func sleep(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// spread makes a wait up to a quarter longer, so that those who wait for the same moment do not send together.
func spread(wait time.Duration) time.Duration { return wait + random(wait/4) }

// random returns a time from 0 up to a limit.
func random(limit time.Duration) time.Duration {
	return rand.N(limit + 1) //nolint:gosec // spreads requests: to guess it gains nobody anything
}

// wholeSeconds rounds up to seconds, because Retry-After headers and pages say seconds.
func wholeSeconds(d time.Duration) time.Duration {
	return (d + time.Second - 1).Truncate(time.Second)
}
