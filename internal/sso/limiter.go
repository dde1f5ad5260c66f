package sso

import (
	"cmp"
	"container/list"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limiter limits requests per client address: an IPv4 address, or the first 64 bits of an IPv6 address, which one
// household has. The zero value is ready for use and allows 120 a minute and 60 at once, since an office shares one
// address.
type Limiter struct {
	PerMinute int // 120 when zero
	Burst     int // 60 when zero
	Size      int // number of addresses remembered, 10,000 when zero; the least recent one is dropped

	Now func() time.Time // time.Now when nil

	mu      sync.Mutex
	clients map[netip.Addr]*list.Element
	recent  *list.List // of *limited, the most recent first
}

type limited struct {
	addr   netip.Addr
	bucket *rate.Limiter
}

// Allow reports whether a request from addr is allowed now, and if not, how long to wait.
func (l *Limiter) Allow(addr netip.Addr) (ok bool, retryAfter time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if l.Now != nil {
		now = l.Now()
	}
	reservation := l.bucket(prefixOf(addr)).ReserveN(now, 1)
	wait := reservation.DelayFrom(now)
	if wait == 0 {
		return true, 0
	}
	reservation.CancelAt(now)
	return false, wait
}

func (l *Limiter) bucket(addr netip.Addr) *rate.Limiter {
	if l.clients == nil {
		l.clients, l.recent = map[netip.Addr]*list.Element{}, list.New()
	}
	if element, ok := l.clients[addr]; ok {
		l.recent.MoveToFront(element)
		return element.Value.(*limited).bucket
	}
	if size := cmp.Or(l.Size, 10_000); len(l.clients) >= size {
		oldest := l.recent.Back()
		delete(l.clients, oldest.Value.(*limited).addr)
		l.recent.Remove(oldest)
	}
	client := &limited{addr, rate.NewLimiter(rate.Limit(cmp.Or(l.PerMinute, 120))/60, cmp.Or(l.Burst, 60))}
	l.clients[addr] = l.recent.PushFront(client)
	return client.bucket
}

func prefixOf(addr netip.Addr) netip.Addr {
	addr = addr.Unmap().WithZone("")
	if !addr.Is6() {
		return addr
	}
	prefix, err := addr.Prefix(64)
	if err != nil {
		return addr
	}
	return prefix.Addr()
}
