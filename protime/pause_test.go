package protime_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"protime-admin/protime"
)

// direct returns a client that calls the tenant without a network, so that a test can run on a clock of its own.
func (a *api) direct(adjust ...func(*protime.Config)) *protime.Client {
	calls := roundTripper(func(r *http.Request) (*http.Response, error) {
		w := httptest.NewRecorder()
		if r.Body == nil {
			r.Body = http.NoBody
		}
		a.Config.Handler.ServeHTTP(w, r)
		return w.Result(), nil
	})
	return a.client(append([]func(*protime.Config){func(p *protime.Config) {
		p.HTTP, p.LongestWait, p.Backoff = &http.Client{Transport: calls}, 0, 0
	}}, adjust...)...)
}

// busy answers with a status and a Retry-After.
func busy(status int, wait string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if wait != "" {
			w.Header().Set("Retry-After", wait)
		}
		w.WriteHeader(status)
	}
}

// turns answers the first calls with one handler, and the later ones with "{}".
func (a *api) turns(calls *int64, first http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if a.calls.Load() <= *calls {
			first(w, r)
			return
		}
		answering(200, "application/json", "{}")(w, r)
	}
}

func TestAPauseOfTheAPIIsForEverybody(t *testing.T) {
	for _, status := range []int{429, 503} {
		a := newAPI(t, busy(status, "30"))
		synctest.Test(t, func(t *testing.T) {
			c := a.direct()
			_, _, err := c.Get(t.Context(), "/people", "")
			if failed := failure(t, err); failed.RetryAfter != 30*time.Second || failed.Is(protime.Paused) {
				t.Errorf("%d: got %v, wait %v", status, err, failed.RetryAfter)
			}
			time.Sleep(9500 * time.Millisecond)
			var all sync.WaitGroup
			for range 50 {
				all.Go(func() {
					_, _, err := c.Get(t.Context(), "/clockings/1", "")
					answer, writeErr := c.Create(t.Context(), "/clockings", []byte("{}"))
					for _, err := range []error{err, writeErr} {
						failed := failure(t, err)
						if !failed.Is(protime.Paused) || !failed.Is(protime.Unreached) || failed.Left() ||
							failed.RetryAfter != 21*time.Second {
							t.Errorf("%d: got %q, left %v, wait %v", status, failed.Kinds(), failed.Left(), failed.RetryAfter)
						}
					}
					if answer.Sent || answer.Status != 0 || !answer.Began.IsZero() {
						t.Errorf("%d: got %+v of a write that was not sent", status, answer)
					}
				})
			}
			all.Wait()
			if got := a.calls.Load(); got != 1 {
				t.Errorf("%d: %d calls, want 1", status, got)
			}
			time.Sleep(20500 * time.Millisecond)
			if _, err := c.Create(t.Context(), "/clockings", []byte("{}")); failure(t, err).Status != status {
				t.Errorf("%d: after the named seconds: got %v", status, err)
			}
		})
	}
}

func TestAShortPauseIsWaitedOutByAGet(t *testing.T) {
	for _, test := range []struct {
		name   string
		first  http.HandlerFunc
		times  int64
		failed protime.Kind // "" when it succeeds in the end
	}{
		{"with a Retry-After", busy(429, "2"), 1, ""},
		{"without one", busy(429, ""), 1, ""},
		{"a Retry-After of a 503", busy(503, "1"), 1, ""},
		{"a 503 without one", busy(503, ""), 2, ""},
		{"longer than a GET waits", busy(429, "3"), 1, protime.RateLimited},
	} {
		var a *api
		a = newAPI(t, func(w http.ResponseWriter, r *http.Request) { a.turns(&test.times, test.first)(w, r) })
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			_, answer, err := a.direct().Get(t.Context(), "/clockings/1", "")
			if test.failed == "" && err != nil || test.failed != "" && !errors.Is(err, test.failed) {
				t.Errorf("%s: got %v", test.name, err)
			}
			if took := time.Since(began); took > 3*time.Second {
				t.Errorf("%s: took %v", test.name, took)
			}
			if err == nil && (len(answer.Earlier) != int(test.times) || answer.Earlier[0].Status < 400 ||
				!answer.Began.After(answer.Earlier[0].Began)) {
				t.Errorf("%s: earlier attempts: got %+v", test.name, answer.Earlier)
			}
		})
	}
}

