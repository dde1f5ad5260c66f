package sso_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"protime-admin/internal/sso"
)

func typed() url.Values {
	return url.Values{
		"date": {"2024-01-05"}, "timeOfDayInMinutes": {"1800"}, "why.note": {"vergeten\r\nuit te klokken – Zoë <b>"}, "person.id": {"76547"},
		"empty": {""}, "many": {"a", "b", ""},
	}
}

func TestInvariant6_AFormOfAnEndedSessionComesBack(t *testing.T) {
	for name, end := range map[string]func(*world, sso.Session){
		"the session expired":           func(w *world, _ sso.Session) { w.clock.pass(31 * time.Minute) },
		"the session ended hours ago":   func(w *world, _ sso.Session) { w.clock.pass(20 * time.Hour) },
		"the browser was closed":        func(w *world, _ sso.Session) { delete(w.browser.cookies, "protime-session") },
		"signed out in another tab":     func(w *world, s sso.Session) { _ = w.signOut(s) },
		"signed out by the provider":    func(w *world, _ sso.Session) { w.backChannel(w.issuer.LogoutClaims(clientID, els, "")) },
		"the role was taken away since": func(w *world, _ sso.Session) { w.config.Roles["editor"] = nil; w.rp = w.replica() },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			end(w, w.signIn(els))
			if _, err := w.read(w.rp); err == nil {
				t.Fatal("the session is still good")
			}
			token, err := w.rp.Forms.Seal(w.subject(), "/clockings/8192/edit", typed())
			if err != nil {
				t.Fatal(err)
			}
			if strings.ContainsAny(token, `<>"'&=+/ `) {
				t.Errorf("the token needs escaping: %.40q", token)
			}
			w.config.Roles["editor"] = []string{"hr-edit"}
			w.rp = w.replica() // any replica opens it
			w.clock.pass(14 * time.Minute)
			session := w.signIn(els)
			path, form, err := w.rp.Forms.Open(token, session.Identity.Subject)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(typed(), form); diff != "" || path != "/clockings/8192/edit" {
				t.Errorf("path %q, form (-want +got):\n%s", path, diff)
			}
		})
	}
}

func (w *world) subject() (subject string) {
	w.browser.visit("POST", "/clockings/8192/edit", func(_ http.ResponseWriter, r *http.Request) {
		subject = w.rp.Sessions.Subject(r)
	})
	return subject
}

func TestAttacksOnSealedForms(t *testing.T) {
	for _, test := range []struct {
		name    string
		subject string
		attack  func(w *world, token string) string
		want    sso.Error
	}{
		{"opened by another subject", marc, func(_ *world, token string) string { return token }, sso.ErrOtherSubject},
		{"opened by nobody", "", func(_ *world, token string) string { return token }, sso.ErrOtherSubject},
		{"one letter changed", els, func(_ *world, token string) string { return flip(token) }, sso.ErrToken},
		{"cut off", els, func(_ *world, token string) string { return token[:20] }, sso.ErrToken},
		{"empty", els, func(*world, string) string { return "" }, sso.ErrToken},
		{"not base64", els, func(*world, string) string { return "<script>" }, sso.ErrToken},
		{"without end", els, func(*world, string) string { return strings.Repeat("A", 4<<20) }, sso.ErrToken},
		{"after sixteen minutes", els, func(w *world, token string) string { w.clock.pass(16 * time.Minute); return token }, sso.ErrLate},
		{"of a key that was taken out", els, func(w *world, token string) string {
			w.config.SessionKeys = [][]byte{key('b')}
			w.rp = w.replica()
			return token
		}, sso.ErrToken},
		{"a handoff code in its place", els, func(w *world, _ string) string {
			code, err := w.rp.Frames.Code(w.signIn(els), strings.Repeat("A", 43))
			if err != nil {
				w.t.Fatal(err)
			}
			return code
		}, sso.ErrToken},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			token, err := w.rp.Forms.Seal(els, "/clockings/new", typed())
			if err != nil {
				t.Fatal(err)
			}
			path, form, err := w.rp.Forms.Open(test.attack(w, token), test.subject)
			if !errors.Is(err, test.want) || path != "" || form != nil {
				t.Errorf("got %q, %v, %v, want %v", path, form, err, test.want)
			}
		})
	}
}

