package form_test

import (
	"bytes"
	"net/url"
	"testing"

	"protime-admin/protime"
	"protime-admin/protime/contract"
)

func seeds() []string {
	return []string{
		clocking, activity, `{}`, `{"kind":"Pause","reason":[1],"person":5,"geolocation":[]}`,
		`{"activityLevels":[null,5,{"level":"x"},[]],"timeOfDayInMinutes":1e3}`, `{"a":1,"a":2,"kind":"Reason","kind":"InOut"}`,
		`{"name":{"default":"a\r\nb","translations":{"":"x","a.b":null,"nl":5}},"info":"\n\u0000x"}`,
		`{"restrictions":[{"level":1,"activityDefinitions":[{"id":"x"},{},7]}]}`, `{"person":{"externalReferences":{"A":"1","B":"2"}}}`,
		`{"info":"\ud800 \t ","shortCode":" x ","dataEntryCode":12}`,
	}
}

// FuzzInvariant1_UntouchedMembersComeBackByteForByte opens any record, lets a browser send the form back as it was
// drawn, and expects the very bytes; then types one time, and expects every other member's bytes.
func FuzzInvariant1_UntouchedMembersComeBackByteForByte(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s)
	}
	clockings := plan(f, "clockings", contract.Replace)
	definitions := plan(f, "activity-definitions", contract.Replace)
	assignments := plan(f, "assignments", contract.Replace)
	restrictions := plan(f, "restrictions", contract.Replace)
	f.Fuzz(func(t *testing.T, text string) {
		rec, err := protime.ParseRecord([]byte(text))
		if err != nil || rec.Raw()[0] != '{' {
			return
		}
		for _, p := range plans(clockings, definitions, assignments, restrictions) {
			st := p.Open(rec, directory{})
			sub := again(p, st, nil)
			after, left, problems := sub.Merge(rec)
			if !bytes.Equal(after.Raw(), rec.Raw()) || len(left) > 0 || len(problems) > 0 {
				t.Fatalf("%s: got %s, %v, %s\nwant %s", p.Collection.Name, after.Raw(), left, keys(problems), rec.Raw())
			}
			if c := sub.Compare(rec); len(c) > 0 {
				t.Fatalf("%s: a conflict with itself: %+v", p.Collection.Name, c)
			}
			st = sub.State(rec)
			if after, _, _ := again(p, st, nil).Merge(rec); !bytes.Equal(after.Raw(), rec.Raw()) {
				t.Fatalf("%s: drawn again: got %s\nwant %s", p.Collection.Name, after.Raw(), rec.Raw())
			}
		}
		after, _, _ := edit(clockings, rec, map[string]string{"timeOfDayInMinutes": "13:37", "timeOfDayInMinutes.day": "0"}).Merge(rec)
		if after.Text("timeOfDayInMinutes") != "817" && !protime.Equal([]byte(after.Text("timeOfDayInMinutes")), []byte("817")) {
			t.Fatalf("got %s", after.Raw())
		}
		for name, raw := range rec.Members() {
			last, _ := rec.Lookup(name)
			got, _ := after.Lookup(name)
			if name != "timeOfDayInMinutes" && bytes.Equal(raw, last) && !bytes.Equal(got, raw) {
				t.Fatalf("%s: got %s, want %s", name, got, raw)
			}
		}
	})
}

// FuzzDecodeTakesAnyForm posts anything: nothing panics, what comes out is JSON, and typed text survives.
func FuzzDecodeTakesAnyForm(f *testing.F) {
	for _, s := range seeds() {
		f.Add("timeOfDayInMinutes=830&person.id~find=Jan&person.id=1&activityLevels.3.level=1&add=activityLevels", s, s)
		f.Add("activityLevels.0.activityDefinition.id~find=@x:1&kind=Activity&pick.kind=&remove=activityLevels.0", s, "{")
		f.Add("name.translations~key.0=a&name.translations~value.0=b&name.translations.=c&name.default=&restrictions.0.level=1", s, "{}")
		f.Add("activityLevels.99999999999999999999.level=1&activityLevels.-1.level=2&activityLevels..level=3&terminal.id~was=x", s, "")
	}
	clockings := plan(f, "clockings", contract.Replace)
	create := plan(f, "clockings", contract.Create)
	definitions := plan(f, "activity-definitions", contract.Replace)
	restrictions := plan(f, "restrictions", contract.Replace)
	f.Fuzz(func(t *testing.T, query, opened, base string) {
		values, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		rec, err := protime.ParseRecord([]byte(base))
		if err != nil {
			rec = protime.Record{}
		}
		values.Set("opened", opened)
		for _, p := range plans(clockings, create, definitions, restrictions) {
			sub := p.Decode(t.Context(), values, directory{}, today())
			after, _, problems := sub.Merge(rec)
			if _, err := protime.ParseRecord(after.Raw()); err != nil {
				t.Fatalf("%s: %v", after.Raw(), err)
			}
			st := sub.Conflicted(rec, sub.Compare(rec))
			sub.State(rec, problems...)
			sub.AddRow(rec, sub.Add)
			sub.RemoveRow(rec, sub.Remove)
			p.Typed(values)
			sub.Query(p, rec)
			p.Diff(rec, after)
			p.Writable(after)
			_, _ = p.Body(rec, after)
			p.New(t.Context(), values, directory{}, today())
			for _, name := range []string{"timeOfDayInMinutes", "date", "geolocation.latitude"} {
				typed, ok := values[name]
				if !ok || p.Collection.Name != "clockings" || values.Has("pick."+name) || len(typed) > 1 {
					continue
				}
				if got := cell(t, st, name).Typed.Text; got != typed[0] {
					t.Fatalf("%s: typed %q, drawn %q", name, typed[0], got)
				}
			}
		}
	})
}
