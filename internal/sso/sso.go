// Package sso signs people in at the company's OpenID Connect provider, keeps their identity and roles in an encrypted
// session cookie, and ends sessions on every replica.
//
// Start at RelyingParty, which holds the parts. Provider sends a browser to the identity provider (authorization code
// flow with PKCE), checks the answer, and takes back-channel logouts. Sessions writes, reads, lists and ends sessions.
// SealedForms encrypts a form that was posted without a session, so that the page can carry it over the sign-in. Frames
// gives a framed page the session of a window, since identity providers refuse to be framed. Cookies names every cookie
// and its attributes. Redirects accepts paths of this site only. Limiter limits requests per client address.
//
// The package renders no HTML: it sets cookies and returns values and typed errors (see Error). Tokens, codes, secrets
// and cookie values appear in none of its errors and log lines.
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

// Config configures a RelyingParty. Issuer, ClientID, PublicURL and SessionKeys are required.
type Config struct {
	Issuer       string // as the provider's metadata has it
	ClientID     string
	ClientSecret string
	Scopes       []string // openid is added when missing
	RolesClaim   string   // a claim's name, or a path such as realm_access.roles; "groups" when empty

	Roles map[string][]string // by role: the values of the roles claim that give it

	PublicURL   *url.URL // where browsers reach the product; its path is the prefix
	SessionKeys [][]byte // 64 bytes each, newest first

	Idle, Max time.Duration // 30 minutes and 10 hours when zero
	Framed    bool          // FRAME_ANCESTORS is set

	Now     func() time.Time // time.Now when nil
	HTTP    *http.Client     // towards the provider; one with a time limit when nil
	Log     *slog.Logger     // slog.Default when nil
	Revoked RevocationStore  // shared by all replicas; in memory when nil
	List    SessionList      // shared by all replicas; nil: people cannot list their sessions
}

// RelyingParty is the product as a client of the identity provider. Its parts share keys, clock and stores.
type RelyingParty struct {
	Provider  *Provider
	Sessions  *Sessions
	Forms     *SealedForms
	Frames    *Frames
	Cookies   Cookies
	Redirects Redirects
}

// New checks c. It makes no request: Provider.Run does, so that a provider that is down stops nobody who is signed in.
func New(c Config) (*RelyingParty, error) {
	if err := c.validate(); err != nil {
		return nil, fmt.Errorf("sso: %w", err)
	}
	c = c.withDefaults()
	seals := map[string]*sealer{}
	for _, purpose := range []string{"session", "last session", "listed session", "sign-in", "form", "frame code"} {
		var err error
		if seals[purpose], err = newSealer(c.SessionKeys, purpose); err != nil {
			return nil, fmt.Errorf("sso: %w", err)
		}
	}
	cookies := NewCookies(c.PublicURL, c.Framed)
	redirects := Redirects{prefix: strings.TrimSuffix(c.PublicURL.EscapedPath(), "/")}
	roles := newRoleTable(c.Roles)
	shared := &stores{revocations: c.Revoked, own: MemoryRevocations{Now: c.Now}, list: c.List, log: c.Log}
	sessions := newSessions(c, cookies, roles, shared, seals)
	attempts := &attempts{seal: seals["sign-in"], cookies: cookies, now: c.Now}
	return &RelyingParty{
		Provider:  newProvider(c, attempts, redirects, roles, shared),
		Sessions:  sessions,
		Forms:     &SealedForms{seal: seals["form"], now: c.Now},
		Frames:    &Frames{seal: seals["frame code"], sessions: sessions, now: c.Now},
		Cookies:   cookies,
		Redirects: redirects,
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
