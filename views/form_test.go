package views_test

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"protime-admin/internal/form"
	"protime-admin/internal/lang"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// directory knows a name for every record of all collections but one.
type directory struct{}

func (directory) Offered(collection string) bool { return collection != "departments" }

func (directory) Find(context.Context, string, string, int) []form.Hit {
	return []form.Hit{{ID: "1", Label: "One"}, {ID: "2", Label: "Two <b>"}}
}

func (directory) Label(_, id string) (form.Hit, bool) {
	return form.Hit{ID: id, Label: "Record " + id}, true
}

// sample is a value for a field; n makes it another one.
func sample(f contract.Field, n int) string {
	switch {
	case f.Ref != "":
		return fmt.Sprintf(`{"id":%d}`, 700+n)
	case len(f.Enum) > 0:
		return fmt.Sprintf("%q", append(f.Enum, "neverHeardOf")[n%(len(f.Enum)+1)])
	case f.Type == "array" && len(f.Fields) > 0:
		return "[" + object(f.Fields, n) + "," + object(f.Fields, n+1) + "]"
	case f.Type == "array" && f.Item != nil:
		return "[" + sample(*f.Item, n) + "]"
	case f.Type == "object":
		return object(f.Fields, n)
	case f.Type == "boolean":
		return fmt.Sprint(n%2 == 0)
	case f.Type == "integer", f.Type == "number":
		return []string{"485", "-30", "1500"}[n%3]
	case f.Format == "date":
		return []string{`"2026-11-17"`, `"soon"`, `null`}[n%3]
	}
	return []string{`"Tom & <i>"`, `"two\nlines"`, `12`}[n%3]
}

func object(fields []contract.Field, n int) string {
	var members []string
	for _, f := range fields {
		members = append(members, fmt.Sprintf("%q:%s", f.Name, sample(f, n)))
	}
	return "{" + strings.Join(members, ",") + "}"
}

// Every input of every collection's form has a name for those who cannot see it, whatever its value and what is wrong
// with it, and describes itself by what stands on the page.
func TestEveryInputHasALabelAndItsDescription(t *testing.T) {
	described, err := contract.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	languages, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	words, today := languages.Printer("en"), time.Date(2026, 11, 17, 0, 0, 0, 0, time.UTC)
	for _, c := range described.Collections {
		plan := form.NewPlan(c, contract.Create)
		page := &views.Page{Printer: words, Texts: views.NewTexts(words, nil, "", nil, plan)}
		wrong := url.Values{}
		for _, in := range plan.Inputs {
			for suffix, text := range map[string]string{"": "25:99 <none>", ".id": "", ".id~find": "somebody"} {
				wrong.Set(in.Field.Name+suffix, text)
			}
		}
		for n := range 3 {
			record, err := protime.ParseRecord([]byte(object(c.Fields, n)))
			if err != nil {
				t.Fatal(err)
			}
			for name, state := range map[string]form.State{
				"opened": plan.Open(record, directory{}), "by id": plan.Open(record, nil),
				"refused": plan.Decode(t.Context(), wrong, directory{}, today).State(record),
			} {
				check(t, c.Name+", "+name, page, state)
			}
		}
	}
}

func check(t *testing.T, name string, page *views.Page, state form.State) {
	t.Helper()
	var html bytes.Buffer
	shown := &views.Form{State: state}
	shown.Arrange()
	if err := views.FormPage(page, shown).Render(t.Context(), &html); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(&html)
	if err != nil {
		t.Fatal(err)
	}
	ids, labels := map[string]bool{}, map[string]bool{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		if id := s.AttrOr("id", ""); ids[id] {
			t.Errorf("%s: two elements are %q", name, id)
		}
		ids[s.AttrOr("id", "")] = true
	})
	doc.Find("label[for]").Each(func(_ int, s *goquery.Selection) { labels[s.AttrOr("for", "")] = true })
	doc.Find("input:not([type=hidden]), select, textarea").Each(func(_ int, s *goquery.Selection) {
		if _, labelled := s.Attr("aria-label"); !labelled && !labels[s.AttrOr("id", "")] && s.Closest("label").Length() == 0 {
			t.Errorf("%s: nothing names the input %q", name, s.AttrOr("name", ""))
		}
		for _, id := range strings.Fields(s.AttrOr("aria-describedby", "")) {
			if !ids[id] {
				t.Errorf("%s: the input %q is described by %q, which is not there", name, s.AttrOr("name", ""), id)
			}
		}
		if _, broken := s.Attr("else"); broken {
			t.Errorf("%s: a branch of a template is an attribute of %q", name, s.AttrOr("name", ""))
		}
	})
}
