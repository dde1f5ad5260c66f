package worklist

import (
	"context"
	"slices"
	"sync"
	"time"

	"protime-admin/internal/day"
	"protime-admin/internal/parallel"
	"protime-admin/protime"
)

// key is a person's date.
type key struct{ person, date string }

// shared is one reading of the API, for everybody who looks.
type shared struct {
	w      *Worklist
	scope  Scope
	filter protime.Filter // that names the people
	cancel context.CancelFunc

	mu        sync.Mutex
	rows      []*Row // as found
	at        map[key]*Row
	rechecked map[key]Row             // by Recheck
	habits    map[string]*day.History // by person
	progress  Progress
	told      time.Time // when changed was last closed
	err       error
	changed   chan struct{} // closed when something is new, and replaced
	followers int
	idle      *time.Timer // ends the reading; nil while somebody follows it
	left      bool        // the reading was ended because nobody followed it
	deserted  bool        // who followed it has left, and nobody came since
}

func newShared(w *Worklist, scope Scope, filter protime.Filter) *shared {
	// The reading belongs to no request: whoever began it may leave.
	ctx, cancel := context.WithCancel(context.Background())
	s := &shared{
		w: w, scope: scope, filter: filter, cancel: cancel, at: map[key]*Row{}, rechecked: map[key]Row{}, habits: map[string]*day.History{},
		changed: make(chan struct{}), progress: Progress{Began: w.Register.Now()},
	}
	scan := newScan(s)
	go func() {
		defer cancel()
		s.end(parallel.Guarded(func() error { return scan.run(ctx) }))
	}()
	return s
}

// join gives the reading another minute, if nobody follows it; false where nobody new may join, because it failed or
// nobody came.
func (s *shared) join() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keep()
	s.deserted = false
	return s.err == nil && !s.left
}

// keep ends the reading in a minute, unless somebody follows it then. The caller holds s.mu.
func (s *shared) keep() {
	if s.followers > 0 || s.ended() || s.left {
		return
	}
	if s.idle != nil {
		s.idle.Stop()
	}
	var idle *time.Timer
	idle = time.AfterFunc(abandoned, func() {
		s.mu.Lock()
		s.left = s.idle == idle // else somebody came as it rang
		left := s.left
		s.mu.Unlock()
		if left {
			s.cancel()
		}
	})
	s.idle = idle
}

// follow counts a follower until the returned function is called.
func (s *shared) follow() (leave func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.followers++
	s.deserted = false
	if s.idle != nil {
		s.idle.Stop()
		s.idle = nil
	}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.followers--
		s.deserted = s.followers == 0
		s.keep()
	}
}

// isDeserted reports whether the reading goes on although whoever followed it has left.
func (s *shared) isDeserted() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.deserted && !s.ended() && !s.left
}

// abandon ends the reading, unless somebody has come.
func (s *shared) abandon() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.deserted {
		return
	}
	s.left = true
	s.cancel()
}

// end ends the reading with its error, nil for a whole one.
func (s *shared) end(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
	s.progress.Ended, s.progress.Whole = s.w.Register.Now(), err == nil
	s.progress.PausedUntil = time.Time{}
	if s.idle != nil {
		s.idle.Stop()
		s.idle = nil
	}
	s.tell()
}

// ended reports whether the reading is over. The caller holds s.mu.
func (s *shared) ended() bool { return !s.progress.Ended.IsZero() }

// old reports whether the reading ended too long ago.
func (s *shared) old(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended() && (s.err != nil && s.followers == 0 || now.Sub(s.progress.Ended) >= remembered)
}

// resting reports whether the reading has ended and nobody follows it.
func (s *shared) resting() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended() && s.followers == 0
}

// tell wakes those who follow. The caller holds s.mu.
func (s *shared) tell() {
	close(s.changed)
	s.changed = make(chan struct{})
	s.told = s.w.Register.Now()
}

// toldEvery is the least time between two updates that have nothing but a number of clockings.
const toldEvery = 200 * time.Millisecond

// count adds clockings that were read.
func (s *shared) count(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.progress.Clockings += n
	if s.w.Register.Now().Sub(s.told) >= toldEvery {
		s.tell()
	}
}

// note changes the progress and tells.
func (s *shared) note(change func(*Progress)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.progress)
	s.tell()
}

// give adds all rows of a date and notes that it is judged: who follows gets both in one update.
func (s *shared) give(date string, rows []Row) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, row := range s.rechecked {
		if k.date == date && !row.Resolved && s.includes(k.person) {
			rows = append(rows, row)
		}
	}
	s.progress.Judged++
	s.progress.Through = date
	s.add(rows)
}

// add adds rows, in order. A row that is there already is replaced; what a Recheck found stands. The caller holds s.mu.
func (s *shared) add(rows []Row) {
	slices.SortFunc(rows, inOrder)
	for _, row := range rows {
		if known, ok := s.rechecked[key{row.Person, row.Date}]; ok {
			if row = known; row.Resolved && s.at[key{row.Person, row.Date}] == nil {
				continue
			}
		}
		s.put(row)
	}
	s.tell()
}

// put adds or replaces a row. The caller holds s.mu.
func (s *shared) put(row Row) {
	k := key{row.Person, row.Date}
	if there := s.at[k]; there != nil {
		*there = row
		return
	}
	s.at[k] = &row
	s.rows = append(s.rows, &row)
}
