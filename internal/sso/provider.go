package sso

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	rediscover      = 10 * time.Minute // how often the provider's metadata is read again
	firstRetry      = time.Second
	longestRetry    = 30 * time.Second
	maxProviderBody = 1 << 20 // bytes of one answer of the provider
)

// Provider is the company's OpenID Connect provider: the way there, the way back, and the way out.
type Provider struct {
	issuer       string
	clientID     string
	clientSecret string
	scopes       []string
	rolesClaim   string
	redirectURI  string
	home         string // absolute address of the first page

	client   *http.Client
	attempts *attempts
	returns  Returns
	roles    roleTable
	once     *ledger
	log      *slog.Logger
	now      func() time.Time
	revokeIn time.Duration // how long a revocation has to be remembered

	asking sync.Mutex // held by who asks at the doorstep
	silent time.Time  // when the provider was asked there in vain

	mu    sync.RWMutex
	known *metadata // nil until the provider answered
	err   error     // of the last try to read the metadata
}

// metadata is what the provider says about itself.
type metadata struct {
	oidc       *oidc.Provider
	raw        string
	endpoint   oauth2.Endpoint
	verifier   *oidc.IDTokenVerifier
	issParam   bool // RFC 9207: its answers carry `iss`
	endSession string
	origins    []string // where a browser is sent
	userInfo   bool
}

func newProvider(c Config, attempts *attempts, returns Returns, roles roleTable, once *ledger) *Provider {
	base := strings.TrimSuffix(c.PublicURL.Scheme+"://"+c.PublicURL.Host+returns.prefix, "/")
	return &Provider{
		issuer: c.Issuer, clientID: c.ClientID, clientSecret: c.ClientSecret, scopes: c.Scopes,
		rolesClaim: c.RolesClaim, redirectURI: base + "/login/callback", home: base + "/",
		client: guarded(c.HTTP), attempts: attempts, returns: returns, roles: roles, once: once,
		log: c.Log, now: c.Now, revokeIn: c.Max + time.Minute,
		err: errors.New("not asked yet"),
	}
}

// Run reads the provider's metadata, trying again until it answers and now and then later on, until ctx is done. Start
// it in a goroutine of its own; nothing else waits for it.
func (p *Provider) Run(ctx context.Context) {
	retry := firstRetry
	for {
		wait := rediscover
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

// Ready is nil when the provider answered the last time that it was asked for its metadata.
func (p *Provider) Ready() error {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.err != nil {
		return fmt.Errorf("sso: %w: %w", ErrUnavailable, p.err)
	}
	return nil
}

// Discover asks for the metadata once. What was known before stays when the provider does not answer.
func (p *Provider) Discover(ctx context.Context) error {
	known, err := p.discover(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.err = err
	if err != nil {
		return fmt.Errorf("sso: discover %s: %w", p.issuer, err)
	}
	if p.known == nil || p.known.raw != known.raw {
		p.known = known // the same document keeps the same keys in memory
	}
	return nil
}

// doorstep is how long somebody who wants in waits for a provider of which nothing is known yet, and for how long its
// silence then counts for everybody else.
const doorstep = 3 * time.Second

// know is the metadata, asked for now when there is none yet: a process that has just started turns nobody away.
func (p *Provider) know(ctx context.Context) (*metadata, error) {
	m, err := p.metadata()
	if err == nil {
		return m, nil
	}
	p.asking.Lock()
	defer p.asking.Unlock()
	if m, err := p.metadata(); err == nil {
		return m, nil
	}
	if p.now().Sub(p.silent) < doorstep {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), doorstep)
	defer cancel()
	if p.Discover(ctx) != nil {
		p.silent = p.now()
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
		JWKS       string   `json:"jwks_uri"`
		UserInfo   string   `json:"userinfo_endpoint"`
		EndSession string   `json:"end_session_endpoint"`
		IssParam   bool     `json:"authorization_response_iss_parameter_supported"`
		AuthWays   []string `json:"token_endpoint_auth_methods_supported"`
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
	endpoint.AuthStyle = authStyle(said.AuthWays)
	return &metadata{
		oidc: found, raw: string(raw), endpoint: endpoint, issParam: said.IssParam,
		endSession: said.EndSession, userInfo: said.UserInfo != "",
		origins: origins(endpoint.AuthURL, said.EndSession),
		// Expiry is checked by us: this verifier knows no clock skew.
		verifier: found.Verifier(&oidc.Config{ClientID: p.clientID, SkipExpiryCheck: true}),
	}, nil
}

// acceptable refuses endpoints that would send codes and secrets over a worse line than the issuer's own.
func (p *Provider) acceptable(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return fmt.Errorf("metadata: %q is no address", address)
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

// Origins are the origins that a browser is sent to for signing in and out: a policy of `form-action` has to name
// them, because it is applied to the redirects after a form too. Empty while the provider is not known.
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

// authStyle is how the token endpoint wants the client's secret. Letting x/oauth2 find out costs a refused request,
// and some providers burn the code with it.
func authStyle(ways []string) oauth2.AuthStyle {
	for _, way := range ways {
		if way == "client_secret_basic" {
			return oauth2.AuthStyleInHeader
		}
	}
	if len(ways) == 0 {
		return oauth2.AuthStyleInHeader // the default of OpenID Connect Discovery
	}
	return oauth2.AuthStyleInParams
}

// rawText keeps a JSON document as it came.
type rawText string

// UnmarshalJSON implements json.Unmarshaler.
func (t *rawText) UnmarshalJSON(data []byte) error {
	*t = rawText(data)
	return nil
}

// guarded is the client with two limits: answers end after maxProviderBody bytes, and redirects stay on their host, so
// that no code or secret follows one elsewhere.
func guarded(client *http.Client) *http.Client {
	copied := *client
	copied.Transport = limitedTransport{client.Transport}
	copied.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		if first := via[0].URL; len(via) >= 5 || r.URL.Host != first.Host || r.URL.Scheme != first.Scheme {
			return http.ErrUseLastResponse
		}
		return nil
	}
	return &copied
}

type limitedTransport struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (t limitedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	next := t.next
	if next == nil {
		next = http.DefaultTransport
	}
	response, err := next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	response.Body = http.MaxBytesReader(nil, response.Body, maxProviderBody)
	return response, nil
}

// oneLine keeps a provider's error page out of the log: it is cut, and its control characters go.
func oneLine(err error) error {
	return errors.New(plainText(err.Error(), 200))
}
