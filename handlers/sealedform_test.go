package handlers_test

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// typing is a form that is being filled in: half of it is wrong, which has to survive as well.
func typing(b *browser) *filled {
	return b.get("/clockings/8192/edit?return=%2Fpeople").form("form[action$='/edit']").
		set("timeOfDayInMinutes", "8:07 or so").set("why.note", "Vergeten – <b>Zoë</b>")
}

// givesBack fails the test unless the page is the form with what typing typed.
func (p *page) givesBack() *page {
	p.b.w.t.Helper()
	p.wants(http.StatusOK)
	for name, want := range map[string]string{"timeOfDayInMinutes": "8:07 or so", "return": "/people"} {
		if got := p.form("form[action$='/clockings/8192/edit']").values.Get(name); got != want {
			p.b.w.t.Errorf("%s: got %q back, want %q", name, got, want)
		}
	}
	if got := p.form("form[action$='/clockings/8192/edit']").values.Get("why.note"); got != "Vergeten – <b>Zoë</b>" {
		p.b.w.t.Errorf("why.note: got %q back", got)
	}
	if got := p.find("[autofocus]").AttrOr("name", ""); got != "timeOfDayInMinutes" {
		p.b.w.t.Errorf("the focus: got %q, want the time, so that Enter saves", got)
	}
	has(p.b.w.t, p.text("main"), "You typed this before you signed in again. It is not saved yet.")
	if writes := p.b.w.tenant.Writes(); len(writes) > 0 {
		p.b.w.t.Errorf("got %d writes at the API, want none: a form that is given back is not sent", len(writes))
	}
	return p
}

func TestInvariant6_AFormOfAnEndedSessionComesBackInTheSameTab(t *testing.T) {
	for name, end := range map[string]func(*testing.T, *browser){
		"silent for half an hour":   func(_ *testing.T, b *browser) { b.w.clock.pass(31 * time.Minute) },
		"silent over night":         func(_ *testing.T, b *browser) { b.w.clock.pass(9 * time.Hour) },
		"signed out in another tab": func(_ *testing.T, b *browser) { b.get("/").form("form[action$='/logout']").sendOnce() },
		"the browser was closed":    func(_ *testing.T, b *browser) { b.setCookie("protime-session", "") },
		"signed out by the provider": func(t *testing.T, b *browser) {
			if _, err := b.w.issuer.BackChannelLogout(t.Context(), "protime-admin", "els", ""); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, prefix := range []string{"", "/portal"} {
				w := newWorld(t, "PUBLIC_URL=/"+strings.TrimPrefix(prefix, "/"))
				b := w.signIn("els")
				f := typing(b)
				end(t, b)
				asked := f.send().wants(http.StatusUnauthorized)
				if strings.Contains(asked.body, "8:07") || strings.Contains(asked.body, "Zo") {
					t.Error("what was typed stands in the page in the clear")
				}
				back := b.answer(b.leave(asked.href("main a.button")), "els").givesBack()
				if back.url.Path != prefix+"/clockings/8192/edit" {
					t.Errorf("got %s, want the form's own page", back.url)
				}
				// Whoever presses Save then gets on with it.
				saved := back.form("form[action$='/edit']").set("timeOfDayInMinutes", "8:07").send().wants(http.StatusOK)
				if len(w.tenant.Writes()) != 1 || saved.url.Path != prefix+"/people" {
					t.Errorf("saved: got %d writes and %s, want one and /people", len(w.tenant.Writes()), saved.url)
				}
			}
		})
	}
}

func TestInvariant6_EveryFormComesBack(t *testing.T) {
	w := newWorld(t)
	day := w.clock.now().Format(time.DateOnly)
	for _, path := range []string{
		"/clockings/8192/edit", "/clockings/8192/delete", "/clockings/new?person.id=76547&kind=InOut&date=" + day,
	} {
		b := w.signIn("els")
		f := b.get(path).wants(http.StatusOK).form("main form[method=post]").set("why.note", "kept")
		b.setCookie("protime-session", "")
		asked := f.send().wants(http.StatusUnauthorized)
		back := b.answer(b.leave(asked.href("main a.button")), "els").wants(http.StatusOK)
		if got := back.form("main form[method=post]").values.Get("why.note"); got != "kept" {
			t.Errorf("%s: got %q back, want what was typed", path, got)
		}
		// Once given back it is gone: the same address is the page as it is.
		again := b.get(back.url.String()).wants(http.StatusOK)
		if got := again.form("main form[method=post]").values.Get("why.note"); got != "" {
			t.Errorf("%s: got %q a second time, want it given back once", path, got)
		}
	}
	if writes := w.tenant.Writes(); len(writes) > 0 {
		t.Errorf("got %d writes, want none", len(writes))
	}
}

