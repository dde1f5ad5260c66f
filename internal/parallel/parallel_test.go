package parallel_test

import (
	"errors"
	"strings"
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
