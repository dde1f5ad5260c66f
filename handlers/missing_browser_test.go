//go:build browser

package handlers_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"protime-admin/internal/browsertest"
)

// habits gives a person five whole days of the same four times.
func (w *world) habits(first int, person string, minutes ...int) {
	for i := range 5 {
		w.clocks(first+10*i, person, daysAgo(i+2), minutes...)
	}
}

// Somebody opens the page, sees who forgot to clock out, types when they left, and is at the next day.
func TestAForgottenClockOutTakesFiveKeys(t *testing.T) {
	w := aWorklist(t)
	w.habits(100, "76547", 480, 725, 765, 1000)
	w.habits(200, "76549", 480, 725, 765, 1010)
	w.clocks(300, "76547", daysAgo(1), 481, 725, 765)
	w.clocks(310, "76549", daysAgo(1), 480, 725, 765)
	tab := browsertest.Start(t)
	enter(tab, w, "els", lastDaysEscaped())
	tab.Do(chromedp.WaitReady(chromedp.CSS("#day-76549-" + daysAgo(1) + " [name=timeOfDayInMinutes]")))
	field := "[name=timeOfDayInMinutes]:focus"
	tab.Do(chromedp.WaitReady(chromedp.CSS(field)))
	first := browsertest.Ask(tab, chromedp.Evaluate[string](`document.activeElement.closest("tr").id`))
	hands := tab.Hands()
	hands.Press("1735")
	if status := hands.Enter(); status != http.StatusOK {
		t.Fatalf("got %d, want 200: %s", status, tab.Text("main"))
	}
	tab.Do(chromedp.WaitReady(chromedp.CSS(field)))
	if next := browsertest.Ask(tab, chromedp.Evaluate[string](`document.activeElement.closest("tr").id`)); next == first {
		t.Error("the focus is where it was, want it in the next day's field")
	}
	if got := tab.Text("#" + first); !strings.Contains(got, "17:35") || !strings.Contains(got, "Undo") {
		t.Errorf("the row says %q, want the time that was typed, and Undo", got)
	}
	t.Log(hands.Row("A forgotten clock-out, from the first page", "9 clicks, 20 keys"))
	if hands.Clicks > 1 || hands.Keys > 5 {
		t.Errorf("got %d clicks and %d keys, want at most 1 and 5", hands.Clicks, hands.Keys)
	}
	tab.Accessible()
	tab.Picture("done")
}

// A terminal was dead at eight: ten people lack the first clocking of the day.
func TestTenPeopleAfterADeadTerminalTakeTenEnters(t *testing.T) {
	w := aWorklist(t)
	for i := range 10 {
		person := fmt.Sprint(76501 + i)
		w.habits(1000+100*i, person, 480, 725, 765, 1000)
		w.clocks(3000+10*i, person, daysAgo(1), 725, 765, 1000)
	}
	tab := browsertest.Start(t)
	enter(tab, w, "els", lastDaysEscaped())
	hands := tab.Hands()
	for tab.Count("tr[data-row]:not(.done)") > 0 && hands.Keys < 20 {
		tab.Do(chromedp.WaitReady(chromedp.CSS("[name=timeOfDayInMinutes]:focus")))
		if status := hands.Enter(); status != http.StatusOK {
			t.Fatalf("got %d, want 200: %s", status, tab.Text("main"))
		}
	}
	added := 0
	for _, id := range w.tenant.IDs("clockings") {
		if record, _ := w.tenant.Get("clockings", id); strings.Contains(record, daysAgo(1)) && strings.Contains(record, `"timeOfDayInMinutes":480`) {
			added++
		}
	}
	if added != 10 {
		t.Errorf("got %d clockings at 08:00, want ten", added)
	}
	t.Log(hands.Row("Ten people after a dead terminal", "55 clicks, 178 keys"))
	if hands.Clicks > 0 || hands.Keys > 10 {
		t.Errorf("got %d clicks and %d keys, want ten times Enter", hands.Clicks, hands.Keys)
	}
	tab.Picture("ten")
}

// lastDaysEscaped is lastDays within a query.
func lastDaysEscaped() string {
	return strings.NewReplacer("?", "%3F", "&", "%26", "=", "%3D").Replace(lastDays())
}

