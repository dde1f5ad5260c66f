package handlers_test

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"protime-admin/protime/simulator"
	"protime-admin/protime/simulator/company"
)

// correct changes the time of clocking 8192 and returns the page that follows.
func correct(b *browser, at, note string) *page {
	b.w.t.Helper()
	form := b.get("/clockings/8192/edit").wants(http.StatusOK).form("form.sheet")
	form.set("timeOfDayInMinutes", at).set("why.note", note)
	return form.send()
}

// changeOf is the path of the receipt that the banner of a page leads to.
func changeOf(p *page) string {
	p.b.w.t.Helper()
	u, err := url.Parse(p.href("#done a[href*='/changes/']:not(.button)"))
	if err != nil {
		p.b.w.t.Fatal(err)
	}
	return u.Path
}

func has(t testing.TB, got string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(got, want) {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
}

func TestReceiptSaysWhoChangedWhatAndWhy(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	path := changeOf(correct(els, "8:00", "Badge forgotten").wants(http.StatusOK))

	for _, who := range []string{"els", "anke"} {
		receipt := w.signIn(who).get(path).wants(http.StatusOK)
		has(t, receipt.text("h1"), "Els Peeters changed 08:05 to 08:00 for Jan Maes on ")
		has(t, receipt.text(".head p"), "Els Peeters, ", "Reason: Badge forgotten.")
		has(t, receipt.text("table.diff"), "08:05", "08:00")
		has(t, receipt.text(".call"), "PUT", "/clockings/8192", "200 OK")
		if receipt.find("a[href='/clockings/8192']").Length() == 0 || receipt.find("a[href='/people/76547']").Length() == 0 {
			t.Errorf("%s: got no links to the record and the person, want both", who)
		}
		if got := receipt.find("a[rel=bookmark]").AttrOr("href", ""); got != w.url+path {
			t.Errorf("%s: permalink: got %q, want %q", who, got, w.url+path)
		}
		if got, want := receipt.find("a[href$='/undo']").Length() > 0, who == "els"; got != want {
			t.Errorf("%s: undo offered: got %v, want %v", who, got, want)
		}
	}
}

func TestReceiptIsForItsMakerAndAuditors(t *testing.T) {
	w := newWorld(t)
	path := changeOf(correct(w.signIn("els"), "8:00", "secret note"))
	for _, who := range []string{"tom", "marc"} {
		b := w.signIn(who)
		for _, address := range []string{path, path + "/undo"} {
			refused := b.get(address)
			if refused.status != http.StatusForbidden || strings.Contains(refused.body, "secret note") {
				t.Errorf("%s of %s: got %d, want 403 without the note", address, who, refused.status)
			}
		}
		if got := b.post(path+"/undo", url.Values{"change": {"0199f3a0-0000-7000-8000-000000000001"}}).status; got != http.StatusForbidden {
			t.Errorf("undo by %s: got %d, want 403", who, got)
		}
		if got := b.post(path+"/check", url.Values{}).status; got != http.StatusForbidden {
			t.Errorf("check by %s: got %d, want 403", who, got)
		}
	}
	anke := w.signIn("anke")
	anke.get("/changes/0199f3a0-0000-7000-8000-000000000009").wants(http.StatusNotFound)
	anke.get(path + "/undo").wants(http.StatusForbidden) // an auditor reads and changes nothing
	if got := len(w.tenant.Writes()); got != 1 {
		t.Errorf("writes at Protime: got %d, want the first one alone", got)
	}
}

func TestUndoPutsTheOldValueBackAndCanBeUndone(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	first := changeOf(correct(els, "8:00", "typed wrong"))

	preview := els.get(first + "/undo").wants(http.StatusOK)
	if preview.find(".save button.main[autofocus]").Length() != 1 {
		t.Error("the button that undoes does not have the focus")
	}
	has(t, preview.text("table.diff"), "08:00", "08:05")
	if got := len(w.tenant.Writes()); got != 1 {
		t.Fatalf("after the preview: got %d writes, want 1", got)
	}
	undone := preview.form("form.sheet").set("why.note", "it was right").send().wants(http.StatusOK)
	has(t, undone.text(".head"), "Els Peeters changed 08:00 to 08:05 for Jan Maes on ", "Reason: it was right.")
	time8192(t, w, `485`)
	if undone.find("a[href='"+first+"']").Length() == 0 {
		t.Error("the undo's receipt does not name what it takes back")
	}
	before := els.get(first).wants(http.StatusOK)
	if before.find("a[href='"+undone.url.Path+"']").Length() == 0 || before.find("a[href$='/undo']").Length() > 0 {
		t.Error("the first receipt: want a link to its undo and no second undo")
	}
	els.get(first + "/undo").wants(http.StatusConflict)

	again := els.get(undone.url.Path + "/undo").wants(http.StatusOK).form("form.sheet").send().wants(http.StatusOK)
	has(t, again.text("h1"), "changed 08:05 to 08:00")
	time8192(t, w, `480`)
	if got := len(w.tenant.Writes()); got != 3 {
		t.Errorf("writes: got %d, want 3", got)
	}
}

func time8192(t *testing.T, w *world, want string) {
	t.Helper()
	record, ok := w.tenant.Get("clockings", "8192")
	if !ok || !strings.Contains(record, `"timeOfDayInMinutes":`+want) {
		t.Errorf("at Protime: got %s, want the time %s", record, want)
	}
}

func TestInvariant5_UndoNeverOverwritesSilently(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	first := changeOf(correct(els, "8:00", "typed wrong"))
	stale := els.get(first + "/undo").wants(http.StatusOK).form("form.sheet")
	w.tenant.Edit("clockings", "8192", `{"timeOfDayInMinutes":490}`)

	conflict := stale.set("why.note", "kept text").send().wants(http.StatusConflict)
	has(t, conflict.text("table.conflict"), "08:00", "08:10", "08:05")
	if got := conflict.find("input[name='why.note']").AttrOr("value", ""); got != "kept text" {
		t.Errorf("the note: got %q, want what was typed", got)
	}
	time8192(t, w, `490`)

	agreed := conflict.form("form.sheet")
	if got := conflict.find("main form[novalidate] input[name=confirm]").Length(); got != 1 {
		t.Errorf("got %d inputs to agree that the browser does not check itself, want 1", got)
	}
	agreed.values.Set("confirm", conflict.find("input[name=confirm]").AttrOr("value", ""))
	w.tenant.Edit("clockings", "8192", `{"timeOfDayInMinutes":495}`)
	conflict = agreed.send().wants(http.StatusConflict) // what was agreed to is not what is there now
	has(t, conflict.text("table.conflict"), "08:15")
	time8192(t, w, `495`)

	agreed = conflict.form("form.sheet")
	agreed.values.Set("confirm", conflict.find("input[name=confirm]").AttrOr("value", ""))
	agreed.send().wants(http.StatusOK)
	time8192(t, w, `485`)
	if got := len(w.tenant.Writes()); got != 2 {
		t.Errorf("writes: got %d, want the change and its undo", got)
	}
}

func TestUndoOfADeleteSaysThatThereWillBeANewNumber(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	deleted := els.get("/clockings/8192/delete").wants(http.StatusOK).form("form.sheet").send()
	path := changeOf(deleted)
	preview := els.get(path + "/undo?return=%2Fclockings").wants(http.StatusOK)
	has(t, preview.text("h1"), "Undo the deletion of clocking 8192")
	has(t, preview.text("form.sheet"), "gets a new number")
	if head := preview.text("table.diff thead"); strings.Contains(head, "Now") {
		t.Errorf("got the columns %q, want no value now of what is not there", head)
	}
	back := preview.form("form.sheet").send().wants(http.StatusOK)
	if back.url.Path != "/clockings" {
		t.Errorf("after the undo: got %s, want the page it came from", back.url.Path)
	}
	has(t, back.text("#done"), "Undone: Jan Maes", "added again", "/clockings/8193")
	if back.find(".pointers").Length() != 0 {
		t.Errorf("after the undo: got %q, want no duplicate in the record that was deleted", back.text(".pointers"))
	}

	made := els.get(changeOf(back)).wants(http.StatusOK)
	has(t, made.text("h1"), "Els Peeters added 08:05 for Jan Maes on ")
	gone := els.get(made.url.Path + "/undo?return=%2Fclockings%2F8193").wants(http.StatusOK).form("form.sheet").send()
	if gone.wants(http.StatusOK); !strings.HasPrefix(gone.url.Path, "/changes/") {
		t.Errorf("after the record went: got %s, want the receipt", gone.url.Path)
	}
	has(t, gone.text("h1"), "Els Peeters deleted 08:05 for Jan Maes on ")
}

func TestInvariant3_UndoPressedTwiceIsOneRequest(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	form := els.get(changeOf(correct(els, "8:00", "typed wrong")) + "/undo").form("form.sheet")
	var wait sync.WaitGroup
	ends := make([]string, 8)
	for i := range ends {
		wait.Go(func() {
			p := form.page.b.do(form.request(), true)
			ends[i] = p.url.String()
			if p.status != http.StatusOK {
				t.Errorf("press %d: got %d %s, want the receipt", i, p.status, p.text("h1"))
			}
		})
	}
	wait.Wait()
	for i, end := range ends {
		if end != ends[0] {
			t.Errorf("press %d: got %s, want %s like the first", i, end, ends[0])
		}
	}
	if got := len(w.tenant.Writes()); got != 2 {
		t.Errorf("writes: got %d, want the change and one undo", got)
	}
	other := form.set("why.note", "something else").send()
	if other.wants(http.StatusConflict); len(w.tenant.Writes()) != 2 {
		t.Error("the same form with another note was sent")
	}
}

func TestUndoRefusedByProtimeIsGivenBackWithANewId(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	form := els.get(changeOf(correct(els, "8:00", "typed wrong"))+"/undo").form("form.sheet").set("why.note", "kept")
	w.tenant.Fail(simulator.Fault{Method: "PUT", Path: "/clockings/*", Status: 400, Reasons: []string{"The period is closed."}, Times: 1})
	refused := form.send().wants(http.StatusUnprocessableEntity)
	has(t, refused.text(".note.bad"), "The period is closed.", "400 Bad Request")
	next := refused.form("form.sheet")
	if next.values.Get("change") == form.values.Get("change") || next.values.Get("why.note") != "kept" {
		t.Errorf("got id %q and note %q, want a new id and the note", next.values.Get("change"), next.values.Get("why.note"))
	}
	next.send().wants(http.StatusOK)
	time8192(t, w, `485`)
}

func TestUndoNeedsAReasonWhereChangesDo(t *testing.T) {
	w := newWorld(t, "AUDIT_REASON=required")
	els := w.signIn("els")
	form := els.get(changeOf(correct(els, "8:00", "typed wrong")) + "/undo").form("form.sheet")
	refused := form.set("why", "").set("why.note", "").send().wants(http.StatusUnprocessableEntity)
	if refused.find("a[href='#i-why']").Length() == 0 || len(w.tenant.Writes()) != 1 {
		t.Error("want the missing reason named and nothing sent")
	}
	undone := refused.form("form.sheet").set("why.note", "now \u202ewith one").send().wants(http.StatusOK)
	if text := undone.text("main"); !strings.Contains(text, "now with one") {
		t.Errorf("got %q, want the note without what changes the direction of writing", text)
	}
}

func TestInvariant4_UnknownOutcomesAreListedAndLookedUp(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els, anke := w.signIn("els"), w.signIn("anke")
	for _, one := range []struct {
		name      string
		fault     simulator.Fault
		at        string
		word, now string
	}{
		{"the request was done", simulator.Fault{Method: "PUT", Path: "/clockings/*", Reset: true, Apply: true, Times: 1}, "8:00", "applied", "has the values of this change"},
		{"the request was lost", simulator.Fault{Method: "PUT", Path: "/clockings/*", Reset: true, Times: 1}, "7:55", "unknown", "values from before this change"},
	} {
		t.Run(one.name, func(t *testing.T) {
			w.tenant.Fail(one.fault)
			unsure := correct(els, one.at, "cut")
			w.tenant.Heal()
			has(t, unsure.wants(http.StatusBadGateway).text("#done"), "unknown", "Check now")
			path := changeOf(unsure)
			has(t, els.get("/changes?mine=1").text(".note"), "1 change has an unknown outcome")
			if got := anke.get("/changes?state=unknown").wants(http.StatusOK).find("table.changes tr[data-row]").Length(); got != 1 {
				t.Fatalf("the auditor's list: got %d rows, want 1", got)
			}
			list := els.get("/changes?mine=1").follow(".note a").wants(http.StatusOK)
			checked := list.form("form[action$='/check']").send().wants(http.StatusOK)
			if checked.url.Path != "/changes" {
				t.Errorf("after the check: got %s, want the list", checked.url.Path)
			}
			receipt := els.get(path).wants(http.StatusOK)
			if got := receipt.text(".two .mark"); got != one.word {
				t.Errorf("state: got %q, want %q", got, one.word)
			}
			has(t, receipt.text("li.looked"), one.now, "clocking 8192")
			// A second press is not an error.
			els.post(path+"/check", url.Values{}).wants(http.StatusOK)
		})
	}
	if got := len(w.tenant.Writes()); got != 2 {
		t.Errorf("writes: got %d, want 2: a check sends none", got)
	}
}

// What failed, was not sent, or may have been made is one view: it is what somebody has to look after.
func TestLogShowsWhatFailedInOneView(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	correct(els, "8:00", "fine")
	w.tenant.Fail(simulator.Fault{Method: "PUT", Path: "/clockings/*", Status: http.StatusBadRequest, Times: 1})
	correct(els, "8:01", "refused")
	w.tenant.Fail(simulator.Fault{Method: "PUT", Path: "/clockings/*", Reset: true, Times: 1})
	correct(els, "8:02", "cut")
	w.tenant.Heal()
	all := els.get("/changes?mine=1").wants(http.StatusOK)
	if got := all.find("tr[data-row] a[href$='/undo'], tr[data-row] a[href*='/undo?']").Length(); got != 1 {
		t.Errorf("rows with Undo: got %d, want the one that was applied", got)
	}
	failed := all.follow("nav.tabs a[href*='state=failed']").wants(http.StatusOK)
	if got := failed.find("tr[data-row]").Length(); got != 2 || failed.find("nav.tabs a[aria-current]").Length() != 1 {
		t.Errorf("failed: got %d rows, want 2 below the tab that is open", got)
	}
	has(t, failed.text("table.changes"), "400 Bad Request", "unknown", "wanted to change 08:00 to 08:01 for Jan Maes")
	undone := all.follow("tr[data-row] a[href*='/undo']").wants(http.StatusOK).form("form.sheet").send().wants(http.StatusOK)
	if undone.url.Path != "/changes" {
		t.Errorf("after an undo from the list: got %s, want the list", undone.url.Path)
	}
}

// A receipt lists what else was done to the record; an editor opens the receipts that are theirs.
func TestReceiptListsTheChangesOfItsRecord(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	path := changeOf(correct(els, "8:00", "first").wants(http.StatusOK))
	correct(w.signIn("tom"), "8:01", "second").wants(http.StatusOK)
	since := els.get(path).wants(http.StatusOK)
	has(t, since.text("section[aria-labelledby=since]"), "All changes to clocking 8192",
		"Tom Claes changed 08:00 to 08:01", "Els Peeters changed 08:05 to 08:00")
	if got := since.find(".times li[aria-current]").Text(); !strings.Contains(got, "Els Peeters") {
		t.Errorf("current: got %q, want that of this receipt", got)
	}
	if got := since.find(".times a[href^='/changes/']").Length(); got != 0 {
		t.Errorf("receipts of others: got %d links, want none", got)
	}
	if got := w.signIn("anke").get(path).find(".times a[href^='/changes/']").Length(); got != 1 {
		t.Errorf("an auditor: got %d links, want the other receipt", got)
	}
}

func TestLogShowsEachRoleItsOwn(t *testing.T) {
	w := newWorld(t)
	correct(w.signIn("els"), "8:00", "by Els")
	correct(w.signIn("tom"), "8:01", "by Tom")
	for _, one := range []struct {
		who, path string
		rows      int
	}{
		{"els", "/changes?mine=1", 1},
		{"tom", "/changes?mine=1", 1},
		{"els", "/changes?record=%2Fclockings%2F8192", 2},
		{"anke", "/changes", 2},
		{"both", "/changes", 2},
		{"both", "/changes?mine=1", 0},
		{"both", "/changes?actor=peeters", 1},
		{"both", "/changes?actor=els&mine=1", 0},
		{"anke", "/changes?record=%2Fclockings%2F1", 0},
	} {
		page := w.signIn(one.who).get(one.path).wants(http.StatusOK)
		if got := page.find("table.changes tr[data-row]").Length(); got != one.rows {
			t.Errorf("%s of %s: got %d rows, want %d", one.path, one.who, got, one.rows)
		}
	}
	marc := w.signIn("marc")
	for _, path := range []string{"/changes", "/changes?record=%2Fclockings%2F8192", "/changes.csv", "/changes.ndjson"} {
		marc.get(path).wants(http.StatusForbidden)
	}
	els := w.signIn("els")
	els.get("/changes").wants(http.StatusForbidden)
	els.get("/changes?record=%2Fclockings").wants(http.StatusForbidden) // what everybody added
	els.get("/changes.csv?mine=1").wants(http.StatusForbidden)
	const definitions = "/activity-structure-versions/1/levels/1/activity-definitions"
	anke := w.signIn("anke")
	for path, want := range map[string]int{
		"/clockings":                       http.StatusForbidden,
		"/clockings/":                      http.StatusForbidden,
		"/clockings?x=/clockings/1":        http.StatusForbidden,
		"clockings/8192":                   http.StatusForbidden,
		"/no-such/1":                       http.StatusForbidden,
		definitions:                        http.StatusForbidden,
		definitions + "/5":                 http.StatusOK,
		definitions + "/5/usages":          http.StatusOK,
		definitions + "/5/restrictions":    http.StatusOK,
		definitions + "/5/restrictions?x=": http.StatusOK,
	} {
		history := "/changes?record=" + url.QueryEscape(path)
		els.get(history).wants(want)
		els.get(history + "&mine=1").wants(http.StatusOK)
		anke.get(history).wants(http.StatusOK)
	}
	history := els.get("/changes?record=%2Fclockings%2F8192")
	if got := history.find("th a.row").Length(); got != 1 {
		t.Errorf("receipts that Els may open from the history: got %d, want her own", got)
	}
}

func TestARecordInTheAddressOfTheLogLeadsToAPageOfOurs(t *testing.T) {
	anke := newWorld(t).signIn("anke")
	for record, want := range map[string]string{
		"/calculated-totals":                                   "/calculated-totals",
		"/clockings/8192?x=":                                   "/clockings/8192",
		"//evil.example/api/v1/calculated-totals":              "/calculated-totals",
		"javascript:alert(1)//api/v1/calculated-totals":        "/calculated-totals",
		"https://evil.example/api/v1/clockings/8192":           "/clockings/8192",
		"//evil.example/elsewhere":                             "",
		"javascript:alert(1)":                                  "",
		"/people/1/department-history/../../../..//evil/api/v": "",
	} {
		page := anke.get("/changes?record=" + url.QueryEscape(record)).wants(http.StatusOK)
		found := want == ""
		page.find("a[href], form[action]").Each(func(_ int, s *selection) {
			to := cmp.Or(s.AttrOr("href", ""), s.AttrOr("action", ""))
			found = found || to == want
			if !strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "#") || strings.HasPrefix(to, "//") {
				t.Errorf("%s: got a link to %s", record, to)
			}
		})
		if !found {
			t.Errorf("%s: got no link to %s", record, want)
		}
	}
}

