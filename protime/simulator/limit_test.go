package simulator_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"protime-admin/protime/simulator"
)

func TestALimitAnswers429WithTheSecondsToWait(t *testing.T) {
	type step struct {
		after  time.Duration
		status int
		wait   string
	}
	tests := []struct {
		name  string
		limit *simulator.Limit
		steps []step
	}{
		{"a bucket fills while nobody asks", &simulator.Limit{Requests: 2, PerSecond: 0.5}, []step{
			{0, 200, ""}, {0, 200, ""}, {0, 429, "2"}, {1500 * time.Millisecond, 429, "1"}, {500 * time.Millisecond, 200, ""},
			{0, 429, "2"}, {10 * time.Minute, 200, ""}, {0, 200, ""}, {0, 429, "2"},
		}},
		{"a window begins with its first request", &simulator.Limit{Requests: 2, Window: time.Minute}, []step{
			{0, 200, ""}, {30 * time.Second, 200, ""}, {500 * time.Millisecond, 429, "30"}, {29 * time.Second, 429, "1"},
			{500 * time.Millisecond, 200, ""}, {0, 200, ""}, {0, 429, "60"},
		}},
		{"no limit", nil, []step{{0, 200, ""}, {0, 200, ""}, {0, 200, ""}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tenant := simulator.Strict(t)
				tenant.Configure(func(o *simulator.Options) { o.Limit = test.limit })
				token := tenant.Token()
				refused := 0
				for i, s := range test.steps {
					time.Sleep(s.after)
					r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, simulator.BasePath+"/people", nil)
					r.Header.Set("Authorization", "Bearer "+token)
					r.Header.Set("User-Agent", "Test/1 (acme)")
					a := httptest.NewRecorder()
					tenant.ServeHTTP(a, r)
					if got := a.Header().Get("Retry-After"); a.Code != s.status || got != s.wait {
						t.Errorf("request %d: got %d and Retry-After %q, want %d and %q", i, a.Code, got, s.status, s.wait)
					}
					if s.status == 429 {
						refused++
						if want := `{"error":{"code":"TooManyRequests","message":"Too many requests."}}`; a.Body.String() != want {
							t.Errorf("body: got %s, want %s", a.Body, want)
						}
					}
				}
				if test.limit != nil && test.limit.Refused() != refused {
					t.Errorf("refused: got %d, want %d", test.limit.Refused(), refused)
				}
			})
		})
	}
}
