package protime

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"syscall"
	"time"
)

// sendWrite sends a write once. It sends it again only where the API certainly did not act on it: with a new token after
// a 401 for the token alone (it had expired by our clock, or the answer says invalid_token), and as long as
// Request.Again says so after a refusal for the pace.
func (c *Client) sendWrite(ctx context.Context, r Request, address string, limit int64) (Answer, error) {
	var earlier []Attempt
	renewed := false
	for {
		tried, err := c.attempt(ctx, r, address, limit, earlier)
		switch {
		case tried.Status == http.StatusUnauthorized && !renewed && c.renewed(tried, err):
			renewed = true
		case r.Again != nil && paced(err) && r.Again(ctx, waitOf(err)):
		default:
			return tried.Answer, err
		}
		if tried.Sent {
			earlier = tried.attempts()
		}
	}
}

// renewed reports whether a write that was answered 401 was refused for its token alone and may be sent with another one.
func (c *Client) renewed(tried attempted, err error) bool {
	expired := !c.now().Before(tried.token.expires)
	return c.tokens.refuse(tried.token, saysInvalidToken(err)) && (expired || saysInvalidToken(err))
}

// paced reports whether a write was not acted on because the API, or its token endpoint, asks for fewer requests. A web
// page is a gateway's answer and says nothing of what the API did.
func paced(err error) bool {
	var e *Error
	if !errors.As(err, &e) || e.HTML {
		return false
	}
	return e.Is(Paused) && (e.Is(RateLimited) || e.Is(Unavailable)) || e.Status == http.StatusTooManyRequests && e.left ||
		e.Status == http.StatusServiceUnavailable && e.left && e.FromAPI && e.RetryAfter > 0
}

// waitOf returns for how long an error asks to wait.
func waitOf(err error) time.Duration {
	var e *Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.RetryAfter
}

// getWithRetry sends a GET: again with a new token after a 401, again after a wait when the server is busy for a short
// while or the connection broke before an answer.
func (c *Client) getWithRetry(ctx context.Context, r Request, address string, limit int64) (Answer, error) {
	var earlier []Attempt
	renewed := false
	for {
		tried, err := c.attempt(ctx, r, address, limit, earlier)
		if err == nil || tried.token == nil {
			return tried.Answer, err
		}
		wait, again := c.retryWait(tried.Answer, err)
		if tried.Status == http.StatusUnauthorized && !renewed {
			renewed = c.tokens.refuse(tried.token, saysInvalidToken(err))
			again = renewed
		}
		if !again || !sleep(ctx, wait) {
			return tried.Answer, err
		}
		earlier = tried.attempts()
	}
}

// attempted is an answer with the token that it was asked for with; nil when nothing was sent.
type attempted struct {
	Answer
	token *token
}

// attempts returns the earlier attempts with this one.
func (a attempted) attempts() []Attempt {
	return append(slices.Clip(a.Earlier), Attempt{
		Began: a.Began, Duration: a.Duration, Status: a.Status, Header: a.Header, Body: beginning(a.Body),
	})
}

// attempt sends a request once, with the token of the moment, unless there is a pause or no token.
func (c *Client) attempt(
	ctx context.Context, r Request, address string, limit int64, earlier []Attempt,
) (attempted, error) {
	tried := attempted{Answer: Answer{Method: r.Method, URL: address, RequestBody: r.Body, IfMatch: r.IfMatch}}
	wait := c.longest
	if r.Method != http.MethodGet {
		wait = 0
	}
	var failed *Error
	if failed = c.paused(ctx, r, wait); failed == nil {
		t, err := c.tokens.take(ctx)
		if err != nil {
			failed = withoutToken(r, err)
		} else {
			tried.token = t
			failed = c.exchange(ctx, r, t, &tried.Answer, limit)
		}
	}
	tried.Earlier = earlier
	if failed == nil {
		return tried, nil
	}
	failed.Earlier = earlier
	return tried, failed
}

// saysInvalidToken reports whether an error says that the token itself was refused (RFC 6750, 3.1).
func saysInvalidToken(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.invalidToken
}

// retryWait decides whether a GET that failed is worth another attempt, and after how long.
func (c *Client) retryWait(a Answer, err error) (time.Duration, bool) {
	attempts := len(a.Earlier) + 1
	busy := a.Status == http.StatusTooManyRequests || a.Status == http.StatusServiceUnavailable
	if attempts >= c.attempts || !busy && !broken(a, err) {
		return 0, false
	}
	if left, _ := c.pause.left(c.now()); left > 0 {
		return 0, left <= c.longest // the next attempt waits for the end of the pause
	}
	wait := min(c.backoff<<(attempts-1), c.longest)
	return wait/2 + random(wait/2), true
}

// broken reports whether the connection failed before a status came. Names that do not resolve and certificates that
// are not valid are left out: a second attempt would fail too.
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
