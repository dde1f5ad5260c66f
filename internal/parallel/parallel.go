// Package parallel runs functions beside each other for one request or one reading. A panic in one of them ends the
// request or the reading alone; in a plain goroutine it would end the program for everybody.
package parallel

import (
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

// Guarded calls a function and returns its error. A panic becomes an error, which has its value and its stack as text.
func Guarded(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return do()
}
