package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"protime-admin/protime/simulator"
)

const editClocking = "/clockings/8192/edit"

// theForm is the form of a record on a page.
func theForm(p *page) *filled { return p.form("form.fields") }

func TestTheJob_ATimeIsCorrectedAndTheAnswerIsShown(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	list := els.get("/clockings?person=76547&view=flat").wants(http.StatusOK)
	row := list.find("tr#r-8192")
	if got := strings.Join(strings.Fields(row.Text()), " "); !strings.Contains(got, "08:05") || !strings.Contains(got, "Jan Maes") {
		t.Fatalf("the row of 8192: got %q, want 08:05 and Jan Maes", got)
	}
	edit := list.follow("tr#r-8192 .acts a").wants(http.StatusOK)
	done := theForm(edit).set("timeOfDayInMinutes", "8:00").set("why", "Wrong time").send().wants(http.StatusOK)

	if got, want := done.url.Path+"?person="+done.url.Query().Get("person"), "/clockings?person=76547"; got != want {
		t.Errorf("after the change: got %s, want the list with its filter %s", got, want)
	}
	if done.url.Query().Get("done") == "" || done.url.Fragment != "r-8192" {
		t.Errorf("after the change: got %s, want done= and the row as fragment", done.url)
	}
	banner := done.text("#done")
	for _, want := range []string{"200 OK", "Jan Maes", "08:05", "08:00", "no Location"} {
		if !strings.Contains(banner, want) {
			t.Errorf("banner: got %q, want %q in it", banner, want)
		}
	}
	if done.find("#done form[action$='/undo']").Length() != 1 || done.find("#done a[href^='/changes/']").Length() == 0 {
		t.Errorf("banner: want a way to undo and to the receipt: %q", banner)
	}
	call := done.text("#done details")
	for _, want := range []string{"PUT http", "/clockings/8192", `"timeOfDayInMinutes": 480`, "Bearer ***", "curl -X PUT"} {
		if !strings.Contains(call, want) {
			t.Errorf("the call: got %q, want %q in it", call, want)
		}
	}
	marked := done.find("tr#r-8192")
	if !marked.HasClass("marked") || marked.Find("[autofocus]").Length() != 1 {
		t.Errorf("the row is not marked and focused")
	}
	if got := strings.Join(strings.Fields(marked.Text()), " "); !strings.Contains(got, "08:00") || !strings.Contains(got, "edited, was 08:05") {
		t.Errorf("the row: got %q, want 08:00 and what it was", got)
	}
}

func TestInvariant1_UntouchedMembersAreSentByteForByte(t *testing.T) {
	api, els := atElsewhere(t)
	theForm(els.get(editClocking)).set("timeOfDayInMinutes", "8:00").send().wants(http.StatusOK)
	puts := api.sent(http.MethodPut)
	if len(puts) != 1 {
		t.Fatalf("got %d PUT, want 1", len(puts))
	}
	want := `{"person":{"id":76547,"badge":"not ours"},` +
		`"date":"2024-01-05", "timeOfDayInMinutes":480, ` +
		`"terminal":{"id":765},"geolocation":{"latitude":51.14412700,"longitude":4.392225,"accuracy":1e1},` +
		`"kind":"InOut","payrollTag":"A\u002d7","ratio":1.50,"big":12345678901234567890.10,"tree":{"b":[1, 2,{}],"a":null}}`
	if puts[0].Body != want {
		t.Errorf("body of PUT:\n got %s\nwant %s", puts[0].Body, want)
	}
	if got := puts[0].Header.Get("If-Match"); got != "" {
		t.Errorf("If-Match of a record without an ETag: got %q, want none", got)
	}
}

func TestIfMatchIsTheETagOfTheFreshGet(t *testing.T) {
	api, els := atElsewhere(t)
	tag := `"46ab44"`
	api.etag = func(_, _ string) string { return tag }
	form := theForm(els.get(editClocking)).set("timeOfDayInMinutes", "8:00")
	tag = `"46ab45"` // something calculated changed meanwhile: no conflict for a person
	form.send().wants(http.StatusOK)
	if got := api.sent(http.MethodPut)[0].Header.Get("If-Match"); got != `"46ab45"` {
		t.Errorf("If-Match: got %q, want the fresh one", got)
	}
}

