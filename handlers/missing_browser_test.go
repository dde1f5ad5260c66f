//go:build browser

package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"protime-admin/internal/browsertest"
)

// habits gives a person five whole days of the same four times.
func (w *world) habits(first int, person string, minutes ...int) {
	for i := range 5 {
		w.clocks(first+10*i, person, daysAgo(i+2), minutes...)
	}
}

// lastDaysEscaped is lastDays within a query.
func lastDaysEscaped() string {
	return strings.NewReplacer("?", "%3F", "&", "%26", "=", "%3D").Replace(lastDays())
}

func TestTheListOfDaysInABrowser(t *testing.T) {
	for name, options := range map[string][]browsertest.Option{
		"wide":                {browsertest.Size(1440, 900)},
		"narrow":              {browsertest.Size(320, 700)},
		"wide, dark":          {browsertest.Size(1440, 900), browsertest.Dark()},
		"a tablet in between": {browsertest.Size(768, 1024), browsertest.NoScript()},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.knowsPeople()
			tab := browsertest.Start(t, options...)
			enter(tab, w, "els", "/")
			for _, state := range []string{"arrived", "known", "leave"} {
				if wide := browsertest.Ask(tab, chromedp.Evaluate[int](`document.documentElement.scrollWidth - document.documentElement.clientWidth`)); wide > 0 {
					t.Errorf("%s: the page is %d pixels wider than the window", state, wide)
				}
				tab.Accessible()
				tab.Picture(state)
				if state != "leave" {
					next := map[string]string{"arrived": w.url + "/", "known": w.url + browsertest.Ask(tab, chromedp.Evaluate[string](`document.querySelector("[data-key=x]").getAttribute("href")`))}[state]
					tab.Go(next)
				}
			}
			tab.Do(chromedp.WaitReady(chromedp.CSS("form.place button:focus")))
			if status := tab.Follow("form.place button"); status != http.StatusOK || tab.Count("tr.done") != 1 {
				t.Errorf("got %d and %d days that are done, want the one that was left as it is", status, tab.Count("tr.done"))
			}
			tab.Picture("left")
		})
	}
}
