package ssotest

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

const (
	keyID    = "p256-1"
	tokenFor = 5 * time.Minute
)

// token exchanges a code for tokens.
func (i *Issuer) token(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		oauthError(w, http.StatusBadRequest, "invalid_request")
		return
	}
	if i.fault().TokenDown {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = w.Write([]byte("<h1>Something broke</h1>")) // the client is gone
		return
	}
	client, ok := i.authenticated(r)
	if !ok {
		w.Header().Set("WWW-Authenticate", `Basic realm="token"`)
		oauthError(w, http.StatusUnauthorized, "invalid_client")
		return
	}
	if r.PostForm.Get("grant_type") != "authorization_code" {
		oauthError(w, http.StatusBadRequest, "unsupported_grant_type")
		return
	}
	g, ok := i.take(r.PostForm, client)
	if !ok {
		oauthError(w, http.StatusBadRequest, "invalid_grant")
		return
	}
	answer := map[string]any{
		"access_token": g.accessToken, "token_type": "Bearer", "expires_in": int(tokenFor / time.Second), "scope": g.scope,
	}
	if !i.fault().NoIDToken {
		answer["id_token"] = i.idToken(g)
	}
	writeJSON(w, http.StatusOK, answer)
}

// authenticated returns the client that sent the request, by HTTP Basic or by fields of the form, not both.
func (i *Issuer) authenticated(r *http.Request) (Client, bool) {
	id, secret, basic := r.BasicAuth()
	if basic {
		var errID, errSecret error
		id, errID = url.QueryUnescape(id)
		secret, errSecret = url.QueryUnescape(secret)
		if errID != nil || errSecret != nil || r.PostForm.Has("client_secret") {
			return Client{}, false
		}
	} else {
		id, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	client, known := i.client(id)
	return client, known && subtle.ConstantTimeCompare([]byte(client.Secret), []byte(secret)) == 1
}

// take returns the grant of a code that was not used before. A second use revokes the access token of the first.
func (i *Issuer) take(form url.Values, client Client) (*grant, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	g, known := i.grants[form.Get("code")]
	if !known || g.client != client.ID {
		return nil, false
	}
	if g.used {
		delete(i.tokens, g.accessToken)
		return nil, false
	}
	g.used = true
	sum := sha256.Sum256([]byte(form.Get("code_verifier")))
	challenge := base64.RawURLEncoding.EncodeToString(sum[:])
	if challenge != g.challenge || form.Get("redirect_uri") != g.redirect || i.now().After(g.expires) {
		return nil, false
	}
	g.accessToken = randomText()
	i.tokens[g.accessToken] = g
	return g, true
}

func (i *Issuer) idToken(g *grant) string {
	faults := i.fault()
	now := i.now()
	hash := sha256.Sum256([]byte(g.accessToken))
	claims := map[string]any{
		"iss": g.issuerAtGrant, "sub": g.person.Subject, "aud": g.client, "azp": g.client, "sid": g.sid,
		"iat": now.Unix(), "exp": now.Add(tokenFor).Unix(), "auth_time": now.Unix(),
		"nonce": g.nonce, "at_hash": base64.RawURLEncoding.EncodeToString(hash[:16]),
	}
	if !faults.UserInfoOnly {
		i.describe(claims, g.person, faults)
	}
	if faults.Overage {
		claims["_claim_names"] = map[string]any{"groups": "src1"}
		claims["_claim_sources"] = map[string]any{"src1": map[string]any{"endpoint": g.issuerAtGrant + "/groups"}}
	}
	spoil(claims, faults, now)
	if faults.Edit != nil {
		faults.Edit(claims)
	}
	client, _ := i.client(g.client)
	return i.signed(claims, faults, client.Secret)
}

// spoil applies the faults that are wrong claims.
func spoil(claims map[string]any, f Faults, now time.Time) {
	for _, fault := range []struct {
		on    bool
		name  string
		value any // nil removes the claim
	}{
		{f.WrongNonce, "nonce", "somebody-elses"},
		{f.NoNonce, "nonce", nil},
		{f.ForeignAudience, "aud", "another-client"},
		{f.ForeignParty, "azp", "another-client"},
		{f.ManyAudiences, "azp", nil},
		{f.ManyAudiences, "aud", []any{claims["aud"], "another-client"}},
		{f.Expired, "exp", now.Add(-2 * time.Minute).Unix()},
		{f.FromTheFuture, "iat", now.Add(time.Hour).Unix()},
		{f.NotYetValid, "nbf", now.Add(time.Hour).Unix()},
		{f.OtherIssuer, "iss", "https://other.example"},
		{f.NoSubject, "sub", nil},
		{f.WrongAtHash, "at_hash", "AAAAAAAAAAAAAAAAAAAAAA"},
	} {
		switch {
		case !fault.on:
		case fault.value == nil:
			delete(claims, fault.name)
		default:
			claims[fault.name] = fault.value
		}
	}
}

// describe adds the claims about the person.
func (i *Issuer) describe(claims map[string]any, p Person, f Faults) {
	for name, value := range map[string]string{
		"name": p.Name, "email": p.Email, "employee_number": p.EmployeeNumber, "locale": p.Locale,
	} {
		if value != "" {
			claims[name] = value
		}
	}
	if !f.NoRoles && !f.Overage {
		i.rolesMember(claims, p.Groups)
	}
}

// Sign returns a token of any claims, signed with the issuer's key.
func (i *Issuer) Sign(claims map[string]any) string { return i.signed(claims, Faults{}, "") }

func (i *Issuer) signed(claims map[string]any, f Faults, secret string) string {
	payload := mustJSON(claims)
	if f.AlgNone {
		encode := base64.RawURLEncoding.EncodeToString
		return encode([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + encode(payload) + "."
	}
	key := jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: i.signingKey(), KeyID: keyID}}
	switch {
	case f.ForeignKey:
		key.Key = jose.JSONWebKey{Key: newKey(), KeyID: keyID}
	case f.UnknownKey:
		key.Key = jose.JSONWebKey{Key: newKey(), KeyID: "not-published"}
	case f.Symmetric:
		padded := sha256.Sum256([]byte(secret))
		key = jose.SigningKey{Algorithm: jose.HS256, Key: jose.JSONWebKey{Key: padded[:], KeyID: keyID}}
	case f.KeyConfusion:
		public, err := x509.MarshalPKIXPublicKey(i.signingKey().Public())
		if err != nil {
			panic("ssotest: public key: " + err.Error())
		}
		key = jose.SigningKey{Algorithm: jose.HS256, Key: jose.JSONWebKey{Key: public, KeyID: keyID}}
	}
	signer, err := jose.NewSigner(key, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		panic("ssotest: signer: " + err.Error())
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		panic("ssotest: sign: " + err.Error())
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		panic("ssotest: serialise: " + err.Error())
	}
	if !f.Tampered {
		return token
	}
	parts := strings.Split(token, ".")
	claims["sub"] = "somebody-else"
	parts[1] = base64.RawURLEncoding.EncodeToString(mustJSON(claims))
	return strings.Join(parts, ".")
}

// userInfo answers with the claims about the person.
func (i *Issuer) userInfo(w http.ResponseWriter, r *http.Request) {
	faults := i.fault()
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	i.mu.Lock()
	g, known := i.tokens[token]
	i.mu.Unlock()
	switch {
	case faults.UserInfoDown:
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	case !known || i.now().After(g.expires.Add(tokenFor)):
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		oauthError(w, http.StatusUnauthorized, "invalid_token")
		return
	}
	claims := map[string]any{"sub": g.person.Subject}
	if faults.UserInfoOtherSubject {
		claims["sub"] = "somebody-else"
	}
	i.describe(claims, g.person, faults)
	writeJSON(w, http.StatusOK, claims)
}

func oauthError(w http.ResponseWriter, status int, code string) {
	writeJSON(w, status, map[string]string{"error": code})
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	body := mustJSON(value)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(bytes.TrimSpace(body), '\n')) // the client is gone
}

func mustJSON(value any) []byte {
	data, err := json.Marshal(value)
	if err != nil {
		panic("ssotest: " + err.Error())
	}
	return data
}
