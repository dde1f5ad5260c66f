package handlers_test

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"protime-admin/internal/sso/ssotest"
)

func TestSignInLeadsBackToThePageAskedFor(t *testing.T) {
	w := newWorld(t)
	b := w.stranger()
	first := b.open("/clockings/8192/edit?return=%2Fpeople")
	if first.status != http.StatusSeeOther {
		t.Fatalf("without a session: got %d, want 303", first.status)
	}
	page := b.answer(b.leave(first.header.Get("Location")), "els").wants(http.StatusOK)
	if got, want := page.url.RequestURI(), "/clockings/8192/edit?return=%2Fpeople"; got != want {
		t.Errorf("after sign-in: got %s, want %s", got, want)
	}
	if again := b.get("/login?return=/people").wants(http.StatusOK); again.url.Path != "/people" {
		t.Errorf("signed in already: got %s, want /people without the provider", again.url)
	}
}

func TestACallbackThatComesTwiceGoesOn(t *testing.T) {
	w := newWorld(t)
	b := w.stranger()
	callback, err := w.issuer.Approve(b.leave("/login?return=/people"), "els")
	if err != nil {
		t.Fatal(err)
	}
	b.get(callback).wants(http.StatusOK)
	b.get(callback).wants(http.StatusOK)
}

func TestEachRoleReachesItsOwnPages(t *testing.T) {
	w := newWorld(t)
	edit := func(b *browser) int { return b.get("/clockings/8192/edit").status }
	write := func(b *browser) int {
		return b.post("/clockings/8192/edit", url.Values{"change": {"0190a5c0-0000-7000-8000-000000000001"}}).status
	}
	for _, test := range []struct {
		who               string
		read, edit, write int
	}{
		{"marc", http.StatusOK, http.StatusForbidden, http.StatusForbidden},
		{"els", http.StatusOK, http.StatusOK, http.StatusUnprocessableEntity},
		{"anke", http.StatusOK, http.StatusForbidden, http.StatusForbidden},
		{"both", http.StatusOK, http.StatusOK, http.StatusUnprocessableEntity},
	} {
		b := w.signIn(test.who)
		if got := b.get("/clockings/8192").status; got != test.read {
			t.Errorf("%s reads a record: got %d, want %d", test.who, got, test.read)
		}
		if got := edit(b); got != test.edit {
			t.Errorf("%s opens its form: got %d, want %d", test.who, got, test.edit)
		}
		if got := write(b); got != test.write {
			t.Errorf("%s sends its form: got %d, want %d", test.who, got, test.write)
		}
	}
	if writes := w.tenant.Writes(); len(writes) > 0 {
		t.Errorf("got %d writes at the API, want none", len(writes))
	}
}

func TestNobodyWithoutARoleGetsInAndIsToldWhomToAsk(t *testing.T) {
	w := newWorld(t, "SUPPORT_CONTACT=HR service desk, extension 4242")
	b := w.stranger()
	page := b.signIn("nobody", "/clockings/8192").wants(http.StatusForbidden)
	if line := w.lines.String(); !strings.Contains(line, `"claim":"groups","given":true,"values":1`) || strings.Contains(line, "everyone") {
		t.Errorf("got the log %s, want the claim's name, that it was given, and how many values it had", line)
	}
	if !strings.Contains(page.text("main"), "HR service desk, extension 4242") {
		t.Errorf("got %q, want it to say whom to ask", page.text("main"))
	}
	if b.open("/clockings/8192").status != http.StatusSeeOther {
		t.Error("got a page afterwards, want sign-in")
	}
	other := b.leave(page.href("main a"))
	if got := param(t, other, "prompt"); got != "login" {
		t.Errorf("signing in as somebody else: got prompt %q, want login", got)
	}
	b.answer(other, "els").wants(http.StatusOK)
}

func TestSignOutEndsTheSessionHereAndAtTheProvider(t *testing.T) {
	w := newWorld(t)
	b := w.signIn("els")
	old := b.cookie("protime-session")
	out := b.get("/").form("form[action='/logout']").sendOnce()
	if got := out.header.Get("Location"); out.status != http.StatusSeeOther || !strings.HasPrefix(got, w.issuer.URL) {
		t.Fatalf("got %d to %q, want 303 to the provider", out.status, got)
	}
	if got := out.header.Get("Clear-Site-Data"); got != `"cache"` {
		t.Errorf("Clear-Site-Data: got %q, want the cache", got)
	}
	if got := param(t, out.header.Get("Location"), "post_logout_redirect_uri"); got != w.url+"/" {
		t.Errorf("back to: got %q, want %q", got, w.url+"/")
	}
	if b.cookie("protime-session") != "" {
		t.Error("the session's cookie is still there")
	}
	b.setCookie("protime-session", old)
	if page := b.open("/"); page.status != http.StatusSeeOther {
		t.Errorf("with the old cookie: got %d, want 303 to sign-in", page.status)
	}
}

