package sso

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// clockSkew is how far the provider's clock may differ from this process's.
const clockSkew = time.Minute

// AuthRequest is an authentication request to the provider.
type AuthRequest struct {
	Return string // path to redirect to afterwards; Begin makes it safe
	Frame  string // the result of Frames.Challenge when a frame waits for this window, else ""
	Prompt string // "", or "login" or "select_account" to have the provider ask again
}

// SignedIn is the result of a sign-in by a person with a role, for Sessions.Start.
type SignedIn struct {
	Identity Identity
	Return   string // safe to redirect to
	Frame    string // the challenge of the frame that waits, "" without one

	issued  time.Time // by the provider's clock: when the person authenticated there
	sid     string    // key of the provider's session, "" without one
	groups  []group
	idToken string
}

// Begin sets the cookie of a new sign-in and returns the provider's address to redirect to. The error is ErrUnavailable
// while the provider is not known.
func (p *Provider) Begin(w http.ResponseWriter, r *http.Request, request AuthRequest) (string, error) {
	m, err := p.metadataNow(r.Context())
	if err != nil {
		return "", fmt.Errorf("sso: begin: %w", err)
	}
	next := attempt{
		state: random(), nonce: random(), verifier: oauth2.GenerateVerifier(),
		began: p.now(), back: p.redirects.Safe(request.Return),
	}
	if frameState(request.Frame) {
		next.frame = request.Frame
	}
	p.attempts.begin(w, r, next)
	options := []oauth2.AuthCodeOption{oidc.Nonce(next.nonce), oauth2.S256ChallengeOption(next.verifier)}
	if request.Prompt != "" {
		options = append(options, oauth2.SetAuthURLParam("prompt", request.Prompt))
	}
	return p.oauth(m).AuthCodeURL(next.state, options...), nil
}

// Finish checks the provider's answer, which is the request of /login/callback. The attempt cannot be used again. The
// error is ErrAttempt, ErrDenied, ErrAnswer, ErrNoRole or ErrUnavailable; SignedIn.Return and Frame are set beside it when
// the attempt is this browser's, so that a page can offer to start again.
func (p *Provider) Finish(w http.ResponseWriter, r *http.Request) (SignedIn, error) {
	query := r.URL.Query()
	for _, name := range []string{"state", "code", "iss", "error"} {
		if len(query[name]) > 1 {
			return SignedIn{}, fmt.Errorf("sso: finish: %w: %s given twice", ErrAttempt, name)
		}
	}
	began, err := p.attempts.take(w, r, query.Get("state"))
	if err != nil {
		return SignedIn{}, fmt.Errorf("sso: finish: %w", err)
	}
	came := SignedIn{Return: p.redirects.Safe(began.back), Frame: began.frame}

	// The cookie is cleared in the answer; this refuses a copy of it. When the shared store is down, this process's own
	// memory and the provider's single-use codes have to do.
	key := storeKey("state", p.issuer, began.state)
	if err := p.stores.useOnceHere(r.Context(), key, p.now().Add(2*attemptFor)); err != nil {
		return came, fmt.Errorf("sso: finish: %w: %w", ErrAttempt, err)
	}
	m, err := p.metadata()
	if err != nil {
		return came, fmt.Errorf("sso: finish: %w", err)
	}
	if err := p.checkIssuer(query.Get("iss"), query.Has("iss"), m); err != nil {
		return came, fmt.Errorf("sso: finish: %w", err)
	}
	if query.Has("error") {
		return came, &DeniedError{Code: errorCode(query.Get("error"))}
	}
	ctx := oidc.ClientContext(r.Context(), p.client)
	token, err := p.exchange(ctx, m, query.Get("code"), began.verifier)
	if err != nil {
		return came, fmt.Errorf("sso: finish: %w", err)
	}
	signed, err := p.verify(ctx, m, token, began.nonce)
	signed.Return, signed.Frame = came.Return, came.Frame
	if noRole := (*NoRoleError)(nil); errors.As(err, &noRole) {
		return signed, err
	}
	if err != nil {
		return came, fmt.Errorf("sso: finish: %w", err)
	}
	// The provider's times are whole seconds. A logout of the same second that is recorded by now came before.
	person := []string{storeKey("sub", p.issuer, signed.Identity.Subject)}
	if before, _ := p.stores.revoked(r.Context(), person, signed.issued); before {
		signed.issued = signed.issued.Add(time.Second)
	}
	return signed, nil
}

// checkIssuer checks the `iss` of the answer (RFC 9207), which keeps one provider's answer from being used for another.
func (p *Provider) checkIssuer(iss string, given bool, m *metadata) error {
	if given && iss != p.issuer {
		return fmt.Errorf("%w: from another issuer", ErrAnswer)
	}
	if !given && m.issParam {
		return fmt.Errorf("%w: without the issuer, which the provider supports", ErrAnswer)
	}
	return nil
}

func (p *Provider) exchange(ctx context.Context, m *metadata, code, verifier string) (*oauth2.Token, error) {
	if code == "" {
		return nil, fmt.Errorf("%w: without a code", ErrAnswer)
	}
	token, err := p.oauth(m).Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err == nil {
		return token, nil
	}
	refused := (*oauth2.RetrieveError)(nil)
	if !errors.As(err, &refused) {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, oneLine(err))
	}
	said := errorCode(refused.ErrorCode)
	switch {
	case said == "invalid_grant": // used before, too old, or another's
		return nil, fmt.Errorf("%w: the provider refuses the code", ErrAttempt)
	case refused.Response != nil && refused.Response.StatusCode >= 500:
		return nil, fmt.Errorf("%w: token endpoint: %s", ErrUnavailable, refused.Response.Status)
	default:
		return nil, fmt.Errorf("%w: token endpoint: %s", ErrAnswer, said)
	}
}

