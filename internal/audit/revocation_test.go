//go:build postgres

package audit_test

import (
	"context"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"protime-admin/internal/audit"
	"protime-admin/internal/sso"
	"protime-admin/internal/sso/ssotest"
)

// signedIn is a page that reads the session of whoever asks for it, with a browser that has signed in.
func signedIn(t *testing.T, store sso.RevocationStore) (browser *http.Client, page string) {
	t.Helper()
	issuer := &ssotest.Issuer{People: []ssotest.Person{{Subject: "els", Name: "Els Peeters", Groups: []string{"hr-edit"}}}}
	identity := httptest.NewServer(issuer)
	t.Cleanup(identity.Close)
	issuer.URL = identity.URL
	product := httptest.NewUnstartedServer(nil)
	home, err := url.Parse("http://" + product.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	issuer.Clients = []ssotest.Client{{ID: "page", Secret: "secret", RedirectURIs: []string{home.String() + "/login/callback"}}}
	gate, err := sso.New(sso.Config{
		Issuer: identity.URL, ClientID: "page", ClientSecret: "secret", Scopes: []string{"openid"}, RolesClaim: "groups",
		Roles: map[string][]string{"editor": {"hr-edit"}}, PublicURL: home, SessionKeys: [][]byte{make([]byte, 64)}, Revoked: store,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := gate.Provider.Discover(t.Context()); err != nil {
		t.Fatal(err)
	}
	pages := http.NewServeMux()
	pages.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) {
		address, err := gate.Provider.Begin(w, r, sso.AuthRequest{Return: "/page"})
		if err != nil {
			t.Errorf("begin: %v", err)
		}
		http.Redirect(w, r, address, http.StatusSeeOther)
	})
	pages.HandleFunc("/login/callback", func(w http.ResponseWriter, r *http.Request) {
		in, err := gate.Provider.Finish(w, r)
		if err == nil {
			_, err = gate.Sessions.Start(w, r, in)
		}
		if err != nil {
			t.Errorf("sign in: %v", err)
		}
	})
	pages.HandleFunc("/page", func(w http.ResponseWriter, r *http.Request) {
		if _, err := gate.Sessions.Read(r); err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
		}
	})
	product.Config.Handler = pages
	product.Start()
	t.Cleanup(product.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser = &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	callback, err := issuer.Approve(visit(t, browser, home.String()+"/login").Header.Get("Location"), "els")
	if err != nil {
		t.Fatal(err)
	}
	visit(t, browser, callback)
	return browser, home.String() + "/page"
}

func visit(t *testing.T, browser *http.Client, address string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := browser.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer
}

func TestADatabaseThatHangsHoldsUpTheFirstSignedInPageOnly(t *testing.T) {
	db, w := wired(t)
	l := db.open(t, audit.Options{})
	browser, page := signedIn(t, l.Revocations())
	read := func() {
		if got := visit(t, browser, page).StatusCode; got != http.StatusOK {
			t.Errorf("got %d, want 200", got)
		}
	}
	read()
	w.hang()
	// Each page that asked the database would take 300 ms or more, and all of them over a minute.
	_ = within(t, "reading three hundred pages", func(context.Context) error {
		for range 300 {
			read()
		}
		return nil
	})
	w.heal()
	eventually(t, "a sign-out elsewhere is heard of again", func() bool {
		exec(t, db.raw(t), `INSERT INTO revocations (key, at, until) VALUES ('sid:late', 2000000000000, 3000000000000)
			ON CONFLICT DO NOTHING`)
		out, err := l.Revocations().Revoked(t.Context(), []string{"sid:late"}, time.Time{})
		return out && err == nil
	})
}
