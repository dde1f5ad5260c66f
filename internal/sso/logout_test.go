package sso_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"protime-admin/internal/sso"
	"protime-admin/internal/sso/ssotest"
)

func TestSignOutAtTheProvider(t *testing.T) {
	for name, test := range map[string]struct {
		faults ssotest.Faults
		hint   bool
	}{
		"with the ID token, when it fits": {ssotest.Faults{}, true},
		"with client and subject, when it does not": {ssotest.Faults{Edit: func(c map[string]any) {
			c["picture"] = noise(1500)
		}}, false},
		"with client and subject, with 200 groups":   {ssotest.Faults{Edit: groups(200)}, false},
		"with client and subject, with 2,000 groups": {ssotest.Faults{Edit: groups(2000)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.issuer.Misbehave(test.faults)
			w.signIn(els)
			session, err := w.read(w.rp)
			if err != nil {
				t.Fatal(err)
			}
			address := w.rp.Provider.LogoutURL(session)
			if got := param(t, address, "id_token_hint") != ""; got != test.hint {
				t.Errorf("ID token as a hint: got %v, want %v", got, test.hint)
			}
			if got := param(t, address, "logout_hint") == els; got == test.hint {
				t.Errorf("subject as a hint: got %v, want %v", got, !test.hint)
			}
			client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
			response, err := client.Get(address)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			if got := response.Header.Get("Location"); got != "http://localhost:8080/" {
				body, _ := io.ReadAll(response.Body)
				t.Errorf("the provider answers %d to %q: %s", response.StatusCode, got, body)
			}
		})
	}
}

// groups adds n groups of 36 letters that do not deflate.
func groups(n int) func(map[string]any) {
	return func(claims map[string]any) {
		names, text := []string{"hr-edit"}, noise(36*n)
		for i := range n {
			names = append(names, text[36*i:36*i+36])
		}
		claims["groups"] = names
	}
}

// noise is n bytes of text that do not deflate.
func noise(n int) string {
	var b strings.Builder
	state := uint32(2463534242)
	for range n {
		state ^= state << 13
		state ^= state >> 17
		state ^= state << 5
		b.WriteByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[state%64])
	}
	return b.String()
}

func TestAttacksOnBackChannelLogout(t *testing.T) {
	edit := func(change func(map[string]any)) func(*world) string {
		return func(w *world) string {
			claims := w.issuer.LogoutClaims(clientID, els, w.issuer.SID(els))
			change(claims)
			return w.issuer.Sign(claims)
		}
	}
	for _, test := range []struct {
		name  string
		token func(*world) string
		want  sso.Error
	}{
		{"no token", func(*world) string { return "" }, sso.ErrAnswer},
		{"rubbish", func(*world) string { return "a.b.c" }, sso.ErrAnswer},
		{"without end", func(*world) string { return strings.Repeat("a.", 1<<20) }, sso.ErrAnswer},
		{"unsigned", func(w *world) string {
			parts := strings.Split(edit(func(map[string]any) {})(w), ".")
			return "eyJhbGciOiJub25lIn0." + parts[1] + "."
		}, sso.ErrAnswer},
		{"changed", func(w *world) string {
			parts := strings.Split(edit(func(map[string]any) {})(w), ".")
			return parts[0] + "." + flip(parts[1]) + "." + parts[2]
		}, sso.ErrAnswer},
		{"another provider's", func(w *world) string {
			other := &ssotest.Issuer{URL: w.issuer.URL, Now: w.clock.Now}
			return other.Sign(other.LogoutClaims(clientID, els, ""))
		}, sso.ErrAnswer},
		{"an ID token", edit(func(c map[string]any) { c["nonce"] = "n"; delete(c, "events") }), sso.ErrAnswer},
		{"with a nonce", edit(func(c map[string]any) { c["nonce"] = "n" }), sso.ErrAnswer},
		{"with a nonce of null", edit(func(c map[string]any) { c["nonce"] = nil }), sso.ErrAnswer},
		{"without the event", edit(func(c map[string]any) { delete(c, "events") }), sso.ErrAnswer},
		{"another event", edit(func(c map[string]any) { c["events"] = map[string]any{"x": map[string]any{}} }), sso.ErrAnswer},
		{"an event that is no object", edit(func(c map[string]any) { c["events"] = map[string]any{ssotest.LogoutEvent: "yes"} }), sso.ErrAnswer},
		{"for another client", edit(func(c map[string]any) { c["aud"] = "another-client" }), sso.ErrAnswer},
		{"of another issuer", edit(func(c map[string]any) { c["iss"] = "https://other.example" }), sso.ErrAnswer},
		{"about nobody", edit(func(c map[string]any) { delete(c, "sub"); delete(c, "sid") }), sso.ErrAnswer},
		{"without an id", edit(func(c map[string]any) { delete(c, "jti") }), sso.ErrAnswer},
		{"without a time", edit(func(c map[string]any) { delete(c, "iat") }), sso.ErrAnswer},
		{"without an end of its time", edit(func(c map[string]any) { delete(c, "exp") }), sso.ErrAnswer},
		{"expired", edit(func(c map[string]any) { c["exp"] = 1704441500 }), sso.ErrAnswer},
		{"from the future", edit(func(c map[string]any) { c["iat"] = 1704445200 + 7200 }), sso.ErrAnswer},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.signIn(els)
			_, err := w.rp.Provider.BackChannelLogout(t.Context(), test.token(w))
			if !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if _, err := w.read(w.rp); err != nil {
				t.Errorf("the session that it was about: %v", err)
			}
		})
	}
}

