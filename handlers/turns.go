package handlers

import (
	"sync"

	"protime-admin/internal/change"
)

// turns bound what is open at the same time, and how much of it is one person's. It is safe for concurrent use.
type turns struct {
	most, each int // of all, of a person

	mu   sync.Mutex
	open int
	of   map[holder]int
}

type holder struct{ issuer, subject string }

func newTurns(most, each int) *turns { return &turns{most: most, each: each, of: map[holder]int{}} }

// take takes a turn for a person, who leaves it later; false where there are too many.
func (t *turns) take(a change.Actor) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	who := holder{a.Issuer, a.Subject}
	if t.open >= t.most || t.of[who] >= t.each {
		return false
	}
	t.open++
	t.of[who]++
	return true
}

func (t *turns) leave(a change.Actor) {
	t.mu.Lock()
	defer t.mu.Unlock()
	who := holder{a.Issuer, a.Subject}
	t.open--
	if t.of[who]--; t.of[who] == 0 {
		delete(t.of, who)
	}
}
