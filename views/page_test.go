package views_test

import (
	"testing"

	"protime-admin/views"
)

func TestAPageLinksToPathsOfTheProductAlone(t *testing.T) {
	for _, base := range []string{"", "/portal"} {
		page := &views.Page{Base: base, Path: "/clockings?kind=InOut"}
		for path, want := range map[string]string{
			"/":                     base + "/",
			"/clockings/8192?x=1":   base + "/clockings/8192?x=1",
			"":                      "#",
			"clockings":             "#",
			"//evil.example/":       "#",
			`/\evil.example/`:       "#",
			"https://evil.example/": "#",
			"javascript:alert(1)":   "#",
		} {
			if got := string(page.URL(path)); got != want {
				t.Errorf("URL(%q): got %q, want %q", path, got, want)
			}
			if want != "#" {
				continue
			}
			if got := string(page.Back(path)); got != "#" {
				t.Errorf("Back(%q): got %q, want #", path, got)
			}
		}
	}
}
