package sso_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"protime-admin/internal/sso"
	"protime-admin/internal/sso/ssotest"
)

// TestAttacksOnSignIn: what comes back from the provider, or from somebody who pretends that it does, is refused.
func TestAttacksOnSignIn(t *testing.T) {
	whole := func(w *world) (sso.SignedIn, error) {
		return w.comeBack(w.approve(w.leave(sso.AuthRequest{Return: "/clockings"}), els))
	}
	answer := func(change func(*world, string) string) func(*world) (sso.SignedIn, error) {
		return func(w *world) (sso.SignedIn, error) {
			return w.comeBack(change(w, w.approve(w.leave(sso.AuthRequest{}), els)))
		}
	}
	for _, test := range []struct {
		name   string
		faults ssotest.Faults
		attack func(*world) (sso.SignedIn, error)
		want   sso.Error
	}{
		{"nonce of another sign-in", ssotest.Faults{WrongNonce: true}, whole, sso.ErrAnswer},
		{"no nonce", ssotest.Faults{NoNonce: true}, whole, sso.ErrAnswer},
		{"alg none, listed by the provider", ssotest.Faults{AlgNone: true}, whole, sso.ErrAnswer},
		{"symmetric signature with the client's secret", ssotest.Faults{Symmetric: true}, whole, sso.ErrAnswer},
		{"symmetric signature with the public key", ssotest.Faults{KeyConfusion: true}, whole, sso.ErrAnswer},
		{"signed with a key that is not the provider's", ssotest.Faults{ForeignKey: true}, whole, sso.ErrAnswer},
		{"signed with a key that nobody published", ssotest.Faults{UnknownKey: true}, whole, sso.ErrAnswer},
		{"changed after it was signed", ssotest.Faults{Tampered: true}, whole, sso.ErrAnswer},
		{"made for another client", ssotest.Faults{ForeignAudience: true}, whole, sso.ErrAnswer},
		{"made out to another party", ssotest.Faults{ForeignParty: true}, whole, sso.ErrAnswer},
		{"two audiences and no party", ssotest.Faults{ManyAudiences: true}, whole, sso.ErrAnswer},
		{"expired", ssotest.Faults{Expired: true}, whole, sso.ErrAnswer},
		{"without an end", ssotest.Faults{Edit: func(c map[string]any) { delete(c, "exp") }}, whole, sso.ErrAnswer},
		{"issued in the future", ssotest.Faults{FromTheFuture: true}, whole, sso.ErrAnswer},
		{"not valid yet", ssotest.Faults{NotYetValid: true}, whole, sso.ErrAnswer},
		{"another issuer's", ssotest.Faults{OtherIssuer: true}, whole, sso.ErrAnswer},
		{"without a subject", ssotest.Faults{NoSubject: true}, whole, sso.ErrAnswer},
		{"a subject of two lines", ssotest.Faults{Edit: func(c map[string]any) { c["sub"] = "a\nb" }}, whole, sso.ErrAnswer},
		{"a subject without end", ssotest.Faults{Edit: func(c map[string]any) { c["sub"] = strings.Repeat("a", 256) }}, whole, sso.ErrAnswer},
		{"hash of another access token", ssotest.Faults{WrongAtHash: true}, whole, sso.ErrAnswer},
		{"no ID token", ssotest.Faults{NoIDToken: true}, whole, sso.ErrAnswer},
		{"userinfo about another subject", ssotest.Faults{UserInfoOnly: true, UserInfoOtherSubject: true}, whole, sso.ErrAnswer},
		{"an answer without its issuer", ssotest.Faults{NoIss: true}, whole, sso.ErrAnswer},
		{"an answer of another issuer", ssotest.Faults{WrongIss: true}, whole, sso.ErrAnswer},

		{"no state", ssotest.Faults{}, answer(func(w *world, c string) string { return with(w.t, c, "state", "") }), sso.ErrAttempt},
		{"a state made up", ssotest.Faults{}, answer(func(w *world, c string) string {
			return with(w.t, c, "state", "AAAAAAAAAAAAAAAAAAAAAA")
		}), sso.ErrAttempt},
		{"a state with the right beginning", ssotest.Faults{}, answer(func(w *world, c string) string {
			return with(w.t, c, "state", param(w.t, c, "state")[:8]+"AAAAAAAAAAAAAA")
		}), sso.ErrAttempt},
		{"a state that is a header", ssotest.Faults{}, answer(func(w *world, c string) string {
			return with(w.t, c, "state", "a; Path=/\r\nSet-Cookie: x")
		}), sso.ErrAttempt},
		{"two states", ssotest.Faults{}, answer(func(_ *world, c string) string { return c + "&state=x" }), sso.ErrAttempt},
		{"two codes", ssotest.Faults{}, answer(func(_ *world, c string) string { return c + "&code=x" }), sso.ErrAttempt},
		{"no code", ssotest.Faults{}, answer(func(w *world, c string) string { return with(w.t, c, "code", "") }), sso.ErrAnswer},
		{"a code made up", ssotest.Faults{}, answer(func(w *world, c string) string { return with(w.t, c, "code", "x") }), sso.ErrAttempt},
		{"an answer that took eleven minutes", ssotest.Faults{}, answer(func(w *world, c string) string {
			w.clock.pass(11 * time.Minute)
			return c
		}), sso.ErrLate},
		{"a cookie that was changed", ssotest.Faults{}, answer(func(w *world, c string) string {
			name := w.browser.named(w.t, "protime-signin-")
			w.browser.cookies[name] = flip(w.browser.cookies[name])
			return c
		}), sso.ErrAttempt},
		{"a cookie without end", ssotest.Faults{}, answer(func(w *world, c string) string {
			w.browser.cookies[w.browser.named(w.t, "protime-signin-")] = strings.Repeat("A", 1<<20)
			return c
		}), sso.ErrAttempt},
		{"the answer in another browser (login CSRF)", ssotest.Faults{}, answer(func(w *world, c string) string {
			w.browser = newBrowser()
			return c
		}), sso.ErrAttempt},
		{"the same answer again", ssotest.Faults{}, func(w *world) (sso.SignedIn, error) {
			callback := w.approve(w.leave(sso.AuthRequest{}), els)
			if _, err := w.comeBack(callback); err != nil {
				w.t.Fatal(err)
			}
			return w.comeBack(callback)
		}, sso.ErrAttempt},
		{"the same answer with the cookies of before", ssotest.Faults{}, func(w *world) (sso.SignedIn, error) {
			callback := w.approve(w.leave(sso.AuthRequest{}), els)
			kept := w.browser.copied()
			if _, err := w.comeBack(callback); err != nil {
				w.t.Fatal(err)
			}
			w.browser = kept
			return w.comeBack(callback)
		}, sso.ErrUsed},
		{"the same, on another replica", ssotest.Faults{}, func(w *world) (sso.SignedIn, error) {
			callback := w.approve(w.leave(sso.AuthRequest{}), els)
			kept := w.browser.copied()
			if _, err := w.comeBack(callback); err != nil {
				w.t.Fatal(err)
			}
			w.browser, w.rp = kept, w.replica()
			return w.comeBack(callback)
		}, sso.ErrUsed},
		{"the code of another attempt (PKCE)", ssotest.Faults{}, func(w *world) (sso.SignedIn, error) {
			one := w.approve(w.leave(sso.AuthRequest{}), els)
			two := w.approve(w.leave(sso.AuthRequest{}), els)
			return w.comeBack(with(w.t, one, "code", param(w.t, two, "code")))
		}, sso.ErrAttempt},
		{"the code of the attacker's own sign-in", ssotest.Faults{}, func(w *world) (sso.SignedIn, error) {
			victim := w.browser
			w.browser = newBrowser()
			theirs := w.approve(w.leave(sso.AuthRequest{}), marc)
			w.browser = victim
			mine := w.approve(w.leave(sso.AuthRequest{}), els)
			return w.comeBack(with(w.t, mine, "code", param(w.t, theirs, "code")))
		}, sso.ErrAttempt},
		{"the state of another tab under the cookie of this one", ssotest.Faults{}, func(w *world) (sso.SignedIn, error) {
			one := w.approve(w.leave(sso.AuthRequest{}), els)
			name := w.browser.named(w.t, "protime-signin-")
			value := w.browser.cookies[name]
			delete(w.browser.cookies, name)
			two := w.approve(w.leave(sso.AuthRequest{}), els)
			w.browser.cookies[w.browser.named(w.t, "protime-signin-")] = value
			return w.comeBack(with(w.t, two, "code", param(w.t, one, "code")))
		}, sso.ErrAttempt},
		{"a sealed form in the place of the attempt", ssotest.Faults{}, answer(func(w *world, c string) string {
			token, err := w.rp.Forms.Seal(els, "/clockings", url.Values{"state": {param(w.t, c, "state")}})
			if err != nil {
				w.t.Fatal(err)
			}
			w.browser.cookies[w.browser.named(w.t, "protime-signin-")] = token
			return c
		}), sso.ErrAttempt},
		{"a client that the provider does not know any more", ssotest.Faults{}, answer(func(w *world, c string) string {
			w.issuer.Clients[0].Secret = "changed"
			return c
		}), sso.ErrAnswer},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.issuer.Misbehave(test.faults)
			if err := w.rp.Provider.Discover(t.Context()); err != nil {
				t.Fatal(err)
			}
			in, err := test.attack(w)
			if !errors.Is(err, test.want) {
				t.Fatalf("got %v, want %v", err, test.want)
			}
			if in.Identity.Subject != "" {
				t.Errorf("got the identity of %q beside the error", in.Identity.Subject)
			}
			if _, err := w.read(w.rp); !errors.Is(err, sso.ErrNoSession) {
				t.Errorf("session: got %v, want none", err)
			}
		})
	}
}

