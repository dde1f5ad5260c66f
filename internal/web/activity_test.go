package web_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"protime-admin/internal/web"
)

func TestActivitySaysWhetherPeopleUseThePages(t *testing.T) {
	tests := []struct {
		name    string
		path    string
		after   time.Duration // since the request began
		serving bool
		counts  bool
	}{
		{"a page that is being made", "/clockings/8192/edit", 100 * time.Millisecond, true, true},
		{"a page that waits for its rows", "/worklist", 2 * time.Second, false, true},
		{"a batch that is watched", "/batches/018f/events", 100 * time.Millisecond, false, false},
		{"a probe", "/readyz", 100 * time.Millisecond, false, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var a web.Activity
				if serving, last := a.Now(); serving || !last.IsZero() {
					t.Errorf("before: got %v, %v", serving, last)
				}
				began := time.Now()
				h := a.Watch(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
					time.Sleep(test.after)
					if serving, _ := a.Now(); serving != test.serving {
						t.Errorf("while it is served: got %v, want %v", serving, test.serving)
					}
				}))
				h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, test.path, nil))
				want := time.Time{}
				if test.counts {
					want = began.Add(test.after)
				}
				if serving, last := a.Now(); serving || !last.Equal(want) {
					t.Errorf("afterwards: got %v, %v, want %v", serving, last, want)
				}
			})
		})
	}
}
