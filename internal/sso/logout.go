package sso

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
)

// LogoutURL is the address at the provider that ends the session there too and comes back to the first page; "" when
// the provider offers none or has not been reached, and the first page then has to do. Without room for the ID token
// in the session, the provider is told the client and the subject, and may ask the person to confirm.
func (p *Provider) LogoutURL(session Session) string {
	m, err := p.metadata()
	if err != nil || m.endSession == "" {
		return ""
	}
	u, err := url.Parse(m.endSession)
	if err != nil {
		return ""
	}
	query := u.Query()
	query.Set("client_id", p.clientID)
	query.Set("post_logout_redirect_uri", p.home)
	if hint := unpackHint(session.hint); hint != "" {
		query.Set("id_token_hint", hint)
	} else if session.Identity.Subject != "" {
		query.Set("logout_hint", session.Identity.Subject)
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// LogoutToken is a provider's word, checked, that a session of its own or all sessions of a person are over.
type LogoutToken struct {
	Subject   string // "" when only one session is over
	SessionID string // the provider's `sid`, "" when all sessions of Subject are over
}

// BackChannelLogout takes the `logout_token` that the provider posts and revokes what it names, on every replica. The
// error is ErrAnswer for a token that is not good, ErrUsed for one that came before (answer 400 to both), and
// ErrUnavailable when keys or store cannot be reached (answer 503: providers try again).
func (p *Provider) BackChannelLogout(ctx context.Context, raw string) (LogoutToken, error) {
	token, err := p.VerifyLogoutToken(ctx, raw)
	if err != nil {
		return LogoutToken{}, err
	}
	key := revocationKey("sub", p.issuer, token.Subject)
	if token.SessionID != "" {
		key = revocationKey("sid", p.issuer, token.SessionID)
	}
	if err := p.once.revoke(ctx, key, p.now().Add(p.revokeIn)); err != nil {
		return LogoutToken{}, err
	}
	return token, nil
}

// VerifyLogoutToken makes the checks of OpenID Connect Back-Channel Logout, section 2.6, and lets each token pass once.
// The errors are those of BackChannelLogout.
func (p *Provider) VerifyLogoutToken(ctx context.Context, raw string) (LogoutToken, error) {
	token, err := p.verifyLogoutToken(ctx, raw)
	if err != nil {
		return LogoutToken{}, fmt.Errorf("sso: logout token: %w", err)
	}
	return token, nil
}

func (p *Provider) verifyLogoutToken(ctx context.Context, raw string) (LogoutToken, error) {
	m, err := p.metadata()
	if err != nil {
		return LogoutToken{}, err
	}
	if len(raw) > 16<<10 || strings.Count(raw, ".") != 2 {
		return LogoutToken{}, fmt.Errorf("%w: not a signed token", ErrAnswer)
	}
	token, err := m.verifier.VerifyLogout(oidc.ClientContext(ctx, p.client), raw)
	if err != nil {
		return LogoutToken{}, verifyError(err)
	}
	said, err := claimsOf(token.Claims)
	if err != nil {
		return LogoutToken{}, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	if err := p.checkLogoutToken(token, said); err != nil {
		return LogoutToken{}, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	until := token.Expiry.Add(2 * clockSkew)
	if err := p.once.useOnce(ctx, revocationKey("jti", p.issuer, token.TokenID), until); err != nil {
		return LogoutToken{}, err
	}
	return LogoutToken{Subject: token.Subject, SessionID: token.SessionID}, nil
}

// checkLogoutToken makes the checks that the verifier leaves out.
func (p *Provider) checkLogoutToken(token *oidc.LogoutToken, said claims) error {
	events, _ := said["events"].(map[string]any)
	if _, ok := events["http://schemas.openid.net/event/backchannel-logout"].(map[string]any); !ok {
		return errors.New("the logout event is no object")
	}
	now := p.now()
	if !now.Before(token.Expiry.Add(clockSkew)) {
		return errors.New("expired")
	}
	if _, given := said.time("iat"); !given || token.IssuedAt.After(now.Add(clockSkew)) {
		return errors.New("not issued yet, or without saying when")
	}
	if token.Subject != "" && !validSubject(token.Subject) {
		return errors.New("no subject that can be one")
	}
	return nil
}
