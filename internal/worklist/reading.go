package worklist

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"protime-admin/internal/day"
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
	// Unread are the collections that this tenant's API does not give, of "absences", "assignments" and "absence-
	// definitions". Rules that need them are not applied.
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

// Follow iterates over what the reading finds: first all rows so far, by date and person, then further ones as they
// are found. It ends when everything is judged, when ctx ends, or with one error, that of the API, after which the
// list is not whole. Of each Update only Rows are new. The reading goes on as long as somebody follows it.
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
