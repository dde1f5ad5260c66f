package simulator

import (
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Limit is how many requests below BasePath a tenant takes; what is more gets 429 with a Retry-After in whole seconds
// and does nothing. That there is such an answer and such a header is published, the limits and how they count are not
// (reference/responses): with Window it is so many requests in each window that begins with its first request, without
// one a bucket that holds Requests and fills at PerSecond. A refused request does not count.
type Limit struct {
	Requests  int
	PerSecond float64
	Window    time.Duration

	mu      sync.Mutex
	taken   float64   // of the window, or out of the bucket
	at      time.Time // when the window began, or when taken was computed
	refused int
}

// Refused returns how many requests were answered 429.
func (l *Limit) Refused() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.refused
}

// take counts a request, or returns how long it has to wait.
func (l *Limit) take(now time.Time) time.Duration {
	if l == nil {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	switch passed := now.Sub(l.at); {
	case l.Window == 0:
		l.taken, l.at = max(0, l.taken-passed.Seconds()*l.PerSecond), now
	case passed >= l.Window:
		l.taken, l.at = 0, now
	}
	if l.taken+1 <= float64(l.Requests) {
		l.taken++
		return 0
	}
	l.refused++
	if l.Window > 0 {
		return l.at.Add(l.Window).Sub(now)
	}
	return time.Duration((l.taken + 1 - float64(l.Requests)) / l.PerSecond * float64(time.Second))
}

// tooMany is the answer to a request over the limit.
func tooMany(wait time.Duration) answer {
	return failure(http.StatusTooManyRequests, "Too many requests.").
		with("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
}
