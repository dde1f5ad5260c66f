package protime

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Request is one call. Path is relative to the API's base and escaped; Query is encoded, without "?".
type Request struct {
	Method  string
	Path    string
	Query   string
	Body    json.RawMessage
	IfMatch string
}

// errTooLarge says that a body passed its limit.
var errTooLarge = errors.New("the body is larger than the limit")

// Send makes one call and returns what came back, beside an error too as far as it is known. Errors are *Error.
//
// A GET is repeated a few times when the server is busy or the connection breaks. Anything else is never repeated
// once it may have been acted on. A 401 to a token that is over a minute old renews it, once for all who wait, and the
// call is made again with the new one: what was turned away at the door, a write too, was not acted on.
// Personal members are dropped from the body of a GET, as Get does. A canceled context stops a write at any point,
// which leaves its outcome unknown once it has left: pass a context that outlives the browser's request.
func (c *Client) Send(ctx context.Context, r Request) (Answer, error) {
	answer, err := c.send(ctx, r, c.record)
	if err != nil || r.Method != http.MethodGet || !c.sensitive(r.Path) {
		return answer, err
	}
	record, err := ParseRecord(answer.Body)
	if err != nil {
		answer.Body = nil
		return answer, badAnswer(answer, r.Path, err)
	}
	answer.Body = c.reduce(r.Path, record).Raw()
	return answer, nil
}

func (c *Client) send(ctx context.Context, r Request, limit int64) (Answer, error) {
	address, err := c.address(r.Path, r.Query)
	if err != nil {
		return Answer{Method: r.Method}, unsent(r, err)
	}
	if len(r.Body) > 0 && !json.Valid(r.Body) {
		return Answer{Method: r.Method, URL: address}, unsent(r, errors.New("the request's body is not JSON"))
	}
	if r.Method != http.MethodGet {
		return c.once(ctx, r, address, limit)
	}
	return c.patiently(ctx, r, address, limit)
}

// once sends a write; again only when its token was refused, and with it the write.
func (c *Client) once(ctx context.Context, r Request, address string, limit int64) (Answer, error) {
	for attempt := 1; ; attempt++ {
		t, err := c.tokens.take(ctx)
		if err != nil {
			return Answer{Method: r.Method, URL: address, RequestBody: r.Body, IfMatch: r.IfMatch}, untokened(r, err)
		}
		answer, err := c.exchange(ctx, r, address, t, limit)
		answer.Attempts = attempt
		if answer.Status != http.StatusUnauthorized || attempt > 1 || !c.tokens.refuse(t) {
			return answer, err
		}
	}
}

// exchange is the one place where a request meets the network.
func (c *Client) exchange(ctx context.Context, r Request, address string, t *token, limit int64) (Answer, error) {
	answer := Answer{Method: r.Method, URL: address, RequestBody: r.Body, IfMatch: r.IfMatch}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	if err := ctx.Err(); err != nil {
		return answer, unsent(r, err)
	}
	var reached reach
	request, err := c.request(reached.watch(ctx), r, address, t)
	if err != nil {
		return answer, unsent(r, err)
	}
	began := time.Now()
	response, err := c.http.Do(request)
	answer.Sent = reached.perhaps()
	if err != nil {
		answer.Duration = time.Since(began)
		return answer, lost(answer, r.Path, c.tokens.hide(t, err))
	}
	defer response.Body.Close()
	body, err := read(response.Body, limit)
	answer.Duration = time.Since(began)
	c.fill(&answer, response, t, body)
	if answer.Status < 200 || answer.Status > 299 {
		return answer, statusError(answer, r.Path, c.tokens.fresh(t)) // a cut-off error body still is that error
	}
	if errors.Is(err, errTooLarge) {
		return answer, badAnswer(answer, r.Path, fmt.Errorf("%w of %d bytes", err, limit))
	}
	if err != nil {
		return answer, lost(answer, r.Path, fmt.Errorf("the body is cut off: %w", err))
	}
	if err := plausible(r.Method, response.Header, answer.Body); err != nil {
		return answer, badAnswer(answer, r.Path, err)
	}
	return answer, nil
}

// request puts the headers on that the API asks for (documentation: general specs).
func (c *Client) request(ctx context.Context, r Request, address string, t *token) (*http.Request, error) {
	var body io.Reader
	if len(r.Body) > 0 {
		body = bytes.NewReader(r.Body)
	}
	request, err := http.NewRequestWithContext(ctx, r.Method, address, body)
	if err != nil {
		return nil, errors.New("the request cannot be made")
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Authorization", "Bearer "+t.value)
	request.Header.Set("User-Agent", c.agent)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if r.IfMatch != "" {
		request.Header.Set("If-Match", r.IfMatch)
	}
	return request, nil
}

// fill writes what the server said into the answer, without what is secret.
func (c *Client) fill(a *Answer, response *http.Response, t *token, body []byte) {
	scrub := func(text string) string { return c.tokens.scrub(t, text) }
	a.Status = response.StatusCode
	a.Header = visible(response.Header, scrub)
	a.Location = a.Header.Get("Location")
	a.OperationLocation = a.Header.Get("Operation-Location")
	a.ETag = a.Header.Get("ETag")
	a.RetryAfter = retryAfter(response.Header.Get("Retry-After"), c.now())
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	a.Body = c.tokens.scrubBody(t, body, response.StatusCode)
}

// read reads a body up to its limit and returns what came before a failure too.
func read(from io.Reader, limit int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(from, limit+1))
	if int64(len(body)) > limit {
		return body[:limit], errTooLarge
	}
	return body, err
}

// plausible refuses the body of a success that cannot be the API's. Answers to writes may be empty; what else they
// hold is only shown, so that nothing but a web page, which comes from something between us and the API, is refused.
func plausible(method string, header http.Header, body []byte) error {
	kind, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	text := bytes.TrimLeft(body, " \t\r\n")
	switch {
	case strings.EqualFold(strings.TrimSpace(kind), "text/html") && len(text) > 0, bytes.HasPrefix(text, []byte("<")):
		return errors.New("the body is HTML where JSON was due")
	case method == http.MethodGet && len(text) == 0:
		return errors.New("the body is empty where JSON was due")
	}
	return nil
}

// retryAfter reads the header as seconds or as a date; what is neither, or over, is 0.
func retryAfter(text string, now time.Time) time.Duration {
	if text = strings.TrimSpace(text); text == "" {
		return 0
	}
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	at, err := http.ParseTime(text)
	if err != nil || !at.After(now) {
		return 0
	}
	return at.Sub(now)
}
