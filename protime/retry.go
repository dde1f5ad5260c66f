package protime

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"syscall"
	"time"
)

// patiently sends a GET: again with a new token after a 401, again after a wait when the server is busy for a short
// while or the connection broke before an answer.
func (c *Client) patiently(ctx context.Context, r Request, address string, limit int64) (Answer, error) {
	renewed := false
	for attempt := 1; ; attempt++ {
		t, err := c.tokens.take(ctx)
		if err != nil {
			return Answer{Method: r.Method, URL: address, Attempts: attempt - 1}, untokened(r, err)
		}
		answer, err := c.exchange(ctx, r, address, t, limit)
		answer.Attempts = attempt
		if err == nil {
			return answer, nil
		}
		if answer.Status == http.StatusUnauthorized && !renewed && c.tokens.refuse(t) {
			renewed = true
			continue
		}
		wait, again := c.again(answer, err, attempt)
		if !again || !pause(ctx, wait) {
			return answer, err
		}
	}
}

// again decides whether a GET that failed is worth another attempt, and after how long.
func (c *Client) again(a Answer, err error, attempt int) (time.Duration, bool) {
	busy := a.Status == http.StatusTooManyRequests || a.Status == http.StatusServiceUnavailable
	if attempt >= c.attempts || !busy && !broken(a, err) {
		return 0, false
	}
	if a.RetryAfter > 0 {
		return a.RetryAfter, a.RetryAfter <= c.longest
	}
	wait := min(c.backoff<<(attempt-1), c.longest)
	return wait/2 + rand.N(wait/2+1), true //nolint:gosec // spreads attempts: to guess it gains nobody anything
}

// broken reports whether the connection failed before a status came. Names that do not resolve and certificates that
// do not hold are left out: they do not heal within a second.
func broken(a Answer, err error) bool {
	if a.Status != 0 {
		return false
	}
	for _, cause := range []error{io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.ECONNREFUSED, syscall.EPIPE} {
		if errors.Is(err, cause) {
			return true
		}
	}
	return false
}

// pause waits, or reports that the caller gave up.
func pause(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
