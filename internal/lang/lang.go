// Package lang holds the messages of every language, and formats dates, times and numbers.
//
// A language is a folder of messages/: one JSON file per topic, flat keys, the text with {placeholders} or an object
// of plural forms. Load reads all of them; a Printer is one language. Other packages return keys with arguments, never
// sentences. A further language is a further folder: months, weekdays, date patterns and number signs are messages too
// (topic "format").
//
// Nothing here converts a time through a time zone: a date is the text that the API gave, a clock time its minutes.
// Moment, for the log's clock, is the exception and takes its location from the caller.
package lang

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"golang.org/x/text/language"
)

// Fallback is the language of a Printer whose tag has no folder.
const Fallback = "en"

//go:embed messages
var embedded embed.FS

// Catalog is the messages of every language. It is read-only once Load has returned and Missing was set.
type Catalog struct {
	// Missing is called with a key, or a key's argument, that does not exist. It has to be set before the first page is
	// drawn, and is called from many goroutines. Nil is allowed.
	Missing func(language, key string)

	tags     []string
	printers map[string]*Printer
	matcher  language.Matcher
}

// Load reads the messages that are built into the program. It fails when a file is no valid topic, when a key stands
// in two topics, and when a language lacks what dates and numbers are made from.
func Load() (*Catalog, error) {
	messages, err := fs.Sub(embedded, "messages")
	if err != nil {
		return nil, fmt.Errorf("lang: %w", err)
	}
	return LoadFS(messages)
}

// LoadFS is Load for another tree of <language>/<topic>.json files.
func LoadFS(files fs.FS) (*Catalog, error) {
	c := &Catalog{printers: map[string]*Printer{}}
	folders, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, fmt.Errorf("lang: %w", err)
	}
	for _, folder := range folders {
		if !folder.IsDir() {
			continue
		}
		p, err := c.read(files, folder.Name())
		if err != nil {
			return nil, fmt.Errorf("lang: %s: %w", folder.Name(), err)
		}
		c.tags = append(c.tags, p.Tag)
		c.printers[p.Tag] = p
	}
	if c.printers[Fallback] == nil {
		return nil, fmt.Errorf("lang: no messages in %q", Fallback)
	}

	slices.SortFunc(c.tags, fallbackFirst)
	known := make([]language.Tag, len(c.tags))
	for i, tag := range c.tags {
		known[i] = c.printers[tag].language
	}
	c.matcher = language.NewMatcher(known)
	return c, nil
}

// read makes the printer of one language from its folder.
func (c *Catalog) read(files fs.FS, tag string) (*Printer, error) {
	parsed, err := language.Parse(tag)
	if err != nil {
		return nil, err
	}
	p := &Printer{Tag: tag, catalog: c, language: parsed, messages: map[string]message{}}

	topics, err := fs.Glob(files, path.Join(tag, "*.json"))
	if err != nil {
		return nil, err
	}
	from := map[string]string{}
	for _, topic := range topics {
		raw, err := fs.ReadFile(files, topic)
		if err != nil {
			return nil, err
		}
		err = eachMessage(raw, func(key string, m message) error {
			if other, twice := from[key]; twice {
				return fmt.Errorf("%q stands in %s too", key, path.Base(other))
			}
			from[key] = topic
			p.messages[key] = m
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path.Base(topic), err)
		}
	}
	return p, p.readFormats()
}

func fallbackFirst(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == Fallback:
		return -1
	case b == Fallback || a > b:
		return 1
	}
	return -1
}

// Languages are the tags of all languages, the fallback first, then by tag: "en", "de", "fr", "nl".
func (c *Catalog) Languages() []string {
	return slices.Clone(c.tags)
}

// Printer returns the printer of one of Languages, and that of Fallback for any other tag.
func (c *Catalog) Printer(tag string) *Printer {
	if p, ok := c.printers[tag]; ok {
		return p
	}
	return c.printers[Fallback]
}

// Match returns the language of a page: the person's choice, else the claim of the identity provider, else the
// browser's Accept-Language, else fallback. Each may be "", an unknown tag or no tag; a variant of a language counts as
// the language (nl-BE is nl). The result is one of Languages.
func (c *Catalog) Match(choice, claim, acceptLanguage, fallback string) string {
	for _, wish := range [...]string{choice, claim, acceptLanguage, fallback} {
		if wish == "" {
			continue
		}
		if _, exact := c.printers[wish]; exact {
			return wish
		}
		wanted, _, err := language.ParseAcceptLanguage(wish)
		if err != nil || len(wanted) == 0 {
			continue
		}
		if _, at, confidence := c.matcher.Match(wanted...); confidence != language.No {
			return c.tags[at]
		}
	}
	return Fallback
}
