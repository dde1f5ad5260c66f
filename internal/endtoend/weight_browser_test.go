//go:build browser

package endtoend

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"protime-admin/internal/browsertest"
)

// What a browser receives for a page: at a first visit, for the page after it, and for later ones.
func TestPagesAreLight(t *testing.T) {
	w := newWorld(t)
	w.start()
	tab := browsertest.Start(t)
	enter(tab, w, "els")
	monday := time.Now().AddDate(0, 0, -7-(int(time.Now().Weekday())+6)%7)
	lastWeek := "?date.ge=" + monday.Format(time.DateOnly) + "&date.le=" + monday.AddDate(0, 0, 6).Format(time.DateOnly)
	for _, page := range []struct {
		name, path string
		requests   int // at most, cold: a page that arrives over some time has a script for the meantime
		cold, warm int // bytes at most, with headers
	}{
		{"the worklist", "/missing" + lastWeek, 3, 25_000, 12_000},
		{"a person's week", "/people/76547/days", 2, 25_000, 8_000},
		{"the form", "/clockings/8192/edit", 2, 20_000, 8_000},
	} {
		t.Run(page.name, func(t *testing.T) {
			tab.ForgetCache()
			tab.ForgetCookie("protime-style")
			cold := tab.Measure(func() { tab.Go(w.public + page.path) })
			file := tab.Measure(func() { awake(t, tab) })
			warm := tab.Measure(func() { tab.Go(w.public + page.path) })
			t.Logf("cold: %s; then %s; warm: %s", weight(cold), weight(file), weight(warm))
			if cold.Requests > page.requests || cold.Bytes > page.cold {
				t.Errorf("cold: got %s, want at most %d requests and %d bytes", weight(cold), page.requests, page.cold)
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
