package sso_test

import (
	"net/url"
	"strings"
	"testing"

	"protime-admin/internal/sso"
)

func redirects(t testing.TB, public string) sso.Redirects {
	t.Helper()
	u, err := url.Parse(public)
	if err != nil {
		t.Fatal(err)
	}
	rp, err := sso.New(sso.Config{Issuer: "https://idp.example", ClientID: "x", PublicURL: u, SessionKeys: [][]byte{key('a')}})
	if err != nil {
		t.Fatal(err)
	}
	return rp.Redirects
}

func TestSafeReturn(t *testing.T) {
	root, under := redirects(t, "https://admin.acme.example"), redirects(t, "https://portal.acme.example/protime/")
	for _, test := range []struct{ raw, root, under string }{
		{"/", "/", "/protime/"},
		{"/clockings/8192/edit", "/clockings/8192/edit", "/protime/clockings/8192/edit"},
		{"/protime/clockings", "/protime/clockings", "/protime/clockings"},
		{"/protime", "/protime", "/protime/"},
		{"/clockings?date.ge=2024-01-05&person=1,2", "/clockings?date.ge=2024-01-05&person=1,2", "/protime/clockings?date.ge=2024-01-05&person=1,2"},
		{"/people?q=Zo%C3%AB%20%2F%2F", "/people?q=Zo%C3%AB%20%2F%2F", "/protime/people?q=Zo%C3%AB%20%2F%2F"},
		{"/people?q=Zoë", "/people?q=Zo%C3%AB", "/protime/people?q=Zo%C3%AB"},
		{"/clockings/new?why.note=a%0Ab", "/clockings/new?why.note=a%0Ab", "/protime/clockings/new?why.note=a%0Ab"},
		{"/terminals/@external-code:T7", "/terminals/@external-code:T7", "/protime/terminals/@external-code:T7"},
		{"/clockings#top", "/clockings", "/protime/clockings"},
		{"/protimes/x", "/protimes/x", "/protime/protimes/x"},
	} {
		if got := root.Safe(test.raw); got != test.root {
			t.Errorf("%q at the root: got %q, want %q", test.raw, got, test.root)
		}
		if got := under.Safe(test.raw); got != test.under {
			t.Errorf("%q under a prefix: got %q, want %q", test.raw, got, test.under)
		}
	}
}

func TestOpenRedirectsGoHome(t *testing.T) {
	root, under := redirects(t, "https://admin.acme.example"), redirects(t, "https://portal.acme.example/protime")
	for _, raw := range []string{
		"", "clockings", "//evil.example", "///evil.example", "////evil.example/x", "/\\evil.example", "\\\\evil.example", "/\\/evil.example",
		"/%5Cevil.example", "/%5cevil.example", "/%2F/evil.example", "/%2fevil.example/%2e%2e", "/%2F%2Fevil.example", "/%252F%252Fevil.example",
		"https://evil.example/", "http:evil.example", "https:/evil.example", "HTTPS://admin.acme.example@evil.example/",
		"javascript:alert(1)", "data:text/html,x", "/\tevil", "/\t/evil.example", "\t//evil.example", " //evil.example", "/\n/evil.example",
		"/\r\nSet-Cookie: x=1", "/clockings\r\nLocation: //evil.example", "/clockings\x00", "/clockings/%00", "/%0d%0aSet-Cookie:x", "/clockings/\x7f",
		"/..//evil.example", "/../protime-other", "/protime/../other-app", "/protime/%2e%2e/other-app", "/protime/%2E%2E%2Fother-app", "/./x", "/a/..",
		"/.%2e/x", "/protime/..;/x/../y", "/a//evil.example", "/clockings?x=%zz", "/%zz", "/%",
		"/login", "/login?return=/login", "/login/callback?code=x&state=y", "/logout", "/Logout", "/login%2Fcallback", "/protime/login",
		"/clockings/" + strings.Repeat("a", 5000), "/" + strings.Repeat("\xff", 1500), "/?q=" + strings.Repeat("é", 800),
	} {
		if raw == "/protime/login" {
			if got := under.Safe(raw); got != "/protime/" {
				t.Errorf("%q under a prefix: got %q, want home", raw, got)
			}
			continue
		}
		if got := root.Safe(raw); got != "/" {
			t.Errorf("%q at the root: got %q, want home", raw, got)
		}
		if got := under.Safe(raw); got != "/protime/" {
			t.Errorf("%q under a prefix: got %q, want home", raw, got)
		}
	}
}

func FuzzSafeReturn(f *testing.F) {
	for _, seed := range []string{"/", "/clockings?x=1", "//evil", "/\\evil", "/%2f", "/protime/%2e%2e/x", "/a?b#c", "/é?é", "/a;b", "/?", "/?#"} {
		f.Add(seed)
	}
	root, under := redirects(f, "https://admin.acme.example"), redirects(f, "https://portal.acme.example/protime")
	f.Fuzz(func(t *testing.T, raw string) {
		for _, site := range []struct {
			redirects sso.Redirects
			base      string
		}{{root, "https://admin.acme.example/"}, {under, "https://portal.acme.example/protime/"}} {
			got := site.redirects.Safe(raw)
			base, err := url.Parse(site.base)
			if err != nil {
				t.Fatal(err)
			}
			there, err := base.Parse(got)
			if err != nil {
				t.Fatalf("%q gave %q: %v", raw, got, err)
			}
			if there.Scheme != base.Scheme || there.Host != base.Host || !strings.HasPrefix(there.Path, base.Path) {
				t.Errorf("%q gave %q, which leads to %s, off the site", raw, got, there)
			}
			for i := range len(got) {
				if got[i] <= 0x20 || got[i] >= 0x7f || got[i] == '\\' {
					t.Errorf("%q gave %q, which has a byte that no Location may have", raw, got)
				}
			}
			if again := site.redirects.Safe(got); again != got {
				t.Errorf("%q gave %q, and that %q: want it to stay", raw, got, again)
			}
		}
	})
}