func TestEveryChoiceInTheLogLeadsToAPage(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	cut(els, "8:00", false)
	for path, states := range map[string]int{
		"/changes?state=unknown": 2, "/changes?state=accepted": 2, "/changes?mine=1": 9, "/changes?record=/clockings/8192": 9,
		"/changes?record=/clockings/8192&state=unknown": 9, "/changes?record=/clockings&state=unknown": 2,
	} {
		page := els.get(path).wants(http.StatusOK)
		options := page.find("form.filters select[name=state] option")
		if options.Length() != states {
			t.Errorf("%s: got %d states, want %d", path, options.Length(), states)
		}
		options.Each(func(_ int, option *selection) {
			page.form("form.filters").set("state", option.AttrOr("value", "")).send().wants(http.StatusOK)
		})
	}
}

func TestLogFilters(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	correct(els, "8:00", "Badge forgotten")
	correct(els, "8:01", "Terminal broken")
	els.get("/clockings/8192/delete").form("form.sheet").send().wants(http.StatusOK)
	anke := w.signIn("anke")
	today := time.Now().Format(time.DateOnly)
	yesterday := time.Now().AddDate(0, 0, -2).Format(time.DateOnly)
	for query, rows := range map[string]int{
		"":                                      3,
		"person=76547":                          3,
		"person=76548":                          0,
		"person=&person~find=jan+maes":          3,
		"actor=els":                             3,
		"actor=tom":                             0,
		"collection=clockings":                  3,
		"collection=assignments":                0,
		"verb=replace":                          2,
		"verb=delete":                           1,
		"state=applied":                         3,
		"state=unknown":                         0,
		"state=failed":                          0,
		"why=badge":                             1,
		"date.ge=" + today:                      3,
		"date.ge=2020-01-01&date.le=2020-02-01": 0,
		"date.ge=&date.le=" + yesterday:         0,
		"why=TERMINAL&verb=replace":             1,
	} {
		page := anke.get("/changes?" + query).wants(http.StatusOK)
		if got := page.find("table.changes tr[data-row]").Length(); got != rows {
			t.Errorf("%s: got %d rows, want %d", query, got, rows)
		}
		if got := page.find("table.changes tr.day").Length(); (got > 0) != (rows > 0) {
			t.Errorf("%s: got %d days over %d rows", query, got, rows)
		}
	}
	chosen := anke.get("/changes").form("form.filters").set("actor", "els").send().wants(http.StatusOK)
	if got := chosen.find("select[name=actor] option").Length(); got != 2 {
		t.Errorf("who: got %d to choose from, want everybody and the one who made changes", got)
	}
	if got := chosen.text("select[name=actor] option[selected]"); got != "Els Peeters" {
		t.Errorf("who: got %q chosen, want Els", got)
	}
	for _, query := range []string{
		"date.ge=soon", "date.ge=2026-02-01&date.le=2026-01-01", "verb=destroy", "state=maybe", "collection=nothing",
		"date.ge=&why=badge", "date.ge=2020-01-01&why=badge", "person=1,2", "page=abc", "person=&person~find=nobody+at+all",
		"reason=Boredom", "reason=Wrong+time&why=badge",
	} {
		anke.get("/changes?" + query).wants(http.StatusUnprocessableEntity)
	}
}

