// Package static holds the stylesheet and the script, embedded, in several files each of which is about one thing.
// Package handlers serves them under names that carry a hash of their content, compressed once at start.
package static

import (
	"bytes"
	"embed"
	"path"
)

//go:embed *.css *.js
var sources embed.FS

// Files are the assets as they are served, by name: "style.css" and "script.js". A page asks for one stylesheet and one
// script: each is its sources in the order in which their rules, or statements, count, without their comments.
func Files() (map[string][]byte, error) {
	files := map[string][]byte{}
	for name, parts := range map[string][]string{
		"style.css": {
			"tokens.css", "base.css", "bar.css", "page.css", "row.css", "day.css", "work.css", "note.css", "form.css",
			"width.css", "contrast.css", "print.css",
		},
		"script.js": {"page.js", "session.js", "form.js", "time.js", "work.js", "place.js", "picker.js", "keys.js"},
	} {
		var joined bytes.Buffer
		for _, part := range parts {
			text, err := sources.ReadFile(part)
			if err != nil {
				return nil, err
			}
			joined.Write(text)
		}
		if path.Ext(name) == ".css" {
			files[name] = shortRules(joined.Bytes())
		} else {
			files[name] = shortLines(joined.Bytes())
		}
	}
	return files, nil
}
