package protime

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"protime-admin/protime/contract"
)

// somewhere is a client whose API lives below a path; it is never called.
func somewhere(f *testing.F) *Client {
	f.Helper()
	described, err := contract.Embedded()
	if err != nil {
		f.Fatal(err)
	}
	c, err := New(Config{
		BaseURL: "https://acme.example/connector/api/v1", TokenURL: "https://acme.example/token", ClientID: "id",
		ClientSecret: "secret", UserAgent: "test", Contract: described,
	})
	if err != nil {
		f.Fatal(err)
	}
	return c
}

// FuzzALinkStaysBelowTheBase: wherever a nextLink or a Location leads, the address that would be called is on the
// configured host and below the configured path, with a query that is one.
func FuzzALinkStaysBelowTheBase(f *testing.F) {
	c := somewhere(f)
	for _, link := range []string{
		"/connector/api/v1/clockings?filter=date ge '2026-01-05'&continuationToken=a+b/c==", "https://evil.example/connector/api/v1/x",
		"/connector/api/v1/../../admin", "/connector/api/v1/%2e%2e/x", "//evil.example/connector/api/v1/x", "/connector/api/v1\\..\\x",
		"https://acme.example:444/connector/api/v1/x", "https://acme.example@evil.example/connector/api/v1/x", "/connector/api/v1?%zz&&=#",
		"/connector/api/v10/x", "/connector/api/v1//", "/connector/api/v1/", "https://ACME.example/connector/api/v1/clockings?a=\r\nX: y", "",
	} {
		f.Add(link)
	}
	f.Fuzz(func(t *testing.T, link string) {
		if path, ok := c.PathOf(link); ok {
			below(t, c, link, path, "")
		}
		path, query, _, err := c.follow(link)
		if err == nil {
			below(t, c, link, path, query)
		}
	})
}

func below(t *testing.T, c *Client, link, path, query string) {
	t.Helper()
	address, err := c.address(path, query)
	if err != nil {
		return // refused before it is sent
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatalf("%q: got %q, want a URL: %v", link, address, err)
	}
	if u.Scheme != "https" || u.Host != "acme.example" || u.User != nil || u.Fragment != "" ||
		!strings.HasPrefix(u.Path+"/", "/connector/api/v1/") || strings.ContainsAny(address, " \r\n\t\\") {
		t.Errorf("%q leads to %q", link, address)
	}
	for segment := range strings.SplitSeq(u.Path, "/") {
		if segment == ".." || segment == "." {
			t.Errorf("%q leads to %q", link, address)
		}
	}
}

// FuzzARefusalIsRead: whatever a server answers, its refusal is read without a panic, and says how it is not done.
func FuzzARefusalIsRead(f *testing.F) {
	f.Add(400, "application/json", `{"errors":{"person.id":["does not exist"]},"title":"x"}`, "5")
	f.Add(400, "application/problem+json", `["a","b"]`, "Mon, 05 Jan 2026 08:02:00 GMT")
	f.Add(503, "text/html", "<html>", "-1")
	f.Add(401, "", "", "99999999999999999999")
	f.Fuzz(func(t *testing.T, status int, kind, body, wait string) {
		if status < 300 || status > 599 {
			return
		}
		said := Refusal(Answer{
			Method: http.MethodPut, URL: "https://acme.example/connector/api/v1/clockings/1", Status: status, Body: []byte(body),
			Header: http.Header{"Content-Type": {kind}, "Retry-After": {wait}},
		})
		if said == nil || said.Status != status || len(said.Kinds()) == 0 || said.Error() == "" {
			t.Errorf("%d %q: got %+v, want an error of a kind", status, body, said)
		}
	})
}

// FuzzRetryAfter: the time to wait is never negative and never beyond what a header can mean.
func FuzzRetryAfter(f *testing.F) {
	for _, text := range []string{"", "5", "-1", "Mon, 05 Jan 2026 08:02:00 GMT", "4294967296", "1e3", "Mon, 05 Jan 9999 08:02:00 GMT"} {
		f.Add(text)
	}
	now := time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		if got := retryAfter(text, now); got < 0 {
			t.Errorf("%q: got %v", text, got)
		}
	})
}

// FuzzACursorIsReadAsItWasWritten: a token comes back for the part that it was made for, and what a browser sends in
// its place names a part that there is or none.
func FuzzACursorIsReadAsItWasWritten(f *testing.F) {
	f.Add(0, "eyJ2")
	f.Add(2, "3~x")
	f.Add(0, "7~")
	f.Fuzz(func(t *testing.T, part int, token string) {
		if got, _, ok := place(token, 3); ok && (got < 0 || got >= 3) {
			t.Errorf("%q: got part %d of 3", token, got)
		}
		if part < 0 || part >= 3 {
			return
		}
		if got, back, ok := place(cursor(part, token), 3); !ok || got != part || back != token {
			t.Errorf("%d of %q: got %d %q %v", part, token, got, back, ok)
		}
	})
}

// FuzzAQueryIsRecoded: a query of a link, encoded or not, becomes one that a URL can have.
func FuzzAQueryIsRecoded(f *testing.F) {
	f.Add("filter=date ge '2026-01-05' and person in (1, 2)&continuationToken=a+b==")
	f.Add("a=%zz&&=&%26")
	f.Add("continuationToken=%")
	f.Fuzz(func(t *testing.T, query string) {
		encoded, _ := reencode(query)
		if u, err := url.Parse("https://acme.example/x?" + encoded); err != nil || u.Host != "acme.example" || u.Path != "/x" {
			t.Errorf("%q: got %q, %v", query, encoded, err)
		}
	})
}
