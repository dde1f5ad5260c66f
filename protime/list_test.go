package protime_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"protime-admin/protime"
)

// page writes one answer of a list.
func page(w http.ResponseWriter, link string, ids ...int) {
	body := map[string]any{"value": []map[string]int{}}
	value := make([]map[string]int, 0, len(ids))
	for _, id := range ids {
		value = append(value, map[string]int{"id": id})
	}
	body["value"] = value
	if link != "" {
		body["nextLink"] = link
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}

// ids reads all records of a list.
func ids(t *testing.T, c *protime.Client, path string, o protime.ListOptions) ([]int64, error) {
	t.Helper()
	var all []int64
	for record, err := range protime.Records(c.List(t.Context(), path, o)) {
		if err != nil {
			return all, err
		}
		id, ok := record.Int("id")
		if !ok {
			t.Errorf("no id in %s", record.Raw())
		}
		all = append(all, id)
	}
	return all, nil
}

func TestAListFollowsLinksThatAreNotEncodedThroughEmptyPages(t *testing.T) {
	const filter = "person in (1,2) and date ge '2024-01-01'"
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request) {
		link := prefix + "/clockings?filter=" + filter + "&continuationToken="
		q := r.URL.Query()
		if got := q.Get("filter"); got != filter {
			t.Errorf("filter: got %q, want %q", got, filter)
		}
		switch q.Get("continuationToken") {
		case "":
			page(w, link+"eyJ+/a==", 1, 2)
		case "eyJ+/a==":
			page(w, link+"eyJb")
		case "eyJb":
			page(w, link+"eyJc")
		case "eyJc":
			page(w, "", 3)
		default:
			t.Errorf("token: got %q", q.Get("continuationToken"))
		}
	})
	c := a.client()
	o := protime.ListOptions{Filter: protime.And(protime.In("person", protime.Numbers(1, 2)...),
		protime.Ge("date", protime.Text("2024-01-01")))}
	got, err := ids(t, c, "/clockings", o)
	if err != nil || !slices.Equal(got, []int64{1, 2, 3}) {
		t.Errorf("got %v, %v", got, err)
	}
	var tokens []string
	for p, err := range c.List(t.Context(), "/clockings", o) {
		if err != nil {
			t.Fatal(err)
		}
		tokens = append(tokens, p.Next)
	}
	if want := []string{"eyJ+/a==", "eyJb", "eyJc", ""}; !slices.Equal(tokens, want) {
		t.Errorf("next: got %q, want %q", tokens, want)
	}
	o.Token = tokens[0]
	if got, err := ids(t, c, "/clockings", o); err != nil || !slices.Equal(got, []int64{3}) {
		t.Errorf("from the first token on: got %v, %v", got, err)
	}
}

func TestALinkIsReadEncodedOrNot(t *testing.T) {
	tests := []struct {
		link string
		want url.Values
	}{
		{"filter=person in circle (1,2,3) and date ge '2024-01-01'&continuationToken=eyJ2YWxpZGF0==",
			url.Values{"filter": {"person in circle (1,2,3) and date ge '2024-01-01'"}, "continuationToken": {"eyJ2YWxpZGF0=="}}},
		{"filter=date%20ge%20'2024-01-01'&continuationToken=a%2Bb%3D",
			url.Values{"filter": {"date ge '2024-01-01'"}, "continuationToken": {"a+b="}}},
		{"filter=date+ge+%272024-01-01%27&continuationToken=a+b/c=",
			url.Values{"filter": {"date ge '2024-01-01'"}, "continuationToken": {"a+b/c="}}},
		{"filter=status eq 'a&b=c'&externalReferences=(people,@badge-number)&continuationToken=x",
			url.Values{"filter": {"status eq 'a&b=c'"}, "externalReferences": {"(people,@badge-number)"}, "continuationToken": {"x"}}},
		{"filter=status eq '100%' and kind eq 'a+b#c'&continuationToken=x%3D",
			url.Values{"filter": {"status eq '100%' and kind eq 'a+b#c'"}, "continuationToken": {"x="}}},
		{"filter=name eq 'it''s'&continuationToken=x",
			url.Values{"filter": {"name eq 'it''s'"}, "continuationToken": {"x"}}},
		{"filter=name eq 'é'&continuationToken=x&delta",
			url.Values{"filter": {"name eq 'é'"}, "continuationToken": {"x"}, "delta": {""}}},
		{"continuationToken=only", url.Values{"continuationToken": {"only"}}},
		{"page=2", url.Values{"page": {"2"}}},
	}
	for _, test := range tests {
		t.Run(test.link, func(t *testing.T) {
			served := 0
			a := newAPI(t, func(w http.ResponseWriter, r *http.Request) {
				if served++; served == 1 {
					page(w, prefix+"/clockings?"+test.link)
					return
				}
				got, err := url.ParseQuery(r.URL.RawQuery)
				if err != nil || got.Encode() != test.want.Encode() {
					t.Errorf("got %q (%v), want %q", got, err, test.want)
				}
				page(w, "")
			})
			if _, err := ids(t, a.client(), "/clockings", protime.ListOptions{}); err != nil || served != 2 {
				t.Errorf("got %v after %d pages", err, served)
			}
		})
	}
}

