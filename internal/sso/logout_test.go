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
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.issuer.Misbehave(test.faults)
			w.signIn(els)
			session, err := w.read(w.gate)
			if err != nil {
				t.Fatal(err)
			}
			address := w.gate.Provider.LogoutURL(session)
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
		{"one that came before", func(w *world) string {
			token := edit(func(c map[string]any) { c["sub"] = marc; delete(c, "sid") })(w)
			if _, err := w.gate.Provider.BackChannelLogout(w.t.Context(), token); err != nil {
				w.t.Fatal(err)
			}
			return token
		}, sso.ErrUsed},
		{"one that came before, to another replica", func(w *world) string {
			token := edit(func(c map[string]any) { c["sub"] = marc; delete(c, "sid") })(w)
			if _, err := w.gate.Provider.BackChannelLogout(w.t.Context(), token); err != nil {
				w.t.Fatal(err)
			}
			w.gate = w.replica()
			return token
		}, sso.ErrUsed},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.signIn(els)
			_, err := w.gate.Provider.BackChannelLogout(t.Context(), test.token(w))
			if !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if _, err := w.read(w.gate); err != nil {
				t.Errorf("the session that it was about: %v", err)
			}
		})
	}
}

func TestBackChannelLogoutOverHTTP(t *testing.T) {
	w := newWorld(t)
	w.signIn(els)
	receiver := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if _, err := w.gate.Provider.BackChannelLogout(r.Context(), r.PostFormValue("logout_token")); err != nil {
			http.Error(rw, err.Error(), http.StatusBadRequest)
		}
	}))
	defer receiver.Close()
	w.issuer.Clients[0].BackChannelURI = receiver.URL
	status, err := w.issuer.BackChannelLogout(t.Context(), clientID, els, w.issuer.SID(els))
	if err != nil || status != http.StatusOK {
		t.Errorf("got %d, %v, want 200", status, err)
	}
	if _, err := w.read(w.gate); !errors.Is(err, sso.ErrRevoked) {
		t.Errorf("got %v, want revoked", err)
	}
}

func TestBackChannelLogoutIsTriedAgainWhenTheStoreWasDown(t *testing.T) {
	store := &brokenStore{}
	w := newWorld(t, func(c *sso.Config) { c.Revoked = store })
	w.signIn(els)
	token := w.issuer.Sign(w.issuer.LogoutClaims(clientID, els, ""))
	store.broken = true
	if _, err := w.gate.Provider.BackChannelLogout(t.Context(), token); !errors.Is(err, sso.ErrUnavailable) {
		t.Errorf("store down: got %v, want ErrUnavailable", err)
	}
	store.broken = false
	if _, err := w.gate.Provider.BackChannelLogout(t.Context(), token); err != nil {
		t.Errorf("tried again: %v", err)
	}
	w.clock.pass(time.Second)
	if _, err := w.read(w.gate); !errors.Is(err, sso.ErrRevoked) {
		t.Errorf("session: got %v, want revoked", err)
	}
}
