package browsertest

import (
	"context"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Slow gives the tab a slow line and a slow processor: round trips of a length, bits per second, and a processor so many
// times slower.
func (tab *Tab) Slow(roundTrip time.Duration, bits, processor float64) {
	tab.t.Helper()
	line := network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{{
		Latency: float64(roundTrip.Milliseconds()), DownloadThroughput: bits / 8, UploadThroughput: bits / 8,
	}}}
	tab.Do(
		chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.Call(ctx, network.EmulateNetworkConditionsByRule, line)
			return err
		}),
		chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.Call(ctx, emulation.SetCPUThrottlingRate, emulation.SetCPUThrottlingRateParams{Rate: processor})
			return err
		}),
	)
}

// Painted is when the current page first showed text, counted from the beginning of its navigation.
func (tab *Tab) Painted() time.Duration {
	tab.t.Helper()
	const first = `new Promise((done) => new PerformanceObserver((list) => {
		for (const { name, startTime } of list.getEntries()) if (name === "first-contentful-paint") done(startTime);
	}).observe({ type: "paint", buffered: true }))`
	ms := Ask(tab, chromedp.Evaluate[float64](first, chromedp.EvalAwaitPromise))
	return time.Duration(ms * float64(time.Millisecond))
}
