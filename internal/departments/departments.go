// Package departments knows in which department everybody was on each day. A list of registrations has no filter by
// department in the API, so that a page asks for the people of the department instead.
//
// A Directory reads GET /department-histories in the background and publishes what it read as one snapshot, so that a
// request never waits for it and never takes a lock. The names of departments are in package catalog.
package departments

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"
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
	Interval   time.Duration    // between readings; 0: 15 minutes
	RetryAfter time.Duration    // between a reading that failed and the next; 0: 1 minute
	Now        func() time.Time // nil: time.Now
	// Granted says whether the token may read the histories; nil: the API tells.
	Granted func(context.Context) bool
	// Failed is called for every reading that failed; nil: none.
	Failed func(error)
}

// State is what a page says about the directory.
type State struct {
	At    time.Time // when the histories were read; zero while they never were
	Count int       // periods that are known
	Err   error     // of the last reading, a *protime.Error; nil when it succeeded
}

// Directory knows the department of everybody by day. Its methods never wait for the network.
type Directory struct {
	list Lister
	o    Options
	view atomic.Pointer[view]
}

// view is a state with the stays that belong to it, published together.
type view struct {
	State
	stays []stay // by person, then by first day
}

// stay is the time of one person in one department (documentation: people/historical-fields).
type stay struct {
	person, department string
	from, until        string // first and last day, yyyy-mm-dd; until is "" while it lasts
}

func (s stay) overlaps(from, until string) bool {
	return s.from <= until && (s.until == "" || s.until >= from)
}

// New makes an empty directory; Run fills it.
func New(list Lister, o Options) *Directory {
	o.Interval = cmp.Or(o.Interval, 15*time.Minute)
	o.RetryAfter = cmp.Or(o.RetryAfter, time.Minute)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Granted == nil {
		o.Granted = func(context.Context) bool { return true }
	}
	if o.Failed == nil {
		o.Failed = func(error) {}
	}
	d := &Directory{list: list, o: o}
	d.view.Store(&view{})
	return d
}

// Run reads the histories at once and then every so often, until ctx ends. It is called once.
func (d *Directory) Run(ctx context.Context) {
	for {
		delay := d.o.Interval
		if err := d.fill(ctx); err != nil && ctx.Err() == nil {
			d.o.Failed(err)
			delay = d.o.RetryAfter
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(delay):
		}
	}
}

// fill reads the histories. After a failure what was known before stays known.
func (d *Directory) fill(ctx context.Context) error {
	stays, err := d.read(ctx)
	if err != nil {
		failed := *d.view.Load()
		failed.Err = err
		d.view.Store(&failed)
		return err
	}
	slices.SortFunc(stays, func(a, b stay) int {
		return cmp.Or(strings.Compare(a.person, b.person), strings.Compare(a.from, b.from),
			strings.Compare(a.until, b.until), strings.Compare(a.department, b.department))
	})
	stays = slices.Compact(stays) // a list that moved between two pages gives a period twice
	d.view.Store(&view{State: State{At: d.o.Now(), Count: len(stays)}, stays: stays})
	return nil
}

func (d *Directory) read(ctx context.Context) ([]stay, error) {
	if !d.o.Granted(ctx) {
		return nil, protime.Forbidden
	}
	var stays []stay
	known := map[string]string{} // departments, each stored once
	for record, err := range protime.Records(d.list.List(ctx, "/department-histories", protime.ListOptions{})) {
		if err != nil {
			return nil, err
		}
		s := stay{
			person: record.Text("person", "id"), department: record.Text("department", "id"),
			from: record.Text("from"), until: record.Text("until"),
		}
		if s.person == "" || s.department == "" {
			continue
		}
		if same, ok := known[s.department]; ok {
			s.department = same
		}
		known[s.department] = s.department
		stays = append(stays, s)
	}
	return stays, ctx.Err()
}

// State is how far the directory is.
func (d *Directory) State() State { return d.view.Load().State }

// Of is the department of a person on a date, yyyy-mm-dd; false when none is known. Where two periods hold the date, the
// one that began last counts.
func (d *Directory) Of(person, date string) (department string, ok bool) {
	stays := d.view.Load().stays
	at, _ := slices.BinarySearchFunc(stays, person, func(s stay, person string) int { return strings.Compare(s.person, person) })
	for _, s := range stays[at:] {
		if s.person != person {
			break
		}
		if s.overlaps(date, date) {
			department, ok = s.department, true
		}
	}
	return department, ok
}

// People are the ids of those who are in a department on a date, yyyy-mm-dd.
func (d *Directory) People(department, date string) []string {
	return d.PeopleDuring(department, date, date)
}

// PeopleDuring are the ids of those who are in a department on at least one day from the first to the last, yyyy-mm-dd;
// until may be "" for no end. Of says for one day.
func (d *Directory) PeopleDuring(department, from, until string) []string {
	const endless = "9999-12-31"
	var ids []string
	for _, s := range d.view.Load().stays {
		if s.department == department && s.overlaps(from, cmp.Or(until, endless)) {
			ids = append(ids, s.person)
		}
	}
	return slices.Compact(ids) // one person's periods follow each other
}