func TestAPauseGrowsWhileTheAPIRefusesAndEndsWithASuccess(t *testing.T) {
	refused := int64(10)
	var a *api
	a = newAPI(t, func(w http.ResponseWriter, r *http.Request) { a.turns(&refused, busy(429, ""))(w, r) })
	synctest.Test(t, func(t *testing.T) {
		c := a.direct()
		want := time.Second
		for range refused {
			_, err := c.Create(t.Context(), "/clockings", []byte("{}"))
			failed := failure(t, err)
			if failed.RetryAfter > want || failed.RetryAfter < want*3/4 {
				t.Errorf("got a wait of %v, want about %v", failed.RetryAfter, want)
			}
			time.Sleep(failed.RetryAfter)
			want = min(2*want, time.Minute)
		}
		if _, err := c.Create(t.Context(), "/clockings", []byte("{}")); err != nil {
			t.Errorf("at the end: %v", err)
		}
		refused = a.calls.Load() + 1
		if _, err := c.Create(t.Context(), "/clockings", []byte("{}")); failure(t, err).RetryAfter != time.Second {
			t.Errorf("after a success: got %v, want 1s again", failure(t, err).RetryAfter)
		}
	})
}

func TestALongRetryAfterOfTheAPIIsNotKeptToForHours(t *testing.T) {
	for _, wait := range []string{"86400", "2000000000", "Wed, 01 Jan 3000 00:00:00 GMT"} {
		refused := int64(1)
		var a *api
		a = newAPI(t, func(w http.ResponseWriter, r *http.Request) { a.turns(&refused, busy(429, wait))(w, r) })
		synctest.Test(t, func(t *testing.T) {
			c := a.direct()
			_, answer, err := c.Get(t.Context(), "/clockings/1", "")
			said := protime.Refusal(protime.Answer{Status: 429, Header: answer.Header})
			for _, got := range []time.Duration{failure(t, err).RetryAfter, answer.RetryAfter, said.RetryAfter} {
				if got != 5*time.Minute {
					t.Errorf("%s: got %v, want 5 minutes", wait, got)
				}
			}
			time.Sleep(5 * time.Minute)
			if _, _, err := c.Get(t.Context(), "/clockings/1", ""); err != nil {
				t.Errorf("%s: after five minutes: %v", wait, err)
			}
		})
	}
}

func TestAFailedTokenRequestPausesForEverybody(t *testing.T) {
	tests := []struct {
		name  string
		token http.HandlerFunc
		kind  protime.Kind
		waits []time.Duration
	}{
		{"429 without Retry-After", busy(429, ""), protime.RateLimited, seconds(1, 2, 4, 8, 16, 32, 60, 60)},
		{"503 without Retry-After", busy(503, ""), protime.Unavailable, seconds(1, 2, 4)},
		{"429 with a longer one", busy(429, "45"), protime.RateLimited, seconds(45, 45)},
		{"429 with an endless one", busy(429, "86400"), protime.RateLimited, seconds(300)},
		{"a fault", busy(500, ""), protime.ServerFault, seconds(1, 2, 4)},
		{"a refused client", answering(401, "application/json", `{"error":"invalid_client"}`), protime.NoToken,
			seconds(30, 60, 120, 240, 300, 300)},
		{"no token in the answer", answering(200, "application/json", `{}`), protime.NoToken, seconds(1, 2)},
		{"no connection", nil, protime.NoToken, seconds(1, 2, 4)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := newAPI(t, answering(200, "application/json", "{}"))
			a.token = test.token
			synctest.Test(t, func(t *testing.T) {
				asked := 0
				c := a.direct(func(p *protime.Config) {
					next := p.HTTP.Transport
					p.HTTP = &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
						asked++
						if test.token == nil {
							return nil, errors.New("connection refused")
						}
						return next.RoundTrip(r)
					})}
				})
				for i, want := range test.waits {
					var all sync.WaitGroup
					for range 20 {
						all.Go(func() {
							_, err := c.Create(t.Context(), "/clockings", []byte("{}"))
							failed := failure(t, err)
							if !failed.Is(protime.NoToken) || !failed.Is(protime.Unreached) || !failed.Is(test.kind) || failed.Left() {
								t.Errorf("pause %d: got %q", i, failed.Kinds())
							}
						})
					}
					all.Wait()
					_, err := c.Granted(t.Context())
					failed := failure(t, err)
					if !failed.Is(protime.Paused) || failed.RetryAfter > want || failed.RetryAfter < want*3/4 {
						t.Errorf("pause %d: got %q, wait %v, want about %v", i, failed.Kinds(), failed.RetryAfter, want)
					}
					if asked != i+1 {
						t.Fatalf("pause %d: %d requests for a token, want %d", i, asked, i+1)
					}
					time.Sleep(failed.RetryAfter)
				}
			})
		})
	}
}

