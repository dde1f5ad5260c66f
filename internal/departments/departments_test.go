package departments_test

import (
	"context"
	"errors"
	"iter"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"protime-admin/internal/departments"
	"protime-admin/protime"
	"protime-admin/protime/simulator"
	"protime-admin/protime/simulator/company"
)

// TestEverybodysDepartmentIsKnownByDay reads a company over the wire, in small pages with empty ones among them.
func TestEverybodysDepartmentIsKnownByDay(t *testing.T) {
	tenant := simulator.Strict(t, company.New(time.Date(2026, 11, 17, 0, 0, 0, 0, time.UTC)))
	tenant.Configure(func(o *simulator.Options) { o.PageSize, o.EmptyPages = 7, 1 })
	for _, id := range tenant.IDs("department-histories") {
		tenant.Remove("department-histories", id)
	}
	for id, period := range map[string]string{
		"1": `{"id":1,"person":{"id":76547},"department":{"id":3},"from":"2020-01-01","until":"2026-11-18"}`,
		"2": `{"id":2,"person":{"id":76547},"department":{"id":4},"from":"2026-11-19","until":null}`,
		"3": `{"id":3,"person":{"id":76548},"department":{"id":4},"from":"2026-11-01","until":"2026-11-30"}`,
		"4": `{"id":4,"person":{"id":76549},"department":{"id":3},"from":"2026-11-17","until":"2026-11-17"}`,
		"5": `{"id":5,"person":{"id":76550},"department":{"id":3},"from":"2020-01-01"}`,
		"6": `{"id":6,"person":{"id":76550},"department":{"id":5},"from":"2026-11-20"}`,
	} {
		tenant.Put("department-histories", id, period)
	}
	d := fill(t, tenant)
	for _, tt := range []struct{ name, person, date, want string }{
		{"the first day", "76547", "2020-01-01", "3"},
		{"the last day", "76547", "2026-11-18", "3"},
		{"the day after a move", "76547", "2026-11-19", "4"},
		{"years later while it lasts", "76547", "2031-01-01", "4"},
		{"one day alone", "76549", "2026-11-17", "3"},
		{"after the last day", "76549", "2026-11-18", ""},
		{"before the first day", "76547", "2019-12-31", ""},
		{"of two the one that began last", "76550", "2026-11-21", "5"},
		{"nobody", "7654", "2026-11-17", ""},
	} {
		if got, ok := d.Of(tt.person, tt.date); got != tt.want || ok != (tt.want != "") {
			t.Errorf("%s: got %q, %v, want %q", tt.name, got, ok, tt.want)
		}
	}
	for _, tt := range []struct {
		name, department, from, until string
		want                          []string
	}{
		{"on a day", "3", "2026-11-17", "2026-11-17", []string{"76547", "76549", "76550"}},
		{"on the day of a move", "4", "2026-11-19", "2026-11-19", []string{"76547", "76548"}},
		{"during a week with a move", "3", "2026-11-16", "2026-11-22", []string{"76547", "76549", "76550"}},
		{"without an end", "4", "2026-12-01", "", []string{"76547"}},
		{"a department without people", "9", "2026-11-17", "2026-11-17", nil},
	} {
		if diff := cmp.Diff(tt.want, d.PeopleDuring(tt.department, tt.from, tt.until)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
	if got, want := d.People("3", "2026-11-18"), []string{"76547", "76550"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := d.State(); got.Count != 6 || got.At.IsZero() || got.Err != nil {
		t.Errorf("got %+v, want 6 periods", got)
	}
}

// fill runs a directory until its first reading has ended.
func fill(t *testing.T, tenant *simulator.Tenant) *departments.Directory {
	t.Helper()
	server := httptest.NewServer(tenant)
	t.Cleanup(server.Close)
	client, err := protime.New(protime.Config{
		BaseURL: server.URL + simulator.BasePath, TokenURL: server.URL + "/tenants/acme/connect/token",
		ClientID: "id", ClientSecret: "secret", UserAgent: "test",
	})
	if err != nil {
		t.Fatal(err)
	}
	d := departments.New(client, departments.Options{Failed: func(err error) { t.Error(err) }})
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
	for d.State().At.IsZero() && !t.Failed() {
		time.Sleep(time.Millisecond)
	}
	return d
}

// fails is a departments.Lister that gives one period, or fails while it is on.
type fails struct {
	on    atomic.Bool
	asked atomic.Int64
}

func (l *fails) List(context.Context, string, protime.ListOptions) iter.Seq2[protime.Page, error] {
	l.asked.Add(1)
	return func(yield func(protime.Page, error) bool) {
		if l.on.Load() {
			yield(protime.Page{}, protime.Unavailable)
			return
		}
		record, err := protime.ParseRecord([]byte(`{"person":{"id":7},"department":{"id":3},"from":"2020-01-01"}`))
		yield(protime.Page{Records: []protime.Record{record}}, err)
	}
}

func TestAFailureKeepsWhatWasKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		list := &fails{}
		var told atomic.Int64
		d := departments.New(list, departments.Options{Failed: func(error) { told.Add(1) }})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go d.Run(ctx)
		synctest.Wait()
		read := d.State().At

		list.on.Store(true)
		time.Sleep(15 * time.Minute)
		synctest.Wait()
		if got := d.State(); !errors.Is(got.Err, protime.Unavailable) || !got.At.Equal(read) {
			t.Errorf("got %+v, want the failure beside the earlier reading", got)
		}
		if got, ok := d.Of("7", "2026-11-17"); got != "3" || !ok {
			t.Errorf("got %q, %v, want what was known before", got, ok)
		}

		list.on.Store(false)
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := d.State(); got.Err != nil || told.Load() != 1 || list.asked.Load() != 3 {
			t.Errorf("got %+v after %d failures and %d readings, want a reading a minute after the failure",
				got, told.Load(), list.asked.Load())
		}
	})
}

func TestWithoutThePermissionNothingIsAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		list := &fails{}
		d := departments.New(list, departments.Options{Granted: func(context.Context) bool { return false }})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go d.Run(ctx)
		synctest.Wait()
		if got := d.State(); !errors.Is(got.Err, protime.Forbidden) || list.asked.Load() != 0 || !got.At.IsZero() {
			t.Errorf("got %+v after %d requests, want a refusal without one", got, list.asked.Load())
		}
		if got, ok := d.Of("7", "2026-11-17"); ok {
			t.Errorf("got %q, want nothing", got)
		}
	})
}
