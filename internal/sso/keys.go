package sso

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// keyInterval is the least time between two requests for the provider's keys. The library asks for them whenever no
	// key that it has verifies a token, and anybody can send tokens with key ids of their own making.
	keyInterval = time.Minute
	// keyRetry is the same after a request that failed.
	keyRetry        = 5 * time.Second
	maxProviderBody = 1 << 20 // bytes of one answer of the provider
)

// providerTransport limits answers of the provider to maxProviderBody, and answers requests for its keys from memory for
// keyInterval.
type providerTransport struct {
	next http.RoundTripper
	now  func() time.Time

	keysURL atomic.Pointer[url.URL] // nil before the metadata is known

	mu   sync.Mutex
	keys keyAnswer
}

// keyAnswer is the last answer to a request for keys.
type keyAnswer struct {
	until  time.Time // it is given again before
	status int
	header http.Header
	body   []byte
	err    error
}

// RoundTrip implements http.RoundTripper.
func (t *providerTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if keys := t.keysURL.Load(); keys == nil || r.URL.String() != keys.String() {
		return t.send(r)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.now().Before(t.keys.until) {
		t.keys = t.fetchKeys(r)
	}
	if t.keys.err != nil {
		return nil, t.keys.err
	}
	return &http.Response{
		StatusCode: t.keys.status, Status: http.StatusText(t.keys.status), Header: t.keys.header, Request: r,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Body: io.NopCloser(bytes.NewReader(t.keys.body)),
	}, nil
}

func (t *providerTransport) fetchKeys(r *http.Request) keyAnswer {
	failed := t.now().Add(keyRetry)
	response, err := t.send(r)
	if err != nil {
		return keyAnswer{until: failed, err: err}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	answer := keyAnswer{until: failed, status: response.StatusCode, header: response.Header, body: body, err: err}
	if err == nil && answer.status == http.StatusOK {
		answer.until = t.now().Add(keyInterval)
	}
	return answer
}

func (t *providerTransport) send(r *http.Request) (*http.Response, error) {
	next := t.next
	if next == nil {
		next = http.DefaultTransport
	}
	response, err := next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	response.Body = http.MaxBytesReader(nil, response.Body, maxProviderBody)
	return response, nil
}

// providerClient returns a copy of client with a providerTransport. It follows redirects on one host only, so that no
// code or secret reaches another.
func providerClient(client *http.Client, now func() time.Time) (*http.Client, *providerTransport) {
	transport := &providerTransport{next: client.Transport, now: now}
	copied := *client
	copied.Transport = transport
	copied.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		if first := via[0].URL; len(via) >= 5 || r.URL.Host != first.Host || r.URL.Scheme != first.Scheme {
			return http.ErrUseLastResponse
		}
		return nil
	}
	return &copied, transport
}

// oneLine shortens an error that may quote the provider's error page, and removes control characters.
func oneLine(err error) error {
	return errors.New(plainText(err.Error(), 200))
}