func TestLogPagesByKey(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	first := correct(els, "8:00", "0")
	for i := range 60 {
		form := els.get("/clockings/8192/edit").form("form.sheet")
		form.set("timeOfDayInMinutes", "8:"+string(rune('1'+i%5))+string(rune('0'+i%10))).send().wants(http.StatusOK)
	}
	page := els.get("/changes?mine=1").wants(http.StatusOK)
	if got := page.find("table.changes tr[data-row]").Length(); got != 50 {
		t.Fatalf("first page: got %d rows, want 50", got)
	}
	next := page.href("a[rel=next]")
	correct(els, "9:30", "one more, made meanwhile")
	rest := els.get(next).wants(http.StatusOK)
	if got := rest.find("table.changes tr[data-row]").Length(); got != 11 {
		t.Errorf("second page: got %d rows, want 11, whatever was added before it", got)
	}
	if rest.find("a[rel=next]").Length() > 0 || rest.find("a[href='"+changeOf(first)+"']").Length() == 0 {
		t.Error("second page: want the oldest change and no further page")
	}
}

func TestHistoryOfARecordBeginsWithItsCreation(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	form := els.get("/clockings/new?person.id=76547&date=" + time.Now().Format(time.DateOnly) + "&timeOfDayInMinutes=23:10&kind=InOut").form("form.sheet")
	created := form.send().wants(http.StatusOK)
	has(t, created.text("#done"), "/clockings/8193")
	edit := els.get("/clockings/8193/edit").form("form.sheet").set("timeOfDayInMinutes", "23:15")
	edit.send().wants(http.StatusOK)
	history := w.signIn("tom").get("/changes?record=%2Fclockings%2F8193").wants(http.StatusOK)
	if got := history.find("table.changes tr[data-row]"); got.Length() != 2 || !strings.Contains(got.Last().Text(), "add") {
		t.Errorf("got %d rows, want the edit and, last, the creation", got.Length())
	}
}

