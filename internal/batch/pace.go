package batch

import (
	"context"
	"math"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Pace is how fast a process calls the API for batches. The API publishes no limits: that there are any is known from a
// 429 and its Retry-After alone (documentation: responses). So the pace begins low, doubles every second until the first
// 429, and then keeps the rate that was accepted. The longer that went well the longer it is kept before it grows, slowly.
//
// People come first: a call waits, for a moment at most, while a person is being served, and as long as somebody is
// working a fifth of the rate is left to them. The zero value is ready; it is safe for concurrent use.
type Pace struct {
	// People tells whether a person's request is being served now, and when the last one was. nil: nobody is there.
	People func() (serving bool, last time.Time)

	mu      sync.Mutex
	limiter *rate.Limiter
	rate    float64   // calls per second
	growth  float64   // of the rate, per second, once it is kept no longer
	kept    time.Time // the rate does not grow before
	at      time.Time // when rate was computed
	resumed time.Time // when the calls of this cycle began: the end of the last pause
	calls   int       // of this cycle
	recent  [32]time.Time
}

const (
	firstRate = 20.0 // calls per second
	doubling  = 1.0  // growth before the first 429
	// Calls that were not used in time may come together, so that a short stop costs nothing.
	burst = 2
	// shortWait is what a Retry-After of one second or two can be by rounding; a longer one says when a window ends.
	shortWait = 2 * time.Second
	mostKept  = 10 * time.Minute
	// A person who did something within present is there; a call waits for the end of a person's request up to
	// longestYield.
	present      = 3 * time.Second
	longestYield = 100 * time.Millisecond
	forPeople    = 0.8 // of the rate while somebody is there
)

// Wait returns when the next call may leave; an error when ctx ends first.
func (p *Pace) Wait(ctx context.Context) error {
	for {
		now := time.Now()
		limiter, pause := p.adjusted(now)
		if pause <= 0 {
			if err := limiter.Wait(ctx); err != nil {
				return err
			}
			p.yield(ctx)
			if p.counted(time.Now()) {
				return nil
			}
			continue
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}

// yield waits while a person's request is being served.
func (p *Pace) yield(ctx context.Context) {
	if p.People == nil {
		return
	}
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(longestYield); time.Now().Before(end); {
		if serving, _ := p.People(); !serving {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// adjusted returns the limiter with the rate of now, and how long a pause still lasts.
func (p *Pace) adjusted(now time.Time) (*rate.Limiter, time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.limiter == nil {
		p.rate, p.growth, p.at, p.resumed = firstRate, doubling, now, now
		p.limiter = rate.NewLimiter(rate.Limit(p.rate), burst)
	}
	if pause := p.resumed.Sub(now); pause > 0 {
		return p.limiter, pause
	}
	if from := later(p.at, p.kept); now.After(from) {
		// What is not used proves nothing: the rate stays within twice of what was.
		grown := p.rate * math.Pow(1+p.growth, now.Sub(from).Seconds())
		p.rate = max(p.rate, min(grown, max(firstRate, 2*p.used(now))))
	}
	p.at = now
	share := 1.0
	if p.People != nil {
		if _, last := p.People(); now.Sub(last) < present {
			share = forPeople
		}
	}
	p.limiter.SetLimitAt(now, rate.Limit(p.rate*share))
	return p.limiter, 0
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// counted counts a call that leaves now; false where a pause has begun since it was allowed.
func (p *Pace) counted(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Before(p.resumed) {
		return false
	}
	p.recent[p.calls%len(p.recent)] = now
	p.calls++
	return true
}

// used is the rate of the last calls of this cycle.
func (p *Pace) used(now time.Time) float64 {
	n := min(p.calls, len(p.recent))
	if n == 0 {
		return 0
	}
	oldest := p.recent[(p.calls-n)%len(p.recent)]
	return float64(n) / max(now.Sub(oldest).Seconds(), 0.001)
}

// Refused says that a call that began at a time was answered 429 with a Retry-After, 0 for none.
func (p *Pace) Refused(began time.Time, wait time.Duration) {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.limiter == nil || began.Before(p.resumed) {
		return // this cycle's first refusal has said so already, or another caller's
	}
	wait = max(wait, time.Second)
	took := now.Sub(p.resumed)
	whole := took + wait
	accepted := float64(max(p.calls-1, 1))
	// In a window of so many calls this is the limit; in a bucket that filled up meanwhile it is less.
	steady := accepted / whole.Seconds()
	switch used := p.used(now); {
	case wait > shortWait:
		p.rate, p.growth, p.kept = 0.99*steady, 0.005, now.Add(min(4*whole, mostKept))
	case took < 3*time.Second:
		p.rate, p.growth, p.kept = max(0.8*used, steady), 0.03, now
	case took < 30*time.Second:
		p.rate, p.growth, p.kept = max(0.95*used, steady), 0.005, now.Add(took)
	default:
		p.rate, p.growth, p.kept = max(0.97*used, steady), 0.003, now.Add(min(4*took, mostKept))
	}
	p.resumed = now.Add(wait)
	p.at, p.calls = p.resumed, 0
	p.limiter = rate.NewLimiter(rate.Limit(p.rate), burst)
}
