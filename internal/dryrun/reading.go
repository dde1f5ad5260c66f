package dryrun

import (
	"context"
	"errors"
	"time"

	"protime-admin/internal/batch"
	"protime-admin/protime"
)

// mostReaders is how many lists, or records, are read at the same time.
const mostReaders = 8

// Slice is how many rows of an operation are checked at once. Those that change or delete records are fewer, because each
// record is read, which takes as long as the API wants.
func Slice(o batch.Operation) int {
	if o == batch.Replace || o == batch.Delete {
		return 100
	}
	return batch.MostAtOnce
}

// longestPatience is how long a reading waits for an API that is asked too much.
const longestPatience = 20 * time.Second

// patiently calls do again for as long as the API says that it is asked too often, as it does when rows are read one by one.
func patiently(ctx context.Context, do func() error) error {
	end := time.Now().Add(longestPatience)
	for {
		err := do()
		var busy *protime.Error
		if !errors.As(err, &busy) || !busy.Is(protime.RateLimited) {
			return err
		}
		wait := max(busy.RetryAfter, 100*time.Millisecond)
		if time.Now().Add(wait).After(end) {
			return err
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return err
		}
	}
}
