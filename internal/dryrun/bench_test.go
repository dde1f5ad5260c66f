package dryrun_test

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"testing"

	"protime-admin/internal/batch"
	"protime-admin/internal/dryrun"
	"protime-admin/internal/people"
	"protime-admin/protime"
)

// crowd is a list of people, and lists of nothing.
type crowd struct{ count int }

func (c crowd) List(_ context.Context, path string, _ protime.ListOptions) iter.Seq2[protime.Page, error] {
	return func(yield func(protime.Page, error) bool) {
		if path != "/people" {
			yield(protime.Page{}, nil)
			return
		}
		var page protime.Page
		for i := range c.count {
			record, err := protime.ParseRecord(fmt.Appendf(nil,
				`{"id":%d,"badgeNumber":"%d","employeeNumber":"%d","firstName":"%s","lastName":"%s van %s","inServiceDate":"2020-01-01"}`,
				70000+i, 670000+i, 1000+i, syllables(i), syllables(i/7+31), syllables(i*13+5)+syllables(i/10_000)))
			if err != nil {
				yield(page, err)
				return
			}
			page.Records = append(page.Records, record)
		}
		yield(page, nil)
	}
}

func (crowd) Get(_ context.Context, path, _ string) (protime.Record, protime.Answer, error) {
	if path == "/clockings/50" {
		record, err := protime.ParseRecord([]byte(`{"id":50,"person":{"id":70001},"date":"2026-11-16","timeOfDayInMinutes":510,"kind":"InOut","more":[1]}`))
		return record, protime.Answer{}, err
	}
	return protime.Record{}, protime.Answer{}, protime.NotFound
}

// syllables make names that differ.
func syllables(n int) string {
	parts := []string{"ka", "le", "mi", "no", "ru", "sa", "te", "vi", "wo", "zu"}
	return parts[n%10] + parts[n/10%10] + parts[n/100%10] + parts[n/1000%10]
}

// BenchmarkCheck checks sheets of clockings, from cells to checked rows, with lists that answer at once. What stays behind
// is what Go holds when the last slice is checked, above what it held before.
func BenchmarkCheck(b *testing.B) {
	for _, size := range []struct{ rows, people int }{{10_000, 5_000}, {200_000, 5_000}, {10_000, 100_000}} {
		for _, by := range []string{"badge", "name"} {
			b.Run(fmt.Sprintf("%d rows, %d people by %s", size.rows, size.people, by), func(b *testing.B) {
				w := &world{t: b, store: &store{rows: map[int]batch.Row{}}}
				w.plain()
				w.directory(crowd{size.people})
				w.reader = dryrun.New(w.options(crowd{}))
				draft, _ := w.sheet(batch.Create, map[string]string{"badge": "Badge", "name": "Naam"}[by]+"|Datum|Uur", "x|16/11/2026|8u30")
				everybody := make([]string, 0, size.people)
				for p := range w.people.Everybody() {
					everybody = append(everybody, map[string]string{"badge": p.Badge, "name": p.First + " " + p.Last}[by])
				}
				rows := make([]batch.Row, batch.MostAtOnce)
				var before, after runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&before)
				for b.Loop() {
					checker, err := w.reader.Checker(draft, nil)
					if err != nil {
						b.Fatal(err)
					}
					for from := 0; from < size.rows; from += len(rows) {
						for i := range rows {
							n := from + i
							rows[i] = batch.Row{Number: n + 2, Cells: []string{
								everybody[n%len(everybody)], fmt.Sprintf("%d/11/2026", 1+n/len(everybody)%20), fmt.Sprintf("8u%02d", n%60),
							}}
						}
						checked, err := checker.Check(b.Context(), rows)
						if err != nil {
							b.Fatal(err)
						}
						for _, row := range checked {
							if row.Check.Verdict == batch.Wrong {
								b.Fatalf("row %d: %s", row.Number, told(row.Check.Problems))
							}
						}
					}
				}
				runtime.ReadMemStats(&after)
				b.ReportMetric(float64(after.HeapInuse)/1e6-float64(before.HeapInuse)/1e6, "MB-in-use")
				runtime.KeepAlive(w)
			})
		}
	}
}

var _ people.Lister = crowd{}
