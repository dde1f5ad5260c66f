package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode"
)

// The log keeps a reason as the configuration has it; a person reads and chooses it in their own language.
func TestDefaultReasonsAreInThePersonsLanguage(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	els.post("/language", url.Values{"language": {"nl"}, "return": {"/"}})
	edit := els.get(editClocking).wants(http.StatusOK)
	chip := edit.find("label:has(input[name=why][value='Forgot to clock'])")
	if got := strings.TrimSpace(chip.Text()); got != "Vergeten te klokken" {
		t.Errorf("choice: got %q, want Vergeten te klokken", got)
	}
	done := theForm(edit).set("timeOfDayInMinutes", "8:00").set("why", "Forgot to clock").send().wants(http.StatusOK)
	receipt := els.get(changeOf(done)).wants(http.StatusOK)
	if got := receipt.text("main"); !strings.Contains(got, "Vergeten te klokken") || strings.Contains(got, "Forgot") {
		t.Errorf("receipt: got %q, want the reason in Dutch", got)
	}
}

func TestTitlesBeginWithACapital(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	els.post("/language", url.Values{"language": {"nl"}, "return": {"/"}})
	for _, path := range []string{"/", "/clockings", "/clockings/8192", editClocking, "/clockings/8192/delete", "/clockings/new", "/people/76547"} {
		heading := strings.TrimSpace(els.get(path).wants(http.StatusOK).text("h1"))
		if first := []rune(heading + " ")[0]; !unicode.IsUpper(first) {
			t.Errorf("%s: got %q, want a capital first", path, heading)
		}
	}
}

func TestAPeriodOfMoreThanAYearIsSaidBesideItsInput(t *testing.T) {
	els := newWorld(t).signIn("els")
	page := els.get("/clockings?date.ge=2024-01-05&date.le=2025-01-06")
	if got := page.text("main"); !strings.Contains(got, "at most one year") {
		t.Errorf("a day too many: got %d %q", page.status, got)
	}
	page = els.get("/clockings?date.ge=2024-01-05&date.le=2025-01-05").wants(http.StatusOK)
	if got := page.text("main"); strings.Contains(got, "at most one year") {
		t.Errorf("a year: got %q", got)
	}
}