func TestInvariant1_ReadOnlyMembersAreNotSent(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	theForm(els.get(editClocking)).set("timeOfDayInMinutes", "8:00").send().wants(http.StatusOK)
	body := string(w.tenant.Writes()[0].Body)
	for _, name := range []string{"id\":8192", "changeVersion", "originalTimeOfDayInMinutes", "calculatedTimeOfDayInMinutes", "isGenerated", "status"} {
		if strings.Contains(body, name) {
			t.Errorf("body of PUT: got %s, want no %s", body, name)
		}
	}
	for _, member := range []string{`"payrollTag":"A-7"`, `"ratio":1.50`} {
		if !strings.Contains(body, member) {
			t.Errorf("body of PUT: got %s, want %s in it", body, member)
		}
	}
}

func TestInvariant1_AnEmptiedFieldIsLeftOutAndSoIsAnEmptyObject(t *testing.T) {
	api, els := atElsewhere(t)
	api.put("clockings", "8192", `{"id":8192,"person":{"id":76547},"date":"2024-01-05","timeOfDayInMinutes":485,"terminal":{"id":765},`+
		`"geolocation":{"latitude":51.1,"longitude":4.3},"kind":"InOut"}`)
	theForm(els.get(editClocking)).set("geolocation.latitude", "").set("geolocation.longitude", "").
		set("terminal.id~find", "").send().wants(http.StatusOK)
	if got, want := api.sent(http.MethodPut)[0].Body, `{"person":{"id":76547},"date":"2024-01-05","timeOfDayInMinutes":485,"kind":"InOut"}`; got != want {
		t.Errorf("body of PUT: got %s, want %s", got, want)
	}
}

func TestInvariant1_ANewReferenceReplacesTheWholeObject(t *testing.T) {
	api, els := atElsewhere(t)
	api.put("terminals", "768", `{"id":768,"name":"Workshop","externalCode":"T7"}`)
	api.put("clockings", "8192", `{"id":8192,"person":{"id":76547},"date":"2024-01-05","timeOfDayInMinutes":485,`+
		`"terminal":{"id":765,"externalReferences":{"@external-code":"T1"},"name":"old"},"kind":"InOut"}`)
	tests := []struct{ typed, want string }{
		{"Workshop", `"terminal":{"id":768}`},
		{"@external-code:T7", `"terminal":{"externalReferences":{"@external-code":"T7"}}`},
	}
	for _, test := range tests {
		before := len(api.sent(http.MethodPut))
		theForm(els.get(editClocking)).set("terminal.id~find", test.typed).send().wants(http.StatusOK)
		puts := api.sent(http.MethodPut)
		if len(puts) != before+1 || !strings.Contains(puts[before].Body, test.want) {
			t.Errorf("typed %q: got %v, want %s", test.typed, puts[before:], test.want)
		}
		api.put("clockings", "8192", `{"id":8192,"person":{"id":76547},"date":"2024-01-05","timeOfDayInMinutes":485,`+
			`"terminal":{"id":765,"externalReferences":{"@external-code":"T1"},"name":"old"},"kind":"InOut"}`)
	}
}

func TestInvariant1_ValuesThatNoWidgetKnowsStaySelectable(t *testing.T) {
	api, els := atElsewhere(t)
	const odd = `{"id":8192,"person":{"id":76547},"date":"soon","timeOfDayInMinutes":9999,"kind":"Telepathy","isOpen":"perhaps",` +
		`"terminal":"T-7","geolocation":[1,2]}`
	api.put("clockings", "8192", odd)
	edit := els.get(editClocking).wants(http.StatusOK)
	if got := edit.find("select[name=kind] option[selected]").AttrOr("value", ""); got != "Telepathy" {
		t.Errorf("the kind: got %q, want Telepathy selected", got)
	}
	theForm(edit).set("why", "Wrong time").set("geolocation~kept", "keep").send()
	if n := len(api.sent(http.MethodPut)); n != 0 {
		t.Errorf("nothing was touched: got %d PUT, want none: %v", n, api.sent(http.MethodPut))
	}
	theForm(els.get(editClocking)).set("person.id~find", "").set("person.id", "").send()
	form := theForm(els.get(editClocking))
	form.set("kind", "InOut").send()
	puts := api.sent(http.MethodPut)
	if len(puts) != 1 || !strings.Contains(puts[0].Body, `"date":"soon","timeOfDayInMinutes":9999,"kind":"InOut"`) ||
		!strings.Contains(puts[0].Body, `"terminal":"T-7","geolocation":[1,2]`) {
		t.Errorf("the kind alone was changed: got %v", puts)
	}
}

