package sso_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"protime-admin/internal/sso"
	"protime-admin/internal/sso/ssotest"
)

const (
	clientID     = "protime-admin"
	clientSecret = "the-clients-secret-at-the-provider"
	els          = "s-editor"
	marc         = "s-viewer"
	anke         = "s-auditor"
	nobody       = "s-nobody"
)

// world is a provider, a relying party, and a browser, with one clock that tests move.
type world struct {
	t       testing.TB
	issuer  *ssotest.Issuer
	config  sso.Config
	rp      *sso.RelyingParty
	browser *browser
	clock   *clock
	log     *bytes.Buffer
}

func newWorld(t testing.TB, change ...func(*sso.Config)) *world {
	t.Helper()
	w := &world{t: t, browser: newBrowser(), clock: &clock{now: time.Date(2024, 1, 5, 8, 0, 0, 0, time.UTC)}, log: &bytes.Buffer{}}
	w.issuer = &ssotest.Issuer{People: people(), Now: w.clock.Now}
	server := httptest.NewServer(w.issuer)
	t.Cleanup(server.Close)
	w.issuer.URL = server.URL

	w.config = sso.Config{
		Issuer: server.URL, ClientID: clientID, ClientSecret: clientSecret, Scopes: []string{"openid", "profile", "email"},
		RolesClaim: "groups", Roles: map[string][]string{"viewer": {"hr-read"}, "editor": {"hr-edit", "hr-lead"}, "auditor": {"audit"}},
		PublicURL: mustURL(t, "http://localhost:8080"), SessionKeys: [][]byte{key('a')},
		Now: w.clock.Now, Log: slog.New(slog.NewTextHandler(w.log, nil)), Revoked: &sso.MemoryRevocations{Now: w.clock.Now},
	}
	for _, c := range change {
		c(&w.config)
	}
	home := strings.TrimSuffix(w.config.PublicURL.String(), "/")
	w.issuer.Clients = []ssotest.Client{
		{ID: clientID, Secret: clientSecret, RedirectURIs: []string{home + "/login/callback"}, PostLogoutURIs: []string{home + "/"}},
		{ID: "another-client", Secret: "x", RedirectURIs: []string{"https://other.example/callback"}},
	}
	w.rp = w.replica()
	return w
}

func people() []ssotest.Person {
	return []ssotest.Person{
		{Subject: els, Name: "Els Peeters", Email: "els.peeters@acme.example", EmployeeNumber: "1042", Locale: "nl-BE", Groups: []string{"everyone", "hr-edit"}, Note: "editor"},
		{Subject: marc, Name: "Marc Dubois", Email: "marc.dubois@acme.example", Locale: "fr-BE", Groups: []string{"hr-read"}, Note: "viewer"},
		{Subject: anke, Name: "Anke Vermeulen", Email: "anke.vermeulen@acme.example", Groups: []string{"audit"}, Note: "auditor"},
		{Subject: nobody, Name: "Tom Nobody", Email: "tom@acme.example", Groups: []string{"everyone"}},
	}
}

// replica is another process with the same configuration.
func (w *world) replica() *sso.RelyingParty {
	w.t.Helper()
	rp, err := sso.New(w.config)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := rp.Provider.Discover(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	return rp
}

// leave begins a sign-in and returns the provider's address.
func (w *world) leave(request sso.AuthRequest) string {
	w.t.Helper()
	var address string
	w.browser.visit("GET", "/login", func(rw http.ResponseWriter, r *http.Request) {
		var err error
		if address, err = w.rp.Provider.Begin(rw, r, request); err != nil {
			w.t.Fatalf("begin: %v", err)
		}
	})
	return address
}

// approve signs somebody in at the provider and returns the address to come back to.
func (w *world) approve(address, subject string) string {
	w.t.Helper()
	callback, err := w.issuer.Approve(address, subject)
	if err != nil {
		w.t.Fatal(err)
	}
	return callback
}

// comeBack finishes a sign-in with the provider's answer.
func (w *world) comeBack(callback string) (sso.SignedIn, error) {
	var in sso.SignedIn
	var err error
	w.browser.visit("GET", callback, func(rw http.ResponseWriter, r *http.Request) {
		in, err = w.rp.Provider.Finish(rw, r)
	})
	return in, err
}

// signIn signs in and starts a session.
func (w *world) signIn(subject string) sso.Session {
	w.t.Helper()
	in, err := w.comeBack(w.approve(w.leave(sso.AuthRequest{Return: "/clockings/8192"}), subject))
	if err != nil {
		w.t.Fatalf("sign in as %s: %v", subject, err)
	}
	return w.start(in)
}

func (w *world) start(in sso.SignedIn) sso.Session {
	w.t.Helper()
	var session sso.Session
	w.browser.visit("GET", "/login/callback", func(rw http.ResponseWriter, r *http.Request) {
		var err error
		if session, err = w.rp.Sessions.Start(rw, r, in); err != nil {
			w.t.Fatalf("start a session: %v", err)
		}
	})
	return session
}

// read reads and refreshes the session, as every page does.
func (w *world) read(rp *sso.RelyingParty) (sso.Session, error) {
	var session sso.Session
	var err error
	w.browser.visit("GET", "/clockings", func(rw http.ResponseWriter, r *http.Request) {
		if session, err = rp.Sessions.Read(r); err == nil {
			session, err = rp.Sessions.Refresh(rw, r, session)
		}
	})
	return session, err
}

func (w *world) signOut(session sso.Session) error {
	var err error
	w.browser.visit("POST", "/logout", func(rw http.ResponseWriter, r *http.Request) {
		err = w.rp.Sessions.End(rw, r, session)
	})
	return err
}

// browser has cookies by name and ignores their attributes, which TestCookiesFollowThePublicAddress checks.
type browser struct {
	cookies map[string]string
	twice   string         // the cookie that another site of the domain has set as well
	last    []*http.Cookie // that the last answer set
}

func newBrowser() *browser { return &browser{cookies: map[string]string{}} }

func (b *browser) visit(method, target string, handle func(http.ResponseWriter, *http.Request)) {
	r := httptest.NewRequestWithContext(context.Background(), method, target, nil)
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	if b.twice != "" {
		r.AddCookie(&http.Cookie{Name: b.twice, Value: b.cookies[b.twice]})
	}
	rw := httptest.NewRecorder()
	handle(rw, r)
	b.last = rw.Result().Cookies()
	for _, cookie := range b.last {
		if cookie.MaxAge < 0 {
			delete(b.cookies, cookie.Name)
			continue
		}
		b.cookies[cookie.Name] = cookie.Value
	}
}

// named is the name of the only cookie that starts so.
func (b *browser) named(t testing.TB, prefix string) string {
	t.Helper()
	var found []string
	for name := range b.cookies {
		if strings.HasPrefix(name, prefix) {
			found = append(found, name)
		}
	}
	if len(found) != 1 {
		t.Fatalf("cookies that start with %q: got %q, want one", prefix, found)
	}
	return found[0]
}

type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func key(letter byte) []byte { return bytes.Repeat([]byte{letter}, 64) }

func mustURL(t testing.TB, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// with returns address with one query parameter replaced; "" removes it.
func with(t testing.TB, address, name, value string) string {
	t.Helper()
	u := mustURL(t, address)
	query := u.Query()
	query.Set(name, value)
	if value == "" {
		query.Del(name)
	}
	u.RawQuery = query.Encode()
	return u.String()
}

func param(t testing.TB, address, name string) string {
	t.Helper()
	return mustURL(t, address).Query().Get(name)
}
