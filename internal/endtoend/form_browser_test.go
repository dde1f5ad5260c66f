//go:build browser

package endtoend

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"protime-admin/internal/browsertest"
)

// A form opens with its time selected: what is typed replaces it, Enter saves.
func TestATimeIsCorrectedWithFiveKeysOnItsForm(t *testing.T) {
	w := newWorld(t)
	w.start()
	tab := browsertest.Start(t)
	enter(tab, w, "els")
	tab.Go(w.public + "/clockings/8192/edit")
	eventually(t, tab, `getSelection().toString() === "08:05"`)
	shown := func(selector string) bool {
		return browsertest.Ask(tab, chromedp.Evaluate[bool](`document.querySelector('`+selector+`').checkVisibility()`))
	}
	place := func() string {
		return browsertest.Ask(tab, chromedp.Evaluate[string](`document.querySelector("[data-moves] .new").getAttribute("x1")`))
	}
	if shown(`select[name="kind"]`) || shown(`input[name="terminal.id~find"]`) {
		t.Error("kind and terminal are in view, want them folded")
	}
	before := place()
	press(tab, "0800", false)
	if after := place(); after == before || value(tab, "timeOfDayInMinutes") != "0800" {
		t.Errorf("the line of the day stands at %s, as before %s was typed", after, value(tab, "timeOfDayInMinutes"))
	}
	tab.Do(chromedp.Click(chromedp.CSS(`a[data-unfold]`)))
	if !shown(`input[name="person.id~find"]`) || !browsertest.Ask(tab, chromedp.Evaluate[bool](`document.activeElement.name === "person.id~find"`)) {
		t.Error("“Somebody else” does not lead to the person's input")
	}
	tab.Do(chromedp.Click(chromedp.CSS(`input[name="why"][value="Wrong time"]`)))
	tab.Accessible()
	tab.Picture("form-open")
	tab.Do(chromedp.Focus(chromedp.CSS(`input[name="timeOfDayInMinutes"]`)))
	if status := tab.Follow(`.save button.main`); status != http.StatusOK {
		t.Fatalf("after saving: got %d, want 200: %s", status, tab.Text("main"))
	}
	if got := tab.Text("#done"); !strings.Contains(got, "08:05 → 08:00") {
		t.Errorf("the banner says %q, want both times", got)
	}
	tab.Go(w.public + "/clockings/8192/edit")
	if got := browsertest.Ask(tab, chromedp.Evaluate[string](`document.querySelector("input[name=why]:checked").value`)); got != "Wrong time" {
		t.Errorf("the next form has the reason %q, want the last one", got)
	}
	press(tab, kb.PageDown, false)
	for range 9 {
		press(tab, kb.PageDown, false) // over midnight
	}
	if !shown(`select[name="timeOfDayInMinutes.day"]`) || value(tab, "timeOfDayInMinutes.day") != "-1" {
		t.Errorf("got the day %q, want the day before, in view", value(tab, "timeOfDayInMinutes.day"))
	}
	tab.Do(chromedp.Click(chromedp.CSS(`button[name="day"][value="1"]`)))
	if got := tab.Text("#i-date-hint"); !strings.Contains(got, "Tuesday") {
		t.Errorf("a day later the hint says %q, want Tuesday", got)
	}
}

// A warning that nobody has seen brings the form back once, and the answer is seen without scrolling.
func TestAWarningIsAnsweredInABrowser(t *testing.T) {
	for _, name := range []string{"narrow", "narrow, no scripts", "wide, dark"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.start()
			tab := browsertest.Start(t, looks()[name]...)
			enter(tab, w, "els")
			tab.Go(w.public + "/clockings/8192/edit")
			date := value(tab, "date")
			tab.Go(w.public + "/clockings/new?person.id=76547&date=" + date + "&return=/clockings")
			tab.Type(`input[name="timeOfDayInMinutes"]`, "805")
			if status := tab.Follow(`.save button.main`); status != http.StatusUnprocessableEntity {
				t.Fatalf("a second clocking at one minute: got %d, want 422: %s", status, tab.Text("main"))
			}
			tab.Do(chromedp.WaitReady(chromedp.CSS(`#warnings:focus`)))
			tab.Accessible()
			tab.Picture("warning")
			if status := tab.Follow(`.save button.main`); status != http.StatusOK {
				t.Fatalf("saved anyway: got %d, want 200: %s", status, tab.Text("main"))
			}
			const box = `document.querySelector("#done").getBoundingClientRect()`
			if !browsertest.Ask(tab, chromedp.Evaluate[bool](box+`.top >= 0 && `+box+`.bottom <= innerHeight`)) {
				t.Error("the answer is out of view")
			}
			tab.Accessible()
			tab.Picture("answer")
		})
	}
}
