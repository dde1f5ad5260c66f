package dryrun_test

import (
	"context"
	"errors"
	"iter"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"protime-admin/internal/batch"
	"protime-admin/internal/dryrun"
	"protime-admin/protime"
)

// busyAPI is an API that is asked too often some times, and then has one clocking.
type busyAPI struct {
	refusals atomic.Int64
	wait     time.Duration
}

func (a *busyAPI) refuse() error {
	if a.refusals.Add(-1) >= 0 {
		return protime.Refusal(protime.Answer{Method: "GET", Status: 429, RetryAfter: a.wait})
	}
	return nil
}

func (a *busyAPI) Get(context.Context, string, string) (protime.Record, protime.Answer, error) {
	record, err := protime.ParseRecord([]byte(`{"id":50,"person":{"id":1},"date":"2026-11-16","timeOfDayInMinutes":510,"kind":"InOut"}`))
	return record, protime.Answer{}, errors.Join(err, a.refuse())
}

func (a *busyAPI) List(context.Context, string, protime.ListOptions) iter.Seq2[protime.Page, error] {
	return func(yield func(protime.Page, error) bool) { yield(protime.Page{}, a.refuse()) }
}

func TestTheCheckWaitsForAnAPIThatIsAskedTooOften(t *testing.T) {
	for _, tt := range []struct {
		name     string
		refusals int64
		wait     time.Duration
		fails    bool
	}{
		{"a few times", 5, 2 * time.Second, false},
		{"once, for a minute", 1, time.Minute, true},
		{"again and again", 1000, time.Second, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				api := &busyAPI{wait: tt.wait}
				w := &world{t: t, store: &store{rows: map[int]batch.Row{}}}
				w.plain()
				w.directory(crowd{10})
				w.reader = dryrun.New(w.options(api))
				for _, operation := range []batch.Operation{batch.Create, batch.Replace} {
					b, rows := w.sheet(operation, "ID|Badge|Datum|Uur", "50|670001|16/11/2026|8:31")
					checker, err := w.reader.Checker(b, nil)
					if err != nil {
						t.Fatal(err)
					}
					api.refusals.Store(tt.refusals)
					rows, err = checker.Check(t.Context(), rows)
					if (err != nil) != tt.fails {
						t.Errorf("%s: got %v", operation, err)
					}
					if err == nil && rows[0].Check.Verdict != batch.Ready {
						t.Errorf("%s: got %s", operation, verdict(rows[0]))
					}
				}
			})
		})
	}
}
