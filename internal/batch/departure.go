package batch

import (
	"context"
	"math"
	"slices"
	"time"
)

// Leave returns when the next call may leave: those that have waited for something else meanwhile leave one after the
// other, and not all at once. Its end is told to Accepted or Refused with the time that is returned; the zero time with
// an error when ctx ends first.
func (p *Pace) Leave(ctx context.Context) (time.Time, error) {
	for {
		now := time.Now()
		wait := p.leaves(now)
		if wait <= 0 {
			return now, nil
		}
		if err := sleep(ctx, wait); err != nil {
			return time.Time{}, err
		}
	}
}

// leaves counts a call that leaves now, or returns how long it has to wait before it asks again.
func (p *Pace) leaves(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.begin(now)
	share := p.share(now)
	gap := time.Duration(float64(time.Second) / (p.rate * share))
	due := later(p.due, now.Add(-time.Duration(behind-p.bunched)*gap))
	if share < 1 {
		due = later(p.due, now) // people come first: nothing is made up for
	}
	if wait := max(p.resumed.Sub(now), due.Sub(now), p.left.Add(gap*4/5).Sub(now)); wait > 0 {
		return wait
	}
	p.out = slices.DeleteFunc(p.out, func(left time.Time) bool { return now.Sub(left) > p.hold() })
	if usual := p.rate * p.latency; p.latency > 0 && len(p.out) >= int(math.Ceil(spare*usual)) {
		return gap
	}
	if last := later(p.left, p.resumed); now.Sub(last) > max(idle, idleCalls*gap) {
		p.resumed, p.whole, p.accepted, p.calls = now, false, 0, 0
	}
	p.recent[p.calls%len(p.recent)] = now
	p.left, p.due = now, due.Add(gap)
	p.calls++
	p.out = append(p.out, now)
	return 0
}

// hold is how long a call that waits for its answer keeps others from leaving.
func (p *Pace) hold() time.Duration {
	return max(shortHold, time.Duration(4*p.latency*float64(time.Second)))
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

// ended counts a call that waits for no answer any more.
func (p *Pace) ended(left, now time.Time) {
	p.out = slices.DeleteFunc(p.out, left.Equal)
	took := now.Sub(left).Seconds()
	if p.latency == 0 {
		p.latency = took
	}
	p.latency += 0.1 * (min(took, 2*p.latency+0.01) - p.latency)
}
