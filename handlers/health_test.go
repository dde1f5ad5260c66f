package handlers

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// probed asks a server's probes from an address that is not its own.
func probed(s *Server, path string) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	request := httptest.NewRequest(http.MethodGet, "http://10.0.0.7"+path, nil)
	s.probes(http.NotFoundHandler()).ServeHTTP(answer, request)
	return answer
}

func says(err error) func(context.Context) error {
	return func(context.Context) error { return err }
}

// TestReadinessIsAboutThisProcessAlone: what it depends on is listed, and only start and stop count.
func TestReadinessIsAboutThisProcessAlone(t *testing.T) {
	ready := false
	s := &Server{base: "/portal", Options: Options{
		Logger: slog.New(slog.DiscardHandler), Ready: func() bool { return ready },
		Health: map[string]func(context.Context) error{
			"audit log": says(nil), "identity provider": says(errors.New("dial tcp 192.0.2.1: no route")),
		},
	}}
	for _, test := range []struct {
		ready bool
		want  int
	}{{false, http.StatusServiceUnavailable}, {true, http.StatusOK}, {false, http.StatusServiceUnavailable}} {
		ready = test.ready
		for _, path := range []string{"/readyz", "/portal/readyz"} {
			got := probed(s, path)
			if got.Code != test.want {
				t.Errorf("ready %v, %s: got %d, want %d", test.ready, path, got.Code, test.want)
			}
			body := got.Body.String()
			if !strings.Contains(body, `"audit log":"ok"`) || !strings.Contains(body, `"identity provider":"failing"`) ||
				strings.Contains(body, "192.0.2.1") {
				t.Errorf("got %s, want each dependency and no more of it", body)
			}
		}
		if got := probed(s, "/healthz").Code; got != http.StatusOK {
			t.Errorf("ready %v, /healthz: got %d, want 200", test.ready, got)
		}
	}
}

func TestADependencyThatHangsHoldsNoProbeForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		s := &Server{Options: Options{
			Logger: slog.New(slog.DiscardHandler), Ready: func() bool { return true },
			Health: map[string]func(context.Context) error{
				"audit log":         func(ctx context.Context) error { asked.Add(1); <-ctx.Done(); return ctx.Err() },
				"protime":           func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() },
				"identity provider": says(nil),
			},
		}}
		began := time.Now()
		for range 100 {
			got := probed(s, "/readyz")
			want := `"dependencies":{"audit log":"failing","identity provider":"ok","protime":"failing"}`
			if got.Code != http.StatusOK || !strings.Contains(got.Body.String(), want) {
				t.Errorf("got %d %s, want 200 and %s", got.Code, got.Body, want)
			}
		}
		if took := time.Since(began); took != healthTimeout {
			t.Errorf("100 probes: got %v, want %v for all dependencies together", took, healthTimeout)
		}
		if got := asked.Load(); got != 1 {
			t.Errorf("asked: got %d times, want once for all probes", got)
		}
		time.Sleep(healthFor)
		probed(s, "/readyz")
		if got := asked.Load(); got != 2 {
			t.Errorf("asked: got %d times, want again after %v", got, healthFor)
		}
	})
}
