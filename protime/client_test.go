package protime_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"protime-admin/protime"
	"protime-admin/protime/contract"
)

func TestGetReturnsTheRecordAndTheCall(t *testing.T) {
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("Accept"); got != "application/json" {
			t.Errorf("Accept: got %q", got)
		}
		w.Header().Set("ETag", `"46ab44"`)
		w.Header().Set("Set-Cookie", "affinity=1")
		_, _ = io.WriteString(w, "\xef\xbb\xbf{ \"id\": 8192 }\n")
	})
	record, answer, err := a.client().Get(t.Context(), "/clockings/8192", "expand=usage")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(record.Raw()), `{ "id": 8192 }`; got != want {
		t.Errorf("record: got %q, want %q", got, want)
	}
	if answer.Status != 200 || answer.ETag != `"46ab44"` || answer.Method != "GET" || !answer.Sent {
		t.Errorf("answer: got %+v", answer)
	}
	if got, want := answer.URL, a.URL+prefix+"/clockings/8192?expand=usage"; got != want {
		t.Errorf("URL: got %q, want %q", got, want)
	}
	if answer.Duration <= 0 || answer.Began.IsZero() || answer.Earlier != nil {
		t.Errorf("began %v, duration %v, earlier attempts %v", answer.Began, answer.Duration, answer.Earlier)
	}
	if answer.Header.Get("Set-Cookie") != "" {
		t.Error("the answer shows a cookie")
	}
}

func TestWritesSendTheBodyAsItIsAndKeepStatusAndLocation(t *testing.T) {
	const body = `{ "date" : "2024-01-05",  "x":1.50 }`
	tests := []struct {
		name     string
		call     func(*protime.Client) (protime.Answer, error)
		method   string
		path     string
		body     string
		ifMatch  string
		status   int
		location string
	}{
		{"create", func(c *protime.Client) (protime.Answer, error) {
			return c.Create(t.Context(), "/clockings", []byte(body))
		}, "POST", "/clockings", body, "", 201, prefix + "/clockings/8192"},
		{"create accepted for later", func(c *protime.Client) (protime.Answer, error) {
			return c.Create(t.Context(), "/clockings", []byte(body))
		}, "POST", "/clockings", body, "", 202, ""},
		{"replace with the ETag", func(c *protime.Client) (protime.Answer, error) {
			return c.Replace(t.Context(), "/clockings/8192", []byte(body), `"46ab44"`)
		}, "PUT", "/clockings/8192", body, `"46ab44"`, 200, ""},
		{"replace with a list", func(c *protime.Client) (protime.Answer, error) {
			return c.Replace(t.Context(), "/a/restrictions", []byte("[]"), "")
		}, "PUT", "/a/restrictions", "[]", "", 200, ""},
		{"delete without a body", func(c *protime.Client) (protime.Answer, error) {
			return c.Delete(t.Context(), "/clockings/8192", nil, "")
		}, "DELETE", "/clockings/8192", "", "", 204, ""},
		{"delete with a body", func(c *protime.Client) (protime.Answer, error) {
			return c.Delete(t.Context(), "/a/usages", []byte(body), "")
		}, "DELETE", "/a/usages", body, "", 204, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := newAPI(t, func(w http.ResponseWriter, r *http.Request) {
				sent, _ := io.ReadAll(r.Body)
				if string(sent) != test.body || r.Method != test.method || r.URL.Path != prefix+test.path {
					t.Errorf("got %s %s %s", r.Method, r.URL.Path, sent)
				}
				if got := r.Header.Get("If-Match"); got != test.ifMatch {
					t.Errorf("If-Match: got %q, want %q", got, test.ifMatch)
				}
				wantType := "application/json"
				if test.body == "" {
					wantType = ""
				}
				if got := r.Header.Get("Content-Type"); got != wantType {
					t.Errorf("Content-Type: got %q, want %q", got, wantType)
				}
				if test.location != "" {
					w.Header().Set("Location", test.location)
				}
				if test.status == 202 {
					w.Header().Set("Operation-Location", prefix+"/status-monitor/clockings/931")
				}
				w.WriteHeader(test.status)
			})
			answer, err := test.call(a.client())
			if err != nil {
				t.Fatal(err)
			}
			if answer.Status != test.status || answer.Location != test.location {
				t.Errorf("got %d %q, want %d %q", answer.Status, answer.Location, test.status, test.location)
			}
			if string(answer.RequestBody) != test.body {
				t.Errorf("request body: got %q", answer.RequestBody)
			}
			if test.status == 202 && answer.OperationLocation == "" {
				t.Error("no Operation-Location")
			}
		})
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	good := protime.Config{
		BaseURL: "https://acme.example/connector", TokenURL: "https://auth.example/token",
		ClientID: "id", ClientSecret: "hunter2hunter2", UserAgent: "a/1 (b)",
	}
	if _, err := protime.New(good); err != nil {
		t.Fatalf("a good configuration: %v", err)
	}
	tests := map[string]func(*protime.Config){
		"no base":              func(c *protime.Config) { c.BaseURL = "" },
		"plain http elsewhere": func(c *protime.Config) { c.BaseURL = "http://acme.example/api" },
		"plain http for the token": func(c *protime.Config) {
			c.TokenURL = "http://auth.example/token"
		},
		"a password in the address": func(c *protime.Config) { c.BaseURL = "https://u:hunter2hunter2@acme.example" },
		"a query in the address":    func(c *protime.Config) { c.BaseURL = "https://acme.example/?a=1" },
		"no secret":                 func(c *protime.Config) { c.ClientSecret = "" },
		"no user agent":             func(c *protime.Config) { c.UserAgent = " " },
	}
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			config := good
			spoil(&config)
			_, err := protime.New(config)
			if err == nil {
				t.Fatal("got no error")
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error tells the secret: %v", err)
			}
		})
	}
}

