package ssotest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/oauth2"

	"protime-admin/internal/sso/ssotest"
)

const callback = "http://localhost:8080/login/callback"

func newIssuer(t *testing.T) *ssotest.Issuer {
	t.Helper()
	issuer := &ssotest.Issuer{
		People: []ssotest.Person{
			{Subject: "s1", Name: "Els <Peeters>", Email: "els@acme.example", Groups: []string{"hr-edit"}, Note: "editor"},
			{Subject: "s2", Name: "Marc Dubois"},
		},
		Clients: []ssotest.Client{{
			ID: "app", Secret: "s e:cret", RedirectURIs: []string{callback}, PostLogoutURIs: []string{"http://localhost:8080/"},
		}},
	}
	server := httptest.NewServer(issuer)
	t.Cleanup(server.Close)
	issuer.URL = server.URL
	return issuer
}

func browser() *http.Client {
	return &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func client(issuer *ssotest.Issuer, style oauth2.AuthStyle) *oauth2.Config {
	return &oauth2.Config{
		ClientID: "app", ClientSecret: "s e:cret", RedirectURL: callback, Scopes: []string{"openid"},
		Endpoint: oauth2.Endpoint{AuthURL: issuer.URL + "/authorize", TokenURL: issuer.URL + "/token", AuthStyle: style},
	}
}

func TestThePageOffersPeopleByName(t *testing.T) {
	issuer := newIssuer(t)
	verifier := oauth2.GenerateVerifier()
	config := client(issuer, oauth2.AuthStyleInHeader)
	address := config.AuthCodeURL("the state", oauth2.S256ChallengeOption(verifier)) + "&subject=s2"
	response, err := browser().Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	page, err := goquery.NewDocumentFromReader(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	page.Find("button").Each(func(_ int, b *goquery.Selection) { names = append(names, b.Text()) })
	if got, want := strings.Join(names, "|"), "Els <Peeters> (editor)|Marc Dubois|Cancel"; got != want {
		t.Errorf("buttons: got %q, want %q", got, want)
	}
	policy := response.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "form-action 'self' http://localhost:8080"} {
		if !strings.Contains(policy, want) || strings.Contains(policy, "unsafe") {
			t.Errorf("policy: got %q, want %q in it", policy, want)
		}
	}

	form := url.Values{}
	page.Find("input").Each(func(_ int, i *goquery.Selection) { form.Add(i.AttrOr("name", ""), i.AttrOr("value", "")) })
	if form.Has("subject") {
		t.Error("the address decides who it is, not the person")
	}
	form.Set("subject", "s1")
	answer, err := browser().PostForm(issuer.URL+"/authorize", form)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	back, err := url.Parse(answer.Header.Get("Location"))
	if err != nil || !strings.HasPrefix(back.String(), callback+"?") {
		t.Fatalf("got %s to %q, %v", answer.Status, back, err)
	}
	if q := back.Query(); q.Get("state") != "the state" || q.Get("iss") != issuer.URL || q.Get("code") == "" {
		t.Errorf("answer: got %v", q)
	}
	token, err := config.Exchange(t.Context(), back.Query().Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		t.Fatal(err)
	}
	if got := userInfo(t, issuer, token.AccessToken); got["name"] != "Els <Peeters>" || got["sub"] != "s1" {
		t.Errorf("userinfo: got %v", got)
	}
}

func userInfo(t *testing.T, issuer *ssotest.Issuer, token string) map[string]any {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, issuer.URL+"/userinfo", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	response, err := browser().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var said map[string]any
	if err := json.NewDecoder(response.Body).Decode(&said); err != nil {
		t.Fatal(err)
	}
	return said
}

func TestAuthorizationRequestsThatAreRefused(t *testing.T) {
	issuer := newIssuer(t)
	good, err := url.Parse(client(issuer, 0).AuthCodeURL("s", oauth2.S256ChallengeOption(oauth2.GenerateVerifier())))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, param, value string
		want               string // error in the redirect; "" for a page that redirects nowhere
	}{
		{"an unknown client", "client_id", "other", ""},
		{"an address that is not registered", "redirect_uri", "https://evil.example/", ""},
		{"an address that begins like a registered one", "redirect_uri", callback + ".evil.example", ""},
		{"no PKCE", "code_challenge", "", "invalid_request"},
		{"plain PKCE", "code_challenge_method", "plain", "invalid_request"},
		{"implicit flow", "response_type", "id_token", "unsupported_response_type"},
		{"no openid", "scope", "profile", "invalid_scope"},
		{"no page wanted", "prompt", "none", "login_required"},
	} {
		t.Run(test.name, func(t *testing.T) {
			u := *good
			q := u.Query()
			q.Set(test.param, test.value)
			u.RawQuery = q.Encode()
			response, err := browser().Get(u.String())
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			to, err := url.Parse(response.Header.Get("Location"))
			if err != nil {
				t.Fatal(err)
			}
			if got := to.Query().Get("error"); got != test.want || (test.want == "") != (response.StatusCode == http.StatusBadRequest) {
				t.Errorf("got %s to %q, want error %q", response.Status, to, test.want)
			}
		})
	}
}