func TestInvariant1_YesNoHasAThirdValue(t *testing.T) {
	tests := []struct {
		stands, chosen, want string
	}{
		{``, "true", `"isOpen":true`},
		{``, "false", `"isOpen":false`},
		{`,"isOpen":true`, "", ``},
		{`,"isOpen":false`, "true", `"isOpen":true`},
	}
	for _, test := range tests {
		api, els := atElsewhere(t)
		api.put("clockings", "8192", `{"id":8192,"person":{"id":76547},"date":"2024-01-05","timeOfDayInMinutes":485,"kind":"Reason","reason":{"id":12}`+test.stands+`}`)
		edit := els.get(editClocking)
		if got := edit.find("select[name=isOpen] option").Length(); got != 3 {
			t.Errorf("choices: got %d, want 3", got)
		}
		theForm(edit).set("isOpen", test.chosen).send().wants(http.StatusOK)
		body := api.sent(http.MethodPut)[0].Body
		if test.want == "" && strings.Contains(body, "isOpen") || !strings.Contains(body, test.want) {
			t.Errorf("%q to %q: got %s, want %q", test.stands, test.chosen, body, test.want)
		}
	}
}

func TestInvariant8_TimesAreTypedAsPeopleWriteThem(t *testing.T) {
	tests := []struct{ typed, day, want string }{
		{"830", "0", "510"}, {"8:30", "0", "510"}, {"8h30", "0", "510"}, {"8u30", "0", "510"}, {"8.30", "0", "510"},
		{"0830", "0", "510"}, {"8", "0", "480"}, {"1800", "0", "1080"}, {"24:00", "0", "1440"}, {"00:00", "1", "1440"},
		{"22:00", "-1", "-120"}, {"6:00", "1", "1800"}, {"00:00", "0", "0"},
	}
	w := newWorld(t)
	for _, id := range w.tenant.IDs("clockings") {
		if id != "8192" {
			w.tenant.Remove("clockings", id) // beside which some of these times are warned of
		}
	}
	els := w.signIn("els")
	for _, test := range tests {
		w.tenant.Edit("clockings", "8192", `{"date":"`+lastSunday()+`","timeOfDayInMinutes":485}`) // alone on its day
		w.tenant.Forget()
		theForm(els.get(editClocking)).set("timeOfDayInMinutes", test.typed).set("timeOfDayInMinutes.day", test.day).send().wants(http.StatusOK)
		writes := w.tenant.Writes()
		if len(writes) != 1 || !strings.Contains(string(writes[0].Body), `"timeOfDayInMinutes":`+test.want+`,`) {
			t.Errorf("typed %q on day %s: got %v, want %s minutes", test.typed, test.day, writes, test.want)
		}
	}
	edit := els.get(editClocking)
	if got := edit.find("[name=timeOfDayInMinutes]").AttrOr("value", ""); got != "00:00" {
		t.Errorf("echoed: got %q, want 00:00", got)
	}
}

func TestInvariant8_NightsThatTheClockSkipsKeepTheirMinutes(t *testing.T) {
	api, els := atElsewhere(t, "TIME_ZONE=Europe/Brussels")
	// 31 March 2024, 02:30 does not exist on clocks in Brussels; 27 October has it twice.
	for _, date := range []string{"2024-03-31", "2024-10-27"} {
		api.put("clockings", "8192", `{"id":8192,"person":{"id":76547},"date":"`+date+`","timeOfDayInMinutes":150,"kind":"InOut"}`)
		edit := els.get(editClocking)
		if got := edit.find("[name=timeOfDayInMinutes]").AttrOr("value", ""); got != "02:30" {
			t.Errorf("%s: got %s, want 02:30", date, got)
		}
		theForm(edit).set("timeOfDayInMinutes", "2:45").send().wants(http.StatusOK)
		puts := api.sent(http.MethodPut)
		if body := puts[len(puts)-1].Body; !strings.Contains(body, `"timeOfDayInMinutes":165`) || !strings.Contains(body, date) {
			t.Errorf("%s: got %s, want 165 minutes", date, body)
		}
	}
}

