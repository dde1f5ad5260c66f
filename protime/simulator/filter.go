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
	places     [][]int // start and end of each token
	at         int     // the token to be read next
	depth      int     // of parentheses
	reasons    []string
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
	e, err := p.expression()
	if err == nil && p.token() != "" {
		err = p.expected("'and', 'or' or the end")
	}
	if err != nil {
		return nil, []string{err.Error()}
	}
	return e, p.reasons
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

func (p *parser) expression() (*expression, error) {
	e, err := p.joined("or", func() (*expression, error) { return p.joined("and", p.condition) })
	if err == nil && e.or {
		for _, c := range e.comparisons(true) {
			if c.filter.Name != "" && !c.filter.Multiple {
				p.reasons = append(p.reasons, fmt.Sprintf("'or' cannot be used on '%s'.", c.field))
			}
		}
	}
	return e, err
}

// joined reads one or more parts with a word between them.
func (p *parser) joined(word string, part func() (*expression, error)) (*expression, error) {
	var parts []*expression
	for len(parts) == 0 || p.take(word) {
		e, err := part()
		if err != nil {
			return nil, err
		}
		parts = append(parts, e)
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return &expression{or: word == "or", parts: parts}, nil
}

func (p *parser) condition() (*expression, error) {
	if !p.take("(") {
		c, err := p.comparison()
		return &expression{comparison: c}, err
	}
	if p.depth++; p.depth > maxDepth {
		return nil, fmt.Errorf("the filter is nested deeper than %d levels", maxDepth)
	}
	defer func() { p.depth-- }()
	e, err := p.expression()
	if err == nil && !p.take(")") {
		err = p.expected("')'")
	}
	return e, err
}

func (p *parser) comparison() (*comparison, error) {
	c := &comparison{field: p.token()}
	if !isIdentifier(c.field) {
		return nil, p.expected("a field")
	}
	p.at++
	if c.operator = p.token(); !slices.Contains([]string{"eq", "ge", "le", "in"}, c.operator) {
		return nil, p.expected("eq, ge, le or in")
	}
	p.at++
	if err := p.factor(c); err != nil {
		return nil, err
	}
	c.filter, _ = p.collection.Filter(c.field)
	if reason := c.check(); reason != "" {
		p.reasons = append(p.reasons, reason)
	}
	return c, nil
}

func (p *parser) factor(c *comparison) error {
	if single, ok := p.constant(); ok {
		c.constants = []constant{single}
		return nil
	}
	c.isList = true
	if isIdentifier(p.token()) {
		c.named = p.token()
		p.at++
	}
	if !p.take("(") {
		return p.expected("'('")
	}
	for len(c.constants) == 0 || p.take(",") {
		next, ok := p.constant()
		if !ok {
			return p.expected("a constant")
		}
		c.constants = append(c.constants, next)
	}
	if !p.take(")") {
		return p.expected("')'")
	}
	return nil
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
