// Package ssotest is a small OpenID Connect provider, for tests and for the demo: discovery, keys (ECDSA P-256), a page
// that offers its people by name, code flow with PKCE, userinfo, sign-out and back-channel logout.
//
// It is an http.Handler. It imports nothing of the product, so that a mistake there is not repeated here. It asks for no
// password, so that it must listen on loopback only. Faults make it misbehave in the ways that a relying party has to
// detect.
//
// Limits: no refresh tokens, no sessions (every sign-in asks who it is), no registration, no encrypted tokens, one signing
// key, everything in memory.
package ssotest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Person is a person who can sign in.
type Person struct {
	Subject        string // unique among the people
	Name           string
	Email          string
	EmployeeNumber string // "" leaves the claim out
	Locale         string
	Groups         []string // the roles claim
	Note           string   // shown beside the name on the page, such as "editor"
}

// Client is a relying party.
type Client struct {
	ID, Secret     string
	RedirectURIs   []string // compared as text
	PostLogoutURIs []string // compared as text
	BackChannelURI string   // where logout tokens are posted; "" for none
}

// Issuer is the provider. Set its fields before the first request; the zero value has no people and no clients. It is safe
// for concurrent use.
type Issuer struct {
	URL        string // of itself, without a last slash; taken from the request's Host when empty
	People     []Person
	Clients    []Client
	RolesClaim string           // "groups" when empty; dots make a path (realm_access.roles)
	Now        func() time.Time // time.Now when nil
	HTTP       *http.Client     // posts logout tokens; http.DefaultClient when nil

	mu      sync.Mutex
	faults  Faults
	key     *ecdsa.PrivateKey
	grants  map[string]*grant // by code
	tokens  map[string]*grant // by access token
	lastSID map[string]string // by subject
}

// grant is one sign-in, with what the token endpoint compares.
type grant struct {
	person                     Person
	client, redirect, nonce    string
	challenge, sid, scope      string
	expires                    time.Time
	used                       bool
	accessToken, issuerAtGrant string
}

// ServeHTTP implements http.Handler.
func (i *Issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Frame-Options", "DENY")
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if f := i.fault(); f.Down || (f.KeysDown && r.URL.Path == "/keys") {
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	}
	switch r.Method + " " + r.URL.Path {
	case "GET /.well-known/openid-configuration":
		i.discovery(w, r)
	case "GET /keys":
		i.keys(w)
	case "GET /authorize":
		i.askWho(w, r)
	case "POST /authorize":
		i.chosen(w, r)
	case "POST /token":
		i.token(w, r)
	case "GET /userinfo", "POST /userinfo":
		i.userInfo(w, r)
	case "GET /logout", "POST /logout":
		i.logout(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (i *Issuer) discovery(w http.ResponseWriter, r *http.Request) {
	base := i.address(r)
	writeJSON(w, http.StatusOK, map[string]any{
		"issuer":                                         base,
		"authorization_endpoint":                         base + "/authorize",
		"token_endpoint":                                 base + "/token",
		"userinfo_endpoint":                              base + "/userinfo",
		"jwks_uri":                                       base + "/keys",
		"end_session_endpoint":                           base + "/logout",
		"response_types_supported":                       []string{"code"},
		"response_modes_supported":                       []string{"query"},
		"grant_types_supported":                          []string{"authorization_code"},
		"subject_types_supported":                        []string{"public"},
		"id_token_signing_alg_values_supported":          i.fault().algorithms(),
		"scopes_supported":                               []string{"openid", "profile", "email"},
		"code_challenge_methods_supported":               []string{"S256"},
		"token_endpoint_auth_methods_supported":          []string{"client_secret_basic", "client_secret_post"},
		"authorization_response_iss_parameter_supported": true,
		"backchannel_logout_supported":                   true,
		"backchannel_logout_session_supported":           true,
	})
}

func (i *Issuer) keys(w http.ResponseWriter) {
	writeJSON(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{
		Key: i.signingKey().Public(), KeyID: keyID, Algorithm: string(jose.ES256), Use: "sig",
	}}})
}

func (i *Issuer) address(r *http.Request) string {
	if i.URL != "" {
		return i.URL
	}
	return "http://" + r.Host
}

func (i *Issuer) now() time.Time {
	if i.Now != nil {
		return i.Now()
	}
	return time.Now()
}

func (i *Issuer) signingKey() *ecdsa.PrivateKey {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.key == nil {
		i.key = newKey()
	}
	return i.key
}

func newKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic("ssotest: no randomness: " + err.Error())
	}
	return key
}

func (i *Issuer) client(id string) (Client, bool) {
	at := slices.IndexFunc(i.Clients, func(c Client) bool { return c.ID == id })
	if at < 0 {
		return Client{}, false
	}
	return i.Clients[at], true
}

func (i *Issuer) person(subject string) (Person, bool) {
	at := slices.IndexFunc(i.People, func(p Person) bool { return p.Subject == subject })
	if at < 0 {
		return Person{}, false
	}
	return i.People[at], true
}

// rolesMember sets the roles claim, whose name may be a path.
func (i *Issuer) rolesMember(claims map[string]any, groups []string) {
	path := i.RolesClaim
	if path == "" {
		path = "groups"
	}
	steps := strings.Split(path, ".")
	for _, step := range steps[:len(steps)-1] {
		inner := map[string]any{}
		claims[step] = inner
		claims = inner
	}
	claims[steps[len(steps)-1]] = groups
}

func randomText() string {
	b := make([]byte, 24)
	rand.Read(b) // never fails: the program ends when the system has no randomness
	return base64.RawURLEncoding.EncodeToString(b)
}