func TestLogAsFiles(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	correct(els, "8:00", "=HYPERLINK(1)")
	correct(els, "8:01", "plain")
	anke := w.signIn("anke")
	list := anke.get("/changes?why=hyperlink")
	file := list.follow("a[href*='/changes.csv']").wants(http.StatusOK)
	rows := sheetOf(t, file)
	if len(rows) != 2 {
		t.Fatalf("CSV: got %d rows, want a head and one change", len(rows))
	}
	has(t, strings.Join(rows[1], "|"), "|'=HYPERLINK(1)|", "|Els Peeters|", "|/clockings/8192|", "|Jan Maes|", "|200|")

	lines := strings.Split(strings.TrimSpace(list.follow("a[href*='/changes.ndjson']").wants(http.StatusOK).body), "\n")
	if len(lines) != 1 {
		t.Fatalf("NDJSON: got %d lines, want 1", len(lines))
	}
	var line struct {
		Name, Path, Note, State string
		Status                  int
		Before, After           map[string]any
	}
	if err := json.Unmarshal([]byte(lines[0]), &line); err != nil {
		t.Fatal(err)
	}
	if line.Name != "Els Peeters" || line.Path != "/clockings/8192" || line.Note != "=HYPERLINK(1)" || line.State != "applied" ||
		line.Status != 200 || line.Before["timeOfDayInMinutes"] != 485.0 || line.After["timeOfDayInMinutes"] != 480.0 {
		t.Errorf("NDJSON: got %+v", line)
	}
	if got := anke.get("/changes.csv?why=nowhere").wants(http.StatusOK); strings.Count(got.body, "\n") != 1 {
		t.Errorf("an empty file: got %q, want the head alone", got.body)
	}
}

