package catalog

import (
	"strings"

	"protime-admin/internal/search"
	"protime-admin/protime"
)

// Entry is one record by name.
type Entry struct {
	ID   string
	Code string // the first code of the record, "" when it has none
	// Place holds the values of the path parameters above the record: structure version and level of an activity
	// definition; nil for most.
	Place []string

	name         string
	translations []translation
	line         string // folded words of all names and codes
}

type translation struct{ language, name string }

// Name is what a record is called in a language ("nl"): its translation for the language or one of its regions
// ("nl-BE"), else its default name, else its code, else its id.
func (e Entry) Name(language string) string {
	for _, t := range e.translations {
		if t.language == language || strings.HasPrefix(t.language, language+"-") {
			return t.name
		}
	}
	switch {
	case e.name != "":
		return e.name
	case e.Code != "":
		return e.Code
	}
	return e.ID
}

// codes are the members that a person may type instead of a name, beside those of the contract's title.
func codes() []string {
	return []string{"code", "externalCode", "shortCode", "dataEntryCode", "externalReference"}
}

// entryOf reads a record; false when it has no id. title are the paths of the contract's title, the name first.
func entryOf(r protime.Record, title [][]string, place []string) (Entry, bool) {
	e := Entry{ID: r.Text("id"), Place: place}
	if e.ID == "" {
		return e, false
	}
	e.read(r, title[0])
	texts := []string{e.name}
	for _, t := range e.translations {
		texts = append(texts, t.name)
	}
	for _, path := range title[1:] {
		texts = append(texts, e.code(r, path))
	}
	for _, name := range codes() {
		texts = append(texts, e.code(r, []string{name}))
	}
	e.line = search.Line(append(texts, e.ID)...)
	return e, true
}

// read takes the name from a text, or from a {default, translations}: the path names the object or its default.
func (e *Entry) read(r protime.Record, path []string) {
	if e.name = strings.TrimSpace(r.Text(path...)); e.name == "" {
		e.name = strings.TrimSpace(r.Text(join(path, "default")...))
	} else if path[len(path)-1] == "default" {
		path = path[:len(path)-1]
	}
	raw, ok := r.Lookup(join(path, "translations")...)
	if !ok {
		return
	}
	translations, err := protime.ParseRecord(raw)
	if err != nil {
		return
	}
	for language := range translations.Members() {
		if name := strings.TrimSpace(translations.Text(language)); name != "" {
			e.translations = append(e.translations, translation{language, name})
		}
	}
}

func (e *Entry) code(r protime.Record, path []string) string {
	code := strings.TrimSpace(r.Text(path...))
	if e.Code == "" {
		e.Code = code
	}
	return code
}

func join(path []string, last string) []string {
	return append(path[:len(path):len(path)], last)
}
