package browsertest

import (
	"context"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Look is how a tab shows pages.
type Look struct {
	Width, Height int64  // of the window, in CSS pixels
	Dark          bool   // prefers-color-scheme is dark
	Forced        bool   // forced-colors is active
	Touch         bool   // a finger, not a mouse
	Print         bool   // as on paper
	Language      string // what the browser asks for from the next request on, "" for its own
}

// Show changes how the tab shows the current page and the ones after it.
func (tab *Tab) Show(l Look) {
	tab.t.Helper()
	tab.options.width, tab.options.height = l.Width, l.Height
	value := func(on bool, name string) string {
		if on {
			return name
		}
		return ""
	}
	scheme := "light"
	if l.Dark {
		scheme = "dark"
	}
	media := emulation.SetEmulatedMediaParams{Media: value(l.Print, "print"), Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "forced-colors", Value: value(l.Forced, "active")},
	}}
	tab.Do(
		chromedp.EmulateViewport(l.Width, l.Height),
		chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, media)
			return err
		}),
		chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.Call(ctx, emulation.SetTouchEmulationEnabled, emulation.SetTouchEmulationEnabledParams{Enabled: l.Touch})
			return err
		}),
	)
	if l.Language != "" {
		tab.Do(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.Call(ctx, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{
				Headers: network.Headers{"Accept-Language": l.Language},
			})
			return err
		}))
	}
}