func TestTheListOfDaysInABrowser(t *testing.T) {
	for name, options := range map[string][]browsertest.Option{
		"wide":                {browsertest.Size(1440, 900)},
		"narrow":              {browsertest.Size(320, 700)},
		"wide, dark":          {browsertest.Size(1440, 900), browsertest.Dark()},
		"a tablet in between": {browsertest.Size(768, 1024), browsertest.NoScript()},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.knowsPeople()
			tab := browsertest.Start(t, options...)
			enter(tab, w, "els", "/")
			for _, state := range []string{"arrived", "known", "leave"} {
				if wide := browsertest.Ask(tab, chromedp.Evaluate[int](`document.documentElement.scrollWidth - document.documentElement.clientWidth`)); wide > 0 {
					t.Errorf("%s: the page is %d pixels wider than the window", state, wide)
				}
				tab.Accessible()
				tab.Picture(state)
				if state != "leave" {
					next := map[string]string{"arrived": w.url + "/", "known": w.url + browsertest.Ask(tab, chromedp.Evaluate[string](`document.querySelector("[data-key=x]").getAttribute("href")`))}[state]
					tab.Go(next)
				}
			}
			tab.Do(chromedp.WaitReady(chromedp.CSS("form.place button:focus")))
			if status := tab.Follow("form.place button"); status != http.StatusOK || tab.Count("tr.done") != 1 {
				t.Errorf("got %d and %d days that are done, want the one that was left as it is", status, tab.Count("tr.done"))
			}
			tab.Picture("left")
		})
	}
}

// The list is read for a while. Meanwhile the first row can be dealt with: its time is selected, and typed over.
func TestATimeIsSelectedWhileTheListArrives(t *testing.T) {
	tenant := founded.today()
	for _, id := range tenant.IDs("clockings") {
		tenant.Remove("clockings", id)
	}
	g := gate{Handler: tenant, open: make(chan struct{}), from: daysAgo(-1)}
	release := sync.OnceFunc(func() { close(g.open) })
	w := newWorldOn(t, g, 0)
	t.Cleanup(release)
	w.tenant = tenant
	w.knowsPeople()
	tenant.Put("assignments", "900", `{"id":900,"person":{"id":76501},"from":"`+daysAgo(8)+`","until":"`+daysAgo(8)+`","startTimeInMinutes":480,"endTimeInMinutes":1000}`)
	w.clocks(100, "76501", daysAgo(8), 480, 725, 765)
	w.habits(200, "76501", 480, 725, 765, 1000)
	tab := browsertest.Start(t)
	enter(tab, w, "els", "/collections")
	tab.Do(chromedp.Evaluate[chromedp.Void](`location.assign(` + fmt.Sprintf("%q", lastDays()) + `)`))
	field := "#day-76501-" + daysAgo(8) + " [name=timeOfDayInMinutes]"
	tab.Do(chromedp.WaitReady(chromedp.CSS(field + ":focus")))
	const selected = `getSelection().toString()`
	for range 100 {
		if browsertest.Ask(tab, chromedp.Evaluate[string](selected)) != "" {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if got := browsertest.Ask(tab, chromedp.Evaluate[string](selected+` + " " + document.readyState`)); got != "16:40 loading" {
		t.Errorf("got %q, want the time selected while the page arrives", got)
	}
	release()
	tab.Do(chromedp.WaitReady(chromedp.CSS(".foot a[data-key=r]")))
}

// A link to a day is copied by the script.
func TestALinkToADayIsCopied(t *testing.T) {
	w := aWorklist(t)
	w.clocks(300, "76547", daysAgo(1), 481, 725, 765)
	tab := browsertest.Start(t)
	enter(tab, w, "els", "/collections")
	for _, path := range []string{lastDays(), "/people/76547/days?date.ge=" + daysAgo(1) + "&date.le=" + daysAgo(1)} {
		tab.Go(w.url + path)
		tab.Do(chromedp.Evaluate[chromedp.Void](`navigator.clipboard.writeText = async (text) => { window.copied = String(text); }`))
		tab.Do(chromedp.Evaluate[chromedp.Void](`document.querySelector("[data-copy]").click()`))
		tab.Do(chromedp.Evaluate[chromedp.Void](`new Promise((done) => setTimeout(done))`))
		want := w.url + "/people/76547/days?date.ge=" + daysAgo(1) + "&date.le=" + daysAgo(1) + " Link copied"
		if got := browsertest.Ask(tab, chromedp.Evaluate[string](`window.copied + " " + document.querySelector("[data-copy]").textContent`)); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
}
