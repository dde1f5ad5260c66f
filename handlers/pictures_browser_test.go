//go:build browser

package handlers_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"protime-admin/internal/browsertest"
	"protime-admin/internal/demo"
)

// The pictures in the README are of the made-up company on a day that stays the same. PICTURES names the folder that
// they are written to: make screenshots.
func TestPicturesOfTheREADME(t *testing.T) {
	day := time.Date(2026, 9, 18, 10, 0, 0, 0, time.UTC)
	w := newWorldWith(t, demo.Company(day), "AUDIT_REASON=optional")
	w.clock.pass(time.Until(day))
	w.knowsPeople()
	tab := browsertest.Start(t, browsertest.Size(1280, 800))
	enter(tab, w, "els", "/")
	for _, picture := range []struct {
		name, path string
		shows      string // is there before the picture is taken
	}{
		{"worklist", "/", "tr[data-row] :focus"},
		{"week", "/people/76547/days", "#r-8192"},
		{"form", "/clockings/8192/edit", "[name=timeOfDayInMinutes]:focus"},
		{"list", "/clockings?person=76547,76548", "tr[data-row] a"},
	} {
		tab.Go(w.url + picture.path)
		tab.Do(chromedp.WaitReady(chromedp.CSS(picture.shows)))
		if folder := os.Getenv("PICTURES"); folder != "" {
			tab.Screen(filepath.Join(folder, picture.name+".png"))
		}
	}
}
