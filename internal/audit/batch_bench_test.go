package audit_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"protime-admin/internal/audit"
	"protime-admin/internal/batch"
	"protime-admin/internal/change"
)

// sheetRow is a row as a sheet of clockings has it.
func sheetRow(number int) batch.Row {
	r := readyRow(number)
	r.Cells = []string{fmt.Sprint(100_000 + number), "Peeters Els", "05/01/2026", "7:02", "InOut", "Terminal was down"}
	r.Check.After = json.RawMessage(fmt.Sprintf(`{"person":{"id":%d},"date":"2026-01-05","timeOfDayInMinutes":422,"kind":"InOut",`+
		`"terminal":{"id":765},"geolocation":{"longitude":4.392225,"latitude":51.144127}}`, 70_000+number))
	if number%50 == 0 {
		r.Check.Verdict = batch.Warned
		r.Check.Warnings = []batch.Finding{{Column: -1, Key: "dryrun.closed", Args: map[string]string{"from": "2026-01-01"}}}
	}
	return r
}

// fillBatch writes a batch of many rows and starts it; it returns the longest write of rows.
func fillBatch(b *testing.B, store *audit.Batches, id string, rows int) (slowest time.Duration) {
	b.Helper()
	makeDraft(b, store, draft(id))
	revision := int64(1)
	for first := 1; first <= rows; first += batch.MostAtOnce {
		var some []batch.Row
		for number := first; number < first+batch.MostAtOnce && number <= rows; number++ {
			some = append(some, sheetRow(number))
		}
		began := time.Now()
		revision = put(b, store, id, revision, first+batch.MostAtOnce > rows, some...)
		slowest = max(slowest, time.Since(began))
	}
	if err := store.Start(b.Context(), id, revision, change.Reason{}, ""); err != nil {
		b.Fatal(err)
	}
	return slowest
}

// BenchmarkBatch writes the rows of batches, and counts and reads those of batches that were sent.
func BenchmarkBatch(b *testing.B) {
	for _, rows := range []int{10_000, 200_000} {
		b.Run(fmt.Sprintf("%d rows", rows), func(b *testing.B) {
			onEach(b, func(b *testing.B, db database) {
				id := batch.ChangeID(gate, rows, 0)
				clock := newClock()
				l := db.open(b, clock.options())
				store := l.Batches()
				b.Run("put", func(b *testing.B) {
					slowest, n := time.Duration(0), 0
					for b.Loop() {
						n++
						slowest = max(slowest, fillBatch(b, store, batch.ChangeID(id, n, 0), rows))
					}
					b.ReportMetric(float64(slowest.Milliseconds()), "ms-slowest")
				})
				fillBatch(b, store, id, rows)
				err := l.Fill(b.Context(), rows, func(i int) (string, change.Event, change.Event) {
					ended := answered(201)
					if i%500 == 0 {
						ended = answered(409)
					}
					return batch.ChangeID(id, i+1, 0), part(id, i+1, 0), ended
				})
				if err != nil {
					b.Fatal(err)
				}
				db.analyze(b)
				b.Run("count", func(b *testing.B) {
					for b.Loop() {
						if counts := counted(b, store, id); counts.Sent != rows {
							b.Fatalf("got %+v", counts)
						}
					}
				})
				for _, which := range []batch.Selection{batch.All, batch.SelectFailed, batch.SelectUnsent, batch.SelectApplied} {
					b.Run("rows "+string(which), func(b *testing.B) {
						for b.Loop() {
							if _, err := store.Rows(b.Context(), id, which, rows/2, 50); err != nil {
								b.Fatal(err)
							}
						}
					})
				}
				b.Run("page of the folded log", func(b *testing.B) {
					for b.Loop() {
						if found := page(b, l, change.Query{Folded: true}); len(found) != 1 {
							b.Fatalf("got %d changes, want one for the batch", len(found))
						}
					}
				})
				b.Run("page of the batch", func(b *testing.B) {
					for b.Loop() {
						if found := page(b, l, change.Query{Batch: id}); len(found) != 50 {
							b.Fatalf("got %d changes, want 50", len(found))
						}
					}
				})
			})
		})
	}
}
