package protime_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"protime-admin/protime"
)

const (
	prefix = "/connector/protimeapi/api/v1"
	agent  = "ProtimeAdmin/test (acme)"
	secret = "s3cret+/with spaces & \"quotes\""
)

// api is a tenant for one test: a token endpoint, and the API below its prefix. A request that goes anywhere else,
// or that comes without the headers that the API demands, fails the test.
type api struct {
	*httptest.Server
	t *testing.T

	tokenCalls atomic.Int64
	calls      atomic.Int64
	// token answers the token endpoint; nil: a new token of half an hour for each call.
	token http.HandlerFunc
	// accept decides on an access token; nil: any that was given.
	accept func(token string) bool
}

func newAPI(t *testing.T, handler http.HandlerFunc) *api {
	t.Helper()
	a := &api{t: t}
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("User-Agent"); got != agent {
			t.Errorf("%s %s: User-Agent: got %q, want %q", r.Method, r.URL, got, agent)
		}
		switch {
		case r.URL.Path == "/tenants/acme/connect/token":
			a.tokenCalls.Add(1)
			a.serveToken(w, r)
		case strings.HasPrefix(r.URL.Path, prefix+"/"):
			a.calls.Add(1)
			given := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
			if given == "" || a.accept != nil && !a.accept(given) {
				http.Error(w, `{"error":{"code":"Unauthorized","message":"no"}}`, http.StatusUnauthorized)
				return
			}
			handler(w, r)
		default:
			t.Errorf("a request left the API's prefix: %s %s", r.Method, r.URL)
			w.WriteHeader(http.StatusTeapot)
		}
	}))
	t.Cleanup(a.Close)
	return a
}

func (a *api) serveToken(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "" {
		a.t.Errorf("the token request carries an Authorization header")
	}
	if err := r.ParseForm(); err != nil {
		a.t.Errorf("token request: %v", err)
	}
	for name, want := range map[string]string{
		"grant_type": "client_credentials", "client_id": "client", "client_secret": secret,
	} {
		if got := r.PostForm.Get(name); got != want {
			a.t.Errorf("token request: %s: got %q, want %q", name, got, want)
		}
	}
	if a.token != nil {
		a.token(w, r)
		return
	}
	a.give(w, r.PostForm.Get("scope"))
}

// give answers with a token that tells how many there were before.
func (a *api) give(w http.ResponseWriter, scope string) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"access_token": fmt.Sprintf("token-number-%d", a.tokenCalls.Load()),
		"token_type":   "Bearer", "expires_in": 1800, "scope": scope,
	})
}

// client returns a client of the tenant that does not dawdle.
func (a *api) client(adjust ...func(*protime.Config)) *protime.Client {
	a.t.Helper()
	config := protime.Config{
		BaseURL: a.URL + prefix, TokenURL: a.URL + "/tenants/acme/connect/token",
		ClientID: "client", ClientSecret: secret, UserAgent: agent,
		Scopes:  []string{"connector-protimeapi-clockings.read", "connector-protimeapi-clockings.write"},
		Backoff: time.Millisecond, LongestWait: 10 * time.Millisecond,
	}
	for _, f := range adjust {
		f(&config)
	}
	c, err := protime.New(config)
	if err != nil {
		a.t.Fatalf("New: %v", err)
	}
	return c
}

// answering is a handler that always says the same.
func answering(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// hangUp is a handler that takes the request and closes the connection, after writing what it is given.
func hangUp(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(conn, text)
		_ = conn.Close()
	}
}

// clock is a clock that a test moves.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time           { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) forward(d time.Duration)  { c.ahead.Add(int64(d)) }
func (c *clock) config(p *protime.Config) { p.Now = c.now }
