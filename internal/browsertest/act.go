package browsertest

import (
	"context"
	"errors"
	"strconv"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/chromedp"
)

// Do runs the actions in order. One that fails ends the test, with a picture of the page where SCREENSHOTS is set.
func (tab *Tab) Do(actions ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab, actionTimeout)
	defer cancel()
	for _, action := range actions {
		if _, err := onWhatIsThere(ctx, action); err != nil {
			tab.fail(err)
		}
	}
}

// Ask runs one action and returns its value, as in Ask(tab, chromedp.Text(chromedp.CSS("h1"))). One that fails ends the
// test.
func Ask[T any](tab *Tab, action chromedp.Action[T]) T {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab, actionTimeout)
	defer cancel()
	value, err := onWhatIsThere(ctx, action)
	if err != nil {
		tab.fail(err)
	}
	return value
}

// onWhatIsThere runs an action, and again on the next page where the browser says that the page was replaced under it.
// The browser says so before it does anything to an element.
func onWhatIsThere[T any](ctx context.Context, action chromedp.Action[T]) (T, error) {
	for {
		value, err := chromedp.Run(ctx, action)
		if !isReplaced(err) {
			return value, err
		}
	}
}

func isReplaced(err error) bool {
	var answer *cdproto.Error
	if !errors.As(err, &answer) {
		return false
	}
	switch answer.Message {
	case "Cannot find context with specified id", "Could not find node with given id", "No node with given id found":
		return true
	}
	return false
}

// Go navigates to an address and returns the status of the page after redirects.
func (tab *Tab) Go(address string) (status int) {
	tab.t.Helper()
	return tab.arrive(chromedp.Navigate(address))
}

// Follow clicks the link or button that the CSS selector finds and returns the status of the next page.
func (tab *Tab) Follow(selector string) (status int) {
	tab.t.Helper()
	return tab.arrive(chromedp.Click(chromedp.CSS(selector)))
}

// Type empties the field and types into it.
func (tab *Tab) Type(selector, text string) {
	tab.t.Helper()
	field := chromedp.CSS(selector)
	tab.Do(chromedp.Clear(field), chromedp.SendKeys(field, text))
}

// Text returns the visible text of the first element that the CSS selector finds.
func (tab *Tab) Text(selector string) string {
	tab.t.Helper()
	return Ask(tab, chromedp.Text(chromedp.CSS(selector)))
}

// Count returns how many elements the CSS selector finds.
func (tab *Tab) Count(selector string) int {
	tab.t.Helper()
	quoted := strconv.Quote(selector)
	return Ask(tab, chromedp.Evaluate[int]("document.querySelectorAll("+quoted+").length"))
}

func (tab *Tab) arrive(action chromedp.Action[chromedp.Void]) int {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab, actionTimeout)
	defer cancel()
	response, err := chromedp.RunResponse(ctx, action)
	if err != nil {
		tab.fail(err)
	}
	if response == nil {
		return 0
	}
	return int(response.Status)
}

func (tab *Tab) fail(err error) {
	tab.t.Helper()
	tab.Picture("failed")
	tab.t.Fatalf("browsertest: %v", err)
}
