package protime_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"protime-admin/protime"
)

func TestOneTokenIsSharedByEverybody(t *testing.T) {
	a := newAPI(t, answering(200, "application/json", "{}"))
	c := a.client()
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if _, _, err := c.Get(t.Context(), "/clockings/1", ""); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := a.tokenCalls.Load(); got != 1 {
		t.Errorf("tokens asked for: got %d, want 1", got)
	}
}

func TestA401RenewsTheTokenOnceForAllWhoWait(t *testing.T) {
	var revoked atomic.Bool
	a := newAPI(t, answering(200, "application/json", "{}"))
	a.accept = func(token string) bool { return !revoked.Load() || token != "token-number-1" }
	var ticks clock
	c := a.client(ticks.config)
	if _, _, err := c.Get(t.Context(), "/clockings/1", ""); err != nil {
		t.Fatal(err)
	}
	ticks.forward(61 * time.Second)
	revoked.Store(true)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if _, _, err := c.Get(t.Context(), "/clockings/1", ""); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := a.tokenCalls.Load(); got != 2 {
		t.Errorf("tokens asked for: got %d, want 2", got)
	}
}

func TestA401OnAYoungTokenIsAMissingScope(t *testing.T) {
	a := newAPI(t, answering(200, "application/json", "{}"))
	a.accept = func(string) bool { return false }
	var ticks clock
	c := a.client(ticks.config)
	for range 3 {
		_, _, err := c.Get(t.Context(), "/clockings/1", "")
		var failed *protime.Error
		if !errors.As(err, &failed) || !errors.Is(err, protime.Unauthorized) || !failed.Fresh {
			t.Fatalf("got %v, want a fresh 401", err)
		}
	}
	if calls, tokens := a.calls.Load(), a.tokenCalls.Load(); calls != 3 || tokens != 1 {
		t.Errorf("got %d calls and %d tokens, want 3 and 1", calls, tokens)
	}
	ticks.forward(61 * time.Second)
	if _, _, err := c.Get(t.Context(), "/clockings/1", ""); !errors.Is(err, protime.Unauthorized) {
		t.Fatalf("got %v", err)
	}
	if calls, tokens := a.calls.Load(), a.tokenCalls.Load(); calls != 5 || tokens != 2 {
		t.Errorf("an old token: got %d calls and %d tokens, want 5 and 2", calls, tokens)
	}
}

func TestInvariant3_AWriteIsNotRepeatedForAMissingScope(t *testing.T) {
	a := newAPI(t, answering(201, "application/json", ""))
	a.accept = func(string) bool { return false }
	var ticks clock
	c := a.client(ticks.config)
	_, err := c.Create(t.Context(), "/clockings", []byte("{}"))
	var failed *protime.Error
	if !errors.As(err, &failed) || !failed.Is(protime.Unauthorized) || !failed.Fresh {
		t.Fatalf("got %v, want a fresh 401", err)
	}
	if got := a.calls.Load(); got != 1 {
		t.Errorf("requests: got %d, want 1", got)
	}
}

func TestATokenIsRenewedShortlyBeforeItEnds(t *testing.T) {
	a := newAPI(t, answering(200, "application/json", "{}"))
	var ticks clock
	c := a.client(ticks.config)
	for _, step := range []struct {
		forward time.Duration
		tokens  int64
	}{{0, 1}, {28 * time.Minute, 1}, {time.Minute + time.Second, 2}, {time.Minute, 2}} {
		ticks.forward(step.forward)
		if _, _, err := c.Get(t.Context(), "/clockings/1", ""); err != nil {
			t.Fatal(err)
		}
		if got := a.tokenCalls.Load(); got != step.tokens {
			t.Errorf("after %v: got %d tokens, want %d", step.forward, got, step.tokens)
		}
	}
}

