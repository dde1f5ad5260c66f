package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"protime-admin/protime/simulator"
)

func TestASearchFindsPeopleByNameAndRecordsByNumber(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	w.tenant.Put("absences", "8192", `{"id":8192,"person":{"id":76548},"date":"2026-11-17","definition":{"id":12}}`)
	for _, tt := range []struct{ name, typed, want string }{
		{"one person by name", "jan maes", "/people/76547"},
		{"one person by badge", "6767646", "/people/76547"},
		{"one person by employee number", "E1048", "/people/76548"},
		{"a clocking by its number", "19250", "/clockings/19250"},
	} {
		if tt.typed == "19250" {
			w.tenant.Put("clockings", "19250", `{"id":19250,"person":{"id":76547},"date":"2026-11-17","timeOfDayInMinutes":485,"kind":"InOut","status":"Active","isGenerated":false}`)
		}
		found := els.get("/search?q=" + url.QueryEscape(tt.typed)).wants(http.StatusOK)
		if !strings.HasPrefix(found.url.Path, tt.want) {
			t.Errorf("%s: got %s, want %s opened at once", tt.name, found.url, tt.want)
		}
	}
	found := els.get("/search?q=8192").wants(http.StatusOK)
	links := found.find(".found li a:first-child").Map(func(_ int, a *goquery.Selection) string { return a.AttrOr("href", "") })
	if got, want := strings.Join(links, " "), "/clockings/8192 /absences/8192"; got != want {
		t.Errorf("a number of two records: got %s, want %s", got, want)
	}
	if got := found.text(".found"); !strings.Contains(got, "Clocking 8192") || !strings.Contains(got, "Absence 8192") {
		t.Errorf("got %q, want what the records are", got)
	}
	several := els.get("/search?q=van").wants(http.StatusOK)
	if several.url.Path != "/search" || several.find(".found li").Length() < 2 {
		t.Errorf("several people: got %s with %d, want them to choose from", several.url, several.find(".found li").Length())
	}
	if got := els.get("/search?q=nobodyofthisname").text("[role=status]"); got != "0 found" {
		t.Errorf("nobody: got %q", got)
	}
	if got := els.get("/search").wants(http.StatusOK).find("input[name=q][autofocus]").Length(); got != 1 {
		t.Errorf("without words: got %d fields with the focus, want one", got)
	}
}

func TestASearchSaysWhatItCouldNotAsk(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	w.tenant.Fail(simulator.Fault{Path: "/assignments/8192", Status: http.StatusInternalServerError, Times: 100})
	found := els.get("/search?q=8192").wants(http.StatusOK)
	if got := found.text(".note.warn"); !strings.Contains(got, "Assignments") {
		t.Errorf("got %q, want the collection that failed", got)
	}
	if got := found.href(".found a"); !strings.HasSuffix(got, "/clockings/8192") {
		t.Errorf("got %s, want the clocking that was found", got)
	}
}
