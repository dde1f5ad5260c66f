package simulator

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"protime-admin/protime/contract"
)

// parser reads a filter by the published grammar (reference/filtering) and checks it against the filters of a
// collection:
//
//	expression       = term { "or" term }.
//	term             = condition { "and" condition }.
//	condition        = simple-condition | "(" expression ")".
//	simple-condition = identifier rel-op factor.
//	rel-op           = "eq" | "ge" | "le" | "in".
//	factor           = constant | list.
//	constant         = integer | string | bool.
//	list             = [identifier] "(" constant { "," constant } ")".
type parser struct {
	collection *contract.Collection
	source     string
	places     [][]int  // start and end of each token
	at         int      // the token to be read next
	depth      int      // of parentheses
	failure    string   // where it is malformed, and how
	reasons    []string // why it is refused although it is well-formed
}

// comparison is a simple condition.
type comparison struct {
	field, operator string
	isList          bool
	named           string // "circle", "org-group"; "" for a plain list
	constants       []constant
	filter          contract.Filter
}

// constant is an integer, a string or a boolean, as kind says; text is without quotes.
type constant struct{ kind, text string }

// expression is one comparison, or parts that are joined by and, or by or.
type expression struct {
	*comparison
	or    bool
	parts []*expression
}

// maxDepth bounds nested parentheses; the longest URI would allow 4,000.
const maxDepth = 50

// tokens are strings, integers, identifiers and single characters. A quote inside a string is written twice: an
// assumption, as the published examples hold none.
var tokens = regexp.MustCompile(`'(?:[^']|'')*'|-?[0-9]+|[A-Za-z][A-Za-z0-9_-]*|[^ ]`)

// parseFilter reads a filter. The reasons say what is wrong with it: what was expected where, or which
// comparisons the collection does not take.
func parseFilter(c *contract.Collection, source string) (*expression, []string) {
	p := &parser{collection: c, source: source, places: tokens.FindAllStringIndex(source, -1)}
	e := p.expression()
	if p.token() != "" {
		p.expected("'and', 'or' or the end")
	}
	if p.failure != "" {
		return nil, []string{p.failure}
	}
	return e, p.reasons
}

// token returns the next token, "" at the end.
func (p *parser) token() string {
	if p.at == len(p.places) {
		return ""
	}
	return p.source[p.places[p.at][0]:p.places[p.at][1]]
}

// take skips a token if it is next.
func (p *parser) take(token string) bool {
	if p.token() != token {
		return false
	}
	p.at++
	return true
}

// expected records what is missing and moves to the end, so that nothing more is read.
func (p *parser) expected(what string) {
	if p.failure != "" {
		return
	}
	position := len(p.source)
	if p.at < len(p.places) {
		position = p.places[p.at][0]
	}
	p.failure = fmt.Sprintf("the filter is malformed at position %d: expected %s, found %q", position, what, p.token())
	p.at = len(p.places)
}

func (p *parser) expression() *expression {
	e := p.joined("or", func() *expression { return p.joined("and", p.condition) })
	for _, c := range e.comparisons(true) {
		if e.or && c.filter.Name != "" && !c.filter.Multiple {
			p.reasons = append(p.reasons, fmt.Sprintf("'or' cannot be used on '%s'.", c.field))
		}
	}
	return e
}

// joined reads one or more parts with a word between them.
func (p *parser) joined(word string, part func() *expression) *expression {
	parts := []*expression{part()}
	for p.take(word) {
		parts = append(parts, part())
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return &expression{or: word == "or", parts: parts}
}

func (p *parser) condition() *expression {
	if !p.take("(") {
		return &expression{comparison: p.comparison()}
	}
	if p.depth++; p.depth > maxDepth {
		p.expected("no more parentheses")
	}
	e := p.expression()
	if p.depth--; !p.take(")") {
		p.expected("')'")
	}
	return e
}

func (p *parser) comparison() *comparison {
	c := &comparison{field: p.token()}
	if !isIdentifier(c.field) {
		p.expected("a field")
		return c
	}
	p.at++
	if c.operator = p.token(); !slices.Contains([]string{"eq", "ge", "le", "in"}, c.operator) {
		p.expected("eq, ge, le or in")
		return c
	}
	p.at++
	p.factor(c)
	c.filter, _ = p.collection.Filter(c.field)
	if reason := c.check(); reason != "" {
		p.reasons = append(p.reasons, reason)
	}
	return c
}

// factor reads one constant, or a list of them in parentheses.
func (p *parser) factor(c *comparison) {
	if single, ok := p.constant(); ok {
		c.constants = []constant{single}
		return
	}
	c.isList = true
	if isIdentifier(p.token()) {
		c.named = p.token()
		p.at++
	}
	if !p.take("(") {
		p.expected("'('")
	}
	for len(c.constants) == 0 || p.take(",") {
		next, ok := p.constant()
		if !ok {
			p.expected("a constant")
			return
		}
		c.constants = append(c.constants, next)
	}
	if !p.take(")") {
		p.expected("')'")
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

func isIdentifier(token string) bool {
	reserved := []string{"eq", "ge", "le", "in", "and", "or", "true", "false"}
	return token != "" && isLetter(token[0]) && !slices.Contains(reserved, token)
}

func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
