package handlers_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
)

func TestAFirstVisitHasTheStylesheetInThePage(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	first := els.get("/collections")
	if n := first.find("link[rel=stylesheet]").Length(); n != 0 {
		t.Errorf("the first page: got %d links to a stylesheet, want none that it waits for", n)
	}
	sum := sha256.Sum256([]byte(first.find("head > style").Text()))
	want := " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	got := directive(first.header.Get("Content-Security-Policy"), "style-src")
	if !strings.HasPrefix(got, "'self' 'sha256-") || !strings.Contains(got, want) || strings.Contains(got, "unsafe") {
		t.Errorf("style-src: got %s, want hashes, one of them %s", got, want)
	}

	file, _ := first.find("script[data-style]").Attr("data-style")
	style := els.get(file).wants(http.StatusOK)
	if got := style.header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("the stylesheet: Cache-Control: got %q, want it kept", got)
	}
	next := els.get("/collections")
	if got := next.find("link[rel=stylesheet]").AttrOr("href", ""); got != file || next.find("style, script[data-style]").Length() != 0 {
		t.Errorf("the page after: got a link to %q and %d styles, want %q alone", got, next.find("style").Length(), file)
	}
}
