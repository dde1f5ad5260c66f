package sso_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"protime-admin/internal/sso"
	"protime-admin/internal/sso/ssotest"
)

func TestCookiesFollowThePublicAddress(t *testing.T) {
	for _, test := range []struct {
		name, public string
		framed       bool
		want         string // of the session cookie, without its value
	}{
		{"https", "https://protime-admin.acme.example", false, "__Host-protime-session; Path=/; HttpOnly; Secure; SameSite=Lax"},
		{"https with a slash", "https://protime-admin.acme.example/", false, "__Host-protime-session; Path=/; HttpOnly; Secure; SameSite=Lax"},
		{"https under a prefix", "https://portal.acme.example/protime", false, "__Secure-protime-session; Path=/protime; HttpOnly; Secure; SameSite=Lax"},
		{"https under a prefix with a slash", "https://portal.acme.example/hr/protime/", false, "__Secure-protime-session; Path=/hr/protime; HttpOnly; Secure; SameSite=Lax"},
		{"https framed", "https://protime-admin.acme.example", true, "__Host-protime-session; Path=/; HttpOnly; Secure; SameSite=None; Partitioned"},
		{"https framed under a prefix", "https://portal.acme.example/protime", true, "__Secure-protime-session; Path=/protime; HttpOnly; Secure; SameSite=None; Partitioned"},
		{"http on loopback", "http://localhost:8080", false, "protime-session; Path=/; HttpOnly; SameSite=Lax"},
		{"http on loopback under a prefix", "http://127.0.0.1:8080/protime", false, "protime-session; Path=/protime; HttpOnly; SameSite=Lax"},
		{"http on loopback framed", "http://localhost:8080", true, "__Host-protime-session; Path=/; HttpOnly; Secure; SameSite=None; Partitioned"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, func(c *sso.Config) { c.PublicURL, c.Framed = mustURL(t, test.public), test.framed })
			w.leave(sso.AuthRequest{})
			attempt := shape(w.browser.last[0])
			if want := strings.Replace(test.want, "session; ", attempt[strings.Index(attempt, "signin"):strings.Index(attempt, ";")]+"; ", 1); attempt != want {
				t.Errorf("sign-in cookie: got %q, want %q", attempt, want)
			}
			session := w.signIn(els)
			set := w.browser.last
			if len(set) != 2 || shape(set[0]) != test.want || shape(set[1]) != strings.Replace(test.want, "session", "last", 1) {
				t.Fatalf("got %v, want %q and who was here last alike", set, test.want)
			}
			if set[0].MaxAge != 0 || !set[0].Expires.IsZero() {
				t.Errorf("got a cookie that outlives the browser: %v", set[0])
			}
			if err := w.signOut(session); err != nil {
				t.Fatal(err)
			}
			if got := w.browser.last[0]; got.MaxAge >= 0 || got.Value != "" || got.Name != set[0].Name || got.Path != set[0].Path {
				t.Errorf("sign-out: got %v, want the session cookie removed", got)
			}
			own := w.rp.Cookies.New("protime-language", "nl", 3600)
			if want := strings.Replace(test.want, "session", "language", 1); shape(own) != want || own.MaxAge != 3600 {
				t.Errorf("own cookie: got %v, want %q for an hour", own, want)
			}
		})
	}
}

// shape is a Set-Cookie line without value and age.
func shape(c *http.Cookie) string {
	copied := *c
	copied.Value, copied.MaxAge = "", 0
	return strings.Replace(copied.String(), "=;", ";", 1)
}

