package audit_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"protime-admin/internal/audit"
	"protime-admin/internal/change"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/protime/simulator"
	"protime-admin/protime/simulator/company"
)

// -changes sets how large the large log is.
var changes = flag.Int("changes", 1_000_000, "changes in the log that the benchmarks of pages read")

// wire is the real client and the simulator over HTTP.
func wire(b *testing.B) *protime.Client {
	b.Helper()
	tenant := company.New(time.Date(2026, 1, 9, 0, 0, 0, 0, time.UTC))
	tenant.Unrecorded = true
	server := httptest.NewServer(tenant)
	b.Cleanup(server.Close)
	client, err := protime.New(protime.Config{
		BaseURL: server.URL + simulator.BasePath, TokenURL: server.URL + "/tenants/acme/connect/token",
		ClientID: "id", ClientSecret: "secret", UserAgent: "Bench/1 (acme)",
	})
	if err != nil {
		b.Fatal(err)
	}
	return client
}

var saves atomic.Int64

func save() change.Change {
	c := asked(fmt.Sprintf("bench-%09d", saves.Add(1)))
	body := json.RawMessage(`{"person":{"id":76547},"date":"2026-01-05","timeOfDayInMinutes":480,"kind":"InOut"}`)
	c.Request = change.Request{Method: http.MethodPut, Path: "/clockings/8192", Body: body}
	return c
}

// BenchmarkSave is one save over HTTP, without and with the log, and the same by 32 people at once.
func BenchmarkSave(b *testing.B) {
	b.Run("unlogged", func(b *testing.B) {
		client := wire(b)
		for b.Loop() {
			r := save().Request
			if _, err := client.Send(b.Context(), protime.Request{Method: r.Method, Path: r.Path, Body: r.Body}); err != nil {
				b.Fatal(err)
			}
		}
	})
	onEach(b, func(b *testing.B, db database) {
		known, err := contract.Embedded()
		if err != nil {
			b.Fatal(err)
		}
		l := db.open(b, audit.Options{})
		desk := &change.Desk{API: wire(b), Log: l, Contract: known}
		do := func(b *testing.B) {
			if r, err := desk.Do(b.Context(), save()); err != nil || r.State != change.Applied {
				b.Errorf("got %s, %v", r.State, err)
			}
		}
		b.Run("logged", func(b *testing.B) {
			for b.Loop() {
				do(b)
			}
		})
		at32 := func(b *testing.B) {
			b.SetParallelism(32 / runtime.GOMAXPROCS(0))
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					do(b)
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "saves/s")
		}
		b.Run("32 at once, commits grouped", at32)
		l.Ungroup()
		b.Run("32 at once, each commit alone", at32)
	})
}

