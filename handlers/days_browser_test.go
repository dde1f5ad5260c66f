//go:build browser

package handlers_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
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

// typed sends keys one by one, as a keyboard does: the character comes of the key, unless the page has taken the key. It
// counts them.
func typed(tab *browsertest.Tab, keys ...string) int {
	special := map[string]input.DispatchKeyEventParams{
		kb.Enter:  {Key: "Enter", Code: "Enter", WindowsVirtualKeyCode: 13, Text: "\r"},
		kb.Escape: {Key: "Escape", Code: "Escape", WindowsVirtualKeyCode: 27},
	}
	tab.Do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		for _, key := range keys {
			event, ok := special[key]
			if !ok {
				event = input.DispatchKeyEventParams{Key: key, Text: key}
			}
			event.Type = input.DispatchKeyEventTypeKeyDown
			if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, event); err != nil {
				return err
			}
			event.Type, event.Text = input.DispatchKeyEventTypeKeyUp, ""
			if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, event); err != nil {
				return err
			}
		}
		return nil
	}))
	return len(keys)
}

// openPlace opens the input in the place of clocking 8192 and waits for its focus.
func openPlace(tab *browsertest.Tab) {
	tab.Do(chromedp.Click(chromedp.CSS("#r-8192")), chromedp.WaitReady(chromedp.CSS("#place:focus")))
}

// The time is selected, so that it is typed over; Enter saves.
func TestATimeIsChangedWhereItStands(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	tab := browsertest.Start(t)
	enter(tab, w, "els", "/people/76547/days")
	clicks, keys := 1, 0
	openPlace(tab)
	keys += typed(tab, "0", "7", "5", "8", kb.Enter)
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

	// The same by keyboard alone: the first row, its first clocking, e.
	tab.Go(w.url + "/people/76547/days")
	// Enter may come before the form has: it waits.
	w.tenant.Fail(simulator.Fault{Method: http.MethodGet, Path: "/clockings/8192", Times: 1, Delay: time.Second})
	keys = typed(tab, "j", "e")
	tab.Do(chromedp.WaitReady(chromedp.CSS("#place:focus")))
	keys += typed(tab, "8", "0", "1", kb.Enter)
	tab.Do(chromedp.WaitReady(chromedp.CSS("#done")))
	if record, _ = w.tenant.Get("clockings", "8192"); !strings.Contains(record, `"timeOfDayInMinutes":481`) {
		t.Errorf("after j, e, 801 and Enter the record is %s, want 08:01", record)
	}
	t.Logf("a time in place by keyboard: %d keys", keys)
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
	typed(tab, "0", "7", "5", "8", kb.Enter)
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
	typed(tab, kb.Escape)
	tab.Do(chromedp.WaitReady(chromedp.CSS("#r-8192:focus")))

	// Somebody changed the time since the page was drawn: it is said, and only a further Enter sends.
	w.clock.pass(2 * time.Second)
	w.tenant.Edit("clockings", "8192", `{"timeOfDayInMinutes":490}`)
	openPlace(tab)
	alerted("08:10")
	minutes("490")
	typed(tab, "0", "7", "5", "8", kb.Enter)
	tab.Do(chromedp.WaitReady(chromedp.CSS("#done")))
	minutes("478")

	// Somebody moved it to another day: nothing is sent from here.
	tab.Go(w.url + "/people/76547/days")
	w.tenant.Edit("clockings", "8192", `{"date":"2026-01-05"}`)
	openPlace(tab)
	typed(tab, "0", "9", "0", "0", kb.Enter)
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
	typed(tab, kb.Enter)
	tab.Do(chromedp.WaitReady(chromedp.CSS("#done")))
	if got := tab.Text(".week tbody tr:nth-child(2)"); !strings.Contains(got, "17:06") || strings.Contains(got, "No clock-out") {
		t.Errorf("the day says %q, want 17:06 and nothing wrong", got)
	}
	tab.Picture("added")
}
