package protime

import (
	"errors"
	"net/url"
	"path"
	"strings"
)

// errPath refuses a path that is not below the API's base, or that is ambiguous.
var errPath = errors.New("the path is not one below the API's base")

// Path joins elements to a path relative to the API's base, each escaped: Path("people", "a/b") is "/people/a%2Fb".
func Path(elements ...string) string {
	var b strings.Builder
	for _, element := range elements {
		b.WriteByte('/')
		b.WriteString(url.PathEscape(element))
	}
	return b.String()
}

// PathOf turns a Location or a link of the API into a path relative to its base: with the base
// /connector/protimeapi/api/v1, "/connector/protimeapi/api/v1/clockings/8192" is "/clockings/8192". It returns false
// for another host and for anything outside the base. A query is left out.
func (c *Client) PathOf(location string) (string, bool) {
	location, _, _ = strings.Cut(location, "?")
	location, ok := c.local(location)
	if !ok {
		return "", false
	}
	relative, err := c.relative(location)
	return relative, err == nil
}

// HostPath returns the path on the API's host that a link of an answer leads to, with its query. It returns false for
// another scheme or host, and for what is not a path.
func (c *Client) HostPath(link string) (string, bool) {
	path, ok := c.local(link)
	if _, err := url.ParseRequestURI(path); !ok || err != nil || strings.ContainsAny(path, "\\# ") {
		return "", false
	}
	return path, true
}

// address returns the URL of a path below the base.
func (c *Client) address(relative, query string) (string, error) {
	if !strings.HasPrefix(relative, "/") || !isClean(relative) {
		return "", errPath
	}
	if strings.ContainsAny(query, "# \t\r\n") {
		return "", errors.New("the query is not encoded")
	}
	address := c.base.String() + relative
	if query != "" {
		address += "?" + query
	}
	return address, nil
}

// local strips the configured scheme and host from a link; it returns false for any other host.
func (c *Client) local(link string) (string, bool) {
	if strings.HasPrefix(link, "/") {
		return link, !strings.HasPrefix(link, "//")
	}
	origin := c.base.Scheme + "://" + c.base.Host
	if len(link) < len(origin) || !strings.EqualFold(link[:len(origin)], origin) {
		return "", false
	}
	link = link[len(origin):]
	return link, strings.HasPrefix(link, "/") && !strings.HasPrefix(link, "//")
}

// relative strips the base from a host-relative path, which it escapes where that was not done.
func (c *Client) relative(hostPath string) (string, error) {
	rest, ok := strings.CutPrefix(hostPath, c.base.EscapedPath()+"/")
	if !ok {
		return "", errPath
	}
	parsed, err := url.Parse("/" + rest)
	if err != nil || parsed.Host != "" || parsed.Fragment != "" || parsed.RawQuery != "" {
		return "", errPath
	}
	escaped := parsed.EscapedPath()
	if !isClean(escaped) {
		return "", errPath
	}
	return escaped, nil
}

// isClean reports whether an escaped path is unambiguous: no dot segments (escaped ones neither), no empty
// elements, no backslash, no query or fragment, nothing that needs escaping.
func isClean(escaped string) bool {
	if !strings.HasPrefix(escaped, "/") || strings.ContainsAny(escaped, "?#\\ ") {
		return false // "//" is a URL without a path
	}
	for i := range len(escaped) {
		if escaped[i] <= ' ' || escaped[i] >= 0x7f {
			return false
		}
	}
	for element := range strings.SplitSeq(escaped[1:], "/") {
		plain, err := url.PathUnescape(element)
		if err != nil || plain == "" || plain == "." || plain == ".." || strings.ContainsRune(plain, 0) {
			return false
		}
		for part := range strings.SplitSeq(strings.ReplaceAll(plain, "\\", "/"), "/") {
			if part == ".." {
				return false
			}
		}
	}
	return path.Clean(escaped) == escaped
}
