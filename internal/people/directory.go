// Package people is the directory behind names and pickers: who has which id, names, badge and employee number, dates
// of service, and up to when the calendar is closed. Nothing else of a person's record is stored.
//
// A Directory reads GET /people in the background and publishes a new snapshot when it is done, so that a request never
// waits for it and never takes a lock. During the first reading some names are not known yet, and State says so; a page
// shows the id instead.
package people

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"sync/atomic"
	"time"

	"protime-admin/protime"
)

// Lister reads the pages of a list; *protime.Client is one. Errors are *protime.Error and end the sequence.
type Lister interface {
	List(ctx context.Context, path string, options protime.ListOptions) iter.Seq2[protime.Page, error]
}

// Options of a Directory; the zero value is right for serving.
type Options struct {
	Interval    time.Duration    // between refreshes; 0: 15 minutes
	MinInterval time.Duration    // between refreshes that are requested or retried; 0: 1 minute
	Now         func() time.Time // nil: time.Now
	// TimeZone is the company's, by whose date people have left; nil: UTC.
	TimeZone *time.Location
	// Granted says whether the token may read people; nil: the API tells.
	Granted func(context.Context) bool
	// Failed is called for every refresh that failed; nil: none.
	Failed func(error)
}

// Phase is how far the directory is.
type Phase string

// The phases. A directory that was ready once stays ready when a later reading fails; State.Reason then says why.
const (
	Filling Phase = "filling" // the first reading goes on: Count people so far
	Ready   Phase = "ready"
	Failed  Phase = "failed" // nobody could be read
)

// Reason is why the last reading failed.
type Reason string

// The reasons; "" when it did not fail.
const (
	NotGranted Reason = "scope"       // the token lacks the scope for people
	NotOffered Reason = "not-offered" // this tenant's API has no list of people
	Trouble    Reason = "trouble"     // anything that may pass: the API is down, busy, or answered nonsense
)

// State is what a page says about the directory.
type State struct {
	Phase  Phase
	Count  int       // people that are known now
	At     time.Time // when the reading ended that Count comes from; zero until then
	Reason Reason
	// Partial says that people were asked for by number: whoever has neither a history nor a contract is missing.
	Partial bool
}

// Directory knows everybody by id and finds people by what is typed. Its methods never wait for the network.
type Directory struct {
	list Lister
	o    Options

	view      atomic.Pointer[view]
	requested chan struct{}
	filter    string // that the list of people requires, "" while none is known to be; for Run's goroutine only
}

// view is a state with the snapshot that belongs to it, published together.
type view struct {
	State
	*snapshot
}

// New makes an empty directory; Run fills it.
func New(list Lister, o Options) *Directory {
	o.Interval = cmp.Or(o.Interval, 15*time.Minute)
	o.MinInterval = cmp.Or(o.MinInterval, time.Minute)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.TimeZone == nil {
		o.TimeZone = time.UTC
	}
	if o.Granted == nil {
		o.Granted = func(context.Context) bool { return true }
	}
	if o.Failed == nil {
		o.Failed = func(error) {}
	}
	d := &Directory{list: list, o: o, requested: make(chan struct{}, 1)}
	d.view.Store(&view{State: State{Phase: Filling}, snapshot: &snapshot{}})
	return d
}

// Run reads everybody at once, then every so often and when Refresh asks, until ctx ends. It is called once.
func (d *Directory) Run(ctx context.Context) {
	for {
		delay := d.o.Interval
		err := d.fill(ctx)
		if err != nil && ctx.Err() == nil {
			d.o.Failed(err)
		}
		if err != nil && reasonOf(err) == Trouble {
			delay = d.o.MinInterval
		}
		if !d.wait(ctx, delay) {
			return
		}
	}
}

// wait waits for the next refresh: MinInterval in any case, then for a request or the end of the delay. It returns
// false when ctx ended.
func (d *Directory) wait(ctx context.Context, delay time.Duration) bool {
	minimum := time.NewTimer(d.o.MinInterval)
	defer minimum.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-minimum.C:
	}
	timer := time.NewTimer(max(0, delay-d.o.MinInterval))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-d.requested:
	case <-timer.C:
	}
	return true
}

