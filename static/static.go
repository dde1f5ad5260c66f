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

// Files are the assets as they are served, by name. Each is its sources in the order in which their rules, or statements,
// count, without their comments. A page asks for "style.css" and "script.js"; a form for "form-page.js" instead.
// "form-page.css" are the rules that a form needs, which a first visit has in the page.
func Files() (map[string][]byte, error) {
	form := []string{
		"tokens.css", "base.css", "bar.css", "page.css", "mark.css", "drawn.css", "note.css", "form.css", "width.css", "contrast.css",
	}
	files := map[string][]byte{}
	for name, parts := range map[string][]string{
		"form-page.css": form,
		"style.css":     append(form, "row.css", "punch.css", "work.css", "week.css", "state.css", "print.css"),
		"form-page.js":  {"page.js", "session.js", "form.js", "time.js", "picker.js", "keys.js"},
		"script.js":     {"page.js", "session.js", "time.js", "work.js", "place.js", "picker.js", "keys.js"},
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
