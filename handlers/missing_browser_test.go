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

// A time in the list by day is changed where it stands, as in a week.
func TestATimeOfTheListByDayIsChangedWhereItStands(t *testing.T) {
	w := aWorklist(t)
	w.clocks(300, "76547", daysAgo(1), 481, 725, 765)
	tab := browsertest.Start(t)
	enter(tab, w, "els", "/collections")
	path := w.url + "/clockings?date.ge=" + daysAgo(1) + "&date.le=" + daysAgo(1)
	tab.Go(path)
	tab.Do(chromedp.Click(chromedp.CSS("#r-300")), chromedp.WaitReady(chromedp.CSS("#place:focus")))
	tab.Accessible()
	tab.Picture("band")
	hands := tab.Hands()
	hands.Press("758")
	hands.Enter()
	tab.Do(chromedp.WaitReady(chromedp.CSS("#done")))
	if record, _ := w.tenant.Get("clockings", "300"); !strings.Contains(record, `"timeOfDayInMinutes":478`) {
		t.Errorf("the record is %s, want 07:58", record)
	}
	// A place for the missing one. Somebody adds it meanwhile: nothing is sent unseen.
	tab.Go(path)
	w.clocks(310, "76547", daysAgo(1), 1000)
	tab.Do(chromedp.Click(chromedp.CSS("a.punch.slot")), chromedp.WaitReady(chromedp.CSS("#place:focus")))
	hands.Press("1642")
	hands.Enter()
	tab.Do(chromedp.WaitReady(chromedp.CSS("#warnings[role=alert]")))
	if got := tab.Text("#warnings"); !strings.Contains(got, "have changed since this page was drawn") || len(w.tenant.Writes()) != 1 {
		t.Errorf("got %q and %d writes, want a warning and the first change alone", got, len(w.tenant.Writes()))
	}
	tab.Picture("warned")
}
