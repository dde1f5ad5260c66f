package people_test

import (
	"context"
	"iter"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"protime-admin/internal/people"
	"protime-admin/protime"
)

// wantsFilter is a people.Lister whose list of people takes one filter alone, "" for none; the other lists name Jan.
type wantsFilter struct {
	wanted string
	asked  []string // the filters of the list of people
}

func (l *wantsFilter) List(_ context.Context, path string, o protime.ListOptions) iter.Seq2[protime.Page, error] {
	return func(yield func(protime.Page, error) bool) {
		if path != "/people" {
			yield(protime.Page{Records: records([]string{`{"person": {"id": 76547}}`})}, nil)
			return
		}
		filter, _, _ := strings.Cut(o.Filter.String(), " ")
		l.asked = append(l.asked, filter)
		if filter != l.wanted {
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
			l.wanted = tt.wanted
			time.Sleep(tt.after)
			synctest.Wait()
			if got := d.State(); got.Reason != tt.reason || got.Count != 1 {
				t.Errorf("%s: got %+v, want one person and reason %q", tt.name, got, tt.reason)
			}
			if diff := cmp.Diff(tt.asked, l.asked); diff != "" {
				t.Errorf("%s: asked for people: want -, got +:\n%s", tt.name, diff)
			}
			l.asked = nil
		}
	})
}
