// Package static holds the stylesheet, the one script and the icons, embedded. Package handlers serves them under
// names that carry a hash of their content, compressed once at start.
package static

import "embed"

// Files are the assets by name: "style.css", "script.js", "icon.svg".
//
//go:embed style.css script.js icon.svg
var Files embed.FS
