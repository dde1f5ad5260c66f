//go:build browser

package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"protime-admin/internal/browsertest"
)

// tooWide is by how many pixels a page is wider than its window.
const tooWide = `document.documentElement.scrollWidth - document.documentElement.clientWidth`

// aDeadTerminal is a worklist of people who lack the first clocking of yesterday.
func aDeadTerminal(t *testing.T, people int) *world {
	t.Helper()
	w := aWorklist(t)
	for i := range people {
		person := fmt.Sprint(76501 + i)
		w.habits(1000+100*i, person, 480, 725, 765, 1000)
		w.clocks(9000+10*i, person, daysAgo(1), 725, 765, 1000)
	}
	return w
}

func TestTickedRowsInABrowser(t *testing.T) {
	for name, options := range map[string][]browsertest.Option{
		"wide":                {browsertest.Size(1440, 900)},
		"narrow, dark":        {browsertest.Size(320, 700), browsertest.Dark()},
		"a tablet in between": {browsertest.Size(768, 1024), browsertest.NoScript()},
	} {
		t.Run(name, func(t *testing.T) {
			w := aDeadTerminal(t, 4)
			tab := browsertest.Start(t, options...)
			period := "date.ge=" + daysAgo(1) + "&date.le=" + daysAgo(1)
			enter(tab, w, "els", "/collections")
			looks := func(state string) {
				t.Helper()
				if wide := browsertest.Ask(tab, chromedp.Evaluate[int](tooWide)); wide > 0 {
					t.Errorf("%s: the page is %d pixels wider than the window", state, wide)
				}
				if !strings.HasSuffix(state, "menu") { // a panel lies over what is below it
					// Where the bar stands when it does not lie over rows that scroll below it.
					tab.Do(chromedp.Evaluate[chromedp.Void](`scrollTo(0, document.querySelector(".float.low") ? document.body.scrollHeight : 0)`))
					tab.Accessible()
				}
				tab.Picture(state)
			}
			tab.Go(w.url + lastDays())
			looks("worklist")
			for _, path := range []string{lastDays(), "/clockings?" + period, "/clockings?view=flat&" + period} {
				state := map[bool]string{true: "worklist", false: "days"}[path == lastDays()]
				if strings.Contains(path, "flat") {
					state = "flat"
				}
				tab.Go(w.url + path)
				if browsertest.Ask(tab, chromedp.Evaluate[bool](`document.getElementById("ticks").checkVisibility()`)) {
					t.Errorf("%s: the bar is shown, want none while nothing is ticked", state)
				}
				tab.Do(chromedp.Click(chromedp.CSS("tbody td.tick label")))
				tab.Do(chromedp.WaitVisible(chromedp.CSS("#ticks")))
				looks(state + " ticked")
				if tab.Count("#ticks summary") > 0 {
					tab.Do(chromedp.Click(chromedp.CSS("#ticks summary")))
					looks(state + " menu")
				}
			}
			tab.Go(w.url + lastDays())
			tab.Do(chromedp.Click(chromedp.CSS("tbody td.tick label")), chromedp.WaitVisible(chromedp.CSS("#ticks")))
			if status := tab.Follow("#ticks [value=terminal]"); status != http.StatusOK {
				t.Fatalf("got %d, want the page that asks: %s", status, tab.Text("main"))
			}
			looks("asked")
			tab.Go(w.url + "/batches/people?collection=clockings&date=" + daysAgo(1))
			looks("people")
		})
	}
}

func TestRowsAreTickedTogether(t *testing.T) {
	w := aDeadTerminal(t, 5)
	tab := browsertest.Start(t)
	enter(tab, w, "els", lastDaysEscaped())
	tab.Go(w.url + lastDays())
	ticked := func(want int, says, after string) {
		t.Helper()
		if got := tab.Count("tbody td.tick :checked"); got != want {
			t.Errorf("%s: got %d rows ticked, want %d", after, got, want)
		}
		if got := strings.TrimSpace(tab.Text("#ticks [role=status]")); got != says {
			t.Errorf("%s: got %q, want %q", after, got, says)
		}
	}
	hands := tab.Hands()
	hands.Click("[data-all]")
	ticked(5, "5 days selected", "after the box above the rows")
	hands.Click("#ticks [type=reset]")
	if n := tab.Count("tbody td.tick :checked, [data-all]:checked"); n != 0 {
		t.Errorf("got %d ticks after Select none, want none", n)
	}
	hands.Click("tbody tr[data-row]:nth-of-type(2) td.tick input")
	tab.Do(chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll("tbody td.tick input")][3].dispatchEvent(new MouseEvent("click", {bubbles: true, shiftKey: true}))`))
	ticked(4, "4 days selected", "after Shift and a click")
	tab.Go(w.url + lastDays())
	tab.Do(chromedp.WaitReady(chromedp.CSS("[name=timeOfDayInMinutes]:focus")), // the browser may focus it after the page is there
		chromedp.Evaluate[chromedp.Void](`document.activeElement.blur()`)) // or Esc in the field
	hands.Press("js")
	ticked(1, "1 day selected", "after j and s")
	hands.Press("s")
	if n := tab.Count("tbody td.tick :checked"); n != 0 {
		t.Errorf("got %d ticks after s again, want none", n)
	}
	// Enter in a field does what the field is for.
	hands.Press("s")
	hands.Click("#ticks details:nth-of-type(2) summary")
	tab.Do(chromedp.WaitReady(chromedp.CSS("[name=minutes]:focus")))
	hands.Press("+15")
	if status := hands.Enter(); status != http.StatusOK || !strings.Contains(tab.Text("main"), "12:20") {
		t.Errorf("got %d %q, want the check of the times that move", status, tab.Text("main"))
	}
}
