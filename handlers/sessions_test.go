package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestPeopleSeeAndEndTheirOwnSessions: at work, at home and in a browser that names itself in an odd way.
func TestPeopleSeeAndEndTheirOwnSessions(t *testing.T) {
	w := newWorld(t)
	signIn := func(who, userAgent string) *browser {
		b := w.stranger()
		b.header.Set("User-Agent", userAgent)
		b.signIn(who, "/").wants(http.StatusOK)
		w.clock.pass(time.Minute)
		return b
	}
	work := signIn("els", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0")
	home := signIn("els", "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:133.0) Gecko/20100101 Firefox/133.0")
	odd := signIn("els", "<script>alert(1)</script>")
	marc := signIn("marc", "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0")
	rows := func(b *browser) string {
		t.Helper()
		page := b.get("/").follow(".me a[href$='/sessions']").wants(http.StatusOK)
		return strings.Join(page.find("tbody tr").Map(func(_ int, row *selection) string {
			return strings.Join(row.Find("td:first-child, .tag").Map(func(_ int, cell *selection) string { return strings.TrimSpace(cell.Text()) }), " ")
		}), "|")
	}
	wants := func(what string, b *browser, want string) {
		t.Helper()
		if got := rows(b); got != want {
			t.Errorf("%s: got %q, want %q", what, got, want)
		}
	}
	wants("at work", work, "Edge, Windows this browser|Another browser|Firefox, macOS")
	wants("somebody else", marc, "Firefox, Linux this browser")

	theirs := marc.get("/sessions").find("main form").Length()
	ofWork := home.get("/sessions").find("tbody form[action$='/end']").Eq(1).AttrOr("action", "")
	if marc.post(ofWork, url.Values{}).wants(http.StatusOK).find("#done").Length() != 0 {
		t.Error("somebody else's session: got a notice that it was ended")
	}
	wants("after somebody else tried to end one", work, "Edge, Windows this browser|Another browser|Firefox, macOS")
	if theirs != 0 {
		t.Errorf("somebody with one session: got %d forms, want none that ends a session", theirs)
	}

	has(t, home.post(ofWork, url.Values{}).wants(http.StatusOK).text("#done"), "Ended: Edge, Windows.")
	if home.get("/sessions").find("#done").Length() != 0 {
		t.Error("got the notice twice")
	}
	if got := work.open("/people").status; got != http.StatusSeeOther {
		t.Errorf("the session that was ended: got %d, want 303 to sign-in", got)
	}
	home.post(ofWork, url.Values{}).wants(http.StatusOK) // again: it is over already
	wants("after one was ended", home, "Firefox, macOS this browser|Another browser")

	w.clock.pass(6 * time.Minute)
	odd.get("/people").wants(http.StatusOK)
	w.clock.pass(22 * time.Minute)
	wants("a session in use counts as seen", odd, "Another browser this browser|Firefox, macOS")
	w.clock.pass(12 * time.Minute)
	wants("one that ended by itself is not listed", odd, "Another browser this browser")

	home = signIn("els", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1")
	wants("the new one", odd, "Another browser this browser|Safari, iPhone")
	odd.get("/sessions").form("form[action='/sessions/others/end']").send().wants(http.StatusOK)
	wants("everywhere else", odd, "Another browser this browser")
	if got := home.open("/people").status; got != http.StatusSeeOther {
		t.Errorf("a session elsewhere: got %d, want 303 to sign-in", got)
	}
	signIn("els", "Safari")
	if status, err := w.issuer.BackChannelLogout(t.Context(), "protime-admin", "", w.issuer.SID("els")); err != nil || status != http.StatusOK {
		t.Fatalf("back-channel logout: got %d, %v", status, err)
	}
	wants("after the provider ended one", odd, "Another browser this browser")

	w.hangs.Store(true)
	odd.get("/sessions").wants(http.StatusServiceUnavailable)
	late := w.signIn("els")
	w.hangs.Store(false)
	late.get("/people").wants(http.StatusOK)
}

func TestARepeatedLogoutTokenHidesNoLaterSession(t *testing.T) {
	w := newWorld(t)
	w.signIn("els")
	w.clock.pass(time.Minute)
	claims := w.issuer.LogoutClaims("protime-admin", "els", "")
	claims["exp"] = w.clock.now().Add(10 * time.Minute).Unix()
	token := url.Values{"logout_token": {w.issuer.Sign(claims)}}
	w.stranger().post("/login/backchannel", token).wants(http.StatusOK)
	w.clock.pass(2 * time.Minute)
	here, there := w.signIn("els"), w.signIn("els")
	w.stranger().post("/login/backchannel", token).wants(http.StatusOK)
	if got := here.get("/sessions").find("tbody tr").Length(); got != 2 {
		t.Errorf("got %d sessions listed, want the two that have not ended", got)
	}
	here.post("/sessions/others/end", url.Values{}).wants(http.StatusOK)
	if got := there.open("/people").status; got != http.StatusSeeOther {
		t.Errorf("the other session: got %d, want 303 to sign-in", got)
	}
}
