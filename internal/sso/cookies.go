package sso

import (
	"net/http"
	"net/url"
	"strings"
)

// Cookies gives every cookie of the product its name and attributes, which follow from the public address and from
// whether the page may be framed:
//
//	https, no path prefix      __Host-NAME    Path=/        Secure
//	https, path prefix         __Secure-NAME  Path=/prefix  Secure
//	http on loopback           NAME           Path=/        (no Secure)
//
// SameSite is Lax; framed pages have SameSite=None; Secure; Partitioned instead, on http loopback as well, since
// browsers take Secure on localhost. Every cookie is HttpOnly and bound to the one host.
type Cookies struct {
	prefix string // of names
	path   string
	secure bool
	framed bool
}

// NewCookies derives the rules from the public address.
func NewCookies(public *url.URL, framed bool) Cookies {
	path := strings.TrimSuffix(public.EscapedPath(), "/")
	c := Cookies{path: path, framed: framed, secure: framed || public.Scheme == "https"}
	if path == "" {
		c.path = "/"
	}
	switch {
	case !c.secure:
	case path == "":
		c.prefix = "__Host-"
	default:
		c.prefix = "__Secure-"
	}
	return c
}

// Name is the full name, prefix included, of the cookie called base.
func (c Cookies) Name(base string) string { return c.prefix + base }

// New makes a cookie with the right name and attributes. maxAge is in seconds: 0 keeps it until the browser closes,
// a negative one removes it.
func (c Cookies) New(base, value string, maxAge int) *http.Cookie {
	cookie := &http.Cookie{ //nolint:gosec // Secure and SameSite follow from the public address, see Cookies
		Name:     c.Name(base),
		Value:    value,
		Path:     c.path,
		MaxAge:   maxAge,
		Secure:   c.secure,
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
	}
	if c.framed {
		cookie.SameSite = http.SameSiteNoneMode
		cookie.Partitioned = true
	}
	return cookie
}

// Clear makes the cookie that removes the one called base.
func (c Cookies) Clear(base string) *http.Cookie { return c.New(base, "", -1) }

// Value is what the request carries in the cookie called base, "" when it carries none.
func (c Cookies) Value(r *http.Request, base string) string {
	cookie, err := r.Cookie(c.Name(base))
	if err != nil {
		return ""
	}
	return cookie.Value
}