func TestNothingChangedIsSaidAndNotSent(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	form := theForm(els.get(editClocking + "?return=%2Fclockings%3Fperson%3D76547"))
	answer := form.sendOnce().wants(http.StatusSeeOther)
	if got := answer.header.Get("Location"); !strings.HasPrefix(got, "/clockings?") || !strings.Contains(got, "notice=unchanged") {
		t.Errorf("Location: got %s, want back to the list, with a notice", got)
	}
	if n := len(w.tenant.Writes()); n != 0 {
		t.Errorf("writes: got %d, want none", n)
	}
	page := els.get(answer.header.Get("Location")).wants(http.StatusOK)
	if got := page.text("#done"); !strings.Contains(strings.ToLower(got), "nothing to change") {
		t.Errorf("notice: got %q, want nothing to change", got)
	}
}

func TestTheFirstSubmitButtonOfEveryFormSaves(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	for _, path := range []string{editClocking, "/clockings/new", "/clockings/8192/delete", "/assignments/new", definition("1001") + "/edit"} {
		page := els.get(path).wants(http.StatusOK)
		first := page.find("form.fields").Find("button, input[type=submit]").First()
		if _, named := first.Attr("name"); named || first.AttrOr("type", "submit") != "submit" {
			html, _ := goquery.OuterHtml(first)
			t.Errorf("%s: first button: got %s, want Save", path, html)
		}
	}
}

func TestReturnIsRespectedAndNeverLeadsElsewhere(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	for _, back := range []string{
		"https://evil.example/", "//evil.example/", `/\evil.example`, "/%09/evil.example", "javascript:alert(1)", "/clockings\r\nX: y", "\t//evil.example",
	} {
		form := theForm(els.get(editClocking)).set("timeOfDayInMinutes", "8:10")
		form.values.Set("return", back)
		form.values.Set("preview", "1")
		shown := form.send().wants(http.StatusOK)
		shown.find("a").Each(func(_ int, a *goquery.Selection) {
			if href := a.AttrOr("href", ""); strings.Contains(href, "evil") || strings.HasPrefix(href, "javascript") {
				t.Errorf("return %q: a link to %s", back, href)
			}
		})
		form.values.Del("preview")
		form.values.Set("timeOfDayInMinutes", "8:05")
		answer := form.sendOnce().wants(http.StatusSeeOther)
		if got := answer.header.Get("Location"); !strings.HasPrefix(got, "/") || strings.HasPrefix(got, "//") || strings.Contains(got, "evil") {
			t.Errorf("return %q: got Location %q, want a page of ours", back, got)
		}
	}
}

func TestPreviewShowsEverythingAndSendsNothing(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	page := theForm(els.get(editClocking)).set("timeOfDayInMinutes", "800").set("why.note", "my note").press("preview", "1").send().wants(http.StatusOK)
	if n := len(w.tenant.Writes()); n != 0 {
		t.Fatalf("writes: got %d, want none", n)
	}
	table := page.text("table.diff")
	for _, want := range []string{"Time", "08:05", "08:00"} {
		if !strings.Contains(table, want) {
			t.Errorf("preview: got %q, want %q", table, want)
		}
	}
	text := page.text("main")
	for _, want := range []string{"PUT /clockings/8192", `"timeOfDayInMinutes": 480`, `"payrollTag": "A-7"`} {
		if !strings.Contains(text, want) {
			t.Errorf("preview: want %q on the page", want)
		}
	}
	form := theForm(page)
	if got := form.values.Get("timeOfDayInMinutes"); got != "800" && got != "08:00" {
		t.Errorf("typed time: got %q", got)
	}
	if got := form.values.Get("why.note"); got != "my note" {
		t.Errorf("typed note: got %q", got)
	}
	form.send().wants(http.StatusOK)
	if n := len(w.tenant.Writes()); n != 1 {
		t.Errorf("writes after Save: got %d, want 1", n)
	}
}