func TestInvariant6_AnUndoComesBackAndIsNotSent(t *testing.T) {
	w := newWorld(t)
	b := w.signIn("els")
	done := b.get("/clockings/8192/edit").form("form[action$='/edit']").set("timeOfDayInMinutes", "8:31").send().wants(http.StatusOK)
	f := done.form("#done form[action$='/undo']")
	b.setCookie("protime-session", "")
	asked := f.send().wants(http.StatusUnauthorized)
	b.answer(b.leave(asked.href("main a.button")), "els").wants(http.StatusOK)
	if got := len(w.tenant.Writes()); got != 1 {
		t.Errorf("got %d writes, want the first change alone", got)
	}
}

func TestInvariant6_WhatIsTypedIntoAListComesBack(t *testing.T) {
	w := aWorklist(t)
	w.clocks(200, "76547", daysAgo(1), 481, 725, 765)
	b := w.signIn("els")
	row := "#day-76547-" + daysAgo(1)
	f := list(b, "").follow(row + " .menu a[data-key=x]").form(row + " form.place")
	f.set("why", "called-in").set("why.note", "by the foreman")
	w.clock.pass(31 * time.Minute)
	asked := f.send().wants(http.StatusUnauthorized)
	back := b.answer(b.leave(asked.href("main a.button")), "els").wants(http.StatusOK)
	has(t, back.text("main"), "You typed this before you signed in again. It is not saved yet.")
	again := back.form(row + " form.place")
	if note, why := again.values.Get("why.note"), again.values.Get("why"); note != "by the foreman" || why != "called-in" {
		t.Errorf("got %q and %q back, want what was typed", note, why)
	}
	if list(b, "").find(row).HasClass("done") {
		t.Error("a form that is given back was sent")
	}
	left := again.send().wants(http.StatusOK)
	has(t, left.text(row), "Left as it is", "by the foreman")

	undo := left.form(row + " form[action$='/undo']")
	saving := b.get("/views?path=/people").form("form[action='/views']").set("name", "Everybody of ours")
	w.clock.pass(31 * time.Minute)
	asked = undo.send().wants(http.StatusUnauthorized)
	b.answer(b.leave(asked.href("main a.button")), "els").wants(http.StatusOK)
	w.clock.pass(31 * time.Minute)
	asked = saving.send().wants(http.StatusUnauthorized)
	named := b.answer(b.leave(asked.href("main a.button")), "els").wants(http.StatusOK).form("form[action='/views']")
	if got := named.values.Get("name"); got != "Everybody of ours" || named.values.Get("path") != "/people" {
		t.Errorf("the name of a view: got %v back", named.values)
	}
}

func TestInvariant6_AFormThatNoCookieHoldsWaitsInThePage(t *testing.T) {
	w := newWorld(t)
	b := w.signIn("els")
	f := typing(b)
	noise := make([]byte, 5000)
	_, _ = rand.Read(noise)
	f.values.Set("unknown", hex.EncodeToString(noise)) // does not deflate to what fits in a cookie
	w.clock.pass(31 * time.Minute)
	asked := f.send().wants(http.StatusUnauthorized)
	waiting := asked.form("form[action$='/login/restore']")
	window := asked.find("main a.button")
	if window.AttrOr("target", "") != "_blank" {
		t.Errorf("got %q, want a link that opens a window", window.AttrOr("target", ""))
	}
	// Continue before signing in: the page asks once more, and still has the form.
	waiting = waiting.send().wants(http.StatusUnauthorized).form("form[action$='/login/restore']")
	signed := b.answer(b.leave(asked.href("main a.button")), "els").wants(http.StatusOK)
	if signed.find("[data-signed-in]").Length() != 1 {
		t.Errorf("the window: got %q, want it to say that it is done", signed.text("main"))
	}
	b.answer(b.leave("/login?prompt=login&return=/people"), "tom").wants(http.StatusOK)
	waiting = waiting.send().wants(http.StatusForbidden).form("form[action$='/login/restore']")
	b.answer(b.leave(waiting.page.href("main a.button[target=_blank]")), "els").wants(http.StatusOK)
	waiting.send().givesBack()
}

