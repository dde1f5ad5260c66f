//go:build browser

package endtoend

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"protime-admin/internal/browsertest"
)

// screens are the product's pages by name; Els, who edits, opens them.
func screens() []struct{ name, path string } {
	day := time.Now().Format(time.DateOnly)
	return []struct{ name, path string }{
		{"home", "/"},
		{"collections", "/collections"},
		{"week", "/people/76547/days"},
		{"clockings", "/clockings?date.ge=" + day + "&date.le=" + day},
		{"clockings-of-one", "/clockings?person=76547"},
		{"people", "/people"},
		{"found", "/people?q=an"},
		{"search", "/search?q=8192"},
		{"person", "/people/76547"},
		{"week", "/people/76547/days"},
		{"clocking", "/clockings/8192"},
		{"edit", "/clockings/8192/edit"},
		{"new", "/clockings/new?person.id=76547"},
		{"new-assignment", "/assignments/new"},
		{"delete", "/clockings/8192/delete"},
		{"changes", "/changes?mine=1"},
		{"sessions", "/sessions"},
		{"keys", "/keys"},
		{"batches", "/batches"},
		{"batch-new", "/batches/new"},
		{"no-page", "/nowhere"},
	}
}

// receiptOfACorrection makes a change, so that the log has one, and is the path of its receipt.
func receiptOfACorrection(tab *browsertest.Tab, w *world) string {
	tab.Go(w.public + "/clockings/8192/edit")
	tab.Type("#i-timeOfDayInMinutes", "0800")
	tab.Follow("form.sheet button.main")
	return browsertest.Ask(tab, chromedp.Evaluate[string](
		`document.querySelector("#done a[href^='/changes/']:not([href*='/undo'])").getAttribute("href")`))
}

// Every page has text and targets of a good size and nothing beside the window, whatever its width and language. The
// rules of axe-core are held on each page in two of the looks, of which pages take turns.
func TestEveryPageIsFitForEverybody(t *testing.T) {
	w := newWorld(t)
	w.start()
	tab := browsertest.Start(t, browsertest.Tolerate("404"))
	enter(tab, w, "els")
	looks := []browsertest.Look{
		{Language: "nl", Width: 1440, Height: 900},
		{Language: "fr", Width: 320, Height: 700, Dark: true},
		{Language: "de", Width: 768, Height: 1024, Dark: true},
		{Language: "en", Width: 320, Height: 700},
	}
	pages := append(screens(), []struct{ name, path string }{
		{"receipt", receiptOfACorrection(tab, w)},
		{"batch-columns", draftOf(tab, w, `Wie\tDag\n67676O3\tgisteren`)},
		{"batch-check", draftOf(tab, w, `Badge\tDatum\tUur\n67676O3\tgisteren\t8u30\n6767600\tgisteren\t8u31`)},
	}...)
	for n, screen := range pages {
		for i, look := range looks {
			tab.Show(look)
			if i < 2 { // a wide and a narrow one
				tab.ForgetCookie("protime-style")
			}
			tab.Go(w.public + screen.path)
			if i < 2 {
				first := browsertest.Ask(tab, chromedp.Evaluate[[]string](appearance))
				awake(t, tab)
				if whole := browsertest.Ask(tab, chromedp.Evaluate[[]string](appearance)); !slices.Equal(first, whole) {
					t.Errorf("%s, %d px: a first visit lacks rules:\n  %s", screen.path, look.Width, strings.Join(differing(first, whole), "\n  "))
				}
			}
			if (n+i)%2 == 0 { // axe-core takes longer than everything else here
				tab.Accessible()
			}
			tab.Picture(screen.name + "-" + look.Language)
			for _, width := range []int64{320, 768, 1440} {
				look.Width, look.Touch = width, width < 1000
				tab.Show(look)
				if misfits := tab.Misfits(); len(misfits) > 0 {
					t.Errorf("%s, %s, %d px:\n  %s", screen.path, look.Language, width, strings.Join(misfits, "\n  "))
				}
			}
		}
	}
}

// draftOf pastes a sheet and is the path of the draft that it makes.
func draftOf(tab *browsertest.Tab, w *world, sheet string) string {
	tab.Go(w.public + "/batches/new")
	tab.Do(chromedp.Evaluate[chromedp.Void]("document.querySelector('#sheet').value = '" + sheet + "'"))
	tab.Follow("form.sheet button.main")
	return browsertest.Ask(tab, chromedp.Evaluate[string]("location.pathname"))
}

// appearance is how each element of the page stands and what it looks like.
const appearance = `[...document.querySelectorAll("body *")].map((e) => {
	const { x, y, width, height } = e.getBoundingClientRect();
	const { color, backgroundColor, font, display } = getComputedStyle(e);
	return [e.localName + "." + e.getAttribute("class"), x, y, width, height, color, backgroundColor, font, display].join(" ");
})`

// differing are the first few elements that differ, as they were and are.
func differing(first, later []string) []string {
	found := []string{fmt.Sprintf("%d elements became %d", len(first), len(later))}
	for i := range min(len(first), len(later)) {
		if first[i] != later[i] && len(found) < 5 {
			found = append(found, first[i]+" became "+later[i])
		}
	}
	return found
}
