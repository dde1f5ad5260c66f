package web

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

func proxies() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
}

// FuzzClientAddress: who is no trusted proxy says nothing about addresses, and a trusted one only who came before the
// last trusted one.
func FuzzClientAddress(f *testing.F) {
	f.Add("10.0.0.1:4711", "203.0.113.9, 198.51.100.7")
	f.Add("203.0.113.9:1", "192.0.2.1")
	f.Add("10.0.0.1:1", "[2001:db8::1]:443,10.2.2.2")
	f.Add("[fd00::1%eth0]:1", "::ffff:10.0.0.2, unknown, _hidden, 10.0.0.9")
	f.Add("@", ",,")
	f.Fuzz(func(t *testing.T, remote, forwarded string) {
		r := &http.Request{RemoteAddr: remote, Header: http.Header{"X-Forwarded-For": {forwarded}}}
		got := clientAddress(r, proxies())
		from, _ := parseAddress(remote)
		if !trusted(proxies(), from) {
			if got != from {
				t.Fatalf("%q is no trusted proxy: got %s, want its own address %s", remote, got, from)
			}
			return
		}
		if !got.IsValid() || got.Zone() != "" || got.Is4In6() {
			t.Fatalf("%q by %q: got %s, want a plain address", forwarded, remote, got)
		}
		hops := strings.Split(forwarded, ",")
		for i := len(hops) - 1; i >= 0; i-- {
			hop, ok := parseAddress(strings.TrimSpace(hops[i]))
			if !ok || trusted(proxies(), hop) && hop != got {
				continue
			}
			if hop != got && !trusted(proxies(), got) {
				t.Fatalf("%q by %q: got %s, want the last that is no proxy, %s", forwarded, remote, got, hop)
			}
			return
		}
	})
}

func TestTheLastProxySaysWhichHostWasAskedFor(t *testing.T) {
	for _, names := range [][]string{
		{"times.acme.example"}, {"evil.example", "times.acme.example"}, {"evil.example, other.example", "times.acme.example"},
	} {
		r := &http.Request{RemoteAddr: "10.0.0.1:1", Host: "inside", Header: http.Header{"X-Forwarded-Host": names}}
		if got := requestedHost(r, proxies()); got != "times.acme.example" {
			t.Errorf("%q: got %q, want times.acme.example", names, got)
		}
	}
}

// FuzzHost: the requested name is the request's own unless a trusted proxy says another.
func FuzzHost(f *testing.F) {
	f.Add("10.0.0.1:1", "inside", "evil.example, times.acme.example:443")
	f.Add("203.0.113.9:1", "times.acme.example", "evil.example")
	f.Add("", "", ",")
	f.Fuzz(func(t *testing.T, remote, host, forwarded string) {
		r := &http.Request{RemoteAddr: remote, Host: host, Header: http.Header{"X-Forwarded-Host": {forwarded}}}
		got := requestedHost(r, proxies())
		if from, _ := parseAddress(remote); !trusted(proxies(), from) && got != host {
			t.Errorf("%q is no trusted proxy: got %q, want %q", remote, got, host)
		}
		if strings.Contains(got, ",") && got != host {
			t.Errorf("%q: got %q, want one name", forwarded, got)
		}
	})
}
