// Package worklist finds the dates of a period that break a rule of package day. It reads clockings, absences and
// assignments from the API once for everybody who looks, and judges a person's date as soon as the date itself and both
// its neighbours are known: the API promises no order within a list.
//
// Worklist.Open joins or begins a Reading. scan.go reads a period: dates from the first to the last, a few ahead of
// the one that is judged, in lists of load.go, so that clockings of a few dates are in memory and of the rest the
// rows. It asks for a handful of people first (probe.go), so that the first rows need not wait for the first three
// dates of a large company. Rows that lack a likely time have the person's
// usual times read, and their date's rows wait for these (habit.go): rows are given out in the order of dates.
// Worklist.Recheck reads a person again after a change.
package worklist

import (
	"iter"
	"slices"
	"sync"
	"time"

	"protime-admin/internal/attendance"
	"protime-admin/internal/day"
)

// Options of a Worklist. Register is required; its API is what is read.
type Options struct {
	Register *attendance.Register
	Employed func(date string) iter.Seq[string] // ids of people in service on a date; nil: not known
}

// maxCalls bounds the calls that all readings together make at once.
const maxCalls = 3

// A reading that nobody follows goes on for abandoned; one that has ended is remembered for remembered.
const (
	abandoned     = time.Minute
	remembered    = time.Minute
	maxRemembered = 8 // that nobody follows: each may hold the rows of a month of everybody
)

// mostDeserted is how many readings go on that somebody followed and nobody follows now. They take turns with those that
// people wait for: whoever looks at many weeks in a row would wait for all of them.
const mostDeserted = 3

// Worklist shares readings. It is safe for concurrent use.
type Worklist struct {
	Options
	slots chan struct{} // holds one for each call of a reading

	mu     sync.Mutex
	shared []*shared // oldest first
}

// New makes a Worklist.
func New(o Options) *Worklist { return &Worklist{Options: o, slots: make(chan struct{}, maxCalls)} }

// Open joins a reading of the scope, or of everybody over its period, that goes on or ended less than a minute ago
// without an error; else it begins one. It does not wait. It returns an error that is ErrScope for a scope that
// cannot be read.
func (w *Worklist) Open(s Scope) (*Reading, error) {
	s, filter, err := s.normal()
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.forget()
	for _, known := range slices.Backward(w.shared) {
		if known.scope.covers(s) && known.join() {
			return view(known, s), nil
		}
	}
	w.abandon()
	began := newShared(w, s, filter)
	w.shared = append(w.shared, began)
	began.join()
	return view(began, s), nil
}

// Known is a reading of the scope that goes on or is remembered; false where there is none. It begins none.
func (w *Worklist) Known(s Scope) (*Reading, bool) {
	s, _, err := s.normal()
	if err != nil {
		return nil, false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, known := range slices.Backward(w.shared) {
		if known.scope.covers(s) {
			return view(known, s), true
		}
	}
	return nil, false
}

// forget drops the readings that are too old. The caller holds w.mu.
func (w *Worklist) forget() {
	now := w.Register.Now()
	w.shared = slices.DeleteFunc(w.shared, func(s *shared) bool { return s.old(now) })
	over := len(w.shared) - maxRemembered
	w.shared = slices.DeleteFunc(w.shared, func(s *shared) bool {
		if over <= 0 || !s.resting() {
			return false
		}
		over--
		return true
	})
}

// abandon ends the readings that everybody has left but for the newest. The caller holds w.mu.
func (w *Worklist) abandon() {
	deserted := 0
	for _, s := range slices.Backward(w.shared) {
		if !s.isDeserted() {
			continue
		}
		if deserted++; deserted > mostDeserted {
			s.abandon()
		}
	}
}

// readings are those that are remembered.
func (w *Worklist) readings() []*shared {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.forget()
	return slices.Clone(w.shared)
}

// judge judges a date, with the person's usual times where they are given.
func (w *Worklist) judge(f day.Facts, usual []day.Usual) day.Day {
	f.Usual = usual
	return w.Register.Rules.Judge(f)
}
