package sso

import (
	"net/url"
	"strings"
)

// maxRedirect bounds a path in bytes, since it is kept in the cookie of the sign-in.
const maxRedirect = 2048

// Redirects accepts redirects to paths of this site only.
type Redirects struct {
	prefix string // path of the public address without its last slash, "" when there is none
}

// Home returns the path of the first page.
func (s Redirects) Home() string { return s.prefix + "/" }

// Safe returns the path and query to redirect to for raw: raw itself when it is an absolute path of this site, Home
// otherwise. The product's prefix is added where it is missing. What a browser, a proxy or a second decoding could read
// as another place is refused: hosts, schemes, backslashes, control characters, dot segments, doubled slashes, and their
// encoded forms; so are the addresses of sign-in and sign-out, which would redirect in a loop.
func (s Redirects) Safe(raw string) string {
	if len(raw) == 0 || len(raw) > maxRedirect || raw[0] != '/' || hasControl(raw) {
		return s.Home()
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Opaque != "" || u.User != nil {
		return s.Home()
	}
	if !plainPath(u.Path) {
		return s.Home()
	}
	path := u.EscapedPath()
	if path != s.prefix && !strings.HasPrefix(path, s.prefix+"/") {
		path = s.prefix + path
	}
	if path == s.prefix || s.loops(path) {
		return s.Home()
	}
	if u.RawQuery != "" {
		if _, err := url.ParseQuery(u.RawQuery); err != nil {
			return s.Home()
		}
		path += "?" + escapeQuery(u.RawQuery)
	}
	if len(path) > maxRedirect {
		return s.Home()
	}
	return path
}

// loops reports whether a path of the site is one of sign-in or sign-out.
func (s Redirects) loops(path string) bool {
	decoded, err := url.PathUnescape(strings.TrimPrefix(path, s.prefix))
	if err != nil {
		return true
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(decoded, "/"), "/")
	return strings.EqualFold(first, "login") || strings.EqualFold(first, "logout")
}

// plainPath reports whether a decoded path can be read in one way only.
func plainPath(path string) bool {
	if !strings.HasPrefix(path, "/") || strings.Contains(path, "//") || hasControl(path) {
		return false
	}
	if strings.ContainsAny(path, `\%`) {
		return false
	}
	for segment := range strings.SplitSeq(path, "/") {
		if segment == "." || segment == ".." {
			return false
		}
	}
	return true
}

func hasControl(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] == 0x7f || s[i] == '\\' {
			return true
		}
	}
	return false
}

// escapeQuery percent-encodes what a header cannot contain.
func escapeQuery(query string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(query) {
		c := query[i]
		if c > 0x20 && c < 0x7f && c != '"' && c != '<' && c != '>' {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}
