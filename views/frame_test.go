package views_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"reflect"
	"testing"

	"github.com/a-h/templ"

	"protime-admin/internal/lang"
	"protime-admin/views"
)

// A frame that was drawn before is drawn as one that was not, whichever of a page's members differ.
func TestFramesAreDrawnFromSkeletonsAsWithoutThem(t *testing.T) {
	words, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	kept := &views.Skeletons{}
	check := func(what string, p views.Page) {
		t.Helper()
		p.Skeletons = nil
		want := framed(t, &p)
		p.Skeletons = kept
		for range 2 {
			if got := framed(t, &p); got != want {
				t.Errorf("%s: got\n%s\nwant\n%s", what, got, want)
			}
		}
	}
	plain := *clockingsPage(words.Printer("en"))
	check("plain", plain)
	for _, language := range words.Languages() {
		plain.Printer = words.Printer(language)
		check(language, plain)
	}
	members := reflect.TypeOf(plain)
	for i := range members.NumField() {
		name := members.Field(i).Name
		for n := range 4 {
			p := plain
			if !change(reflect.ValueOf(&p).Elem().Field(i), n) {
				continue
			}
			if name == "Role" && p.Role != "" {
				p.Role = []string{"role.viewer", "role.auditor", "role.editor"}[n%3]
			}
			if name == "Environment" {
				p.Environment = []string{"demo", "sandbox", "production"}[n%3]
			}
			check(fmt.Sprint(name, n), p)
		}
	}
}

// change gives a member of a page one of four values; false when there is none to give.
func change(member reflect.Value, n int) bool {
	switch member.Kind() {
	case reflect.String:
		member.SetString([]string{"", "/a?b=<c>&d", "Tom & \"Jerry\"", "two"}[n])
	case reflect.Int:
		member.SetInt([]int64{0, 1, 59, 1799}[n])
	case reflect.Bool:
		member.SetBool(n%2 == 0)
	default:
		switch member.Interface().(type) {
		case []views.NavLink:
			links := []views.NavLink{
				{Key: "nav.clockings", Href: "/clockings"}, {Key: "nav.people", Href: "/people", Current: true},
				{Key: "nav.collections", Href: "/"}, {Key: "nav.changes", Href: "/changes"},
			}
			member.Set(reflect.ValueOf(links[:n]))
		case views.Assets:
			member.Set(reflect.ValueOf(views.Assets{CSS: fmt.Sprint("/static/", n, ".css"), Script: "/s.js", Icon: "/i.svg"}))
		case *views.Banner:
			member.Set(reflect.ValueOf(&views.Banner{Tone: "good", Title: fmt.Sprint("Changed ", n)}))
		default:
			return false
		}
	}
	return true
}

func framed(t *testing.T, p *views.Page) string {
	t.Helper()
	content := templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, "<p>content</p>")
		return err
	})
	var b bytes.Buffer
	if err := views.Layout(p).Render(templ.WithChildren(t.Context(), content), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
