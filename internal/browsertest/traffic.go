package browsertest

import (
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Traffic is the network traffic during an action.
type Traffic struct {
	Requests int      // answered over the network: what came from the cache does not count
	Bytes    int      // received over the network, headers included, compressed as they came
	URLs     []string // of those requests, in their order
}

// Measure counts the traffic while act runs and until no request is pending. Each request of a redirect counts.
func (tab *Tab) Measure(act func()) Traffic {
	tab.t.Helper()
	tab.traffic.reset()
	act()
	for deadline := time.Now().Add(actionTimeout); len(tab.traffic.waiting()) > 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			tab.t.Fatalf("browsertest: still under way after %v: %v", actionTimeout, tab.traffic.waiting())
		}
	}
	return tab.traffic.sum()
}

// ForgetCache clears the cache of the browser.
func (tab *Tab) ForgetCache() {
	tab.t.Helper()
	if _, err := chromedp.Call(tab, network.ClearBrowserCache, struct{}{}); err != nil {
		tab.fail(err)
	}
}

// ForgetCookie removes a cookie of the current page's site.
func (tab *Tab) ForgetCookie(name string) {
	tab.t.Helper()
	cookie := network.DeleteCookiesParams{Name: name, URL: Ask(tab, chromedp.Location())}
	if _, err := chromedp.Call(tab, network.DeleteCookies, cookie); err != nil {
		tab.fail(err)
	}
}

// ledger has an entry for each request.
type ledger struct {
	mu      sync.Mutex
	entries map[network.RequestID]*entry
	order   []*entry
}

type entry struct {
	url    string
	bytes  float64
	cached bool
	done   bool
}

func newLedger() *ledger { return &ledger{entries: map[network.RequestID]*entry{}} }

func (l *ledger) see(event any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if strings.HasPrefix(e.Request.URL, "data:") || strings.HasPrefix(e.Request.URL, "blob:") {
			return
		}
		if before := l.entries[e.RequestID]; before != nil && e.RedirectResponse != nil {
			before.bytes, before.done = e.RedirectResponse.EncodedDataLength, true
		}
		if e.Type == network.ResourceTypeDocument && e.RedirectResponse == nil {
			l.leave()
		}
		added := &entry{url: e.Request.URL}
		l.entries[e.RequestID] = added
		l.order = append(l.order, added)
	case *network.EventRequestServedFromCache:
		l.change(e.RequestID, func(entry *entry) { entry.cached = true })
	case *network.EventResponseReceived:
		l.change(e.RequestID, func(entry *entry) {
			entry.cached = entry.cached || e.Response.FromDiskCache || e.Response.FromPrefetchCache
		})
	case *network.EventLoadingFinished:
		l.change(e.RequestID, func(entry *entry) { entry.bytes, entry.done = e.EncodedDataLength, true })
	case *network.EventLoadingFailed:
		l.change(e.RequestID, func(entry *entry) { entry.done = true })
	}
}

// leave drops the pending requests of the page before: Chromium does not report their end.
func (l *ledger) leave() {
	for _, entry := range l.order {
		if !entry.done {
			entry.done, entry.cached = true, true
		}
	}
}

func (l *ledger) change(id network.RequestID, with func(*entry)) {
	if entry := l.entries[id]; entry != nil {
		with(entry)
	}
}

func (l *ledger) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries, l.order = map[network.RequestID]*entry{}, nil
}

func (l *ledger) waiting() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var urls []string
	for _, entry := range l.order {
		if !entry.done {
			urls = append(urls, entry.url)
		}
	}
	return urls
}

func (l *ledger) sum() Traffic {
	l.mu.Lock()
	defer l.mu.Unlock()
	var t Traffic
	for _, entry := range l.order {
		if entry.cached {
			continue
		}
		t.Requests++
		t.Bytes += int(entry.bytes)
		t.URLs = append(t.URLs, entry.url)
	}
	return t
}
