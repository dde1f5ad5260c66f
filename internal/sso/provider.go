package sso

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	metadataInterval = 10 * time.Minute // between two readings of the provider's metadata
	firstRetry       = time.Second
	longestRetry     = 30 * time.Second
	// firstWait is how long a sign-in waits for a provider that has not answered yet, and for how long no other
	// sign-in asks it again.
	firstWait = 3 * time.Second
)

// Provider is the company's OpenID Connect provider. Begin and Finish sign a person in, LogoutURL and BackChannelLogout
// are the two ways of signing out.
type Provider struct {
	issuer       string
	clientID     string
	clientSecret string
	scopes       []string
	rolesClaim   string
	redirectURI  string
	home         string // absolute address of the first page

	client     *http.Client
	transport  *providerTransport // of client
	attempts   *attempts
	redirects  Redirects
	roles      roleTable
	stores     *stores
	log        *slog.Logger
	now        func() time.Time
	maxSession time.Duration

	first  sync.Mutex // held by the sign-in that reads the metadata first
	failed time.Time  // when such a sign-in got no answer

	mu    sync.RWMutex
	known *metadata // nil until the provider answered
	err   error     // of the last reading of the metadata
}

// metadata is the provider's metadata (OpenID Connect Discovery, section 3).
type metadata struct {
	oidc       *oidc.Provider
	raw        string
	endpoint   oauth2.Endpoint
	verifier   *oidc.IDTokenVerifier
	issParam   bool // RFC 9207: answers have `iss`
	endSession string
	origins    []string // where a browser is sent
	userInfo   bool
}

func newProvider(c Config, attempts *attempts, redirects Redirects, roles roleTable, shared *stores) *Provider {
	base := strings.TrimSuffix(c.PublicURL.Scheme+"://"+c.PublicURL.Host+redirects.prefix, "/")
	client, transport := providerClient(c.HTTP, c.Now)
	return &Provider{
		issuer: c.Issuer, clientID: c.ClientID, clientSecret: c.ClientSecret, scopes: c.Scopes,
		rolesClaim: c.RolesClaim, redirectURI: base + "/login/callback", home: base + "/",
		client: client, transport: transport, attempts: attempts, redirects: redirects, roles: roles, stores: shared,
		log: c.Log, now: c.Now, maxSession: c.Max,
		err: errors.New("not asked yet"),
	}
}

