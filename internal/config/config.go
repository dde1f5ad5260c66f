// Package config reads everything that an administrator may set, once, at start.
//
// table.go has one row per environment variable: its name, default, meaning and the field that it is read into.
// values.go has the kinds of value, each with its own error text. checks.go compares settings with each other and with
// the contract. All problems are reported together (problems.go), so that one start shows everything that is wrong.
package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"
)

// Config is every setting, checked. Lists are nil where nothing was set, unless their comment says more.
type Config struct {
	Protime                   Protime
	Writable                  []string // collections whose verbs are on; the contract says whether they exist
	Assumed                   []string // collections that no page documents but that are there
	ActivityStructureVersions []string // GUIDs
	Circles                   []Group  // in the order that they were set
	OrganisationGroups        []Group
	Rules                     Rules
	OIDC                      OIDC
	Roles                     Roles
	OwnRecords                string   // "allow" or "forbid"
	PublicURL                 *url.URL // lower-case scheme and host, no default port, no trailing slash in Path
	ListenAddr                string   // host:port, the host may be empty
	MetricsAddr               string   // the same, or "" for off
	TrustedProxies            []netip.Prefix
	Session                   Session
	FrameAncestors            []string // origins: scheme://host[:port]
	Audit                     AuditLog
	DefaultLanguage           string // "en", "nl", "fr" or "de"
	TimeZone                  *time.Location
	SupportContact            string

	warnings []string // of checkCollections
}

// Protime is the API: where it is, and our credentials.
type Protime struct {
	Tenant       string
	Environment  string   // "production" or "sandbox"
	APIURL       *url.URL // no trailing slash
	TokenURL     *url.URL
	ClientID     string
	ClientSecret string
	Scopes       []string // nil: those of what is called
	UserAgent    string
	Contract     string // path of an OpenAPI document, "" for the embedded one
}

// Group is a circle or an organisation group: the API filters people by its number and has no list of them.
type Group struct {
	ID   int64
	Name string
}

// Rules are the thresholds of the rules that the worklist applies.
type Rules struct {
	MinGap     time.Duration // whole minutes, as MaxStretch
	MaxStretch time.Duration
	Off        []string // names of rules
}

// OIDC is the company's identity provider and our registration there.
type OIDC struct {
	Issuer       string // as the provider spells it, a trailing slash included: tokens are compared with it
	ClientID     string
	ClientSecret string
	Scopes       []string
	RolesClaim   string
}

// Roles are the values of the claim that give each role.
type Roles struct {
	Viewers  []string
	Editors  []string
	Auditors []string
}

// Session has the keys of cookies and the time limits of a session.
type Session struct {
	Keys [][]byte // 64 bytes each, newest first
	Idle time.Duration
	Max  time.Duration
}

// AuditLog is the database, the keys and the rules of the audit log.
type AuditLog struct {
	DatabaseURL    string // sqlite:PATH or postgres://...
	Key            []byte // signs the log: 32 bytes or more
	PublicKey      string // verifies what Key signs, "" when it is not set
	ReasonRequired bool
	// BatchReasonAbove is how many rows a batch may have without a reason, whatever ReasonRequired says.
	BatchReasonAbove int
	Reasons          []string
	Retention        time.Duration // 0 keeps personal data for good; a year counts as 365.25 days
}

// Read takes every setting from getenv (os.Getenv, or a map's lookup in tests) and files named by NAME_FILE.
// Its error is a *Problems that lists all that is wrong; the Config then holds what could be read.
// The version goes into the User-Agent that the API is given. collections returns the names of the collections that a
// contract has, given its path or "" for the embedded one; nil leaves the names in the settings unchecked.
func Read(
	getenv func(string) string, version string, collections func(contract string) ([]string, error),
) (Config, error) {
	var c Config
	var found Problems
	rows := c.settings()
	unread := read(rows, getenv, &found)
	c.derive(version, unread)
	c.compare(unread, &found)
	if collections != nil {
		c.checkCollections(collections, &found)
	}
	return c, found.err()
}

// Audit reads AUDIT_DATABASE_URL, AUDIT_KEY and AUDIT_PUBLIC_KEY alone, which is all that the audit commands need;
// none of them is required. Its error is a *Problems.
func Audit(getenv func(string) string) (AuditLog, error) {
	var c Config
	err := c.readOnly(getenv, "AUDIT_DATABASE_URL", "AUDIT_KEY", "AUDIT_PUBLIC_KEY")
	return c.Audit, err
}

// Listen reads LISTEN_ADDR alone, for a health check that runs beside the server. Its error is a *Problems.
func Listen(getenv func(string) string) (addr string, err error) {
	var c Config
	err = c.readOnly(getenv, "LISTEN_ADDR")
	return c.ListenAddr, err
}

func (c *Config) readOnly(getenv func(string) string, names ...string) error {
	var found Problems
	for _, row := range c.settings() {
		if slices.Contains(names, row.name) {
			row.required = false
			read([]setting{row}, getenv, &found)
		}
	}
	return found.err()
}

// read fills each row's value and returns the names of those that have none, because of a problem or because
// nothing was set: later checks skip them.
func read(rows []setting, getenv func(string) string, found *Problems) (unread map[string]bool) {
	unread = map[string]bool{}
	for _, row := range rows {
		text, err := row.text(getenv)
		if err == nil && text == "" {
			unread[row.name] = true
			if row.required {
				found.add(row.name, "is required: "+row.doc)
			}
			continue
		}
		if err == nil {
			err = row.value.Set(text)
		}
		if err == nil {
			continue
		}
		unread[row.name] = true
		if row.secret || strings.Contains(text, "@") || strings.Contains(err.Error(), text) {
			found.add(row.name, err.Error())
			continue
		}
		found.add(row.name, fmt.Sprintf("%v, got %q", err, text))
	}
	return unread
}

// maxSecretFile is in bytes: NAME_FILE may name a database by mistake.
const maxSecretFile = 64 << 10

// text is what was set for the row, its default where nothing was, or "".
func (s setting) text(getenv func(string) string) (string, error) {
	text := getenv(s.name)
	if !s.secret {
		text = strings.TrimSpace(text)
	} else if path := getenv(s.name + "_FILE"); path != "" {
		if text != "" {
			return "", fmt.Errorf("and %s_FILE are both set, only one may be", s.name)
		}
		return secretFile(s.name, path)
	}
	if text == "" {
		return s.preset, nil
	}
	return text, nil
}

func secretFile(name, path string) (string, error) {
	file, err := os.Open(path) // #nosec G304 -- the administrator names this file
	if err != nil {
		return "", unreadable(name, path, err)
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxSecretFile+1))
	if err != nil {
		return "", unreadable(name, path, err)
	}
	if len(content) > maxSecretFile {
		return "", fmt.Errorf("cannot be read: %s_FILE names %s, which is larger than a secret", name, path)
	}
	secret := strings.TrimRight(string(content), "\r\n")
	if secret == "" {
		return "", fmt.Errorf("is empty: %s_FILE names %s, which holds nothing", name, path)
	}
	return secret, nil
}

func unreadable(name, path string, err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return fmt.Errorf("cannot be read: %s_FILE names %s: %w", name, path, err)
}
