package browsertest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/chromedp"
)

// Violation is one rule of WCAG 2.2, level A or AA, that the page breaks.
type Violation struct {
	ID     string `json:"id"` // axe-core's name of the rule
	Impact string `json:"impact"`
	Help   string `json:"help"`
	Nodes  []struct {
		Target  []any  `json:"target"` // CSS selectors, nested where there are frames
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// String names the rule and every element that breaks it.
func (v Violation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s): %s", v.ID, v.Impact, v.Help)
	for _, node := range v.Nodes {
		fmt.Fprintf(&b, "\n  %v: %s", node.Target, strings.ReplaceAll(node.Summary, "\n", "\n    "))
	}
	return b.String()
}

// The rules are named by level: axe-core switches its only rule of WCAG 2.2, on the size of targets, off by default.
const runAxe = `axe.run(document, {
	runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]},
	rules: {"target-size": {enabled: true}},
	resultTypes: ["violations"],
}).then(result => result.violations)`

// Violations runs axe-core on the current page, by the debugger, to which no Content-Security-Policy applies. In a
// NoScript tab JavaScript is on while it runs; the scripts of the page do not run then.
func (tab *Tab) Violations() []Violation {
	tab.t.Helper()
	source, err := os.ReadFile(filepath.Join(Modules(tab.t), "axe-core", "axe.min.js"))
	if err != nil {
		tab.t.Fatalf("browsertest: %v", err)
	}
	if tab.options.noScript {
		tab.Do(scripts(true))
		defer tab.Do(scripts(false))
	}
	tab.Do(chromedp.Evaluate[chromedp.Void](string(source)))
	return Ask(tab, chromedp.Evaluate[[]Violation](runAxe, chromedp.EvalAwaitPromise))
}

// Accessible fails the test for every violation in the current page.
func (tab *Tab) Accessible() {
	tab.t.Helper()
	for _, violation := range tab.Violations() {
		tab.t.Errorf("%s: %s", Ask(tab, chromedp.Location()), violation)
	}
}
