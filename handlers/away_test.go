package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// With the database of the log away it cannot be told either whether a session was ended: reading goes on, changes
// are stopped, and every page says why.

func TestASessionThatCannotBeConfirmedReadsAndIsToldWhyItDoesNoMore(t *testing.T) {
	w := newWorld(t)
	els, marc := w.signIn("els"), w.signIn("marc")
	made := changeOf(correct(els, "8:00", "before"))
	doubt := cut(els, "8:10", false)
	w.unsure.Store(true)

	for _, path := range []string{"/", "/clockings", "/clockings/8192", "/changes?mine=1", made} {
		page := els.get(path).wants(http.StatusOK)
		has(t, page.text("#notice"), "Changes are stopped now: the audit log cannot be reached.")
		if got := page.text("body"); strings.Contains(got, "role reads only") {
			t.Errorf("%s: blames the role", path)
		}
		if n := page.find("main a[href$='/edit'], main a[href$='/new'], main a[href$='/delete'], main a[href$='/undo']").Length(); n != 0 {
			t.Errorf("%s: got %d links to changes, want none", path, n)
		}
	}
	for _, path := range []string{editClocking, "/clockings/new", "/clockings/8192/delete", made + "/undo"} {
		page := els.get(path).wants(http.StatusServiceUnavailable)
		has(t, page.text("main"), "Changes are stopped: the audit log cannot be reached")
		if page.header.Get("Retry-After") == "" {
			t.Errorf("%s: no Retry-After", path)
		}
		marc.get(path).wants(http.StatusForbidden)
	}
	els.get("/people/new").wants(http.StatusMethodNotAllowed)
	has(t, marc.get("/clockings/8192").text("main"), "your role reads only")
	if marc.get("/clockings").find("#notice").Length() != 0 {
		t.Error("a viewer is told of changes that they could not make anyway")
	}
	for _, path := range []string{doubt + "/check", doubt + "/rule"} {
		els.post(path, url.Values{"ruling": {"there"}, "why": {"seen"}}).wants(http.StatusServiceUnavailable)
	}
	w.unsure.Store(false)
	if got := els.get(doubt).wants(http.StatusOK); got.state() != "unknown" || got.find("li.looked, li.ruled").Length() != 0 {
		t.Errorf("the change in doubt: got %s, want it untouched", got.state())
	}
}

func TestInvariant6_WhatWasTypedSurvivesALogThatIsAway(t *testing.T) {
	for _, way := range []string{"the session cannot be confirmed", "the disk is full", "the database hangs"} {
		t.Run(way, func(t *testing.T) {
			w := newWorld(t)
			els := w.signIn("els")
			made := changeOf(correct(els, "8:00", "before"))
			doubt := cut(els, "8:10", false)
			forms := []*filled{
				theForm(els.get(editClocking)).set("timeOfDayInMinutes", "7:58"),
				theForm(els.get("/clockings/new?person.id=76547&kind=InOut&timeOfDayInMinutes=0758&date=" + today())),
				theForm(els.get("/clockings/8192/delete")),
				theForm(els.get(made + "/undo")),
			}
			ruling := els.get(doubt).form("form#rule").set("ruling", "there").set("why", "my note")
			sent := len(w.tenant.Writes())
			switch way {
			case "the session cannot be confirmed":
				w.unsure.Store(true)
			case "the disk is full":
				w.full.Store(true)
			default:
				w.hangs.Store(true)
			}
			for _, f := range append(forms, ruling) {
				if !f.values.Has("ruling") {
					f.set("why.note", "my note")
				}
				page := f.send().wants(http.StatusServiceUnavailable)
				has(t, page.text("main"), "audit log")
				if page.header.Get("Retry-After") == "" {
					t.Errorf("%s: no Retry-After", f.action)
				}
				back := page.form("main form[method=post]:has([name=change], [name=ruling])").values
				for _, name := range []string{"change", "timeOfDayInMinutes", "why.note", "ruling", "why"} {
					if back.Get(name) != f.values.Get(name) {
						t.Errorf("%s: %s: got %q back, want %q", f.action, name, back.Get(name), f.values.Get(name))
					}
				}
			}
			if got := len(w.tenant.Writes()); got != sent {
				t.Errorf("writes: got %d, want none", got-sent)
			}
		})
	}
}

func TestADatabaseThatHangsStopsNoReading(t *testing.T) {
	w := newWorld(t)
	els, anke := w.signIn("els"), w.signIn("anke")
	made := changeOf(correct(els, "8:00", "before"))
	w.hangs.Store(true)

	for _, path := range []string{"/clockings", "/clockings/8192", "/"} {
		els.get(path).wants(http.StatusOK)
	}
	for _, path := range []string{"/changes", "/changes?state=unknown", made} {
		page := anke.get(path).wants(http.StatusServiceUnavailable)
		has(t, page.text("main"), "The audit log cannot be read now")
		if page.header.Get("Retry-After") == "" {
			t.Errorf("%s: no Retry-After", path)
		}
	}
	w.signIn("tom").get("/clockings/8192").wants(http.StatusOK)
	ready := els.get("/readyz").wants(http.StatusOK)
	has(t, ready.body, `"ready":true`, `"audit log":"failing"`, `"identity provider":"ok"`)
}

func TestReadinessTellsOfALogThatTakesNoChange(t *testing.T) {
	w := newWorld(t)
	w.full.Store(true)
	ready := w.stranger().get("/readyz").wants(http.StatusOK)
	has(t, ready.body, `"ready":true`, `"audit log":"failing"`)
}
