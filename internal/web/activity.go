package web

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// longestServed is how long a request counts as being served: a page that waits for rows, or a stream of events, goes on
// for minutes while nobody waits for its next byte.
const longestServed = time.Second

// Activity notes whether people use the pages of a server, for work in the background that lets them go first. The zero
// value is ready.
type Activity struct {
	mu      sync.Mutex
	next    int
	serving map[int]time.Time // when each request in flight began
	last    time.Time
}

// Watch returns next and counts its requests: not probes, nor those below /batches/, which show work in the background
// and are asked for without anybody's doing.
func (a *Activity) Watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/healthz") || strings.HasSuffix(r.URL.Path, "/readyz") || strings.Contains(r.URL.Path, "/batches/") {
			next.ServeHTTP(w, r)
			return
		}
		n := a.begin(time.Now())
		defer a.end(n)
		next.ServeHTTP(w, r)
	})
}

// Now tells whether a request is being served, and when the last one was.
func (a *Activity) Now() (serving bool, last time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	since := time.Now().Add(-longestServed)
	for _, began := range a.serving {
		serving = serving || began.After(since)
	}
	return serving, a.last
}

func (a *Activity) begin(now time.Time) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.serving == nil {
		a.serving = map[int]time.Time{}
	}
	a.next++
	a.serving[a.next], a.last = now, now
	return a.next
}

func (a *Activity) end(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.serving, n)
	a.last = time.Now()
}
