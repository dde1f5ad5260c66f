package handlers_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

const portal = "FRAME_ANCESTORS=http://portal.acme.example"

// frame is a browser's view into our page inside of another site's: cookies of its own, as browsers keep them apart.
func (w *world) frame() *browser {
	b := w.stranger()
	b.header.Set("Sec-Fetch-Dest", "iframe")
	return b
}

// handOff opens the window of a framed sign-in page, signs in there and returns the window's last page.
func (w *world) handOff(asked *page, subject string) *page {
	w.t.Helper()
	window := w.stranger()
	return window.answer(window.leave(asked.href("main a.button")), subject).wants(http.StatusOK)
}

func TestAFrameSignsInByAWindow(t *testing.T) {
	w := newWorld(t, portal)
	b := w.frame()
	asked := b.open("/clockings/8192/edit?return=%2Fpeople").wants(http.StatusUnauthorized)
	button := asked.find("main a.button")
	if button.AttrOr("target", "") != "_blank" || button.AttrOr("rel", "") != "opener" {
		t.Errorf("got target %q rel %q, want a window that knows its opener", button.AttrOr("target", ""), button.AttrOr("rel", ""))
	}
	signed := w.handOff(asked, "els")
	code := signed.find("[data-signed-in]").AttrOr("data-signed-in", "")
	page := asked.form("form[action$='/login/frame']").set("code", code).send().wants(http.StatusOK)
	if page.url.RequestURI() != "/clockings/8192/edit?return=%2Fpeople" {
		t.Errorf("got %s, want the page that was asked for", page.url)
	}
	for _, line := range b.do(b.request(http.MethodGet, "/", nil), false).header.Values("Set-Cookie") {
		if !strings.Contains(line, "SameSite=None") || !strings.Contains(line, "Partitioned") || !strings.Contains(line, "Secure") {
			t.Errorf("cookie %q, want SameSite=None; Secure; Partitioned", line)
		}
	}
	// Out of the frame without showing the provider in it.
	left := page.form("form[action$='/logout']").sendOnce()
	if got := left.header.Get("Location"); got != "/" {
		t.Errorf("signed out in the frame: got %q, want our own first page: the provider does not show itself there", got)
	}
	out := b.get("/").wants(http.StatusUnauthorized)
	if out.find("main a.button[target=_blank]").Length() != 1 {
		t.Errorf("signed out: got %q, want the framed sign-in page", out.text("main"))
	}
}

func TestInvariant6_AFormInAFrameComesBack(t *testing.T) {
	w := newWorld(t, portal)
	b := w.frame()
	asked := b.open("/").wants(http.StatusUnauthorized)
	asked.form("form[action$='/login/frame']").set("code", codeOf(w.handOff(asked, "els"))).send().wants(http.StatusOK)
	f := typing(b)
	w.clock.pass(31 * time.Minute)
	asked = f.send().wants(http.StatusUnauthorized)
	// Somebody else signs in first: the form waits for its author.
	asked = asked.form("form[action$='/login/frame']").set("code", codeOf(w.handOff(asked, "marc"))).send().wants(http.StatusForbidden)
	if !strings.Contains(asked.href("main a.button"), "prompt=login") {
		t.Errorf("got the link %s, want one that asks who it is", asked.href("main a.button"))
	}
	asked.form("form[action$='/login/frame']").set("code", codeOf(w.handOff(asked, "els"))).send().givesBack()
}

func codeOf(p *page) string { return p.find("[data-signed-in]").AttrOr("data-signed-in", "") }

