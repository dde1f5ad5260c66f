package form_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"protime-admin/internal/field"
	"protime-admin/internal/form"
	"protime-admin/internal/papers"
	"protime-admin/protime"
	"protime-admin/protime/contract"
)

func TestAQueryFillsAFormInWithTheSameRecord(t *testing.T) {
	files, err := papers.Example(os.DirFS("../..")) // every collection, and the one that CONTRIBUTING.md adds
	if err != nil {
		t.Fatal(err)
	}
	ct, err := contract.Load([]byte(files[papers.Document]))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range ct.Collections {
		p := form.NewPlan(c, contract.Create, ct.Collections...)
		for seed := range uint64(25) {
			made := maker{rand.New(rand.NewPCG(seed, 7))}.object(p.Inputs)
			rec := record(t, string(made))
			after, leftOut, problems := p.Decode(t.Context(), p.Query(rec), directory{}, today()).Merge(protime.Record{})
			want := rec.Drop(leftOut...)
			problems = slices.DeleteFunc(problems, func(p form.Problem) bool {
				name, _, _ := strings.Cut(p.Name, ".")
				f, _ := c.Field(name)
				return f.Needed && p.Key == field.ProblemRequired // a made-up record need not have it
			})
			if len(problems) > 0 || !protime.Equal(after.Raw(), want.Raw()) {
				t.Fatalf("%s:\ngot  %s, %s\nwant %s\nby   %s", c.Name, after.Raw(), keys(problems), want.Raw(), p.Query(rec).Encode())
			}
		}
	}
}

func TestAQueryKeepsWhatCouldNotBeRead(t *testing.T) {
	create := plan(t, "clockings", contract.Create)
	rec := record(t, clocking)
	typed := map[string]string{
		"timeOfDayInMinutes": "25:99", "timeOfDayInMinutes.day": "1", "person.id~find": "Nobody", "date": "5/1/2026", "why.note": "so",
	}
	q := edit(plan(t, "clockings", contract.Replace), rec, typed).Query(create, rec)
	st := create.New(t.Context(), q, directory{}, today())
	if got := cell(t, st, "timeOfDayInMinutes").Typed; got.Text != "25:99" || got.Day != "1" {
		t.Errorf("time: got %+v, want it as typed", got)
	}
	if got := cell(t, st, "person.id").Find; got != "Nobody" {
		t.Errorf("person: got %q, want it as typed", got)
	}
	if got := cell(t, st, "date").Typed.Text; got != "2026-01-05" || st.Note != "so" {
		t.Errorf("got date %q and note %q", got, st.Note)
	}
}

// maker makes values that a form can hold.
type maker struct{ *rand.Rand }

func (m maker) object(inputs []form.Input) json.RawMessage {
	members := make([]string, 0, len(inputs))
	for _, in := range inputs {
		if in.Field.Required || m.IntN(4) > 0 {
			members = append(members, string(field.Quote(in.Field.Name))+":"+string(m.value(in)))
		}
	}
	if len(members) == 0 && len(inputs) > 0 {
		members = append(members, string(field.Quote(inputs[0].Field.Name))+":"+string(m.value(inputs[0])))
	}
	return json.RawMessage("{" + strings.Join(members, ",") + "}")
}

func (m maker) value(in form.Input) json.RawMessage {
	f := in.Field
	switch in.Kind {
	case field.Group, field.Translated:
		return m.object(in.Inputs)
	case field.Rows, field.Values:
		rows := make([]string, 1+m.IntN(3))
		for i := range rows {
			rows[i] = string(m.row(in.Inputs))
		}
		return json.RawMessage("[" + strings.Join(rows, ",") + "]")
	case field.Keyed:
		return json.RawMessage(`{"nl-BE":"Zoë & co","@badge.number":"0012"}`)
	case field.Reference:
		for _, member := range f.Fields {
			if member.Name == "id" && member.Type != "integer" {
				return json.RawMessage(`{"id":"38fc2206-5c5a-4d0e-9d0b-3f1f8a2b7c10"}`)
			}
		}
		return m.one(`{"id":76547}`, `{"externalReferences":{"HRMID":"6767"}}`)
	case field.Choice:
		return m.one(quoted(f.Enum)...)
	case field.YesNo:
		return m.one("true", "false")
	case field.Date:
		return m.one(`"2026-02-28"`, `"2024-02-29"`)
	case field.Moment:
		return json.RawMessage(`"2026-11-17T08:30:00+01:00"`)
	case field.Clock:
		first, last := field.Span(f)
		return number(first + m.IntN(last-first+1))
	case field.Duration:
		return number(m.IntN(600))
	case field.Integer, field.Decimal:
		least, most := 1, 50
		if f.Minimum != nil {
			least = int(math.Ceil(*f.Minimum))
		}
		if f.Maximum != nil {
			most = int(*f.Maximum)
		}
		return number(least + m.IntN(max(most-least, 0)+1))
	case field.Raw:
		return m.one(`{"a":[1,2.50]}`, `[true,"x"]`)
	}
	switch f.Format {
	case "uuid":
		return json.RawMessage(`"38fc2206-5c5a-4d0e-9d0b-3f1f8a2b7c10"`)
	case "uri", "url":
		return json.RawMessage(`"https://acme.example/x?a=b&c=d"`)
	}
	return m.one(`"Zoë & co; 100%"`, `"a"`, `"two\nlines"`)
}

// row is an object, or the one value that a row is.
func (m maker) row(inputs []form.Input) json.RawMessage {
	if len(inputs) == 1 && strings.HasSuffix(inputs[0].Field.Path, "[]") {
		return m.value(inputs[0])
	}
	return m.object(inputs)
}

func (m maker) one(values ...string) json.RawMessage {
	return json.RawMessage(values[m.IntN(len(values))])
}

func quoted(texts []string) []string {
	all := make([]string, len(texts))
	for i, text := range texts {
		all[i] = string(field.Quote(text))
	}
	return all
}

func number(n int) json.RawMessage { raw, _ := json.Marshal(n); return raw }
