package lang_test

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ/parser/v2"
	"github.com/a-h/templ/parser/v2/visitor"
)

func TestNoTextIsWrittenIntoATemplate(t *testing.T) {
	var templates []string
	for _, pattern := range []string{"views/*.templ", "views/*/*.templ", "handlers/*.templ"} {
		found, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		templates = append(templates, found...)
	}
	if len(templates) == 0 {
		t.Fatal("found no templates")
	}
	for _, name := range templates {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		found, err := written(string(text))
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(name), err)
		}
		for _, w := range found {
			t.Errorf("%s:%d: %q is written into the template, want a message", filepath.Base(name), w.line, w.text)
		}
	}
}

func TestWrittenTextIsNoticed(t *testing.T) {
	const page = `package views

templ page(p Page) {
	<title>Protime Admin · { p.Title }</title>
	<p class="note" title={ p.T("note") }>{ p.T("saved") } – 12 &middot; &nbsp;</p>
	<p>Saved</p>
	if p.Done {
		<button aria-label="Close" type="submit">×</button>
	}
	<input
		name="date"
		placeholder="Date"/>
	<b>{ "Hours" }</b>
	<img alt={ "A clock" } src="clock.svg"/>
	<style>main { color: red }</style>
}
`
	found, err := written(page)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(found)
	if want := "[{6 Saved} {8 Close} {12 Date} {13 Hours} {14 A clock}]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

type writtenText struct {
	line int
	text string
}

// written are the words of a template that a person reads and that come from no message: text between tags, spoken
// and shown attributes, and literals in braces.
func written(template string) ([]writtenText, error) {
	file, err := parser.ParseString(template)
	if err != nil {
		return nil, err
	}
	var found []writtenText
	note := func(line int, text string) {
		if hasWords(text) {
			found = append(found, writtenText{line, strings.TrimSpace(text)})
		}
	}
	v := visitor.New()
	v.Text = func(n *parser.Text) error {
		note(int(n.Range.From.Line)+1, html.UnescapeString(n.Value))
		return nil
	}
	v.StringExpression = func(n *parser.StringExpression) error {
		if literal, err := strconv.Unquote(strings.TrimSpace(n.Expression.Value)); err == nil {
			note(int(n.Expression.Range.From.Line)+1, literal)
		}
		return nil
	}
	v.ConstantAttribute = func(n *parser.ConstantAttribute) error {
		if isRead(n.Key.String()) {
			note(lineOf(template, n.Key.String()+`="`+n.Value), html.UnescapeString(n.Value))
		}
		return nil
	}
	v.ExpressionAttribute = func(n *parser.ExpressionAttribute) error {
		literal, err := strconv.Unquote(strings.TrimSpace(n.Expression.Value))
		if err == nil && isRead(n.Key.String()) {
			note(int(n.Expression.Range.From.Line)+1, literal)
		}
		return nil
	}
	err = file.Visit(v)
	return found, err
}

// isRead says that an attribute's text is shown or spoken.
func isRead(attribute string) bool {
	return slices.Contains([]string{
		"title", "aria-label", "aria-description", "aria-roledescription", "aria-valuetext", "placeholder", "alt",
	}, attribute)
}

// hasWords says that there is a letter in a text beside names that are the same in every language. A letter alone is that
// of a key.
func hasWords(text string) bool {
	if utf8.RuneCountInString(strings.TrimSpace(text)) == 1 {
		return false
	}
	return strings.ContainsFunc(strings.NewReplacer("Protime Admin", "", "curl", "").Replace(text), unicode.IsLetter)
}

// lineOf is the line of the first place of a text, counted from 1.
func lineOf(template, text string) int {
	before, _, _ := strings.Cut(template, text)
	return strings.Count(before, "\n") + 1
}
