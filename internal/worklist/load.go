package worklist

import (
	"context"
	"errors"
	"time"

	"protime-admin/internal/attendance"
	"protime-admin/internal/day"
	"protime-admin/protime"
)

// lookBack is how many days before the period assignments are read.
const lookBack = attendance.PlanDays

// reader reads lists from the API.
type reader struct {
	w        *Worklist
	shared   *shared                // that is told how far it is; nil: none
	patience time.Duration          // how long it waits for the ends of pauses in all
	saw      func([]protime.Record) // is given the clockings of each page; nil: nobody is
}

// loadClockings reads the clockings of some dates, of which as many are expected on each.
func (r reader) loadClockings(ctx context.Context, who protime.Filter, dates []string, expected int) (loaded, error) {
	var l loaded
	var all *byDate
	err := r.list(ctx, attendance.Clockings, protime.And(who, attendance.During(dates[0], dates[len(dates)-1])), func() { all = newByDate(dates, expected) },
		func(records []protime.Record) {
			for _, record := range records {
				all.put(record)
			}
			if r.saw != nil {
				r.saw(records)
			}
			l.rows += len(records)
			r.count(len(records))
		})
	l.clockings = all.seal()
	return l, err
}

// loadAbsences reads the absences of some dates, and what kind each is.
func (r reader) loadAbsences(ctx context.Context, who protime.Filter, from, to string) (loaded, error) {
	var l loaded
	err := r.list(ctx, attendance.Absences, protime.And(who, attendance.During(from, to)), func() { l.absences = nil },
		func(records []protime.Record) {
			for _, record := range records {
				if a, ok := day.AbsenceOf(record); ok {
					l.absences = append(l.absences, a)
				}
			}
			l.rows += len(records)
		})
	if attendance.Withheld(err) {
		return loaded{unread: []string{attendance.Absences}}, nil
	}
	if err != nil || len(l.absences) == 0 {
		return l, err
	}
	away, err := r.away(ctx)
	if attendance.Withheld(err) {
		l.unread, err = []string{attendance.AbsenceDefinitions}, nil
	}
	for i := range l.absences {
		l.absences[i].Elsewhere = !away[l.absences[i].Definition]
	}
	return l, err
}

// loadAssignments reads the assignments that begin on some dates.
func (r reader) loadAssignments(ctx context.Context, who protime.Filter, from, to string) (loaded, error) {
	var l loaded
	err := r.list(ctx, attendance.Assignments, protime.And(who, attendance.During(from, to)), func() { l.assignments = nil },
		func(records []protime.Record) {
			for _, record := range records {
				if a, ok := day.AssignmentOf(record); ok {
					a.Comments = "" // shown nowhere in a worklist, and long
					l.assignments = append(l.assignments, a)
				}
			}
			l.rows += len(records)
		})
	if attendance.Withheld(err) {
		return loaded{unread: []string{attendance.Assignments}}, nil
	}
	return l, err
}

// How a list that is interrupted goes on.
const (
	maxRestarts  = 3               // after a paging token that expired
	longestPause = 5 * time.Minute // that a reading waits for in all; a pause has a second at least
)

// place is where in a list a reader is.
type place struct {
	token    string // "" at the beginning
	restarts int
}

// list reads all pages of a list. It waits out a pause that the API asks for and goes on where it was; a paging token
// that expired begins the list anew. begin is called at each beginning, page for each page.
func (r reader) list(
	ctx context.Context, collection string, filter protime.Filter, begin func(), page func([]protime.Record),
) error {
	var at place
	begin()
	return r.patiently(ctx, func() error { return r.restarting(ctx, collection, filter, &at, begin, page) })
}

// away are the definitions that mean that somebody is away. A pause is waited for outside of Away, so that others who
// need them do not wait as well.
func (r reader) away(ctx context.Context) (away map[string]bool, err error) {
	err = r.patiently(ctx, func() error {
		away, err = r.w.Register.Away(ctx, func(ctx context.Context, collection string, each func(protime.Record)) error {
			var at place
			return r.restarting(ctx, collection, protime.Filter{}, &at, func() {}, func(records []protime.Record) {
				for _, record := range records {
					each(record)
				}
			})
		})
		return err
	})
	return away, err
}

// patiently repeats what the API asks to pause, after the pause.
func (r reader) patiently(ctx context.Context, read func() error) error {
	waited := time.Duration(0)
	for {
		err := read()
		wait := pause(err)
		if wait == 0 || waited+wait > r.patience {
			return err
		}
		waited += wait
		if !r.hold(ctx, wait) {
			return ctx.Err()
		}
	}
}

// restarting reads on from a place, and from the beginning where the paging token has expired.
func (r reader) restarting(
	ctx context.Context, collection string, filter protime.Filter, at *place, begin func(), page func([]protime.Record),
) error {
	for {
		err := r.pages(ctx, collection, filter, &at.token, page)
		if !errors.Is(err, protime.Conflict) || at.restarts == maxRestarts {
			return err
		}
		at.restarts++
		at.token = ""
		begin()
	}
}

// pages reads on from a token and leaves the one to go on with. Lists take turns at every page, so that a short one does
// not wait for the end of long ones.
func (r reader) pages(
	ctx context.Context, collection string, filter protime.Filter, token *string, page func([]protime.Record),
) error {
	if err := r.enter(ctx); err != nil {
		return err
	}
	inside := true
	defer func() {
		if inside {
			r.leave()
		}
	}()
	options := protime.ListOptions{Filter: filter, Token: *token}
	for read, err := range r.w.Register.API.List(ctx, "/"+collection, options) {
		r.leave()
		inside = false
		if err != nil {
			return err
		}
		page(read.Records)
		*token = read.Next
		if err := r.enter(ctx); err != nil {
			return err
		}
		inside = true
	}
	return nil
}

// pause is how long the API asks to wait; 0 where it does not.
func pause(err error) time.Duration {
	for _, kind := range []protime.Kind{protime.Paused, protime.RateLimited, protime.Unavailable} {
		var e *protime.Error
		if errors.Is(err, kind) && errors.As(err, &e) {
			return max(e.RetryAfter, time.Second)
		}
	}
	return 0
}

// hold waits and says so; false when ctx ended.
func (r reader) hold(ctx context.Context, wait time.Duration) bool {
	until := r.w.Register.Now().Add(wait)
	r.note(func(p *Progress) {
		if until.After(p.PausedUntil) {
			p.PausedUntil = until
		}
	})
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
	}
	r.note(func(p *Progress) {
		if !p.PausedUntil.After(until) {
			p.PausedUntil = time.Time{}
		}
	})
	return true
}

// enter waits until the readings make fewer than maxCalls calls; a single look does not wait for them.
func (r reader) enter(ctx context.Context) error {
	if r.shared == nil {
		return ctx.Err()
	}
	select {
	case r.w.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (r reader) leave() {
	if r.shared != nil {
		<-r.w.slots
	}
}

// count and note tell the reading, if there is one.
func (r reader) count(rows int) {
	if r.shared != nil {
		r.shared.count(rows)
	}
}

func (r reader) note(change func(*Progress)) {
	if r.shared != nil {
		r.shared.note(change)
	}
}