func TestChangesSpeakDutch(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	path := changeOf(correct(els, "8:00", "Badge vergeten"))
	els.post("/language", url.Values{"language": {"nl"}, "return": {"/"}})
	has(t, els.get(path).wants(http.StatusOK).text(".head"), "Els Peeters wijzigde 08:05 in 08:00 voor Jan Maes op ", "Reden: Badge vergeten.")
	els.get(path + "/undo").wants(http.StatusOK)
	theForm(els.get("/clockings/8192/edit")).set("timeOfDayInMinutes", "8:02").set("why", "Wrong time").send().wants(http.StatusOK)
	log := els.get("/changes?mine=1").wants(http.StatusOK)
	if got := log.find("select[name=reason] option[value='Wrong time']").Text(); got != "Verkeerde tijd" {
		t.Errorf("reason: got %q, want it in Dutch", got)
	}
	found := log.form("form.filters").set("reason", "Wrong time").send().wants(http.StatusOK)
	if got := found.find("table.changes tr[data-row]").Length(); got != 1 {
		t.Errorf("changes with the reason: got %d, want 1", got)
	}
}

func TestUndoOfRowsThatHaveNoRecordOfTheirOwn(t *testing.T) {
	const definition = "/activity-structure-versions/" + company.StructureVersion +
		"/levels/1/activity-definitions/a1b2c3d4-0000-4000-8000-000000001001"
	for _, one := range []struct{ name, list, open, set, value string }{
		{"a row is changed", "/usages", "a[href*='/usages/Person'][href*='/edit']", "until", "2030-10-30"},
		{"a row is deleted", "/usages", "a[href*='/usages/Person'][href*='/delete']", "", ""},
		{"a row is added", "/usages", "a[href*='/usages/new']", "usageReference.id", "76548"},
		{"all rows are changed at once", "/restrictions", "a[href*='/restrictions/edit']", "restrictions.0.activityDefinitions.1.id~find", ""},
	} {
		t.Run(one.name, func(t *testing.T) {
			w := newWorld(t)
			els := w.signIn("els")
			list := els.get(definition + one.list).wants(http.StatusOK)
			form := list.follow(one.open).wants(http.StatusOK).form("form.sheet")
			if one.set != "" {
				form.set(one.set, one.value)
			}
			if strings.HasSuffix(form.action, "/new") {
				form.set("activityUsageKind", "Person").set("from", "2026-01-01")
			}
			changed := form.send().wants(http.StatusOK)
			if changed.text("table.list") == list.text("table.list") {
				t.Fatalf("the change changed nothing: %s", changed.text(".note"))
			}
			receipt := els.get(changeOf(changed)).wants(http.StatusOK)
			if got := receipt.find("table.diff tbody tr").Length(); got == 0 {
				t.Error("the receipt shows no difference")
			}
			receipt.follow("a[href$='/undo']").wants(http.StatusOK).form("form.sheet").send().wants(http.StatusOK)
			if got, want := els.get(definition+one.list).text("table.list"), list.text("table.list"); !sameWords(got, want) {
				t.Errorf("after the undo: got %q, want %q", got, want)
			}
		})
	}
}

