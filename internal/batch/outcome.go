package batch

import (
	"context"
	"net/http"
	"slices"
	"time"

	"protime-admin/internal/change"
)

// inARow is how many rows one after the other end the same bad way before the batch pauses by itself.
const inARow = 5

func (j *job) hold(ctx context.Context, row Row, key string) {
	if err := j.Store.Hold(context.WithoutCancel(ctx), j.batch.ID, map[int]string{row.Number: key}); err != nil {
		j.failed(ctx, "holding a row", err)
		j.pauseFor(PausedLog)
		return
	}
	j.answered()
	if key == HeldRole {
		j.pauseFor(PausedRole)
	}
}

// ended notes the outcome of a row that is in the log. A row that certainly was not sent is tried again.
func (j *job) ended(ctx context.Context, row Row, r change.Receipt) {
	refusedForPace := r.State == change.Refused && r.Status == http.StatusTooManyRequests
	if r.State == change.NotSent || refusedForPace {
		if err := j.Store.Again(context.WithoutCancel(ctx), j.batch.ID, []int{row.Number}); err != nil {
			j.failed(ctx, "trying a row again", err)
		}
	}
	switch {
	case refusedForPace, r.State == change.NotSent && r.Failure == "paused":
		j.askedToWait(ctx, r.Wait)
	case r.State == change.NotSent:
		j.count(&j.unreached, PausedUnreachable)
		_ = sleep(ctx, max(r.Wait, time.Second))
	case r.State == change.Unknown:
		j.count(&j.unreached, PausedUnreachable)
	case r.State == change.Refused && forbids(r.Status):
		j.count(&j.forbidden, PausedForbidden)
	default:
		j.answered()
	}
}

// answered notes that a row had an answer of its own.
func (j *job) answered() {
	j.waits.ended(j.batch.ID)
	j.note(func() { j.unreached, j.forbidden = 0, 0 })
}

// forbids reports whether a status refuses the product, not what a row holds.
func forbids(status int) bool {
	return slices.Contains([]int{http.StatusUnauthorized, http.StatusForbidden, http.StatusMethodNotAllowed,
		http.StatusNotImplemented}, status)
}

// count counts a row that ended badly; after several in a row the batch pauses.
func (j *job) count(counter *int, pause string) {
	j.mu.Lock()
	*counter++
	reached := *counter >= inARow
	j.mu.Unlock()
	if reached {
		j.pauseFor(pause)
	}
}
