package people_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"protime-admin/internal/people"
	"protime-admin/protime"
	"protime-admin/protime/simulator"
	"protime-admin/protime/simulator/company"
)

// TestTheCompanyIsKnownOverTheWire fills a directory from a tenant with small pages, empty ones among them, whose
// people carry every personal field of the documentation.
func TestTheCompanyIsKnownOverTheWire(t *testing.T) {
	tenant := simulator.Strict(t, company.New(time.Date(2026, 11, 17, 0, 0, 0, 0, time.UTC)))
	tenant.Configure(func(o *simulator.Options) { o.PageSize, o.EmptyPages = 7, 1 })
	d := fill(t, serve(t, tenant))
	if got := d.State(); got.Phase != people.Ready || got.Count != 60 {
		t.Fatalf("got %+v, want 60 ready", got)
	}
	for text, want := range map[string]string{
		"peeters els":  "Els Peeters",
		"zoe dhondt":   "Zoë D'Hondt",
		"wisniewski":   "Łukasz Wiśniewski",
		"kjaergaard":   "Søren Kjærgaard",
		"thordis":      "Þórdís Guðmundsdóttir",
		"vandenbossch": "Dirk Van den Bossche",
		"76547":        "Jan Maes",
	} {
		if found := d.Find(t.Context(), text, 5); len(found) == 0 || found[0].Name() != want {
			t.Errorf("Find(%q): got %v, want %s first", text, found, want)
		}
	}

	raw, ok := tenant.Get("people", "76547")
	if !ok {
		t.Fatal("the company has no Jan Maes")
	}
	record, err := protime.ParseRecord([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	jan, _ := d.Person("76547")
	kept := fmt.Sprintf("%+v", jan)
	for _, name := range []string{"bankAccount", "socialSecurityNumber", "pinCode", "email", "mobile", "birthDate"} {
		secret := record.Text(name)
		if secret == "" {
			t.Errorf("the company's people have no %s, which makes this test blind", name)
			continue
		}
		if strings.Contains(kept, secret) || len(d.Find(t.Context(), secret, 5)) != 0 {
			t.Errorf("%s is kept: %s", name, kept)
		}
	}
}

// Names begin with the last one; who has left is passed over.
func TestNeighboursFollowTheOrderOfNames(t *testing.T) {
	d := fill(t, serve(t, company.New(time.Date(2026, 11, 17, 0, 0, 0, 0, time.UTC))))
	before, after := d.Neighbours("76547")
	if got, want := before.Name()+", "+after.Name(), "Anaïs Lefèvre, Joris Mertens"; got != want {
		t.Errorf("beside Jan Maes: got %s, want %s", got, want)
	}
	seen := map[string]bool{}
	last := ""
	for id := "76547"; id != ""; {
		last = id
		if seen[id] = true; len(seen) > 100 {
			t.Fatal("the order has no end")
		}
		_, next := d.Neighbours(id)
		if back, _ := d.Neighbours(next.ID); next.ID != "" && back.ID != id {
			t.Errorf("before %s comes %s, want %s", next.Name(), back.Name(), id)
		}
		id = next.ID
	}
	for id := last; id != ""; {
		seen[id] = true
		before, _ := d.Neighbours(id)
		id = before.ID
	}
	if len(seen) != 59 {
		t.Errorf("got %d people in a row, want the 59 in service", len(seen))
	}
	if before, after := d.Neighbours("1"); before.ID+after.ID != "" {
		t.Errorf("beside nobody: got %v and %v", before, after)
	}
}

// What filter the list of people wants, if any, is not published: every way ends with the same directory.
func TestEverybodyIsReadWhateverFilterTheListWants(t *testing.T) {
	for _, tt := range []struct {
		name, filter string
		broken       []string // sources that do not answer
		want         int
	}{
		{name: "none", want: 60},
		{name: "by person", filter: "person", want: 60},
		{name: "by id", filter: "id", want: 60},
		{name: "by person, and a source is not offered", filter: "person", broken: []string{"/department-histories"}, want: 60},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tenant := simulator.Strict(t, company.New(time.Date(2026, 11, 17, 0, 0, 0, 0, time.UTC)))
			tenant.Configure(func(o *simulator.Options) { o.PageSize, o.PeopleFilter = 7, tt.filter })
			for _, path := range tt.broken {
				tenant.Fail(simulator.Fault{Path: path, Status: 404})
			}
			d := fill(t, serve(t, tenant))
			if got := d.State(); got.Phase != people.Ready || got.Count != tt.want || got.Partial != (tt.filter != "") {
				t.Errorf("got %+v, want %d ready, partial: %v", got, tt.want, tt.filter != "")
			}
			if got, ok := d.Name("76547"); got != "Jan Maes" || !ok {
				t.Errorf("got %q, %v", got, ok)
			}
		})
	}
	t.Run("somebody without history and contract", func(t *testing.T) {
		tenant := simulator.Strict(t, company.New(time.Date(2026, 11, 17, 0, 0, 0, 0, time.UTC)))
		tenant.Configure(func(o *simulator.Options) { o.PeopleFilter = "person" })
		tenant.Put("people", "99001", `{"id":99001,"lastName":"Nergens","firstName":"Nele"}`)
		d := fill(t, serve(t, tenant))
		if got := d.State(); got.Count != 60 || !got.Partial {
			t.Errorf("got %+v, want 60 people who are said to be a part", got)
		}
		if name, ok := d.Name("99001"); ok {
			t.Errorf("got %q: the sources name her, which makes this test blind", name)
		}
	})
	t.Run("one that nobody knows", func(t *testing.T) {
		tenant := company.New(time.Date(2026, 11, 17, 0, 0, 0, 0, time.UTC))
		tenant.Configure(func(o *simulator.Options) { o.PeopleFilter = "employer" })
		failed := make(chan error, 1)
		d := people.New(serve(t, tenant), people.Options{Failed: func(err error) {
			select {
			case failed <- err:
			default:
			}
		}})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go d.Run(ctx)
		if err := <-failed; !errors.Is(err, protime.Invalid) {
			t.Errorf("got %v, want the refusal", err)
		}
		if got := d.State(); got.Phase != people.Failed || got.Reason != people.Trouble {
			t.Errorf("got %+v, want failed", got)
		}
	})
}

func serve(t *testing.T, tenant *simulator.Tenant) *protime.Client {
	t.Helper()
	server := httptest.NewServer(tenant)
	t.Cleanup(server.Close)
	client, err := protime.New(protime.Config{
		BaseURL:  server.URL + simulator.BasePath,
		TokenURL: server.URL + "/tenants/acme/connect/token",
		ClientID: "id", ClientSecret: "secret", UserAgent: "test",
	})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// fill runs a directory until its first reading has ended.
func fill(t *testing.T, client *protime.Client) *people.Directory {
	t.Helper()
	failed := make(chan error, 1)
	d := people.New(client, people.Options{Failed: func(err error) { failed <- err }})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	for d.State().Phase == people.Filling && ctx.Err() == nil {
		select {
		case err := <-failed:
			t.Fatal(err)
		case <-time.After(time.Millisecond):
		}
	}
	return d
}
