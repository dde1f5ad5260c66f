package browsertest

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
)

// watch collects the errors of a page: exceptions, console.error, files that do not load, and violations of its
// Content-Security-Policy.
type watch struct {
	tolerated []string

	mu        sync.Mutex
	documents []network.RequestID
	seen      []string
}

func (w *watch) see(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if e.Type == network.ResourceTypeDocument {
			w.documents = append(w.documents, e.RequestID)
		}
	case *log.EventEntryAdded:
		w.logged(e.Entry)
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
		w.seen = append(w.seen, text)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeAssert {
			w.seen = append(w.seen, said(e.Args))
		}
	}
}

func (w *watch) logged(entry *log.Entry) {
	if entry.Level != log.EntryLevelError {
		return
	}
	// Chromium also logs a page with status 422 or 404, which this product answers on purpose.
	if entry.Source == log.EntrySourceNetwork && slices.Contains(w.documents, entry.NetworkRequestID) {
		return
	}
	w.seen = append(w.seen, strings.TrimSpace(fmt.Sprintf("%s: %s %s", entry.Source, entry.Text, entry.URL)))
}

func said(args []*runtime.RemoteObject) string {
	var words []string
	for _, arg := range args {
		if arg.Description != "" {
			words = append(words, arg.Description)
			continue
		}
		words = append(words, strings.Trim(string(arg.Value), `"`))
	}
	return "console: " + strings.Join(words, " ")
}

func (w *watch) complaints() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []string
	for _, text := range w.seen {
		if !slices.ContainsFunc(w.tolerated, func(part string) bool { return strings.Contains(text, part) }) {
			list = append(list, text)
		}
	}
	return list
}

func (w *watch) report(t testing.TB) {
	t.Helper()
	for _, text := range w.complaints() {
		t.Errorf("the page complained: %s", text)
	}
}

// Complaints returns the errors in the tab's console that Tolerate does not ignore. They fail the test when it ends.
func (tab *Tab) Complaints() []string { return tab.watch.complaints() }