func TestSessionLimits(t *testing.T) {
	w := newWorld(t)
	session := w.signIn(els)
	if got := w.rp.Sessions.Remaining(session); got != 30*time.Minute || session.Final {
		t.Errorf("at sign-in: got %v, final %v, want 30m that can be extended", got, session.Final)
	}
	w.clock.pass(59 * time.Second)
	if _, err := w.read(w.rp); err != nil || len(w.browser.last) != 0 {
		t.Errorf("within a minute: got %v, cookies %v, want none set", err, w.browser.last)
	}
	w.clock.pass(time.Second)
	session, err := w.read(w.rp)
	if err != nil || len(w.browser.last) != 1 {
		t.Errorf("after a minute: got %v, cookies %v, want the session's set anew", err, w.browser.last)
	}
	if got := w.rp.Sessions.Remaining(session); got != 30*time.Minute {
		t.Errorf("after a request: got %v, want 30m again", got)
	}
	for range 29 { // 20 minutes apart, up to 9h41
		w.clock.pass(20 * time.Minute)
		if session, err = w.read(w.rp); err != nil {
			t.Fatalf("at %v: %v", w.clock.Now(), err)
		}
	}
	if got := w.rp.Sessions.Remaining(session); got != 19*time.Minute || !session.Final {
		t.Errorf("near the end: got %v, final %v, want 19m that no request extends", got, session.Final)
	}
	w.clock.pass(19 * time.Minute)
	session, err = w.read(w.rp)
	if !errors.Is(err, sso.ErrExpired) || session.Identity.Subject != els || w.rp.Sessions.Remaining(session) != 0 {
		t.Errorf("at the end: got %v of %q, want expired, and whose it was", err, session.Identity.Subject)
	}
}

func TestSessionKeysRotate(t *testing.T) {
	w := newWorld(t)
	w.signIn(els)
	w.config.SessionKeys = [][]byte{key('b'), key('a')}
	both := w.replica()
	if _, err := w.read(both); err != nil {
		t.Fatalf("with the old key second: %v", err)
	}
	w.clock.pass(time.Minute)
	if _, err := w.read(both); err != nil || len(w.browser.last) != 1 {
		t.Fatalf("a minute later: got %v, cookies %v, want it written with the new key", err, w.browser.last)
	}
	w.config.SessionKeys = [][]byte{key('b')}
	if _, err := w.read(w.replica()); err != nil {
		t.Errorf("with the new key alone: %v", err)
	}
}

func TestSessionCookieStaysUnder2KB(t *testing.T) {
	long := func(s string, n int) string { return strings.Repeat(s, n) }
	groups := []any{}
	editors := []string{}
	for i := range 40 {
		name := long("cn=group,", 20) + string(rune('a'+i))
		groups, editors = append(groups, name), append(editors, name)
	}
	for name, edit := range map[string]func(map[string]any){
		"an ordinary person": func(map[string]any) {},
		"everything long": func(c map[string]any) {
			c["sub"], c["name"], c["email"] = long("s", 255), long("é", 400), long("e", 200)
			c["employee_number"], c["locale"], c["sid"], c["groups"] = long("9", 64), long("x", 35), long("i", 400), groups
		},
		"a token with much in it": func(c map[string]any) { c["picture"] = long("0123456789abcdef", 400) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, func(c *sso.Config) {
				c.Roles["editor"] = append(c.Roles["editor"], editors...)
				c.PublicURL, c.Framed = mustURL(t, "https://portal.acme.example/hr/protime"), true
			})
			w.issuer.Misbehave(ssotest.Faults{Edit: edit})
			w.signIn(els)
			if line := w.browser.last[0].String(); len(line) >= 2048 {
				t.Errorf("got a cookie of %d bytes, want under 2048", len(line))
			}
			session, err := w.read(w.rp)
			if err != nil || len(session.Identity.Name) > 200 || session.Identity.Name == "" {
				t.Errorf("got %q, %v", session.Identity.Name, err)
			}
		})
	}
}

func TestRevocationReachesNewSessionsOfNobody(t *testing.T) {
	w := newWorld(t)
	w.signIn(els)
	w.clock.pass(time.Second)
	w.backChannel(w.issuer.LogoutClaims(clientID, els, ""))
	w.clock.pass(time.Second)
	w.signIn(els)
	if _, err := w.read(w.rp); err != nil {
		t.Errorf("a sign-in after the revocation: %v", err)
	}
	w.signIn(marc)
	w.backChannel(w.issuer.LogoutClaims(clientID, els, ""))
	if _, err := w.read(w.rp); err != nil {
		t.Errorf("somebody else: %v", err)
	}
}

