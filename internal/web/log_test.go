package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"protime-admin/internal/web"
)

// line is what a test reads of a log line.
type line struct {
	Level, Msg, ID, Session, User, Method, Path, Took, Ended, Stack string
	Status, Bytes                                                   int
}

// site is a server with a chain, its log, and what it counts.
type site struct {
	t        *testing.T
	url      string
	log      bytes.Buffer  // read when the server has closed, or has been waited for
	mu       sync.Mutex    // of observed
	observed []string      // read when the requests have ended
	ended    chan struct{} // one for each request
}

func newSite(t *testing.T, routes http.Handler) *site {
	t.Helper()
	s := &site{t: t, ended: make(chan struct{}, 100)}
	server := httptest.NewUnstartedServer(nil)
	s.url = "http://" + server.Listener.Addr().String()
	public, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	plain := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
	}
	chain := web.New(web.Options{
		Public: public, Logger: web.NewLogger(&s.log, slog.HandlerOptions{}), Now: time.Now, Styles: []string{style()},
		BodyLimit: func(string) int64 { return 1 << 10 },
		Observe: func(method string, status int, _ time.Duration) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.observed = append(s.observed, method+" "+http.StatusText(status))
			if status == web.StatusClientGone {
				s.observed[len(s.observed)-1] = method + " gone"
			}
		},
		Refuse: web.Refusals{
			NotFound: plain(http.StatusNotFound), CrossOrigin: plain(http.StatusForbidden),
			OtherHost: func(w http.ResponseWriter, _ *http.Request, _ string) { w.WriteHeader(http.StatusMisdirectedRequest) },
			Panic:     func(w http.ResponseWriter) { w.WriteHeader(http.StatusInternalServerError) },
		},
	}, routes)
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { s.ended <- struct{}{} }()
		chain.ServeHTTP(w, r)
	})
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.Start()
	t.Cleanup(server.Close)
	return s
}

// lines are the log lines of the requests so far, of which count have been sent.
func (s *site) lines(count int) []line {
	s.t.Helper()
	for range count {
		<-s.ended
	}
	var all []line
	for text := range strings.Lines(s.log.String()) {
		var l line
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			s.t.Fatalf("%v: %s", err, text)
		}
		all = append(all, l)
	}
	return all
}

func (s *site) get(ctx context.Context, path string) (int, string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+path, nil)
	if err != nil {
		return 0, "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, string(body), err
}

func TestEveryRequestLeavesALine(t *testing.T) {
	page := strings.Repeat("<p>row</p>", 1000)
	for _, test := range []struct {
		name    string
		handler http.HandlerFunc
		status  int
		ended   string
		counted string
		whole   bool // the client has a complete response
	}{
		{"a page", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, page) },
			200, "", "GET OK", true},
		{"a page that breaks off half-way", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, page)
			panic(http.ErrAbortHandler)
		}, 200, "response broke off", "GET Internal Server Error", false},
		{"a panic before the first byte", func(http.ResponseWriter, *http.Request) { panic("oops") },
			500, "", "GET Internal Server Error", true},
		{"a panic half-way", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, page)
			panic(errors.New("oops"))
		}, 200, "response broke off", "GET Internal Server Error", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newSite(t, test.handler)
			_, _, err := s.get(t.Context(), "/list?name=Maes")
			if (err == nil) != test.whole {
				t.Errorf("the client: got %v, want a complete response: %v", err, test.whole)
			}
			lines := s.lines(1)
			got := lines[len(lines)-1]
			if got.Msg != "request" || got.Level != "INFO" || got.Status != test.status || got.Ended != test.ended || got.Path != "/list" {
				t.Errorf("got %+v, want status %d and %q", got, test.status, test.ended)
			}
			if strings.HasPrefix(test.name, "a page") && got.Bytes == 0 {
				t.Error("got no bytes, want those that were written")
			}
			if _, err := time.ParseDuration(got.Took); err != nil {
				t.Errorf("took: got %q, want a duration with its unit", got.Took)
			}
			if len(s.observed) != 1 || s.observed[0] != test.counted {
				t.Errorf("counted: got %q, want %q", s.observed, test.counted)
			}
			if len(lines) == 2 && (lines[0].Msg != "panic" || lines[0].ID != got.ID || lines[0].Stack == "") {
				t.Errorf("got %+v, want the panic with the request's id %s", lines[0], got.ID)
			}
		})
	}
}

