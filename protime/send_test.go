package protime_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"protime-admin/protime"
)

// failure returns the error as its type.
func failure(t *testing.T, err error) *protime.Error {
	t.Helper()
	var failed *protime.Error
	if !errors.As(err, &failed) {
		t.Fatalf("got %v, want *protime.Error", err)
	}
	return failed
}

func TestAFailedWriteSaysWhatItsAnswerProves(t *testing.T) {
	const started = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"id\":"
	const refusal = `{"error":{"code":"BadRequest","message":"The request was invalid"}}`
	tests := []struct {
		name    string
		handler http.HandlerFunc
		kinds   []protime.Kind
		not     []protime.Kind
		status  int
		fromAPI bool
		html    bool
	}{
		{"the connection closes after the request", hangUp(""),
			[]protime.Kind{protime.Unanswered}, []protime.Kind{protime.Unreached, protime.Timeout}, 0, false, false},
		{"the status line is cut off", hangUp("HTTP/1.1 20"),
			[]protime.Kind{protime.Unanswered}, []protime.Kind{protime.Unreached}, 0, false, false},
		{"the answer is not HTTP", hangUp("SSH-2.0\r\n\r\n"),
			[]protime.Kind{protime.Unanswered}, []protime.Kind{protime.Unreached}, 0, false, false},
		{"the body is cut off", hangUp(started),
			[]protime.Kind{protime.Unanswered, protime.BadAnswer}, nil, 200, false, false},
		{"a success is a web page", answering(200, "text/html; charset=utf-8", "<html>please sign in"),
			[]protime.Kind{protime.BadAnswer}, []protime.Kind{protime.Unanswered}, 200, false, true},
		{"a success is a web page that says it is JSON", answering(200, "application/json", "\n <html>"),
			[]protime.Kind{protime.BadAnswer}, nil, 200, false, true},
		{"a gateway got no answer", answering(502, "text/html", "<html>"),
			[]protime.Kind{protime.ServerFault}, nil, 502, false, true},
		{"a gateway waited too long", answering(504, "text/plain", "upstream"),
			[]protime.Kind{protime.ServerFault}, nil, 504, false, false},
		{"a gateway's maintenance", answering(503, "text/html", "<html>"),
			[]protime.Kind{protime.Unavailable}, []protime.Kind{protime.ServerFault}, 503, false, true},
		{"the API's maintenance", answering(503, "application/json", refusal),
			[]protime.Kind{protime.Unavailable}, nil, 503, true, false},
		{"the server says it failed", answering(500, "application/json", `{}`),
			[]protime.Kind{protime.ServerFault}, nil, 500, false, false},
		{"a refusal", answering(400, "application/json", refusal),
			[]protime.Kind{protime.Invalid}, nil, 400, true, false},
		{"a refused body", answering(400, "application/json", `{"code":"BadRequest","validationErrors":[]}`),
			[]protime.Kind{protime.Invalid}, nil, 400, true, false},
		{"a refusal in another shape", answering(400, "application/json", `{"title":"Bad Request","errors":{}}`),
			[]protime.Kind{protime.Invalid}, nil, 400, false, false},
		{"a refusal without a body", answering(409, "", ""), []protime.Kind{protime.Conflict}, nil, 409, false, false},
		{"a refusal that is cut off", hangUp("HTTP/1.1 409 Conflict\r\nContent-Length: 100\r\n\r\n{\"er"),
			[]protime.Kind{protime.Conflict}, []protime.Kind{protime.Unanswered}, 409, false, false},
		{"see another page", redirect(303), []protime.Kind{protime.BadAnswer}, nil, 303, false, false},
		{"send it elsewhere", redirect(307), []protime.Kind{protime.BadAnswer}, nil, 307, false, false},
		{"send it elsewhere from now on", redirect(308), []protime.Kind{protime.BadAnswer}, nil, 308, false, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := newAPI(t, test.handler)
			for method, call := range map[string]func(*protime.Client) (protime.Answer, error){
				"POST": func(c *protime.Client) (protime.Answer, error) {
					return c.Create(t.Context(), "/clockings", []byte(`{"id":1}`))
				},
				"PUT": func(c *protime.Client) (protime.Answer, error) {
					return c.Replace(t.Context(), "/clockings/1", []byte(`{"id":1}`), "")
				},
				"DELETE": func(c *protime.Client) (protime.Answer, error) {
					return c.Delete(t.Context(), "/clockings/1", nil, "")
				},
			} {
				before := a.calls.Load()
				answer, err := call(a.client())
				failed := failure(t, err)
				for _, kind := range test.kinds {
					if !errors.Is(err, kind) {
						t.Errorf("%s: got %q, want one that is %q", method, failed.Kinds(), string(kind))
					}
				}
				for _, kind := range test.not {
					if errors.Is(err, kind) {
						t.Errorf("%s: got one that is %q", method, string(kind))
					}
				}
				if failed.Status != test.status || answer.Status != test.status {
					t.Errorf("%s: status: got %d and %d, want %d", method, failed.Status, answer.Status, test.status)
				}
				if failed.FromAPI != test.fromAPI || failed.HTML != test.html || !failed.Left() || !answer.Sent {
					t.Errorf("%s: got from the API %v, HTML %v, left %v, sent %v, want %v, %v and sent", method,
						failed.FromAPI, failed.HTML, failed.Left(), answer.Sent, test.fromAPI, test.html)
				}
				if kept := protime.Refusal(answer); test.status >= 300 && (kept.FromAPI != test.fromAPI || kept.HTML != test.html) {
					t.Errorf("%s, kept: got from the API %v, HTML %v", method, kept.FromAPI, kept.HTML)
				}
				if sent := a.calls.Load() - before; sent != 1 {
					t.Errorf("%s: sent %d times, want once", method, sent)
				}
			}
		})
	}
}