func TestPathsOutsideTheBaseAreNeverSent(t *testing.T) {
	a := newAPI(t, answering(200, "application/json", "{}"))
	c := a.client()
	for _, path := range []string{
		"", "clockings", "/", "//clockings", "/../admin", "/clockings/..", "/clockings/%2e%2e/x", "/clockings/%2E%2e",
		"/clockings/.", "/clockings//1", "/clockings/1/", "/clockings?filter=x", "/clockings#x", "/clock ings",
		"/clockings\\..\\x", "/a/..%2f..%2fadmin", "/a/..%5cadmin", "/é", "/%zz", "/a%00b", "/a\nb", "@evil.example/",
		".evil.example/clockings",
	} {
		_, answer, err := c.Get(t.Context(), path, "")
		if !errors.Is(err, protime.Unreached) || answer.Sent {
			t.Errorf("%q: got %v, sent %v", path, err, answer.Sent)
		}
	}
	for _, query := range []string{"filter=a b", "a#b", "a\r\nb"} {
		if _, _, err := c.Get(t.Context(), "/clockings", query); !errors.Is(err, protime.Unreached) {
			t.Errorf("query %q: got %v", query, err)
		}
	}
	if got := a.calls.Load(); got != 0 {
		t.Errorf("%d requests were sent", got)
	}
}

func TestPathEscapesEachElement(t *testing.T) {
	got := protime.Path("people", "a/b c?#", "é")
	if want := "/people/a%2Fb%20c%3F%23/%C3%A9"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request) {
		if want := prefix + "/people/a%2Fb%20c%3F%23/%C3%A9"; r.URL.EscapedPath() != want {
			t.Errorf("got %s, want %s", r.URL.EscapedPath(), want)
		}
		_, _ = io.WriteString(w, "{}")
	})
	if _, _, err := a.client().Get(t.Context(), got, ""); err != nil {
		t.Error(err)
	}
}

func TestPathOfALocationIsThePageOfTheRecord(t *testing.T) {
	a := newAPI(t, answering(200, "application/json", "{}"))
	c := a.client()
	tests := []struct {
		location, want string
		ok             bool
	}{
		{prefix + "/clockings/8192", "/clockings/8192", true},
		{a.URL + prefix + "/clockings/8192", "/clockings/8192", true},
		{prefix + "/clockings/8192?x=1", "/clockings/8192", true},
		{prefix + "/people/a b", "/people/a%20b", true},
		{"https://evil.example" + prefix + "/clockings/8192", "", false},
		{"//evil.example" + prefix + "/clockings/8192", "", false},
		{a.URL + "@evil.example" + prefix + "/clockings/1", "", false},
		{a.URL + ".evil.example" + prefix + "/clockings/1", "", false},
		{prefix + "/../admin", "", false},
		{prefix + "evil/clockings", "", false},
		{"/clockings/8192", "", false},
		{"clockings/8192", "", false},
		{"javascript:alert(1)", "", false},
		{"", "", false},
	}
	for _, test := range tests {
		got, ok := c.PathOf(test.location)
		if got != test.want || ok != test.ok {
			t.Errorf("%q: got %q %v, want %q %v", test.location, got, ok, test.want, test.ok)
		}
	}
}

func TestPersonalMembersAreDroppedWhileDecoding(t *testing.T) {
	people := &contract.Collection{
		Name: "people", Path: "/people", ItemPath: "/people/{PersonReference}",
		Fields: []contract.Field{
			{Name: "id"}, {Name: "lastName"}, {Name: "pinCode", Personal: true},
			{Name: "address", Fields: []contract.Field{{Name: "street", Personal: true}}},
		},
	}
	const person = `{"id":1,"lastName":"Peeters","pinCode":1234,"address":{"street":"x"},"iban":"BE68"}`
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/people") {
			_, _ = io.WriteString(w, `{"value":[`+person+`]}`)
			return
		}
		if strings.HasSuffix(r.URL.Path, "/people/all") {
			_, _ = io.WriteString(w, `[`+person+`]`)
			return
		}
		_, _ = io.WriteString(w, person)
	})
	c := a.client(func(p *protime.Config) {
		p.Contract = &contract.Contract{Collections: []*contract.Collection{people}}
	})
	const want = `{"id":1,"lastName":"Peeters"}`
	record, answer, err := c.Get(t.Context(), "/people/1", "")
	if err != nil || string(record.Raw()) != want || string(answer.Body) != want {
		t.Errorf("record: got %s, body %s, %v", record.Raw(), answer.Body, err)
	}
	answer, err = c.Send(t.Context(), protime.Request{Method: "GET", Path: "/people/1"})
	if err != nil || string(answer.Body) != want {
		t.Errorf("send: got %s, %v", answer.Body, err)
	}
	for _, path := range []string{"/people", "/people/all"} { // not one record
		record, answer, err := c.Get(t.Context(), path, "")
		if (err != nil) != (path == "/people/all") || len(record.Raw()) > 2 || len(answer.Body) > 2 {
			t.Errorf("%s: got %s, body %s, %v", path, record.Raw(), answer.Body, err)
		}
	}
	for page, err := range c.List(t.Context(), "/people", protime.ListOptions{}) {
		if err != nil || string(page.Records[0].Raw()) != want || page.Answer.Body != nil {
			t.Errorf("list: got %s, body %s, %v", page.Records[0].Raw(), page.Answer.Body, err)
		}
	}
	record, _, err = c.Get(t.Context(), "/clockings/1", "")
	if err != nil || string(record.Raw()) != person {
		t.Errorf("another collection: got %s, %v", record.Raw(), err)
	}
}
