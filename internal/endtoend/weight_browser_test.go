//go:build browser

package endtoend

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"protime-admin/internal/browsertest"
	"protime-admin/protime/simulator/company"
)

// What a browser receives for a page: at a first visit, for the page after it, and for later ones.
func TestPagesAreLight(t *testing.T) {
	w := newWorldOf(t, company.New(time.Date(2026, 9, 18, 0, 0, 0, 0, time.UTC))) // the same rows on any day
	w.start()
	tab := browsertest.Start(t)
	enter(tab, w, "els")
	for _, page := range []struct {
		name, path string
		requests   int // at most, cold: a page that arrives over some time has a script for the meantime
		cold, warm int // bytes at most, with headers
	}{
		{"the worklist", "/missing?date.ge=2026-09-07&date.le=2026-09-13", 3, 25_000, 12_000},
		{"a person's week", "/people/76547/days?date.ge=2026-09-14&date.le=2026-09-20", 2, 25_000, 8_000},
		{"the form", "/clockings/8192/edit", 2, 20_000, 8_000},
	} {
		t.Run(page.name, func(t *testing.T) {
			tab.Go(w.public + page.path) // what comes piece by piece while it is read has a few bytes more
			tab.ForgetCache()
			tab.ForgetCookie("protime-style")
			cold := tab.Measure(func() { tab.Go(w.public + page.path) })
			file := tab.Measure(func() { awake(t, tab) })
			warm := tab.Measure(func() { tab.Go(w.public + page.path) })
			t.Logf("cold: %s; then %s; warm: %s", weight(cold), weight(file), weight(warm))
			if cold.Requests > page.requests || cold.Bytes > page.cold {
				t.Errorf("cold: got %s, want at most %d requests and %d bytes: %v", weight(cold), page.requests, page.cold, cold.URLs)
			}
			if file.Requests != 1 || !strings.Contains(strings.Join(file.URLs, " "), "/style.") {
				t.Errorf("after something was done: got %v, want the stylesheet for later pages", file.URLs)
			}
			if warm.Requests != 1 || warm.Bytes > page.warm {
				t.Errorf("warm: got %s, want the page alone and at most %d bytes", weight(warm), page.warm)
			}
		})
	}
}

// awake does the first thing on a page, which adds the stylesheet to a first visit.
func awake(t *testing.T, tab *browsertest.Tab) {
	t.Helper()
	tab.Do(chromedp.Evaluate[chromedp.Void](`dispatchEvent(new PointerEvent("pointermove"))`))
	eventually(t, tab, `Boolean(document.querySelector("link[rel=stylesheet]")?.sheet)`)
}

func weight(traffic browsertest.Traffic) string {
	return fmt.Sprintf("%d requests, %d bytes", traffic.Requests, traffic.Bytes)
}
