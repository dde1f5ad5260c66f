package simulator

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// expression is a filter as the published grammar reads it (reference/filtering):
//
//	expression       = term { "or" term }.
//	term             = condition { "and" condition }.
//	condition        = simple-condition | "(" expression ")".
//	simple-condition = identifier rel-op factor.
//	rel-op           = "eq" | "ge" | "le" | "in".
//	factor           = constant | list.
//	constant         = integer | string | bool.
//	list             = [identifier] "(" constant { "," constant } ")".
//
// Either word and parts are set, or it is one comparison.
type expression struct {
	word  string // "and" or "or"
	parts []*expression

	field     string
	operator  string
	isList    bool
	named     string // "circle", "org-group"; "" for a plain list
	constants []constant
}

// constant is an integer, a string or a boolean, as kind says; text is without quotes.
type constant struct{ kind, text string }

// maxDepth bounds nested parentheses; the longest URI would allow 4,000.
const maxDepth = 50

// tokens are strings, integers, identifiers and single characters. A quote inside a string is written twice:
// an assumption, as the published examples hold none.
var tokens = regexp.MustCompile(`'(?:[^']|'')*'|-?[0-9]+|[A-Za-z][A-Za-z0-9_-]*|[^ ]`)

// parseFilter reads a filter; its error says what was expected where, in a sentence for `reasons`.
func parseFilter(source string) (*expression, error) {
	p := &parser{source: source, places: tokens.FindAllStringIndex(source, -1)}
	e, err := p.expression(0)
	if err != nil {
		return nil, err
	}
	if p.token() != "" {
		return nil, p.expected("'and', 'or' or the end")
	}
	return e, nil
}

type parser struct {
	source string
	places [][]int // start and end of each token
	at     int     // the token to be read next
}

// token is the one to be read next, "" at the end.
func (p *parser) token() string {
	if p.at == len(p.places) {
		return ""
	}
	return p.source[p.places[p.at][0]:p.places[p.at][1]]
}

// take steps over a token if it is next.
func (p *parser) take(token string) bool {
	if p.token() != token {
		return false
	}
	p.at++
	return true
}

func (p *parser) expected(what string) error {
	position, found := len(p.source), "the end"
	if p.at < len(p.places) {
		position, found = p.places[p.at][0], p.token()
	}
	return fmt.Errorf("the filter is malformed at position %d: expected %s, found %q", position, what, found)
}

func (p *parser) expression(depth int) (*expression, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("the filter is nested deeper than %d levels", maxDepth)
	}
	return p.joined("or", func() (*expression, error) {
		return p.joined("and", func() (*expression, error) { return p.condition(depth) })
	})
}

// joined reads one or more parts with a word between them.
func (p *parser) joined(word string, part func() (*expression, error)) (*expression, error) {
	all := &expression{word: word}
	for {
		e, err := part()
		if err != nil {
			return nil, err
		}
		all.parts = append(all.parts, e)
		if !p.take(word) {
			return all, nil
		}
	}
}

func (p *parser) condition(depth int) (*expression, error) {
	if !p.take("(") {
		return p.comparison()
	}
	e, err := p.expression(depth + 1)
	if err == nil && !p.take(")") {
		err = p.expected("')'")
	}
	return e, err
}

func (p *parser) comparison() (*expression, error) {
	e := &expression{field: p.token()}
	if !isIdentifier(e.field) {
		return nil, p.expected("a field")
	}
	p.at++
	if e.operator = p.token(); !slices.Contains(operators, e.operator) {
		return nil, p.expected("eq, ge, le or in")
	}
	p.at++
	if c, ok := p.constant(); ok {
		e.constants = []constant{c}
		return e, nil
	}
	return e, p.list(e)
}

func (p *parser) list(e *expression) error {
	e.isList = true
	if isIdentifier(p.token()) {
		e.named = p.token()
		p.at++
	}
	if !p.take("(") {
		return p.expected("'('")
	}
	for {
		c, ok := p.constant()
		if !ok {
			return p.expected("a constant")
		}
		e.constants = append(e.constants, c)
		if p.take(")") {
			return nil
		}
		if !p.take(",") {
			return p.expected("')'")
		}
	}
}

// constant reads one, if one is next.
func (p *parser) constant() (constant, bool) {
	source := p.token()
	c := constant{text: source}
	switch {
	case source == "true" || source == "false":
		c.kind = "boolean"
	case len(source) > 1 && source[0] == '\'':
		c = constant{"string", strings.ReplaceAll(source[1:len(source)-1], "''", "'")}
	case source != "" && isDigit(source[len(source)-1]) && !isLetter(source[0]):
		c.kind = "integer"
	default:
		return constant{}, false
	}
	p.at++
	return c, true
}

var (
	operators = []string{"eq", "ge", "le", "in"}
	reserved  = []string{"eq", "ge", "le", "in", "and", "or", "true", "false"}
)

func isIdentifier(token string) bool {
	return token != "" && isLetter(token[0]) && !slices.Contains(reserved, token)
}

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
