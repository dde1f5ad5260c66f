// Package sso is the door: it turns the company's OpenID Connect provider into an Identity with roles, keeps that
// identity in an encrypted cookie for as long as the limits allow, and lets nobody else in.
//
// A Gate holds the parts, one noun each. Provider walks a person to the identity provider and back (code flow with
// PKCE) and judges every answer. Sessions writes and reads the session cookie and knows who was put out. Parked keeps
// a form that arrived after the session had ended, sealed, in the page itself. Handoff carries a sign-in from a window
// to a frame, since identity providers refuse to be framed. Cookies gives every cookie its name and attributes.
// Returns keeps redirects on the site. Limiter slows down who knocks too often.
//
// The package speaks no HTML and renders no page: it sets cookies, returns values, and typed errors (see Error) that
// the handlers turn into pages. Tokens, codes, secrets and cookie values appear in none of its errors and log lines.
package sso

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Config is everything a Gate needs. Issuer, ClientID, PublicURL and SessionKeys are required.
type Config struct {
	Issuer       string // exactly as the provider's own metadata says it
	ClientID     string
	ClientSecret string
	Scopes       []string // openid is added when missing
	RolesClaim   string   // a claim's name, or a path such as realm_access.roles

	Viewers, Editors, Auditors []string // values of the roles claim

	PublicURL   *url.URL // where browsers reach the product; its path is the prefix
	SessionKeys [][]byte // 64 bytes each (32 that sign, 32 that encrypt), newest first

	Idle, Max time.Duration // 30 minutes and 10 hours when zero
	Framed    bool          // FRAME_ANCESTORS is set

	Now     func() time.Time // time.Now when nil
	HTTP    *http.Client     // towards the provider; one with a time limit when nil
	Log     *slog.Logger     // slog.Default when nil
	Revoked RevocationStore  // shared by all replicas; in memory when nil
}

// Gate is the door with all its parts. They share keys, clock and revocations.
type Gate struct {
	Provider *Provider
	Sessions *Sessions
	Parked   *Parked
	Handoff  *Handoff
	Cookies  Cookies
	Returns  Returns
}

// New checks c and builds the gate. It makes no request: Provider.Run does, so that a provider that is down stops
// nobody who is signed in.
func New(c Config) (*Gate, error) {
	if err := c.validate(); err != nil {
		return nil, fmt.Errorf("sso: %w", err)
	}
	c = c.withDefaults()

	cookies := NewCookies(c.PublicURL, c.Framed)
	returns := Returns{prefix: strings.TrimSuffix(c.PublicURL.EscapedPath(), "/")}
	roles := newRoleTable(c)
	once := &ledger{store: c.Revoked, own: MemoryRevocations{Now: c.Now}, log: c.Log}
	sessions, err := newSessions(c, cookies, roles, once)
	if err != nil {
		return nil, fmt.Errorf("sso: %w", err)
	}
	parked, err := newSealer(c.SessionKeys, "parked form")
	if err != nil {
		return nil, fmt.Errorf("sso: %w", err)
	}
	handoff, err := newSealer(c.SessionKeys, "frame handoff")
	if err != nil {
		return nil, fmt.Errorf("sso: %w", err)
	}
	attempts, err := newAttempts(c, cookies)
	if err != nil {
		return nil, fmt.Errorf("sso: %w", err)
	}
	return &Gate{
		Provider: newProvider(c, attempts, returns, roles, once),
		Sessions: sessions,
		Parked:   &Parked{seal: parked, now: c.Now},
		Handoff:  &Handoff{seal: handoff, sessions: sessions, once: once, now: c.Now},
		Cookies:  cookies,
		Returns:  returns,
	}, nil
}

func (c Config) validate() error {
	var problems []error
	if c.Issuer == "" {
		problems = append(problems, errors.New("no issuer"))
	}
	if c.ClientID == "" {
		problems = append(problems, errors.New("no client id"))
	}
	if c.PublicURL == nil || c.PublicURL.Host == "" {
		problems = append(problems, errors.New("no public address"))
	}
	if len(c.SessionKeys) == 0 {
		problems = append(problems, errors.New("no session key"))
	}
	for i, key := range c.SessionKeys {
		if len(key) != sessionKeySize {
			problems = append(problems, fmt.Errorf("session key %d: got %d bytes, want %d", i+1, len(key), sessionKeySize))
		}
	}
	return errors.Join(problems...)
}

func (c Config) withDefaults() Config {
	if !slices.Contains(c.Scopes, "openid") {
		c.Scopes = append([]string{"openid"}, c.Scopes...)
	}
	if c.RolesClaim == "" {
		c.RolesClaim = "groups"
	}
	if c.Idle <= 0 {
		c.Idle = 30 * time.Minute
	}
	if c.Max <= 0 {
		c.Max = 10 * time.Hour
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.HTTP == nil {
		c.HTTP = &http.Client{Timeout: 10 * time.Second}
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Revoked == nil {
		c.Revoked = &MemoryRevocations{Now: c.Now}
	}
	return c
}
