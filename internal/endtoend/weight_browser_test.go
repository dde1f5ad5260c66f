//go:build browser

package endtoend

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"protime-admin/internal/browsertest"
)

// What a browser receives for a page: at a first visit, for the page after it, and for later ones.
func TestPagesAreLight(t *testing.T) {
	w := newWorld(t)
	w.start()
	tab := browsertest.Start(t)
	enter(tab, w, "els")
	for i, page := range []struct {
		name, path string
		cold, warm int // bytes at most, with headers
	}{
		{"the worklist", "/", 25_000, 8_000},
		{"the form", "/clockings/8192/edit", 20_000, 8_000},
	} {
		t.Run(page.name, func(t *testing.T) {
			tab.ForgetCache()
			tab.ForgetCookie("protime-style")
			cold := tab.Measure(func() { tab.Go(w.public + page.path) })
			first := browsertest.Ask(tab, chromedp.Evaluate[[]string](appearance))
			file := tab.Measure(func() {
				tab.Do(chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, 9, float64(9+i)))
				eventually(t, tab, `performance.getEntriesByType("resource").some((one) => one.name.includes("/style."))`)
			})
			warm := tab.Measure(func() { tab.Go(w.public + page.path) })
			if later := browsertest.Ask(tab, chromedp.Evaluate[[]string](appearance)); !slices.Equal(first, later) {
				t.Errorf("the first visit does not look as later ones do: %s", strings.Join(differing(first, later), "\n  "))
			}
			t.Logf("cold: %s; then %s; warm: %s", weight(cold), weight(file), weight(warm))
			if cold.Requests > 2 || cold.Bytes > page.cold {
				t.Errorf("cold: got %s, want at most 2 requests and %d bytes", weight(cold), page.cold)
			}
			if file.Requests != 1 || !strings.Contains(strings.Join(file.URLs, " "), "/style.") {
				t.Errorf("after a movement: got %v, want the stylesheet for later pages", file.URLs)
			}
			if warm.Requests != 1 || warm.Bytes > page.warm {
				t.Errorf("warm: got %s, want the page alone and at most %d bytes", weight(warm), page.warm)
			}
		})
	}
}

// appearance is how each element of the page stands and what it looks like.
const appearance = `[...document.querySelectorAll("body *")].map((e) => {
	const { x, y, width, height } = e.getBoundingClientRect();
	const { color, backgroundColor, font, display } = getComputedStyle(e);
	return [e.localName + "." + e.getAttribute("class"), x, y, width, height, color, backgroundColor, font, display].join(" ");
})`

// differing are the first few elements that differ, as they were and are.
func differing(first, later []string) []string {
	var found []string
	for i := range min(len(first), len(later)) {
		if first[i] != later[i] && len(found) < 5 {
			found = append(found, first[i]+" became "+later[i])
		}
	}
	return append(found, fmt.Sprintf("%d elements became %d", len(first), len(later)))
}

func weight(traffic browsertest.Traffic) string {
	return fmt.Sprintf("%d requests, %d bytes", traffic.Requests, traffic.Bytes)
}