func TestChangesUnderAnotherKeyAreLookedUpAndUndoneUnderIt(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	const id = "a1b2c3d4-0000-4000-8000-000000001001"
	w.tenant.Refer("activity-definitions", "erp", "K-7", id)
	const path = "/activity-structure-versions/" + company.StructureVersion + "/levels/1/activity-definitions/K-7"
	form := els.get(path + "/edit?by=erp").wants(http.StatusOK).form("form.sheet")
	was := form.values.Get("info")
	w.tenant.Fail(simulator.Fault{Method: "PUT", Reset: true, Apply: true, Times: 1})
	unsure := form.set("info", "Renamed").send().wants(http.StatusBadGateway)
	w.tenant.Heal()
	receipt := els.get(changeOf(unsure)).form("form[action$='/check']").send().wants(http.StatusOK)
	if got := receipt.text(".two .mark"); got != "applied" {
		t.Fatalf("state: got %q, want applied: %s", got, receipt.text("li.looked"))
	}
	receipt.follow("aside dd a").wants(http.StatusOK)
	undone := receipt.follow("a[href$='/undo']").wants(http.StatusOK).form("form.sheet").send().wants(http.StatusOK)
	has(t, undone.text("table.diff"), "Renamed", was)
	if record, _ := w.tenant.Get("activity-definitions", id); strings.Contains(record, "Renamed") {
		t.Errorf("at Protime: got %s, want %q back", record, was)
	}
}

// sameWords compares without order: a row that comes back comes last.
func sameWords(a, b string) bool {
	x, y := strings.Fields(a), strings.Fields(b)
	slices.Sort(x)
	slices.Sort(y)
	return slices.Equal(x, y)
}
