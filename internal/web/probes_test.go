package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// probe asks a path of a chain by an address that is not the public one.
func probe(h http.Handler, path string) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "http://10.0.0.7"+path, nil))
	return answer
}

func probes(p Probes) http.Handler {
	return probed(Options{
		Public: &url.URL{Scheme: "https", Host: "times.acme.example", Path: "/portal"}, Probes: p,
		Logger: slog.New(slog.DiscardHandler),
	}, http.NotFoundHandler())
}

func says(err error) func(context.Context) error {
	return func(context.Context) error { return err }
}

func TestReadinessIsAboutThisProcessAlone(t *testing.T) {
	ready := false
	h := probes(Probes{
		Ready: func() bool { return ready },
		Dependencies: map[string]func(context.Context) error{
			"audit log": says(nil), "identity provider": says(errors.New("dial tcp 192.0.2.1: no route")),
		},
	})
	for _, test := range []struct {
		ready bool
		want  int
	}{{false, http.StatusServiceUnavailable}, {true, http.StatusOK}, {false, http.StatusServiceUnavailable}} {
		ready = test.ready
		for _, path := range []string{"/readyz", "/portal/readyz"} {
			got := probe(h, path)
			if got.Code != test.want {
				t.Errorf("ready %v, %s: got %d, want %d", test.ready, path, got.Code, test.want)
			}
			body := got.Body.String()
			if strings.Contains(body, `"stopping":true`) == test.ready {
				t.Errorf("ready %v: got %s, want it to say whether it stops", test.ready, body)
			}
			if !strings.Contains(body, `"audit log":"ok"`) || !strings.Contains(body, `"identity provider":"failing"`) ||
				strings.Contains(body, "192.0.2.1") {
				t.Errorf("got %s, want each dependency and no more of it", body)
			}
		}
		if got := probe(h, "/healthz").Code; got != http.StatusOK {
			t.Errorf("ready %v, /healthz: got %d, want 200", test.ready, got)
		}
	}
}

func TestADependencyThatHangsHoldsNoProbeForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		h := probes(Probes{
			Ready: func() bool { return true },
			Dependencies: map[string]func(context.Context) error{
				"audit log":         func(ctx context.Context) error { asked.Add(1); <-ctx.Done(); return ctx.Err() },
				"protime sign-in":   func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() },
				"identity provider": says(nil),
			},
		})
		began := time.Now()
		for range 100 {
			got := probe(h, "/readyz")
			want := `"dependencies":{"audit log":"failing","identity provider":"ok","protime sign-in":"failing"}`
			if got.Code != http.StatusOK || !strings.Contains(got.Body.String(), want) {
				t.Errorf("got %d %s, want 200 and %s", got.Code, got.Body, want)
			}
		}
		if took := time.Since(began); took != dependencyTimeout {
			t.Errorf("100 probes: got %v, want %v for all dependencies together", took, dependencyTimeout)
		}
		if got := asked.Load(); got != 1 {
			t.Errorf("asked: got %d times, want once for all probes", got)
		}
		time.Sleep(dependencyInterval)
		probe(h, "/readyz")
		if got := asked.Load(); got != 2 {
			t.Errorf("asked: got %d times, want again after %v", got, dependencyInterval)
		}
	})
}
