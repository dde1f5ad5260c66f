package people_test

import (
	"context"
	"iter"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"protime-admin/internal/people"
	"protime-admin/protime"
)

// wantsFilter is a people.Lister whose list of people takes one filter alone, "" for none; the other lists name Jan.
type wantsFilter struct {
	mu     sync.Mutex // a clock that passes orders no goroutines for the race detector
	wanted string
	asked  []string // the filters of the list of people
}

// wants says which filter is taken from now on.
func (l *wantsFilter) wants(filter string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wanted = filter
}

// takeAsked returns the filters since it was called last.
func (l *wantsFilter) takeAsked() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	asked := l.asked
	l.asked = nil
	return asked
}

// taken records that a filter is asked for, and reports whether it is the one that is taken.
func (l *wantsFilter) taken(filter string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = append(l.asked, filter)
	return filter == l.wanted
}

func (l *wantsFilter) List(_ context.Context, path string, o protime.ListOptions) iter.Seq2[protime.Page, error] {
	return func(yield func(protime.Page, error) bool) {
		if path != "/people" {
			yield(protime.Page{Records: records([]string{`{"person": {"id": 76547}}`})}, nil)
			return
		}
		filter, _, _ := strings.Cut(o.Filter.String(), " ")
		if !l.taken(filter) {
			yield(protime.Page{}, protime.Invalid)
			return
		}
		yield(protime.Page{Records: records([]string{jan})}, nil)
	}
}

func TestAFilterThatWorkedIsUsedUntilItIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &wantsFilter{wanted: "person"}
		d := run(t, l, people.Options{})
		for _, tt := range []struct {
			name   string
			after  time.Duration // since the reading before
			wanted string
			asked  []string
			reason people.Reason
		}{
			{"the first reading finds it", 0, "person", []string{"", "person"}, ""},
			{"the next one uses it", 15 * time.Minute, "person", []string{"person"}, ""},
			{"it is refused once", 15 * time.Minute, "id", []string{"person"}, people.Trouble},
			{"a minute later all are tried", time.Minute, "id", []string{"", "person", "id"}, ""},
			{"the next one uses the new one", 15 * time.Minute, "id", []string{"id"}, ""},
		} {
			l.wants(tt.wanted)
			time.Sleep(tt.after)
			synctest.Wait()
			if got := d.State(); got.Reason != tt.reason || got.Count != 1 {
				t.Errorf("%s: got %+v, want one person and reason %q", tt.name, got, tt.reason)
			}
			if diff := cmp.Diff(tt.asked, l.takeAsked()); diff != "" {
				t.Errorf("%s: asked for people: want -, got +:\n%s", tt.name, diff)
			}
		}
	})
}
