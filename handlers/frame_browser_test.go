//go:build browser

package handlers_test

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	pages "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"protime-admin/internal/browsertest"
)

// portalSite is another site, with our page in a frame. Its host is another one than ours: localhost is not 127.0.0.1.
type portalSite struct {
	origin string
	framed atomic.Value // address
}

func newPortal(t *testing.T, host string) *portalSite {
	t.Helper()
	p := &portalSite{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!doctype html><html lang="en"><title>Portal</title><link rel="icon" href="data:,"><h1>Portal</h1>
			<iframe title="times" width="1000" height="700" src="%s"></iframe>`, p.framed.Load())
	}))
	t.Cleanup(server.Close)
	p.origin = strings.Replace(server.URL, "127.0.0.1", host, 1)
	return p
}

// attach finds a target, waiting for it, and returns a context in it.
func attach(t *testing.T, tab context.Context, kind, address string) context.Context {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		targets, err := chromedp.Targets(tab)
		if err != nil {
			t.Fatal(err)
		}
		for _, info := range targets {
			if info.Type == kind && strings.HasPrefix(info.URL, address) {
				ctx, stop := chromedp.NewContext(tab, chromedp.WithTargetID(info.TargetID), chromedp.WithDetachOnCancel())
				t.Cleanup(stop)
				if err := chromedp.Do(ctx); err != nil {
					t.Fatal(err)
				}
				limited, cancel := context.WithTimeout(ctx, time.Minute)
				t.Cleanup(cancel)
				return limited
			}
		}
	}
	t.Fatalf("no %s at %s", kind, address)
	return nil
}

// signInWindow clicks the button of a sign-in page, picks a person at the provider in the window that opens, and waits
// until the window has closed itself.
func signInWindow(t *testing.T, ctx context.Context, w *world, subject string) {
	t.Helper()
	opened := chromedp.WaitNewTarget(ctx, func(info *target.Info) bool { return info.Type == "page" })
	do(t, ctx, chromedp.Click(chromedp.CSS("main a.button")))
	var id target.ID
	select {
	case id = <-opened:
	case <-time.After(30 * time.Second):
		t.Fatal("no window opened")
	}
	window := attach(t, ctx, "page", w.issuer.URL)
	do(t, window, chromedp.Click(chromedp.CSS("button[value="+subject+"]")))
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		targets, err := chromedp.Targets(ctx)
		if err != nil {
			t.Fatal(err)
		}
		still := ""
		for _, info := range targets {
			if info.TargetID == id {
				still = info.URL
			}
		}
		if still == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the window is still there, at %s", still)
		}
	}
}

func do(t *testing.T, ctx context.Context, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

func ask[T any](t *testing.T, ctx context.Context, action chromedp.Action[T]) T {
	t.Helper()
	value, err := chromedp.Run(ctx, action)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

const editForm = "form[action$='/clockings/8192/edit']"

func TestBrowserSignsInAFrameOfAnotherSite(t *testing.T) {
	portal := newPortal(t, "localhost")
	w := newWorld(t, "FRAME_ANCESTORS="+portal.origin)
	portal.framed.Store(w.url + "/clockings/8192/edit")
	tab := browsertest.Start(t, browsertest.Tolerate("401"))
	tab.Go(portal.origin)
	frame := attach(t, tab, "iframe", w.url)
	do(t, frame, chromedp.WaitVisible(chromedp.CSS("form[data-waits=code]"), chromedp.NodeReady))
	signInWindow(t, frame, w, "els")
	do(t, frame, chromedp.WaitVisible(chromedp.CSS(editForm)))
	if got := ask(t, frame, chromedp.Text(chromedp.CSS("h1"))); !strings.Contains(got, "8192") {
		t.Errorf("in the frame: got %q, want the page that was asked for", got)
	}

	// The session ends while somebody types; the frame gets the form back as it was.
	field := chromedp.CSS("[name=timeOfDayInMinutes]")
	do(t, frame, chromedp.Clear(field), chromedp.SendKeys(field, "8:07"))
	w.clock.pass(31 * time.Minute)
	do(t, frame, chromedp.Click(chromedp.CSS("button.main")), chromedp.WaitReady(chromedp.CSS("form[data-waits=code]")))
	signInWindow(t, frame, w, "els")
	do(t, frame, chromedp.WaitVisible(chromedp.CSS(editForm)))
	if got := ask(t, frame, chromedp.Value(field)); strings.TrimPrefix(got, "0") != "8:07" { // a script may write it in full
		t.Errorf("given back: got %q, want what was typed", got)
	}
	if writes := w.tenant.Writes(); len(writes) > 0 {
		t.Errorf("got %d writes, want none before Save", len(writes))
	}
	do(t, frame, chromedp.Click(chromedp.CSS("button.main")), chromedp.WaitVisible(chromedp.CSS(".note.good")))
	if got := len(w.tenant.Writes()); got != 1 {
		t.Errorf("got %d writes, want one after Save", got)
	}
}

func TestBrowserRefusesToFrameThePageElsewhere(t *testing.T) {
	for name, setting := range map[string]string{
		"no site is allowed":      "SUPPORT_CONTACT=",
		"another site is allowed": "FRAME_ANCESTORS=http://portal.acme.example",
	} {
		t.Run(name, func(t *testing.T) {
			portal := newPortal(t, "localhost")
			w := newWorld(t, setting)
			portal.framed.Store(w.url + "/clockings")
			tab := browsertest.Start(t, browsertest.Tolerate("frame-ancestors"), browsertest.Tolerate("X-Frame-Options"),
				browsertest.Tolerate("form-action"), browsertest.Tolerate("401"))
			tab.Go(portal.origin)
			if got := tab.Text("h1"); got != "Portal" {
				t.Fatalf("got %q, want the portal", got)
			}
			targets, err := chromedp.Targets(tab)
			if err != nil {
				t.Fatal(err)
			}
			for _, info := range targets {
				if info.Type != "iframe" {
					continue
				}
				frame, stop := chromedp.NewContext(tab, chromedp.WithTargetID(info.TargetID), chromedp.WithDetachOnCancel())
				if got := ask(t, frame, chromedp.Evaluate[string]("location.href + document.body.innerText")); !strings.HasPrefix(got, "chrome-error:") {
					t.Errorf("the frame shows %s", got)
				}
				stop()
			}
			if len(tab.Complaints()) > 0 {
				t.Errorf("got %q", tab.Complaints())
			}
		})
	}
}

func TestBrowserGivesALongFormBackByAWindow(t *testing.T) {
	w := newWorld(t)
	tab := browsertest.Start(t)
	tab.Go(w.url + "/clockings/8192/edit")
	tab.Follow("button[value=els]")
	noise := make([]byte, 4000)
	_, _ = rand.Read(noise)
	browsertest.Ask(tab, chromedp.Evaluate[bool](`(() => { const i = document.createElement("input"); i.type = "hidden"; i.name = "x";
		i.value = "`+hex.EncodeToString(noise)+`"; document.querySelector("`+editForm+`").append(i); return true })()`))
	tab.Type("[name=timeOfDayInMinutes]", "8:07")
	w.clock.pass(31 * time.Minute)
	if got := tab.Follow("button.main"); got != http.StatusUnauthorized {
		t.Fatalf("got %d, want 401", got)
	}
	tab.Accessible()
	signInWindow(t, tab, w, "els")
	tab.Do(chromedp.WaitVisible(chromedp.CSS(editForm)))
	if got := browsertest.Ask(tab, chromedp.Value(chromedp.CSS("[name=timeOfDayInMinutes]"))); strings.TrimPrefix(got, "0") != "8:07" { // a script may write it in full
		t.Errorf("given back: got %q, want what was typed", got)
	}
}

func TestBrowserGivesAFormBackWithoutJavaScript(t *testing.T) {
	w := newWorld(t)
	tab := browsertest.Start(t, browsertest.NoScript())
	tab.Go(w.url + "/clockings/8192/edit")
	tab.Follow("button[value=els]")
	tab.Type("[name=timeOfDayInMinutes]", "8:07")
	w.clock.pass(31 * time.Minute)
	if got := tab.Follow("button.main"); got != http.StatusUnauthorized {
		t.Fatalf("got %d, want 401", got)
	}
	tab.Follow("main a.button")
	tab.Follow("button[value=els]")
	if got := browsertest.Ask(tab, chromedp.Value(chromedp.CSS("[name=timeOfDayInMinutes]"))); strings.TrimPrefix(got, "0") != "8:07" { // a script may write it in full
		t.Errorf("given back: got %q, want what was typed", got)
	}
	if writes := w.tenant.Writes(); len(writes) > 0 {
		t.Errorf("got %d writes, want none before Save", len(writes))
	}
}

func TestBrowserSignsOutAtTheProvider(t *testing.T) {
	w := newWorld(t)
	tab := browsertest.Start(t)
	tab.Go(w.url + "/")
	tab.Follow("button[value=els]")
	tab.Do(chromedp.Click(chromedp.CSS("details.me summary")))
	tab.Follow("form[action='/logout'] button")
	if got := browsertest.Ask(tab, chromedp.Location()); !strings.HasPrefix(got, w.issuer.URL) {
		t.Errorf("got %s, want the provider: out there, and asked to sign in again", got)
	}
}

// clockwork lets a test move a page's time, and run what the page has planned.
const clockwork = `(() => { const now = Date.now.bind(Date); window.skew = 0; window.planned = new Map(); let n = 0;
	Date.now = () => now() + window.skew * 1000;
	window.setTimeout = (f) => { planned.set(++n, f); return n; };
	window.clearTimeout = (id) => planned.delete(id);
	window.turn = (seconds) => { skew += seconds; for (let i = 0; i < 5; i++) { const due = [...planned.values()]; planned.clear();
		due.forEach((f) => f()); } return true; };
})()`

// onClockwork has every page of a tab begin so many seconds ahead of the machine's clock.
func onClockwork(tab *browsertest.Tab, seconds int) {
	tab.Do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, pages.AddScriptToEvaluateOnNewDocument,
			pages.AddScriptToEvaluateOnNewDocumentParams{Source: clockwork + fmt.Sprintf("; skew = %d", seconds)})
		return err
	}))
}

func TestBrowserWarnsBeforeTheSessionEndsAndThenCoversThePage(t *testing.T) {
	w := newWorld(t, "SESSION_IDLE=30m")
	tab := browsertest.Start(t)
	onClockwork(tab, 0)
	tab.Go(w.url + "/clockings/8192/edit")
	tab.Follow("button[value=els]")
	turn := func(d time.Duration) {
		w.clock.pass(d)
		browsertest.Ask(tab, chromedp.Evaluate[bool](fmt.Sprintf("turn(%d)", int(d.Seconds()))))
	}
	if got := tab.Count(".ending:not([hidden])"); got != 0 {
		t.Fatal("a warning at once")
	}
	const note = `input[name="why.note"]`
	tab.Type(note, "what was typed")
	turn(28*time.Minute + 30*time.Second)
	if got := tab.Text(".ending p"); !strings.Contains(got, "1:30") {
		t.Errorf("got %q, want it to say that 1:30 is left", got)
	}
	tab.Do(chromedp.Click(chromedp.CSS(".ending button")), chromedp.WaitNotVisible(chromedp.CSS(".ending")))
	turn(20 * time.Minute)
	if got := tab.Count(".ending:not([hidden])"); got != 0 {
		t.Error("still a warning after the session was extended")
	}
	tab.Do(chromedp.Focus(chromedp.CSS(note)))
	turn(11 * time.Minute)
	if got := tab.Text(".ending p"); !strings.Contains(got, "has ended") {
		t.Errorf("got %q, want it to say that the session is over", got)
	}
	if got := tab.Count(".ending button:not([hidden])"); got != 0 {
		t.Error("it still offers to stay")
	}
	covered(t, tab, true)
	if got := browsertest.Ask(tab, chromedp.Title()); got != "Session ended" {
		t.Errorf("the window's title: got %q, want it to say that the session ended and nothing else", got)
	}
	focused := func(want string) {
		t.Helper()
		if tab.Count(want+":focus") != 1 {
			t.Errorf("the focus is not on %s", want)
		}
	}
	focused(".ending a")

	other := tab.Open()
	onClockwork(other, int((28*time.Minute + 30*time.Second + 20*time.Minute + 11*time.Minute).Seconds()))
	if got := tab.Count(`.ending a[href="/login?return=%2Fsigned-in"][target=_blank]`); got != 1 {
		t.Errorf("got %d links to a sign-in in a window that closes itself, want 1", got)
	}
	other.Go(w.url + "/login?return=/people")
	other.Follow("button[value=tom]")
	covered(t, tab, true)
	other.Do(chromedp.Click(chromedp.CSS("details.me summary")))
	other.Follow("form[action='/logout'] button")
	other.Go(w.url + "/login?return=/people")
	other.Follow("button[value=els]")
	covered(t, tab, false)
	focused(note)
	if got := browsertest.Ask(tab, chromedp.Value(chromedp.CSS(note))); got != "what was typed" {
		t.Errorf("signed in again: got the note %q, want what was typed", got)
	}
	other.Do(chromedp.Click(chromedp.CSS("details.me summary")))
	other.Follow("form[action='/logout'] button")
	covered(t, tab, true)
}

// covered waits until a page's content and its person's name can be seen no more, or again.
func covered(t *testing.T, tab *browsertest.Tab, want bool) {
	t.Helper()
	const hidden = `["main", "details.me"].every((part) => !document.querySelector(part).checkVisibility({visibilityProperty: true}))`
	for deadline := time.Now().Add(20 * time.Second); browsertest.Ask(tab, chromedp.Evaluate[bool](hidden)) != want; {
		if time.Now().After(deadline) {
			t.Fatalf("covered after 20 s: got %v, want %v", !want, want)
		}
		time.Sleep(20 * time.Millisecond)
	}
}