func TestAnEndedSessionIsOverOnEveryReplica(t *testing.T) {
	for name, end := range map[string]func(*testing.T, *browser){
		"signed out": func(_ *testing.T, b *browser) { b.get("/people").form("form[action='/logout']").sendOnce() },
		"signed out by the provider": func(t *testing.T, b *browser) {
			status, err := b.w.issuer.BackChannelLogout(t.Context(), "protime-admin", "els", "")
			if err != nil || status != http.StatusOK {
				t.Fatalf("back-channel logout: got %d, %v, want 200", status, err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			other := w.replica()
			b := w.signIn("els")
			session := b.cookie("protime-session")
			there := func() int {
				r := b.request(http.MethodGet, other.server.URL+"/people", nil)
				r.Host = w.config.PublicURL.Host
				r.Header.Set("Cookie", "protime-session="+session)
				return w.stranger().do(r, false).status
			}
			if got := there(); got != http.StatusOK {
				t.Fatalf("at the other replica: got %d, want 200", got)
			}
			end(t, b)
			if got := there(); got != http.StatusSeeOther {
				t.Errorf("afterwards: got %d, want 303 to sign-in", got)
			}
		})
	}
}

func TestSignInWithHundredsOfGroups(t *testing.T) {
	w := newWorld(t)
	for _, n := range []int{200, 2000} {
		w.issuer.Misbehave(ssotest.Faults{Edit: func(claims map[string]any) {
			groups := []string{"hr-edit"}
			for range n {
				groups = append(groups, rand.Text())
			}
			claims["groups"] = groups
		}})
		b := w.signIn("els")
		b.get(editClocking).wants(http.StatusOK)
		out := b.get("/").form("form[action='/logout']").sendOnce().header.Get("Location")
		if got := param(t, out, "id_token_hint"); got != "" || param(t, out, "client_id") == "" || param(t, out, "post_logout_redirect_uri") == "" {
			t.Errorf("%d groups: got %q, want sign-out by client, without the ID token", n, out)
		}
	}
}

// TestASecondCookieOfTheSameNameIsToldAndCountsForNobody: another site of the domain can set one.
func TestASecondCookieOfTheSameNameIsToldAndCountsForNobody(t *testing.T) {
	w := newWorld(t)
	els, marc := w.signIn("els").cookie("protime-session"), w.signIn("marc").cookie("protime-session")
	for _, cookies := range [][2]string{{els, marc}, {marc, els}, {els, els}, {els, "x"}} {
		b := w.stranger()
		r := b.request(http.MethodGet, "/people", nil)
		r.Header.Set("Cookie", "protime-session="+cookies[0]+"; protime-session="+cookies[1])
		page := b.do(r, false).wants(http.StatusBadRequest)
		has(t, page.text("h1"), "two sign-ins at once")
	}
	b := w.signIn("els")
	form := theForm(b.get(editClocking)).set("timeOfDayInMinutes", "8:17")
	r := form.request()
	r.Header.Set("Cookie", "protime-session=planted") // the jar adds the session's own
	page := b.do(r, false).wants(http.StatusBadRequest)
	if got := page.form("main form").values.Get("timeOfDayInMinutes"); got != "8:17" {
		t.Errorf("a form: got %q back, want what was typed", got)
	}
	r = b.request(http.MethodPost, "/logout", url.Values{})
	r.Header.Set("Cookie", "protime-session=planted")
	has(t, b.do(r, false).wants(http.StatusBadRequest).text("h1"), "two sign-ins at once")
}

func TestALogoutDuringSignInEndsIt(t *testing.T) {
	w := newWorld(t)
	b := w.stranger()
	callback, err := w.issuer.Approve(b.leave("/login?return=/people"), "els")
	if err != nil {
		t.Fatal(err)
	}
	w.clock.pass(time.Second)
	w.issuer.Misbehave(ssotest.Faults{Edit: func(claims map[string]any) { // the person authenticated before the logout
		claims["auth_time"] = w.clock.now().Add(-time.Second).Unix()
	}})
	for range 2 { // the provider may repeat itself
		if status, err := w.issuer.BackChannelLogout(t.Context(), "protime-admin", "els", ""); err != nil || status != http.StatusOK {
			t.Fatalf("back-channel logout: got %d, %v, want 200", status, err)
		}
	}
	page := b.get(callback).wants(http.StatusUnauthorized)
	again := b.leave(page.href("main a"))
	if got := param(t, again, "prompt"); got != "login" {
		t.Errorf("again: got prompt %q, want login", got)
	}
	w.clock.pass(2 * time.Second)
	if page := b.answer(again, "els").wants(http.StatusOK); page.url.Path != "/people" {
		t.Errorf("again: got %s, want /people", page.url)
	}
}

func TestARoleThatWasRemovedGivesNoAccess(t *testing.T) {
	w := newWorld(t)
	b := w.signIn("els")
	session := b.cookie("protime-session")
	later := newWorld(t, "ROLE_EDITORS=somebody-else", "OIDC_ISSUER="+w.issuer.URL)
	late := later.stranger()
	late.setCookie("protime-session", session)
	page := late.open("/").wants(http.StatusForbidden)
	if !strings.Contains(page.text("h1"), "no access") {
		t.Errorf("got %q, want the page for nobody's role", page.text("h1"))
	}
	late.post("/clockings/8192/edit", url.Values{"x": {"y"}}).wants(http.StatusForbidden)
}

func TestTheSessionEndsByItsLimitsAndCanBeExtended(t *testing.T) {
	w := newWorld(t, "SESSION_IDLE=30m", "SESSION_MAX=2h")
	b := w.signIn("els")
	page := b.get("/")
	if got := page.find("body").AttrOr("data-ends", ""); got != "1799" && got != "1800" {
		t.Errorf("data-ends: got %q, want half an hour", got)
	}
	w.clock.pass(29 * time.Minute)
	r := b.request(http.MethodPost, "/session", url.Values{})
	r.Header.Set("Accept", "application/json")
	extended := b.do(r, false).wants(http.StatusOK)
	var answer struct{ Seconds int }
	if err := json.Unmarshal([]byte(extended.body), &answer); err != nil || answer.Seconds < 1795 {
		t.Errorf("extend: got %s, %v, want half an hour again", extended.body, err)
	}
	w.clock.pass(29 * time.Minute)
	b.get("/").wants(http.StatusOK)
	w.clock.pass(31 * time.Minute)
	r = b.request(http.MethodPost, "/session", url.Values{})
	r.Header.Set("Accept", "application/json")
	b.do(r, false).wants(http.StatusUnauthorized)
}

func TestSignInIsLimitedByAddressAndNotBelowAnOffice(t *testing.T) {
	w := newWorld(t, "TRUSTED_PROXIES=127.0.0.0/8")
	from := func(address string) *page {
		b := w.stranger()
		b.header.Set("X-Forwarded-For", address)
		return b.open("/login?return=/people")
	}
	for i := range 100 {
		if got := from("192.0.2.1").status; got != http.StatusSeeOther {
			t.Fatalf("sign-in %d of one minute: got %d, want 303", i+1, got)
		}
	}
	slow := from("192.0.2.1")
	for range 40 {
		slow = from("192.0.2.1")
	}
	slow.wants(http.StatusTooManyRequests)
	if slow.header.Get("Retry-After") == "" || slow.text("h1") == "" {
		t.Errorf("got Retry-After %q and the page %q", slow.header.Get("Retry-After"), slow.text("h1"))
	}
	if got := from("198.51.100.7").status; got != http.StatusSeeOther {
		t.Errorf("another address: got %d, want 303", got)
	}
	if got := from("192.0.2.1, 198.51.100.8").status; got != http.StatusSeeOther {
		t.Errorf("an address that the client made up counts: got %d, want 303", got)
	}
	w.clock.pass(time.Minute)
	if got := from("192.0.2.1").status; got != http.StatusSeeOther {
		t.Errorf("a minute later: got %d, want 303", got)
	}
}

func TestAProviderThatIsDownStopsNobodyWhoIsSignedIn(t *testing.T) {
	w := newWorld(t)
	b := w.signIn("els")
	w.issuer.Misbehave(ssotest.Faults{Down: true})
	b.get("/clockings/8192").wants(http.StatusOK)
	ready := b.get("/readyz").wants(http.StatusOK)
	if !strings.Contains(ready.body, `"identity provider"`) {
		t.Errorf("got %s, want each dependency listed", ready.body)
	}
}

func TestEverythingWorksUnderAPathPrefix(t *testing.T) {
	w := newWorld(t, "PUBLIC_URL=/portal/protime")
	b := w.stranger()
	if got := b.open(w.url).header.Get("Location"); got != "/portal/protime/" {
		t.Errorf("the prefix without its slash: got %q, want it with one", got)
	}
	page := b.signIn("els", "/clockings/8192/edit").wants(http.StatusOK)
	if page.url.Path != "/portal/protime/clockings/8192/edit" {
		t.Fatalf("after sign-in: got %s", page.url)
	}
	page.find("[href], [src], [action]").Each(func(_ int, s *selection) {
		for _, name := range []string{"href", "src", "action"} {
			address := s.AttrOr(name, "/portal/protime/")
			if strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "/portal/protime/") {
				t.Errorf("%s=%q leads out of the prefix", name, address)
			}
		}
	})
	b.get(page.resolve(page.find("link[rel=stylesheet]").AttrOr("href", ""))).wants(http.StatusOK)
	done := page.form("form[action$='/edit']").set("timeOfDayInMinutes", "7:59").send().wants(http.StatusOK)
	if !strings.HasPrefix(done.url.Path, "/portal/protime/") || !strings.Contains(done.text("main"), "200 OK") {
		t.Errorf("after saving: got %s %q", done.url, done.text(".note"))
	}
	created := b.get("/clockings/new?person.id=76547&timeOfDayInMinutes=1800&kind=InOut&date=" + w.clock.now().Format(time.DateOnly)).wants(http.StatusOK).
		form("form[action$='/new']").send().wants(http.StatusOK)
	location := created.find(".note a[href*='/clockings/']").AttrOr("href", "")
	if !strings.HasPrefix(location, "/portal/protime/clockings/") {
		t.Errorf("the Location's link: got %q, want it below the prefix", location)
	}
	b.get(location).wants(http.StatusOK)
	for _, c := range b.get("/login").form("form[action='/portal/protime/logout']").sendOnce().header.Values("Set-Cookie") {
		if !strings.Contains(c, "Path=/portal/protime") {
			t.Errorf("cookie %q, want the prefix as its path", c)
		}
	}
	outside := b.do(b.request(http.MethodGet, w.config.PublicURL.Scheme+"://"+w.config.PublicURL.Host+"/clockings", nil), false)
	outside.wants(http.StatusNotFound)
}