// TestAPartOfAResponseIsNotTakenForAllOfIt: over HTTP/1.0 the end of the connection is the end of the response.
func TestAPartOfAResponseIsNotTakenForAllOfIt(t *testing.T) {
	s := newSite(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("<p>row</p>", 1000))
		_ = http.NewResponseController(w).Flush()
		if r.URL.Path == "/part" {
			panic(http.ErrAbortHandler)
		}
	}))
	for path, whole := range map[string]bool{"/all": true, "/part": false} {
		connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(connection, "GET "+path+" HTTP/1.0\r\nHost: "+connection.RemoteAddr().String()+"\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(connection); (err == nil) != whole {
			t.Errorf("%s: got %v, want a clean end: %v", path, err, whole)
		}
		_ = connection.Close()
	}
}

func TestAClientThatGoesAwayIsNoFailureOfOurs(t *testing.T) {
	for _, test := range []struct {
		name  string
		first string // what is sent before the client goes
	}{
		{"before the first byte", ""},
		{"half-way", strings.Repeat("<p>row</p>", 1000)},
	} {
		t.Run(test.name, func(t *testing.T) {
			begun := make(chan struct{})
			s := newSite(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.WriteString(w, test.first)
				_ = http.NewResponseController(w).Flush()
				close(begun)
				<-r.Context().Done()
				if !web.ClientGone(r.Context()) {
					t.Error("ClientGone: got false, want true")
				}
				w.WriteHeader(http.StatusBadGateway) // as for an API that did not answer
			}))
			ctx, leave := context.WithCancel(t.Context())
			go func() { <-begun; leave() }()
			if _, _, err := s.get(ctx, "/"); err == nil {
				t.Error("the client: got an answer, want to be gone")
			}
			got := s.lines(1)[0]
			if got.Level != "INFO" || got.Status != web.StatusClientGone || got.Ended != "client went away" {
				t.Errorf("got %+v, want INFO, 499 and why", got)
			}
			if s.observed[0] != "GET gone" {
				t.Errorf("counted: got %q, want it apart", s.observed)
			}
		})
	}
}

func TestLinesSayWho(t *testing.T) {
	var logger *slog.Logger
	s := newSite(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/signed-in" {
			web.SetUser(r.Context(), "s-1", "d1ge57")
		}
		logger.WarnContext(r.Context(), "inside")
	}))
	logger = web.NewLogger(&s.log, slog.HandlerOptions{})
	for _, path := range []string{"/", "/signed-in"} {
		if _, _, err := s.get(t.Context(), path); err != nil {
			t.Fatal(err)
		}
	}
	lines := s.lines(2)
	if len(lines) != 4 {
		t.Fatalf("got %d lines, want two for each request", len(lines))
	}
	for i, l := range lines {
		session, user := "", ""
		if i >= 2 {
			session, user = "s-1", "d1ge57"
		}
		if len(l.ID) != 16 || l.ID != lines[i/2*2].ID || l.Session != session || l.User != user {
			t.Errorf("line %d: got %+v, want an id, session %q and user %q", i, l, session, user)
		}
	}
}

func TestALineIsShortWhateverIsAsked(t *testing.T) {
	s := newSite(t, http.NotFoundHandler())
	if _, _, err := s.get(t.Context(), "/"+strings.Repeat("é", 10_000)); err != nil {
		t.Fatal(err)
	}
	got := s.lines(1)[0]
	if len(got.Path) > 600 || !strings.HasSuffix(got.Path, "(20001 bytes)") || strings.ContainsRune(got.Path, '\ufffd') {
		t.Errorf("path: got %d bytes that end in %q, want about 512 and the length", len(got.Path), got.Path[max(0, len(got.Path)-20):])
	}
}
