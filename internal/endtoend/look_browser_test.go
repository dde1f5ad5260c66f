//go:build browser

package endtoend

import (
	"strings"
	"testing"

	"protime-admin/internal/browsertest"
)

// screens are the product's pages by name; Els, who edits, opens them.
func screens() []struct{ name, path string } {
	return []struct{ name, path string }{
		{"home", "/"},
		{"collections", "/collections"},
		{"clockings", "/clockings"},
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
		{"no-page", "/nowhere"},
	}
}

// Every page has text and targets of a good size and nothing beside the window, whatever its width and language. The
// rules of axe-core are held in looks that have each width and language, light and dark.
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
	for _, screen := range screens() {
		for _, look := range looks {
			tab.Show(look)
			tab.Go(w.public + screen.path)
			tab.Accessible()
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
