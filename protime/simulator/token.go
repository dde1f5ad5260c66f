package simulator

import (
	"crypto/rand"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// token is what an access token stands for.
type token struct {
	scopes  []string
	expires time.Time
}

// authenticate answers the token endpoint, POST /tenants/{tenant}/connect/token (reference/authentication). On
// the real system it has a host of its own. Any client that gives an id and a secret gets a token. Errors are
// those of RFC 6749, as the documentation shows none. Id and secret are form fields; a client that sends them in
// an Authorization header is not known.
func (t *Tenant) authenticate(r *http.Request, rest string, body []byte) answer {
	if _, path, _ := strings.Cut(rest, "/"); path != "connect/token" || r.Method != http.MethodPost {
		return t.unknown("%s %s is not the token endpoint", r.Method, r.URL.Path)
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return denied(http.StatusBadRequest, "invalid_request", "The body must be application/x-www-form-urlencoded.")
	}
	form, _ := url.ParseQuery(string(body)) // what cannot be read is missing
	if form.Get("client_id") == "" || form.Get("client_secret") == "" {
		return denied(http.StatusUnauthorized, "invalid_client", "The client is not known.")
	}
	if form.Get("grant_type") != "client_credentials" {
		return denied(http.StatusBadRequest, "unsupported_grant_type", "Use client_credentials.")
	}
	o := t.options()
	granted := t.grantable(o)
	asked := strings.Fields(form.Get("scope"))
	for _, scope := range asked {
		if !slices.Contains(granted, scope) {
			return denied(http.StatusBadRequest, "invalid_scope", "The scope "+scope+" is not granted.")
		}
	}
	if len(asked) > 0 {
		granted = asked
	}
	return answer{status: http.StatusOK, body: []byte(`{"access_token":` + quote(t.issue(o, granted)) +
		`,"expires_in":` + strconv.Itoa(int(o.TokenLifetime.Seconds())) +
		`,"token_type":"Bearer","scope":` + quote(strings.Join(granted, " ")) + `}`)}.with("Cache-Control", "no-store")
}

func denied(status int, code, description string) answer {
	body := `{"error":` + quote(code) + `,"error_description":` + quote(description) + `}`
	return answer{status: status, body: []byte(body)}
}

// grantable returns the scopes that the client may have.
func (t *Tenant) grantable(o Options) []string {
	if o.Scopes != nil {
		return o.Scopes
	}
	return t.contract.Scopes()
}

// issue makes a token that looks like a JWT and says nothing.
func (t *Tenant) issue(o Options, scopes []string) string {
	access := "eyJhbGciOiJub25lIn0.e30." + rand.Text()
	t.tokenMu.Lock()
	defer t.tokenMu.Unlock()
	if t.tokens == nil {
		t.tokens = make(map[string]token)
	}
	t.tokens[access] = token{scopes: scopes, expires: o.Now().Add(o.TokenLifetime)}
	return access
}

// bearer finds the token of a request; false when it is unknown or expired.
func (t *Tenant) bearer(r *http.Request) (token, bool) {
	access, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return token{}, false
	}
	now := t.options().Now()
	t.tokenMu.Lock()
	defer t.tokenMu.Unlock()
	found, ok := t.tokens[access]
	return found, ok && now.Before(found.expires)
}

// Token returns a token with these scopes, or with all that the tenant grants where none is named.
func (t *Tenant) Token(scopes ...string) string {
	t.once.Do(t.prepare)
	o := t.options()
	if len(scopes) == 0 {
		scopes = t.grantable(o)
	}
	return t.issue(o, scopes)
}

// RevokeTokens makes every token handed out so far invalid: the next call gets 401.
func (t *Tenant) RevokeTokens() {
	t.tokenMu.Lock()
	defer t.tokenMu.Unlock()
	clear(t.tokens)
}
