//go:build browser

package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"protime-admin/internal/browsertest"
	"protime-admin/protime/simulator"
)

// What is typed into a check is kept when other rows are looked at; a check that was cut off goes on by itself.
func TestADraftIsLookedThroughInABrowser(t *testing.T) {
	for name, options := range map[string][]browsertest.Option{
		"with a script":    {browsertest.Size(1440, 900)},
		"without a script": {browsertest.Size(768, 1024), browsertest.NoScript(), browsertest.Dark()},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.knowsPeople()
			tab := browsertest.Start(t, options...)
			enter(tab, w, "els", "/batches/new")
			rows := []string{"Badge|Datum|Uur", "6767600|" + day(3) + "|5u30", "6767601|" + day(3) + "|25:31"}
			tab.Do(chromedp.SetValue(chromedp.CSS("#sheet"), pasted(rows...)))
			tab.Follow("form button.main")
			tab.Type("[id='c-3-2']", "0531")
			if status := tab.Follow("button[name=go][value$='rows=all']"); status != http.StatusOK || tab.Count("[aria-invalid=true]") > 0 || !strings.Contains(tab.Text("main"), "05:31") {
				t.Fatalf("got %d, want the cell kept: %s", status, tab.Text("main"))
			}
			w.tenant.Fail(simulator.Fault{Status: http.StatusInternalServerError, Path: "/clockings"})
			tab.Follow("form.draft .foot button[name=do]")
			if got := tab.Text("main"); !strings.Contains(got, "0 of 2 rows are checked") {
				t.Fatalf("got %q, want the check cut off", got)
			}
			for _, misfit := range tab.Misfits() {
				t.Error(misfit)
			}
			tab.Accessible()
			tab.Picture("cut off")
			w.tenant.Heal()
			revision := browsertest.Ask(tab, chromedp.AttributeValue(chromedp.CSS("input[name=revision]"), "value")).Value
			path, _, _ := strings.Cut(browsertest.Ask(tab, chromedp.Location()), "?")
			tab.Go(path + "?from=" + revision + ".0.0")
			if name == "without a script" {
				tab.Follow("button[form=draft][name=do]")
			}
			tab.Do(chromedp.WaitReady(chromedp.CSS("button.main[formaction]")))
			if got := tab.Text("main"); !strings.Contains(got, "nothing has changed") || !strings.Contains(got, "Send 2 rows") {
				t.Errorf("got %q, want all rows checked again", got)
			}
			w.clocking(9901, 76501, daysAgo(3), 5*60+30, "Active")
			tab.Follow("form.draft .foot button[name=do]")
			if got := tab.Text("main"); tab.Count("tr[data-row]") != 1 || !strings.Contains(got, "Not as at the check before") {
				t.Errorf("got %q, want the row that is in Protime now", got)
			}
			for _, misfit := range tab.Misfits() {
				t.Error(misfit)
			}
			tab.Accessible()
			tab.Picture("changed")
		})
	}
}
