package catalog

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"protime-admin/internal/search"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// Phase is how far a collection is.
type Phase string

// The phases.
const (
	Unread     Phase = "unread"      // nobody needed it yet, or the first reading goes on
	Ready      Phase = "ready"       // it can be searched; what is known may be old while it is read again
	NotGranted Phase = "scope"       // the token may not read it
	NotOffered Phase = "not-offered" // the tenant's API lacks it, or its records have no names
	Trouble    Phase = "trouble"     // it could not be read, which may pass
)

// State is what a page says about a collection.
type State struct {
	Phase   Phase
	Count   int       // records that are known
	Partial bool      // there are more than are stored
	At      time.Time // when they were read
}

// source is one collection: how it is read, what is known of it, and whether it is being read.
type source struct {
	collection *contract.Collection
	title      [][]string
	places     [][]string

	view   atomic.Pointer[view]
	asked  atomic.Bool // it is in the queue, or being read
	waited atomic.Bool // a page has waited for it: later ones do not
	known  chan struct{}
	first  sync.Once
}

// view is what one reading found, never changed afterwards.
type view struct {
	State
	entries []Entry // by id
	due     time.Time
}

// newSource makes the source of a collection; nil when its records have no name, when the list requires a filter, or
// when it is nested and no place is known.
func newSource(c *contract.Collection, places [][]string) *source {
	named := len(c.Title) > 0 && (c.Title[0] == "name" || strings.HasPrefix(c.Title[0], "name."))
	demanding := slices.ContainsFunc(c.Filters, func(f contract.Filter) bool { return f.Required })
	if !named || demanding || c.Path == "" || c.Rows != "" || len(c.Public) > 0 {
		return nil
	}
	s := &source{collection: c, places: places, known: make(chan struct{})}
	for _, path := range c.Title {
		s.title = append(s.title, strings.Split(path, "."))
	}
	if parameters(c) == 0 {
		s.places = [][]string{nil}
	}
	s.places = slices.DeleteFunc(slices.Clone(s.places), func(place []string) bool { return !isPlace(c, place) })
	if len(s.places) == 0 {
		return nil
	}
	s.view.Store(&view{State: State{Phase: Unread}})
	return s
}

// parameters is how many values the path of the list takes.
func parameters(c *contract.Collection) int { return strings.Count(c.Path, "{") }

// isPlace says whether the list's path can be filled from a place, counting the last number where it is left out.
func isPlace(c *contract.Collection, place []string) bool {
	n := parameters(c)
	return len(place) == n || len(place) == n-1 && c.Params[n-1].Type == "integer"
}

// errFull ends a reading that has as many records as are stored.
var errFull = errors.New("catalog: no more records are stored")

// read lists every place of the collection. A place that does not exist counts only where none does.
func (s *source) read(ctx context.Context, list Lister, most int) (*view, error) {
	v := &view{}
	missing := 0
	for _, place := range s.places {
		err := s.readPlace(ctx, list, place, v, most)
		if errors.Is(err, errFull) {
			v.Partial = true
			break
		}
		if errors.Is(err, protime.NotFound) && missing < len(s.places)-1 {
			missing++
			continue
		}
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(v.entries, func(a, b Entry) int { return strings.Compare(a.ID, b.ID) })
	v.entries = slices.CompactFunc(v.entries, func(a, b Entry) bool { return a.ID == b.ID })
	v.Count = len(v.entries)
	return v, nil
}

// levels bounds how far a number at the end of a place is counted.
const levels = 20

// readPlace lists one place, or one after the other where the last parameter is a number that was left out.
func (s *source) readPlace(ctx context.Context, list Lister, place []string, v *view, most int) error {
	if len(place) == parameters(s.collection) {
		return s.readList(ctx, list, place, v, most)
	}
	for level := range levels {
		before := len(v.entries)
		err := s.readList(ctx, list, join(place, strconv.Itoa(level+1)), v, most)
		ended := errors.Is(err, protime.NotFound) || errors.Is(err, protime.Invalid)
		if err != nil && (level == 0 || !ended) {
			return err
		}
		if ended || len(v.entries) == before {
			return nil
		}
	}
	return nil
}

func (s *source) readList(ctx context.Context, list Lister, place []string, v *view, most int) error {
	for page, err := range list.List(ctx, s.collection.URL(place...), protime.ListOptions{}) {
		if err != nil {
			return err
		}
		for _, record := range page.Records {
			e, ok := entryOf(record, s.title, place)
			if !ok {
				continue
			}
			if len(v.entries) == most {
				return errFull
			}
			v.entries = append(v.entries, e)
		}
	}
	return nil
}

func (v *view) byID(id string) (Entry, bool) {
	at, found := slices.BinarySearchFunc(v.entries, id, func(e Entry, id string) int {
		return strings.Compare(e.ID, id)
	})
	if !found {
		return Entry{}, false
	}
	return v.entries[at], true
}

// find looks at every entry: catalogs are small, and a folded line is compared in well under a microsecond.
func (v *view) find(text string, limit int) []Entry {
	words := search.Words(text)
	type hit struct {
		rank int
		*Entry
	}
	var hits []hit
	for i := range v.entries {
		e := &v.entries[i]
		rank, _, ok := search.Rank(e.line, words)
		if !ok || text != "" && len(words) == 0 {
			continue
		}
		if text != "" && (e.ID == text || strings.EqualFold(e.Code, text)) {
			rank = -1
		}
		hits = append(hits, hit{rank, e})
	}
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), strings.Compare(a.line, b.line), strings.Compare(a.ID, b.ID))
	})
	found := make([]Entry, 0, max(0, min(limit, len(hits))))
	for _, h := range hits[:cap(found)] {
		found = append(found, *h.Entry)
	}
	return found
}
