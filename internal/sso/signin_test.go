package sso_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"protime-admin/internal/sso"
	"protime-admin/internal/sso/ssotest"
)

func TestSignIn(t *testing.T) {
	elsPeeters := sso.Identity{
		Subject: els, Name: "Els Peeters", Email: "els.peeters@acme.example", EmployeeNumber: "1042", Locale: "nl-BE",
		Roles: []string{"editor"},
	}
	for _, test := range []struct {
		name   string
		change func(*sso.Config)
		faults ssotest.Faults
		claim  string
		want   sso.Identity
	}{
		{name: "claims in the ID token", want: elsPeeters},
		{name: "claims in the ID token are enough when userinfo is down", faults: ssotest.Faults{UserInfoDown: true}, want: elsPeeters},
		{name: "claims only in userinfo", faults: ssotest.Faults{UserInfoOnly: true}, want: elsPeeters},
		{
			name: "roles down a path, as Keycloak has them", claim: "realm_access.roles", want: elsPeeters,
			change: func(c *sso.Config) { c.RolesClaim = "realm_access.roles" },
		},
		{
			name: "roles down a path in userinfo", claim: "resource_access.protime-admin.roles", want: elsPeeters,
			faults: ssotest.Faults{UserInfoOnly: true},
			change: func(c *sso.Config) { c.RolesClaim = "resource_access.protime-admin.roles" },
		},
		{
			name: "one text for a roles claim", want: elsPeeters,
			faults: ssotest.Faults{Edit: func(c map[string]any) { c["groups"] = "hr-edit" }},
		},
		{
			name: "a number for an employee number keeps its digits",
			faults: ssotest.Faults{Edit: func(c map[string]any) {
				delete(c, "employee_number")
				c["employeeid"] = 12345678901234567
			}},
			want: func() sso.Identity { i := elsPeeters; i.EmployeeNumber = "12345678901234567"; return i }(),
		},
		{
			name: "several roles",
			faults: ssotest.Faults{Edit: func(c map[string]any) {
				c["groups"] = []any{"audit", 7, nil, "hr-lead", "hr-read"}
			}},
			want: func() sso.Identity {
				i := elsPeeters
				i.Roles = []string{"auditor", "editor", "viewer"}
				return i
			}(),
		},
		{
			name: "a name with control characters and turned letters is shown in one plain line",
			faults: ssotest.Faults{Edit: func(c map[string]any) {
				c["name"] = "Els\r\nPeeters\x00\u202e\u2066"
			}},
			want: func() sso.Identity { i := elsPeeters; i.Name = "Els  Peeters"; return i }(),
		},
		{
			name: "a token that ended half a minute ago by our clock",
			faults: ssotest.Faults{Edit: func(c map[string]any) {
				c["exp"] = time.Date(2024, 1, 5, 7, 59, 30, 0, time.UTC).Unix()
			}},
			want: elsPeeters,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			changes := []func(*sso.Config){}
			if test.change != nil {
				changes = append(changes, test.change)
			}
			w := newWorld(t, changes...)
			w.issuer.RolesClaim = test.claim
			w.issuer.Misbehave(test.faults)

			in, err := w.comeBack(w.approve(w.leave(sso.AuthRequest{Return: "/clockings?date.ge=2024-01-01&person=7"}), els))
			if err != nil {
				t.Fatal(err)
			}
			test.want.Issuer = w.issuer.URL
			if diff := cmp.Diff(test.want, in.Identity); diff != "" {
				t.Errorf("identity (-want +got):\n%s", diff)
			}
			if want := "/clockings?date.ge=2024-01-01&person=7"; in.Return != want {
				t.Errorf("return: got %q, want %q", in.Return, want)
			}
			w.start(in)
			session, err := w.read(w.rp)
			if err != nil {
				t.Fatalf("read the session: %v", err)
			}
			if diff := cmp.Diff(test.want, session.Identity); diff != "" {
				t.Errorf("identity in the session (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAuthorizationRequestCarriesWhatProtectsIt(t *testing.T) {
	w := newWorld(t, func(c *sso.Config) { c.PublicURL = mustURL(t, "https://portal.acme.example/protime/") })
	one, two := w.leave(sso.AuthRequest{}), w.leave(sso.AuthRequest{Prompt: "login"})
	for name, want := range map[string]string{
		"response_type": "code", "code_challenge_method": "S256", "scope": "openid profile email",
		"client_id": clientID, "redirect_uri": "https://portal.acme.example/protime/login/callback", "prompt": "",
	} {
		if got := param(t, one, name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got := param(t, two, "prompt"); got != "login" {
		t.Errorf("prompt: got %q, want login", got)
	}
	for _, name := range []string{"state", "nonce", "code_challenge"} {
		if a, b := param(t, one, name), param(t, two, name); len(a) < 22 || a == b {
			t.Errorf("%s: got %q and %q, want two of at least 128 bits", name, a, b)
		}
	}
}

func TestSeveralTabsSignInAtOnce(t *testing.T) {
	w := newWorld(t)
	one, two := w.leave(sso.AuthRequest{Return: "/one"}), w.leave(sso.AuthRequest{Return: "/two"})
	second, err := w.comeBack(w.approve(two, els))
	if err != nil || second.Return != "/two" {
		t.Errorf("second tab: got %q, %v, want /two", second.Return, err)
	}
	first, err := w.comeBack(w.approve(one, els))
	if err != nil || first.Return != "/one" {
		t.Errorf("first tab: got %q, %v, want /one", first.Return, err)
	}
	if len(w.browser.cookies) != 0 {
		t.Errorf("cookies after both: got %v, want none", w.browser.cookies)
	}
}

func TestManyAttemptsDoNotFillTheHeader(t *testing.T) {
	w := newWorld(t)
	var last string
	for range 20 {
		w.clock.pass(time.Second)
		last = w.leave(sso.AuthRequest{Return: "/clockings?person=" + strings.Repeat("7", 700)})
		total := 0
		for name, value := range w.browser.cookies {
			total += len(name) + len(value)
		}
		if len(w.browser.cookies) > 4 || total > 4096 {
			t.Fatalf("got %d cookies of %d bytes, want at most 4 of 4096", len(w.browser.cookies), total)
		}
	}
	if _, err := w.comeBack(w.approve(last, els)); err != nil {
		t.Errorf("the newest attempt: %v", err)
	}
}

func TestNobodyWithoutARoleGetsIn(t *testing.T) {
	for name, test := range map[string]struct {
		faults ssotest.Faults
		given  bool
		values int
	}{
		"groups that give none": {ssotest.Faults{}, true, 1},
		"no groups at all":      {ssotest.Faults{NoRoles: true}, false, 0},
		"groups elsewhere":      {ssotest.Faults{Overage: true}, false, 0},
		"a roles claim that is no text": {ssotest.Faults{Edit: func(c map[string]any) {
			c["groups"] = map[string]any{"hr-edit": true}
		}}, true, 0},
		"the role as part of a text": {ssotest.Faults{Edit: func(c map[string]any) { c["groups"] = "hr-edit,hr-read" }}, true, 1},
		"the role in other letters":  {ssotest.Faults{Edit: func(c map[string]any) { c["groups"] = []string{"HR-EDIT", "x"} }}, true, 2},
		"null":                       {ssotest.Faults{Edit: func(c map[string]any) { c["groups"] = nil }}, true, 1},
	} {
		faults := test.faults
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.issuer.Misbehave(faults)
			_, err := w.comeBack(w.approve(w.leave(sso.AuthRequest{}), nobody))
			refused := (*sso.NoRoleError)(nil)
			if !errors.As(err, &refused) || !errors.Is(err, sso.ErrNoRole) {
				t.Fatalf("got %v, want ErrNoRole", err)
			}
			if refused.Identity.Name != "Tom Nobody" || refused.Overage != faults.Overage {
				t.Errorf("got %+v, want whose it is", refused)
			}
			if refused.Claim != "groups" || refused.Given != test.given || refused.Values != test.values {
				t.Errorf("got %+v, want the claim given %v with %d values", refused, test.given, test.values)
			}
			if strings.Contains(err.Error(), "hr-edit") || !strings.Contains(err.Error(), `"groups"`) {
				t.Errorf("got %q, want the claim's name and none of its values", err)
			}
		})
	}
}

func TestDeniedAtTheProvider(t *testing.T) {
	w := newWorld(t)
	address := w.leave(sso.AuthRequest{Return: "/clockings/1"})
	callback, err := w.issuer.Deny(address)
	if err != nil {
		t.Fatal(err)
	}
	in, err := w.comeBack(callback)
	denied := (*sso.DeniedError)(nil)
	if !errors.As(err, &denied) || denied.Code != "access_denied" || !errors.Is(err, sso.ErrDenied) {
		t.Errorf("got %v, want access_denied", err)
	}
	if in.Return != "/clockings/1" {
		t.Errorf("return: got %q, want the page that was asked for", in.Return)
	}

	callback, _ = w.issuer.Deny(w.leave(sso.AuthRequest{}))
	_, err = w.comeBack(with(t, callback, "error", "temporarily_unavailable"))
	if !errors.Is(err, sso.ErrUnavailable) {
		t.Errorf("got %v, want ErrUnavailable", err)
	}
	callback, _ = w.issuer.Deny(w.leave(sso.AuthRequest{}))
	_, err = w.comeBack(with(t, callback, "error", "<script>\nlevel=ERROR"))
	if !errors.As(err, &denied) || denied.Code != "unknown" {
		t.Errorf("got %v, want the made-up code left out", err)
	}
}

func TestProviderDownStopsNobodyWhoIsSignedIn(t *testing.T) {
	w := newWorld(t)
	w.signIn(els)
	w.issuer.Misbehave(ssotest.Faults{Down: true})

	rp, err := sso.New(w.config) // starts while the provider is down
	if err != nil {
		t.Fatal(err)
	}
	if err := rp.Provider.Discover(t.Context()); err == nil {
		t.Fatal("discovery: got no error from a provider that is down")
	}
	if err := rp.Provider.Ready(); !errors.Is(err, sso.ErrUnavailable) {
		t.Errorf("ready: got %v, want ErrUnavailable", err)
	}
	if session, err := w.read(rp); err != nil || session.Identity.Name != "Els Peeters" {
		t.Errorf("read: got %q, %v, want Els Peeters", session.Identity.Name, err)
	}
	if got := rp.Provider.LogoutURL(sso.Session{}); got != "" {
		t.Errorf("logout: got %q, want none", got)
	}
	w.browser.visit("GET", "/login", func(rw http.ResponseWriter, r *http.Request) {
		if _, err := rp.Provider.Begin(rw, r, sso.AuthRequest{}); !errors.Is(err, sso.ErrUnavailable) {
			t.Errorf("begin: got %v, want ErrUnavailable", err)
		}
	})

	w.issuer.Misbehave(ssotest.Faults{})
	ctx, stop := context.WithCancel(t.Context())
	stopped := make(chan struct{})
	go func() { defer close(stopped); rp.Provider.Run(ctx) }()
	for rp.Provider.Ready() != nil {
		time.Sleep(time.Millisecond)
	}
	stop()
	<-stopped
	if got := rp.Provider.Origins(); len(got) != 1 || got[0] != w.issuer.URL {
		t.Errorf("origins: got %q, want %q once", got, w.issuer.URL)
	}

	w.issuer.Misbehave(ssotest.Faults{Down: true})
	if err := rp.Provider.Discover(t.Context()); err == nil {
		t.Error("discovery: got no error from a provider that went down")
	}
	if rp.Provider.Ready() == nil {
		t.Error("ready: got nil, want to be told that the provider went down")
	}
	w.rp = rp
	w.leave(sso.AuthRequest{}) // what was known stays: the provider may be back by the time the browser gets there
}

func TestProviderThatFailsHalfWay(t *testing.T) {
	for name, faults := range map[string]ssotest.Faults{
		"a token endpoint that answers with a page":           {TokenDown: true},
		"keys that cannot be read":                            {KeysDown: true},
		"userinfo that is down when the roles are only there": {UserInfoOnly: true, UserInfoDown: true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.issuer.Misbehave(faults)
			if _, err := w.comeBack(w.approve(w.leave(sso.AuthRequest{}), els)); !errors.Is(err, sso.ErrUnavailable) {
				t.Errorf("got %v, want ErrUnavailable", err)
			}
		})
	}
}

func TestMetadataThatWouldLeakSecretsIsRefused(t *testing.T) {
	document := atomic.Value{}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(document.Load().(string)))
	}))
	defer server.Close()
	base := newWorld(t).config
	base.Issuer, base.HTTP = server.URL, server.Client()
	good := `{"issuer":"` + server.URL + `","authorization_endpoint":"` + server.URL + `/a","token_endpoint":"` + server.URL +
		`/t","jwks_uri":"` + server.URL + `/k","userinfo_endpoint":"` + server.URL + `/u"}`
	for name, test := range map[string]struct {
		document string
		ok       bool
	}{
		"a good one":                    {good, true},
		"token endpoint without TLS":    {strings.Replace(good, server.URL+"/t", "http://idp.example/t", 1), false},
		"userinfo without TLS":          {strings.Replace(good, server.URL+"/u", "http://idp.example/u", 1), false},
		"keys without TLS":              {strings.Replace(good, server.URL+"/k", "http://idp.example/k", 1), false},
		"a sign-in that is a script":    {strings.Replace(good, server.URL+"/a", "javascript:alert(1)", 1), false},
		"another issuer":                {strings.Replace(good, server.URL, "https://other.example", 1), false},
		"no token endpoint":             {strings.Replace(good, "token_endpoint", "x", 1), false},
		"not JSON":                      {"<html>", false},
		"an answer without end, nearly": {good + strings.Repeat(" ", 2<<20), false},
	} {
		t.Run(name, func(t *testing.T) {
			document.Store(test.document)
			rp, err := sso.New(base)
			if err != nil {
				t.Fatal(err)
			}
			if err := rp.Provider.Discover(t.Context()); (err == nil) != test.ok {
				t.Errorf("got %v, want accepted: %v", err, test.ok)
			}
		})
	}
}

func TestConfigurationIsCheckedWhole(t *testing.T) {
	_, err := sso.New(sso.Config{SessionKeys: [][]byte{key('a')[:32]}})
	if err == nil {
		t.Fatal("got no error")
	}
	for _, want := range []string{"issuer", "client id", "public address", "session key 1: got 32 bytes, want 64"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("got %q, want it to name %q", err, want)
		}
	}
}