func seconds(numbers ...int) []time.Duration {
	var all []time.Duration
	for _, n := range numbers {
		all = append(all, time.Duration(n)*time.Second)
	}
	return all
}

func TestATokenThatIsStillGoodIsUsedWhileItsRenewalFails(t *testing.T) {
	a := newAPI(t, answering(200, "application/json", "{}"))
	synctest.Test(t, func(t *testing.T) {
		c := a.direct()
		if _, err := c.Granted(t.Context()); err != nil {
			t.Fatal(err)
		}
		a.token = busy(503, "")
		time.Sleep(29 * time.Minute)
		_, _ = c.Granted(t.Context())
		if _, err := c.Create(t.Context(), "/clockings", []byte("{}")); err != nil {
			t.Errorf("within its life: %v", err)
		}
		time.Sleep(time.Minute)
		if _, err := c.Create(t.Context(), "/clockings", []byte("{}")); !errors.Is(err, protime.NoToken) {
			t.Errorf("after its life: got %v", err)
		}
	})
}

func TestAWriteIsRepeatedAfterA401ForItsTokenAlone(t *testing.T) {
	challenge := func(header, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", header)
			w.WriteHeader(401)
			_, _ = fmt.Fprint(w, body)
		}
	}
	const refused = `{"error":{"code":"Unauthorized","message":"no"}}`
	tests := []struct {
		name   string
		first  http.HandlerFunc
		age    time.Duration // of the token when the write begins
		during time.Duration // how long the API takes for its 401
		sent   int64
		tokens int64 // asked for, with that of the next call
	}{
		{"a young token", challenge("", refused), 0, 0, 1, 1},
		{"an old token: the next call has a new one", challenge(`Bearer error="insufficient_scope"`, refused), 2 * time.Minute, 0, 1, 2},
		{"a token that expired on the way", challenge("", refused), 28*time.Minute + 50*time.Second, 80 * time.Second, 2, 2},
		{"a header that says so", challenge(`Bearer realm="x", error="invalid_token", error_description="y"`, ""), 0, 0, 2, 2},
		{"a body that says so", challenge("", `{"error":"invalid_token"}`), 2 * time.Minute, 0, 2, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			one := int64(1)
			var a *api
			a = newAPI(t, func(w http.ResponseWriter, r *http.Request) {
				if a.calls.Load() == 1 {
					time.Sleep(test.during)
				}
				a.turns(&one, test.first)(w, r)
			})
			synctest.Test(t, func(t *testing.T) {
				c := a.direct(func(p *protime.Config) { p.Timeout = time.Hour })
				if _, err := c.Granted(t.Context()); err != nil {
					t.Fatal(err)
				}
				time.Sleep(test.age)
				answer, err := c.Create(t.Context(), "/clockings", []byte("{}"))
				if (err == nil) != (test.sent == 2) || a.calls.Load() != test.sent || len(answer.Earlier) != int(test.sent)-1 {
					t.Errorf("got %v after %d requests and %d earlier attempts, want %d requests", err, a.calls.Load(),
						len(answer.Earlier), test.sent)
				}
				for _, earlier := range answer.Earlier {
					if earlier.Status != 401 || earlier.Began.IsZero() || earlier.Duration != test.during ||
						earlier.Header.Get("WWW-Authenticate") == "" && len(earlier.Body) == 0 {
						t.Errorf("the earlier attempt: got %+v", earlier)
					}
				}
				if _, err := c.Create(t.Context(), "/clockings", []byte("{}")); err != nil {
					t.Errorf("the next write: %v", err)
				}
				if got := a.tokenCalls.Load(); got != test.tokens {
					t.Errorf("tokens: got %d, want %d", got, test.tokens)
				}
			})
		})
	}
}

func TestAnAPIThatCallsEveryTokenInvalidDoesNotGetOnePerWrite(t *testing.T) {
	a := newAPI(t, answering(401, "application/json", `{"error":"invalid_token"}`))
	synctest.Test(t, func(t *testing.T) {
		c := a.direct()
		for range 30 {
			if _, err := c.Create(t.Context(), "/clockings", []byte("{}")); !errors.Is(err, protime.Unauthorized) {
				t.Errorf("got %v", err)
			}
			time.Sleep(time.Second)
		}
	})
	if calls, tokens := a.calls.Load(), a.tokenCalls.Load(); calls != 31 || tokens != 2 {
		t.Errorf("got %d calls and %d tokens, want 31 and 2", calls, tokens)
	}
}

