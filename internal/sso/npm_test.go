//go:build providers

package sso_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"protime-admin/internal/browsertest"
)

func TestSignInAtTheCertifiedProvider(t *testing.T) {
	script, err := filepath.Abs("testdata/oidc-provider.mjs")
	if err != nil {
		t.Fatal(err)
	}
	for name, claims := range map[string]string{"claims in the ID token": "id_token", "claims only in userinfo": "userinfo"} {
		t.Run(name, func(t *testing.T) {
			p := newProduct(t)
			node := browsertest.Node(t, " listens", script, p.URL, claims)
			_, said, _ := strings.Cut(node.Output(), "issuer ")
			issuer, _, _ := strings.Cut(said, " ")
			p.open(t, issuer)
			s := newSurfer(t, map[string]string{"login": "els", "password": "any"})

			status, at, text := s.get(p.URL + "/login?return=/clockings/8192/edit")
			if want := "/clockings/8192/edit|Els Peeters|els.peeters@acme.example|[editor]"; status != http.StatusOK || text != want {
				t.Fatalf("sign-in: got %d %q at %s, want %q\n%s", status, text, at, want, node.Output())
			}
			frame := s.client.Jar.Cookies(mustURL(t, p.URL)) // as a second session of the same sign-in would have them
			status, at, text = s.post(p.URL+"/logout", nil)
			if status != http.StatusUnauthorized || at != p.URL+"/" {
				t.Errorf("sign-out: got %d %q at %s, want the first page without a session", status, text, at)
			}
			if got := p.toldToEnd.Load(); got != 1 {
				t.Errorf("back-channel logout: got %d good tokens, want 1\n%s", got, node.Output())
			}
			s.client.Jar.SetCookies(mustURL(t, p.URL), frame)
			if status, _, text := s.get(p.URL + "/clockings"); status != http.StatusUnauthorized {
				t.Errorf("a copy of the session after sign-out: got %d %q", status, text)
			}

			s = newSurfer(t, map[string]string{"login": "tom", "password": "any"})
			if status, at, text := s.get(p.URL + "/login"); status != http.StatusForbidden {
				t.Errorf("somebody without a role: got %d %q at %s, want 403", status, text, at)
			}
		})
	}
}

// TestTheCertifiedProvidersOwnSignOutReachesTheProduct: the person signs out at the provider, not here.
func TestTheCertifiedProvidersOwnSignOutReachesTheProduct(t *testing.T) {
	script, err := filepath.Abs("testdata/oidc-provider.mjs")
	if err != nil {
		t.Fatal(err)
	}
	p := newProduct(t)
	node := browsertest.Node(t, " listens", script, p.URL, "id_token")
	_, said, _ := strings.Cut(node.Output(), "issuer ")
	issuer, _, _ := strings.Cut(said, " ")
	p.open(t, issuer)
	s := newSurfer(t, map[string]string{"login": "els", "password": "any"})
	if status, _, text := s.get(p.URL + "/login"); status != http.StatusOK {
		t.Fatalf("sign-in: got %d %q", status, text)
	}
	s.get(issuer + "/session/end")
	if status, _, text := s.get(p.URL + "/clockings"); status != http.StatusUnauthorized || !strings.Contains(text, "revoked") {
		t.Errorf("after signing out at the provider: got %d %q, want a revoked session\n%s", status, text, node.Output())
	}
}
