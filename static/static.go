// Package static holds the stylesheet and the script, embedded, in several files each of which is about one thing.
// Package handlers serves them under names that carry a hash of their content, compressed once at start.
package static

import (
	"bytes"
	"embed"
	"path"
	"slices"
)

//go:embed *.css *.js
var sources embed.FS

// Files are the assets as they are served, by name. Each is its sources in the order in which their rules, or statements,
// count, without their comments. A page asks for "style.css" and "script.js"; a form for "form-page.js" instead, a batch for "batch-page.js". A
// page that arrives over some time asks for "select.js", too, which works from the first row on.
// "form-page.css", "work-page.css" and "batch-page.css" are the rules that a form, the worklist and a batch need, "any-page.css" those of
// all other pages, which a first visit has in the page.
func Files() (map[string][]byte, error) {
	shared := []string{"tokens.css", "base.css", "bar.css", "page.css", "mark.css", "note.css", "field.css", "width.css", "contrast.css"}
	form := []string{"form.css", "drawn.css"}
	work := []string{"row.css", "punch.css", "work.css", "state.css", "ticks.css"}
	paper := []string{"week.css", "print.css"}
	files := map[string][]byte{}
	for name, parts := range map[string][]string{
		"form-page.css":  slices.Concat(shared, form),
		"work-page.css":  slices.Concat(shared, work),
		"batch-page.css": slices.Concat(shared, form, []string{"row.css", "batch.css"}),
		"any-page.css":   slices.Concat(shared, form, work, paper),
		"style.css":      slices.Concat(shared, form, work, paper, []string{"batch.css"}),
		"form-page.js":   {"page.js", "session.js", "form.js", "time.js", "picker.js", "keys.js"},
		"batch-page.js":  {"page.js", "session.js", "form.js", "time.js", "picker.js", "keys.js", "select.js", "check.js", "watch.js"},
		"select.js":      {"select.js"},
		"script.js":      {"page.js", "session.js", "time.js", "place.js", "picker.js", "ticks.js", "keys.js"},
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
