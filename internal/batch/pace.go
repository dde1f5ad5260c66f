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
// Calls leave one after the other, because a limit may refuse those that come together though there are not too many.
//
// People come first: a call waits, for a moment at most, while a person is being served, and as long as somebody is
// working a fifth of the rate is left to them. The zero value is ready; it is safe for concurrent use.
type Pace struct {
	// People tells whether a person's request is being served now, and when the last one was. nil: nobody is there.
	People func() (serving bool, last time.Time)

	mu       sync.Mutex
	limiter  *rate.Limiter
	rate     float64     // calls per second
	step     int         // of steps: how sure the rate is
	kept     time.Time   // the rate does not grow before
	at       time.Time   // when rate was computed
	resumed  time.Time   // when the calls of this cycle began: the end of the last pause, or of a time without calls
	whole    bool        // it began with the end of a pause, so that nothing of a window was used before
	accepted int         // of this cycle
	calls    int         // of this cycle
	doubted  int         // refusals while the rate is kept, each soon after the last
	bunched  int         // calls less that are made up for, because that went wrong
	left     time.Time   // when the last call left
	due      time.Time   // when the next one may, by the rate
	out      []time.Time // when those left that wait for their answer
	latency  float64     // of calls, in seconds
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
	burst     = 1 // rows that begin together
	// behind is how many calls that could not leave in time are made up for, a little faster than the rate; fewer once
	// such calls were refused, but not fewer than leastBehind.
	behind      = 3
	leastBehind = 1
	// spare is how many times as many calls as usual may wait for their answers: a computer that stands still for a moment
	// lets them arrive together, and a bucket refuses those that it does not hold.
	spare = 1.5
	// shortHold is for how long they do at least: a call that nobody answers keeps no others waiting.
	shortHold = 200 * time.Millisecond
	// A rate that was not refused for so long as soon goes well: the next refusal of it is for calls that came together.
	// Those that follow take doubt from it, three times as much each time, mostDoubt at most.
	soon      = 20 * time.Second
	doubt     = 0.005
	mostDoubt = 0.2
	// probableBurst is how many calls a limit takes together, as far as one can guess: so many were too many when the
	// first is refused.
	probableBurst = 5
	// shortWait is what a Retry-After can be by rounding; a longer one says when a window ends.
	shortWait = 2 * time.Second
	// telling is how many accepted calls of a window tell its limit. Fewer may be of another kind than those refused: an
	// API can refuse what writes, and take what reads.
	telling = 3
	// A cycle ends where nothing left for idle, or for the time of idleCalls: that says nothing about the limit.
	idle      = 10 * time.Second
	idleCalls = 3
	// A person who did something within present is there; a call waits for the end of a person's request up to
	// longestYield.
	present      = 3 * time.Second
	longestYield = 100 * time.Millisecond
	forPeople    = 0.8 // of the rate while somebody is there
)

// Wait returns when the next row may begin; an error when ctx ends first.
func (p *Pace) Wait(ctx context.Context) error {
	for {
		limiter, pause := p.adjusted(time.Now())
		if pause <= 0 {
			if err := limiter.Wait(ctx); err != nil {
				return err
			}
			p.yield(ctx)
			if p.Until().IsZero() { // else a pause began meanwhile
				return nil
			}
			continue
		}
		if err := sleep(ctx, pause); err != nil {
			return err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
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
	p.begin(now)
	if pause := p.resumed.Sub(now); pause > 0 {
		return p.limiter, pause
	}
	share := p.share(now)
	if from := later(p.at, p.kept); now.After(from) && (share == 1 || p.step == 0) {
		// What is not used proves nothing: the rate stays within twice of what was.
		grown := p.rate * math.Pow(1+steps[p.step].growth, now.Sub(from).Seconds())
		p.rate = max(p.rate, min(grown, max(firstRate, 2*p.used(now))))
	}
	p.at = now
	p.limiter.SetLimitAt(now, rate.Limit(p.rate*share))
	return p.limiter, 0
}

func (p *Pace) begin(now time.Time) {
	if p.limiter == nil {
		p.rate, p.at, p.resumed = firstRate, now, now
		p.limiter = rate.NewLimiter(rate.Limit(p.rate), burst)
	}
}

// share is the share of the rate that batches have now.
func (p *Pace) share(now time.Time) float64 {
	if p.People == nil {
		return 1
	}
	if _, last := p.People(); now.Sub(last) < present {
		return forPeople
	}
	return 1
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
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

// Until returns the end of the wait that the API asked for, the zero time where there is none.
func (p *Pace) Until() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.limiter == nil || !p.resumed.After(time.Now()) {
		return time.Time{}
	}
	return p.resumed
}

// Accepted says that a call that left at a time was not answered 429. The zero time is that of no call.
func (p *Pace) Accepted(left time.Time) {
	if left.IsZero() {
		return
	}
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended(left, now)
	switch {
	case !left.Before(p.resumed):
		p.accepted++
	case now.Before(p.resumed):
		p.rate += p.late
	}
}

// Refused says that a call that left at a time was answered 429 with a Retry-After, 0 for none. The zero time is that of no
// call.
func (p *Pace) Refused(left time.Time, wait time.Duration) {
	if left.IsZero() {
		return
	}
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended(left, now)
	if left.Before(p.resumed) {
		return // this cycle's first refusal has said so already, or another caller's
	}
	wait = max(wait, time.Second)
	went := now.Sub(p.resumed)
	whole := went + wait
	// What was accepted in a cycle with its pause is the limit where windows are counted. A bucket takes as much or more.
	steady, late := 0.99*float64(p.accepted)/whole.Seconds(), 0.0
	switch before, early := p.rate, now.Before(p.kept); {
	case p.accepted == 0: // the last pause was too short, which says nothing about the rate
	case wait > shortWait && (!p.whole || p.accepted < telling): // others may have used most of this window
		p.rate, p.step = max(steady, before/2), max(p.step, 2)
	case wait > shortWait:
		p.rate, late, p.step = steady, 0.99/whole.Seconds(), max(p.step, 2)
	case early:
		if went > soon {
			p.doubted = 0
		}
		if p.doubted == 0 && p.bunched < behind-leastBehind {
			p.bunched++
		} else {
			p.rate = max(before*(1-min(doubt*math.Pow(3, float64(p.doubted)), mostDoubt)), steady)
		}
		p.doubted++
	default:
		p.rate, p.step, p.doubted = max(p.passed(before), steady), min(p.step+1, len(steps)-1), 0
	}
	p.rate, p.late = max(p.rate, leastRate), late
	p.resumed, p.whole = now.Add(wait), true
	p.due = p.resumed
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
