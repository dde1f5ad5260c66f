package handlers_test

import (
	"net/http"
	"testing"
)

func TestSingleKeysCanBeSwitchedOff(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	page := els.get("/collections").wants(http.StatusOK)
	if page.find("body[data-keys]").Length() != 1 || page.find("[data-key='/']").Length() == 0 {
		t.Fatal("got a page without keys, want them on at first")
	}
	if n := els.get("/people/76547/days").wants(http.StatusOK).find("[data-key=n]").Not("[data-row] *").Length(); n != 1 {
		t.Errorf("a week without a current row: got %d ways to add a clocking by key, want one", n)
	}
	help := page.follow("a[data-key='?']").wants(http.StatusOK)
	if got := help.text("#keys kbd"); got == "" {
		t.Error("got no keys on their page")
	}
	back := help.form("#keys form[method=post]").send().wants(http.StatusOK)
	if back.url.Path != "/collections" {
		t.Errorf("got %s after switching off, want the page that it was opened from", back.url)
	}
	if n := back.find("body[data-keys]").Length(); n != 0 {
		t.Errorf("got %d pages with keys, want them off", n)
	}
	for _, path := range []string{"/", "/people/76547/days"} {
		if n := els.get(path).wants(http.StatusOK).find(".keys").Length(); n != 0 {
			t.Errorf("%s: got a line of keys, want none while they are off", path)
		}
	}
	on := back.follow("a[data-key='?']").form("#keys form[method=post]").send().wants(http.StatusOK)
	if n := on.find("body[data-keys]").Length(); n != 1 {
		t.Errorf("got %d pages with keys, want them on again", n)
	}
	if got := els.post("/keys", map[string][]string{"keys": {"off"}, "return": {"https://evil.example/"}}); got.url.Path != "/keys" {
		t.Errorf("got %s, want no way out of the product", got.url)
	}
}