func TestFieldsOfAnotherKindAreLeftOutAndThatIsSaid(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	w.tenant.Put("clockings", "8192", `{"id":8192,"person":{"id":76547},"date":"`+today()+`","timeOfDayInMinutes":485,"kind":"Reason","reason":{"id":12},"isOpen":true}`)
	form := theForm(els.get(editClocking)).set("kind", "InOut")
	wrong := theForm(els.get(editClocking)).set("kind", "InOut").set("timeOfDayInMinutes", "soon").send().wants(http.StatusUnprocessableEntity)
	if focus := wrong.find("[autofocus]"); focus.Length() != 1 || focus.AttrOr("name", "") != "timeOfDayInMinutes" {
		t.Errorf("one problem: got the focus on %q, want it where to type", focus.AttrOr("name", ""))
	}
	if got := wrong.text("main"); !strings.Contains(got, "Not sent, because this kind does not take them: Reason, Still open") {
		t.Errorf("a form with a problem does not say what is left out: %q", wrong.text(".note"))
	}
	preview := form.press("preview", "1").send().wants(http.StatusOK)
	if got := preview.text("main"); !strings.Contains(got, "Not sent, because this kind does not take them: Reason, Still open") {
		t.Errorf("preview does not say what is left out: %q", preview.text(".note"))
	}
	done := theForm(preview).send().wants(http.StatusOK)
	body := string(w.tenant.Writes()[0].Body)
	if strings.Contains(body, "reason") || strings.Contains(body, "isOpen") {
		t.Errorf("body of PUT: got %s, want no reason and no isOpen", body)
	}
	if got := done.text("#done"); !strings.Contains(got, "Not sent, because this kind does not take them: Reason, Still open") {
		t.Errorf("banner: got %q, want what was left out", got)
	}
}

func TestRowsAreAddedAndRemovedWithoutTellingProtime(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	page := els.get("/clockings/new?kind=Activity&person.id=76547&date=" + today() + "&timeOfDayInMinutes=0900").wants(http.StatusOK)
	page = theForm(page).set("activityLevels.0.level", "1").set("activityLevels.0.activityDefinition.id~find", definitionID("1001")).
		press("add", "activityLevels").send().wants(http.StatusOK)
	if got := page.find("[name='activityLevels.1.level']").Length(); got != 1 {
		t.Fatalf("a second row: got %d inputs, want 1", got)
	}
	if got := theForm(page).values.Get("activityLevels.0.level"); got != "1" {
		t.Errorf("the first row: got level %q, want 1 kept", got)
	}
	page = theForm(page).set("activityLevels.1.level", "2").press("remove", "activityLevels.1").send().wants(http.StatusOK)
	if got := page.find("input[name='activityLevels.1.level']:not([type=hidden])").Length(); got != 0 {
		t.Errorf("the removed row: got %d inputs, want none", got)
	}
	if n := len(w.tenant.Writes()); n != 0 {
		t.Errorf("writes: got %d, want none", n)
	}
	theForm(page).send().wants(http.StatusOK)
	body := string(w.tenant.Writes()[0].Body)
	if want := `"activityLevels":[{"level":1,"activityDefinition":{"id":"` + definitionID("1001") + `"}}]`; !strings.Contains(body, want) {
		t.Errorf("body of POST: got %s, want %s", body, want)
	}
}

