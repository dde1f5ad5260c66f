package dryrun

import (
	"context"
	"errors"
	"sync"
	"time"

	"protime-admin/internal/batch"
	"protime-admin/internal/parallel"
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

// beside calls do for 0 to n-1, some at the same time, until one fails, and returns the error of the first that did. The
// context of the others ends with it.
func beside(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		group parallel.Group
		mu    sync.Mutex
		next  int
		first error
	)
	take := func() (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		next++
		return next - 1, next <= n && first == nil
	}
	for range min(n, mostReaders) {
		group.Go(func() {
			for i, ok := take(); ok; i, ok = take() {
				err := do(ctx, i)
				mu.Lock()
				if err != nil && first == nil {
					first = err
					cancel()
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
	return first
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
