package sso

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

func decoded(t testing.TB, document string) claims {
	t.Helper()
	c, err := claimsOf(func(v any) error { return json.Unmarshal([]byte(document), v) })
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestRolesClaim(t *testing.T) {
	for _, test := range []struct {
		name, document, path string
		want                 []string
	}{
		{"a list", `{"groups":["a","b"]}`, "groups", []string{"a", "b"}},
		{"a text", `{"role":"a"}`, "role", []string{"a"}},
		{"a text with commas stays one", `{"groups":"cn=hr,ou=people"}`, "groups", []string{"cn=hr,ou=people"}},
		{"Keycloak's realm", `{"realm_access":{"roles":["a"]}}`, "realm_access.roles", []string{"a"}},
		{"Keycloak's client with a dot in its name", `{"resource_access":{"my.app":{"roles":["a"]}}}`, "resource_access.my.app.roles", []string{"a"}},
		{"a name that is an address", `{"https://acme.example/roles":["a"]}`, "https://acme.example/roles", []string{"a"}},
		{"the whole name before the path", `{"a.b":"name","a":{"b":"path"}}`, "a.b", []string{"name"}},
		{"what is no text does not count", `{"groups":["a",1,null,{"b":1},["c"],true]}`, "groups", []string{"a"}},
		{"a number", `{"groups":7}`, "groups", nil},
		{"an object", `{"groups":{"a":true}}`, "groups", nil},
		{"null", `{"groups":null}`, "groups", nil},
		{"absent", `{}`, "groups", nil},
		{"a path through a text", `{"realm_access":"roles"}`, "realm_access.roles", nil},
		{"a path through a list", `{"realm_access":[{"roles":["a"]}]}`, "realm_access.roles", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			value, _ := decoded(t, test.document).at(test.path)
			if got := roleValues(value); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestARoleByAddressNeedsAVerifiedAddress(t *testing.T) {
	p := &Provider{rolesClaim: "email", roles: newRoleTable(map[string][]string{"editor": {"els@acme.example"}})}
	address := func(verified any) claims { return claims{"email": "els@acme.example", "email_verified": verified} }
	for _, test := range []struct {
		name        string
		said, extra claims
		want        bool
	}{
		{"verified", address(true), nil, true},
		{"verified, as some providers write it", address("true"), nil, true},
		{"not said", claims{"email": "els@acme.example"}, nil, true},
		{"not verified", address(false), nil, false},
		{"not verified, as some providers write it", address("false"), nil, false},
		{"neither", address(nil), nil, false},
		{"verified in userinfo", claims{}, address(true), true},
		{"not verified in userinfo", claims{"email_verified": true}, address(false), false},
	} {
		signed, err := p.identify(test.said, test.extra, "s", "")
		if got := err == nil && slices.Contains(signed.Identity.Roles, "editor"); got != test.want {
			t.Errorf("%s: got the role %v, want %v", test.name, got, test.want)
		}
	}
}

func FuzzRolesClaim(f *testing.F) {
	f.Add(`{"groups":["a","b"]}`, "groups")
	f.Add(`{"realm_access":{"roles":["a"]}}`, "realm_access.roles")
	f.Add(`{"a":{"":{"":{"b":"a"}}}}`, "a...b")
	f.Add(`{"a.b":"a"}`, "a.b")
	f.Add(`{"groups":[""]}`, "groups") // a role that was configured with nothing is nobody's
	table := newRoleTable(map[string][]string{"viewer": {"a"}, "editor": {"b"}, "auditor": {""}})
	f.Fuzz(func(t *testing.T, document, path string) {
		if len(path) > 64 {
			return
		}
		c, err := claimsOf(func(v any) error { return json.Unmarshal([]byte(document), v) })
		if err != nil {
			return
		}
		value, _ := c.at(path)
		values := roleValues(value)
		roles := table.roles(table.matching(values))
		if slices.Contains(roles, "viewer") != slices.Contains(values, "a") || slices.Contains(roles, "editor") != slices.Contains(values, "b") ||
			slices.Contains(roles, "auditor") {
			t.Errorf("%s at %q: got roles %q of values %q", document, path, roles, values)
		}
	})
}

func FuzzPlainText(f *testing.F) {
	f.Add("Els Peeters", 10)
	f.Add("\u202eé\r\n\x00\xff", 3)
	f.Fuzz(func(t *testing.T, s string, limit int) {
		if limit < 0 || limit > 1000 {
			return
		}
		got := plainText(s, limit)
		if len(got) > limit || !utf8.ValidString(got) || strings.ContainsFunc(got, unicode.IsControl) || got != strings.TrimSpace(got) {
			t.Errorf("%q to %d: got %q", s, limit, got)
		}
	})
}

func FuzzSessionRecord(f *testing.F) {
	at := time.UnixMilli(1704441600123).UTC()
	session := Session{
		ID: "id", family: "family", sid: "sid:x", Identity: Identity{Subject: "s", Name: "Els", Email: "e", EmployeeNumber: "1", Locale: "nl"},
		Started: at, Seen: at.Add(time.Minute), issued: at, listed: at, groups: []group{1, 2}, hint: []byte{3},
	}
	f.Add(session.encode(7))
	f.Add([]byte{})
	f.Add([]byte{1, 0, 0, 0, 0, 0, 0, 0, 7, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := decodeSession(data, 7)
		if err != nil {
			return
		}
		again, err := decodeSession(got.encode(7), 7)
		if err != nil || again.ID != got.ID || again.Identity.Subject != got.Identity.Subject || !again.Seen.Equal(got.Seen) ||
			!slices.Equal(again.groups, got.groups) {
			t.Errorf("there and back: got %+v, %v, want %+v", again, err, got)
		}
		unpackHint(got.hint)
	})
}

func TestHintComesBackAsItWas(t *testing.T) {
	const token = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJzIn0.AAECAw"
	if got := unpackHint(packHint(token)); got != token {
		t.Errorf("got %q, want %q", got, token)
	}
	for _, bad := range []string{"", "a.b", "a.b.c.d", "*.e30.AA", "eyJ=.e30.AA"} {
		if hint := packHint(bad); hint != nil {
			t.Errorf("%q: got a hint", bad)
		}
	}
}