func TestInvariant6_WhatWasTypedSurvivesAProblem(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	page := theForm(els.get(editClocking)).set("timeOfDayInMinutes", "half nine").set("geolocation.latitude", "north").
		set("terminal.id~find", "no such terminal").set("why.note", "because").send().wants(http.StatusUnprocessableEntity)
	for name, want := range map[string]string{
		"timeOfDayInMinutes": "half nine", "geolocation.latitude": "north", "terminal.id~find": "no such terminal", "why.note": "because",
	} {
		if got := page.find("[name='"+name+"']").AttrOr("value", ""); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if !strings.HasPrefix(page.text("title"), "Error:") {
		t.Errorf("title: got %q, want it to begin with Error:", page.text("title"))
	}
	summary := page.find(".note.bad[autofocus] a")
	if summary.Length() != 3 {
		t.Fatalf("error summary: got %d links, want 3: %s", summary.Length(), page.text(".note.bad"))
	}
	summary.Each(func(_ int, a *goquery.Selection) {
		target := page.find("[id='" + strings.TrimPrefix(a.AttrOr("href", ""), "#") + "']")
		if target.Length() != 1 || target.AttrOr("aria-invalid", "") != "true" {
			t.Errorf("the summary's link %s leads to %d inputs (%v)", a.AttrOr("href", ""), target.Length(), target.AttrOr("aria-invalid", ""))
			return
		}
		by := strings.Fields(target.AttrOr("aria-describedby", ""))
		if len(by) == 0 || page.text("[id='"+by[0]+"']") != a.Text() {
			t.Errorf("the sentence at %s: got %q, want %q", a.AttrOr("href", ""), page.text("[id='"+strings.Join(by, "")+"']"), a.Text())
		}
	})
	if n := len(w.tenant.Writes()); n != 0 {
		t.Errorf("writes: got %d, want none", n)
	}
	theForm(page).set("timeOfDayInMinutes", "8:00").set("geolocation.latitude", "51.2").set("terminal.id~find", "T2").send().wants(http.StatusOK)
	if n := len(w.tenant.Writes()); n != 1 {
		t.Errorf("after mending: got %d writes, want 1", n)
	}
}

func TestPickersLookUpWhatWasTyped(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	tests := []struct {
		sentence, typed string
		status          int
		want            string
	}{
		{"a name that one person has", "Els Peeters", http.StatusOK, `"person":{"id":76548}`},
		{"a badge", "6767646", http.StatusOK, ""},
		{"an employee number", "E1048", http.StatusOK, `"person":{"id":76548}`},
		{"an id", "76548", http.StatusOK, `"person":{"id":76548}`},
		{"a reference of the directory", "@badge-number:6767647", http.StatusOK, `"person":{"externalReferences":{"@badge-number":"6767647"}}`},
		{"a name that nobody has", "Nobody Nowhere", http.StatusUnprocessableEntity, ""},
		{"a reference that people do not have", "@external-code:T7", http.StatusUnprocessableEntity, ""},
	}
	for _, test := range tests {
		t.Run(test.sentence, func(t *testing.T) {
			w.tenant.Put("clockings", "8192", `{"id":8192,"person":{"id":76547},"date":"`+today()+`","timeOfDayInMinutes":485,"kind":"InOut"}`)
			w.tenant.Forget()
			page := theForm(els.get(editClocking)).set("person.id~find", test.typed).send()
			if page.status != test.status {
				t.Fatalf("got %d, want %d: %s", page.status, test.status, page.text(".note"))
			}
			writes := w.tenant.Writes()
			if test.want == "" {
				if len(writes) != 0 {
					t.Errorf("got %d writes, want none", len(writes))
				}
				return
			}
			if len(writes) != 1 || !strings.Contains(string(writes[0].Body), test.want) {
				t.Errorf("got %v, want %s", writes, test.want)
			}
		})
	}
}

func TestSeveralHitsComeBackAsRadios(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	page := theForm(els.get(editClocking)).set("person.id~find", "an").set("timeOfDayInMinutes", "7:59").send().wants(http.StatusUnprocessableEntity)
	radios := page.find("input[type=radio][name='person.id']")
	if radios.Length() < 2 {
		t.Fatalf("radios: got %d, want several", radios.Length())
	}
	if got := theForm(page).values.Get("timeOfDayInMinutes"); got != "7:59" {
		t.Errorf("the time typed: got %q, want 7:59 kept", got)
	}
	if n := len(w.tenant.Writes()); n != 0 {
		t.Fatalf("writes: got %d, want none", n)
	}
	chosen := radios.Last().AttrOr("value", "")
	theForm(page).set("person.id", chosen).send().wants(http.StatusOK)
	if body := string(w.tenant.Writes()[0].Body); !strings.Contains(body, `"person":{"id":`+chosen+`}`) || !strings.Contains(body, `:479`) {
		t.Errorf("body of PUT: got %s, want person %s", body, chosen)
	}
}

func TestAPickerIsAPlainIdWhereTheTenantDoesNotOfferTheCollection(t *testing.T) {
	for _, status := range []int{http.StatusNotFound, http.StatusForbidden} {
		api := newElsewhere(t)
		api.answers(http.MethodGet, "/terminals", status, `{"error":{"code":"No","message":"no"}}`)
		w := newWorldOn(t, api, 0)
		w.knowsPeople()
		els := w.signIn("els")
		edit := els.get(editClocking).wants(http.StatusOK)
		if edit.find("[name='terminal.id~find']").Length() != 0 || edit.find("[name='terminal.id']:not([type=hidden])").AttrOr("value", "") != "765" {
			t.Fatalf("%d: got no plain input for the terminal", status)
		}
		theForm(edit).set("terminal.id", "999").send().wants(http.StatusOK)
		if got := api.sent(http.MethodPut)[0].Body; !strings.Contains(got, `"terminal":{"id":999}`) {
			t.Errorf("%d: body of PUT: got %s, want terminal 999", status, got)
		}
		theForm(els.get(editClocking)).set("terminal.id", "@external-code:T7").send().wants(http.StatusOK)
		if got := api.sent(http.MethodPut)[1].Body; !strings.Contains(got, `"terminal":{"externalReferences":{"@external-code":"T7"}}`) {
			t.Errorf("%d: body of PUT: got %s, want the reference", status, got)
		}
	}
}

func TestACollectionThatIsAssumedIsNotCalledUnlessItIsNamed(t *testing.T) {
	api := newElsewhere(t)
	w := newWorldOn(t, api, 0, "ASSUMED_COLLECTIONS=")
	w.knowsPeople()
	els := w.signIn("els")
	for _, path := range []string{"/terminals", "/terminals/765", "/terminals.csv"} {
		if got := els.get(path).wants(http.StatusForbidden).text("body"); !strings.Contains(got, "switched off here") {
			t.Errorf("%s: got %q, want that it is switched off", path, got)
		}
	}
	if els.get("/").find("a[href='/terminals']").Length() != 0 {
		t.Error("the first page leads to terminals")
	}
	els.get("/search?in=terminals&q=Main")
	els.get("/clockings").wants(http.StatusOK)
	edit := els.get(editClocking).wants(http.StatusOK)
	if edit.find("[name='terminal.id']:not([type=hidden])").AttrOr("value", "") != "765" {
		t.Error("got no plain input for the terminal")
	}
	if els.get("/clockings/8192").find("a[href='/terminals/765']").Length() != 0 {
		t.Error("the record leads to its terminal")
	}
	for _, r := range api.sent(http.MethodGet) {
		if strings.Contains(r.Path, "/terminals") {
			t.Errorf("got a call of %s", r.Path)
		}
	}
}

func TestReasonsAreRequiredWhereTheCompanySaysSo(t *testing.T) {
	w := newWorld(t, "AUDIT_REASON=required")
	els := w.signIn("els")
	page := theForm(els.get(editClocking)).set("timeOfDayInMinutes", "8:00").send().wants(http.StatusUnprocessableEntity)
	if got := page.find("[name=timeOfDayInMinutes]").AttrOr("value", ""); got != "8:00" {
		t.Errorf("typed: got %q, want 8:00", got)
	}
	theForm(page).set("why", "Wrong time").send().wants(http.StatusOK)
	if n := len(w.tenant.Writes()); n != 1 {
		t.Errorf("writes: got %d, want 1", n)
	}
}

func TestAReasonThatIsNotOfTheListStays(t *testing.T) {
	w := newWorld(t, "AUDIT_REASON=required", "AUDIT_REASONS=Forgot,Wrong")
	els := w.signIn("els")
	form := theForm(els.get(editClocking)).set("timeOfDayInMinutes", "half nine")
	form.values.Set("why", "The terminal was on fire")
	page := form.send().wants(http.StatusUnprocessableEntity)
	if got := theForm(page).values.Get("why"); got != "The terminal was on fire" {
		t.Errorf("the reason: got %q, want it kept", got)
	}
	theForm(page).set("timeOfDayInMinutes", "8:30").send().wants(http.StatusOK)
	if got := els.get("/changes/" + form.values.Get("change")).text("main"); !strings.Contains(got, "The terminal was on fire") {
		t.Errorf("the receipt: got %q, want the reason", got)
	}
}

func TestTheBannerIsThereEvenWhenThePageToGoBackToIsNot(t *testing.T) {
	api, els := atElsewhere(t)
	form := theForm(els.get(editClocking+"?return=%2Fclockings")).set("timeOfDayInMinutes", "7:58")
	api.answers(http.MethodGet, "/clockings", 500, "")
	page := form.send().wants(http.StatusBadGateway)
	if got := page.text("#done"); !strings.Contains(got, "200 OK") {
		t.Errorf("got %q, want the banner above the failure", page.text("main"))
	}
}

func TestRecordsThatAreNoneAreBadAnswers(t *testing.T) {
	for _, body := range []string{"null", "[]", "5", `"x"`, "true", "{", `{"id":8192`, "", " ", "\xff\xfe"} {
		api, els := atElsewhere(t)
		edit := els.get(editClocking)
		api.answers(http.MethodGet, "/*/*", 200, body, "Content-Type", "application/json")
		for _, path := range []string{"/clockings/8192", editClocking, "/clockings/8192/delete"} {
			if got := els.get(path); got.status != http.StatusBadGateway {
				t.Errorf("%q: %s: got %d %q, want 502", body, path, got.status, got.text("h1"))
			}
		}
		if got := theForm(edit).set("timeOfDayInMinutes", "7:58").send(); got.status != http.StatusBadGateway || len(api.sent()) != 0 {
			t.Errorf("%q: got %d and %d requests, want 502 and none", body, got.status, len(api.sent()))
		}
		api.forgetRules()
		api.answers(http.MethodGet, "/clockings", 200, body, "Content-Type", "application/json")
		if got := els.get("/clockings"); got.status != http.StatusBadGateway && body != "[]" {
			t.Errorf("%q: the list: got %d %q, want 502", body, got.status, got.text("h1"))
		}
	}
}

func TestAFormWhoseTokenIsRefusedKeepsWhatWasTyped(t *testing.T) {
	tenant := founded.today()
	tenant.TokenLifetime = time.Minute
	w := newWorldWith(t, tenant)
	els := w.signIn("els")
	fresh := els.get("/clockings/new?person.id=76547&kind=InOut&timeOfDayInMinutes=0800&date=" + today()).wants(http.StatusOK)
	w.clock.pass(2 * time.Minute)
	tenant.Fail(simulator.Fault{Path: "/tenants/*/connect/token", Status: 401, Body: `{"error":"invalid_client"}`})
	page := theForm(fresh).set("why.note", "my note").send()
	if page.status != http.StatusBadGateway || theForm(page).values.Get("why.note") != "my note" || len(tenant.Writes()) != 0 {
		t.Errorf("got %d, the note %q and %d writes, want 502, the note and none", page.status, theForm(page).values.Get("why.note"), len(tenant.Writes()))
	}
}

func TestUnderAPrefixReturnMayCarryItOrNot(t *testing.T) {
	w := newWorld(t, "PUBLIC_URL=/portal")
	els := w.signIn("els")
	for _, back := range []string{"/clockings?kind=InOut", "/portal/clockings?kind=InOut"} {
		answer := theForm(els.get(editClocking + "?return=" + url.QueryEscape(back))).sendOnce().wants(http.StatusSeeOther)
		if got := answer.header.Get("Location"); !strings.HasPrefix(got, "/portal/clockings?kind=InOut&") {
			t.Errorf("return=%s: got %s", back, got)
		}
	}
}

func TestInvariant1_OnlyWhatWasTouchedDiffers(t *testing.T) {
	// Whatever stands in a record: one field is changed, and every other byte between what is writable is as it was.
	kept := []string{
		`"person":{"id":76547,"x":[1,2,{"y":null}]}`, `"date":"2024-01-05"`, `"terminal":{"id":765,"externalReferences":{"@external-code":"T1"}}`,
		`"geolocation":{"longitude":4.3922250000,"latitude":-0.0,"altitude":1E+2}`, `"kind":"InOut"`, `"activityLevels":[]`,
		`"zero":0.0`, `"text":"a\u0041\/\"<&>"`, `"empty":{}`, `"none":null`, `"much":123456789012345678901234567890`,
	}
	api, els := atElsewhere(t)
	api.put("clockings", "8192", `{"id":8192,"timeOfDayInMinutes":485,`+strings.Join(kept, ",")+`}`)
	theForm(els.get(editClocking)).set("timeOfDayInMinutes", "8:00").send().wants(http.StatusOK)
	if got, want := api.sent()[0].Body, `{"timeOfDayInMinutes":480,`+strings.Join(kept, ",")+`}`; got != want {
		t.Errorf("body of PUT:\n got %s\nwant %s", got, want)
	}
}
