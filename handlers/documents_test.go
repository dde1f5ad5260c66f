package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"protime-admin/protime/simulator/company"
)

func TestADefinitionIsCreatedUnderOnesOwnKeyAndThenReplaced(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	list := els.get(definitions("1")).wants(http.StatusOK)
	ask := list.follow("a[href$='/by-key']").wants(http.StatusOK)
	whole(t, ask)
	edit := theForm(ask).set("by", "@external-reference").set("key", "NEW-1").send().wants(http.StatusOK)
	whole(t, edit)
	if got := edit.text("main .note"); !strings.Contains(got, "NEW-1") || !strings.Contains(got, "create") {
		t.Errorf("got %q, want that it will create", got)
	}
	form := theForm(edit).set("name.default", "Assembly & packing")
	preview := form.press("preview", "1").send().wants(http.StatusOK)
	if got := preview.text("main code"); !strings.Contains(got, "PUT /activity-structure-versions/") || !strings.Contains(got, "NEW-1?externalReferences=") {
		t.Errorf("preview: got %q, want the exact request", got)
	}
	done := theForm(preview).send().wants(http.StatusOK)
	banner := done.text("#done")
	if !strings.Contains(banner, "201 Created") || !strings.HasPrefix(done.find("#done p.facts-line a").AttrOr("href", ""), definitions("1")+"/") {
		t.Errorf("banner: got %q to %q, want 201 and a link", banner, done.find("#done p.facts-line a").AttrOr("href", ""))
	}
	if !strings.Contains(banner, "added") || done.find("tr.marked a.row").Text() != "Assembly & packing" {
		t.Errorf("got %q and the row %q, want that it was added, and its row", banner, done.text("tr.marked"))
	}
	put := w.tenant.Writes()[0]
	if q, _ := url.ParseQuery(put.Query); put.Method != http.MethodPut || q.Get("externalReferences") != "(activity-definitions,@external-reference)" {
		t.Errorf("got %s with %q", put.Method, put.Query)
	}
	made := done.follow("#done p.facts-line a").wants(http.StatusOK)
	if !strings.Contains(made.text("dl.facts"), "Assembly & packing") {
		t.Errorf("the new record: got %q", made.text("dl.facts"))
	}

	again := theForm(ask).set("by", "@external-reference").set("key", "NEW-1").send().wants(http.StatusOK)
	if got := again.text("main .note"); !strings.Contains(got, "replace") {
		t.Errorf("got %q, want that it will replace", got)
	}
	if got := theForm(again).values.Get("name.default"); got != "Assembly & packing" {
		t.Errorf("got %q prefilled, want the record", got)
	}
	replaced := theForm(again).set("info", "for line 3").send().wants(http.StatusOK)
	if got := replaced.text("#done"); !strings.Contains(got, "200 OK") {
		t.Errorf("banner: got %q, want 200", got)
	}
	if body := string(w.tenant.Writes()[1].Body); !strings.Contains(body, "Assembly") || !strings.Contains(body, `"info":"for line 3"`) {
		t.Errorf("body of PUT: got %s, want the full record", body)
	}
	for _, odd := range []struct{ by, key string }{{"@external-reference", ""}, {"@external-reference", "a/b"}, {"", "X"}} {
		p := theForm(ask).set("by", odd.by).set("key", odd.key).send().wants(http.StatusUnprocessableEntity)
		whole(t, p)
	}
	els.get(definitions("1") + "/NEW-1/edit?by=@nothing").wants(http.StatusNotFound)
}

func TestTranslatedNamesAreChangedLanguageByLanguage(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	edit := els.get(definition("1001") + "/edit").wants(http.StatusOK)
	for input, want := range map[string]string{
		"name-translations-nl-BE": "Translation nl-BE", "name-translations-key-0": "Language, like nl-BE",
	} {
		if got := edit.text("label[for='i-" + input + "']"); !strings.HasPrefix(got, want) {
			t.Errorf("label of %s: got %q, want %q", input, got, want)
		}
	}
	if edit.find("button[name='add'][value='name']").Length() > 0 {
		t.Error("a translated name offers to add something that is not a translation")
	}
	form := theForm(edit).set("name.translations.nl-BE", "Productie nieuw")
	form.send().wants(http.StatusOK)
	body := string(w.tenant.Writes()[0].Body)
	if !strings.Contains(body, `"nl-BE":"Productie nieuw"`) || !strings.Contains(body, `"default":"`) {
		t.Errorf("body of PUT: got %s", body)
	}
	form = theForm(els.get(definition("1001") + "/edit"))
	form.values.Set("name.translations~key.0", "de-DE")
	form.values.Set("name.translations~value.0", "Fertigung")
	form.send().wants(http.StatusOK)
	if body := string(w.tenant.Writes()[1].Body); !strings.Contains(body, `"de-DE":"Fertigung"`) || !strings.Contains(body, "Productie nieuw") {
		t.Errorf("body of PUT: got %s", body)
	}
}

