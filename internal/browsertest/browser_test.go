//go:build browser

package browsertest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"protime-admin/internal/browsertest"
)

const good = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Good</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/style.css"><script src="/script.js" defer></script>
<link rel="icon" href="data:,"></head><body><main><h1>Good</h1>
<form method="post" action="/save"><label for="time">Time</label> <input id="time" name="time"> <button>Save</button></form>
<p class="wide">wide</p><p class="dark">dark</p><noscript><p class="plain">No script</p></noscript></main></body></html>`

const bad = `<!doctype html><html><head><title></title></head><body><img src="data:,"><input>
<script>document.title = "ran"</script></body></html>`

// site answers the pages above under a strict policy, as the product does.
func site(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	page := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Content-Security-Policy", "default-src 'self'; img-src data:")
			fmt.Fprint(w, body)
		}
	}
	file := func(kind, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Cache-Control", "max-age=3600, immutable")
			fmt.Fprint(w, body)
		}
	}
	mux.Handle("GET /{$}", page(good))
	mux.Handle("GET /bad", page(bad))
	mux.Handle("GET /old", http.RedirectHandler("/", http.StatusSeeOther))
	mux.Handle("GET /style.css", file("text/css", `.wide, .dark { display: none }
		@media (min-width: 600px) { .wide { display: block } }
		@media (prefers-color-scheme: dark) { .dark { display: block } }`))
	mux.Handle("GET /script.js", file("text/javascript", `document.querySelector("h1").textContent = "Scripted"`))
	mux.HandleFunc("POST /save", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusUnprocessableEntity)
		fmt.Fprintf(w, "<!doctype html><title>No</title><link rel=icon href=data:,><h1>typed %s</h1>", r.PostFormValue("time"))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func TestATabReadsTypesAndFollows(t *testing.T) {
	tab := browsertest.Start(t)
	if got := tab.Go(site(t)); got != http.StatusOK {
		t.Fatalf("got status %d, want 200", got)
	}
	if got, want := tab.Text("h1"), "Scripted"; got != want {
		t.Errorf("heading: got %q, want %q", got, want)
	}
	tab.Type("#time", "0800")
	if got := tab.Follow("button"); got != http.StatusUnprocessableEntity {
		t.Errorf("got status %d, want 422", got)
	}
	if got, want := tab.Text("h1"), "typed 0800"; got != want {
		t.Errorf("heading: got %q, want %q", got, want)
	}
	if got := tab.Complaints(); len(got) != 0 {
		t.Errorf("got complaints %q, want none: a page may answer 422", got)
	}
}

func TestWidthDarkAndScriptCanBeChosen(t *testing.T) {
	at := site(t)
	tests := []struct {
		name                 string
		options              []browsertest.Option
		heading              string
		wide, dark, noScript bool
	}{
		{"a desk", nil, "Scripted", true, false, false},
		{"a telephone at night", []browsertest.Option{browsertest.Size(320, 600), browsertest.Dark()}, "Scripted", false, true, false},
		{"without JavaScript", []browsertest.Option{browsertest.NoScript()}, "Good", true, false, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tab := browsertest.Start(t, test.options...)
			tab.Go(at)
			if got := tab.Text("h1"); got != test.heading {
				t.Errorf("heading: got %q, want %q", got, test.heading)
			}
			for class, want := range map[string]bool{".wide": test.wide, ".dark": test.dark, ".plain": test.noScript} {
				if got := visible(tab, class); got != want {
					t.Errorf("%s: got visible %v, want %v", class, got, want)
				}
			}
			tab.Type("#time", "0805")
			if got := tab.Follow("button"); got != http.StatusUnprocessableEntity {
				t.Errorf("got status %d, want 422", got)
			}
		})
	}
}

func visible(tab *browsertest.Tab, selector string) bool {
	return tab.Count(selector) > 0 && browsertest.Ask(tab, chromedp.Evaluate[bool](
		"document.querySelector("+strconv.Quote(selector)+").offsetHeight > 0"))
}

func TestBarriersAreFoundUnderAStrictPolicyAndWithoutScript(t *testing.T) {
	at := site(t)
	for name, options := range map[string][]browsertest.Option{
		"with JavaScript":    {browsertest.Tolerate("Content Security Policy")},
		"without JavaScript": {browsertest.NoScript(), browsertest.Tolerate("Content Security Policy")},
	} {
		t.Run(name, func(t *testing.T) {
			tab := browsertest.Start(t, options...)
			tab.Go(at)
			tab.Accessible()
			tab.Go(at + "/bad")
			found := map[string]bool{}
			for _, violation := range tab.Violations() {
				found[violation.ID] = true
			}
			for _, rule := range []string{"document-title", "html-has-lang", "image-alt", "label"} {
				if !found[rule] {
					t.Errorf("got %v, want %s among them", found, rule)
				}
			}
		})
	}
}

func TestWhatThePolicyRefusesIsAComplaint(t *testing.T) {
	tab := browsertest.Start(t, browsertest.Tolerate("inline script"))
	tab.Go(site(t) + "/bad")
	if got := browsertest.Ask(tab, chromedp.Title()); got == "ran" {
		t.Error("the inline script ran, want it refused")
	}
	other := browsertest.Start(t, browsertest.Tolerate("thrown here"))
	other.Go(site(t))
	other.Do(chromedp.Evaluate[chromedp.Void](`console.error("thrown here", 7)`))
	if got := other.Complaints(); len(got) != 0 {
		t.Errorf("got %q, want it tolerated", got)
	}
}

func TestComplaintsFailTheTest(t *testing.T) {
	probe := &failing{TB: t}
	tab := browsertest.Start(probe)
	tab.Go(site(t) + "/bad")
	got := tab.Complaints()
	if len(got) != 1 || !strings.Contains(got[0], "Content Security Policy") {
		t.Errorf("got complaints %q, want one of the Content Security Policy", got)
	}
	probe.end()
	if len(probe.errors) != 1 {
		t.Errorf("got errors %q, want one", probe.errors)
	}
}

// failing is a test whose failures and clean-ups are kept apart from the real one's.
type failing struct {
	testing.TB
	cleanups []func()
	errors   []string
}

func (f *failing) Cleanup(clean func()) { f.cleanups = append(f.cleanups, clean) }
func (f *failing) Errorf(format string, args ...any) {
	f.errors = append(f.errors, fmt.Sprintf(format, args...))
}
func (f *failing) end() {
	for i := len(f.cleanups) - 1; i >= 0; i-- {
		f.cleanups[i]()
	}
}

func TestTrafficCountsTheWireAndNotTheCache(t *testing.T) {
	at := site(t)
	tab := browsertest.Start(t)
	cold := tab.Measure(func() { tab.Go(at) })
	if cold.Requests != 3 || cold.Bytes < len(good) || cold.Bytes > len(good)+3000 {
		t.Errorf("cold: got %+v, want 3 requests and little more than %d bytes", cold, len(good))
	}
	warm := tab.Measure(func() { tab.Go(at) })
	if warm.Requests != 1 || warm.Bytes >= cold.Bytes {
		t.Errorf("warm: got %+v, want 1 request and less than %d bytes", warm, cold.Bytes)
	}
	redirected := tab.Measure(func() { tab.Go(at + "/old") })
	if redirected.Requests != 2 {
		t.Errorf("redirected: got %+v, want 2 requests", redirected)
	}
	tab.ForgetCache()
	if again := tab.Measure(func() { tab.Go(at) }); again.Requests != 3 {
		t.Errorf("cold again: got %+v, want 3 requests", again)
	}
}

func TestASiteOfItsOwnAndNoOtherNetwork(t *testing.T) {
	at := site(t)
	tab := browsertest.Start(t, browsertest.Site("portal.acme.example"))
	port := at[strings.LastIndex(at, ":"):]
	if got := tab.Go("http://portal.acme.example" + port); got != http.StatusOK {
		t.Errorf("mapped site: got status %d, want 200", got)
	}
	if err := chromedp.Do(tab, chromedp.Navigate("http://elsewhere.example"+port)); err == nil {
		t.Error("another site: got no error, want none to exist")
	}
	second := tab.Open()
	if got := second.Go(at); got != http.StatusOK {
		t.Errorf("second tab: got status %d, want 200", got)
	}
}

func TestPicturesGoToTheFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "pictures")
	t.Setenv("SCREENSHOTS", folder)
	tab := browsertest.Start(t, browsertest.Size(320, 480))
	tab.Go(site(t))
	tab.Picture("page")
	if _, err := os.Stat(filepath.Join(folder, "TestPicturesGoToTheFolder-page-320.png")); err != nil {
		t.Errorf("got %v, want a picture", err)
	}
}