// made is the i-th of many changes: thousands of people, a few hundred editors, a few years.
func made(i int) (id string, prepared, ended change.Event) {
	prepared, ended = edit(), answered(200)
	p, own := prepared.Facts.Prepared, &prepared.Personal
	p.Path = fmt.Sprintf("/clockings/%d", 100_000+i/3)
	own.Person = fmt.Sprint(70_000 + (i*7919)%5000)
	own.Date = time.Date(2026, 1, 5 + i*1825 / *changes, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	own.Subject = fmt.Sprintf("sub-%d", i%300)
	own.Name = fmt.Sprintf("Editor %03d", i%300)
	own.Email = fmt.Sprintf("editor%03d@acme.example", i%300)
	if i%10 == 0 {
		p.Collection = "assignments"
	}
	if i%5 == 0 {
		p.Verb = contract.Create
	}
	if i%4 != 0 {
		own.Note, p.Reason = "", ""
	}
	record := fmt.Sprintf(`{"id":%d,"changeVersion":"0001E7C5000000001188","person":{"id":%s},"date":"2026-01-05",`+
		`"timeOfDayInMinutes":%%d,"kind":"InOut","terminal":{"id":765},"geolocation":{"longitude":4.392225,`+
		`"latitude":51.144127},"calculatedTimeOfDayInMinutes":485,"isGenerated":false,"status":"Active"}`, 100_000+i/3, own.Person)
	own.Before = fmt.Appendf(nil, record, 485)
	own.After = fmt.Appendf(nil, record, 480)
	own.Request = own.After
	ended.Personal.Response = nil
	if i%1000 == 0 {
		ended = lost("timeout")
	}
	return fmt.Sprintf("018f%08x-bench", i), prepared, ended
}

// large is a log of many changes, five years of them, with nothing else writing to it.
func large(b *testing.B, db database, n int) *audit.Log {
	b.Helper()
	clock := newClock()
	l := db.open(b, clock.options())
	step := 5 * 365 * 24 * time.Hour / time.Duration(n)
	began := time.Now()
	err := l.Fill(b.Context(), n, func(i int) (string, change.Event, change.Event) {
		clock.move(step)
		return made(i)
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d changes written in %s", n, time.Since(began).Round(time.Second))
	db.analyze(b)
	return l
}

// BenchmarkLarge reads a log of a million changes: a page of 50 by each filter, and verify.
func BenchmarkLarge(b *testing.B) {
	onEach(b, func(b *testing.B, db database) {
		l := large(b, db, *changes)
		b.Run("page", func(b *testing.B) { benchPages(b, l) })
		b.Run("unknown, the receipts of 20", func(b *testing.B) {
			for b.Loop() {
				if _, _, err := l.Changes(b.Context(), change.Query{State: change.Unknown, Limit: 20}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("unknown, counted up to 21", func(b *testing.B) {
			for b.Loop() {
				if n, err := l.Unknown(b.Context(), 21); err != nil || n != 21 {
					b.Fatalf("got %d, %v, want 21", n, err)
				}
			}
		})
		b.Run("verify", func(b *testing.B) { benchVerify(b, l) })
	})
}

func benchPages(b *testing.B, l *audit.Log) {
	last := time.Date(2030, 12, 1, 0, 0, 0, 0, time.UTC)
	month := change.Query{From: last.AddDate(0, -1, 0), To: last}
	for _, page := range []struct {
		name string
		q    change.Query
	}{
		{"newest", change.Query{}},
		{"folded", change.Query{Folded: true}},
		{"folded, far back", change.Query{Folded: true, Cursor: fmt.Sprint(*changes + 1)}},
		{"folded, a month", change.Query{Folded: true, From: month.From, To: month.To}},
		{"folded, subject in a month", change.Query{Folded: true, Subject: "sub-42", From: month.From, To: month.To}},
		{"of a batch", change.Query{Batch: gate}},
		{"far back", change.Query{Cursor: fmt.Sprint(*changes)}},
		{"person", change.Query{Person: "70042"}},
		{"actor", change.Query{Actor: "editor 042"}},
		{"actors, 100 of 300", change.Query{Actor: "editor 1"}},
		{"actors, all", change.Query{Actor: "acme"}},
		{"subject", change.Query{Subject: "sub-42"}},
		{"collection", change.Query{Collection: "assignments"}},
		{"record", change.Query{Path: "/clockings/100042"}},
		{"verb", change.Query{Verb: contract.Create}},
		{"state", change.Query{State: change.Unknown}},
		{"state, applied", change.Query{State: change.Applied}},
		{"period", month},
		{"period, a year", change.Query{From: last.AddDate(-2, 0, 0), To: last.AddDate(-1, 0, 0)}},
		{"period, far into it", change.Query{From: last.AddDate(-4, 0, 0), To: last, Cursor: fmt.Sprint(*changes + 1)}},
		{"person in a period", change.Query{Person: "70042", From: month.From, To: month.To}},
		{"actor and state", change.Query{Actor: "editor 042", State: change.Unknown}},
		{"collection in a period", change.Query{Collection: "assignments", From: month.From, To: month.To}},
		{"collection, verb and state", change.Query{Collection: "assignments", Verb: contract.Create, State: change.Unknown}},
		{"what failed", change.Query{Failed: true}},
		{"what failed in a month", change.Query{Failed: true, From: month.From, To: month.To}},
		{"a person's week", change.Query{People: []string{"70042"}, FirstDate: "2028-03-06", LastDate: "2028-03-12"}},
		{"everybody's month", change.Query{FirstDate: "2028-03-01", LastDate: "2028-03-31", Limit: 500}},
		{"text, found", change.Query{Text: "tikken"}},
		{"text within a month, found", change.Query{Text: "tikken", From: month.From, To: month.To}},
		{"text within a month, not found", change.Query{Text: "nowhere", From: month.From, To: month.To}},
	} {
		b.Run(page.name, func(b *testing.B) {
			found := 0
			for b.Loop() {
				receipts, _, err := l.Changes(b.Context(), page.q)
				if err != nil {
					b.Fatal(err)
				}
				found = len(receipts)
			}
			b.ReportMetric(float64(found), "rows")
		})
	}
}

// benchVerify reports the most memory that was in use, too.
func benchVerify(b *testing.B, l *audit.Log) {
	runtime.GC()
	var peak atomic.Uint64
	stop := make(chan struct{})
	go func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(50 * time.Millisecond):
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak.Store(max(peak.Load(), m.HeapInuse))
			}
		}
	}()
	for b.Loop() {
		report, err := l.Verify(b.Context(), "")
		if err != nil || !report.Intact() || report.Changes != int64(*changes) {
			b.Fatalf("got %+v, %v", report, err)
		}
	}
	close(stop)
	b.ReportMetric(float64(peak.Load())/(1<<20), "peak-MB")
}

// onEach runs a benchmark on every database.
func onEach(b *testing.B, bench func(b *testing.B, db database)) {
	b.Helper()
	b.Run("SQLite", func(b *testing.B) { bench(b, sqlite(b)) })
	benchOnPostgreSQL(b, bench)
}

// analyze lets the database look at what it holds, as PostgreSQL does by itself after a while.
func (db database) analyze(b *testing.B) {
	b.Helper()
	if strings.HasPrefix(db.url, "postgres") {
		exec(b, db.raw(b), `VACUUM ANALYZE`)
	}
}
