package dryrun_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"protime-admin/internal/audit"
	"protime-admin/internal/batch"
	"protime-admin/internal/change"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/protime/simulator"
)

// TestWhatTheCheckShowsIsWhatTheRunSends makes sheets of good and bad cells, checks them, and lets the runner send them
// through the audit log to the simulator: every row that can be sent is one request with just what the check showed, and no
// other row is one. The same sheet a second time sends nothing.
func TestWhatTheCheckShowsIsWhatTheRunSends(t *testing.T) {
	w := newWorld(t, staff()...)
	quiet := slog.New(slog.DiscardHandler)
	log, err := audit.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "audit.db"),
		audit.Options{Serve: true, Key: make([]byte, 32), Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	stored := log.Batches()
	w.reader.Store = stored
	ctx, cancel := context.WithCancel(t.Context())
	runner := batch.Runner{
		Store: stored, Pace: new(batch.Pace), Logger: quiet, Poll: 10 * time.Millisecond,
		Desk: &change.Desk{API: w.client, Log: log, Contract: w.contract, Logger: quiet},
	}
	var running sync.WaitGroup
	running.Go(func() {
		if err := runner.Run(ctx); err != nil {
			t.Errorf("run: %v", err)
		}
	})
	defer running.Wait()
	defer cancel()

	random := rand.New(rand.NewPCG(11, 20))
	for i := range 20 {
		w.tenant.Put("clockings", fmt.Sprint(100+i), fmt.Sprintf(
			`{"id":%d,"person":{"id":%d},"date":"2026-11-1%d","timeOfDayInMinutes":%d,"kind":"InOut","more":{"kept":[%d, 1.0]}}`,
			100+i, 1+i%4, i%5, 400+i, i))
	}
	for n, operation := range []batch.Operation{batch.Create, batch.Replace, batch.Delete, batch.Create} {
		lines := map[batch.Operation][]string{
			batch.Create:  {"Badge|Datum|Uur|Soort|Terminal|Opmerking"},
			batch.Replace: {"ID|Badge|Datum|Uur|Soort|Terminal"},
			batch.Delete:  {"ID|Opmerking"},
		}[operation]
		if n == 3 { // the first sheet again
			random = rand.New(rand.NewPCG(11, 20))
		}
		for range 30 {
			pick := func(cells ...string) string { return cells[random.IntN(len(cells))] }
			id := pick("100", "101", "102", "/clockings/103", "104", "105", "106", "107", "108", "999", "")
			who := pick("670012", "670044", "670051", "670060", "67O060", "")
			rest := strings.Join([]string{
				pick("16/11/2026", "17 nov", "2026-11-18", "31/11/2026", ""), pick("8u30", "0831", "25:00", "17.06", ""),
				pick("In", "uit", "Reason", "", ""), pick("T7", "side gate", "T9", "", ""),
			}, "|")
			line := map[batch.Operation]string{
				batch.Create: who + "|" + rest + "|stuk", batch.Replace: id + "|" + who + "|" + rest, batch.Delete: id + "|dubbel",
			}[operation]
			lines = append(lines, line)
		}
		b, rows := w.sheet(operation, lines...)
		b.ID = fmt.Sprintf("0197a1b2-0000-7000-8000-%012d", n)
		rows = w.stored(stored, b, rows)
		w.tenant.Forget()
		w.sends(stored, b)

		var want, got []string
		plan := w.reader.Plan(w.collection(b), contract.Replace)
		methods := map[batch.Operation]string{batch.Create: http.MethodPost, batch.Replace: http.MethodPut, batch.Delete: http.MethodDelete}
		for _, row := range rows {
			sound(t, b, row)
			if row.LeftOut || row.Check.Verdict == batch.Wrong {
				continue
			}
			body := ""
			if row.Check.After != nil {
				after, err := protime.ParseRecord(row.Check.After)
				if err != nil {
					t.Fatal(err)
				}
				body = string(plan.Writable(after).Raw())
			}
			want = append(want, methods[operation]+" "+row.Check.Path+" "+body)
		}
		for _, e := range w.tenant.Writes() {
			got = append(got, e.Method+" "+strings.TrimPrefix(e.Path, simulator.BasePath)+" "+string(e.Body))
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: got\n%s\nwant\n%s", operation, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if again := n == 3; again != (len(got) == 0) {
			t.Errorf("sheet %d: %d requests", n, len(got))
		}
	}
}

// collection is that of a batch.
func (w *world) collection(b batch.Batch) *contract.Collection {
	c, _ := w.contract.Collection(b.Collection)
	return c
}

// stored makes a draft of rows, checks them in slices and stores them.
func (w *world) stored(s *audit.Batches, b batch.Batch, rows []batch.Row) []batch.Row {
	w.t.Helper()
	if err := s.Make(w.t.Context(), b); err != nil {
		w.t.Fatal(err)
	}
	checker, err := w.reader.Checker(b, w.finder)
	if err != nil {
		w.t.Fatal(err)
	}
	var all []batch.Row
	revision := int64(1)
	for slice := range slices.Chunk(rows, 7) {
		checked, err := checker.Check(w.t.Context(), slice)
		if err != nil {
			w.t.Fatal(err)
		}
		all = append(all, checked...)
		if revision, err = s.PutRows(w.t.Context(), b.ID, revision, checked, len(all) == len(rows)); err != nil {
			w.t.Fatal(err)
		}
	}
	return all
}

// sends starts a draft and waits until all of it was sent.
func (w *world) sends(s *audit.Batches, b batch.Batch) {
	w.t.Helper()
	ctx := w.t.Context()
	made, err := s.Batch(ctx, b.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := s.Start(ctx, b.ID, made.Revision, change.Reason{Code: "terminal"}, "r-1"); err != nil {
		w.t.Fatal(err)
	}
	for made.State != batch.Done {
		if made.Pause != "" {
			w.t.Fatalf("the batch paused: %s", made.Pause)
		}
		time.Sleep(5 * time.Millisecond)
		if made, err = s.Batch(ctx, b.ID); err != nil {
			w.t.Fatal(err)
		}
	}
}
