//go:build browser

package handlers_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"protime-admin/internal/batch"
	"protime-admin/internal/browsertest"
	"protime-admin/protime/simulator"
)

// Each job is done by hands that are counted. The README has the table that comes of it, beside what the same jobs took
// before there was a worklist; a row that it does not have is a failure here.
func TestJobsTakeFewClicksAndKeys(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, job := range []struct {
		name, before string
		do           func(*testing.T) *browsertest.Hands
		clicks, keys int // at most
	}{
		{"A forgotten clock-out, from the first page", "9 clicks, 20 keys", addForgottenClockOut, 1, 5},
		{"A wrong time, in a person's week", "22 s, not counted", changeTimeInPlace, 2, 5},
		{"Ten people after a dead terminal", "55 clicks, 178 keys", addTenAfterADeadTerminal, 0, 10},
		{"Ten people at one time, all at once", "55 clicks, 178 keys", addTenAtOnce, 4, 12},
		{"A wrong time, from the list, by keyboard alone", "103 keys", correctFromTheListByKeyboard, 0, 12},
	} {
		t.Run(job.name, func(t *testing.T) {
			hands := job.do(t)
			row := fmt.Sprintf("| %s | %s | %s |", job.name, job.before, hands)
			t.Log(row)
			if hands.Clicks > job.clicks || hands.Keys > job.keys {
				t.Errorf("got %s, want at most %d clicks and %d keys", hands, job.clicks, job.keys)
			}
			if !strings.Contains(string(readme), row+"\n") {
				t.Errorf("README.md lacks the row %s", row)
			}
		})
	}
}

// Somebody opens the page, sees who forgot to clock out, types when they left, and is at the next day.
func addForgottenClockOut(t *testing.T) *browsertest.Hands {
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
	tab.Accessible()
	tab.Picture("done")
	return hands
}

// A terminal was dead at eight: ten people lack the first clocking of the day.
func addTenAfterADeadTerminal(t *testing.T) *browsertest.Hands {
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
	tab.Picture("ten")
	return hands
}

// The same for everybody at once: all of the list are ticked, one time is typed, the check is looked at, and they are sent.
func addTenAtOnce(t *testing.T) *browsertest.Hands {
	w := aDeadTerminal(t, 10)
	w.runBatches(t)
	tab := browsertest.Start(t)
	enter(tab, w, "els", lastDaysEscaped())
	tab.Go(w.url + lastDays())
	hands := tab.Hands()
	hands.Click("[data-all]")
	hands.Click("#ticks summary")
	tab.Do(chromedp.WaitReady(chromedp.CSS("[name=time]:focus")))
	hands.Press("0755")
	if status := hands.Enter(); status != http.StatusOK {
		t.Fatalf("got %d, want the check: %s", status, tab.Text("main"))
	}
	tab.Picture("check")
	send := "button.main[formaction]"
	if got := tab.Text(send); !strings.Contains(got, "10") {
		t.Fatalf("got %q, want a button that sends ten rows: %s", got, tab.Text("main"))
	}
	hands.Click(send)
	tab.Do(chromedp.WaitReady(chromedp.CSS(".stats")))
	added := 0
	for _, id := range w.tenant.IDs("clockings") {
		if record, _ := w.tenant.Get("clockings", id); strings.Contains(record, daysAgo(1)) && strings.Contains(record, `"timeOfDayInMinutes":475`) {
			added++
		}
	}
	if added != 10 {
		t.Errorf("got %d clockings at 07:55, want ten", added)
	}
	tab.Picture("sent")
	return hands
}

// runBatches runs the batches of a world, as the program does.
func (w *world) runBatches(t *testing.T) {
	t.Helper()
	runner := &batch.Runner{
		Store: w.log.Batches(), Desk: w.desk, Pace: new(batch.Pace), Poll: 20 * time.Millisecond,
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- runner.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

// The time is selected, so that it is typed over; Enter saves.
func changeTimeInPlace(t *testing.T) *browsertest.Hands {
	w := newWorld(t)
	w.knowsPeople()
	tab := browsertest.Start(t)
	enter(tab, w, "els", "/people/76547/days")
	clicked := tab.Hands()
	clicked.Click("#r-8192")
	tab.Do(chromedp.WaitReady(chromedp.CSS("#place:focus")))
	clicked.Press("0758" + kb.Enter)
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

	// The same by keyboard alone: the first row, its first clocking, e.
	tab.Go(w.url + "/people/76547/days")
	// Enter may come before the form has: it waits.
	w.tenant.Fail(simulator.Fault{Method: http.MethodGet, Path: "/clockings/8192", Times: 1, Delay: time.Second})
	tab.Hands().Press("je")
	tab.Do(chromedp.WaitReady(chromedp.CSS("#place:focus")))
	tab.Hands().Press("801" + kb.Enter)
	tab.Do(chromedp.WaitReady(chromedp.CSS("#done")))
	if record, _ = w.tenant.Get("clockings", "8192"); !strings.Contains(record, `"timeOfDayInMinutes":481`) {
		t.Errorf("after j, e, 801 and Enter the record is %s, want 08:01", record)
	}
	return clicked
}

// The clocking is the first one of the third of five days.
func correctFromTheListByKeyboard(t *testing.T) *browsertest.Hands {
	w := aWorklist(t)
	w.habits(100, "76547", 480, 725, 765, 1000)
	tab := browsertest.Start(t)
	period := "date.ge=" + daysAgo(6) + "&date.le=" + daysAgo(2)
	enter(tab, w, "els", "/clockings%3Fperson=76547%26"+strings.ReplaceAll(period, "&", "%26"))
	hands := tab.Hands()
	for tab.Count("tr.at #r-120") == 0 && hands.Keys < 12 {
		hands.Press("j")
	}
	hands.Press("e")
	tab.Do(chromedp.WaitReady(chromedp.CSS(`input[name="timeOfDayInMinutes"]:focus`)))
	hands.Press("759" + kb.Enter)
	tab.Do(chromedp.WaitReady(chromedp.CSS("#done")))
	record, _ := w.tenant.Get("clockings", "120")
	if !strings.Contains(record, `"timeOfDayInMinutes":479`) {
		t.Errorf("the record is %s, want 07:59; the page says %s", record, tab.Text("main"))
	}
	if got := tab.Count("tr.at a:focus, tr.at #r-120"); got == 0 {
		t.Error("the row that was changed is not the current one")
	}
	return hands
}
