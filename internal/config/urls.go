package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
)

// hostname is a name as it stands in a URL, in small letters or not.
const hostname = `[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*\.?`

// link is an address of a service: https, or http on this machine, without anything after the path.
type link struct{ to **url.URL }

func (v *link) Kind() string { return "URL" }

func (v *link) String() string {
	if *v.to == nil {
		return ""
	}
	return (*v.to).String()
}

func (v *link) Set(text string) error {
	u, err := parseURL(text)
	if err != nil {
		return err
	}
	if err := encrypted(u); err != nil {
		return err
	}
	u.Path = strings.TrimRight(u.Path, "/")
	if u.RawPath != "" || (u.Path != "" && path.Clean(u.Path) != u.Path) || !matches(`[A-Za-z0-9._~/-]*`, u.Path) {
		return errors.New("must have a plain path: letters, digits and - . _ ~ between single slashes")
	}
	*v.to = u
	return nil
}

// issuer keeps the text as it is: an ID token's iss is compared with it letter by letter.
type issuer struct{ to *string }

func (v *issuer) Kind() string   { return "URL" }
func (v *issuer) String() string { return *v.to }
func (v *issuer) Set(text string) error {
	u, err := parseURL(text)
	if err != nil {
		return err
	}
	if err := encrypted(u); err != nil {
		return err
	}
	*v.to = text
	return nil
}

// origins are scheme://host[:port]; whether http will do depends on PUBLIC_URL (checks.go).
type origins struct{ to *[]string }

func (v *origins) Kind() string   { return "list" }
func (v *origins) String() string { return strings.Join(*v.to, " ") }
func (v *origins) Set(text string) error {
	var list []string
	for _, field := range split(text) {
		u, err := parseURL(field)
		if err != nil || strings.Trim(u.Path, "/") != "" {
			return fmt.Errorf("must list origins like https://portal.acme.example, %q is not one", field)
		}
		if origin := u.Scheme + "://" + u.Host; !slices.Contains(list, origin) {
			list = append(list, origin)
		}
	}
	*v.to = list
	return nil
}

// database is sqlite:PATH or a PostgreSQL URL.
type database struct{ to *string }

func (v *database) Kind() string { return "URL" }

// String leaves out the password and every parameter, which may hold one.
func (v *database) String() string {
	if _, ok := strings.CutPrefix(*v.to, "sqlite:"); ok || *v.to == "" {
		return *v.to
	}
	u, err := url.Parse(*v.to)
	if err != nil {
		return "(set)"
	}
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}
	if u.User != nil {
		shown.User = url.User(u.User.Username())
	}
	return shown.String()
}

func (v *database) Set(text string) error {
	wrong := errors.New("must be sqlite:PATH or postgres://user:password@host/database")
	if file, ok := strings.CutPrefix(text, "sqlite:"); ok {
		if file == "" || file == ":memory:" || strings.ContainsAny(file, "?#\x00") {
			return errors.New("must name a file after sqlite:, without ? or #")
		}
		*v.to = text
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") || u.Opaque != "" || u.Fragment != "" {
		return wrong
	}
	if u.Host == "" && u.Query().Get("host") == "" {
		return wrong
	}
	if u.Query().Get("sslmode") != "verify-full" && !onlyHere(u) {
		return errors.New("must have sslmode=verify-full: a PostgreSQL on another machine has to prove who it is")
	}
	*v.to = text
	return nil
}

// onlyHere reports whether every host of a PostgreSQL URL is this machine: a loopback address or a folder with a
// Unix socket. The parameter host comes before the URL's own, as the driver has it; both may list several.
func onlyHere(u *url.URL) bool {
	list := u.Host
	if own, ok := u.Query()["host"]; ok {
		list = own[0]
	}
	for host := range strings.SplitSeq(list, ",") {
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		if !strings.HasPrefix(host, "/") && !Loopback(strings.Trim(host, "[]")) {
			return false
		}
	}
	return true
}

// parseURL reads an http or https URL and brings scheme, host and port into one spelling, so that origins can be
// compared as text.
func parseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Opaque != "" || (u.Scheme != "https" && u.Scheme != "http"):
		return nil, errors.New("must be a URL that starts with https://")
	case u.User != nil:
		return nil, errors.New("must not hold a user name or a password")
	case u.RawQuery != "" || u.ForceQuery || strings.Contains(text, "#"):
		return nil, errors.New("must end after the path: no ? and no #")
	}
	host := strings.ToLower(u.Hostname())
	addr, err := netip.ParseAddr(host)
	if err != nil && !matches(hostname, host) {
		return nil, errors.New("must name a host")
	}
	if addr.Is6() {
		host = "[" + addr.String() + "]"
	}
	port := u.Port()
	if strings.HasSuffix(u.Host, ":") {
		return nil, errors.New("must not end its host in a colon")
	}
	if n, err := strconv.ParseUint(port, 10, 16); port != "" && (err != nil || n == 0) {
		return nil, errors.New("must name a port from 1 to 65535")
	}
	u.Host = host
	if usual := map[string]string{"http": "80", "https": "443"}[u.Scheme]; port != "" && port != usual {
		u.Host = host + ":" + port
	}
	return u, nil
}

// encrypted refuses plain http, except on this machine.
func encrypted(u *url.URL) error {
	if u.Scheme == "http" && !Loopback(u.Hostname()) {
		return errors.New("must start with https://: plain http is for this machine alone")
	}
	return nil
}

// Loopback tells hosts that can only mean this machine: localhost and names under it, 127.0.0.0/8, ::1.
func Loopback(host string) bool {
	host = strings.TrimSuffix(host, ".")
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