// What the token endpoint answers to a scope that it does not know is not published.
func TestScopesAreLeftOutWhateverShapeTheirRefusalHas(t *testing.T) {
	for _, tt := range []struct {
		name   string
		status int
		body   string
		again  bool
	}{
		{"RFC 6749", 400, `{"error":"invalid_scope"}`, true},
		{"an error of the API, wrapped", 400, `{"error":{"code":"BadRequest","message":"The scope is unknown"}}`, true},
		{"the same with reasons", 400, `{"error":{"code":"BadRequest","message":"no","reasons":["scope"]}}`, true},
		{"the model's validation", 400, `{"validationErrors":["scope"]}`, true},
		{"a scope that is forbidden", 403, `{"error":{"code":"Forbidden","message":"no"}}`, true},
		{"another client", 401, `{"error":"invalid_client"}`, false},
		{"another client, wrapped", 400, `{"error":{"code":"invalid_client","message":"no"}}`, false},
		{"a gateway's page", 403, `<html>no</html>`, false},
		{"an endpoint that is busy", 429, `{"error":{"code":"TooMany","message":"no"}}`, false},
		{"an endpoint that is broken", 500, `{"error":{"code":"Broken","message":"no"}}`, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := newAPI(t, answering(200, "application/json", "{}"))
			a.token = func(w http.ResponseWriter, r *http.Request) {
				if r.PostForm.Has("scope") {
					answering(tt.status, "application/json", tt.body)(w, r)
					return
				}
				a.give(w, "a.read")
			}
			var ticks clock
			grant, err := a.client(ticks.config).Granted(t.Context())
			if got := a.tokenCalls.Load(); (got == 2) != tt.again || (err == nil) != tt.again || grant.Has("a.read") != tt.again {
				t.Errorf("got %d token calls, error %v and %+v, want another try: %v", got, err, grant, tt.again)
			}
		})
	}
}

func TestATokenThatHasEndedAlreadyIsUsedForAMinute(t *testing.T) {
	for _, life := range []string{"-1", "0", "-2000000000"} {
		a := newAPI(t, answering(200, "application/json", "{}"))
		a.token = answering(200, "application/json", `{"access_token":"token-number-1","token_type":"Bearer","expires_in":`+life+`}`)
		var ticks clock
		c := a.client(ticks.config)
		for range 50 {
			if _, _, err := c.Get(t.Context(), "/clockings/1", ""); err != nil {
				t.Fatal(err)
			}
		}
		if got := a.tokenCalls.Load(); got != 1 {
			t.Errorf("expires_in %s: got %d tokens for 50 calls, want 1", life, got)
		}
		ticks.forward(time.Minute)
		if _, _, err := c.Get(t.Context(), "/clockings/1", ""); err != nil || a.tokenCalls.Load() != 2 {
			t.Errorf("expires_in %s: after a minute: got %v and %d tokens, want 2", life, err, a.tokenCalls.Load())
		}
	}
}

