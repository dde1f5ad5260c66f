package browsertest

import (
	"context"
	"fmt"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
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
	return h.tab.arrive(h.key(kb.Enter))
}

func (h *Hands) key(key string) chromedp.Action[chromedp.Void] {
	h.Keys++
	down := input.DispatchKeyEventParams{Key: key}
	switch key {
	case kb.Enter:
		down.Key, down.Code, down.WindowsVirtualKeyCode = "Enter", "Enter", 13
	case kb.Escape:
		down.Key, down.Code, down.WindowsVirtualKeyCode = "Escape", "Escape", 27
	}
	char, up := down, down
	down.Type, char.Type, up.Type = input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeChar, input.DispatchKeyEventTypeKeyUp
	char.Text = key
	events := []input.DispatchKeyEventParams{down, char, up}
	if key == kb.Escape { // it has no character
		events = []input.DispatchKeyEventParams{down, up}
	}
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		for _, event := range events {
			if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, event); err != nil {
				return err
			}
		}
		return nil
	})
}

// String is what was counted: "1 click, 5 keys", "8 keys".
func (h *Hands) String() string {
	switch h.Clicks {
	case 0:
		return fmt.Sprintf("%d keys", h.Keys)
	case 1:
		return fmt.Sprintf("1 click, %d keys", h.Keys)
	}
	return fmt.Sprintf("%d clicks, %d keys", h.Clicks, h.Keys)
}
