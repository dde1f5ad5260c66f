//go:build browser

package endtoend

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"protime-admin/internal/browsertest"
)

// looks are the ways in which the main job must work.
func looks() map[string][]browsertest.Option {
	return map[string][]browsertest.Option{
		"wide":                {browsertest.Size(1280, 900)},
		"narrow":              {browsertest.Size(320, 700)},
		"without JavaScript":  {browsertest.Size(1280, 900), browsertest.NoScript()},
		"narrow, no scripts":  {browsertest.Size(320, 700), browsertest.NoScript()},
		"wide, dark":          {browsertest.Size(1440, 900), browsertest.Dark()},
		"a tablet in between": {browsertest.Size(768, 1024)},
	}
}

// enter signs a person in through the identity provider's own page.
func enter(tab *browsertest.Tab, w *world, subject string) {
	tab.Go(w.public + "/login?return=/clockings")
	tab.Follow(`button[value="` + subject + `"]`)
}

// A person finds a clocking, corrects it, adds one and deletes it, and sees each time what Protime answered.
func TestTheMainJobInABrowser(t *testing.T) {
	for name, options := range looks() {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.start()
			tab := browsertest.Start(t, options...)
			enter(tab, w, "els")
			find(t, tab)
			correct(t, tab, w)
			add(t, tab, w)
			remove(t, tab, w)
		})
	}
}

func find(t *testing.T, tab *browsertest.Tab) {
	t.Helper()
	for _, box := range []string{"html", ".sheet"} {
		inner := browsertest.Ask(tab, chromedp.Evaluate[int](`document.querySelector("`+box+`").scrollWidth`))
		if outer := browsertest.Ask(tab, chromedp.Evaluate[int](`document.querySelector("`+box+`").clientWidth`)); inner > outer {
			t.Errorf("%s: got %d pixels in %d, want every column in view", box, inner, outer)
		}
	}
	if browsertest.Ask(tab, chromedp.Evaluate[bool](`document.querySelector("details.folded > summary").checkVisibility()`)) {
		tab.Do(chromedp.Click(chromedp.CSS("details.folded > summary")))
	}
	tab.Type(`input[name="person~find"]`, "Jan Maes")
	if status := tab.Follow(`details.folded > div > button`); status != http.StatusOK {
		t.Fatalf("the filtered list: got %d, want 200", status)
	}
	if tab.Count(`#r-8192`) != 1 {
		t.Fatalf("clocking 8192 is not in the list of Jan Maes; it shows %s", tab.Text("main"))
	}
	tab.Accessible()
	tab.Picture("list")
}

func correct(t *testing.T, tab *browsertest.Tab, w *world) {
	t.Helper()
	// With scripts a click changes the time where it stands; the link itself leads to the form.
	form := browsertest.Ask(tab, chromedp.Evaluate[string](`document.querySelector("a#r-8192").href`))
	if status := tab.Go(form); status != http.StatusOK {
		t.Fatalf("the edit page: got %d, want 200", status)
	}
	tab.Do(chromedp.WaitReady(chromedp.CSS(`input[name="timeOfDayInMinutes"]:focus`))) // a browser sets it as it draws the page
	tab.Accessible()
	tab.Picture("edit")
	tab.Type(`input[name="timeOfDayInMinutes"]`, "99:99")
	if status := tab.Follow(`.save button.main`); status != http.StatusUnprocessableEntity {
		t.Errorf("an impossible time: got %d, want 422", status)
	}
	if got := browsertest.Ask(tab, chromedp.Value(chromedp.CSS(`input[name="timeOfDayInMinutes"]`))); got != "99:99" {
		t.Errorf("invariant 6: the form shows %q, want what was typed", got)
	}
	tab.Accessible()
	tab.Picture("edit-problem")
	tab.Type(`input[name="timeOfDayInMinutes"]`, "800")
	if status := tab.Follow(`.save button.main`); status != http.StatusOK {
		t.Fatalf("after saving: got %d, want 200", status)
	}
	if got := tab.Text("#done"); !strings.Contains(got, "200 OK") || !strings.Contains(got, "08:00") {
		t.Errorf("the banner says %q, want the status and the new time", got)
	}
	const box = `document.querySelector("#done").getBoundingClientRect()`
	if !browsertest.Ask(tab, chromedp.Evaluate[bool](box+`.top >= 0 && `+box+`.bottom <= innerHeight`)) {
		t.Errorf("the banner is out of view beside the row that was changed")
	}
	record, _ := w.tenant.Get("clockings", "8192")
	if !strings.Contains(record, `"timeOfDayInMinutes":480`) || !strings.Contains(record, `"ratio":1.50`) {
		t.Errorf("invariant 1: the record is %s, want the time changed and the rest as it was", record)
	}
	tab.Accessible()
	tab.Picture("banner")
}

