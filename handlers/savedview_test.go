package handlers_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

func TestAListIsSavedUnderAName(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	const list = "/clockings?date.ge=2026-11-16&date.le=2026-11-22&department=3"
	form := els.get(list).wants(http.StatusOK).follow("a[href^='/views?path=']").wants(http.StatusOK)
	opened := form.form("form[action='/views']").set("name", " Warehouse ").send().wants(http.StatusOK)
	if got := opened.url.RequestURI(); got != "/clockings?department=3" {
		t.Errorf("after saving: got %s, want the list of the current days", got)
	}
	els.get("/views?path="+url.QueryEscape(list)).form("form[action='/views']").set("name", "That week").set("days", "1").send()
	menu := els.get("/people").wants(http.StatusOK)
	if got := menu.href(".menu a[href*='date.ge']"); !strings.HasSuffix(got, list) {
		t.Errorf("with its days: got %s, want %s", got, list)
	}
	for _, path := range []string{"/", "/changes?mine=1"} {
		if got := els.get(path).wants(http.StatusOK).find(".menu a[href^='/views?path=']").Length(); got != 1 {
			t.Errorf("%s: got %d ways to save it, want one", path, got)
		}
	}
	if got := w.signIn("tom").get("/views").wants(http.StatusOK).find(".found li").Length(); got != 0 {
		t.Errorf("somebody else: got %d views, want none", got)
	}
	left := els.get("/views").wants(http.StatusOK).form(".found li:first-child form").send().wants(http.StatusOK)
	if got := left.text(".found li > a"); got != "Warehouse" {
		t.Errorf("after deleting one: got %q, want the other", got)
	}
	for _, tt := range []struct{ name, called, path, want string }{
		{"another site", "x", "https://evil.example/", "cannot be saved"},
		{"another site without a scheme", "x", "//evil.example/", "cannot be saved"},
		{"no name", " ", list, "Enter a name"},
		{"a name that is too long", strings.Repeat("é", 61), list, "at most 60"},
	} {
		refused := els.post("/views", url.Values{"name": {tt.called}, "path": {tt.path}}).wants(http.StatusUnprocessableEntity)
		has(t, refused.text(".why"), tt.want)
	}
	for i := range 49 {
		els.post("/views", url.Values{"name": {strconv.Itoa(i)}, "path": {"/keys"}}).wants(http.StatusOK)
	}
	full := els.post("/views", url.Values{"name": {"one more"}, "path": {list}})
	has(t, full.wants(http.StatusUnprocessableEntity).text(".why"), "You have 50 views")
}
