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
	Fresh time.Duration // how long a reading counts, one that was refused too; 0: 5 minutes
	Least time.Duration // how soon another try follows a reading that failed in passing; 0: 30 seconds
	Wait  time.Duration // how long a page waits for a collection that was never read; 0: 300 ms
	Most  int           // records kept of one collection; 0: 50,000
	// Places are the values of the path parameters, for collections that stand below another one: for
	// "activity-definitions" {{"38fc2206-..."}}. A number that is left out at the end (the level) is counted up from 1
	// for as long as there are records.
	Places map[string][][]string
	// Granted says whether the token may read a collection, so that one that it may not is never called; nil: ask
	// the API.
	Granted func(context.Context, *contract.Collection) bool
	Now     func() time.Time // nil: time.Now
	// Failed is told of every reading that failed in passing, for the log; nil: nobody is.
	Failed func(collection string, err error)
}

// Catalog finds records by name. Only Need, Offered and Find wait for the network, and only once per collection and
// for Options.Wait; nothing takes a lock.
type Catalog struct {
	list    Lister
	o       Options
	shelves map[string]*shelf
	wanted  chan *shelf
}

// New makes a catalog of every collection of the contract whose records are called by a name; Run reads them.
func New(c *contract.Contract, list Lister, o Options) *Catalog {
	o.Fresh = or(o.Fresh, 5*time.Minute)
	o.Least = or(o.Least, 30*time.Second)
	o.Wait = or(o.Wait, 300*time.Millisecond)
	if o.Most <= 0 {
		o.Most = 50_000
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Failed == nil {
		o.Failed = func(string, error) {}
	}
	if o.Granted == nil {
		o.Granted = func(context.Context, *contract.Collection) bool { return true }
	}
	k := &Catalog{list: list, o: o, shelves: map[string]*shelf{}}
	for _, collection := range c.Collections {
		if s := newShelf(collection, o.Places[collection.Name]); s != nil {
			k.shelves[collection.Name] = s
		}
	}
	k.wanted = make(chan *shelf, len(k.shelves))
	return k
}

func or(d, fallback time.Duration) time.Duration {
	if d <= 0 {
		return fallback
	}
	return d
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
func (k *Catalog) fill(ctx context.Context, s *shelf) {
	err := error(protime.Forbidden)
	read := &view{}
	if k.o.Granted(ctx, s.collection) {
		read, err = s.read(ctx, k.list, k.o.Most)
	}
	if ctx.Err() != nil {
		return
	}
	s.view.Store(k.after(s, read, err))
	s.first.Do(func() { close(s.known) })
	s.asked.Store(false)
}

// after is what is known after a reading. One that failed in passing leaves what was known before.
func (k *Catalog) after(s *shelf, read *view, err error) *view {
	now := k.o.Now()
	phase := phaseOf(err)
	if phase == Trouble {
		k.o.Failed(s.collection.Name, err)
		kept := *s.view.Load()
		if kept.Phase != Ready {
			kept = view{State: State{Phase: Trouble}}
		}
		kept.due = now.Add(k.o.Least)
		return &kept
	}
	if err != nil {
		read = &view{}
	}
	read.Phase, read.At, read.due = phase, now, now.Add(k.o.Fresh)
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

// shelf is the collection's, asked for when it has grown old; nil when records of it have no names here.
func (k *Catalog) shelf(collection string) *shelf {
	s := k.shelves[collection]
	if s == nil {
		return nil
	}
	if !k.o.Now().Before(s.view.Load().due) && s.asked.CompareAndSwap(false, true) {
		k.wanted <- s // never full: every shelf is in it at most once
	}
	return s
}

// Need has collections read, those that a page is going to show, and waits for all of them together as long as for one.
func (k *Catalog) Need(ctx context.Context, collections ...string) {
	var waiting []*shelf
	for _, name := range collections {
		if s := k.shelf(name); s != nil && s.waited.CompareAndSwap(false, true) {
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
	s := k.shelves[collection]
	if s == nil {
		return State{Phase: NotOffered}
	}
	return s.view.Load().State
}

// Label is a record by id; false when it is not known, or not yet. It never waits, so that a list of a hundred rows
// can ask for each; call Need before.
func (k *Catalog) Label(collection, id string) (Entry, bool) {
	s := k.shelf(collection)
	if s == nil {
		return Entry{}, false
	}
	return s.view.Load().byID(id)
}

// Find returns at most limit records, best first, whose names, in any language, codes or id begin with the typed words.
// For no words it returns the first by name.
func (k *Catalog) Find(ctx context.Context, collection, text string, limit int) []Entry {
	k.Need(ctx, collection)
	s := k.shelf(collection)
	if s == nil {
		return nil
	}
	return s.view.Load().find(strings.TrimSpace(text), limit)
}