func TestAFilterNamesItsChoicesAsRecordsDo(t *testing.T) {
	w := newWorld(t, "WRITABLE=webhooks")
	page := w.signIn("els").get("/webhooks").wants(http.StatusOK)
	if got := page.text("option[value='absence-definitions']"); got != "Absence definitions" {
		t.Errorf("got %q, want the collection's name", got)
	}
}

func TestUsagesAreAddedChangedAndDeletedByWhatNamesThem(t *testing.T) {
	w := newWorld(t)
	w.knowsPeople()
	els := w.signIn("els")
	usages := definition("1002") + "/usages"
	els.get(usages).wants(http.StatusOK)
	form := theForm(els.get(usages + "/new").wants(http.StatusOK))
	form.set("activityUsageKind", "Person").set("usageReference.id", "76547").set("from", "2031-01-01").set("until", "2031-06-30")
	done := form.send().wants(http.StatusOK)
	if got := done.text("#done"); !strings.Contains(got, "200 OK") {
		t.Errorf("banner: got %q, want 200 OK", got)
	}
	if body := string(w.tenant.Writes()[0].Body); body != `{"activityUsageKind":"Person","usageReference":{"id":76547},"from":"2031-01-01","until":"2031-06-30"}` {
		t.Errorf("body of POST: got %s", body)
	}
	row := done.find("tbody tr[id='r-Person~76547~2031-01-01~2031-06-30']")
	if row.Length() != 1 {
		t.Fatalf("the new row is not there: %q", done.text("tbody"))
	}
	address := row.Find("a.row").AttrOr("href", "")
	whole(t, els.get(address).wants(http.StatusOK))

	changed := theForm(els.get(address+"/edit").wants(http.StatusOK)).set("until", "2031-12-31").send().wants(http.StatusOK)
	if got := changed.text("#done"); !strings.Contains(got, "200 OK") {
		t.Errorf("banner: got %q, want 200 OK", got)
	}
	if body := string(w.tenant.Writes()[1].Body); !strings.Contains(body, `"originalFrom":"2031-01-01"`) || !strings.Contains(body, `"originalUntil":"2031-06-30"`) ||
		!strings.Contains(body, `"updatedUntil":"2031-12-31"`) {
		t.Errorf("body of PUT: got %s", body)
	}
	row = changed.find("tbody tr[id='r-Person~76547~2031-01-01~2031-12-31']")
	if row.Length() != 1 {
		t.Fatalf("the changed row is not there: %q", changed.text("tbody"))
	}
	confirm := els.get(row.Find("a.row").AttrOr("href", "") + "/delete").wants(http.StatusOK)
	gone := theForm(confirm).send().wants(http.StatusOK)
	if got := gone.text("#done"); !strings.Contains(got, "204 No Content") {
		t.Errorf("banner: got %q, want 204", got)
	}
	removed := w.tenant.Writes()[2]
	if removed.Method != http.MethodDelete || !strings.Contains(string(removed.Body), `"from":"2031-01-01"`) {
		t.Errorf("got %s with %s, want DELETE with what names the row", removed.Method, removed.Body)
	}

	// An open end has no place in the key, and overlaps are Protime's to refuse.
	open := theForm(els.get(usages+"/new")).set("activityUsageKind", "Person").set("usageReference.id", "76548").set("from", "2032-01-01")
	open.send().wants(http.StatusOK)
	twice := theForm(els.get(usages+"/new")).set("activityUsageKind", "Person").set("usageReference.id", "76548").set("from", "2033-01-01").send()
	if twice.status != http.StatusUnprocessableEntity || !strings.Contains(twice.text("main"), "400 Bad Request") {
		t.Errorf("an overlap: got %d %q, want 422 and what Protime said", twice.status, twice.text("main .note"))
	}
	theForm(els.get(usages+"/Person~76548~2032-01-01~/edit").wants(http.StatusOK)).set("until", "2032-12-31").send().wants(http.StatusOK)
	els.get(usages + "/Person~1~1999-01-01~").wants(http.StatusNotFound)
	els.get(usages + "/Person~1~1999-01-01~/edit").wants(http.StatusNotFound)
}

