package simulator

import (
	"fmt"
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
// Exactly one of simple, and, or is set.
type expression struct {
	simple *simple
	and    []*expression
	or     []*expression
}

// simple is one comparison.
type simple struct {
	field     string
	operator  string
	list      bool
	named     string // "circle", "org-group"; "" for a plain list
	constants []constant
}

// constant is an integer, a string or a bool; text is without quotes.
type constant struct {
	kind string // "integer", "string" or "boolean"
	text string
}

// maxDepth bounds nested parentheses; the longest URI would allow 4,000.
const maxDepth = 50

// parseFilter reads a filter; its error says what was expected where, in a sentence for `reasons`.
func parseFilter(source string) (*expression, error) {
	p := &parser{source: source}
	p.next()
	e, err := p.expression(0)
	if err != nil {
		return nil, err
	}
	if p.kind != end {
		return nil, p.expected("'and', 'or' or the end")
	}
	return e, nil
}

type parser struct {
	source string
	at     int // where the token starts
	after  int // where the next one may start
	kind   kind
	text   string
}

type kind string

const (
	end        kind = "the end"
	identifier kind = "an identifier"
	integer    kind = "an integer"
	str        kind = "a string"
	sign       kind = "a sign" // ( ) or ,
	illegal    kind = "an illegal character"
)

func (p *parser) expected(what string) error {
	return fmt.Errorf("the filter is malformed at position %d: expected %s, found %s %q", p.at, what, p.kind, p.text)
}

func (p *parser) expression(depth int) (*expression, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("the filter is nested deeper than %d levels", maxDepth)
	}
	terms, err := p.several("or", depth, p.term)
	if err != nil || len(terms) > 1 {
		return &expression{or: terms}, err
	}
	return terms[0], nil
}

func (p *parser) term(depth int) (*expression, error) {
	conditions, err := p.several("and", depth, p.condition)
	if err != nil || len(conditions) > 1 {
		return &expression{and: conditions}, err
	}
	return conditions[0], nil
}

// several reads one or more parts with a word between them.
func (p *parser) several(word string, depth int, part func(int) (*expression, error)) ([]*expression, error) {
	var parts []*expression
	for {
		e, err := part(depth)
		if err != nil {
			return nil, err
		}
		parts = append(parts, e)
		if p.kind != identifier || p.text != word {
			return parts, nil
		}
		p.next()
	}
}

func (p *parser) condition(depth int) (*expression, error) {
	if p.isSign("(") {
		p.next()
		e, err := p.expression(depth + 1)
		if err != nil {
			return nil, err
		}
		return e, p.take(")")
	}
	s, err := p.simple()
	return &expression{simple: s}, err
}

func (p *parser) simple() (*simple, error) {
	if p.kind != identifier || isWord(p.text) {
		return nil, p.expected("a field")
	}
	s := &simple{field: p.text}
	p.next()
	if p.kind != identifier || !isOperator(p.text) {
		return nil, p.expected("eq, ge, le or in")
	}
	s.operator = p.text
	p.next()
	return s, p.factor(s)
}

func (p *parser) factor(s *simple) error {
	if c, ok := p.constant(); ok {
		s.constants = []constant{c}
		p.next()
		return nil
	}
	s.list = true
	if p.kind == identifier && !isWord(p.text) {
		s.named = p.text
		p.next()
	}
	if err := p.take("("); err != nil {
		return err
	}
	for {
		c, ok := p.constant()
		if !ok {
			return p.expected("a constant")
		}
		s.constants = append(s.constants, c)
		p.next()
		if !p.isSign(",") {
			return p.take(")")
		}
		p.next()
	}
}

func (p *parser) constant() (constant, bool) {
	switch {
	case p.kind == integer:
		return constant{"integer", p.text}, true
	case p.kind == str:
		return constant{"string", p.text}, true
	case p.kind == identifier && (p.text == "true" || p.text == "false"):
		return constant{"boolean", p.text}, true
	}
	return constant{}, false
}

func (p *parser) isSign(s string) bool { return p.kind == sign && p.text == s }

func (p *parser) take(s string) error {
	if !p.isSign(s) {
		return p.expected("'" + s + "'")
	}
	p.next()
	return nil
}

// next reads one token.
func (p *parser) next() {
	for p.after < len(p.source) && p.source[p.after] == ' ' {
		p.after++
	}
	p.at = p.after
	if p.at == len(p.source) {
		p.kind, p.text = end, ""
		return
	}
	switch c := p.source[p.at]; {
	case c == '(' || c == ')' || c == ',':
		p.token(sign, 1)
	case c == '\'':
		p.string()
	case isDigit(c) || c == '-':
		p.token(integer, 1+span(p.source[p.at+1:], isDigit))
		if p.text == "-" {
			p.kind = illegal
		}
	case isLetter(c):
		p.token(identifier, span(p.source[p.at:], isName))
	default:
		p.token(illegal, 1)
	}
}

func (p *parser) token(k kind, length int) {
	p.kind, p.text, p.after = k, p.source[p.at:p.at+length], p.at+length
}

// string reads 'text'; a quote inside is written twice. That is an assumption: the published examples hold
// none.
func (p *parser) string() {
	var b strings.Builder
	for i := p.at + 1; i < len(p.source); i++ {
		if p.source[i] != '\'' {
			b.WriteByte(p.source[i])
			continue
		}
		if i+1 < len(p.source) && p.source[i+1] == '\'' {
			b.WriteByte('\'')
			i++
			continue
		}
		p.kind, p.text, p.after = str, b.String(), i+1
		return
	}
	p.token(illegal, len(p.source)-p.at)
}

func isOperator(s string) bool { return s == "eq" || s == "ge" || s == "le" || s == "in" }

func isWord(s string) bool {
	return isOperator(s) || s == "and" || s == "or" || s == "true" || s == "false"
}

func span(s string, in func(byte) bool) int {
	for i := range len(s) {
		if !in(s[i]) {
			return i
		}
	}
	return len(s)
}

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func isName(c byte) bool   { return isLetter(c) || isDigit(c) || c == '-' || c == '_' }

// String writes the filter in its plainest form; it reads back as the same expression.
func (e *expression) String() string {
	if e.simple != nil {
		return e.simple.String()
	}
	parts, word := e.and, " and "
	if e.or != nil {
		parts, word = e.or, " or "
	}
	texts := make([]string, len(parts))
	for i, part := range parts {
		texts[i] = part.String()
		if part.simple == nil {
			texts[i] = "(" + texts[i] + ")"
		}
	}
	return strings.Join(texts, word)
}

func (s *simple) String() string {
	texts := make([]string, len(s.constants))
	for i, c := range s.constants {
		texts[i] = c.String()
	}
	if !s.list {
		return s.field + " " + s.operator + " " + texts[0]
	}
	return s.field + " " + s.operator + " " + s.named + "(" + strings.Join(texts, ",") + ")"
}

func (c constant) String() string {
	if c.kind == "string" {
		return "'" + strings.ReplaceAll(c.text, "'", "''") + "'"
	}
	return c.text
}
