package handlers_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"protime-admin/protime/simulator"
)

func TestAddAnotherLikeThisKeepsNamedValues(t *testing.T) {
	w := newWorld(t, "AUDIT_REASONS=Forgot to clock")
	els := w.signIn("els")
	record := els.get(definition("1002")).wants(http.StatusOK)
	like := theForm(record.follow("main a.button[href*='/new?']").wants(http.StatusOK)).values
	edit := theForm(els.get(definition("1002") + "/edit").wants(http.StatusOK)).values
	compared := 0
	for name, want := range edit {
		if strings.HasPrefix(name, "name.") || strings.HasPrefix(name, "externalReferences.") {
			compared++
			if got := like.Get(name); got != want[0] {
				t.Errorf("%s: got %q, want %q", name, got, want[0])
			}
		}
	}
	if compared < 3 {
		t.Errorf("got %d names and references compared: %v", compared, edit)
	}
	w.tenant.Fail(simulator.Fault{Method: "PUT", Status: http.StatusMethodNotAllowed, Times: 1})
	refused := theForm(els.get(definition("1002")+"/edit")).set("name.translations.nl-BE", "Anders").set("why.note", "my note").send()
	added := theForm(refused.follow(".note a[href*='/new?']").wants(http.StatusOK)).values
	if got := added.Get("name.translations.nl-BE"); got != "Anders" || added.Get("why.note") != "my note" {
		t.Errorf("a new one with these values: got %q and the note %q", got, added.Get("why.note"))
	}
}

func TestInvariant6_ARecordDeletedMeanwhileGivesBackWhatWasTyped(t *testing.T) {
	tests := []struct {
		sentence string
		remove   func(w *world, els *browser)
		status   int
		says     string
	}{
		{"in another tab", func(_ *world, els *browser) {
			theForm(els.get("/clockings/8192/delete")).send().wants(http.StatusOK)
		}, http.StatusConflict, "You deleted it on"},
		{"in another tab, and gone from Protime since", func(w *world, els *browser) {
			theForm(els.get("/clockings/8192/delete")).send().wants(http.StatusOK)
			w.tenant.Remove("clockings", "8192")
		}, http.StatusNotFound, "You deleted it on"},
		{"in Protime itself", func(w *world, _ *browser) {
			w.tenant.Edit("clockings", "8192", `{"status":"Deleted"}`)
		}, http.StatusConflict, "deleted"},
	}
	for _, test := range tests {
		t.Run(test.sentence, func(t *testing.T) {
			w := newWorld(t)
			els := w.signIn("els")
			form := theForm(els.get(editClocking)).set("timeOfDayInMinutes", "8:00").set("why.note", "my note")
			test.remove(w, els)
			sent := len(w.tenant.Writes())
			page := form.send().wants(test.status)
			has(t, page.text("main .note"), test.says)
			if got := theForm(page).values; got.Get("timeOfDayInMinutes") != "8:00" || got.Get("why.note") != "my note" {
				t.Errorf("typed: got %q and %q", got.Get("timeOfDayInMinutes"), got.Get("why.note"))
			}
			again := theForm(page.follow(".note a[href*='/clockings/new?']").wants(http.StatusOK))
			for name, want := range map[string]string{"timeOfDayInMinutes": "08:00", "why.note": "my note", "person.id": "76547", "kind": "InOut"} {
				if got := again.values.Get(name); got != want {
					t.Errorf("to add again: %s: got %q, want %q", name, got, want)
				}
			}
			again.send().wants(http.StatusOK)
			if n := len(w.tenant.Writes()) - sent; n != 1 {
				t.Errorf("got %d writes, want the new clocking", n)
			}
		})
	}
}

func TestAReasonThatLeftTheListStaysInEveryForm(t *testing.T) {
	w := newWorld(t, "AUDIT_REASON=required", "AUDIT_REASONS=Forgot to clock")
	els := w.signIn("els")
	made := changeOf(correct(els, "8:00", "typed wrong"))
	for _, path := range []string{"/clockings/new?", editClocking + "?", "/clockings/8192/delete?", made + "/undo?"} {
		form := els.get(path + "why=An+old+reason").wants(http.StatusOK).form("form.fields")
		if strings.Contains(path, "new") || strings.Contains(path, "undo") {
			if got := form.values.Get("why"); got != "An old reason" {
				t.Errorf("%s: got the reason %q, want that of the address", path, got)
			}
		}
		if form.values.Has("timeOfDayInMinutes") {
			form.set("timeOfDayInMinutes", "7:58")
		}
		form.values.Set("why", "An old reason")
		form.values.Set("change", "no id")
		if got := form.send().wants(http.StatusUnprocessableEntity).form("form.fields").values.Get("why"); got != "An old reason" {
			t.Errorf("%s: got the reason %q back, want the one that was given", path, got)
		}
	}
}

func TestADateThatIsNoneStaysAsTypedWithItsSentence(t *testing.T) {
	els := newWorld(t).signIn("els")
	page := els.get("/clockings/new?date=2026-02-30&geolocation.latitude=north&terminal.id~find=Nowhere").wants(http.StatusOK)
	for name, want := range map[string]string{"date": "2026-02-30", "geolocation.latitude": "north", "terminal.id~find": "Nowhere"} {
		input := page.find(fmt.Sprintf("[name=%q]", name))
		if got := input.AttrOr("value", ""); got != want || input.AttrOr("type", "text") == "date" {
			t.Errorf("%s: got %q in an input of type %q, want %q as it was typed", name, got, input.AttrOr("type", ""), want)
		}
	}
	has(t, page.text(".note.bad"), "Enter a date like", "Enter a number", "Nothing was found for “Nowhere”")
	if got := page.text(".note.bad"); strings.Contains(got, "Fill this in") {
		t.Errorf("got %q, want nothing asked for that is not filled in yet", got)
	}
}