func TestRestrictionsAreReplacedAsAWhole(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	page := definition("1001") + "/restrictions"
	list := els.get(page).wants(http.StatusOK)
	if got := list.text("tbody"); !strings.Contains(got, "Assembly line: Preparation") {
		t.Errorf("the rows: got %q, want the definitions' names", got)
	}
	edit := list.follow("a[href*='/restrictions/edit']").wants(http.StatusOK)
	whole(t, edit)
	form := theForm(edit)
	form = theForm(form.press("add", "restrictions").send().wants(http.StatusOK))
	last := ""
	for name := range form.values {
		if strings.HasSuffix(name, ".level") && form.values.Get(name) == "" {
			last = strings.TrimSuffix(name, ".level")
		}
	}
	if last == "" {
		t.Fatalf("no empty row: %v", form.values)
	}
	form.set(last+".level", "2")
	input := last + ".activityDefinitions.0.id~find"
	if !form.values.Has(input) {
		input = last + ".activityDefinitions.0.id"
	}
	form.set(input, definitionID("002001"))
	done := form.send()
	if done.status != http.StatusOK || !strings.Contains(done.text("#done"), "200 OK") {
		t.Fatalf("got %d %q, want 200 OK", done.status, done.text("main .note"))
	}
	body := string(w.tenant.Writes()[0].Body)
	if !strings.HasPrefix(body, "[") || !strings.Contains(body, definitionID("002001")) {
		t.Errorf("body of PUT: got %s, want a top-level array", body)
	}
	if !strings.Contains(done.url.Path, "/restrictions") {
		t.Errorf("back at %s, want the restrictions", done.url.Path)
	}
	// Emptied altogether it is an empty array.
	form = theForm(els.get(page + "/edit"))
	for name := range form.values {
		if strings.HasPrefix(name, "restrictions.") {
			form.values.Set(name, "")
		}
	}
	form.send().wants(http.StatusOK)
	writes := w.tenant.Writes()
	if got := string(writes[len(writes)-1].Body); got != "[]" {
		t.Errorf("body of PUT: got %s, want []", got)
	}
	els.get(page).wants(http.StatusOK)
}

func TestInvariant5_RowsThatMovedAreShown(t *testing.T) {
	w := newWorld(t)
	els, tom := w.signIn("els"), w.signIn("tom")
	page := definition("1001") + "/restrictions/edit"
	mine := theForm(els.get(page))
	theirs := theForm(tom.get(page))
	emptied := false
	for name := range theirs.values {
		if strings.HasPrefix(name, "restrictions.") {
			emptied = emptied || theirs.values.Get(name) != ""
			theirs.values.Set(name, "")
		}
	}
	if !emptied {
		t.Fatal("the made-up company has no restrictions")
	}
	theirs.send().wants(http.StatusOK)
	for name := range mine.values {
		if strings.HasSuffix(name, ".level") && mine.values.Get(name) == "2" {
			mine.values.Set(name, "3")
		}
	}
	n := len(w.tenant.Writes())
	answer := mine.send()
	if answer.status != http.StatusConflict || len(w.tenant.Writes()) != n {
		t.Errorf("got %d and %d writes, want 409 and none", answer.status, len(w.tenant.Writes())-n)
	}
	if answer.find(".conflict tbody tr").Length() == 0 || strings.Contains(answer.text(".conflict tbody tr"), `{"`) {
		t.Errorf("the sides: got %q, want them in words", answer.text(".conflict tbody tr"))
	}
}

func TestTheNestedPagesHaveTheirWayUp(t *testing.T) {
	w := newWorld(t)
	els := w.signIn("els")
	record := els.get(definition("1001")).wants(http.StatusOK)
	for _, below := range []string{"/usages", "/restrictions"} {
		if record.find("aside a[href='"+definition("1001")+below+"']").Length() != 1 {
			t.Errorf("the definition does not lead to its %s", below)
		}
	}
	if record.find("a.back[href='"+definitions("1")+"']").Length() != 1 {
		t.Errorf("the definition does not lead to its list: %q", record.find("a.back").AttrOr("href", ""))
	}
	for _, below := range []string{"/usages", "/restrictions"} {
		if els.get(definition("1001")+below).find("nav.crumbs a[href='"+definition("1001")+"']").Length() != 1 {
			t.Errorf("%s do not lead back to their definition", below)
		}
	}
	if els.get("/people/76547/department-history").find("nav.crumbs a[href='/people/76547']").Length() != 1 {
		t.Errorf("a person's history does not lead back to the person")
	}
	els.get("/activity-structure-versions/" + company.StructureVersion + "/levels/99/activity-definitions")
	els.get("/activity-structure-versions/no%2Fguid/levels/1/activity-definitions").wants(http.StatusNotFound)
}
