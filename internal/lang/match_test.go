package lang_test

import (
	"slices"
	"testing"

	"protime-admin/internal/lang"
)

// FuzzMatch: whatever a browser, a cookie or an identity provider names, a page has a language.
func FuzzMatch(f *testing.F) {
	f.Add("nl", "nl-BE", "nl;q=0.5, en-US;q=0.9, *", "en")
	f.Add("", "", "x-default-;q=9,-,--,en_GB", "nl")
	f.Add("\x00", "zz", ";;;q=", "")
	c, err := lang.Load()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, choice, claim, accepted, fallback string) {
		got := c.Match(choice, claim, accepted, fallback)
		if !slices.Contains(c.Languages(), got) {
			t.Errorf("got %q, want one of %v", got, c.Languages())
		}
		if slices.Contains(c.Languages(), choice) && got != choice {
			t.Errorf("got %q, want the choice %q", got, choice)
		}
	})
}
