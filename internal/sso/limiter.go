package sso

import (
	"container/list"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limiter slows down sign-ins per client address. An office shares one address, so the zero value, ready for use, lets
// 120 a minute through and 60 at once. Of IPv6 the first 64 bits count: they are one household's.
type Limiter struct {
	PerMinute int // 120 when zero
	Burst     int // 60 when zero
	Size      int // how many addresses are remembered, 10,000 when zero; the longest silent one gives way

	Now func() time.Time // time.Now when nil

	mu      sync.Mutex
	clients map[netip.Addr]*list.Element
	recent  *list.List // of *limited, the last seen first
}

type limited struct {
	addr   netip.Addr
	bucket *rate.Limiter
}

// Allow tells whether another sign-in from addr may go on now, and if not, after how long to try again.
func (l *Limiter) Allow(addr netip.Addr) (ok bool, retryAfter time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if l.Now != nil {
		now = l.Now()
	}
	reservation := l.bucket(household(addr)).ReserveN(now, 1)
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
	if size := orDefault(l.Size, 10_000); len(l.clients) >= size {
		oldest := l.recent.Back()
		delete(l.clients, oldest.Value.(*limited).addr)
		l.recent.Remove(oldest)
	}
	perMinute := orDefault(l.PerMinute, 120)
	client := &limited{addr, rate.NewLimiter(rate.Limit(perMinute)/60, orDefault(l.Burst, 60))}
	l.clients[addr] = l.recent.PushFront(client)
	return client.bucket
}

func orDefault(n, standard int) int {
	if n <= 0 {
		return standard
	}
	return n
}

// household is what counts as one client: an IPv4 address, or the first 64 bits of an IPv6 one.
func household(addr netip.Addr) netip.Addr {
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
