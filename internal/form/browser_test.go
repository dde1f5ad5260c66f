package form_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"protime-admin/internal/field"
	"protime-admin/internal/form"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

// directory is a small company for pickers.
type directory struct{ closed map[string]bool }

func (d directory) Offered(collection string) bool { return !d.closed[collection] }

func (d directory) all(collection string) []form.Hit {
	switch collection {
	case "people":
		return []form.Hit{{ID: "1012", Label: "Jan Maes", Detail: "670012"}, {ID: "1013", Label: "Els Peeters", Detail: "670013"},
			{ID: "1014", Label: "Jan Peeters", Detail: "670014"}, {ID: "670013", Label: "Odd Number", Detail: "1"},
			{ID: "1015", Label: "Peeters", Detail: "670015"}}
	case "terminals":
		return []form.Hit{{ID: "765", Label: "Gate A"}, {ID: "766", Label: "Gate B"}}
	}
	return nil
}

func (d directory) Find(_ context.Context, collection, text string, most int) []form.Hit {
	var hits []form.Hit
	for _, h := range d.all(collection) {
		if h.ID == text || strings.Contains(h.Text(), text) {
			hits = append(hits, h)
		}
	}
	return hits[:min(len(hits), most)]
}

func (d directory) Label(collection, id string) (form.Hit, bool) {
	for _, h := range d.all(collection) {
		if h.ID == id {
			return h, true
		}
	}
	return form.Hit{}, false
}

func plan(t testing.TB, name string, v contract.Verb) *form.Plan {
	t.Helper()
	ct, err := contract.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	c, ok := ct.Collection(name)
	if !ok {
		t.Fatalf("the contract has no %s", name)
	}
	return form.NewPlan(c, v, ct.Collections...)
}

func record(t testing.TB, text string) protime.Record {
	t.Helper()
	rec, err := protime.ParseRecord([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

func today() time.Time { return time.Date(2026, 11, 17, 8, 0, 0, 0, time.UTC) }

// posted is what a browser sends of a form that nobody touched.
func posted(st form.State) url.Values {
	values := url.Values{form.InputOpened: {st.Opened}, form.InputChange: {"0193"}}
	for i := range st.Cells {
		send(values, &st.Cells[i])
	}
	return values
}

func send(values url.Values, c *form.Cell) {
	if c.Removed {
		for _, name := range c.Hidden() {
			values.Set(name, "")
		}
		return
	}
	if c.Conflict != nil {
		values.Set(form.PrefixPick+c.Name+"~input", string(c.Conflict.Input))
	}
	for i := range c.Cells {
		send(values, &c.Cells[i])
	}
	for i := range c.Rows {
		send(values, &c.Rows[i])
	}
	switch c.Input.Kind {
	case field.Group, field.Translated, field.Keyed, field.Rows, field.Values:
		return
	case field.Choice, field.YesNo:
		for _, o := range c.Options {
			if o.Selected {
				values.Set(c.Name, o.Value)
			}
		}
		return
	case field.Reference:
		if !c.Plain {
			values.Set(c.Name+form.SuffixFind, c.Find)
			values.Set(c.Name+form.SuffixWas, c.Was)
			if len(c.Hits) > 0 {
				return
			}
		}
	case field.Clock:
		values.Set(c.Name+form.SuffixDay, c.Typed.Day)
	}
	values.Set(c.Name, strings.NewReplacer("\r\n", "\r\n", "\r", "\r\n", "\n", "\r\n").Replace(c.Typed.Text))
	for _, o := range c.UnshownOptions {
		if o.Selected {
			values.Set(c.Name+form.SuffixKept, o.Value)
		}
	}
}

// edit opens a record, types, and decodes what the browser sends. A typed value "-" leaves the input out.
func edit(p *form.Plan, rec protime.Record, typed map[string]string) form.Submission {
	return again(p, p.Open(rec, directory{}), typed)
}

func again(p *form.Plan, st form.State, typed map[string]string) form.Submission {
	values := posted(st)
	for name, text := range typed {
		if text == "-" {
			values.Del(name)
			continue
		}
		values.Set(name, text)
	}
	return p.Decode(context.Background(), values, directory{}, today())
}

// cell finds a cell of a state by name.
func cell(t testing.TB, st form.State, name string) form.Cell {
	t.Helper()
	var look func(cells []form.Cell) *form.Cell
	look = func(cells []form.Cell) *form.Cell {
		for i := range cells {
			if cells[i].Name == name {
				return &cells[i]
			}
			if c := look(cells[i].Cells); c != nil {
				return c
			}
			if c := look(cells[i].Rows); c != nil {
				return c
			}
		}
		return nil
	}
	c := look(st.Cells)
	if c == nil {
		t.Fatalf("no input %s", name)
	}
	return *c
}

func keys(problems []form.Problem) string {
	var all []string
	for _, p := range problems {
		all = append(all, p.Name+" "+p.Key)
	}
	return strings.Join(all, ", ")
}

func plans(all ...*form.Plan) []*form.Plan { return all }
