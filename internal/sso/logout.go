package sso

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
)

// LogoutURL returns the provider's address that ends the session there and comes back to the first page; "" when the
// provider offers none or is not known yet. Where the session has no room for the ID token, the address names client and
// subject instead, and the provider may ask the person to confirm.
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

// BackChannelLogout checks a logout token (OpenID Connect Back-Channel Logout, section 2.6) and ends the sessions that it
// names on every replica: the one of its `sid`, else everywhere those of its `sub` that were issued before it. A token
// that comes again changes nothing. The error is ErrAnswer for a token that is not acceptable (answer 400), and
// ErrUnavailable when keys or store cannot be reached (answer 503: providers try again).
func (p *Provider) BackChannelLogout(ctx context.Context, raw string) (everywhere bool, err error) {
	token, err := p.logoutToken(ctx, raw)
	if err != nil {
		return false, fmt.Errorf("sso: logout token: %w", err)
	}
	// A session that starts when the token is a minute old may last until Max from then on.
	until := token.IssuedAt.Add(p.maxSession + attemptFor + 2*clockSkew)
	if token.SessionID == "" { // later sessions stay, in the list as well
		return true, p.stores.revoke(ctx, storeKey("sub", p.issuer, token.Subject), token.IssuedAt, until)
	}
	key := storeKey("sid", p.issuer, token.SessionID)
	if err := p.stores.revoke(ctx, key, until, until); err != nil { // whenever it was issued
		return false, err
	}
	p.stores.unlist(ctx, key)
	return false, nil
}

func (p *Provider) logoutToken(ctx context.Context, raw string) (*oidc.LogoutToken, error) {
	m, err := p.metadata()
	if err != nil {
		return nil, err
	}
	if len(raw) > 16<<10 || strings.Count(raw, ".") != 2 {
		return nil, fmt.Errorf("%w: not a signed token", ErrAnswer)
	}
	token, err := m.verifier.VerifyLogout(oidc.ClientContext(ctx, p.client), raw)
	if err != nil {
		return nil, verifyError(err)
	}
	said, err := claimsOf(token.Claims)
	if err == nil {
		err = p.checkLogoutToken(token, said)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	return token, nil
}

// checkLogoutToken makes the checks that the verifier leaves to its caller.
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
		return errors.New("issued in the future, or without a time of issue")
	}
	if token.Subject != "" && !validSubject(token.Subject) {
		return errors.New("invalid subject")
	}
	return nil
}
