package parallel_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"protime-admin/internal/parallel"
)

func TestAPanicReachesWhoWaits(t *testing.T) {
	var group parallel.Group
	var ended [3]bool
	for i := range ended {
		group.Go(func() {
			ended[i] = true
			if i == 1 {
				panic("nobody expected this")
			}
		})
	}
	err := parallel.Guarded(func() error {
		group.Wait()
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "nobody expected this") || !strings.Contains(err.Error(), "parallel_test.go") {
		t.Errorf("got %v, want the panic and where it was", err)
	}
	if ended != [3]bool{true, true, true} {
		t.Errorf("got %v, want all functions run", ended)
	}
}

func TestAnErrorIsReturned(t *testing.T) {
	want := errors.New("an error")
	if got := parallel.Guarded(func() error { return want }); !errors.Is(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	var group parallel.Group
	group.Go(func() {})
	group.Wait()
}

func TestEachEndsWithTheFirstThatFails(t *testing.T) {
	var mu sync.Mutex
	var called []int
	failure := errors.New("the third")
	err := parallel.Each(t.Context(), 100, 4, func(ctx context.Context, i int) error {
		mu.Lock()
		called = append(called, i)
		mu.Unlock()
		if i == 2 {
			return failure
		}
		if i > 2 {
			<-ctx.Done() // ends with the failure
		}
		return nil
	})
	if !errors.Is(err, failure) || len(called) > 7 {
		t.Errorf("got %v after the calls %v, want the first failure and few calls", err, called)
	}
	if err := parallel.Each(t.Context(), 3, 4, func(_ context.Context, i int) error { return nil }); err != nil {
		t.Errorf("got %v where nothing fails", err)
	}
}