func TestAttacksOnTheFrame(t *testing.T) {
	for _, test := range []struct {
		name   string
		attack func(*world, *browser, *page) *page
		want   int
	}{
		{"the code in another frame", func(w *world, _ *browser, asked *page) *page {
			other := w.frame().open("/").wants(http.StatusUnauthorized)
			return other.form("form[action$='/login/frame']").set("code", codeOf(w.handOff(asked, "els"))).send()
		}, http.StatusBadRequest},
		{"the code a second time", func(w *world, b *browser, asked *page) *page {
			code := codeOf(w.handOff(asked, "els"))
			state := b.cookie("protime-frame")
			asked.form("form[action$='/login/frame']").set("code", code).sendOnce().wants(http.StatusSeeOther)
			thief := w.frame()
			asked.b = thief
			r := asked.form("form[action$='/login/frame']").set("code", code).request()
			r.Header.Set("Cookie", "__Host-protime-frame="+state)
			return thief.do(r, false)
		}, http.StatusBadRequest},
		{"the code after a minute", func(w *world, _ *browser, asked *page) *page {
			code := codeOf(w.handOff(asked, "els"))
			w.clock.pass(61 * time.Second)
			return asked.form("form[action$='/login/frame']").set("code", code).send()
		}, http.StatusBadRequest},
		{"a code made up", func(_ *world, _ *browser, asked *page) *page {
			return asked.form("form[action$='/login/frame']").set("code", "AAAA").send()
		}, http.StatusBadRequest},
		{"a session that was ended before the code came", func(w *world, _ *browser, asked *page) *page {
			code := codeOf(w.handOff(asked, "els"))
			if _, err := w.issuer.BackChannelLogout(w.t.Context(), "protime-admin", "els", ""); err != nil {
				w.t.Fatal(err)
			}
			return asked.form("form[action$='/login/frame']").set("code", code).send()
		}, http.StatusBadRequest},
		{"a challenge made up", func(w *world, _ *browser, _ *page) *page {
			return w.signInTop("els").open("/signed-in?frame=<script>")
		}, http.StatusBadRequest},
		{"somebody without a role", func(w *world, _ *browser, asked *page) *page {
			window := w.stranger()
			return window.answer(window.leave(asked.href("main a.button")), "nobody")
		}, http.StatusForbidden},
		{"a window that leads off the site", func(w *world, _ *browser, asked *page) *page {
			f := asked.form("form[action$='/login/frame']").set("code", codeOf(w.handOff(asked, "els"))).
				set("return", "https://evil.example/")
			page := f.sendOnce()
			if got := page.header.Get("Location"); got != "/" {
				w.t.Errorf("got Location %q, want our own first page", got)
			}
			return page
		}, http.StatusSeeOther},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, portal)
			b := w.frame()
			page := test.attack(w, b, b.open("/clockings/8192").wants(http.StatusUnauthorized))
			page.wants(test.want)
			if strings.Contains(page.body, "<script>") && !strings.Contains(page.body, "script src") {
				t.Error("markup of the request stands in the page")
			}
		})
	}
}

// signInTop signs in where frames are allowed and the page stands in a window of its own.
func (w *world) signInTop(subject string) *browser { return w.signIn(subject) }

func TestWhoMayFrameThePage(t *testing.T) {
	for _, test := range []struct {
		name, setting, ancestors, xfo, coop string
	}{
		{"nobody unless it is said", "SUPPORT_CONTACT=", "'none'", "DENY", "same-origin"},
		{"that site and no other", portal, "http://portal.acme.example", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, test.setting)
			h := w.stranger().open("/signed-in").header
			if got := directive(h.Get("Content-Security-Policy"), "frame-ancestors"); got != test.ancestors {
				t.Errorf("frame-ancestors: got %q, want %q", got, test.ancestors)
			}
			if got := h.Get("X-Frame-Options"); got != test.xfo {
				t.Errorf("X-Frame-Options: got %q, want %q", got, test.xfo)
			}
			if got := h.Get("Cross-Origin-Opener-Policy"); got != test.coop {
				t.Errorf("Cross-Origin-Opener-Policy: got %q, want %q", got, test.coop)
			}
		})
	}
}

// directive is the value of one directive of a Content-Security-Policy.
func directive(policy, name string) string {
	for _, part := range strings.Split(policy, ";") {
		if value, ok := strings.CutPrefix(strings.TrimSpace(part), name+" "); ok {
			return value
		}
	}
	return ""
}
