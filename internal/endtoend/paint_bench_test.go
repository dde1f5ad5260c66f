//go:build browser

package endtoend

import (
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"protime-admin/internal/browsertest"
)

// BenchmarkFirstVisit is how long a first visit waits for a page over a slow mobile line (1.6 Mbit/s, 150 ms for a round
// trip) with a processor four times slower: the median of 15 visits.
// linked is the form for a browser that says that it has the stylesheet, and has lost it: what every first visit would be
// without the stylesheet in the page.
func BenchmarkFirstVisit(b *testing.B) {
	w := newWorld(b)
	w.start()
	tab := browsertest.Start(b)
	enter(tab, w, "els")
	tab.Slow(150*time.Millisecond, 1.6e6, 4)
	tab.Do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, 9, 9)) // fetches the stylesheet
	visit := func(path string, forget ...string) float64 {
		var times []time.Duration
		for range 15 {
			tab.ForgetCache()
			for _, cookie := range forget {
				tab.ForgetCookie(cookie)
			}
			tab.Go(w.public + path)
			times = append(times, tab.Painted())
		}
		slices.Sort(times)
		return float64(times[len(times)/2].Milliseconds())
	}
	for b.Loop() {
		b.ReportMetric(visit("/clockings/8192/edit"), "linked-ms")
		b.ReportMetric(visit("/clockings/8192/edit", "protime-style"), "form-ms")
		b.ReportMetric(visit("/", "protime-style"), "home-ms")
	}
	b.ReportMetric(0, "ns/op")
}
