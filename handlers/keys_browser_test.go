//go:build browser

package handlers_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"protime-admin/internal/browsertest"
)

func TestKeysCountOnlyWhereNothingIsTyped(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	tab := browsertest.Start(t)
	enter(tab, w, "els", "/clockings?person=76547")
	hands := tab.Hands()
	waits := func(selector string) { tab.Do(chromedp.WaitReady(chromedp.CSS(selector))) }
	hands.Press("/")
	waits("#find:focus")
	hands.Press("je?")
	if got := browsertest.Ask(tab, chromedp.Value(chromedp.CSS("#find"))); got != "je?" {
		t.Errorf("typed into the search: got %q, want je?", got)
	}
	if tab.Count("tr.at") != 0 || tab.Count("dialog") != 0 {
		t.Error("keys did something while a word was typed")
	}
	hands.Press(kb.Escape + "?")
	waits("dialog[open] #keys")
	hands.Press("j")
	if tab.Count("tr.at") != 0 {
		t.Error("a key did something behind the dialog")
	}
	tab.Accessible()
	tab.Picture("keys")
	hands.Press(kb.Escape)
	tab.Do(chromedp.WaitNotPresent(chromedp.CSS("dialog")))
	hands.Press("]")
	waits(".step summary .soft")
	if got := browsertest.Ask(tab, chromedp.Evaluate[string]("location.search")); !strings.Contains(got, "date.ge=") || !strings.Contains(got, "person=76547") {
		t.Errorf("the next week: got %s", got)
	}
	tab.Go(w.url + "/keys")
	tab.Follow("#keys form[method=post] button")
	tab.Go(w.url + "/clockings?person=76547")
	hands.Press("j")
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