func TestTheHostMustBeOurs(t *testing.T) {
	w := newWorld(t)
	b := w.signIn("els")
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		r := b.request(method, "/clockings/8192", nil)
		r.Host = "evil.example"
		r.Header.Set("Cookie", "protime-session="+b.cookie("protime-session"))
		page := b.do(r, false).wants(http.StatusMisdirectedRequest)
		if strings.Contains(page.body, "evil.example") || !strings.Contains(page.body, w.url) {
			t.Errorf("%s: got %q, want our own address and not theirs", method, page.text("main"))
		}
	}
	local := b.request(http.MethodGet, "/clockings/8192?a=b", nil)
	local.Host = "localhost:" + w.config.PublicURL.Port()
	if got := b.do(local, false).wants(http.StatusSeeOther).header.Get("Location"); got != w.url+"/clockings/8192?a=b" {
		t.Errorf("the other name of this machine: got %q, want the same page under ours", got)
	}
	opaque := b.request(http.MethodGet, "/", nil)
	opaque.Host, opaque.URL.Opaque = local.Host, "x:@evil.example/"
	if got := b.do(opaque, false).wants(http.StatusSeeOther).header.Get("Location"); strings.Contains(got, "evil.example") {
		t.Errorf("a path of another scheme: got %q, want our own host", got)
	}
	r := b.request(http.MethodGet, "/clockings/8192", nil)
	r.Header.Set("X-Forwarded-Host", "evil.example")
	b.do(r, false).wants(http.StatusOK)
	for _, path := range []string{"/healthz", "/readyz"} {
		r := b.request(http.MethodGet, path, nil)
		r.Host = "10.0.0.1:8080"
		b.do(r, false).wants(http.StatusOK)
	}
}