func redirect(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "/somewhere/else")
		w.WriteHeader(status)
	}
}

func TestAWriteThatNeverLeftIsNotUnknown(t *testing.T) {
	a := newAPI(t, answering(201, "application/json", ""))
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	encrypted := httptest.NewUnstartedServer(http.NotFoundHandler())
	encrypted.Config.ErrorLog = log.New(io.Discard, "", 0) // it logs the handshake that fails
	encrypted.StartTLS()
	t.Cleanup(encrypted.Close)
	noName := &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if strings.HasPrefix(address, "127.0.0.1:") {
				return (&net.Dialer{}).DialContext(ctx, network, address)
			}
			return nil, &net.DNSError{Err: "no such host", Name: "api.invalid", IsNotFound: true}
		},
	}}
	tests := []struct {
		name   string
		adjust func(*protime.Config)
		body   string
	}{
		{"nobody listens", func(p *protime.Config) { p.BaseURL = closed.URL + "/api" }, "{}"},
		{"the name is unknown", func(p *protime.Config) {
			p.BaseURL, p.HTTP = "https://api.invalid/api", noName
		}, "{}"},
		{"the certificate is not trusted", func(p *protime.Config) { p.BaseURL = encrypted.URL + "/api" }, "{}"},
		{"the body is not JSON", func(*protime.Config) {}, "{"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			answer, err := a.client(test.adjust).Create(t.Context(), "/clockings", []byte(test.body))
			failed := failure(t, err)
			if !failed.Is(protime.Unreached) || failed.Is(protime.Unanswered) || failed.Left() || answer.Sent {
				t.Errorf("got %q (%v), sent %v", failed.Kinds(), err, answer.Sent)
			}
		})
	}
	t.Run("the caller has given up before", func(t *testing.T) {
		c := a.client()
		if _, err := c.Granted(t.Context()); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := c.Create(ctx, "/clockings", []byte("{}"))
		failed := failure(t, err)
		if !failed.Is(protime.Unreached) || !failed.Is(protime.Canceled) || failed.Left() {
			t.Errorf("got %q", failed.Kinds())
		}
	})
	if got := a.calls.Load(); got != 0 {
		t.Errorf("%d requests arrived", got)
	}
}

