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

// eighty are the rows of a sheet of clockings at 05:01 and later, with a badge that nobody has in the fifth row and a time
// that no clock shows in the sixth.
func eighty() []string {
	rows := []string{"Badge|Naam|Datum|Uur|Opmerking"}
	for i := range 80 {
		badge, at := fmt.Sprint(6767600+i%40), fmt.Sprintf("%d:%02d", 4+i/40, 10+i%40)
		switch i {
		case 3:
			badge = "67676O3"
		case 4:
			at = "25:10"
		}
		rows = append(rows, badge+"||"+daysAgo(3)+"|"+at+"|prikklok stuk")
	}
	return rows
}

// The whole way of a sheet by hand, each key counted: paste, correct two cells, send.
func TestAPastedSheetIsCorrectedAndSentInABrowser(t *testing.T) {
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
			enter(tab, w, "els", "/batches/new")
			fits := func(state string) {
				t.Helper()
				for _, misfit := range tab.Misfits() {
					t.Errorf("%s: %s", state, misfit)
				}
				tab.Accessible()
				tab.Picture(state)
			}
			fits("new")
			hands := tab.Hands()
			tab.Do(chromedp.SetValue(chromedp.CSS("#sheet"), pasted(eighty()...))) // Ctrl+V
			hands.Keys += 2
			tab.Do(chromedp.Focus(chromedp.CSS("#sheet")))
			hands.Clicks++
			if status := tab.Follow("form button.main"); status != http.StatusOK {
				t.Fatalf("got %d: %s", status, tab.Text("main"))
			}
			fits("check")
			if got := tab.Count("[aria-invalid=true]"); got != 2 {
				t.Fatalf("got %d cells to correct, want two: %s", got, tab.Text("main"))
			}
			tab.Do(chromedp.WaitReady(chromedp.CSS("[id='c-5-0']:focus")))
			correct := func(cell, text string) {
				t.Helper()
				tab.Do(chromedp.WaitReady(chromedp.CSS("[id='" + cell + "']:focus")))
				if name != "without a script" {
					hands.Press(text) // what stands there is selected
					return
				}
				tab.Type("[id='"+cell+"']", text)
				hands.Clicks += 2
				hands.Keys += len(text)
			}
			correct("c-5-0", "6767603")
			if status := hands.Enter(); status != http.StatusOK || tab.Count("[aria-invalid=true]") != 1 {
				t.Fatalf("got %d and %d cells, want one left: %s", status, tab.Count("[aria-invalid=true]"), tab.Text("main"))
			}
			correct("c-6-3", "0614")
			if status := hands.Enter(); status != http.StatusOK || !strings.Contains(tab.Text("button.main"), "Send 80 rows") {
				t.Fatalf("got %d, want all rows ready: %s", status, tab.Text("main"))
			}
			fits("ready")
			hands.Clicks++
			if status := tab.Follow("form button.main"); status != http.StatusOK || len(w.tenant.Writes()) > 80 {
				t.Fatalf("got %d and %d writes: %s", status, len(w.tenant.Writes()), tab.Text("main"))
			}
			if got := tab.Text(".steps [aria-current]"); got != "Send" && got != "Result" {
				t.Errorf("got the step %q, want that of sending: %s", got, tab.Text("main"))
			}
			t.Log(hands)
		})
	}
}
