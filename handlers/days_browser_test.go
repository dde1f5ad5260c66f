//go:build browser

package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"protime-admin/internal/browsertest"
)

// enter signs a person in through the identity provider's own page, and opens a page.
func enter(tab *browsertest.Tab, w *world, subject, path string) {
	tab.Go(w.url + "/login?return=" + path)
	tab.Follow(`button[value="` + subject + `"]`)
}

// fourPunches gives Jan Maes a whole day on the Monday of this week and returns its date. The clocking 8192 is the first in.
func (w *world) mondayOf() string {
	now := time.Now()
	return now.AddDate(0, 0, -(int(now.Weekday())+6)%7).Format(time.DateOnly)
}

func TestAPersonsWeekInABrowser(t *testing.T) {
	for name, options := range map[string][]browsertest.Option{
		"wide":                {browsertest.Size(1440, 900)},
		"narrow":              {browsertest.Size(320, 700)},
		"wide, dark":          {browsertest.Size(1440, 900), browsertest.Dark()},
		"a tablet in between": {browsertest.Size(768, 1024)},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.knowsPeople()
			tab := browsertest.Start(t, options...)
			enter(tab, w, "els", "/people/76547/days")
			if got := tab.Text("h1"); got != "Jan Maes" {
				t.Fatalf("got the heading %q, want Jan Maes: %s", got, tab.Text("main"))
			}
			wide := browsertest.Ask(tab, chromedp.Evaluate[int](`document.documentElement.scrollWidth - document.documentElement.clientWidth`))
			if wide > 0 {
				t.Errorf("the page is %d pixels wider than the window", wide)
			}
			tab.Accessible()
			tab.Picture("week")
			tab.Do(chromedp.Click(chromedp.CSS("#r-8192")), chromedp.WaitReady(chromedp.CSS("#place:focus")))
			tab.Accessible()
			tab.Picture("place")
			tab.Do(chromedp.KeyEvent(kb.Escape), chromedp.WaitReady(chromedp.CSS("#r-8192:focus")))
		})
	}
}

// One click and five keys: the time is selected, so that it is typed over; Enter saves.
func TestATimeIsChangedWhereItStands(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	tab := browsertest.Start(t)
	enter(tab, w, "els", "/people/76547/days")
	clicks, keys := 0, 0
	tab.Do(chromedp.Click(chromedp.CSS("#r-8192")), chromedp.WaitReady(chromedp.CSS("#place:focus")))
	clicks++
	for _, key := range []string{"0", "7", "5", "8", kb.Enter} {
		tab.Do(chromedp.KeyEvent(key))
		keys++
	}
	tab.Do(chromedp.WaitReady(chromedp.CSS("#done")))
	if got := tab.Text("#done"); !strings.Contains(got, "200 OK") || !strings.Contains(got, "07:58") {
		t.Errorf("the banner says %q, want the status and the new time", got)
	}
	record, _ := w.tenant.Get("clockings", "8192")
	if !strings.Contains(record, `"timeOfDayInMinutes":478`) || !strings.Contains(record, `"ratio":1.50`) {
		t.Errorf("invariant 1: the record is %s, want the time changed and the rest as it was", record)
	}
	if got := tab.Text("#r-8192"); !strings.Contains(got, "07:58") {
		t.Errorf("the punch says %q, want 07:58", got)
	}
	tab.Accessible()
	tab.Picture("done")
	t.Logf("a time in place: %d click, %d keys", clicks, keys)
	if clicks > 2 || keys > 5 {
		t.Errorf("got %d clicks and %d keys, want at most 2 and 5", clicks, keys)
	}
	_ = http.StatusOK
}
