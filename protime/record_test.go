package protime_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"protime-admin/protime"
)

const clocking = `{
  "changeVersion": "0000090200004BD0000B", "id" : 8192,
  "person": { "id": 76547, "externalReferences": { "@badge-number": "6767676" } },
  "date": "2024-01-05", "timeOfDayInMinutes": 485,
  "geolocation": {"longitude":4.392225000,"latitude":5.1144127E1},
  "kind": "InOut", "isOpen": null, "note": "\u00e9\/<&> 😀",
  "huge": 123456789012345678901234567890.10, "activityLevels": [ {"level":1}, {"level":2} ],
  "future" : {"x":[1,{"y":[]}]}
}`

func parse(t testing.TB, text string) protime.Record {
	t.Helper()
	r, err := protime.ParseRecord([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return r
}

func TestLookupFindsMembersElementsAndNothingElse(t *testing.T) {
	r := parse(t, clocking)
	tests := []struct {
		path string
		want string // "" when there is nothing
	}{
		{"id", "8192"},
		{"person/id", "76547"},
		{"person/externalReferences/@badge-number", `"6767676"`},
		{"geolocation/longitude", "4.392225000"},
		{"geolocation/latitude", "5.1144127E1"},
		{"huge", "123456789012345678901234567890.10"},
		{"note", `"\u00e9\/<&> 😀"`},
		{"isOpen", "null"},
		{"activityLevels/1/level", "2"},
		{"activityLevels/2", ""},
		{"activityLevels/01", ""},
		{"activityLevels/-1", ""},
		{"activityLevels/level", ""},
		{"future/x/1/y", "[]"},
		{"future/x/1/y/0", ""},
		{"kind/x", ""},
		{"isOpen/x", ""},
		{"Id", ""},
		{"", ""},
	}
	for _, test := range tests {
		got, ok := r.Lookup(strings.Split(test.path, "/")...)
		if string(got) != test.want || ok != (test.want != "") {
			t.Errorf("%s: got %s %v, want %s", test.path, got, ok, test.want)
		}
	}
	if whole, ok := r.Lookup(); !ok || string(whole) != clocking {
		t.Error("without a path the whole text is due")
	}
	var names []string
	for name := range r.Members() {
		names = append(names, name)
	}
	if want := "changeVersion id person date timeOfDayInMinutes geolocation kind isOpen note huge activityLevels future"; strings.Join(names, " ") != want {
		t.Errorf("members: got %s", names)
	}
}

func TestGettersDecode(t *testing.T) {
	r := parse(t, `{"s":"a\"\u00e9\ud83d\ude00\ud800","n":-480,"big":9223372036854775808,"f":1.0,"e":1e2,"t":true,"u":false,"z":null,"o":{}}`)
	if got, ok := r.String("s"); got != "a\"é😀\ufffd" || !ok {
		t.Errorf("string: got %q %v", got, ok)
	}
	if got, ok := r.Int("n"); got != -480 || !ok {
		t.Errorf("integer: got %d %v", got, ok)
	}
	for _, name := range []string{"big", "f", "e", "s", "z", "missing"} {
		if got, ok := r.Int(name); ok {
			t.Errorf("%s: got the integer %d", name, got)
		}
	}
	for _, name := range []string{"n", "t", "z", "o", "missing"} {
		if got, ok := r.String(name); ok {
			t.Errorf("%s: got the string %q", name, got)
		}
	}
	for name, want := range map[string][2]bool{"t": {true, true}, "u": {false, true}, "z": {}, "missing": {}, "n": {}} {
		if value, ok := r.Bool(name); value != want[0] || ok != want[1] {
			t.Errorf("%s: got %v %v", name, value, ok)
		}
	}
	for name, want := range map[string]string{"n": "-480", "big": "9223372036854775808", "t": "true", "z": "", "o": "", "missing": ""} {
		if got := r.Text(name); got != want {
			t.Errorf("%s: got the text %q, want %q", name, got, want)
		}
	}
}

func TestWhatIsNotARecordIsRefused(t *testing.T) {
	for _, text := range []string{
		"", " ", "null", "1", `"x"`, "{", "}", "[", "{]", "[}", `{"a"}`, `{"a":}`, `{"a":1,}`, `[1,]`, `[,1]`, `{,}`,
		`{'a':1}`, `{a:1}`, `{"a":01}`, `{"a":+1}`, `{"a":1.}`, `{"a":.5}`, `{"a":1e}`, `{"a":1e+}`, `{"a":-}`,
		`{"a":NaN}`, `{"a":tru}`, `{"a":nulll}`, `{"a":"\x"}`, `{"a":"\u12g4"}`, `{"a":"\u12"}`, "{\"\\u000\x10\":0}", "{\"a\":\"\n\"}",
		"{\"a\":\"\x00\"}", `{"a":1} x`, `{"a":1}{}`, `{"a" 1}`, `{"a":1 "b":2}`, "{\"a\":\"\xff\"}", "{\"a\":\"\xed\xa0\x80\"}",
		"\xef\xbb", "\xef\xbb\xbf", "\xef\xbb\xbf\xef\xbb\xbf{}", "\xfe\xff\x00{", "{\"a\":1\xc2\xa0}", "{}\x00", `/**/{}`,
		strings.Repeat("[", 101) + strings.Repeat("]", 101), strings.Repeat(`{"a":`, 5_000_000),
	} {
		if r, err := protime.ParseRecord([]byte(text)); err == nil {
			t.Errorf("%.60q: got %s", text, r.Raw())
		}
	}
	for _, text := range []string{"{}", "[]", " {} ", "\xef\xbb\xbf{}", strings.Repeat("[", 100) + strings.Repeat("]", 100)} {
		if _, err := protime.ParseRecord([]byte(text)); err != nil {
			t.Errorf("%.60q: %v", text, err)
		}
	}
}

func TestInvariant1_SetAndWithoutTouchNothingElse(t *testing.T) {
	set := func(value string, path ...string) func(protime.Record) (protime.Record, error) {
		return func(r protime.Record) (protime.Record, error) { return r.Set(json.RawMessage(value), path...) }
	}
	without := func(path ...string) func(protime.Record) (protime.Record, error) {
		return func(r protime.Record) (protime.Record, error) { return r.Without(path...), nil }
	}
	prune := func(path ...string) func(protime.Record) (protime.Record, error) {
		return func(r protime.Record) (protime.Record, error) { return r.Without(path...).Prune(path...), nil }
	}
	tests := []struct {
		name   string
		text   string
		change func(protime.Record) (protime.Record, error)
		want   string // "" for an error
	}{
		{"replace", `{ "a" : 1.0 , "b":"\u003c"}`, set("2", "a"), `{ "a" : 2 , "b":"\u003c"}`},
		{"replace inside", `{"a":{"b":[1,{"c":2}]}}`, set("3", "a", "b", "1", "c"), `{"a":{"b":[1,{"c":3}]}}`},
		{"replace an object", `{"a":{"id":1,"x":2},"b":1}`, set(`{"id":3}`, "a"), `{"a":{"id":3},"b":1}`},
		{"add last", "{ \"a\":1\n}", set("2", "b"), "{ \"a\":1,\"b\":2\n}"},
		{"add to nothing", `{ }`, set("2", "b"), `{"b":2 }`},
		{"add with what it needs", `{"a":1}`, set("2", "b", "c", "d"), `{"a":1,"b":{"c":{"d":2}}}`},
		{"add inside", `{"a":{"x":1},"z":0}`, set("2", "a", "y"), `{"a":{"x":1,"y":2},"z":0}`},
		{"null becomes an object", `{"a":null,"z":0}`, set("2", "a", "id"), `{"a":{"id":2},"z":0}`},
		{"null at the end is replaced", `{"a":null}`, set("2", "a"), `{"a":2}`},
		{"append", `{"a":[1]}`, set("2", "a", "1"), `{"a":[1,2]}`},
		{"append to an empty list", `{"a":[ ]}`, set("2", "a", "0"), `{"a":[2 ]}`},
		{"append what it needs", `{"a":[]}`, set("2", "a", "0", "level"), `{"a":[{"level":2}]}`},
		{"past the end of a list", `{"a":[1]}`, set("2", "a", "2"), ""},
		{"a name in a list", `{"a":[1]}`, set("2", "a", "x"), ""},
		{"through a string", `{"a":"x"}`, set("2", "a", "b"), ""},
		{"a value that is not JSON", `{"a":1}`, set("x", "a"), ""},
		{"a value that breaks out", `{"a":1}`, set(`2,"b":3`, "a"), ""},
		{"a value that is not UTF-8", `{"a":1}`, set("\"\xff\"", "a"), ""},
		{"no value", `{"a":1}`, set("", "a"), ""},
		{"a value that nests too deep", `{"a":1}`, set(strings.Repeat("[", 100)+strings.Repeat("]", 100), "a"), ""},
		{"a name with quotes", `{}`, set("1", "a\"<\\\u2028é"), "{\"a\\\"<\\\\\\u2028é\":1}"},
		{"a name of path syntax", `{"x":{"@badge-number":"1"}}`, set(`"2"`, "x", "@badge-number"), `{"x":{"@badge-number":"2"}}`},
		{"a name with a dot", `{"a":{"b":1},"a.b":2}`, set(`3`, "a.b"), `{"a":{"b":1},"a.b":3}`},
		{"an escaped name", `{"\u0069d":1,"x":2}`, set("3", "id"), `{"\u0069d":3,"x":2}`},
		{"a repeated name is set once", `{"id":1,"x":2,"\u0069d":3}`, set("4", "id"), `{"x":2,"id":4}`},
		{"other repeated names stay", `{"x":1,"x":2,"id":3}`, set("4", "id"), `{"x":1,"x":2,"id":4}`},
		{"a name that is not UTF-8", `{}`, set("1", "\x8e"), ""},
		{"a name cut in two", `{}`, set("1", "\xc3", "\xa9"), ""},
		{"the whole", `{"a":1}`, set(`{"b":2}`), `{"b":2}`},

		{"remove the first", `{ "a":1, "b":2 }`, without("a"), `{ "b":2 }`},
		{"remove between", `{"a":1 , "b":2 , "c":3}`, without("b"), `{"a":1 , "c":3}`},
		{"remove the last", `{"a":1 , "b":2 }`, without("b"), `{"a":1 }`},
		{"remove the only one", `{ "a":1 }`, without("a"), `{  }`},
		{"remove inside", `{"a":{"b":1,"c":2}}`, without("a", "c"), `{"a":{"b":1}}`},
		{"remove from a list", `{"a":[1, 2, 3]}`, without("a", "1"), `{"a":[1, 3]}`},
		{"remove the last of a list", `{"a":[1, 2]}`, without("a", "1"), `{"a":[1]}`},
		{"remove what is not there", `{"a":1}`, without("b", "c"), `{"a":1}`},
		{"remove below a string", `{"a":"x"}`, without("a", "b"), `{"a":"x"}`},
		{"remove every repetition", `{"id":1,"x":2,"\u0069d":3,"id":4}`, without("id"), `{"x":2}`},
		{"remove nothing", `{"a":1}`, without(), `{"a":1}`},
		{"leave nothing empty", `{"a":{"b":{"c":1}},"d":2}`, prune("a", "b", "c"), `{"d":2}`},
		{"leave what holds something", `{"a":{"b":{"c":1},"x":1}}`, prune("a", "b", "c"), `{"a":{"x":1}}`},
		{"leave the record", `{"a":{"b":1}}`, prune("a", "b"), `{}`},
		{"leave lists", `{"a":[{"b":1}]}`, prune("a", "0", "b"), `{"a":[]}`},
		{"an object that was empty elsewhere stays", `{"a":{},"b":1}`, prune("b"), `{"a":{}}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := parse(t, test.text)
			after, err := test.change(before)
			if test.want == "" {
				if err == nil {
					t.Errorf("got %s, want an error", after.Raw())
				}
				after = before
			} else if err != nil || string(after.Raw()) != test.want {
				t.Errorf("got %s (%v), want %s", after.Raw(), err, test.want)
			}
			if string(before.Raw()) != strings.TrimSpace(test.text) {
				t.Errorf("the first record changed to %s", before.Raw())
			}
			parse(t, string(after.Raw()))
		})
	}
}

func TestRepeatedNamesCountAsTheLast(t *testing.T) {
	r := parse(t, `{"id":1,"person":{"id":2},"\u0069d":3,"person":{"id":4}}`)
	if r.Text("id") != "3" || r.Text("person", "id") != "4" {
		t.Errorf("got %s and %s", r.Text("id"), r.Text("person", "id"))
	}
	count := 0
	for range r.Members() {
		count++
	}
	if count != 4 {
		t.Errorf("members: got %d, want 4", count)
	}
}

func TestDropAndKeepLeaveTheOthersAsTheyAre(t *testing.T) {
	r := parse(t, `{ "a" : 1.0, "pin":1, "b": {"pin":2} , "\u0070in":3 }`)
	if got, want := string(r.Drop("pin").Raw()), `{"a" : 1.0,"b": {"pin":2}}`; got != want {
		t.Errorf("drop: got %s, want %s", got, want)
	}
	if got, want := string(r.Keep("b", "x").Raw()), `{"b": {"pin":2}}`; got != want {
		t.Errorf("keep: got %s, want %s", got, want)
	}
	if got := string(r.Drop("x").Raw()); got != string(r.Raw()) {
		t.Errorf("nothing to drop: got %s", got)
	}
	if got := string(r.Keep().Raw()); got != "{}" {
		t.Errorf("keep nothing: got %s", got)
	}
}

func TestTheZeroRecordIsEmpty(t *testing.T) {
	var r protime.Record
	if r.Raw() != nil || r.Text("a") != "" || r.Without("a").Raw() != nil || r.Drop("a").Raw() != nil || r.Prune("a").Raw() != nil {
		t.Error("the zero record holds something")
	}
	for name := range r.Members() {
		t.Errorf("member %s", name)
	}
	if made, err := r.Set(json.RawMessage("1"), "a", "b"); err != nil || string(made.Raw()) != `{"a":{"b":1}}` {
		t.Errorf("set: got %s, %v", made.Raw(), err)
	}
	if text, err := json.Marshal(struct{ R protime.Record }{r}); err != nil || string(text) != `{"R":null}` {
		t.Errorf("marshal: got %s, %v", text, err)
	}
}

// members lists what a record holds, as text.
func members(r protime.Record) (names []string, values []string) {
	for name, value := range r.Members() {
		names, values = append(names, name), append(values, string(value))
	}
	return names, values
}

func FuzzInvariant1_UntouchedMembersAreSentByteForByte(f *testing.F) {
	for _, text := range []string{clocking, `{}`, `{"a":{"b":1}}`, `{"\u0061":1,"a":2}`, `{"a":null}`, `{"a":[{"b":1},2]}`, `[{"a":1}]`} {
		for _, path := range []string{"a", "a\x00b", "person\x00id", "activityLevels\x001\x00level", "a\x000\x00b", ""} {
			f.Add([]byte(text), `{"x":1.0}`, path)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte, value, joined string) {
		original := bytes.Clone(text)
		r, err := protime.ParseRecord(text)
		if err != nil {
			return
		}
		if !json.Valid(r.Raw()) {
			t.Fatalf("taken, but not JSON: %q", r.Raw())
		}
		path := strings.Split(joined, "\x00")
		names, values := members(r)

		if changed, err := r.Set(json.RawMessage(value), path...); err == nil {
			if !json.Valid(changed.Raw()) {
				t.Fatalf("Set made %q", changed.Raw())
			}
			if got, ok := changed.Lookup(path...); !ok || string(got) != strings.Trim(value, " \t\r\n") {
				t.Fatalf("Set %q: read back %q", value, got)
			}
			same(t, path[0], names, values, changed)
			if old, ok := r.Lookup(path...); ok && !repeats(r, path) {
				if got, want := common(r.Raw(), changed.Raw()), len(r.Raw())-len(old); got < want {
					t.Fatalf("Set changed more than the value: %q to %q", r.Raw(), changed.Raw())
				}
			}
			if again, err := changed.Set(json.RawMessage(value), path...); err != nil || !bytes.Equal(again.Raw(), changed.Raw()) {
				t.Fatalf("Set twice: %q, then %q", changed.Raw(), again.Raw())
			}
		}
		removed := r.Without(path...)
		if !json.Valid(removed.Raw()) {
			t.Fatalf("Without made %q", removed.Raw())
		}
		if text[0] != '[' && len(path) == 1 {
			if _, ok := removed.Lookup(path...); ok {
				t.Fatalf("Without left it: %q", removed.Raw())
			}
		}
		same(t, path[0], names, values, removed)
		same(t, path[0], names, values, removed.Prune(path...))
		if !bytes.Equal(text, original) {
			t.Fatal("the text itself was changed")
		}
	})
}

// common counts the bytes that two texts share at the beginning and the end.
func common(a, b []byte) int {
	n := min(len(a), len(b))
	front := 0
	for front < n && a[front] == b[front] {
		front++
	}
	back := 0
	for back < n-front && a[len(a)-1-back] == b[len(b)-1-back] {
		back++
	}
	return front + back
}

// repeats reports whether the last name of a path occurs more than once where it is.
func repeats(r protime.Record, path []string) bool {
	raw, _ := r.Lookup(path[:len(path)-1]...)
	parent, err := protime.ParseRecord(raw)
	names, _ := members(parent)
	names = slices.DeleteFunc(names, func(name string) bool { return name != path[len(path)-1] })
	return err != nil || len(names) > 1
}

// same compares all members but the touched one, in their order.
func same(t *testing.T, touched string, names, values []string, changed protime.Record) {
	t.Helper()
	keep := func(names, values []string) (kept []string) {
		for i, name := range names {
			if name != touched {
				kept = append(kept, name, values[i])
			}
		}
		return kept
	}
	if got, want := keep(members(changed)), keep(names, values); !slices.Equal(got, want) {
		t.Fatalf("untouched members: got %q, want %q", got, want)
	}
}

func FuzzRecordTakesWhatIsJSON(f *testing.F) {
	f.Add([]byte(clocking))
	f.Add([]byte("{\"a\":\"\xff\"}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := protime.ParseRecord(text)
		if err != nil {
			return
		}
		var want any
		if err := json.Unmarshal(r.Raw(), &want); err != nil {
			t.Fatalf("taken, but encoding/json says %v: %q", err, text)
		}
		if object, ok := want.(map[string]any); ok {
			for name := range object {
				got, ok := r.Lookup(name)
				if !ok && !strings.ContainsRune(name, '\ufffd') {
					t.Fatalf("member %q is not found", name)
				}
				if ok && !json.Valid(got) {
					t.Fatalf("member %q: got %q", name, got)
				}
			}
		}
	})
}

func BenchmarkTenReads(b *testing.B) {
	text := []byte(clocking)
	paths := [][]string{{"id"}, {"person", "id"}, {"date"}, {"timeOfDayInMinutes"}, {"geolocation", "longitude"},
		{"geolocation", "latitude"}, {"kind"}, {"note"}, {"activityLevels", "1", "level"}, {"future"}}
	b.Run("record", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			r, _ := protime.ParseRecord(text)
			for _, path := range paths {
				_, _ = r.Lookup(path...)
			}
		}
	})
	b.Run("map, one of them", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, path := range paths[:1] {
				var m map[string]json.RawMessage
				_ = json.Unmarshal(text, &m)
				_ = m[path[0]]
			}
		}
	})
}

func BenchmarkSetAndWithout(b *testing.B) {
	r := parse(b, clocking)
	b.ReportAllocs()
	for b.Loop() {
		changed, _ := r.Set(json.RawMessage("480"), "timeOfDayInMinutes")
		_ = changed.Without("changeVersion")
	}
}

func TestLeavesAreTheScalarsOfARecordAndOfItsObjects(t *testing.T) {
	for text, want := range map[string]string{
		`{}`:         "",
		`[{"a": 1}]`: "",
		`{"id": 7, "date": "2026-01-05", "open": false, "none": null}`:                         ".id=7 .date=2026-01-05 .open=false",
		`{"person": {"id": 7, "externalReferences": {"@badge-number": "1"}}, "kind": "InOut"}`: "person.id=7 .kind=InOut",
		`{"levels": [{"level": 1}], "terminal": {}, "id": "a"}`:                                ".id=a",
		`{"person": {"list": [1, {"id": 2}], "id": 3}, "id": 4}`:                               "person.id=3 .id=4",
		`{"k\u0069nd": "In\u004fut \"x\"", "": ""}`:                                            `.kind=InOut "x" .=`,
		`{"id": 1, "id": 2}`: ".id=1 .id=2",
	} {
		record, err := protime.ParseRecord([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		record.Leaves(func(object, name, text []byte) { got = append(got, string(object)+"."+string(name)+"="+string(text)) })
		if joined := strings.Join(got, " "); joined != want {
			t.Errorf("%s: got %q, want %q", text, joined, want)
		}
	}
}