func TestALinkToAnotherPlaceIsRefused(t *testing.T) {
	elsewhere := newAPI(t, func(http.ResponseWriter, *http.Request) { t.Error("another host was called") })
	var link string
	a := newAPI(t, func(w http.ResponseWriter, _ *http.Request) { page(w, link, 1) })
	for _, link = range []string{
		elsewhere.URL + prefix + "/clockings?continuationToken=x",
		"https://evil.example" + prefix + "/clockings",
		"//evil.example" + prefix + "/clockings",
		"https://" + strings.TrimPrefix(a.URL, "http://") + prefix + "/clockings",
		a.URL + "@evil.example" + prefix + "/clockings",
		"/elsewhere/clockings?continuationToken=x",
		prefix + "/../../secret?continuationToken=x",
		prefix + "/%2e%2e/secret",
		prefix + "-other/clockings",
		prefix + "//evil.example/clockings",
		"\\\\evil.example\\x",
		"clockings?continuationToken=x",
		"?continuationToken=x",
		prefix + "/clockings", // itself, without end
	} {
		got, err := ids(t, a.client(), "/clockings", protime.ListOptions{})
		failed := failure(t, err)
		if !failed.Is(protime.BadAnswer) || failed.Status != 200 || len(got) != 0 {
			t.Errorf("%q: got %v, %v", link, got, err)
		}
	}
}

func TestALinkMayNameTheConfiguredHost(t *testing.T) {
	var a *api
	a = newAPI(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("continuationToken") {
			page(w, "", 2)
			return
		}
		page(w, a.URL+prefix+"/clockings?continuationToken=x", 1)
	})
	if got, err := ids(t, a.client(), "/clockings", protime.ListOptions{}); err != nil || len(got) != 2 {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestAListEndsWithOneError(t *testing.T) {
	tests := []struct {
		name   string
		second http.HandlerFunc
		kind   protime.Kind
		status int
	}{
		{"the token has expired", answering(409, "application/json", `{}`), protime.Conflict, 409},
		{"too long", answering(414, "text/html", ``), protime.TooLong, 414},
		{"cut off", hangUp("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"value\":[{\"id\":2},"), protime.BadAnswer, 200},
		{"a web page", answering(200, "text/html", `<html>`), protime.BadAnswer, 200},
		{"no value", answering(200, "application/json", `{"usages":[]}`), protime.BadAnswer, 200},
		{"value is no list", answering(200, "application/json", `{"value":{}}`), protime.BadAnswer, 200},
		{"a record is no object", answering(200, "application/json", `{"value":[1]}`), protime.BadAnswer, 200},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := newAPI(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Query().Get("continuationToken") == "" {
					page(w, prefix+"/clockings?continuationToken=x", 1)
					return
				}
				test.second(w, r)
			})
			pages, failures := 0, 0
			for p, err := range a.client().List(t.Context(), "/clockings", protime.ListOptions{}) {
				if err == nil {
					pages++
					continue
				}
				failures++
				if failed := failure(t, err); !errors.Is(err, test.kind) || failed.Status != test.status {
					t.Errorf("got %v %q", err, failed.Kinds())
				}
				if p.Answer.Status != test.status {
					t.Errorf("answer: got %d", p.Answer.Status)
				}
			}
			if pages != 1 || failures != 1 {
				t.Errorf("got %d pages and %d failures, want one of each", pages, failures)
			}
		})
	}
}

