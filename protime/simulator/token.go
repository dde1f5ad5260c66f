package simulator

import (
	"crypto/rand"
	"encoding/base64"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// token is what stands behind one access token.
type token struct {
	scopes  []string
	expires time.Time
}

// authenticate answers the two paths below /tenants/: the token endpoint and the discovery document
// (reference/authentication). On the real system they stand on a host of their own.
func (t *Tenant) authenticate(r *http.Request, rest string, body []byte) answer {
	name, path, _ := strings.Cut(rest, "/")
	if known := t.options().Name; known != "" && name != known {
		return notFound("The tenant " + name)
	}
	switch path {
	case "connect/token":
		if r.Method != http.MethodPost {
			return wrong(http.StatusMethodNotAllowed, "MethodNotAllowed", "Use POST.").with("Allow", "POST")
		}
		return t.grant(r, body)
	case ".well-known/openid-configuration":
		return discovery(r, name)
	}
	return t.unknown("%s %s is neither the token endpoint nor the discovery document", r.Method, r.URL.Path)
}

// grant hands out a token. Errors are those of RFC 6749, as the documentation shows none. The client's id
// and secret are form fields; a client that sends them in an Authorization header is not known.
func (t *Tenant) grant(r *http.Request, body []byte) answer {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return denied(http.StatusBadRequest, "invalid_request", "The body must be application/x-www-form-urlencoded.")
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return denied(http.StatusBadRequest, "invalid_request", "The form cannot be read.")
	}
	o := t.options()
	id, secret := form.Get("client_id"), form.Get("client_secret")
	if !fits(id, o.ClientID) || !fits(secret, o.ClientSecret) {
		return denied(http.StatusUnauthorized, "invalid_client", "The client is not known.")
	}
	if form.Get("grant_type") != "client_credentials" {
		return denied(http.StatusBadRequest, "unsupported_grant_type", "Use client_credentials.")
	}
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
	access := t.issue(o, granted, true)
	return answer{status: http.StatusOK, body: []byte(`{"access_token":` + quote(access) +
		`,"expires_in":` + strconv.Itoa(int(o.tokenLifetime().Seconds())) +
		`,"token_type":"Bearer","scope":` + quote(strings.Join(granted, " ")) + `}`)}.with("Cache-Control", "no-store")
}

// fits takes what is given and, where something is demanded, only that.
func fits(given, demanded string) bool { return given != "" && (demanded == "" || given == demanded) }

func denied(status int, code, description string) answer {
	body := `{"error":` + quote(code) + `,"error_description":` + quote(description) + `}`
	return answer{status: status, body: []byte(body)}
}

func discovery(r *http.Request, name string) answer {
	issuer := "http://" + r.Host + "/tenants/" + name
	if r.TLS != nil {
		issuer = "https://" + r.Host + "/tenants/" + name
	}
	return answer{status: http.StatusOK, body: []byte(`{"issuer":` + quote(issuer) +
		`,"token_endpoint":` + quote(issuer+"/connect/token") +
		`,"grant_types_supported":["client_credentials"],"token_endpoint_auth_methods_supported":["client_secret_post"]}`)}
}

// grantable are the scopes that the client may have.
func (t *Tenant) grantable(o Options) []string {
	if o.Scopes != nil {
		return o.Scopes
	}
	return t.contract.Scopes()
}

// issue makes a token that looks like a JWT; nobody is meant to look inside.
func (t *Tenant) issue(o Options, scopes []string, counted bool) string {
	now := o.now()
	access := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"at+jwt"}`)) + "." +
		base64.RawURLEncoding.EncodeToString([]byte(`{"client":"simulated"}`)) + "." + rand.Text()
	t.tokenMu.Lock()
	defer t.tokenMu.Unlock()
	if t.tokens == nil {
		t.tokens = make(map[string]token)
	}
	for old, behind := range t.tokens {
		if now.After(behind.expires) {
			delete(t.tokens, old)
		}
	}
	t.tokens[access] = token{scopes: scopes, expires: now.Add(o.tokenLifetime())}
	if counted {
		t.issued++
	}
	return access
}

// bearer finds the token of a request.
func (t *Tenant) bearer(r *http.Request, o Options) (token, bool) {
	access, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return token{}, false
	}
	t.tokenMu.Lock()
	defer t.tokenMu.Unlock()
	found, ok := t.tokens[access]
	return found, ok && o.now().Before(found.expires)
}

// Token is a back door: a token with these scopes (none: all that the tenant grants) that Tokens does not
// count.
func (t *Tenant) Token(scopes ...string) string {
	t.once.Do(t.prepare)
	o := t.options()
	if len(scopes) == 0 && t.broken == nil {
		scopes = t.grantable(o)
	}
	return t.issue(o, scopes, false)
}

// Tokens is how many tokens were handed out over the wire.
func (t *Tenant) Tokens() int {
	t.tokenMu.Lock()
	defer t.tokenMu.Unlock()
	return t.issued
}

// RevokeTokens makes every token handed out so far invalid: the next call gets 401.
func (t *Tenant) RevokeTokens() {
	t.tokenMu.Lock()
	defer t.tokenMu.Unlock()
	clear(t.tokens)
}
