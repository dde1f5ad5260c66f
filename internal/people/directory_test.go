package people_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"protime-admin/internal/people"
	"protime-admin/protime"
)

// list is a people.Lister that answers pages of records given as JSON. A page may be an error, or a wait.
type list struct {
	mu    sync.Mutex
	pages []any // []string, error, or func(context.Context)
	read  atomic.Int64
}

func (l *list) set(pages ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pages = pages
}

func (l *list) List(ctx context.Context, path string, _ protime.ListOptions) iter.Seq2[protime.Page, error] {
	l.read.Add(1)
	l.mu.Lock()
	pages := l.pages
	l.mu.Unlock()
	return func(yield func(protime.Page, error) bool) {
		if path != "/people" {
			yield(protime.Page{}, fmt.Errorf("got a list of %s, want /people", path))
			return
		}
		for _, page := range pages {
			switch page := page.(type) {
			case error:
				yield(protime.Page{}, page)
				return
			case func(context.Context):
				page(ctx)
			case []string:
				if !yield(protime.Page{Records: records(page)}, nil) {
					return
				}
			}
		}
	}
}

func records(raw []string) []protime.Record {
	var all []protime.Record
	for _, text := range raw {
		record, err := protime.ParseRecord([]byte(text))
		if err != nil {
			panic(err)
		}
		all = append(all, record)
	}
	return all
}

var jan = `{"id": 76547, "firstName": "Jan", "lastName": "Maes", "initials": "JM", "badgeNumber": "6767676",
	"employeeNumber": "E-670012", "inServiceDate": "2019-03-01", "outOfServiceDate": null,
	"periodClosingDate": "2026-10-31T00:00:00"}`

var els = `{"id": 9, "firstName": "Els", "lastName": "Peeters", "badgeNumber": "1010", "employeeNumber": 670013}`

// run starts a directory in a bubble of its own time and waits until it rests.
func run(t *testing.T, l people.Lister, o people.Options) *people.Directory {
	t.Helper()
	d := people.New(l, o)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	synctest.Wait()
	return d
}

func TestEverybodyIsKnownByID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := run(t, &list{pages: []any{[]string{jan}, []string{}, []string{els, `{"firstName": "No", "lastName": "ID"}`}}},
			people.Options{})

		got, ok := d.Person("76547")
		want := people.Person{
			ID: "76547", First: "Jan", Last: "Maes", Initials: "JM", Badge: "6767676", Number: "E-670012",
			InService: "2019-03-01", PeriodClosing: "2026-10-31",
		}
		if diff := cmp.Diff(want, got); !ok || diff != "" {
			t.Errorf("Person: %v, -want +got\n%s", ok, diff)
		}
		if name, ok := d.Name("9"); name != "Els Peeters" || !ok {
			t.Errorf("Name: got %q, %v", name, ok)
		}
		if name, ok := d.Name("10"); name != "" || ok {
			t.Errorf("Name of nobody: got %q, %v", name, ok)
		}
		if diff := cmp.Diff(people.State{Phase: people.Ready, Count: 2, At: time.Now()}, d.State()); diff != "" {
			t.Errorf("State: -want +got\n%s", diff)
		}
	})
}

func TestAPersonWithoutNamesIsCalledByInitialsOrID(t *testing.T) {
	for want, p := range map[string]people.Person{
		"Jan Maes": {ID: "1", First: "Jan", Last: "Maes", Initials: "JM"},
		"Maes":     {ID: "1", Last: "Maes"},
		"JM":       {ID: "1", Initials: "JM"},
		"1":        {ID: "1"},
	} {
		if got := p.Name(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestNamesOfTheFirstPagesAreKnownWhileTheRestIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		more := make(chan struct{})
		d := run(t, &list{pages: []any{[]string{jan}, func(context.Context) { <-more }, []string{els}}}, people.Options{})

		if name, ok := d.Name("76547"); name != "Jan Maes" || !ok {
			t.Errorf("Name while filling: got %q, %v", name, ok)
		}
		if diff := cmp.Diff(people.State{Phase: people.Filling, Count: 1}, d.State()); diff != "" {
			t.Errorf("State while filling: -want +got\n%s", diff)
		}
		close(more)
		synctest.Wait()
		if got := d.State(); got.Phase != people.Ready || got.Count != 2 {
			t.Errorf("State after: got %+v, want 2 ready", got)
		}
	})
}

func TestAFailedReadingSaysWhyAndIsTriedAgain(t *testing.T) {
	tests := []struct {
		name   string
		err    error
		reason people.Reason
		again  time.Duration
	}{
		{"a missing scope waits for the next round", protime.Forbidden, people.NotGranted, 15 * time.Minute},
		{"a missing scope as 401", protime.Unauthorized, people.NotGranted, 15 * time.Minute},
		{"a tenant without people", protime.NotFound, people.NotOffered, 15 * time.Minute},
		{"trouble is tried again soon", protime.Unavailable, people.Trouble, time.Minute},
		{"an error of another kind", errors.New("broken"), people.Trouble, time.Minute},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := &list{pages: []any{[]string{jan}, test.err}}
				var told error
				d := run(t, l, people.Options{Failed: func(err error) { told = err }})

				want := people.State{Phase: people.Failed, Count: 1, Reason: test.reason}
				if diff := cmp.Diff(want, d.State()); diff != "" {
					t.Errorf("State: -want +got\n%s", diff)
				}
				if !errors.Is(told, test.err) {
					t.Errorf("the log got %v, want %v", told, test.err)
				}

				l.set([]string{jan, els})
				time.Sleep(test.again - time.Second)
				synctest.Wait()
				if got := l.read.Load(); got != 1 {
					t.Errorf("read %d times before %v, want once", got, test.again)
				}
				time.Sleep(2 * time.Second)
				synctest.Wait()
				if got := d.State(); got.Phase != people.Ready || got.Count != 2 || got.Reason != "" {
					t.Errorf("after another try: got %+v, want 2 ready", got)
				}
			})
		})
	}
}