func TestRefusedScopesAreLeftOutAndWhatWasGrantedIsTold(t *testing.T) {
	a := newAPI(t, answering(200, "application/json", "{}"))
	a.token = func(w http.ResponseWriter, r *http.Request) {
		if r.PostForm.Has("scope") {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(400)
			_, _ = io.WriteString(w, `{"error":"invalid_scope"}`)
			return
		}
		a.give(w, "b.read a.read")
	}
	var ticks clock
	c := a.client(ticks.config)
	if known, granted := c.Grants("a.read"); known || granted {
		t.Errorf("before the first token: got known %v, granted %v", known, granted)
	}
	grant, err := c.Granted(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !grant.Known || !slices.Equal(grant.Scopes, []string{"a.read", "b.read"}) || grant.Has("c.read") {
		t.Errorf("got %+v", grant)
	}
	if known, granted := c.Grants("b.read"); !known || !granted {
		t.Errorf("b.read: got known %v, granted %v", known, granted)
	}
	if known, granted := c.Grants("c.read"); !known || granted {
		t.Errorf("c.read: got known %v, granted %v", known, granted)
	}
	if got := a.tokenCalls.Load(); got != 2 {
		t.Errorf("token calls: got %d, want 2", got)
	}
	ticks.forward(time.Hour)
	if _, err := c.Granted(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := a.tokenCalls.Load(); got != 3 {
		t.Errorf("token calls after the renewal: got %d, want 3: refused scopes are not asked for again", got)
	}
}

func TestGrantedScopesWithoutAnAnswerAreThoseAskedFor(t *testing.T) {
	a := newAPI(t, answering(200, "application/json", "{}"))
	a.token = func(w http.ResponseWriter, _ *http.Request) { a.give(w, "") }
	c := a.client()
	if _, err := c.Granted(t.Context()); err != nil {
		t.Fatal(err)
	}
	if known, granted := c.Grants("connector-protimeapi-clockings.write"); !known || !granted {
		t.Errorf("asked for: got known %v, granted %v", known, granted)
	}
	unscoped := a.client(func(p *protime.Config) { p.Scopes = nil })
	if _, err := unscoped.Granted(t.Context()); err != nil {
		t.Fatal(err)
	}
	if known, _ := unscoped.Grants("connector-protimeapi-clockings.write"); known {
		t.Error("nothing asked for, nothing said: the grant cannot be known")
	}
}

func TestInvariant7_TokenErrorsDoNotTellTheSecret(t *testing.T) {
	quoted, _ := json.Marshal(secret)
	tests := []struct {
		name   string
		token  http.HandlerFunc
		status int
		kinds  []protime.Kind
	}{
		{"a refused client", answering(401, "application/json", `{"error":"invalid_client","error_description":`+
			string(quoted)+`}`), 401, nil},
		{"an echo of the form", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(400)
			_, _ = io.WriteString(w, r.PostForm.Encode())
		}, 400, nil},
		{"a page of a proxy", answering(502, "text/html", "<html>"+secret), 502, []protime.Kind{protime.ServerFault}},
		{"too many tokens", answering(429, "application/json", `{}`), 429, []protime.Kind{protime.RateLimited}},
		{"maintenance", answering(503, "text/html", ``), 503, []protime.Kind{protime.Unavailable}},
		{"a redirect", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere?"+secret, http.StatusFound)
		}, 302, nil},
		{"no token in the answer", answering(200, "application/json", `{"x":`+string(quoted)+`}`), 0, nil},
		{"not JSON", answering(200, "application/json", secret), 0, nil},
		{"no answer", hangUp(""), 0, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := newAPI(t, answering(200, "application/json", "{}"))
			a.token = test.token
			c := a.client()
			answer, err := c.Create(t.Context(), "/clockings", []byte("{}"))
			var failed *protime.Error
			if !errors.As(err, &failed) {
				t.Fatalf("got %v, want *protime.Error", err)
			}
			for _, kind := range append(test.kinds, protime.NoToken, protime.Unreached) {
				if !errors.Is(err, kind) {
					t.Errorf("got %v, want one that is %q", failed.Kinds(), string(kind))
				}
			}
			if failed.Status != test.status || failed.Op != "token" || failed.Left() || answer.Sent {
				t.Errorf("got %+v, sent %v", failed, answer.Sent)
			}
			if text := fmt.Sprintf("%v %+v %#v %s", err, err, *failed, failed.Body); strings.Contains(text, "s3cret") {
				t.Errorf("the error tells the secret: %s", text)
			}
			if got := a.calls.Load(); got != 0 {
				t.Errorf("the API was called %d times without a token", got)
			}
		})
	}
}

func TestARateLimitedTokenEndpointIsLeftAlone(t *testing.T) {
	a := newAPI(t, answering(200, "application/json", "{}"))
	busy := atomic.Bool{}
	busy.Store(true)
	a.token = func(w http.ResponseWriter, _ *http.Request) {
		if !busy.Load() {
			a.give(w, "")
			return
		}
		w.Header().Set("Retry-After", "60")
		w.WriteHeader(429)
	}
	var ticks clock
	c := a.client(ticks.config)
	for range 3 {
		_, _, err := c.Get(t.Context(), "/clockings/1", "")
		var failed *protime.Error
		if !errors.As(err, &failed) || !failed.Is(protime.RateLimited) || failed.RetryAfter <= 0 {
			t.Fatalf("got %v", err)
		}
	}
	if got := a.tokenCalls.Load(); got != 1 {
		t.Errorf("token calls: got %d, want 1", got)
	}
	busy.Store(false)
	ticks.forward(time.Minute)
	if _, _, err := c.Get(t.Context(), "/clockings/1", ""); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

func TestACallerWhoGivesUpDoesNotTakeTheTokenFromTheOthers(t *testing.T) {
	a := newAPI(t, answering(200, "application/json", "{}"))
	asked, answer := make(chan struct{}), make(chan struct{})
	a.token = func(w http.ResponseWriter, _ *http.Request) {
		close(asked)
		<-answer
		a.give(w, "")
	}
	c := a.client()
	hasty, giveUp := context.WithCancel(t.Context())
	gaveUp, patient := make(chan error), make(chan error)
	go func() {
		_, _, err := c.Get(hasty, "/clockings/1", "")
		gaveUp <- err
	}()
	<-asked
	go func() {
		_, _, err := c.Get(t.Context(), "/clockings/1", "")
		patient <- err
	}()
	giveUp()
	err := <-gaveUp
	if !errors.Is(err, protime.Canceled) || !errors.Is(err, protime.Unreached) || !errors.Is(err, context.Canceled) {
		t.Errorf("who gave up: got %v", err)
	}
	close(answer)
	if err := <-patient; err != nil {
		t.Errorf("who waited: got %v", err)
	}
}