// TestAttacksOnSessions: a session cookie that this server did not make for this browser, now, opens nothing.
func TestAttacksOnSessions(t *testing.T) {
	const name = "protime-session"
	for _, test := range []struct {
		what   string
		attack func(*world, sso.Session)
		want   sso.Error
	}{
		{"no cookie", func(w *world, _ sso.Session) { w.browser = newBrowser() }, sso.ErrNoSession},
		{"one letter changed", func(w *world, _ sso.Session) {
			w.browser.cookies[name] = flip(w.browser.cookies[name])
		}, sso.ErrNoSession},
		{"cut off", func(w *world, _ sso.Session) {
			w.browser.cookies[name] = w.browser.cookies[name][:100]
		}, sso.ErrNoSession},
		{"empty", func(w *world, _ sso.Session) { w.browser.cookies[name] = "" }, sso.ErrNoSession},
		{"without end", func(w *world, _ sso.Session) {
			w.browser.cookies[name] = strings.Repeat("A", 1<<20)
		}, sso.ErrNoSession},
		{"the value of another cookie", func(w *world, _ sso.Session) {
			w.leave(sso.AuthRequest{})
			w.browser.cookies[name] = w.browser.cookies[w.browser.named(w.t, "protime-signin-")]
		}, sso.ErrNoSession},
		{"of a key that was taken out", func(w *world, _ sso.Session) {
			w.config.SessionKeys = [][]byte{key('b')}
			w.rp = w.replica()
		}, sso.ErrNoSession},
		{"of another client at the same provider", func(w *world, _ sso.Session) {
			w.config.ClientID = "another-client"
			w.rp = w.replica()
		}, sso.ErrNoSession},
		{"beside another one of the same name", func(w *world, _ sso.Session) {
			w.browser.twice = name
		}, sso.ErrTwoCookies},
		{"silent for the idle limit", func(w *world, _ sso.Session) { w.clock.pass(30 * time.Minute) }, sso.ErrExpired},
		{"busy until the absolute limit", func(w *world, _ sso.Session) {
			for range 60 {
				w.clock.pass(10 * time.Minute)
				if _, err := w.read(w.rp); err != nil {
					return
				}
			}
		}, sso.ErrExpired},
		{"the cookie of before the last refresh, later", func(w *world, _ sso.Session) {
			old := w.browser.copied()
			w.clock.pass(20 * time.Minute)
			if _, err := w.read(w.rp); err != nil {
				w.t.Fatal(err)
			}
			w.browser = old
			w.clock.pass(15 * time.Minute)
		}, sso.ErrExpired},
		{"kept beyond sign-out", func(w *world, s sso.Session) {
			kept := w.browser.copied()
			if err := w.signOut(s); err != nil {
				w.t.Fatal(err)
			}
			w.browser = kept
		}, sso.ErrRevoked},
		{"kept beyond sign-out, on another replica", func(w *world, s sso.Session) {
			kept := w.browser.copied()
			if err := w.signOut(s); err != nil {
				w.t.Fatal(err)
			}
			w.browser, w.rp = kept, w.replica()
		}, sso.ErrRevoked},
		{"kept beyond sign-out, at a provider that names no sessions", func(w *world, _ sso.Session) {
			w.issuer.Misbehave(ssotest.Faults{Edit: func(c map[string]any) { delete(c, "sid") }})
			session := w.signIn(els)
			kept := w.browser.copied()
			if err := w.signOut(session); err != nil {
				w.t.Fatal(err)
			}
			w.browser, w.rp = kept, w.replica()
		}, sso.ErrRevoked},
		{"kept beyond the provider's sign-out of that session", func(w *world, _ sso.Session) {
			w.backChannel(w.issuer.LogoutClaims(clientID, "", w.issuer.SID(els)))
		}, sso.ErrRevoked},
		{"kept beyond the provider's sign-out of the person", func(w *world, _ sso.Session) {
			w.backChannel(w.issuer.LogoutClaims(clientID, els, ""))
		}, sso.ErrRevoked},
		{"of a role that was taken out of the configuration", func(w *world, _ sso.Session) {
			w.config.Roles["editor"] = []string{"hr-lead"}
			w.rp = w.replica()
		}, sso.ErrNoRole},
	} {
		t.Run(test.what, func(t *testing.T) {
			w := newWorld(t)
			session := w.signIn(els)
			if _, err := w.read(w.rp); err != nil {
				t.Fatalf("before: %v", err)
			}
			test.attack(w, session)
			if _, err := w.read(w.rp); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

// TestTokensOfUnknownKeysFetchTheKeysOnceAMinute: anybody can send a token with a key id of their own making.
func TestTokensOfUnknownKeysFetchTheKeysOnceAMinute(t *testing.T) {
	var fetches atomic.Int32
	w := newWorld(t, func(c *sso.Config) {
		c.HTTP = &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
			if r.URL.Path == "/keys" {
				fetches.Add(1)
			}
			return http.DefaultTransport.RoundTrip(r)
		})}
	})
	expect := func(what string, want int32) {
		t.Helper()
		if got := fetches.Swap(0); got != want {
			t.Errorf("%s: got %d requests for the keys, want %d", what, got, want)
		}
	}
	w.signIn(els)
	expect("a first sign-in", 1)
	w.issuer.Misbehave(ssotest.Faults{UnknownKey: true})
	for range 10 {
		if _, err := w.comeBack(w.approve(w.leave(sso.AuthRequest{}), els)); !errors.Is(err, sso.ErrAnswer) {
			t.Errorf("unknown key: got %v, want ErrAnswer", err)
		}
		forged := (&ssotest.Issuer{URL: w.issuer.URL, Now: w.clock.Now}).Sign(w.issuer.LogoutClaims(clientID, els, ""))
		if _, err := w.rp.Provider.BackChannelLogout(t.Context(), forged); !errors.Is(err, sso.ErrAnswer) {
			t.Errorf("forged logout token: got %v, want ErrAnswer", err)
		}
	}
	expect("unknown keys within a minute", 0)
	w.clock.pass(time.Minute)
	for range 10 {
		_, _ = w.comeBack(w.approve(w.leave(sso.AuthRequest{}), els))
	}
	expect("unknown keys in the next minute", 1)
	w.issuer.Misbehave(ssotest.Faults{UnknownKey: true, KeysDown: true})
	w.clock.pass(time.Minute)
	untilSignInGives(w, sso.ErrUnavailable)
	for range 10 {
		if _, err := w.comeBack(w.approve(w.leave(sso.AuthRequest{}), els)); !errors.Is(err, sso.ErrUnavailable) {
			t.Errorf("keys cannot be read: got %v, want ErrUnavailable", err)
		}
	}
	expect("keys that cannot be read", 1)
	w.issuer.Misbehave(ssotest.Faults{})
	w.clock.pass(5 * time.Second)
	untilSignInGives(w, nil)
}

// untilSignInGives signs in until that ends with want. go-oidc gives the result of a request for keys to those who wait for
// it before it forgets the request, so that sign-ins right after it may get its result once more.
func untilSignInGives(w *world, want error) {
	w.t.Helper()
	var err error
	for range 100 {
		if _, err = w.comeBack(w.approve(w.leave(sso.AuthRequest{}), els)); errors.Is(err, want) {
			return
		}
		time.Sleep(time.Millisecond)
	}
	w.t.Fatalf("after 100 sign-ins: got %v, want %v", err, want)
}

// transport is an http.RoundTripper.
type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

func TestSignInReturnsToThisSiteOnly(t *testing.T) {
	for _, raw := range []string{"//evil.example", "https://evil.example/", "/\\evil.example", "/login", ""} {
		w := newWorld(t)
		in, err := w.comeBack(w.approve(w.leave(sso.AuthRequest{Return: raw}), els))
		if err != nil || in.Return != "/" {
			t.Errorf("%q: got %q, %v, want the first page", raw, in.Return, err)
		}
	}
}

func TestCodesAndSecretsFollowNoRedirectElsewhere(t *testing.T) {
	got := make(chan string, 10)
	thief := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got <- r.Method + " " + r.URL.Path
	}))
	defer thief.Close()
	w := newWorld(t, func(c *sso.Config) {
		c.HTTP = &http.Client{Transport: redirecting{thief.URL}}
	})
	if _, err := w.comeBack(w.approve(w.leave(sso.AuthRequest{}), els)); err == nil {
		t.Error("got no error")
	}
	select {
	case request := <-got:
		t.Errorf("the other host got %s", request)
	default:
	}
}

