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

	mu       sync.Mutex
	limiter  *rate.Limiter
	rate     float64   // calls per second
	step     int       // of steps: how sure the rate is
	kept     time.Time // the rate does not grow before
	at       time.Time // when rate was computed
	resumed  time.Time // when the calls of this cycle began: the end of the last pause
	accepted int       // of this cycle
	calls    int       // of this cycle
	recent   [32]time.Time
	late     float64 // what a call of the last cycle adds to the rate that is accepted after the cycle's end
}

// steps are how fast the rate grows, and for how long it is kept before: the next one after each refusal, because an
// estimate becomes better the slower the rate passed the limit.
var steps = [...]struct {
	growth float64 // of the rate, per second
	keep   time.Duration
}{{1, 0}, {0.03, 0}, {0.005, 30 * time.Second}, {0.005, 2 * time.Minute}, {0.005, 10 * time.Minute}}

const (
	firstRate = 20.0 // calls per second
	leastRate = 0.02
	burst     = 1 // calls that leave together
	// probableBurst is how many calls a limit takes together, as far as one can guess: so many were too many when the
	// first is refused.
	probableBurst = 5
	// shortWait is what a Retry-After can be by rounding; a longer one says when a window ends.
	shortWait = 2 * time.Second
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
		p.rate, p.at, p.resumed = firstRate, now, now
		p.limiter = rate.NewLimiter(rate.Limit(p.rate), burst)
	}
	if pause := p.resumed.Sub(now); pause > 0 {
		return p.limiter, pause
	}
	share := 1.0
	if p.People != nil {
		if _, last := p.People(); now.Sub(last) < present {
			share = forPeople
		}
	}
	if from := later(p.at, p.kept); now.After(from) && (share == 1 || p.step == 0) {
		// What is not used proves nothing: the rate stays within twice of what was.
		grown := p.rate * math.Pow(1+steps[p.step].growth, now.Sub(from).Seconds())
		p.rate = max(p.rate, min(grown, max(firstRate, 2*p.used(now))))
	}
	p.at = now
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

// Rate is how many calls a second leave at most.
func (p *Pace) Rate() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.limiter == nil {
		return firstRate
	}
	return p.rate
}

// Accepted says that a call that began at a time was not answered 429.
func (p *Pace) Accepted(began time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case !began.Before(p.resumed):
		p.accepted++
	case time.Now().Before(p.resumed):
		p.rate += p.late
	}
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
	whole := now.Sub(p.resumed) + wait
	// What was accepted in a cycle with its pause is the limit where windows are counted. A bucket takes as much or more.
	steady, late := 0.99*float64(p.accepted)/whole.Seconds(), 0.0
	switch before, early := p.rate, now.Before(p.kept); {
	case wait > shortWait:
		p.rate, late, p.step = steady, 0.99/whole.Seconds(), max(p.step, 2)
	case early:
		over := probableBurst / (now.Sub(p.resumed).Seconds() * before)
		p.rate = max(before*(1-min(max(over, 0.03), 0.2)), steady)
	default:
		p.rate, p.step = max(p.passed(before), steady), min(p.step+1, len(steps)-1)
	}
	p.rate, p.late = max(p.rate, leastRate), late
	p.resumed = now.Add(wait)
	p.kept = p.resumed.Add(max(steps[p.step].keep, 2*whole*time.Duration(p.step/2)))
	p.at, p.calls, p.accepted = p.resumed, 0, 0
	p.limiter = rate.NewLimiter(rate.Limit(p.rate), burst)
}

// passed estimates the limit that a growing rate has passed when the first call is refused: what came too much since
// is what the limit takes together.
func (p *Pace) passed(rate float64) float64 {
	rate = min(rate, 1.2*max(p.used(time.Now()), 1))
	over := math.Sqrt(2 * probableBurst * math.Log1p(steps[p.step].growth) / rate)
	return rate * (1 - min(over, 0.4))
}
