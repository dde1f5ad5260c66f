// Package protime is a client of the Protime API: it asks for one token and shares it, sends one request at a time
// and says what came of it, reads lists page by page, and keeps records as the raw text that the server gave.
//
// Start at Client: Get, List, Create, Replace and Delete call Send; Send calls sendWrite or getWithRetry, and both call
// exchange, which makes one HTTP request. What comes back is an Answer (status, Location, ETag, duration, the call
// itself) and, when it is not what was asked for, one *Error that tells by behaviour what happened:
// errors.Is(err, NotFound). A write that may have been acted on is never sent again, by this package or by net/http;
// when its answer does not come, the error matches Unanswered, which means that the outcome is unknown.
//
// Record is the raw JSON text with an index of its members, so that what a person did not touch goes back byte for
// byte. Filter builds the expressions of lists and splits those that would make a URI too long.
//
// The package imports nothing of the product but the contract, and can be used without it.
package protime

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"protime-admin/protime/contract"
)

// Config is what a Client needs. Zero values of the optional fields take the default that their comment names.
type Config struct {
	BaseURL      string   // of the API, with its path: https://acme.myprotime.eu/connector/protimeapi/api/v1
	TokenURL     string   // of the token endpoint
	ClientID     string   // client credentials, sent as form fields
	ClientSecret string   // never in an Answer or an error
	Scopes       []string // asked for; refused with invalid_scope, the token is asked for once more without them
	UserAgent    string   // required by the API on every request (documentation: general specs)

	// HTTP carries the requests; nil: default settings. It is copied, with redirects, cookies and HTTP/2 switched off.
	// A Transport that is not an *http.Transport must not repeat requests by itself.
	HTTP *http.Client
	// Timeout bounds one exchange, from dialling to the last byte of the body; 0: 30 seconds.
	Timeout time.Duration
	// Attempts bounds how often a GET is sent when the server is busy or the connection breaks; 0: 3.
	Attempts int
	// Backoff is the wait before the second attempt of a GET, doubled before each further one; 0: 200 ms.
	Backoff time.Duration
	// LongestWait is the longest Retry-After that a GET waits out by itself; 0: 2 seconds.
	LongestWait time.Duration
	// RecordLimit bounds the body of one record in bytes; 0: 4 MB. PageLimit bounds one page of a list; 0: 32 MB.
	RecordLimit, PageLimit int64
	// Lists bounds what one List reads.
	Lists ListLimits
	// Contract names the personal members that are dropped while decoding; nil: everything is kept.
	Contract *contract.Contract
	// Now is the clock for the token's age, pauses and Retry-After dates; nil: time.Now.
	Now func() time.Time
}

// Client speaks to one tenant of the API. It is safe for concurrent use.
type Client struct {
	base     *url.URL
	agent    string
	reads    *http.Client
	writes   *http.Client
	tokens   *tokens
	pause    *backoff
	timeout  time.Duration
	attempts int
	backoff  time.Duration
	longest  time.Duration
	record   int64
	page     int64
	lists    ListLimits
	personal []personal
	now      func() time.Time
}

// New checks the configuration and returns a client; it makes no call. Plain http is taken for loopback hosts only,
// because the client secret and every record would otherwise cross the network in the clear.
func New(c Config) (*Client, error) {
	base, err := endpoint("BaseURL", c.BaseURL)
	if err != nil {
		return nil, err
	}
	base.Path, base.RawPath = strings.TrimRight(base.Path, "/"), ""
	if _, err := endpoint("TokenURL", c.TokenURL); err != nil {
		return nil, err
	}
	if c.ClientID == "" || c.ClientSecret == "" {
		return nil, errors.New("protime: ClientID and ClientSecret are required")
	}
	if strings.TrimSpace(c.UserAgent) == "" {
		return nil, errors.New("protime: UserAgent is required: the API asks for one on every request")
	}
	client := &Client{
		base:     base,
		agent:    c.UserAgent,
		pause:    new(backoff),
		timeout:  or(c.Timeout, 30*time.Second),
		attempts: or(c.Attempts, 3),
		backoff:  or(c.Backoff, 200*time.Millisecond),
		longest:  or(c.LongestWait, 2*time.Second),
		record:   or(c.RecordLimit, 4<<20),
		page:     or(c.PageLimit, 32<<20),
		lists:    c.Lists.orDefaults(),
		personal: personalOf(c.Contract),
		now:      c.Now,
	}
	client.reads, client.writes = transports(c.HTTP)
	if client.now == nil {
		client.now = time.Now
	}
	client.tokens = newTokens(c, client)
	return client, nil
}

// errNoRecord says that an answer is JSON and no record.
var errNoRecord = errors.New("the body is not an object")

// Get reads one record. The path is relative to the API's base and escaped (see Path), the query is encoded and
// without "?". Errors are *Error; an empty body, HTML and text that is not JSON match BadAnswer and keep the status.
func (c *Client) Get(ctx context.Context, path, query string) (Record, Answer, error) {
	answer, err := c.send(ctx, Request{Method: http.MethodGet, Path: path, Query: query}, c.record)
	if err != nil {
		return Record{}, answer, err
	}
	record, err := ParseRecord(answer.Body)
	if err != nil {
		return Record{}, answer, badAnswer(answer, path, err)
	}
	if c.sensitive(path) {
		record = c.reduce(path, record)
		answer.Body = record.Raw()
	}
	if !record.isObject() {
		return Record{}, answer, badAnswer(answer, path, errNoRecord)
	}
	return record, answer, nil
}

// Create posts a body to a collection: 201 with a Location, or 202 with an Operation-Location. It is sent once.
func (c *Client) Create(ctx context.Context, path string, body []byte) (Answer, error) {
	return c.Send(ctx, Request{Method: http.MethodPost, Path: path, Body: body})
}

// Replace puts a full record in place of another: fields that are left out are emptied. It is sent once. ifMatch is
// the ETag of the GET that the record came from, "" when there was none.
func (c *Client) Replace(ctx context.Context, path string, body []byte, ifMatch string) (Answer, error) {
	return c.Send(ctx, Request{Method: http.MethodPut, Path: path, Body: body, IfMatch: ifMatch})
}

// Delete deletes a record, with a JSON body where the collection takes one (usages), else nil. It is sent once.
func (c *Client) Delete(ctx context.Context, path string, body []byte, ifMatch string) (Answer, error) {
	return c.Send(ctx, Request{Method: http.MethodDelete, Path: path, Body: body, IfMatch: ifMatch})
}

// endpoint parses an address from the configuration. The message names the field, not the value, which may hold
// a password.
func endpoint(name, text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("protime: %s is not an address such as https://host/path", name)
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return nil, fmt.Errorf("protime: %s must be https (http is for loopback hosts)", name)
	}
	return u, nil
}

// or returns the value, or the default where the value is zero or less.
func or[T int | int64 | time.Duration](value, fallback T) T {
	if value <= 0 {
		return fallback
	}
	return value
}
