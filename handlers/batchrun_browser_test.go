//go:build browser

package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"protime-admin/internal/batch"
	"protime-admin/internal/browsertest"
)

// What is sent is watched, paused and gone on with; a row is tried again; the batch is taken back, and that is stopped.
func TestABatchIsWatchedInABrowser(t *testing.T) {
	for name, options := range map[string][]browsertest.Option{
		"with a script":    {browsertest.Size(1440, 900)},
		"without a script": {browsertest.Size(1440, 900), browsertest.NoScript()},
		"on a phone":       {browsertest.Size(320, 700)},
		"in the dark":      {browsertest.Size(768, 1024), browsertest.Dark()},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.knowsPeople()
			tab := browsertest.Start(t, options...)
			b := w.halfSent()
			path := "/batches/" + b.ID
			enter(tab, w, "els", path)
			scripted := name != "without a script"
			fits := func(state string) {
				t.Helper()
				for _, misfit := range tab.Misfits() {
					t.Errorf("%s: %s", state, misfit)
				}
				tab.Accessible()
				tab.Picture(state)
			}
			// comes waits until the page shows something by itself, or loads it again where there is no script.
			comes := func(selector string) {
				t.Helper()
				if !scripted {
					tab.Go(w.url + path)
				}
				tab.Do(chromedp.WaitReady(chromedp.CSS(selector)))
			}
			press := func(selector string) {
				t.Helper()
				if status := tab.Follow(selector); status != http.StatusOK {
					t.Fatalf("%s: got %d: %s", selector, status, tab.Text("main"))
				}
			}
			fits("sending")
			tab.Do(chromedp.Click(chromedp.CSS("#batch-ways summary")))
			w.became(b, 6, 0, created(9003))
			comes("#batch-bar progress[value='6']")
			if scripted && tab.Count("#batch-ways details[open]") != 1 {
				t.Error("a menu that was open is closed by what the server sends")
			}
			press("#batch-ways form[action$='/pause'] button")
			if got := tab.Text("#batch-heading"); !strings.HasPrefix(got, "Paused") {
				t.Errorf("got %q, want that it is paused", got)
			}
			fits("paused")
			press("#batch-ways form[action$='/resume'] button")
			w.move(b, batch.Done)
			comes(".stats")
			fits("result")
			press("#batch-rows form[action$='/retry'] button")
			w.became(b, 3, 1, created(9004))
			w.move(b, batch.Done)
			comes(".stats")
			if got := tab.Text(".stats"); !strings.Contains(got, "4") || tab.Count("#batch-rows form[action$='/retry']") != 1 {
				t.Errorf("got %q and %d rows to try again, want 4 that were added and one row", got, tab.Count("#batch-rows form[action$='/retry']"))
			}
			press("#batch-stats form[action$='/undo'] button")
			if tab.Count("tbody tr") != 4 {
				t.Errorf("the preview: got %d rows, want 4", tab.Count("tbody tr"))
			}
			fits("undo")
			press("form[action$='/start'] button.main")
			tab.Do(chromedp.Click(chromedp.CSS("#batch-ways summary")))
			tab.Picture("stop")
			press("form[action$='/cancel'] button")
			if got := tab.Text("#batch-rows .top"); !strings.Contains(got, "Stopped. 4 rows were not sent.") {
				t.Errorf("got %q, want that nothing was sent", got)
			}
			fits("stopped")
			if len(w.tenant.Writes()) != 0 {
				t.Errorf("got %d writes, want none", len(w.tenant.Writes()))
			}
		})
	}
}

// A person's fifth window may not watch: it asks for the page, which is no activity of the session, until it may.
func TestAPageThatMayNotWatchAsksInABrowser(t *testing.T) {
	w := newWorld(t)
	b := w.halfSent()
	path := "/batches/" + b.ID
	els := w.signIn("els")
	for range 4 {
		els.watch(path + "/events").until("4 of 6 sent")
	}
	tab := browsertest.Start(t, browsertest.Size(1440, 900), browsertest.Tolerate("429"))
	enter(tab, w, "els", path)
	w.became(b, 6, 0, created(9003))
	const again = `dispatchEvent(new Event("pageshow"))` // what happens after ten seconds, too
	tab.Do(chromedp.Evaluate[chromedp.Void](again), chromedp.WaitReady(chromedp.CSS("#batch-bar progress[value='6']")))
	w.move(b, batch.Done)
	tab.Do(chromedp.Evaluate[chromedp.Void](again), chromedp.WaitReady(chromedp.CSS("#batch-stats")))
}