// verify checks the tokens and reads the identity.
func (p *Provider) verify(ctx context.Context, m *metadata, token *oauth2.Token, nonce string) (SignedIn, error) {
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return SignedIn{}, fmt.Errorf("%w: without an ID token", ErrAnswer)
	}
	idToken, err := m.verifier.Verify(ctx, raw)
	if err != nil {
		return SignedIn{}, verifyError(err)
	}
	said, err := claimsOf(idToken.Claims)
	if err != nil {
		return SignedIn{}, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	if err := p.checkIDToken(idToken, said, token.AccessToken, nonce); err != nil {
		return SignedIn{}, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	extra := claims{}
	if m.userInfo && !p.complete(said) {
		if extra, err = p.userInfo(ctx, m, token, idToken.Subject); err != nil {
			if _, known := said.at(p.rolesClaim); !known || errors.Is(err, ErrAnswer) {
				return SignedIn{}, err
			}
			p.log.WarnContext(ctx, "userinfo cannot be read; the ID token is used alone", "error", err)
			extra = claims{}
		}
	}
	return p.identify(said, extra, idToken.Subject, raw)
}

// checkIDToken makes the checks of OpenID Connect Core, section 3.1.3.7, that the verifier leaves to its caller.
func (p *Provider) checkIDToken(t *oidc.IDToken, said claims, accessToken, nonce string) error {
	if !validSubject(t.Subject) {
		return errors.New("no valid subject")
	}
	if subtle.ConstantTimeCompare([]byte(t.Nonce), []byte(nonce)) != 1 {
		return errors.New("nonce of another attempt")
	}
	if azp, given := said["azp"]; given && azp != p.clientID {
		return errors.New("authorized party is another client")
	} else if !given && len(t.Audience) > 1 {
		return errors.New("several audiences and no authorized party")
	}
	now := p.now()
	if !now.Before(t.Expiry.Add(clockSkew)) {
		return errors.New("expired")
	}
	if t.IssuedAt.After(now.Add(clockSkew)) {
		return errors.New("issued in the future")
	}
	if from, given := said.time("nbf"); given && from.After(now.Add(clockSkew)) {
		return errors.New("not valid yet")
	}
	if t.AccessTokenHash != "" && t.VerifyAccessToken(accessToken) != nil {
		return errors.New("belongs to another access token")
	}
	return nil
}

// complete reports whether the ID token has every claim that pages need.
func (p *Provider) complete(said claims) bool {
	_, roles := said.at(p.rolesClaim)
	return roles && said.text("name") != "" && said.text("email") != ""
}

// userInfo reads the claims that the ID token lacks. Their subject has to be the same.
func (p *Provider) userInfo(ctx context.Context, m *metadata, token *oauth2.Token, subject string) (claims, error) {
	info, err := m.oidc.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return nil, fmt.Errorf("%w: userinfo: %w", ErrUnavailable, oneLine(err))
	}
	if info.Subject != subject {
		return nil, fmt.Errorf("%w: userinfo is about another subject", ErrAnswer)
	}
	said, err := claimsOf(info.Claims)
	if err != nil {
		return nil, fmt.Errorf("%w: userinfo: %w", ErrAnswer, err)
	}
	return said, nil
}

// identify reads the identity from the ID token's claims, else from userinfo's.
func (p *Provider) identify(said, extra claims, subject, raw string) (SignedIn, error) {
	value, given := said.at(p.rolesClaim)
	from := said
	distributed := !given && said.distributed(p.rolesClaim)
	if !given {
		value, given = extra.at(p.rolesClaim)
		from = extra
	}
	if p.rolesClaim == "email" && from.unverified() {
		value = nil // anybody could have entered it
	}
	values := roleValues(value)
	signed := SignedIn{groups: p.roles.matching(values), idToken: raw}
	// The time of authentication rather than of issue: a code that was given before a logout may be exchanged after it.
	signed.issued, _ = said.time("iat")
	if at, given := said.time("auth_time"); given && at.Before(signed.issued) {
		signed.issued = at
	}
	if sid, ok := said["sid"].(string); ok && sid != "" {
		signed.sid = storeKey("sid", p.issuer, sid)
	}
	signed.Identity = Identity{
		Subject: subject, Issuer: p.issuer,
		Name:           displayName(said, extra, subject),
		Email:          either(said, extra, maxEmail, "email"),
		EmployeeNumber: either(said, extra, maxNumber, employeeNumberClaims()...),
		Locale:         either(said, extra, maxLocale, "locale"),
		Roles:          p.roles.roles(signed.groups),
	}
	if len(signed.Identity.Roles) == 0 {
		return signed, &NoRoleError{
			Identity: signed.Identity, Claim: p.rolesClaim, Given: given, Values: len(values), Overage: distributed,
		}
	}
	return signed, nil
}

// verifyError returns ErrUnavailable when the provider's keys could not be read, else ErrAnswer.
func verifyError(err error) error {
	if text := err.Error(); strings.Contains(text, "fetching keys") || strings.Contains(text, "get keys failed") {
		return fmt.Errorf("%w: %w", ErrUnavailable, oneLine(err))
	}
	return fmt.Errorf("%w: %w", ErrAnswer, oneLine(err))
}

// errorCode returns a provider's error code for pages and logs, "unknown" when it has other letters than RFC 6749 uses.
func errorCode(code string) string {
	if code == "" || len(code) > 64 || strings.ContainsFunc(code, func(r rune) bool {
		return r != '_' && (r < 'a' || r > 'z')
	}) {
		return "unknown"
	}
	return code
}