func TestPeopleStayKnownWhenALaterReadingFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &list{pages: []any{[]string{jan, els}}}
		d := run(t, l, people.Options{})
		since := d.State().At

		l.set([]string{jan}, protime.ServerFault)
		time.Sleep(16 * time.Minute)
		synctest.Wait()
		want := people.State{Phase: people.Ready, Count: 2, At: since, Reason: people.Trouble}
		if diff := cmp.Diff(want, d.State()); diff != "" {
			t.Errorf("State: -want +got\n%s", diff)
		}
		if _, ok := d.Name("9"); !ok {
			t.Error("Els is forgotten, want her known still")
		}
	})
}

func TestWishesAreGrantedAtMostOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &list{pages: []any{[]string{jan}}}
		d := run(t, l, people.Options{})

		for range 600 {
			d.Refresh()
			time.Sleep(time.Second)
		}
		synctest.Wait()
		if got := l.read.Load(); got < 9 || got > 11 {
			t.Errorf("read %d times in ten minutes of wishing, want about 10", got)
		}

		before := l.read.Load()
		time.Sleep(time.Hour)
		synctest.Wait()
		if got := l.read.Load() - before; got < 4 || got > 5 {
			t.Errorf("read %d times in an hour without wishes, want 4", got)
		}
	})
}

func TestPeopleAreFoundByWhatIsTyped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := run(t, &list{pages: []any{[]string{
			jan, els,
			person(20, "Zoë", "D'Hondt", "2020", "670020"),
			person(21, "Łukasz", "Wiśniewski", "2021", "670021"),
			person(22, "Jan", "Van den Berghe", "2022", "670022"),
			person(23, "Jana", "Maes", "2023", "670023"),
			person(24, "Maes", "Janssens", "2024", "670024"),
			`{"id": 25, "firstName": "Jan", "lastName": "Maes", "outOfServiceDate": "1999-12-31"}`,
			person(26, "Søren", "Groß", "22", "9"),
		}}}, people.Options{})

		tests := []struct{ text, want string }{
			{"maes", "76547 23 24 25"}, // the last name first; who left comes last
			{"jan maes", "76547 25 24 23"},
			{"MAES JAN", "76547 25 24 23"},
			{"zoe dhondt", "20"},
			{"d'hondt", "20"},
			{"hondt", "20"},
			{"lukasz", "21"},
			{"Wisniewski Ł", "21"},
			{"vandenberghe", "22"},
			{"van den b", "22"},
			{"gross soren", "26"},
			{"6700", "20 24 76547 23 9 22"},
			{"670013", "9"},
			{"6767676", "76547"},
			{"E-670012", "76547"},
			{"76547", "76547"},
			{"9", "26 9"}, // an employee number and an id, both whole: by name
			{"22", "26 22"},
			{"nobody", ""},
			{"erghe", ""},
			{"jan nobody", ""},
			{"  ", ""},
			{"'", ""},
		}
		for _, test := range tests {
			var got []string
			for _, p := range d.Find(t.Context(), test.text, 6) {
				got = append(got, p.ID)
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("Find(%q): got %v, want %s", test.text, got, test.want)
			}
		}
		if got := d.Find(t.Context(), "maes", 2); len(got) != 2 || got[0].ID != "76547" {
			t.Errorf("the best two: got %v", got)
		}
		if got := d.Find(t.Context(), "maes", 0); len(got) != 0 {
			t.Errorf("none wanted: got %v", got)
		}
	})
}

func TestWhoLeftIsToldByTheCompanysDate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // midnight of 1 January 2000, UTC
		left := `{"id": 8, "firstName": "Jan", "lastName": "Maes", "initials": "A", "outOfServiceDate": "1999-12-31"}`
		for hours, want := range map[int]string{-1: "8", +1: "76547"} {
			zone := time.FixedZone("the company's", hours*3600)
			d := run(t, &list{pages: []any{[]string{jan, left}}}, people.Options{TimeZone: zone})
			if got := d.Find(t.Context(), "jan maes", 2); len(got) != 2 || got[0].ID != want {
				t.Errorf("%d hours from UTC: got %v, want %s first", hours, got, want)
			}
		}
	})
}

func person(id int, first, last, badge, number string) string {
	return fmt.Sprintf(`{"id": %d, "firstName": %q, "lastName": %q, "badgeNumber": %q, "employeeNumber": %q}`,
		id, first, last, badge, number)
}

func TestPeopleOutsideOfTheScopesAreNotAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &list{pages: []any{[]string{jan}}}
		d := run(t, l, people.Options{Granted: func(context.Context) bool { return false }})
		if got := d.State(); got.Phase != people.Failed || got.Reason != people.NotGranted || l.read.Load() != 0 {
			t.Errorf("got %+v after %d calls, want the missing scope without any", got, l.read.Load())
		}
	})
}