func TestMadeUpInputsAreBounded(t *testing.T) {
	w := newWorld(t)
	els, marc := w.signIn("els"), w.signIn("marc")
	form := theForm(els.get(definition("1002")+"/edit")).set("why.note", "my note")
	path := strings.TrimPrefix(form.action, w.url)
	entries := func(n int) url.Values {
		values := url.Values{}
		for name, texts := range form.values {
			values[name] = texts
		}
		for i := range n {
			values.Set(fmt.Sprintf("name.translations.k%d", i), "x")
		}
		return values
	}
	denied := marc.post(path, entries(5000)).wants(http.StatusForbidden)
	tooMany := els.post(path, entries(9900)).wants(http.StatusUnprocessableEntity)
	has(t, tooMany.text("main .note"), "Enter at most 100")
	for _, page := range []*page{denied, tooMany} {
		if got := page.find("[name^='name.translations.k']").Length(); got < 90 || got > 100 {
			t.Errorf("got %d entries drawn, want no more than 100", got)
		}
		if got := theForm(page).values; got.Get("why.note") != "my note" || got.Get("name.translations.nl-BE") == "" {
			t.Errorf("got the note %q and the translation %q", got.Get("why.note"), got.Get("name.translations.nl-BE"))
		}
	}
	rows := theForm(els.get(definition("1002") + "/restrictions/edit"))
	for i := range 9500 {
		rows.values.Set(fmt.Sprintf("restrictions.%d.activityDefinitions.%d.id~find", i/19, i%19), "nowhere")
	}
	path, below := strings.TrimPrefix(rows.action, w.url), path
	denied = marc.post(path, rows.values).wants(http.StatusForbidden)
	if got := denied.find(".why").Length(); got > 0 {
		t.Errorf("a role that cannot save: got %d problems, want what was typed only", got)
	}
	tooMany = els.post(path, rows.values).wants(http.StatusUnprocessableEntity)
	has(t, tooMany.text("main .note"), "Enter at most 500", "more problems are marked below")
	if got := tooMany.find("main .note li").Length(); got > 51 {
		t.Errorf("got %d problems listed, want at most 50 and how many more there are", got)
	}
	for _, page := range []*page{denied, tooMany} {
		if got := page.find("[name$='.id~find'][value='nowhere']").Length(); got < 400 || got > 500 {
			t.Errorf("got %d rows drawn, want no more than 500", got)
		}
	}
	forged := `{"activityDefinitions":[` + strings.Repeat(`{"id":1},`, 54) + `{"id":1}]}`
	denied = marc.post(path, url.Values{"opened": {`{"restrictions":[` + strings.Repeat(forged+",", 470) + forged + `]}`}})
	if denied.wants(http.StatusForbidden); len(denied.body) > 1<<20 {
		t.Errorf("made-up values at opening: got a page of %d bytes, want that of the record", len(denied.body))
	}
	path = below
	large := entries(0)
	large.Set("opened", `{"name":{"translations":{"a":"`+strings.Repeat("x", 866<<10)+`"}}}`)
	page := els.post(path, large).wants(http.StatusUnprocessableEntity)
	has(t, page.text("main .note"), "This form was not complete")
	if got := len(theForm(page).values.Get("opened")); got > 10_000 {
		t.Errorf("opened: got %d bytes back, want those of the record", got)
	}
	if n := len(w.tenant.Writes()); n != 0 {
		t.Fatalf("got %d writes, want none", n)
	}
	els.post(path, entries(90)).wants(http.StatusOK)
	if body := string(w.tenant.Writes()[0].Body); !strings.Contains(body, `"k0":"x"`) || !strings.Contains(body, `"k89":"x"`) {
		t.Errorf("below the bound: got %s, want every entry", body)
	}
}

func TestEveryUndoThatMustWaitSaysHowLong(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	made := changeOf(correct(els, "8:00", "typed wrong"))
	tests := []struct {
		sentence string
		set      func()
		wait     string
	}{
		{"Protime cannot be read now", func() {
			w.tenant.Fail(simulator.Fault{Method: "GET", Status: 503, RetryAfter: 41, Times: 1})
		}, "41"},
		{"Protime takes nothing now", func() {
			w.tenant.Fail(simulator.Fault{Method: "PUT", Status: 503, RetryAfter: 42, Times: 1})
		}, "42"},
		{"the log takes nothing", func() { w.full.Store(true) }, "30"},
		{"a gateway says nothing of the change", func() {
			w.tenant.Fail(simulator.Fault{Method: "PUT", Status: 503, RetryAfter: 43, HTML: true, Times: 1})
		}, "43"},
		{"the session cannot be confirmed", func() { w.unsure.Store(true) }, "30"},
		{"the log does not answer", func() { w.hangs.Store(true) }, "30"},
	}
	var forms []*filled // each with an id of its own
	for range tests {
		forms = append(forms, els.get(made+"/undo").wants(http.StatusOK).form("form.fields"))
	}
	for i, test := range tests {
		t.Run(test.sentence, func(t *testing.T) {
			form := forms[i]
			test.set()
			if got := form.send().wants(http.StatusServiceUnavailable).header.Get("Retry-After"); got != test.wait {
				t.Errorf("Retry-After: got %q, want %s", got, test.wait)
			}
			w.full.Store(false)
			w.hangs.Store(false)
			w.unsure.Store(false)
			w.clock.pass(afterPause)
		})
	}
}
