package papers

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
)

// The files that the worked example of CONTRIBUTING.md adds lines to.
const (
	Document  = "protime/contract/contract.yaml"
	Endpoints = "protime/contract/testdata/endpoints.tsv"
	English   = "internal/lang/messages/en/fields.json"
	Dutch     = "internal/lang/messages/nl/fields.json"
	French    = "internal/lang/messages/fr/fields.json"
	German    = "internal/lang/messages/de/fields.json"
	Records   = "protime/simulator/company/once.json"
)

var fenced = regexp.MustCompile("(?ms)^```[a-z]*\n(.*?)^```$")

// Example reads the worked example of CONTRIBUTING.md and returns, by path, the files that it adds lines to as they are
// once it has been followed. root is the root of the repository. A file that has the lines already is returned as it is.
func Example(root fs.FS) (map[string]string, error) {
	text, err := fs.ReadFile(root, "CONTRIBUTING.md")
	if err != nil {
		return nil, err
	}
	places := []struct{ file, after string }{
		{Document, "\npaths:\n"}, {Document, "\n  responses:\n"}, {Document, "\n  schemas:\n"}, {Document, "\ntags:\n"},
		{Endpoints, ""}, {English, "{\n"}, {Dutch, "{\n"}, {French, "{\n"}, {German, "{\n"},
		{Records, "{\n"},
	}
	blocks := fenced.FindAllStringSubmatch(string(text), -1)
	if len(blocks) != len(places) {
		return nil, fmt.Errorf("papers: CONTRIBUTING.md has %d blocks of lines to add, want %d", len(blocks), len(places))
	}
	files := map[string]string{}
	for i, place := range places {
		lines := blocks[i][1]
		content, read := files[place.file]
		if !read {
			raw, err := fs.ReadFile(root, place.file)
			if err != nil {
				return nil, err
			}
			content = string(raw)
		}
		if !strings.Contains(content, lines) {
			before, after, found := strings.Cut(content, place.after)
			if place.after == "" {
				before, after = content, ""
			} else if !found {
				return nil, fmt.Errorf("papers: %s has no line %q", place.file, strings.TrimSpace(place.after))
			}
			content = before + place.after + lines + after
		}
		files[place.file] = content
	}
	return files, nil
}