// Run reads the provider's metadata until ctx is done: every ten minutes, and after a failure again within 30 seconds.
// Start it in a goroutine of its own.
func (p *Provider) Run(ctx context.Context) {
	retry := firstRetry
	for {
		wait := metadataInterval
		if err := p.Discover(ctx); err != nil && ctx.Err() == nil {
			p.log.WarnContext(ctx, "identity provider does not answer", "issuer", p.issuer, "error", err, "retry", retry)
			wait = retry
			retry = min(2*retry, longestRetry)
		} else {
			retry = firstRetry
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// Ready returns ErrUnavailable when the last reading of the metadata failed.
func (p *Provider) Ready() error {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.err != nil {
		return fmt.Errorf("sso: %w: %w", ErrUnavailable, p.err)
	}
	return nil
}

// Discover reads the metadata once. After a failure the metadata of before remains in use.
func (p *Provider) Discover(ctx context.Context) error {
	known, err := p.discover(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err = err
	if err != nil {
		return fmt.Errorf("sso: discover %s: %w", p.issuer, err)
	}
	if p.known == nil || p.known.raw != known.raw {
		p.known = known // and with it an empty cache of keys, which the same document does not need
	}
	return nil
}

// metadataNow is metadata for a process that has just started: it reads the metadata when there is none yet.
func (p *Provider) metadataNow(ctx context.Context) (*metadata, error) {
	m, err := p.metadata()
	if err == nil {
		return m, nil
	}
	p.first.Lock()
	defer p.first.Unlock()
	if m, err := p.metadata(); err == nil {
		return m, nil
	}
	if p.now().Sub(p.failed) < firstWait {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), firstWait)
	defer cancel()
	if p.Discover(ctx) != nil {
		p.failed = p.now()
	}
	return p.metadata()
}

func (p *Provider) discover(ctx context.Context) (*metadata, error) {
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, p.client), 15*time.Second)
	defer cancel()
	found, err := oidc.NewProvider(ctx, p.issuer)
	if err != nil {
		return nil, oneLine(err)
	}
	var said struct {
		JWKS        string   `json:"jwks_uri"`
		UserInfo    string   `json:"userinfo_endpoint"`
		EndSession  string   `json:"end_session_endpoint"`
		IssParam    bool     `json:"authorization_response_iss_parameter_supported"`
		AuthMethods []string `json:"token_endpoint_auth_methods_supported"`
	}
	var raw rawText
	if err := errors.Join(found.Claims(&said), found.Claims(&raw)); err != nil {
		return nil, fmt.Errorf("metadata: %w", err)
	}
	endpoint := found.Endpoint()
	for _, address := range []string{endpoint.AuthURL, endpoint.TokenURL, said.JWKS} {
		if err := p.acceptable(address); err != nil {
			return nil, err
		}
	}
	for _, address := range []string{said.UserInfo, said.EndSession} {
		if err := p.acceptable(address); address != "" && err != nil {
			return nil, err
		}
	}
	keys, err := url.Parse(said.JWKS) // as the library's requests have it
	if err != nil {
		return nil, fmt.Errorf("metadata: %w", err)
	}
	p.transport.keysURL.Store(keys)
	endpoint.AuthStyle = authStyle(said.AuthMethods)
	return &metadata{
		oidc: found, raw: string(raw), endpoint: endpoint, issParam: said.IssParam,
		endSession: said.EndSession, userInfo: said.UserInfo != "",
		origins: origins(endpoint.AuthURL, said.EndSession),
		// Expiry is checked in checkIDToken: this verifier allows for no clock skew.
		verifier: found.Verifier(&oidc.Config{ClientID: p.clientID, SkipExpiryCheck: true}),
	}, nil
}

// acceptable returns an error for an endpoint that is not https, unless the issuer is not either.
func (p *Provider) acceptable(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return fmt.Errorf("metadata: %q is no URL", address)
	}
	if u.Scheme == "https" || (u.Scheme == "http" && strings.HasPrefix(p.issuer, "http://")) {
		return nil
	}
	return fmt.Errorf("metadata: %q is not https", address)
}

func (p *Provider) metadata() (*metadata, error) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.known == nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, p.err)
	}
	return p.known, nil
}

func (p *Provider) oauth(m *metadata) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.clientID, ClientSecret: p.clientSecret, Endpoint: m.endpoint,
		RedirectURL: p.redirectURI, Scopes: p.scopes,
	}
}

// Origins returns the origins that a browser is redirected to for signing in and out, for the policy `form-action`, which
// browsers apply to redirects after a form as well. Empty while the provider is not known.
func (p *Provider) Origins() []string {
	m, err := p.metadata()
	if err != nil {
		return nil
	}
	return m.origins
}

func origins(addresses ...string) []string {
	var all []string
	for _, address := range addresses {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" {
			continue
		}
		if origin := u.Scheme + "://" + u.Host; len(all) == 0 || all[0] != origin {
			all = append(all, origin)
		}
	}
	return all
}

// authStyle returns how to send the client's secret to the token endpoint. Detection by x/oauth2 costs a refused request,
// after which some providers do not accept the code any more.
func authStyle(methods []string) oauth2.AuthStyle {
	if len(methods) == 0 || slices.Contains(methods, "client_secret_basic") { // the default of OpenID Connect Discovery
		return oauth2.AuthStyleInHeader
	}
	return oauth2.AuthStyleInParams
}

// rawText is a JSON document as it was received.
type rawText string

// UnmarshalJSON implements json.Unmarshaler.
func (t *rawText) UnmarshalJSON(data []byte) error {
	*t = rawText(data)
	return nil
}
