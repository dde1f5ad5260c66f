package handlers

import (
	"strconv"
	"sync"
	"time"

	"protime-admin/internal/change"
)

// rechecks are the changes for which this process has had days read again. A change counts once for each event, so that
// an answer that came late counts again. The zero value is ready for use.
type rechecks struct {
	mu   sync.Mutex
	made map[string]time.Time
}

// A reading is shared for some minutes at most; the changes before it are in it.
const (
	recheckFor   = 30 * time.Minute
	mostRechecks = 10_000
)

// first reports whether a change has to be rechecked, and notes that it is.
func (k *rechecks) first(r change.Receipt, now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	id := recheckOf(r)
	if _, made := k.made[id]; made {
		return false
	}
	if k.made == nil || len(k.made) >= mostRechecks {
		k.made = map[string]time.Time{}
	}
	for old, at := range k.made {
		if now.Sub(at) > recheckFor {
			delete(k.made, old)
		}
	}
	k.made[id] = now
	return true
}

// forget has changes rechecked again.
func (k *rechecks) forget(receipts []change.Receipt) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, r := range receipts {
		delete(k.made, recheckOf(r))
	}
}

func recheckOf(r change.Receipt) string { return r.ID + " " + strconv.Itoa(len(r.Events)) }