func TestTokenEndpoint(t *testing.T) {
	now := time.Date(2024, 1, 5, 8, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name   string
		style  oauth2.AuthStyle
		change func(*oauth2.Config, *string, *string) // config, code, verifier
		want   string
	}{
		{"secret in the header", oauth2.AuthStyleInHeader, func(*oauth2.Config, *string, *string) {}, ""},
		{"secret in the form", oauth2.AuthStyleInParams, func(*oauth2.Config, *string, *string) {}, ""},
		{"a wrong secret", oauth2.AuthStyleInHeader, func(c *oauth2.Config, _, _ *string) { c.ClientSecret = "x" }, "invalid_client"},
		{"another verifier", oauth2.AuthStyleInHeader, func(_ *oauth2.Config, _, v *string) { *v = oauth2.GenerateVerifier() }, "invalid_grant"},
		{"another address", oauth2.AuthStyleInHeader, func(c *oauth2.Config, _, _ *string) { c.RedirectURL += "x" }, "invalid_grant"},
		{"a code made up", oauth2.AuthStyleInHeader, func(_ *oauth2.Config, c, _ *string) { *c = "x" }, "invalid_grant"},
		{"a code of before", oauth2.AuthStyleInHeader, func(*oauth2.Config, *string, *string) { now = now.Add(2 * time.Minute) }, "invalid_grant"},
	} {
		t.Run(test.name, func(t *testing.T) {
			issuer := newIssuer(t)
			issuer.Now = func() time.Time { return now }
			config, verifier := client(issuer, test.style), oauth2.GenerateVerifier()
			back, err := issuer.Approve(config.AuthCodeURL("s", oauth2.S256ChallengeOption(verifier)), "s1")
			if err != nil {
				t.Fatal(err)
			}
			u, err := url.Parse(back)
			if err != nil {
				t.Fatal(err)
			}
			code := u.Query().Get("code")
			test.change(config, &code, &verifier)
			token, err := config.Exchange(t.Context(), code, oauth2.VerifierOption(verifier))
			if test.want != "" {
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("got %v, want %s", err, test.want)
				}
				return
			}
			if err != nil || token.Extra("id_token") == nil {
				t.Fatalf("got %v, %v, want tokens", token, err)
			}
			if _, err := config.Exchange(t.Context(), code, oauth2.VerifierOption(verifier)); err == nil {
				t.Error("the code served twice")
			}
			if got := userInfo(t, issuer, token.AccessToken); got["error"] != "invalid_token" {
				t.Errorf("userinfo after the code came twice: got %v, want the token taken back", got)
			}
		})
	}
}

func TestSignOutGoesToRegisteredAddressesOnly(t *testing.T) {
	issuer := newIssuer(t)
	for _, test := range []struct{ query, want string }{
		{"client_id=app&post_logout_redirect_uri=http://localhost:8080/", "http://localhost:8080/"},
		{"client_id=app&post_logout_redirect_uri=http://localhost:8080/&state=x", "http://localhost:8080/?state=x"},
		{"client_id=app&post_logout_redirect_uri=https://evil.example/", ""},
		{"client_id=other&post_logout_redirect_uri=http://localhost:8080/", ""},
		{"post_logout_redirect_uri=http://localhost:8080/", ""},
		{"id_token_hint=a.b.c&client_id=app&post_logout_redirect_uri=http://localhost:8080/", ""},
		{"id_token_hint=" + issuer.Sign(map[string]any{"aud": "app"}) + "&post_logout_redirect_uri=http://localhost:8080/", "http://localhost:8080/"},
		{"", ""},
	} {
		response, err := browser().Get(issuer.URL + "/logout?" + test.query)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(response.Body)
		response.Body.Close()
		if got := response.Header.Get("Location"); got != test.want {
			t.Errorf("%s: got %s to %q, want %q: %s", test.query, response.Status, got, test.want, body)
		}
	}
}

func TestTheZeroValueKnowsNobody(t *testing.T) {
	server := httptest.NewServer(&ssotest.Issuer{})
	defer server.Close()
	for path, want := range map[string]int{
		"/.well-known/openid-configuration": http.StatusOK, "/keys": http.StatusOK, "/authorize": http.StatusBadRequest,
		"/userinfo": http.StatusUnauthorized, "/logout": http.StatusOK, "/elsewhere": http.StatusNotFound,
	} {
		response, err := browser().Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(response.Body)
		response.Body.Close()
		if response.StatusCode != want {
			t.Errorf("%s: got %d, want %d", path, response.StatusCode, want)
		}
		if path == "/keys" && strings.Contains(string(body), `"d"`) {
			t.Error("the private key is published")
		}
	}
}
