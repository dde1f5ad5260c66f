// Package browsertest looks at the product as a person does: in a real Chromium, at a width, in the dark, without
// JavaScript, with a machine that reads for those who cannot see.
//
// Start gives a test a browser of its own and a Tab in it. A Tab is a context that package chromedp acts on, watches
// its own console (watch.go), counts what travels (traffic.go), asks axe-core for barriers (axe.go) and takes
// pictures (picture.go). The second half runs tools of other makers that package.json pins (node.go): Prism stands
// between a client and a server and holds both against the contract (prism.go).
//
// Tests with a browser stand behind the build tag browser, those with a tool of npm behind the tag providers. There
// a missing tool fails the test; it does not skip it.
package browsertest

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// patience bounds each action. A page that needs it all is broken, not slow.
const patience = 30 * time.Second

// Tab is one tab of one browser: a context for chromedp.Do and chromedp.Run.
type Tab struct {
	context.Context
	t       testing.TB
	options options
	watch   *watch
	traffic *ledger
}

type options struct {
	width, height int64
	dark          bool
	noScript      bool
	sites         []string
	tolerated     []string
}

// Option changes how a browser starts.
type Option func(*options)

// Size is the window's, in CSS pixels; without it 1280 by 800.
func Size(width, height int64) Option {
	return func(o *options) { o.width, o.height = width, height }
}

// Dark makes the page's system one that prefers dark colours.
func Dark() Option { return func(o *options) { o.dark = true } }

// NoScript switches the page's JavaScript off.
func NoScript() Option { return func(o *options) { o.noScript = true } }

// Site makes a host name lead to 127.0.0.1, so that a page can stand on a site of its own.
func Site(host string) Option {
	return func(o *options) { o.sites = append(o.sites, host) }
}

// Tolerate lets console errors that contain the text pass.
func Tolerate(text string) Option {
	return func(o *options) { o.tolerated = append(o.tolerated, text) }
}

// Start opens a browser with nothing in it: a new profile, no cache, no cookies, and no network but this machine.
// When t ends the browser is closed, and t fails if the page wrote an error to its console.
func Start(t testing.TB, opts ...Option) *Tab {
	t.Helper()
	o := options{width: 1280, height: 800}
	for _, opt := range opts {
		opt(&o)
	}
	program, err := chromium()
	if err != nil {
		t.Fatal(err)
	}
	flags := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program),
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-domain-reliability", true),
		chromedp.Flag("no-pings", true),
		chromedp.Flag("host-resolver-rules", o.resolver()),
		chromedp.WindowSize(int(o.width), int(o.height)),
		chromedp.WSURLReadTimeout(patience),
	)
	if os.Geteuid() == 0 {
		flags = append(flags, chromedp.NoSandbox) // Chromium's sandbox refuses root
	}
	// t.Context ends before clean-ups run, and would kill the browser that they close.
	machine, stop := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), flags...)
	t.Cleanup(stop)
	return open(t, machine, o)
}

// Open opens one more tab of the same browser: the same cookies, another history.
func (tab *Tab) Open() *Tab {
	tab.t.Helper()
	return open(tab.t, tab.Context, tab.options)
}

func open(t testing.TB, parent context.Context, o options) *Tab {
	t.Helper()
	tab := &Tab{t: t, options: o, watch: &watch{tolerated: o.tolerated}, traffic: newLedger()}
	ctx, closeTab := chromedp.NewContext(parent,
		chromedp.WithListener(tab.watch.see), chromedp.WithListener(tab.traffic.see))
	tab.Context = ctx
	t.Cleanup(func() {
		closeTab()
		tab.watch.report(t)
	})
	if err := chromedp.Do(ctx); err != nil { // without a time limit: it would become the browser's own
		t.Fatalf("browsertest: start %v", err)
	}
	media := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: map[bool]string{false: "light", true: "dark"}[o.dark]},
	}}
	tab.Do(
		chromedp.EmulateViewport(o.width, o.height),
		chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media)
			return err
		}),
		scripts(!o.noScript),
	)
	return tab
}

// scripts lets the page's JavaScript run, or not.
func scripts(run bool) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled,
			emulation.SetScriptExecutionDisabledParams{Value: !run})
		return err
	})
}

// resolver keeps the browser on this machine: whatever it asks for elsewhere does not exist.
func (o options) resolver() string {
	var rules []string
	for _, host := range o.sites {
		rules = append(rules, "MAP "+host+" 127.0.0.1")
	}
	return strings.Join(append(rules, "MAP * ~NOTFOUND", "EXCLUDE 127.0.0.1", "EXCLUDE [::1]",
		"EXCLUDE localhost", "EXCLUDE *.localhost"), ", ")
}

type missing string

func (m missing) Error() string { return "browsertest: " + string(m) }

func chromium() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", missing("no Chromium here: install it (apt-get install chromium), or let make test do it")
}
