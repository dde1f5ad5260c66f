// Package parallel runs functions beside each other for one request or one reading. A panic in one of them ends the
// request or the reading alone; in a plain goroutine it would end the program for everybody.
package parallel

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
)

// Group runs functions at once, as sync.WaitGroup does. The zero value runs none.
type Group struct {
	running sync.WaitGroup
	mu      sync.Mutex
	failed  error // the first panic
}

// Go runs a function in a goroutine of its own.
func (g *Group) Go(do func()) {
	g.running.Go(func() {
		err := Guarded(func() error {
			do()
			return nil
		})
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.failed == nil {
			g.failed = err
		}
	})
}

// Wait waits for all functions. It panics with an error if one of them has: that has its value and its stack as text.
func (g *Group) Wait() {
	g.running.Wait()
	if g.failed != nil {
		panic(g.failed)
	}
}

// Each calls do for 0 to n-1, some at the same time, until one fails, and returns the error of the first that did. The
// context of the others ends with it.
func Each(ctx context.Context, n, atOnce int, do func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var (
		group Group
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
	for range min(n, atOnce) {
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

// Guarded calls a function and returns its error. A panic becomes an error, which has its value and its stack as text.
func Guarded(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return do()
}
