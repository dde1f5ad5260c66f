// Package browsertest tests pages in Chromium: at a given width, with dark colours, without JavaScript, and for
// accessibility.
//
// Start starts a browser for a test and opens a Tab in it. A Tab is a context for package chromedp. It records the errors
// in its console (watch.go), counts network traffic (traffic.go), runs axe-core (axe.go) and takes screenshots
// (picture.go). The package also runs the npm tools that package.json pins (node.go), such as Prism, a proxy that
// validates requests and answers by the contract (prism.go).
//
// Tests with a browser have the build tag browser, those with an npm tool the tag providers. A missing tool fails them.
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

// actionTimeout bounds each action.
const actionTimeout = 30 * time.Second

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

// Size sets the size of the window in CSS pixels; the default is 1280 by 800.
func Size(width, height int64) Option {
	return func(o *options) { o.width, o.height = width, height }
}

// Dark sets prefers-color-scheme to dark.
func Dark() Option { return func(o *options) { o.dark = true } }

// NoScript switches the page's JavaScript off.
func NoScript() Option { return func(o *options) { o.noScript = true } }

// Site resolves a host name to 127.0.0.1, for pages of different sites.
func Site(host string) Option {
	return func(o *options) { o.sites = append(o.sites, host) }
}

// Tolerate ignores console errors that contain the text.
func Tolerate(text string) Option {
	return func(o *options) { o.tolerated = append(o.tolerated, text) }
}

// Start starts a browser with a new profile and no network but this machine. When t ends the browser is closed, and t
// fails if the page wrote an error to its console.
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
		chromedp.WSURLReadTimeout(actionTimeout),
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
	tab.Do(scripts(!o.noScript))
	tab.Show(Look{Width: o.width, Height: o.height, Dark: o.dark})
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

// resolver is the rule by which no host but this machine resolves.
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