func TestRevocationStoreDown(t *testing.T) {
	store := &brokenStore{}
	w := newWorld(t, func(c *sso.Config) { c.Revoked = store })
	w.signIn(els)
	store.broken = true
	session, err := w.read(w.rp)
	if err != nil || !session.Unconfirmed {
		t.Errorf("read: got %v, unconfirmed %v, want a session that is good for reading", err, session.Unconfirmed)
	}
	kept := w.browser.copied()
	if err := w.signOut(session); !errors.Is(err, sso.ErrUnavailable) {
		t.Errorf("sign-out: got %v, want to be told that other replicas do not know", err)
	}
	if w.browser.cookies["protime-session"] != "" {
		t.Error("sign-out left the cookie")
	}
	w.browser = kept
	if _, err := w.read(w.rp); !errors.Is(err, sso.ErrRevoked) {
		t.Errorf("read on this replica: got %v, want revoked", err)
	}
	w.browser = newBrowser()
	if session := w.signIn(marc); session.Identity.Subject != marc {
		t.Error("sign-in stops when the store is down")
	}
}

// brokenStore is a store whose database goes away.
type brokenStore struct {
	sso.MemoryRevocations
	broken bool
}

var errDatabase = errors.New("connection refused")

func (b *brokenStore) Revoke(ctx context.Context, key string, issued, until time.Time) error {
	if b.broken {
		return errDatabase
	}
	return b.MemoryRevocations.Revoke(ctx, key, issued, until)
}

func (b *brokenStore) Revoked(ctx context.Context, keys []string, issued time.Time) (bool, error) {
	if b.broken {
		return false, errDatabase
	}
	return b.MemoryRevocations.Revoked(ctx, keys, issued)
}

func (b *brokenStore) UseOnce(ctx context.Context, key string, until time.Time) (bool, error) {
	if b.broken {
		return false, errDatabase
	}
	return b.MemoryRevocations.UseOnce(ctx, key, until)
}

func TestMemoryRevocationsForgetWhatIsOver(t *testing.T) {
	now := time.Date(2024, 1, 5, 8, 0, 0, 0, time.UTC)
	store := &sso.MemoryRevocations{Now: func() time.Time { return now }}
	for i := range 5000 {
		if err := store.Revoke(t.Context(), "k"+strings.Repeat("x", i%7)+time.Duration(i).String(), now, now.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	now = now.Add(time.Hour)
	for i := range 10000 {
		if first, err := store.UseOnce(t.Context(), "n"+time.Duration(i).String(), now.Add(time.Minute)); !first || err != nil {
			t.Fatalf("key %d: got %v, %v, want the first time", i, first, err)
		}
	}
	if out, err := store.Revoked(t.Context(), []string{"k0s"}, now.Add(-2*time.Hour)); out || err != nil {
		t.Errorf("an old revocation: got %v, %v, want it forgotten", out, err)
	}
}

func BenchmarkReadSession(b *testing.B) {
	w := newWorld(b)
	w.signIn(els)
	r := httptest.NewRequest(http.MethodGet, "/clockings/8192/edit", nil)
	r.AddCookie(&http.Cookie{Name: "protime-session", Value: w.browser.cookies["protime-session"]})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.rp.Sessions.Read(r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSealedForm(b *testing.B) {
	w := newWorld(b)
	b.ReportAllocs()
	for b.Loop() {
		token, err := w.rp.Forms.Seal(els, "/clockings/new", typed())
		if err != nil {
			b.Fatal(err)
		}
		if _, _, err := w.rp.Forms.Open(token, els); err != nil {
			b.Fatal(err)
		}
	}
}
