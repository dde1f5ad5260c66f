package handlers

import (
	"encoding/csv"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"protime-admin/internal/config"
)

// behind is a server behind a proxy at 10.0.0.0/8.
func behind() *Server {
	return &Server{Options: Options{Config: config.Config{
		PublicURL:      &url.URL{Scheme: "https", Host: "times.acme.example"},
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")},
	}}}
}

// FuzzClientAddress: whoever is no proxy of ours says nothing about addresses, and one of ours says only who stood
// before the last of ours.
func FuzzClientAddress(f *testing.F) {
	f.Add("10.0.0.1:4711", "203.0.113.9, 198.51.100.7")
	f.Add("203.0.113.9:1", "192.0.2.1")
	f.Add("10.0.0.1:1", "[2001:db8::1]:443,10.2.2.2")
	f.Add("[fd00::1%eth0]:1", "::ffff:10.0.0.2, unknown, _hidden, 10.0.0.9")
	f.Add("@", ",,")
	f.Fuzz(func(t *testing.T, remote, forwarded string) {
		s := behind()
		r := &http.Request{RemoteAddr: remote, Header: http.Header{"X-Forwarded-For": {forwarded}}}
		got, from := s.clientAddress(r), peer(r)
		if !s.trusted(from) {
			if got != from {
				t.Fatalf("%q is no proxy of ours: got %s, want its own address %s", remote, got, from)
			}
			return
		}
		if !got.IsValid() || got.Zone() != "" || got.Is4In6() {
			t.Fatalf("%q by %q: got %s, want a plain address", forwarded, remote, got)
		}
		hops := strings.Split(forwarded, ",")
		for i := len(hops) - 1; i >= 0; i-- {
			hop, ok := parseAddress(strings.TrimSpace(hops[i]))
			if !ok || s.trusted(hop) && hop != got {
				continue
			}
			if hop != got && !s.trusted(got) {
				t.Fatalf("%q by %q: got %s, want the last that is none of ours, %s", forwarded, remote, got, hop)
			}
			return
		}
	})
}

// FuzzHost: the name that was asked for is the request's own unless a proxy of ours says another.
func FuzzHost(f *testing.F) {
	f.Add("10.0.0.1:1", "inside", "evil.example, times.acme.example:443")
	f.Add("203.0.113.9:1", "times.acme.example", "evil.example")
	f.Add("", "", ",")
	f.Fuzz(func(t *testing.T, remote, host, forwarded string) {
		s := behind()
		r := &http.Request{RemoteAddr: remote, Host: host, Header: http.Header{"X-Forwarded-Host": {forwarded}}}
		got := s.host(r)
		own := strings.TrimSuffix(host, ":443")
		if !s.trusted(peer(r)) && got != own {
			t.Errorf("%q is no proxy of ours: got %q, want %q", remote, got, own)
		}
		if strings.Contains(got, ",") && got != own {
			t.Errorf("%q: got %q, want one name", forwarded, got)
		}
	})
}

// FuzzCell: no cell of a file is a formula, in a spreadsheet that splits rows at commas and in one that splits them at
// semicolons, and what was typed can still be read.
func FuzzCell(f *testing.F) {
	for _, text := range []string{
		"", "Els", "-5", "-1,5", "=1+1", "+32 475 12 34 56", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "|cmd", `x;=HYPERLINK("y")`,
		`a,+1`, "a\n=1", `";=1`, `[{"duration":-5},-7]`, "Jan, -Maes", "\x00=", "-.-",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		safe := formulaSafe(text)
		if got := strings.ReplaceAll(safe, "'", ""); got != strings.ReplaceAll(text, "'", "") {
			t.Fatalf("%q: got %q, want the same but for apostrophes", text, safe)
		}
		for _, comma := range []rune{',', ';'} {
			var file strings.Builder
			w := csv.NewWriter(&file)
			w.Comma, w.UseCRLF = comma, true
			if err := w.Write([]string{"1", safe, "2"}); err != nil {
				t.Fatal(err)
			}
			w.Flush()
			for _, cell := range strings.FieldsFunc(file.String(), func(r rune) bool { return strings.ContainsRune(",;\t\r\n", r) }) {
				cell = strings.TrimLeft(cell, `" `)
				if runsAs(cell) && !plainNumber(strings.TrimRight(cell, `" ]}`)) {
					t.Fatalf("%q: got %q, in which a spreadsheet finds %q", text, file.String(), cell)
				}
			}
		}
	})
}

// runsAs tells whether a spreadsheet may take a cell for a formula.
func runsAs(cell string) bool {
	for _, sign := range []string{"=", "+", "-", "@", "|", "＝", "＋", "－", "＠"} {
		if strings.HasPrefix(cell, sign) {
			return true
		}
	}
	return false
}