// redirecting answers the token endpoint's requests with a redirect that keeps method and body.
type redirecting struct{ to string }

func (x redirecting) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path != "/token" || strings.HasPrefix(x.to, "http://"+r.URL.Host) {
		return http.DefaultTransport.RoundTrip(r)
	}
	rw := httptest.NewRecorder()
	http.Redirect(rw, r, x.to+"/token", http.StatusTemporaryRedirect)
	response := rw.Result()
	response.Request = r
	return response, nil
}

func TestSignInMakesANewSessionWhateverTheBrowserHad(t *testing.T) {
	w := newWorld(t)
	attackers := w.signIn(marc)
	planted := w.browser.copied()
	w.browser = planted // the victim's browser, with the attacker's session in it
	victims := w.signIn(els)
	if victims.ID == attackers.ID {
		t.Error("the session kept its id across a sign-in")
	}
	session, err := w.read(w.rp)
	if err != nil || session.ID != victims.ID || session.Identity.Subject != els {
		t.Errorf("got %q of %q, %v, want the victim's own", session.ID, session.Identity.Subject, err)
	}
}

// TestInvariant7_NothingSecretReachesErrorsOrTheLog looks for secrets in everything that attacks leave behind.
func TestInvariant7_NothingSecretReachesErrorsOrTheLog(t *testing.T) {
	for _, faults := range []ssotest.Faults{
		{}, {WrongNonce: true}, {AlgNone: true}, {ForeignKey: true}, {Expired: true}, {TokenDown: true}, {NoIss: true},
		{UserInfoOnly: true, UserInfoDown: true}, {UserInfoDown: true, Edit: func(c map[string]any) { delete(c, "name") }},
		{OtherIssuer: true}, {ForeignAudience: true}, {UnknownKey: true},
	} {
		w := newWorld(t)
		w.issuer.Misbehave(faults)
		_ = w.rp.Provider.Discover(t.Context())
		address := w.leave(sso.AuthRequest{})
		callback := w.approve(address, els)
		secrets := []string{
			clientSecret, url.QueryEscape(clientSecret), string(key('a')), param(t, callback, "code"),
			param(t, callback, "state"), param(t, address, "nonce"),
		}
		for _, value := range w.browser.cookies {
			secrets = append(secrets, value)
		}
		in, err := w.comeBack(callback)
		seen := w.log.String()
		if err != nil {
			seen += err.Error()
		} else {
			w.start(in)
			secrets = append(secrets, w.browser.cookies["protime-session"])
			w.browser.cookies["protime-session"] = flip(w.browser.cookies["protime-session"])
			_, err = w.read(w.rp)
			seen += err.Error()
		}
		_, err = w.comeBack(callback)
		seen += err.Error()
		_, err = w.rp.Provider.BackChannelLogout(t.Context(), w.issuer.Sign(map[string]any{"iss": "x"}))
		seen += err.Error()
		for _, secret := range secrets {
			if strings.Contains(seen, secret) {
				t.Errorf("with %+v: %q shows %q", faults, seen, secret)
			}
		}
		if token := signedToken.FindString(seen); token != "" {
			t.Errorf("with %+v: %q shows the token %s", faults, seen, token)
		}
	}
}

// signedToken matches a JSON Web Token: header and claims are objects in base64url, which begin with eyJ. A random id can
// hold eyJ too, but no dot.
var signedToken = regexp.MustCompile(`eyJ[\w-]+\.eyJ[\w-]+\.`)

func (w *world) backChannel(claims map[string]any) {
	w.t.Helper()
	if _, err := w.rp.Provider.BackChannelLogout(w.t.Context(), w.issuer.Sign(claims)); err != nil {
		w.t.Fatalf("back-channel logout: %v", err)
	}
}

func (b *browser) copied() *browser {
	c := newBrowser()
	for name, value := range b.cookies {
		c.cookies[name] = value
	}
	return c
}

// flip changes one letter in the middle.
func flip(s string) string {
	b := []byte(s)
	if b[len(b)/2] == 'A' {
		b[len(b)/2] = 'B'
	} else {
		b[len(b)/2] = 'A'
	}
	return string(b)
}

var _ http.Handler = (*ssotest.Issuer)(nil)
