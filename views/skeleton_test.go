package views_test

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"protime-admin/internal/form"
	"protime-admin/internal/lang"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// directory knows a name for every second record of all collections but one.
type directory struct{}

func (directory) Offered(collection string) bool { return collection != "departments" }

func (directory) Find(context.Context, string, string, int) []form.Hit {
	return []form.Hit{{ID: "1", Label: "One"}, {ID: "2", Label: "Two <b>"}}
}

func (directory) Label(_, id string) (form.Hit, bool) {
	return form.Hit{ID: id, Label: "Jan & \"Els\" " + id, Detail: "E1047"}, !strings.HasSuffix(id, "3")
}

// sample writes a value for a field; n makes it another one.
func sample(f contract.Field, n int) string {
	switch {
	case f.Ref != "":
		return fmt.Sprintf(`{"id":%d}`, 700+n)
	case len(f.Enum) > 0:
		return fmt.Sprintf("%q", append(f.Enum, "neverHeardOf")[n%(len(f.Enum)+1)])
	case f.Type == "array" && len(f.Fields) > 0:
		return "[" + strings.Join([]string{object(f.Fields, n), object(f.Fields, n+1)}, ",") + "]"
	case f.Type == "array" && f.Item != nil:
		return "[" + sample(*f.Item, n) + "]"
	case f.Type == "object":
		return object(f.Fields, n)
	case f.Type == "boolean":
		return fmt.Sprint(n%2 == 0)
	case f.Type == "integer", f.Type == "number":
		return fmt.Sprint([]int{485, -30, 1500, 0, 7}[n%5])
	case f.Format == "date":
		return []string{`"2026-11-17"`, `"2024-02-29"`, `"soon"`, `"2026-13-45"`, `null`}[n%5]
	}
	return []string{`"Tom & <i>\"Jerry\"</i>"`, `"one"`, `""`, `"two\nlines"`, `12`}[n%5]
}

func object(fields []contract.Field, n int) string {
	var members []string
	for i, f := range fields {
		if (n+i)%7 != 6 {
			members = append(members, fmt.Sprintf("%q:%s", f.Name, sample(f, n+i)))
		}
	}
	return "{" + strings.Join(members, ",") + "}"
}

// An input that was drawn before is drawn as one that was not, whatever its value, in every collection and language.
func TestInputsAreDrawnFromSkeletonsAsWithoutThem(t *testing.T) {
	described, err := contract.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	words, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	today := time.Date(2026, 11, 17, 0, 0, 0, 0, time.UTC)
	kept := &views.Skeletons{}
	forms := 0
	for _, c := range described.Collections {
		plan := form.NewPlan(c, contract.Create)
		for n := range 12 {
			record, err := protime.ParseRecord([]byte(object(c.Fields, n)))
			if err != nil {
				t.Fatal(err)
			}
			wrong := url.Values{}
			for _, in := range plan.Inputs {
				wrong.Set(in.Field.Name, "25:99 <none>")
				wrong.Set(in.Field.Name+".id", "")
				wrong.Set(in.Field.Name+".id~find", "somebody")
			}
			states := map[string]form.State{
				"opened":  plan.Open(record, directory{}),
				"by id":   plan.Open(record, nil),
				"new":     plan.New(t.Context(), url.Values{"date": {"17/11"}}, directory{}, today),
				"why":     reasoned(plan.Open(record, directory{}), "Wrong <time>", []string{"", "because"}[n%2]),
				"refused": plan.Decode(t.Context(), wrong, directory{}, today).State(record),
			}
			for _, language := range words.Languages() {
				for name, state := range states {
					page := &views.Page{Printer: words.Printer(language), Base: "/portal"}
					want := drawn(t, page, state)
					page.Skeletons = kept
					if got := drawn(t, page, state); got != want {
						t.Fatalf("%s, %s in %s: got\n%s\nwant\n%s", c.Name, name, language, got, want)
					}
					forms++
				}
			}
		}
	}
	if forms < 1000 {
		t.Errorf("got %d forms, want many", forms)
	}
}

func reasoned(s form.State, why, note string) form.State {
	s.Why, s.Note = why, note
	return s
}

func drawn(t *testing.T, page *views.Page, state form.State) string {
	t.Helper()
	var b bytes.Buffer
	f := &views.Form{State: state, Groups: views.GroupCells(state.Cells), Reasons: []string{"Wrong <time>"}}
	if err := views.FormPage(page, f).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
