//go:build browser

package handlers_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"protime-admin/internal/browsertest"
)

// keyboard counts the keys that a test presses.
type keyboard struct {
	tab  *browsertest.Tab
	keys int
}

func (k *keyboard) press(keys ...string) {
	for _, key := range keys {
		k.keys++
		k.tab.Do(chromedp.KeyEvent(key))
	}
}

func (k *keyboard) waits(selector string) { k.tab.Do(chromedp.WaitReady(chromedp.CSS(selector))) }

func TestACorrectionFromTheListTakesAtMostTwelveKeys(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	tab := browsertest.Start(t)
	enter(tab, w, "els", "/clockings?person=76547")
	k := &keyboard{tab: tab}
	for range 5 { // Jan Maes has 8192 on one of the days of this week
		k.press("j")
		if tab.Count("tr.at #r-8192") == 1 {
			break
		}
	}
	k.press("e")
	k.waits(`input[name="timeOfDayInMinutes"]:focus`)
	k.press("7", "5", "9", "\r")
	k.waits("#done")
	record, _ := w.tenant.Get("clockings", "8192")
	if !strings.Contains(record, `"timeOfDayInMinutes":479`) {
		t.Errorf("the record is %s, want 07:59; the page says %s", record, tab.Text("main"))
	}
	if k.keys > 12 {
		t.Errorf("got %d keys, want at most 12", k.keys)
	}
	t.Logf("a correction from the list: %d keys", k.keys)
	if got := tab.Count("tr.at a:focus, tr.at #r-8192"); got == 0 {
		t.Error("the row that was changed is not the current one")
	}
}

func TestKeysCountOnlyWhereNothingIsTyped(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	tab := browsertest.Start(t)
	enter(tab, w, "els", "/clockings?person=76547")
	k := &keyboard{tab: tab}
	k.press("/")
	k.waits("#find:focus")
	k.press("j", "e", "?")
	// The tool sends a character apart from its key, so that the slash arrives although its key was taken.
	if got := browsertest.Ask(tab, chromedp.Value(chromedp.CSS("#find"))); strings.TrimPrefix(got, "/") != "je?" {
		t.Errorf("typed into the search: got %q, want je?", got)
	}
	if tab.Count("tr.at") != 0 || tab.Count("dialog") != 0 {
		t.Error("keys did something while a word was typed")
	}
	k.press("\x1b", "?")
	k.waits("dialog[open] #keys")
	k.press("j")
	if tab.Count("tr.at") != 0 {
		t.Error("a key did something behind the dialog")
	}
	tab.Accessible()
	tab.Picture("keys")
	k.press("\x1b")
	if tab.Count("dialog") != 0 {
		t.Error("the dialog stays after Escape")
	}
	k.press("]")
	k.waits(".step summary .soft")
	if got := browsertest.Ask(tab, chromedp.Evaluate[string]("location.search")); !strings.Contains(got, "date.ge=") || !strings.Contains(got, "person=76547") {
		t.Errorf("the next week: got %s", got)
	}
	tab.Go(w.url + "/keys")
	tab.Follow("#keys form[method=post] button")
	tab.Go(w.url + "/clockings?person=76547")
	k.press("j")
	if tab.Count("tr.at") != 0 {
		t.Error("a key did something although keys are off")
	}
}

func TestListsInABrowser(t *testing.T) {
	for name, options := range map[string][]browsertest.Option{
		"wide":         {browsertest.Size(1440, 900)},
		"narrow":       {browsertest.Size(320, 700)},
		"narrow, dark": {browsertest.Size(320, 700), browsertest.Dark()},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.knowsPeople()
			tab := browsertest.Start(t, options...)
			enter(tab, w, "els", "/clockings?person=76547,76548")
			for _, path := range []string{"/clockings?person=76547,76548", "/clockings?view=flat&person=76547", "/search?q=van", "/keys", "/assignments"} {
				tab.Go(w.url + path)
				tab.Accessible()
				inner := browsertest.Ask(tab, chromedp.Evaluate[int]("document.documentElement.scrollWidth"))
				if outer := browsertest.Ask(tab, chromedp.Evaluate[int]("innerWidth")); inner > outer {
					t.Errorf("%s: got %d pixels in %d", path, inner, outer)
				}
				tab.Picture(strings.Trim(strings.NewReplacer("?", "-", "/", "", "&", "-", "=", "-").Replace(path), "-"))
			}
		})
	}
}

func TestKeysAreNotToldWithoutAScript(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	tab := browsertest.Start(t, browsertest.NoScript())
	enter(tab, w, "els", "/people/76547/days")
	for _, path := range []string{"/people/76547/days", "/"} {
		tab.Go(w.url + path)
		if got := tab.Text("body"); strings.Contains(got, "Next row") || strings.Contains(got, "do what the button says") {
			t.Errorf("%s: got %q, want no keys", path, got)
		}
	}
}