func TestInvariant6_AFormOfAMegabyteComesBack(t *testing.T) {
	w := newWorld(t)
	b := w.signIn("els")
	f := typing(b)
	noise := make([]byte, 500_000)
	_, _ = rand.Read(noise)
	f.values.Set("unknown", hex.EncodeToString(noise))
	w.clock.pass(31 * time.Minute)
	waiting := f.send().wants(http.StatusUnauthorized).form("form[action$='/login/restore']")
	b.signIn("els", "/")
	waiting.send().givesBack()
}

func TestTwoTabsKeepAFormEach(t *testing.T) {
	w := newWorld(t)
	b := w.signIn("els")
	one, two := typing(b), typing(b).set("why.note", "the other tab")
	w.clock.pass(31 * time.Minute)
	first, second := one.send().wants(http.StatusUnauthorized), two.send().wants(http.StatusUnauthorized)
	b.answer(b.leave(first.href("main a.button")), "els").givesBack()
	var back *page
	if waits := second.find("form[action$='/login/restore']"); waits.Length() > 0 { // there was no room for two
		back = second.form("form[action$='/login/restore']").send().wants(http.StatusOK)
	} else {
		back = b.get(second.href("main a.button")).wants(http.StatusOK)
	}
	if got := back.form("form[action$='/edit']").values.Get("why.note"); got != "the other tab" {
		t.Errorf("got %q, want what the second tab typed", got)
	}
}

func TestASealedFormGoesToItsAuthorInTimeOnly(t *testing.T) {
	park := func(t *testing.T) (*world, *browser, *page) {
		w := newWorld(t)
		b := w.signIn("els")
		f := typing(b)
		w.clock.pass(31 * time.Minute)
		return w, b, f.send().wants(http.StatusUnauthorized)
	}
	t.Run("somebody else signs in", func(t *testing.T) {
		_, b, asked := park(t)
		page := b.answer(b.leave(asked.href("main a.button")), "tom").wants(http.StatusForbidden)
		if strings.Contains(page.body, "8:07") {
			t.Error("the page tells what was typed")
		}
		b.answer(b.leave(page.href("main .ways a")), "els").givesBack()
	})
	t.Run("sixteen minutes later", func(t *testing.T) {
		w, b, asked := park(t)
		w.clock.pass(16 * time.Minute)
		page := b.answer(b.leave(asked.href("main a.button")), "els").wants(http.StatusGone)
		if strings.Contains(page.body, "8:07") {
			t.Error("the page tells what was typed")
		}
	})
	t.Run("altered", func(t *testing.T) {
		w, _, asked := park(t)
		b := w.signIn("els")
		id := param(t, param(t, asked.href("main a.button"), "return"), "sealed")
		b.setCookie("protime-sealed-"+id, "AAAA"+asked.b.cookie("protime-sealed-" + id)[4:])
		b.get("/clockings/8192/edit?sealed=" + id).wants(http.StatusBadRequest)
	})
	t.Run("the role went meanwhile", func(t *testing.T) {
		w, b, asked := park(t)
		w.issuer.Misbehave(noRoles())
		b.answer(b.leave(asked.href("main a.button")), "els").wants(http.StatusForbidden)
	})
	t.Run("an id that is no id", func(t *testing.T) {
		w := newWorld(t)
		page := w.signIn("els").get("/clockings/8192/edit?sealed=../../x&return=/people").wants(http.StatusOK)
		if page.url.Query().Has("sealed") || page.url.Query().Get("return") != "/people" {
			t.Errorf("got %s, want the page as it is", page.url)
		}
	})
}

func TestAFormOfNobodyKnownCanBeSentOnceMore(t *testing.T) {
	w := newWorld(t)
	f := typing(w.signIn("els"))
	f.page.b = w.stranger()
	asked := f.send().wants(http.StatusUnauthorized)
	if asked.find("main a.button[target=_blank]").Length() != 1 || !strings.Contains(asked.text("main"), "reload") {
		t.Errorf("got %q, want a window to sign in, and what to do then", asked.text("main"))
	}
	if len(w.tenant.Writes()) > 0 {
		t.Error("something was sent")
	}
}

func TestAPressWithoutAFormAsksToSignIn(t *testing.T) {
	w := newWorld(t)
	for path, want := range map[string]string{
		"/changes/0190a5c0-0000-7000-8000-000000000001/check": "/changes/0190a5c0-0000-7000-8000-000000000001",
		"/sessions/others/end":                                "/sessions",
	} {
		page := w.stranger().post(path, url.Values{}).wants(http.StatusUnauthorized)
		if got := param(t, page.href("main a.button"), "return"); got != want {
			t.Errorf("%s: got %q to go back to, want %q", path, got, want)
		}
	}
}
