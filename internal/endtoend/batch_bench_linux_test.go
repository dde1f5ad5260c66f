package endtoend

import (
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"protime-admin/protime/simulator"
)

// BenchmarkBatchRate runs a batch of 10,000 rows at an API that takes 50 requests a second, and reports its share of
// that: rows, and requests with those that read what stands in the lists. The product is a process of its own.
func BenchmarkBatchRate(b *testing.B) {
	const rows, perSecond = 10_000, 50
	limits := []struct {
		name  string
		limit simulator.Limit
	}{
		{"a bucket of 5", simulator.Limit{Requests: 5, PerSecond: perSecond}},
		{"a window of a minute", simulator.Limit{Requests: 60 * perSecond, Window: time.Minute}},
	}
	for i := range limits {
		b.Run(limits[i].name, func(b *testing.B) {
			for b.Loop() {
				w := newWorld(b)
				w.prepareBatch(rows)
				w.tenant.Configure(func(o *simulator.Options) { o.Limit = &limits[i].limit })
				product := w.start()
				for w.rowsMade() < rows { // seldom: the API waits meanwhile
					time.Sleep(2 * time.Second)
				}
				product.kill()
				var first, last time.Time
				requests := 0
				for _, e := range w.tenant.Requests() {
					if e.Method == http.MethodPost && e.Applied > 0 {
						if first.IsZero() {
							first = e.At
						}
						last = e.At
					}
					if !first.IsZero() && e.Status != http.StatusTooManyRequests {
						requests++
					}
				}
				allowed := last.Sub(first).Seconds() * perSecond
				b.ReportMetric(rows/allowed, "rows/limit")
				b.ReportMetric(float64(requests)/allowed, "requests/limit")
				b.ReportMetric(float64(limits[i].limit.Refused()), "refused")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkEditPageDuringABatch holds the edit page's 95th percentile while a batch runs against that without one, by
// turns in one run. ratio is that of the medians of the rounds.
func BenchmarkEditPageDuringABatch(b *testing.B) {
	const rounds, rows = 5, 30_000
	for b.Loop() {
		w := newWorld(b)
		alone := w.env["AUDIT_DATABASE_URL"]
		var without, with []float64
		var sent []float64
		for range rounds {
			w.env["AUDIT_DATABASE_URL"] = alone
			without = append(without, w.editP95(b))
			w.env["AUDIT_DATABASE_URL"] = "sqlite:" + filepath.Join(b.TempDir(), "audit.db")
			w.prepareBatch(rows)
			w.tenant.Forget()
			with = append(with, w.editP95(b))
			sent = append(sent, float64(w.rowsMade()))
		}
		b.Logf("without a batch, p95 in ms: %.1f", without)
		b.Logf("with a batch,    p95 in ms: %.1f, rows sent meanwhile: %.0f", with, sent)
		b.ReportMetric(median(without), "without-ms")
		b.ReportMetric(median(with), "with-ms")
		b.ReportMetric(median(with)/median(without), "ratio")
		b.ReportMetric(median(sent), "rows")
	}
	b.ReportMetric(0, "ns/op")
}

// prepareBatch writes a batch that runs as soon as the product does.
func (w *world) prepareBatch(rows int) {
	w.t.Helper()
	p := w.admin()
	p.startBatch(rows)
	if err := p.log.Close(); err != nil {
		w.t.Fatal(err)
	}
}

// rowsMade is how many clockings the API made.
func (w *world) rowsMade() (made int) {
	for _, e := range w.tenant.Writes() {
		if e.Method == http.MethodPost && e.Applied > 0 {
			made++
		}
	}
	return made
}

// editP95 is the 95th percentile of how long four people at work wait for an edit page, in milliseconds, over five
// seconds that begin two seconds after the product.
func (w *world) editP95(b *testing.B) float64 {
	b.Helper()
	product := w.start()
	defer product.kill()
	page := w.public + "/clockings/8192/edit"
	client := w.signIn("els")
	time.Sleep(2 * time.Second)
	var (
		mu     sync.Mutex
		took   []float64
		people sync.WaitGroup
	)
	end := time.Now().Add(5 * time.Second)
	for range 4 {
		people.Go(func() {
			for time.Now().Before(end) {
				asked := time.Now()
				if status, _ := fetch(b.Context(), client, page, io.Discard); status != http.StatusOK {
					b.Errorf("got %d, want 200", status)
					return
				}
				mu.Lock()
				took = append(took, float64(time.Since(asked).Microseconds())/1000)
				mu.Unlock()
				time.Sleep(50 * time.Millisecond)
			}
		})
	}
	people.Wait()
	slices.Sort(took)
	return took[len(took)*95/100]
}