func TestATimeOutSaysHowFarTheRequestCame(t *testing.T) {
	release := make(chan struct{})
	a := newAPI(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.ReadAll(r.Body)
		<-release
	})
	defer close(release)
	c := a.client(func(p *protime.Config) { p.Timeout = 400 * time.Millisecond })
	_, err := c.Create(t.Context(), "/clockings", []byte("{}"))
	failed := failure(t, err)
	if !failed.Is(protime.Timeout) || !failed.Is(protime.Unanswered) || !failed.Left() {
		t.Errorf("a write: got %q", failed.Kinds())
	}
	_, _, err = c.Get(t.Context(), "/clockings/1", "")
	if failed := failure(t, err); !failed.Is(protime.Timeout) || !failed.Left() {
		t.Errorf("a GET: got %q", failed.Kinds())
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for a.calls.Load() < 3 {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	_, err = a.client().Create(ctx, "/clockings", []byte("{}"))
	failed = failure(t, err)
	if !failed.Is(protime.Canceled) || !failed.Is(protime.Unanswered) || !failed.Left() {
		t.Errorf("a write that was given up: got %q", failed.Kinds())
	}
	if got := a.calls.Load(); got != 3 {
		t.Errorf("requests: got %d, want 3: a time-out is not tried again", got)
	}
}

// A transport that tells nothing, such as one for tracing, must not make "unknown" look like "nothing happened".
func TestATransportThatDoesNotReportIsTakenToHaveSent(t *testing.T) {
	a := newAPI(t, answering(201, "application/json", ""))
	silent := &http.Client{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/token") {
			return http.DefaultTransport.RoundTrip(r)
		}
		return nil, errors.New("lost somewhere")
	})}
	_, err := a.client(func(p *protime.Config) { p.HTTP = silent }).Create(t.Context(), "/clockings", []byte("{}"))
	if failed := failure(t, err); !failed.Is(protime.Unanswered) || !failed.Left() {
		t.Errorf("got %q", failed.Kinds())
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestAGetIsRepeatedWhileTheServerIsBusyForAShortWhile(t *testing.T) {
	tests := []struct {
		name  string
		first http.HandlerFunc
		times int64 // that the first handler answers
		calls int64
		kind  protime.Kind // "" when it succeeds in the end
	}{
		{"rate limited for longer than a GET waits", busy(429, ""), 9, 1, protime.RateLimited},
		{"unavailable twice", busy(503, "0"), 2, 3, ""},
		{"unavailable for good", busy(503, ""), 9, 3, protime.Unavailable},
		{"rate limited for a minute", busy(429, "60"), 9, 1, protime.RateLimited},
		{"the connection breaks", hangUp(""), 1, 2, ""},
		{"the connection breaks for good", hangUp(""), 9, 3, protime.Unanswered},
		{"the body is cut off", hangUp("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), 9, 1, protime.BadAnswer},
		{"a fault", busy(500, ""), 9, 1, protime.ServerFault},
		{"a bad gateway", busy(502, ""), 9, 1, protime.ServerFault},
		{"not found", busy(404, ""), 9, 1, protime.NotFound},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var a *api
			a = newAPI(t, func(w http.ResponseWriter, r *http.Request) {
				if a.calls.Load() <= test.times {
					test.first(w, r)
					return
				}
				_, _ = io.WriteString(w, "{}")
			})
			_, answer, err := a.client(oneByOne).Get(t.Context(), "/clockings/1", "")
			if test.kind == "" && err != nil || test.kind != "" && !errors.Is(err, test.kind) {
				t.Errorf("got %v, want %q", err, string(test.kind))
			}
			if got := a.calls.Load(); got != test.calls || len(answer.Earlier)+1 != int(test.calls) {
				t.Errorf("sent %d times, the answer has %d earlier ones, want %d calls", got, len(answer.Earlier), test.calls)
			}
		})
	}
}

// oneByOne takes a connection per request: on a kept one the transport repeats a GET by itself.
func oneByOne(p *protime.Config) {
	p.HTTP = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
}

func TestRetryAfterIsReadAsSecondsAndAsADate(t *testing.T) {
	now := time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	tests := map[string]time.Duration{
		"60": time.Minute, " 5 ": 5 * time.Second, "0": 0, "-5": 0, "": 0, "soon": 0, "1.5": 0,
		"99999999999999999999":          0,
		"Mon, 05 Jan 2026 08:02:00 GMT": 2 * time.Minute, "Mon, 05 Jan 2026 07:00:00 GMT": 0,
	}
	for header, want := range tests {
		a := newAPI(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", header)
			w.WriteHeader(429)
		})
		c := a.client(func(p *protime.Config) {
			p.Now, p.Attempts = func() time.Time { return now }, 1
		})
		_, answer, err := c.Get(t.Context(), "/clockings/1", "")
		// Where the server names no time, the client's own pause is told.
		if failed := failure(t, err); failed.RetryAfter != max(want, time.Second) || answer.RetryAfter != want {
			t.Errorf("%q: got %v and %v, want %v", header, failed.RetryAfter, answer.RetryAfter, want)
		}
	}
}