func add(t *testing.T, tab *browsertest.Tab, w *world) {
	t.Helper()
	tab.Go(w.public + "/clockings/new?person.id=76547&date=" + yesterday() + "&kind=InOut")
	tab.Type(`input[name="timeOfDayInMinutes"]`, "17h30")
	if status := tab.Follow(`.save button.main`); status != http.StatusOK {
		t.Fatalf("after adding: got %d, want 200: %s", status, tab.Text("main"))
	}
	if got := tab.Text("#done"); !strings.Contains(got, "201 Created") {
		t.Errorf("the banner says %q, want 201 Created", got)
	}
	if tab.Count(`#done a[href*="/clockings/"]`) == 0 {
		t.Errorf("the banner has no link to the new record")
	}
}

func remove(t *testing.T, tab *browsertest.Tab, w *world) {
	t.Helper()
	if status := tab.Follow(`#done a[href*="/clockings/"]`); status != http.StatusOK {
		t.Fatalf("the new record's page: got %d, want 200", status)
	}
	tab.Accessible()
	tab.Follow(`.head a[href*="/delete"]`)
	if got := tab.Text("h1"); !strings.Contains(got, "17:30") || !strings.Contains(got, "Jan Maes") {
		t.Errorf("the confirmation's heading is %q, want it to name the clocking", got)
	}
	tab.Accessible()
	tab.Picture("delete")
	if status := tab.Follow(`button.danger`); status != http.StatusOK {
		t.Fatalf("after deleting: got %d, want 200: %s", status, tab.Text("main"))
	}
	if got := tab.Text("#done"); !strings.Contains(got, "200 OK") && !strings.Contains(got, "204 No Content") {
		t.Errorf("the banner says %q, want the status of the delete", got)
	}
}

// Two people edit the same record: the second is shown both sides and loses nothing.
func TestInvariant5_AConflictIsShownInABrowser(t *testing.T) {
	for _, name := range []string{"wide", "narrow, no scripts"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.start()
			tab := browsertest.Start(t, looks()[name]...)
			enter(tab, w, "els")
			tab.Go(w.public + "/clockings/8192/edit")
			w.tenant.Edit("clockings", "8192", `{"timeOfDayInMinutes":490}`)
			tab.Type(`input[name="timeOfDayInMinutes"]`, "800")
			if status := tab.Follow(`.save button.main`); status != http.StatusConflict {
				t.Fatalf("got %d, want 409", status)
			}
			text := tab.Text("main")
			for _, want := range []string{"08:05", "08:10", "08:00"} {
				if !strings.Contains(text, want) {
					t.Errorf("the page does not show %s", want)
				}
			}
			if inner := browsertest.Ask(tab, chromedp.Evaluate[int](`document.documentElement.scrollWidth - innerWidth`)); inner > 0 {
				t.Errorf("the page is %d pixels wider than the screen", inner)
			}
			tab.Accessible()
			tab.Picture("conflict")
			for side, want := range map[string]bool{"server": false, "mine": true} {
				tab.Do(chromedp.Click(chromedp.CSS(`input[name="pick.timeOfDayInMinutes"][value="` + side + `"]`)))
				if got := browsertest.Ask(tab, chromedp.Evaluate[bool](`document.querySelector("#i-timeOfDayInMinutes").checkVisibility()`)); got != want {
					t.Errorf("with the side %s the input is shown: got %v, want %v", side, got, want)
				}
			}
			tab.Do(chromedp.Click(chromedp.CSS(`input[name="pick.timeOfDayInMinutes"][value="mine"]`)))
			if status := tab.Follow(`.save button.main`); status != http.StatusOK {
				t.Fatalf("after choosing: got %d, want 200: %s", status, tab.Text("main"))
			}
			if record, _ := w.tenant.Get("clockings", "8192"); !strings.Contains(record, `"timeOfDayInMinutes":480`) {
				t.Errorf("the record is %s, want the chosen time", record)
			}
			tab.Go(w.public + "/clockings/8192/edit")
			tab.Type(`input[name="timeOfDayInMinutes"]`, "801")
			w.tenant.Delete("clockings", "8192")
			tab.Follow(`.save button.main`)
			if status := tab.Follow(`.ways a[href*="/new?"]`); status != http.StatusOK || value(tab, "timeOfDayInMinutes") != "08:01" {
				t.Errorf("the deleted record added again: got %d, want what was typed, without a question", status)
			}
		})
	}
}