// Refresh requests a refresh, because a person is missing. It returns at once; there is at most one per
// Options.MinInterval.
func (d *Directory) Refresh() {
	select {
	case d.requested <- struct{}{}:
	default:
	}
}

// fill reads the list and publishes it as a new snapshot. The first time, a snapshot is published each time the number
// of people has doubled: the names of the first pages need not wait for the last one, and indexing costs at most twice
// the work of the last snapshot.
func (d *Directory) fill(ctx context.Context) error {
	if !d.o.Granted(ctx) {
		d.fail(protime.Forbidden)
		return protime.Forbidden
	}
	first := d.State().At.IsZero()
	if first {
		d.view.Store(&view{State: State{Phase: Filling, Count: d.State().Count}, snapshot: d.view.Load().snapshot})
	}
	var b builder
	show := 1
	for page, err := range d.everybody(ctx) {
		if err != nil {
			d.fail(err)
			return err
		}
		for _, record := range page.Records {
			if p, ok := decode(record); ok {
				b.add(p)
			}
		}
		if first && len(b.entries) >= show {
			s := b.snapshot()
			d.view.Store(&view{State: State{Phase: Filling, Count: len(s.entries)}, snapshot: s})
			show = 2 * len(b.entries)
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	s := b.snapshot()
	d.view.Store(&view{State: State{
		Phase: Ready, Count: len(s.entries), At: d.o.Now(), Partial: d.filter != "",
	}, snapshot: s})
	return nil
}

// fail publishes why a refresh failed, with the snapshot that was there before.
func (d *Directory) fail(err error) {
	now := d.view.Load()
	state := now.State
	state.Reason = reasonOf(err)
	if state.At.IsZero() {
		state.Phase = Failed
	}
	d.view.Store(&view{State: state, snapshot: now.snapshot})
}

func reasonOf(err error) Reason {
	switch {
	case errors.Is(err, protime.Forbidden), errors.Is(err, protime.Unauthorized):
		return NotGranted
	case errors.Is(err, protime.NotFound), errors.Is(err, protime.NotOffered):
		return NotOffered
	}
	return Trouble
}

// State is how far the directory is.
func (d *Directory) State() State { return d.view.Load().State }

// Person is somebody by id; false when nobody is known by it (yet).
func (d *Directory) Person(id string) (Person, bool) { return d.view.Load().byID(id) }

// Name is what to call somebody; false when nobody is known by the id (yet).
func (d *Directory) Name(id string) (string, bool) {
	p, ok := d.Person(id)
	if !ok {
		return "", false
	}
	return p.Name(), true
}

// Employed iterates over the ids of those in service on a date, yyyy-mm-dd, as far as they are known (yet).
func (d *Directory) Employed(date string) iter.Seq[string] {
	known := d.view.Load().snapshot
	return func(yield func(string) bool) {
		for _, e := range known.entries {
			p := known.person(e)
			if p.EmployedOn(date) && !yield(p.ID) {
				return
			}
		}
	}
}

// Find returns at most limit people, best first, whose names, badge, employee number or id begin with the typed
// words, in any order, without case and accents. It returns nobody for no words, or when ctx ends before the answer.
func (d *Directory) Find(ctx context.Context, text string, limit int) []Person {
	return d.view.Load().find(ctx, text, d.o.Now().In(d.o.TimeZone).Format(time.DateOnly), limit)
}

// Everybody iterates over all people who are known, by id.
func (d *Directory) Everybody() iter.Seq[Person] {
	s := d.view.Load().snapshot
	return func(yield func(Person) bool) {
		for _, e := range s.entries {
			if !yield(s.person(e)) {
				return
			}
		}
	}
}

// ClosedUntil is the earliest of the closing dates of those of some people, or of everybody for nil, who are in service on
// a date; "" where no date is known.
func (d *Directory) ClosedUntil(date string, ids []string) (earliest string) {
	all := slices.Values(ids)
	if ids == nil {
		all = d.Employed(date)
	}
	for id := range all {
		p, _ := d.Person(id)
		if p.PeriodClosing != "" && p.EmployedOn(date) && (earliest == "" || p.PeriodClosing < earliest) {
			earliest = p.PeriodClosing
		}
	}
	return earliest
}
