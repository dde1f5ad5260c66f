package batch

import (
	"context"
	"sync"
	"time"
)

const (
	// patience is how long the API may take no row of a batch, because it asks to wait, before the batch pauses: limits are
	// counted by the minute or the hour, and whoever started the batch does not expect rows long after that.
	patience = time.Hour
	// shownWait is the shortest wait that a page tells of: shorter ones belong to the pace.
	shownWait = 3 * time.Second
	// longestSilence is longer than one wait with the call that ends it. After it a batch was elsewhere, or stood still.
	longestSilence = LongestCall + longestPatience
)

// waits knows since when the API has taken no row of the batches of this process because it asked to wait. The zero value
// is ready; it is safe for concurrent use.
type waits struct {
	mu      sync.Mutex
	batches map[string]waiting
}

type waiting struct{ since, last time.Time }

// began says that the API asked a batch to wait, and returns since when it has taken nothing else.
func (w *waits) began(batch string, now time.Time) time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	of, ok := w.batches[batch]
	if !ok || now.Sub(of.last) > longestSilence {
		of.since = now
	}
	of.last = now
	if w.batches == nil {
		w.batches = map[string]waiting{}
	}
	w.batches[batch] = of
	return of.since
}

// ended says that the API has answered a row, or that its batch pauses.
func (w *waits) ended(batch string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.batches, batch)
}

// askedToWait returns when a wait is over that the API asked for; the pace knows of most. Where the API will have taken no
// row for too long by then, the batch pauses.
func (j *job) askedToWait(ctx context.Context, wait time.Duration) {
	now := time.Now()
	until := later(now.Add(wait), j.Pace.Until())
	if until.Sub(j.waits.began(j.batch.ID, now)) > j.patience() {
		j.waits.ended(j.batch.ID)
		j.pauseFor(PausedLimit)
		return
	}
	_ = sleep(ctx, wait)
}
