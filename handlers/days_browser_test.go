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
	"protime-admin/protime/simulator"
)

// enter signs a person in through the identity provider's own page, and opens a page.
func enter(tab *browsertest.Tab, w *world, subject, path string) {
	tab.Go(w.url + "/login?return=" + path)
	tab.Follow(`button[value="` + subject + `"]`)
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
			const wider = `[document.documentElement, ...document.querySelectorAll(".week th, .week td")]
				.filter((box) => box.scrollWidth > box.clientWidth + 1).map((box) => box.textContent.trim().slice(0, 40)).join("; ")`
			fits := func() {
				t.Helper()
				if got := browsertest.Ask(tab, chromedp.Evaluate[string](wider)); got != "" {
					t.Errorf("wider than its box: %s", got)
				}
			}
			fits()
			tab.Accessible()
			tab.Picture("week")
			tab.Do(chromedp.Click(chromedp.CSS("#r-8192")), chromedp.WaitReady(chromedp.CSS("#place:focus")))
			fits()
			tab.Accessible()
			tab.Picture("place")
			tab.Do(chromedp.KeyEvent(kb.Escape), chromedp.WaitReady(chromedp.CSS("#r-8192:focus")))
		})
	}
}

// openPlace opens the input in the place of clocking 8192 and waits for its focus.
func openPlace(tab *browsertest.Tab) {
	tab.Do(chromedp.Click(chromedp.CSS("#r-8192")), chromedp.WaitReady(chromedp.CSS("#place:focus")))
}

func TestWhatIsTypedInPlaceIsNeitherLostNorSentUnseen(t *testing.T) {
	const path = "/clockings/8192"
	w := newWorld(t)
	w.knowsPeople()
	tab := browsertest.Start(t, browsertest.Tolerate("Failed to load resource"))
	enter(tab, w, "els", "/people/76547/days")
	alerted := func(want string) {
		t.Helper()
		tab.Do(chromedp.WaitVisible(chromedp.CSS(".why:not(:empty)")))
		if got := tab.Text(".why"); !strings.Contains(got, want) {
			t.Errorf("the page says %q, want %q in it", got, want)
		}
	}
	minutes := func(want string) {
		t.Helper()
		if record, _ := w.tenant.Get("clockings", "8192"); !strings.Contains(record, `"timeOfDayInMinutes":`+want+",") {
			t.Errorf("the record is %s, want minute %s", record, want)
		}
	}

	// Enter before the form was read waits for it; where it cannot be read, what was typed stays.
	w.tenant.Fail(simulator.Fault{Method: http.MethodGet, Path: path, Status: http.StatusInternalServerError})
	openPlace(tab)
	tab.Hands().Press("0758" + kb.Enter)
	alerted("could not open")
	w.tenant.Heal()
	if got := browsertest.Ask(tab, chromedp.Value(chromedp.CSS("#place"))); got != "0758" && got != "07:58" {
		t.Errorf("invariant 6: the input holds %q, want what was typed", got)
	}
	minutes("485")
	// Another punch does not take the place of what was typed.
	tab.Do(chromedp.Click(chromedp.CSS(".week tr:first-child .punch")), chromedp.WaitReady(chromedp.CSS("#place:focus")))
	if got := browsertest.Ask(tab, chromedp.Value(chromedp.CSS("#place"))); !strings.HasPrefix(got, "07") {
		t.Errorf("invariant 6: after a click on another punch the input holds %q", got)
	}
	tab.Hands().Press(kb.Escape)
	tab.Do(chromedp.WaitReady(chromedp.CSS("#r-8192:focus")))

	// Somebody changed the time since the page was drawn: it is said, and only a further Enter sends.
	w.clock.pass(2 * time.Second)
	w.tenant.Edit("clockings", "8192", `{"timeOfDayInMinutes":490}`)
	openPlace(tab)
	alerted("08:10")
	minutes("490")
	tab.Hands().Press("0758" + kb.Enter)
	tab.Do(chromedp.WaitReady(chromedp.CSS("#done")))
	minutes("478")

	// Somebody moved it to another day: nothing is sent from here.
	tab.Go(w.url + "/people/76547/days")
	w.tenant.Edit("clockings", "8192", `{"date":"2026-01-05"}`)
	openPlace(tab)
	tab.Hands().Press("0900" + kb.Enter)
	alerted("could not open")
	minutes("478")
}

// A missing clocking is added where it is missing.
func TestAMissingClockingIsAddedInItsPlace(t *testing.T) {
	w := newWorld(t)
	monday := weekWith(w.tenant)
	tab := browsertest.Start(t)
	enter(tab, w, "els", "/people/"+opener+"/days?date.ge="+monday.Format(time.DateOnly))
	tab.Do(chromedp.Click(chromedp.CSS(".punch.slot")), chromedp.WaitReady(chromedp.CSS("#place:focus")))
	tab.Picture("slot")
	tab.Hands().Press(kb.Enter)
	tab.Do(chromedp.WaitReady(chromedp.CSS("#done")))
	if got := tab.Text(".week tbody tr:nth-child(2)"); !strings.Contains(got, "17:06") || strings.Contains(got, "No clock-out") {
		t.Errorf("the day says %q, want 17:06 and nothing wrong", got)
	}
	tab.Picture("added")
}