// TestBackChannelLogoutByTheProvidersTime: tokens may come twice, late, in another order and in the middle of a sign-in,
// to a replica whose clock is wrong.
func TestBackChannelLogoutByTheProvidersTime(t *testing.T) {
	for _, test := range []struct {
		name    string
		events  string        // i: sign in, s: start the session, l: the provider logs out, d: its token comes, o: its first one, x: to another replica, !: in the same second
		skew    time.Duration // of the other replica's clock
		revoked bool
	}{
		{"after the sign-in", "isld", 0, true},
		{"delivered twice", "isldd", 0, true},
		{"delivered twice, with a sign-in between", "isldisd", 0, false},
		{"delivered to a replica whose clock is behind", "islxd", -45 * time.Second, true},
		{"between sign-in and session", "ilds", 0, true},
		{"between sign-in and session, of a replica whose clock is ahead", "ildxs", 45 * time.Second, true},
		{"before a sign-in in the same second", "isl!d!i!s", 0, false},
		{"after a sign-in in the same second", "i!s!l!d", 0, true},
		{"between sign-in and session in the same second", "i!l!d!s", 0, true},
		{"made before a sign-in, delivered after it", "islisd", 0, false},
		{"an older token after a newer one", "islisldo", 0, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			var in sso.SignedIn
			var err error
			tokens := []string{}
			for i, event := range test.events {
				if i == 0 || test.events[i-1] != '!' {
					w.clock.pass(time.Second)
				}
				switch event {
				case 'i':
					if in, err = w.comeBack(w.approve(w.leave(sso.AuthRequest{}), els)); err != nil {
						t.Fatal(err)
					}
				case 's':
					w.browser.visit("GET", "/login/callback", func(rw http.ResponseWriter, r *http.Request) {
						_, err = w.rp.Sessions.Start(rw, r, in)
					})
				case 'l':
					tokens = append(tokens, w.issuer.Sign(w.issuer.LogoutClaims(clientID, els, "")))
				case 'd', 'o':
					token := tokens[len(tokens)-1]
					if event == 'o' {
						token = tokens[0]
					}
					if _, err := w.rp.Provider.BackChannelLogout(t.Context(), token); err != nil {
						t.Errorf("%c: got %v, want it accepted", event, err)
					}
				case 'x':
					w.config.Now = func() time.Time { return w.clock.Now().Add(test.skew) }
					w.rp = w.replica()
				}
			}
			if err == nil {
				_, err = w.read(w.rp)
			}
			if errors.Is(err, sso.ErrRevoked) != test.revoked || err != nil && !test.revoked {
				t.Errorf("got %v, want revoked: %v", err, test.revoked)
			}
		})
	}
}

func TestBackChannelLogoutOverHTTP(t *testing.T) {
	w := newWorld(t)
	w.signIn(els)
	receiver := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if _, err := w.rp.Provider.BackChannelLogout(r.Context(), r.PostFormValue("logout_token")); err != nil {
			http.Error(rw, err.Error(), http.StatusBadRequest)
		}
	}))
	defer receiver.Close()
	w.issuer.Clients[0].BackChannelURI = receiver.URL
	status, err := w.issuer.BackChannelLogout(t.Context(), clientID, els, w.issuer.SID(els))
	if err != nil || status != http.StatusOK {
		t.Errorf("got %d, %v, want 200", status, err)
	}
	if _, err := w.read(w.rp); !errors.Is(err, sso.ErrRevoked) {
		t.Errorf("got %v, want revoked", err)
	}
}

func TestBackChannelLogoutIsTriedAgainWhenTheStoreWasDown(t *testing.T) {
	store := &brokenStore{}
	w := newWorld(t, func(c *sso.Config) { c.Revoked = store })
	w.signIn(els)
	token := w.issuer.Sign(w.issuer.LogoutClaims(clientID, els, ""))
	store.broken = true
	if _, err := w.rp.Provider.BackChannelLogout(t.Context(), token); !errors.Is(err, sso.ErrUnavailable) {
		t.Errorf("store down: got %v, want ErrUnavailable", err)
	}
	store.broken = false
	if _, err := w.rp.Provider.BackChannelLogout(t.Context(), token); err != nil {
		t.Errorf("tried again: %v", err)
	}
	w.clock.pass(time.Second)
	if _, err := w.read(w.rp); !errors.Is(err, sso.ErrRevoked) {
		t.Errorf("session: got %v, want revoked", err)
	}
}