func TestAGetThatDoesNotAnswerJSONKeepsItsStatus(t *testing.T) {
	tests := map[string]http.HandlerFunc{
		"an empty body":    answering(200, "application/json", ""),
		"blanks":           answering(200, "application/json", " \n"),
		"no content":       answering(204, "application/json", ""),
		"a web page":       answering(200, "text/html", "<!doctype html>"),
		"cut-off JSON":     answering(200, "application/json", `{"id":`),
		"more than one":    answering(200, "application/json", `{} {}`),
		"a string":         answering(200, "application/json", `"x"`),
		"not UTF-8":        answering(200, "application/json", "{\"a\":\"\xff\"}"),
		"too deep":         answering(200, "application/json", strings.Repeat("[", 200)+strings.Repeat("]", 200)),
		"too large":        answering(200, "application/json", `{"a":"`+strings.Repeat("x", 2000)+`"}`),
		"moved":            redirect(301),
		"found elsewhere":  redirect(302),
		"unchanged":        answering(304, "application/json", ""),
		"a cut-off body":   hangUp("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"),
		"a cut-off stream": hangUp("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"),
	}
	for name, handler := range tests {
		t.Run(name, func(t *testing.T) {
			a := newAPI(t, handler)
			_, answer, err := a.client(func(p *protime.Config) { p.RecordLimit = 1000 }).Get(t.Context(), "/clockings/1", "")
			failed := failure(t, err)
			if !failed.Is(protime.BadAnswer) || failed.Status == 0 || answer.Status != failed.Status {
				t.Errorf("got %v, status %d", err, answer.Status)
			}
			if got := a.calls.Load(); got != 1 {
				t.Errorf("sent %d times", got)
			}
		})
	}
}

func TestInvariant7_AnEchoOfTheTokenIsTakenOut(t *testing.T) {
	echo := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Debug", r.Header.Get("Authorization"))
			w.Header().Set("Location", prefix+"/x?"+secret)
			w.WriteHeader(status)
			_, _ = fmt.Fprintf(w, `{"error":{"code":"E","message":"%s and s3cret"}}`, r.Header.Get("Authorization"))
		}
	}
	for _, status := range []int{200, 400, 500} {
		a := newAPI(t, echo(status))
		a.token = func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"access_token":"eyJhbGciOi.very.private","token_type":"Bearer","expires_in":1800}`)
		}
		answer, err := a.client().Create(t.Context(), "/clockings", []byte("{}"))
		text := fmt.Sprintf("%+v %s %v %#v", answer, answer.Body, err, err)
		if strings.Contains(text, "very.private") || strings.Contains(text, "with spaces") {
			t.Errorf("%d: got %s", status, text)
		}
		if !strings.Contains(string(answer.Body), "[removed]") {
			t.Errorf("%d: got the body %s", status, answer.Body)
		}
	}
}
