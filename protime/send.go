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
	// Again is asked, for a write that the API did not take for its pace alone, whether it is sent once more: after a
	// 429, after a 503 of the API's own that names a Retry-After, and while the pause lasts that one of them began. wait
	// is how long the pause lasts. It returns when the write may be sent, and false to give up. nil: never.
	Again func(ctx context.Context, wait time.Duration) bool
}

// Send makes one call and returns what came back, beside an error too as far as it is known. Errors are *Error.
//
// A GET is repeated a few times when the server is busy or the connection breaks, and once with a new token after a 401
// to a token that is over a minute old. A write is sent once. It is sent a second time only after a 401 that is about
// the token alone (the token had expired by our clock, or the answer says invalid_token), and where Request.Again says
// so after a refusal for the pace. Answer.Earlier has each attempt before the last that was sent.
//
// After a 429, and after a 503 that names a Retry-After, the client sends nothing for a while: a GET waits for the end
// of a pause up to LongestWait, everything else fails at once with an error that matches Paused and Unreached, unless
// Request.Again waits for it.
//
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
		return Answer{Method: r.Method}, notSent(r, err)
	}
	if len(r.Body) > 0 && !json.Valid(r.Body) {
		return Answer{Method: r.Method, URL: address}, notSent(r, errors.New("the request's body is not JSON"))
	}
	if r.Method != http.MethodGet {
		return c.sendWrite(ctx, r, address, limit)
	}
	return c.getWithRetry(ctx, r, address, limit)
}

// monitorLimit bounds the body of a status monitor in bytes.
const monitorLimit = 64 << 10

// StatusMonitor reads the Operation-Location of a 202 (documentation: general specs, older edition). What is published
// of it is its path alone, so that every answer with a status is returned without an error: also a refusal, and a body
// that is cut off or longer than 64 KB as far as it was read. A location that is not on the API's own scheme and host
// is refused with an error that matches Unreached: the token would go with it.
func (c *Client) StatusMonitor(ctx context.Context, operationLocation string) (Answer, error) {
	r := Request{Method: http.MethodGet, Path: operationLocation}
	path, ok := c.HostPath(operationLocation)
	if !ok {
		return Answer{Method: r.Method}, notSent(r, errOtherHost)
	}
	answer, err := c.getWithRetry(ctx, r, c.base.Scheme+"://"+c.base.Host+path, monitorLimit)
	if answer.Status != 0 {
		return answer, nil
	}
	return answer, err
}

// exchange sends one HTTP request and fills in the answer. Nothing else in the package uses the network, except for tokens.
func (c *Client) exchange(ctx context.Context, r Request, t *token, a *Answer, limit int64) *Error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	if err := ctx.Err(); err != nil {
		return notSent(r, err)
	}
	var reached reach
	request, err := c.request(reached.watch(ctx), r, a.URL, t)
	if err != nil {
		return notSent(r, err)
	}
	sender := c.writes
	if r.Method == http.MethodGet {
		sender = c.reads
	}
	began := time.Now()
	a.Began = c.now()
	defer func() { a.Duration = time.Since(began) }()
	response, err := sender.Do(request)
	a.Sent = reached.mayHaveSent()
	if err != nil {
		return noAnswer(*a, r.Path, c.tokens.hide(t, err))
	}
	defer response.Body.Close()
	if response.StatusCode > 299 {
		limit = min(limit, c.record)
	}
	body, err := read(response.Body, limit)
	c.fill(a, response, t, body)
	if a.Status < 200 || a.Status > 299 {
		e := statusError(*a, r.Path, c.tokens.fresh(t)) // a cut-off error body still is that error
		c.noteBusy(e, *a)
		return e
	}
	c.pause.succeed(a.Began)
	switch problem := badBody(r.Method, response.Header, a.Body); {
	case errors.As(err, new(tooMuch)):
		return badAnswer(*a, r.Path, err)
	case err != nil:
		return noAnswer(*a, r.Path, fmt.Errorf("the body is cut off: %w", err))
	case problem != nil:
		return badAnswer(*a, r.Path, problem)
	}
	return nil
}

// request builds the HTTP request with the headers that the API requires (documentation: general specs).
func (c *Client) request(ctx context.Context, r Request, address string, t *token) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, r.Method, address, nil)
	if err != nil {
		return nil, errors.New("the request cannot be made")
	}
	if r.Method != http.MethodGet {
		request.Body, request.ContentLength = writeBody(r.Body), int64(len(r.Body))
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Authorization", "Bearer "+t.value)
	request.Header.Set("User-Agent", c.agent)
	if len(r.Body) > 0 {
		request.Header.Set("Content-Type", "application/json")
	}
	if r.IfMatch != "" {
		request.Header.Set("If-Match", r.IfMatch)
	}
	return request, nil
}

// fill copies the response into the answer, without secrets.
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
		return body[:limit], tooMuch(fmt.Sprintf("the body is larger than the limit of %d bytes", limit))
	}
	return body, err
}

// badBody refuses the body of a success that cannot be the API's. Answers to writes may be empty; what else they
// hold is only shown, so that nothing but a web page, which comes from something between us and the API, is refused.
func badBody(method string, header http.Header, body []byte) error {
	switch empty := len(bytes.TrimLeft(body, " \t\r\n")) == 0; {
	case !empty && isHTML(header, body):
		return errors.New("the body is HTML, not JSON")
	case empty && method == http.MethodGet:
		return errors.New("the body is empty, not JSON")
	}
	return nil
}

// isHTML reports whether a body is a web page, which a gateway or a sign-in page sends and the API does not.
func isHTML(header http.Header, body []byte) bool {
	kind, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	return strings.EqualFold(strings.TrimSpace(kind), "text/html") ||
		bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("<"))
}

// retryAfter parses Retry-After as seconds or as a date, at most maxRetryAfter. It is 0 for anything else and for a date
// in the past.
func retryAfter(text string, now time.Time) time.Duration {
	if text = strings.TrimSpace(text); text == "" {
		return 0
	}
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return min(time.Duration(seconds)*time.Second, maxRetryAfter)
	}
	at, err := http.ParseTime(text)
	if err != nil || !at.After(now) {
		return 0
	}
	return min(at.Sub(now), maxRetryAfter)
}
