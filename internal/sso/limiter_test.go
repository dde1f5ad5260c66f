package sso_test

import (
	"net/netip"
	"testing"
	"time"

	"protime-admin/internal/sso"
)

func TestLimiterLetsAnOfficeIn(t *testing.T) {
	now := time.Date(2024, 1, 5, 8, 0, 0, 0, time.UTC)
	limiter := &sso.Limiter{Now: func() time.Time { return now }}
	office := netip.MustParseAddr("192.0.2.7")
	for i := range 60 {
		if ok, _ := limiter.Allow(office); !ok {
			t.Fatalf("sign-in %d at once: refused, want 60 let through", i+1)
		}
	}
	ok, wait := limiter.Allow(office)
	if ok || wait <= 0 || wait > time.Second {
		t.Errorf("the 61st at once: got %v, wait %v, want to wait under a second", ok, wait)
	}
	if ok, _ := limiter.Allow(netip.MustParseAddr("192.0.2.8")); !ok {
		t.Error("another address has to wait too")
	}
	through := 0
	for range 600 { // a minute, ten tries a second
		now = now.Add(100 * time.Millisecond)
		if ok, _ := limiter.Allow(office); ok {
			through++
		}
	}
	if through < 60 || through > 121 {
		t.Errorf("in a minute of trying: got %d through, want 60 to 120", through)
	}
}

func TestLimiterTakesAHouseholdForOne(t *testing.T) {
	limiter := &sso.Limiter{Burst: 1, PerMinute: 1}
	for _, test := range []struct {
		addr string
		want bool
	}{
		{"2001:db8:1:2::1", true}, {"2001:db8:1:2:ffff::9", false}, {"2001:db8:1:3::1", true},
		{"192.0.2.1", true}, {"::ffff:192.0.2.1", false}, {"192.0.2.2", true},
	} {
		if got, _ := limiter.Allow(netip.MustParseAddr(test.addr)); got != test.want {
			t.Errorf("%s: got %v, want %v", test.addr, got, test.want)
		}
	}
	if ok, _ := limiter.Allow(netip.Addr{}); !ok {
		t.Error("no address at all: refused the first time")
	}
}

func TestLimiterForgetsTheLongestSilent(t *testing.T) {
	now := time.Date(2024, 1, 5, 8, 0, 0, 0, time.UTC)
	limiter := &sso.Limiter{Burst: 1, PerMinute: 1, Size: 2, Now: func() time.Time { return now }}
	a, b, c := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2"), netip.MustParseAddr("192.0.2.3")
	for i, test := range []struct {
		addr netip.Addr
		want bool
	}{{a, true}, {b, true}, {a, false}, {c, true}, {a, false}, {b, true}} {
		if got, _ := limiter.Allow(test.addr); got != test.want {
			t.Errorf("step %d, %s: got %v, want %v", i+1, test.addr, got, test.want)
		}
	}
}