func TestATrustedProxySaysWhichHostWasAskedFor(t *testing.T) {
	w := newWorld(t, "TRUSTED_PROXIES=127.0.0.1/32")
	b := w.signIn("els")
	r := b.request(http.MethodGet, "/clockings/8192", nil)
	r.Host = "backend:8080"
	r.Header.Set("Cookie", "protime-session="+b.cookie("protime-session"))
	r.Header.Set("X-Forwarded-Host", w.config.PublicURL.Host)
	b.do(r, false).wants(http.StatusOK)
}

func TestLanguageIsKeptInACookie(t *testing.T) {
	w := newWorld(t)
	b := w.signIn("els")
	f := b.get("/people").form("form.languages")
	page := f.press("language", "nl").send().wants(http.StatusOK)
	if got := page.find("html").AttrOr("lang", ""); got != "nl" || page.url.Path != "/people" {
		t.Errorf("got %q at %s, want the same page in nl", got, page.url)
	}
	r := b.request(http.MethodGet, "/people", nil) // another site of the domain can set a second cookie
	r.Header.Set("Cookie", "protime-language=nl")  // beside the browser's own
	if got := b.do(r, false).wants(http.StatusOK).find("html").AttrOr("lang", ""); got != "en" {
		t.Errorf("two language cookies: got %q, want the default en", got)
	}
}

func noRoles() ssotest.Faults { return ssotest.Faults{NoRoles: true} }

func param(t *testing.T, address, name string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get(name)
}
