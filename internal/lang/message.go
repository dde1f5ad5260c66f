package lang

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/feature/plural"
)

// message is one text, split at its placeholders when it is read.
type message struct {
	text  string // as written; the whole answer where parts is nil
	parts []Part // nil: no placeholders
	forms map[plural.Form]message
}

// Part is a stretch of text and the name of the placeholder after it, "" at the end.
type Part struct{ Text, Name string }

// pluralForm is the form that CLDR calls by a name; "other" is the one that every language has.
func pluralForm(name string) (plural.Form, bool) {
	switch name {
	case "zero":
		return plural.Zero, true
	case "one":
		return plural.One, true
	case "two":
		return plural.Two, true
	case "few":
		return plural.Few, true
	case "many":
		return plural.Many, true
	case "other":
		return plural.Other, true
	}
	return plural.Other, false
}

// eachMessage reads a topic's file: one JSON object of keys, each a text or an object of plural forms. It walks the
// tokens rather than decode into a map because a map would hide a key that is written twice.
func eachMessage(raw []byte, each func(string, message) error) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	if err := open(d); err != nil {
		return err
	}
	for d.More() {
		key, err := text(d)
		if err != nil {
			return err
		}
		m, err := readMessage(d)
		if err != nil {
			return fmt.Errorf("%q: %w", key, err)
		}
		if err := each(key, m); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("text after the object")
	}
	return nil
}

func open(d *json.Decoder) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	if token != json.Delim('{') {
		return fmt.Errorf("got %v, want an object", token)
	}
	return nil
}

func text(d *json.Decoder) (string, error) {
	token, err := d.Token()
	if err != nil {
		return "", err
	}
	s, ok := token.(string)
	if !ok {
		return "", fmt.Errorf("got %v, want a text", token)
	}
	return s, nil
}

func readMessage(d *json.Decoder) (message, error) {
	token, err := d.Token()
	if err != nil {
		return message{}, err
	}
	if s, ok := token.(string); ok {
		return split(s)
	}
	if token != json.Delim('{') {
		return message{}, fmt.Errorf("got %v, want a text or plural forms", token)
	}

	forms := map[plural.Form]message{}
	for d.More() {
		name, err := text(d)
		if err != nil {
			return message{}, err
		}
		form, ok := pluralForm(name)
		if !ok {
			return message{}, fmt.Errorf("no plural form is called %q", name)
		}
		written, err := text(d)
		if err != nil {
			return message{}, err
		}
		if forms[form], err = split(written); err != nil {
			return message{}, err
		}
	}
	if _, err := d.Token(); err != nil {
		return message{}, err
	}
	other, ok := forms[plural.Other]
	if !ok {
		return message{}, errors.New(`the form "other" is missing`)
	}
	other.forms = forms
	return other, nil
}

// split finds the {placeholders} of a text. A brace has no other use in a message.
func split(written string) (message, error) {
	if written == "" {
		return message{}, errors.New("empty text")
	}
	m := message{text: written}
	if !strings.ContainsAny(written, "{}") {
		return m, nil
	}
	rest := written
	for {
		before, after, found := strings.Cut(rest, "{")
		if strings.Contains(before, "}") {
			return message{}, fmt.Errorf("a } without its { in %q", written)
		}
		if !found {
			m.parts = append(m.parts, Part{Text: before})
			return m, nil
		}
		name, tail, closed := strings.Cut(after, "}")
		if !closed || !isName(name) {
			return message{}, fmt.Errorf("no placeholder's name after a { in %q", written)
		}
		m.parts = append(m.parts, Part{before, name})
		rest = tail
	}
}

func isName(s string) bool {
	for _, r := range s {
		if r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}