func TestAListTakesATopLevelArray(t *testing.T) {
	a := newAPI(t, answering(200, "application/json", `[ {"id":1}, {"id":2} ]`))
	if got, err := ids(t, a.client(), "/clockings", protime.ListOptions{}); err != nil || len(got) != 2 {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestRecordsOfAListAreKeptByteForByte(t *testing.T) {
	const first, second = `{ "id" : 1.50, "a": "\u003c\/" }`, `{"b":{"c":[1, 2,{"d":null}]},"id":123456789012345678901234567890}`
	a := newAPI(t, answering(200, "application/json", `{"value":[`+first+" ,\n"+second+"]}"))
	for p, err := range a.client().List(t.Context(), "/clockings", protime.ListOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		if string(p.Records[0].Raw()) != first || string(p.Records[1].Raw()) != second {
			t.Errorf("got %s and %s", p.Records[0].Raw(), p.Records[1].Raw())
		}
		if got, _ := p.Records[1].Lookup("b", "c", "2", "d"); string(got) != "null" {
			t.Errorf("inside: got %s", got)
		}
		changed, err := p.Records[1].Set(json.RawMessage("3"), "b", "c", "0")
		if want := strings.Replace(second, "[1,", "[3,", 1); err != nil || string(changed.Raw()) != want {
			t.Errorf("changed: got %s, want %s", changed.Raw(), want)
		}
	}
}

func TestAWholeTeamIsAskedForInPartsThatFit(t *testing.T) {
	const people = 3000
	asked := map[string]int{}
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request) {
		if length := len(r.RequestURI); length > 4096 {
			t.Errorf("a URI of %d characters", length)
			w.WriteHeader(414)
			return
		}
		filter := r.URL.Query().Get("filter")
		list := filter[strings.Index(filter, "(")+1 : strings.Index(filter, ")")]
		if !strings.HasSuffix(filter, ") and date ge '2026-01-05' and date le '2026-01-11'") {
			t.Errorf("filter: got %q", filter)
		}
		if r.URL.Query().Get("continuationToken") == "" {
			for id := range strings.SplitSeq(list, ",") {
				asked[id]++
			}
			page(w, prefix+"/clockings?filter="+filter+"&continuationToken="+strings.Repeat("t", 900), 1)
			return
		}
		page(w, "", 2)
	})
	values := make([]protime.Value, 0, people)
	for i := range people {
		values = append(values, protime.Number(int64(70000+i)))
	}
	o := protime.ListOptions{
		ExternalReferences: "(people,@badge-number)",
		Filter: protime.And(protime.In("person", values...), protime.Ge("date", protime.Text("2026-01-05")),
			protime.Le("date", protime.Text("2026-01-11"))),
	}
	c := a.client()
	var cursors []string
	parts := map[int]int{}
	for p, err := range c.List(t.Context(), "/clockings", o) {
		if err != nil {
			t.Fatal(err)
		}
		parts[p.Part]++
		cursors = append(cursors, p.Next)
	}
	if len(asked) != people {
		t.Errorf("people asked for: got %d, want %d", len(asked), people)
	}
	for id, times := range asked {
		if times != 1 {
			t.Errorf("person %s: asked %d times", id, times)
		}
	}
	if len(parts) < 3 {
		t.Errorf("parts: got %v", parts)
	}
	for i, cursor := range cursors[:len(cursors)-1] {
		o.Token = cursor
		rest := 0
		for _, err := range c.List(t.Context(), "/clockings", o) {
			if err != nil {
				t.Fatal(err)
			}
			rest++
		}
		if want := len(cursors) - i - 1; rest != want {
			t.Errorf("from %.20q on: got %d pages, want %d", cursor, rest, want)
		}
	}
	if last := cursors[len(cursors)-1]; last != "" {
		t.Errorf("the last page has a next one: %q", last)
	}
	o.Token = "99~"
	if _, err := ids(t, c, "/clockings", o); !errors.Is(err, protime.Unreached) {
		t.Errorf("a part that does not exist: got %v", err)
	}
}

func TestATokenThatLooksLikeAPartIsKeptApart(t *testing.T) {
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request) {
		if token := r.URL.Query().Get("continuationToken"); token == "" {
			page(w, prefix+"/clockings?continuationToken=3~x", 1)
		} else if token != "3~x" {
			t.Errorf("got %q", token)
		} else {
			page(w, "", 2)
		}
	})
	for p, err := range a.client().List(t.Context(), "/clockings", protime.ListOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		got, err := ids(t, a.client(), "/clockings", protime.ListOptions{Token: p.Next})
		if err != nil || !slices.Equal(got, []int64{2}) {
			t.Errorf("got %v, %v", got, err)
		}
		break
	}
}

func TestABrokenFilterIsNotSent(t *testing.T) {
	a := newAPI(t, answering(200, "application/json", "{}"))
	_, err := ids(t, a.client(), "/clockings", protime.ListOptions{Filter: protime.In("person")})
	if !errors.Is(err, protime.Unreached) || a.calls.Load() != 0 {
		t.Errorf("got %v after %d calls", err, a.calls.Load())
	}
}

func TestAListStopsWhenItsReaderDoes(t *testing.T) {
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request) {
		page(w, fmt.Sprintf("%s/clockings?continuationToken=%sx", prefix, r.URL.Query().Get("continuationToken")), 1)
	})
	for range a.client().List(t.Context(), "/clockings", protime.ListOptions{}) {
		break
	}
	if got := a.calls.Load(); got != 1 {
		t.Errorf("pages fetched: got %d, want 1", got)
	}
}
