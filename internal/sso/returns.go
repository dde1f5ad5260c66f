package sso

import (
	"net/url"
	"strings"
)

// maxReturn bounds the path to come back to, in bytes: it travels in a cookie.
const maxReturn = 2048

// Returns keeps redirects on the site: it lets through paths under the product's prefix and nothing else.
type Returns struct {
	prefix string // path of the public address without its last slash, "" when there is none
}

// Home is the path of the first page.
func (s Returns) Home() string { return s.prefix + "/" }

// SafeReturn is the path, with its query, to send a browser to when it asks for raw: raw itself when it is an absolute
// path of this site, Home otherwise. A path without the product's prefix gets it. Anything that a browser, a proxy or
// a second decoding could read as another place is refused: hosts, schemes, backslashes, control characters, dot
// segments, doubled slashes, and their encoded forms; so are the sign-in and sign-out addresses, which would go round
// in circles.
func (s Returns) SafeReturn(raw string) string {
	if len(raw) == 0 || len(raw) > maxReturn || raw[0] != '/' || hasControl(raw) {
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
	if path == s.prefix || s.roundabout(path) {
		return s.Home()
	}
	if u.RawQuery != "" {
		if _, err := url.ParseQuery(u.RawQuery); err != nil {
			return s.Home()
		}
		path += "?" + escapeQuery(u.RawQuery)
	}
	if len(path) > maxReturn {
		return s.Home()
	}
	return path
}

// roundabout tells whether a path of the site is about signing in or out itself.
func (s Returns) roundabout(path string) bool {
	decoded, err := url.PathUnescape(strings.TrimPrefix(path, s.prefix))
	if err != nil {
		return true
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(decoded, "/"), "/")
	return strings.EqualFold(first, "login") || strings.EqualFold(first, "logout")
}

// plainPath tells whether a decoded path has one reading only.
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

// escapeQuery percent-encodes what may not stand in a header as it is; what is encoded already stays.
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
