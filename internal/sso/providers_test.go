package sso_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
	"golang.org/x/text/language"

	"protime-admin/internal/sso"
)

// product is a small product over HTTP: sign-in, sign-out and one page that names who is signed in.
type product struct {
	*httptest.Server
	rp        *sso.RelyingParty
	toldToEnd atomic.Int32 // logout tokens that were accepted
}

func newProduct(t *testing.T) *product {
	p := &product{}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /login", func(w http.ResponseWriter, r *http.Request) {
		address, err := p.rp.Provider.Begin(w, r, sso.AuthRequest{Return: r.URL.Query().Get("return")})
		if err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		http.Redirect(w, r, address, http.StatusSeeOther)
	})
	mux.HandleFunc("GET /login/callback", func(w http.ResponseWriter, r *http.Request) {
		in, err := p.rp.Provider.Finish(w, r)
		if errors.Is(err, sso.ErrNoRole) {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		if err == nil {
			_, err = p.rp.Sessions.Start(w, r, in)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		http.Redirect(w, r, in.Return, http.StatusSeeOther)
	})
	mux.HandleFunc("POST /login/backchannel", func(w http.ResponseWriter, r *http.Request) {
		if _, err := p.rp.Provider.BackChannelLogout(r.Context(), r.PostFormValue("logout_token")); err != nil {
			t.Errorf("back-channel logout: %v", err)
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		p.toldToEnd.Add(1)
	})
	mux.HandleFunc("POST /logout", func(w http.ResponseWriter, r *http.Request) {
		session, err := p.rp.Sessions.Read(r)
		if err == nil {
			err = p.rp.Sessions.End(w, r, session)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		http.Redirect(w, r, p.rp.Provider.LogoutURL(session), http.StatusSeeOther)
	})
	mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) {
		session, err := p.rp.Sessions.Read(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		i := session.Identity
		fmt.Fprintf(w, "%s|%s|%s|%v", r.URL.Path, i.Name, i.Email, i.Roles)
	})
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	p.URL = strings.Replace(p.URL, "127.0.0.1", "localhost", 1) // a host of its own: cookies know no ports
	return p
}

// open connects the product to a provider that runs.
func (p *product) open(t *testing.T, issuer string) {
	t.Helper()
	rp, err := sso.New(sso.Config{
		Issuer: issuer, ClientID: clientID, ClientSecret: clientSecret, Scopes: []string{"openid", "profile", "email"},
		Roles: map[string][]string{"editor": {"hr-edit"}, "viewer": {"hr-read"}}, PublicURL: mustURL(t, p.URL), SessionKeys: [][]byte{key('a')},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := rp.Provider.Discover(t.Context()); err != nil {
		t.Fatal(err)
	}
	p.rp = rp
}

// surfer goes through the provider's own pages as a person does: it fills in forms until there is none left.
type surfer struct {
	t      *testing.T
	client *http.Client
	fields map[string]string // what to type, by the input's name
}

func newSurfer(t *testing.T, fields map[string]string) *surfer {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &surfer{t: t, client: &http.Client{Jar: jar, Timeout: 30 * time.Second}, fields: fields}
}

func (s *surfer) get(address string) (status int, at, text string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.do(r)
}

func (s *surfer) post(address string, form url.Values) (status int, at, text string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.do(r)
}

func (s *surfer) do(r *http.Request) (status int, at, text string) {
	s.t.Helper()
	for range 5 {
		response, err := s.client.Do(r)
		if err != nil {
			s.t.Fatal(err)
		}
		page, err := goquery.NewDocumentFromReader(response.Body)
		response.Body.Close()
		if err != nil {
			s.t.Fatal(err)
		}
		form := page.Find("form").First()
		if form.Length() == 0 {
			return response.StatusCode, response.Request.URL.String(), strings.TrimSpace(page.Text())
		}
		r = s.fill(response.Request.URL, form)
	}
	s.t.Fatal("the provider keeps asking")
	return 0, "", ""
}

// fill enters the known fields, leaves the others, and presses the first button.
func (s *surfer) fill(base *url.URL, form *goquery.Selection) *http.Request {
	s.t.Helper()
	values := url.Values{}
	form.Find("input").Each(func(_ int, input *goquery.Selection) {
		name := input.AttrOr("name", "")
		typed, known := s.fields[name]
		if !known {
			typed = input.AttrOr("value", "")
		}
		if name != "" {
			values.Set(name, typed)
		}
	})
	button := form.Find("button[name]").First()
	if id := form.AttrOr("id", ""); button.Length() == 0 && id != "" { // it may stand outside its form
		button = form.Parents().Last().Find("button[name][form='" + id + "']").First()
	}
	if button.Length() > 0 {
		values.Set(button.AttrOr("name", ""), button.AttrOr("value", ""))
	}
	to, err := base.Parse(form.AttrOr("action", ""))
	if err != nil {
		s.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, to.String(), strings.NewReader(values.Encode()))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func TestSignInAtZitadelsProvider(t *testing.T) {
	for name, inIDToken := range map[string]bool{"claims in the ID token": true, "claims only in userinfo": false} {
		t.Run(name, func(t *testing.T) {
			p := newProduct(t)
			issuer := startZitadel(t, p.URL, inIDToken)
			p.open(t, issuer)
			s := newSurfer(t, map[string]string{"username": "els", "password": "a-password"})

			status, at, text := s.get(p.URL + "/login?return=/clockings/8192/edit")
			if want := "/clockings/8192/edit|Els Peeters|els.peeters@acme.example|[editor]"; status != http.StatusOK || text != want {
				t.Fatalf("sign-in: got %d %q at %s, want %q", status, text, at, want)
			}
			status, at, _ = s.post(p.URL+"/logout", nil)
			if status != http.StatusUnauthorized || at != p.URL+"/" {
				t.Errorf("sign-out: got %d at %s, want the first page without a session", status, at)
			}
			if status, _, text := s.get(p.URL + "/clockings"); status != http.StatusUnauthorized {
				t.Errorf("after sign-out: got %d %q", status, text)
			}

			s = newSurfer(t, map[string]string{"username": "tom", "password": "a-password"})
			if status, at, text := s.get(p.URL + "/login"); status != http.StatusForbidden {
				t.Errorf("somebody without a role: got %d %q at %s, want 403", status, text, at)
			}
		})
	}
}

// startZitadel runs the provider that zitadel/oidc shows its library with, with people and a client of ours.
func startZitadel(t *testing.T, home string, inIDToken bool) (issuer string) {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	issuer = "http://" + server.Listener.Addr().String()
	client := storage.WebClient(clientID, clientSecret, home+"/login/callback")
	base := storage.NewStorageWithClients(zitadelPeople{}, map[string]*storage.Client{clientID: client})
	server.Config.Handler = exampleop.SetupServer(issuer, &zitadelStorage{base, home, inIDToken}, nil, false)
	server.Start()
	t.Cleanup(server.Close)
	return issuer
}

type zitadelStorage struct {
	*storage.Storage
	home      string
	inIDToken bool
}

func (z *zitadelStorage) GetClientByClientID(ctx context.Context, id string) (op.Client, error) {
	client, err := z.Storage.GetClientByClientID(ctx, id)
	if err != nil {
		return nil, err
	}
	return zitadelClient{client, z}, nil
}

func (z *zitadelStorage) SetUserinfoFromRequest(ctx context.Context, info *oidc.UserInfo, r op.IDTokenRequest, scopes []string) error {
	if slices.Contains(scopes, oidc.ScopeProfile) {
		z.groups(info, r.GetSubject())
	}
	return z.Storage.SetUserinfoFromRequest(ctx, info, r, scopes)
}

func (z *zitadelStorage) SetUserinfoFromToken(ctx context.Context, info *oidc.UserInfo, id, subject, origin string) error {
	z.groups(info, subject)
	return z.Storage.SetUserinfoFromToken(ctx, info, id, subject, origin)
}

func (z *zitadelStorage) groups(info *oidc.UserInfo, subject string) {
	if subject == "id-els" {
		info.AppendClaims("groups", []string{"everyone", "hr-edit"})
	}
}

type zitadelClient struct {
	op.Client
	storage *zitadelStorage
}

func (c zitadelClient) IDTokenUserinfoClaimsAssertion() bool { return c.storage.inIDToken }
func (c zitadelClient) PostLogoutRedirectURIs() []string     { return []string{c.storage.home + "/"} }

type zitadelPeople struct{}

func (zitadelPeople) ExampleClientID() string { return "unused" }

func (z zitadelPeople) GetUserByID(id string) *storage.User {
	return z.GetUserByUsername(strings.TrimPrefix(id, "id-"))
}

func (zitadelPeople) GetUserByUsername(name string) *storage.User {
	last := map[string]string{"els": "Peeters", "tom": "Nobody"}[name]
	if last == "" {
		return nil
	}
	return &storage.User{
		ID: "id-" + name, Username: name, Password: "a-password", FirstName: strings.ToUpper(name[:1]) + name[1:], LastName: last,
		Email: name + "." + strings.ToLower(last) + "@acme.example", EmailVerified: true, PreferredLanguage: language.Dutch,
	}
}