func TestA401IsKeptWhenNoTokenFollows(t *testing.T) {
	a := newAPI(t, answering(401, "application/json", `{"error":"invalid_token"}`))
	synctest.Test(t, func(t *testing.T) {
		c := a.direct()
		if _, err := c.Granted(t.Context()); err != nil {
			t.Fatal(err)
		}
		a.token = busy(503, "")
		answer, err := c.Create(t.Context(), "/clockings", []byte("{}"))
		failed := failure(t, err)
		if !failed.Is(protime.NoToken) || !failed.Is(protime.Unreached) || failed.Left() || answer.Sent || answer.Status != 0 {
			t.Errorf("got %q, left %v, %+v", failed.Kinds(), failed.Left(), answer)
		}
		for _, earlier := range [][]protime.Attempt{answer.Earlier, failed.Earlier} {
			if len(earlier) != 1 || earlier[0].Status != 401 || string(earlier[0].Body) != `{"error":"invalid_token"}` {
				t.Errorf("earlier attempts: got %+v", earlier)
			}
		}
		if got, want := err.Error(), "protime: token: 503 Service Unavailable (after an attempt that ended with 401)"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestAWriteThatWaitsIsSentAgainAfterARefusalForThePaceAlone(t *testing.T) {
	html := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(status)
			_, _ = fmt.Fprint(w, "<html>busy</html>")
		}
	}
	const own = `{"error":{"code":"ServiceUnavailable","message":"maintenance"}}`
	maintenance := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = fmt.Fprint(w, own)
	}
	tests := []struct {
		name    string
		refused http.HandlerFunc
		times   int64
		asked   int // how often it may be sent again; 0: nobody waits
		sent    int64
		waits   []time.Duration
	}{
		{"a 429", busy(429, "3"), 1, 9, 2, seconds(3)},
		{"several", busy(429, "3"), 3, 9, 4, seconds(3, 3, 4)},
		{"maintenance that names its end", maintenance, 1, 9, 2, seconds(7)},
		{"whoever waits gives up", busy(429, "3"), 3, 1, 2, seconds(3, 3)},
		{"nobody waits", busy(429, "3"), 1, 0, 1, nil},
		{"a gateway's page", html(429), 1, 9, 1, nil},
		{"a fault", answering(500, "application/json", "{}"), 1, 9, 1, nil},
		{"a refusal", answering(400, "application/json", "{}"), 1, 9, 1, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			left := test.times
			var a *api
			a = newAPI(t, func(w http.ResponseWriter, r *http.Request) { a.turns(&left, test.refused)(w, r) })
			synctest.Test(t, func(t *testing.T) {
				c := a.direct()
				var waits []time.Duration
				r := protime.Request{Method: http.MethodPost, Path: "/clockings", Body: []byte("{}")}
				if test.asked > 0 {
					r.Again = func(_ context.Context, wait time.Duration) bool {
						waits = append(waits, wait)
						time.Sleep(wait)
						return len(waits) <= test.asked
					}
				}
				answer, err := c.Send(t.Context(), r)
				if a.calls.Load() != test.sent || len(answer.Earlier) != int(test.sent)-1 {
					t.Errorf("%d requests and %d earlier attempts, want %d requests; %v", a.calls.Load(), len(answer.Earlier), test.sent, err)
				}
				if (err == nil) != (test.sent > test.times) {
					t.Errorf("got %v", err)
				}
				if !slices.Equal(waits, test.waits) {
					t.Errorf("waits: got %v, want %v", waits, test.waits)
				}
			})
		})
	}
}

func TestAWriteThatWaitsLeavesAfterThePause(t *testing.T) {
	one := int64(1)
	var a *api
	a = newAPI(t, func(w http.ResponseWriter, r *http.Request) { a.turns(&one, busy(429, "30"))(w, r) })
	synctest.Test(t, func(t *testing.T) {
		c := a.direct()
		_, _ = c.Create(t.Context(), "/clockings", []byte("{}")) // begins the pause
		began := time.Now()
		answer, err := c.Send(t.Context(), protime.Request{Method: http.MethodPost, Path: "/clockings", Body: []byte("{}"),
			Again: func(_ context.Context, wait time.Duration) bool { time.Sleep(wait); return true }})
		if err != nil || time.Since(began) != 30*time.Second || len(answer.Earlier) != 0 {
			t.Errorf("got %v after %v and %d earlier attempts, want 30 s and none", err, time.Since(began), len(answer.Earlier))
		}
	})
}
