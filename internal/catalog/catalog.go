// Package catalog knows the records of the small collections by name, for pickers, lists and links: terminals, absence
// definitions, departments, activity definitions and whatever else the contract says is called by a name.
//
// A collection is read when a page first needs it, in the background, and again when what is known has grown old; the
// old names serve meanwhile. A page waits a moment for the first reading and then goes on with ids. A collection that
// the tenant's API lacks, or that the token may not read, is not offered: its picker is a plain id.
//
// People are not here: package people reads them, because of what must not be read with them.
package catalog

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"strings"
	"sync"
	"time"

	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// Lister reads the pages of a list; *protime.Client is one. Errors are *protime.Error and end the sequence.
type Lister interface {
	List(ctx context.Context, path string, options protime.ListOptions) iter.Seq2[protime.Page, error]
}

// Options of a Catalog; the zero value is right for serving.
type Options struct {
	MaxAge     time.Duration // age from which a collection, or its refusal, is read again; 0: 5 minutes
	RetryAfter time.Duration // time between a reading that failed for a passing reason and the next; 0: 30 seconds
	Wait       time.Duration // how long a page waits for a collection that was never read; 0: 300 ms
	MaxRecords int           // records stored of one collection; 0: 50,000
	// Places are the values of the path parameters of nested collections: for "activity-definitions"
	// {{"38fc2206-..."}}. Where the last value is left out (the level), 1, 2, 3... are read until one has no records.
	Places map[string][][]string
	// Granted says whether the token may read a collection; one that it may not is never requested. nil: the API tells.
	Granted func(context.Context, *contract.Collection) bool
	Now     func() time.Time // nil: time.Now
	// Failed is called for every reading that failed for a passing reason; nil: none.
	Failed func(collection string, err error)
}

// Catalog finds records by name. Only Need, Offered and Find wait for the network, and only once per collection and
// for Options.Wait; nothing takes a lock.
type Catalog struct {
	list    Lister
	o       Options
	sources map[string]*source
	wanted  chan *source
}

// New makes a catalog of every collection of the contract whose records are called by a name; Run reads them.
func New(c *contract.Contract, list Lister, o Options) *Catalog {
	o.MaxAge = cmp.Or(o.MaxAge, 5*time.Minute)
	o.RetryAfter = cmp.Or(o.RetryAfter, 30*time.Second)
	o.Wait = cmp.Or(o.Wait, 300*time.Millisecond)
	o.MaxRecords = cmp.Or(o.MaxRecords, 50_000)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Failed == nil {
		o.Failed = func(string, error) {}
	}
	if o.Granted == nil {
		o.Granted = func(context.Context, *contract.Collection) bool { return true }
	}
	k := &Catalog{list: list, o: o, sources: map[string]*source{}}
	for _, collection := range c.Collections {
		if s := newSource(collection, o.Places[collection.Name]); s != nil {
			k.sources[collection.Name] = s
		}
	}
	k.wanted = make(chan *source, len(k.sources))
	return k
}

// readers is how many collections are read at the same time: the API limits the rate.
const readers = 2

// Run reads what is wanted until ctx ends. It is called once.
func (k *Catalog) Run(ctx context.Context) {
	var running sync.WaitGroup
	for range readers {
		running.Go(func() {
			for {
				select {
				case <-ctx.Done():
					return
				case s := <-k.wanted:
					k.fill(ctx, s)
				}
			}
		})
	}
	running.Wait()
}

// fill reads one collection anew.
func (k *Catalog) fill(ctx context.Context, s *source) {
	err := error(protime.Forbidden)
	read := &view{}
	if k.o.Granted(ctx, s.collection) {
		read, err = s.read(ctx, k.list, k.o.MaxRecords)
	}
	if ctx.Err() != nil {
		return
	}
	s.view.Store(k.after(s, read, err))
	s.first.Do(func() { close(s.known) })
	s.asked.Store(false)
}

// after is what is known after a reading. One that failed for a passing reason leaves what was known before.
func (k *Catalog) after(s *source, read *view, err error) *view {
	now := k.o.Now()
	phase := phaseOf(err)
	if phase == Trouble {
		k.o.Failed(s.collection.Name, err)
		last := *s.view.Load()
		if last.Phase != Ready {
			last = view{State: State{Phase: Trouble}}
		}
		last.due = now.Add(k.o.RetryAfter)
		return &last
	}
	if err != nil {
		read = &view{}
	}
	read.Phase, read.At, read.due = phase, now, now.Add(k.o.MaxAge)
	return read
}

func phaseOf(err error) Phase {
	switch {
	case err == nil:
		return Ready
	case errors.Is(err, protime.Forbidden), errors.Is(err, protime.Unauthorized):
		return NotGranted
	case errors.Is(err, protime.NotFound), errors.Is(err, protime.NotOffered):
		return NotOffered
	}
	return Trouble
}

// source is that of a collection, queued to be read again when it is due; nil when its records have no names.
func (k *Catalog) source(collection string) *source {
	s := k.sources[collection]
	if s == nil {
		return nil
	}
	if !k.o.Now().Before(s.view.Load().due) && s.asked.CompareAndSwap(false, true) {
		k.wanted <- s // never full: each source is queued at most once
	}
	return s
}

// Need has collections read, those that a page is going to show, and waits for all of them together as long as for one.
func (k *Catalog) Need(ctx context.Context, collections ...string) {
	var waiting []*source
	for _, name := range collections {
		if s := k.source(name); s != nil && s.waited.CompareAndSwap(false, true) {
			waiting = append(waiting, s)
		}
	}
	if waiting == nil {
		return
	}
	budget := time.NewTimer(k.o.Wait)
	defer budget.Stop()
	for _, s := range waiting {
		select {
		case <-s.known:
		case <-budget.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

// Offered says whether a collection can be searched. It is false for a collection whose records have no names, for
// one that the tenant's API lacks or the token may not read, and while nothing is known of it yet.
func (k *Catalog) Offered(ctx context.Context, collection string) bool {
	k.Need(ctx, collection)
	return k.State(collection).Phase == Ready
}

// State is how far a collection is. It asks for nothing.
func (k *Catalog) State(collection string) State {
	s := k.sources[collection]
	if s == nil {
		return State{Phase: NotOffered}
	}
	return s.view.Load().State
}

// Label is a record by id; false when it is not known, or not yet. It never waits, so that a list of a hundred rows
// can ask for each; call Need before.
func (k *Catalog) Label(collection, id string) (Entry, bool) {
	s := k.source(collection)
	if s == nil {
		return Entry{}, false
	}
	return s.view.Load().byID(id)
}

// Find returns at most limit records, best first, whose names, in any language, codes or id begin with the typed words.
// For no words it returns the first by name.
func (k *Catalog) Find(ctx context.Context, collection, text string, limit int) []Entry {
	k.Need(ctx, collection)
	s := k.source(collection)
	if s == nil {
		return nil
	}
	return s.view.Load().find(strings.TrimSpace(text), limit)
}