func TestSealedFormsOfAnySizeThatTheServerTakes(t *testing.T) {
	w := newWorld(t)
	for name, text := range map[string]string{
		"1 MB that deflates": strings.Repeat("Zoë was vergeten uit te klokken. ", 1<<20/40),
		"1 MB that does not": noise(1<<20 - 100),
		"nothing":            "",
	} {
		form := url.Values{"rows": {text}}
		if len(form.Encode()) > 1<<20 {
			form = url.Values{"rows": {text[:len(text)/2]}}
		}
		token, err := w.rp.Forms.Seal(els, "/clockings/new", form)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(token) > sso.MaxSealedForm {
			t.Errorf("%s: got a token of %d bytes, want at most %d", name, len(token), sso.MaxSealedForm)
		}
		if _, got, err := w.rp.Forms.Open(token, els); err != nil || got.Get("rows") != form.Get("rows") {
			t.Errorf("%s: got %d bytes, %v", name, len(got.Get("rows")), err)
		}
	}
	if _, err := w.rp.Forms.Seal(els, "/", url.Values{"rows": {noise(2 << 20)}}); !errors.Is(err, sso.ErrTooLarge) {
		t.Errorf("2 MB: got %v, want ErrTooLarge", err)
	}
	if _, err := w.rp.Forms.Seal("", "/", typed()); !errors.Is(err, sso.ErrOtherSubject) {
		t.Errorf("of nobody known: got %v, want ErrOtherSubject", err)
	}
}

func FuzzSealedToken(f *testing.F) {
	u, _ := url.Parse("https://admin.acme.example")
	rp, err := sso.New(sso.Config{Issuer: "https://idp.example", ClientID: "x", PublicURL: u, SessionKeys: [][]byte{key('a')}})
	if err != nil {
		f.Fatal(err)
	}
	good, err := rp.Forms.Seal(els, "/clockings/new", typed())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good, els)
	f.Add(good[:len(good)-1], els)
	f.Add("", "")
	f.Fuzz(func(t *testing.T, token, subject string) {
		path, form, err := rp.Forms.Open(token, subject)
		if err == nil && subject != els { // the seeds alone were made with this key, by her
			t.Errorf("token %.40q of %q: got %q, %v, %v", token, subject, path, form, err)
		}
	})
}

func FuzzSealedForm(f *testing.F) {
	u, _ := url.Parse("https://admin.acme.example")
	rp, err := sso.New(sso.Config{Issuer: "https://idp.example", ClientID: "x", PublicURL: u, SessionKeys: [][]byte{key('a')}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(els, "/clockings/new", "why.note", "vergeten\r\n=&%00")
	f.Fuzz(func(t *testing.T, subject, path, name, value string) {
		token, err := rp.Forms.Seal(subject, path, url.Values{name: {value, ""}})
		if subject == "" || err != nil {
			return
		}
		gotPath, form, err := rp.Forms.Open(token, subject)
		if err != nil || gotPath != path || len(form) != 1 || !slices.Equal(form[name], []string{value, ""}) {
			t.Errorf("there and back: got %q, %v, %v", gotPath, form, err)
		}
		if _, _, err := rp.Forms.Open(token, subject+"x"); !errors.Is(err, sso.ErrOtherSubject) {
			t.Errorf("another subject: got %v", err)
		}
	})
}

func FuzzSessionCookie(f *testing.F) {
	u, _ := url.Parse("http://localhost")
	rp, err := sso.New(sso.Config{Issuer: "https://idp.example", ClientID: "x", PublicURL: u, SessionKeys: [][]byte{key('a')}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("")
	f.Add("MTcwNDQ0MTYwMHxBQUFB")
	f.Fuzz(func(t *testing.T, value string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Cookie", "protime-session="+value+"; protime-last="+value)
		if session, err := rp.Sessions.Read(r); !errors.Is(err, sso.ErrNoSession) {
			t.Errorf("%q: got %v, %v, want no session", value, session, err)
		}
		if subject := rp.Sessions.Subject(r); subject != "" {
			t.Errorf("%q: got subject %q", value, subject)
		}
	})
}
