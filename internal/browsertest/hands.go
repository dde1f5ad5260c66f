package browsertest

import (
	"context"
	"fmt"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// Hands is a person at work in a tab: what they click and which keys they press is counted.
type Hands struct {
	Clicks, Keys int
	tab          *Tab
}

// Hands begins to count at nothing.
func (tab *Tab) Hands() *Hands { return &Hands{tab: tab} }

// Click clicks what the CSS selector finds.
func (h *Hands) Click(selector string) {
	h.tab.t.Helper()
	h.Clicks++
	h.tab.Do(chromedp.Click(chromedp.CSS(selector)))
}

// Press presses keys as a keyboard does: a key gives its character unless the page takes the key.
func (h *Hands) Press(keys string) {
	h.tab.t.Helper()
	for _, key := range keys {
		h.tab.Do(h.key(string(key)))
	}
}

// Enter presses Enter, which sends a form or follows a link, and returns the status of the next page.
func (h *Hands) Enter() (status int) {
	h.tab.t.Helper()
	return h.tab.arrive(h.key("\r"))
}

func (h *Hands) key(key string) chromedp.Action[chromedp.Void] {
	h.Keys++
	down := input.DispatchKeyEventParams{Key: key}
	if key == "\r" {
		down.Key, down.Code, down.WindowsVirtualKeyCode = "Enter", "Enter", 13
	}
	char, up := down, down
	down.Type, char.Type, up.Type = input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeChar, input.DispatchKeyEventTypeKeyUp
	char.Text = key
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		for _, event := range []input.DispatchKeyEventParams{down, char, up} {
			if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, event); err != nil {
				return err
			}
		}
		return nil
	})
}

// Row is the work as a row of a table: the job, clicks and keys, and what they were before.
func (h *Hands) Row(job, before string) string {
	return fmt.Sprintf("| %s | %d clicks, %d keys | %s |", job, h.Clicks, h.Keys, before)
}
