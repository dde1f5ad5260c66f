package simulator

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// later does the work of a request after d. Timers run on the clock of the process, so inside a
// testing/synctest bubble on the bubble's.
func (t *Tenant) later(d time.Duration, work func()) {
	t.wireMu.Lock()
	defer t.wireMu.Unlock()
	if t.pending == nil {
		t.pending = make(map[*time.Timer]struct{})
	}
	var timer *time.Timer
	timer = time.AfterFunc(d, func() {
		t.wireMu.Lock()
		_, due := t.pending[timer]
		delete(t.pending, timer)
		t.wireMu.Unlock()
		if due {
			work()
		}
	})
	t.pending[timer] = struct{}{}
}

// Stop drops the writes that wait to be applied later. A tenant that no fault with ApplyAfter struck needs no
// Stop: it starts no goroutine of its own.
func (t *Tenant) Stop() {
	t.wireMu.Lock()
	defer t.wireMu.Unlock()
	for timer := range t.pending {
		timer.Stop()
	}
	clear(t.pending)
}

// operation is a write that was answered 202.
type operation struct {
	collection string
	result     *answer // nil: not done yet
}

// firstOperation is the number of the first one, as in the documentation's example.
const firstOperation = 931

// accept answers a write with 202 and does it after d; at once where d is 0, and then a refusal is answered as
// such.
func (t *Tenant) accept(c *call, d time.Duration) answer {
	var result *answer
	if d == 0 {
		a := t.perform(c)
		if a.status >= http.StatusBadRequest {
			return a
		}
		result = &a
	}
	t.mu.Lock()
	at := len(t.operations)
	t.operations = append(t.operations, operation{c.collection.Name, result})
	t.mu.Unlock()
	if d > 0 {
		t.later(d, func() {
			a := t.perform(c)
			t.mu.Lock()
			defer t.mu.Unlock()
			t.operations[at].result = &a
		})
	}
	location := fmt.Sprintf("%s/status-monitor/%s/%d", BasePath, c.collection.Name, firstOperation+at)
	return answer{status: http.StatusAccepted}.with("Operation-Location", location)
}

// monitor answers GET status-monitor/{collection}/{number}. Only the path is published (reference/general-specs,
// older edition); the body is made up: {"id":931,"status":"Running"}, and when it is done "Succeeded" with
// resourceLocation or "Failed" with the error that the API would have answered.
func (t *Tenant) monitor(path string) answer {
	collection, number, _ := strings.Cut(path, "/")
	n, _ := strconv.Atoi(number)
	t.mu.RLock()
	defer t.mu.RUnlock()
	at := n - firstOperation
	if at < 0 || at >= len(t.operations) || t.operations[at].collection != collection {
		return notFound("The operation " + path)
	}
	result := t.operations[at].result
	body := object{{"id", number}, {"status", `"Running"`}}
	switch {
	case result == nil:
	case result.status >= http.StatusBadRequest:
		body.set("status", `"Failed"`)
		body.set("error", string(result.body))
	default:
		body.set("status", `"Succeeded"`)
		if location := result.header.Get("Location"); location != "" {
			body.set("resourceLocation", quote(location))
		}
	}
	return answer{status: http.StatusOK, body: []byte(body.String())}
}
