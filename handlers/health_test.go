package handlers

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestReadinessIsAboutThisProcessAlone: what it depends on is listed, and only start and stop count.
func TestReadinessIsAboutThisProcessAlone(t *testing.T) {
	ready := false
	s := &Server{base: "/portal", Options: Options{
		Logger: slog.New(slog.DiscardHandler), Ready: func() bool { return ready },
		Health: func(context.Context) map[string]error {
			return map[string]error{"audit log": nil, "identity provider": errors.New("dial tcp 192.0.2.1: no route")}
		},
	}}
	h := s.health(http.NotFoundHandler())
	ask := func(path string) *httptest.ResponseRecorder {
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "http://10.0.0.7"+path, nil))
		return answer
	}
	for _, test := range []struct {
		ready bool
		want  int
	}{{false, http.StatusServiceUnavailable}, {true, http.StatusOK}, {false, http.StatusServiceUnavailable}} {
		ready = test.ready
		for _, path := range []string{"/readyz", "/portal/readyz"} {
			got := ask(path)
			if got.Code != test.want {
				t.Errorf("ready %v, %s: got %d, want %d", test.ready, path, got.Code, test.want)
			}
			body := got.Body.String()
			if !strings.Contains(body, `"audit log":"ok"`) || !strings.Contains(body, `"identity provider":"failing"`) ||
				strings.Contains(body, "192.0.2.1") {
				t.Errorf("got %s, want each dependency and no more of it", body)
			}
		}
		if got := ask("/healthz").Code; got != http.StatusOK {
			t.Errorf("ready %v, /healthz: got %d, want 200", test.ready, got)
		}
	}
}
