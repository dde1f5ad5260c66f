package browsertest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

// Picture takes the whole page into the folder that the environment variable SCREENSHOTS names, as
// TEST-NAME-WIDTH.png; without it, it does nothing. A failure is logged only.
func (tab *Tab) Picture(name string) {
	tab.t.Helper()
	folder := os.Getenv("SCREENSHOTS")
	if folder == "" {
		return
	}
	ctx, cancel := context.WithTimeout(tab, 5*time.Second)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.MkdirAll(folder, 0o750)
	}
	if err == nil {
		file := fmt.Sprintf("%s-%s-%d.png", tab.t.Name(), name, tab.options.width)
		file = strings.NewReplacer("/", "-", " ", "-", "#", "-").Replace(file)
		err = os.WriteFile(filepath.Join(folder, file), png, 0o600)
	}
	if err != nil {
		tab.t.Logf("browsertest: no picture of %s: %v", name, err)
	}
}

// Screen takes what the window shows, as a PNG file.
func (tab *Tab) Screen(file string) {
	tab.t.Helper()
	if err := os.WriteFile(file, Ask(tab, chromedp.CaptureScreenshot()), 0o600); err != nil {
		tab.fail(err)
	}
}
