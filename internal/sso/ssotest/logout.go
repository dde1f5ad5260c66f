package ssotest

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// LogoutEvent is the event of a logout token.
const LogoutEvent = "http://schemas.openid.net/event/backchannel-logout"

// logout redirects to a registered address, or shows that the person is signed out. There is no session to end.
func (i *Issuer) logout(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	id := r.Form.Get("client_id")
	if hint := r.Form.Get("id_token_hint"); hint != "" {
		audience, ok := i.audience(hint)
		if !ok || (id != "" && id != audience) {
			i.page(w, http.StatusBadRequest, pageData{Title: "Sign-out is not possible", Text: "The hint is not a token of this provider."}, "")
			return
		}
		id = audience
	}
	client, _ := i.client(id)
	back := r.Form.Get("post_logout_redirect_uri")
	if back == "" {
		i.page(w, http.StatusOK, pageData{Title: "Signed out", Text: "You can close this window."}, "")
		return
	}
	if !slices.Contains(client.PostLogoutURIs, back) {
		text := "The application asked to return to an address that is not registered."
		i.page(w, http.StatusBadRequest, pageData{Title: "Signed out", Text: text}, "")
		return
	}
	if state := r.Form.Get("state"); state != "" {
		back += "?" + url.Values{"state": {state}}.Encode()
	}
	http.Redirect(w, r, back, http.StatusSeeOther) //nolint:gosec // back is one of the registered addresses
}

// audience returns the client that one of the issuer's ID tokens, expired or not, was made for.
func (i *Issuer) audience(token string) (string, bool) {
	parsed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		return "", false
	}
	payload, err := parsed.Verify(i.signingKey().Public())
	if err != nil {
		return "", false
	}
	for _, client := range i.Clients {
		if strings.Contains(string(payload), `"aud":"`+client.ID+`"`) {
			return client.ID, true
		}
	}
	return "", false
}

// SID returns the `sid` of the person's last sign-in, "" before the first.
func (i *Issuer) SID(subject string) string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.lastSID[subject]
}

// LogoutClaims returns the claims of a logout token for a client, without subject or sid when it is "". URL has to be set.
func (i *Issuer) LogoutClaims(client, subject, sid string) map[string]any {
	now := i.now()
	claims := map[string]any{
		"iss": i.URL, "aud": client, "iat": now.Unix(), "exp": now.Add(2 * time.Minute).Unix(), "jti": randomText(),
		"events": map[string]any{LogoutEvent: map[string]any{}},
	}
	if subject != "" {
		claims["sub"] = subject
	}
	if sid != "" {
		claims["sid"] = sid
	}
	return claims
}

// BackChannelLogout posts a logout token to the client's address and returns the status that it answered with.
func (i *Issuer) BackChannelLogout(ctx context.Context, client, subject, sid string) (int, error) {
	to, known := i.client(client)
	if !known || to.BackChannelURI == "" {
		return 0, fmt.Errorf("ssotest: client %q takes no logout tokens", client)
	}
	form := url.Values{"logout_token": {i.Sign(i.LogoutClaims(client, subject, sid))}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, to.BackChannelURI, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, fmt.Errorf("ssotest: back-channel logout: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	httpClient := i.HTTP
	if httpClient == nil {
		httpClient = http.DefaultClient
	}
	response, err := httpClient.Do(r)
	if err != nil {
		return 0, fmt.Errorf("ssotest: back-channel logout: %w", err)
	}
	defer response.Body.Close()
	return response.StatusCode, nil
}
