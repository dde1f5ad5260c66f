package protime

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// continuation is the query parameter that holds the API's paging token.
const continuation = "continuationToken"

// errLink and errOtherHost say why a link is not followed.
var (
	errLink      = errors.New("nextLink leaves the API's address")
	errOtherHost = errors.New("the Operation-Location is not on the API's own host")
)

// follow reads a nextLink: the path relative to the base, the query encoded, and the continuation token in it. The
// API writes links relative to its host and does not encode the filter in them (documentation: responses,
// "collection response"). A link to another scheme, host or base is refused: the token would go with it.
func (c *Client) follow(link string) (path, query, token string, err error) {
	if len(link) > maxLinkLength {
		return "", "", "", tooMuch(fmt.Sprintf("nextLink is longer than %d bytes", maxLinkLength))
	}
	path, query, _ = strings.Cut(link, "?")
	path, ok := c.local(path)
	if !ok {
		return "", "", "", errLink
	}
	path, err = c.relative(path)
	if err != nil {
		return "", "", "", errLink
	}
	query, token = reencode(query)
	return path, query, token, nil
}

// reencode encodes a query that may or may not be encoded already. A blank, or a byte that cannot be in a URL, tells
// that it is not, since every filter has blanks. Of a paging token, which is base64, "+" is itself in either form.
func reencode(query string) (encoded, token string) {
	literal := strings.ContainsFunc(query, isOutsideQuery)
	var b strings.Builder
	for _, pair := range pairs(query, literal) {
		name, value, given := strings.Cut(pair, "=")
		switch {
		case name == continuation:
			value = decoded(value, url.PathUnescape)
			token = value
		case !literal:
			value = decoded(value, url.QueryUnescape)
		}
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		b.WriteString(encode(decoded(name, url.QueryUnescape)))
		if given {
			b.WriteString("=" + encode(value))
		}
	}
	return b.String(), token
}

// pairs splits a query at "&", but not inside the quotes of a filter that is not encoded.
func pairs(query string, literal bool) []string {
	if !literal || strings.Count(query, "'")%2 != 0 {
		return strings.FieldsFunc(query, func(r rune) bool { return r == '&' })
	}
	quoted := false
	return strings.FieldsFunc(query, func(r rune) bool {
		if r == '\'' {
			quoted = !quoted
		}
		return r == '&' && !quoted
	})
}

// decoded unescapes a text, or returns it as it is when it is not escaped.
func decoded(text string, unescape func(string) (string, error)) string {
	if plain, err := unescape(text); err == nil {
		return plain
	}
	return text
}

// encode writes a query value: blanks as %20, and the brackets and commas of a filter as themselves, which keeps
// long lists of people short.
func encode(text string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(text) {
		c := text[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-._~(),@", c) >= 0:
			b.WriteByte(c)
		default:
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}

// isOutsideQuery reports whether a byte cannot be in an encoded query.
func isOutsideQuery(r rune) bool {
	return r <= ' ' || r >= 0x7f || strings.ContainsRune(`#"<>`, r)
}
