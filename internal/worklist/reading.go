package worklist

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"protime-admin/internal/day"
	"protime-admin/protime"
)

// Row is a person's date that breaks a rule.
type Row struct {
	Person, Date string
	Day          day.Day
	Resolved     bool // a Recheck found nothing any more; the row stays where it was
}

// Progress is how far a reading is.
type Progress struct {
	Dates, Judged int    // dates of the period that are to be judged, and that are
	Through       string // the last date that is judged, "" for none
	Clockings     int    // read so far
	Began, Ended  time.Time
	Whole         bool      // everything was read and judged
	PausedUntil   time.Time // the API asked for a pause; zero: it did not
	// Unread are the collections that this tenant's API does not give, of "absences", "assignments" and "absence-definitions". Rules
	// that need them are not applied.
	Unread []string
}

// Update is what a reading found since the one before it.
type Update struct {
	Rows     []Row
	Progress Progress
}

// Reading is a view of what is read for a scope. It is safe for concurrent use.
type Reading struct {
	*shared
	from, to string
	only     map[string]bool // ids; nil: everybody of the shared reading
}

func view(s *shared, scope Scope) *Reading {
	r := &Reading{shared: s, from: scope.From, to: scope.To}
	if len(scope.People) > 0 && len(s.scope.People) == 0 {
		r.only = make(map[string]bool, len(scope.People))
		for _, id := range scope.People {
			r.only[id] = true
		}
	}
	return r
}

func (r *Reading) shows(row Row) bool {
	return r.from <= row.Date && row.Date <= r.to && (r.only == nil || r.only[row.Person])
}

// Follow iterates over what the reading finds: first all rows so far, by date and person, then further ones as they are found. It
// ends when everything is judged, when ctx ends, or with one error, that of the API, after which the list is not whole.
// Of each Update only Rows are new. The reading goes on as long as somebody follows it.
func (r *Reading) Follow(ctx context.Context) iter.Seq2[Update, error] {
	return func(yield func(Update, error) bool) {
		defer r.follow()()
		for seen := 0; ; {
			r.mu.Lock()
			update := Update{Progress: r.progress}
			for _, row := range r.rows[seen:] {
				if r.shows(*row) {
					update.Rows = append(update.Rows, *row)
				}
			}
			if seen == 0 {
				slices.SortFunc(update.Rows, inOrder)
			}
			seen = len(r.rows)
			ended, err, changed := r.ended(), r.err, r.changed
			r.mu.Unlock()

			if !yield(update, nil) || ended && err == nil {
				return
			}
			if ended {
				yield(Update{Progress: update.Progress}, err)
				return
			}
			select {
			case <-ctx.Done():
				return
			case <-changed:
			}
		}
	}
}

// Rows are those that are known now, by date and person. The error is that of the API, after which the reading ended.
func (r *Reading) Rows() ([]Row, Progress, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var rows []Row
	for _, row := range r.rows {
		if r.shows(*row) {
			rows = append(rows, *row)
		}
	}
	slices.SortFunc(rows, inOrder)
	return rows, r.progress, r.err
}

// Next is the row after a person's date that is not resolved, the first one after the last; false when there is none
// but that itself.
func (r *Reading) Next(person, date string) (Row, bool) {
	rows, _, _ := r.Rows()
	here := Row{Person: person, Date: date}
	at, _ := slices.BinarySearchFunc(rows, here, inOrder)
	for _, row := range slices.Concat(rows[at:], rows[:at]) {
		if !row.Resolved && inOrder(row, here) != 0 {
			return row, true
		}
	}
	return Row{}, false
}

// inOrder orders rows by date, then person: numbers as numbers, the shorter first.
func inOrder(a, b Row) int {
	return cmp.Or(strings.Compare(a.Date, b.Date), cmp.Compare(len(a.Person), len(b.Person)), strings.Compare(a.Person, b.Person))
}

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
		changed: make(chan struct{}), progress: Progress{Began: w.o.Now()},
	}
	scan := newScan(s)
	go func() {
		defer cancel()
		s.end(scan.run(ctx))
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
	s.progress.Ended, s.progress.Whole = s.w.o.Now(), err == nil
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

// tell wakes those who follow. The caller holds s.mu.
func (s *shared) tell() {
	close(s.changed)
	s.changed = make(chan struct{})
	s.told = s.w.o.Now()
}

// toldEvery is the least time between two updates that have nothing but a number of clockings.
const toldEvery = 200 * time.Millisecond

// count adds clockings that were read.
func (s *shared) count(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.progress.Clockings += n
	if s.w.o.Now().Sub(s.told) >= toldEvery {
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

// add adds rows, in order. A row that is there already is replaced; what a Recheck found stands.
func (s *shared) add(rows []Row) {
	if len(rows) == 0 {
		return
	}
	slices.SortFunc(rows, inOrder)
	s.mu.Lock()
	defer s.mu.Unlock()
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
