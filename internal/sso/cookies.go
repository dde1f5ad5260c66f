package sso

import (
	"net/http"
	"net/url"
	"strings"
)

// Cookies makes the cookies of the product. Their names and attributes follow from the public address and from whether
// the page may be framed:
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

// NewCookies returns the Cookies of a public address.
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

// Name returns the name with its prefix of the cookie called base.
func (c Cookies) Name(base string) string { return c.prefix + base }

// New returns a cookie. maxAge is in seconds: 0 keeps it until the browser closes, a negative one removes it.
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

// Clear returns the cookie that removes the one called base.
func (c Cookies) Clear(base string) *http.Cookie { return c.New(base, "", -1) }

// Value returns the value of the cookie called base, "" when the request has none, or several: one of those was set by
// another site of the domain, and they cannot be told apart.
func (c Cookies) Value(r *http.Request, base string) string {
	sent := r.CookiesNamed(c.Name(base))
	if len(sent) != 1 {
		return ""
	}
	return sent[0].Value
}
