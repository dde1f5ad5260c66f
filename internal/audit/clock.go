package audit

import (
	"sync"
	"time"
)

// clock is the process's own clock, for a SQLite log; a PostgreSQL log goes by the server's. It believes a reading that
// departs from the time that has passed only when it has held for a while: one wrong reading changes nothing, and a
// clock that was set right counts soon after.
type clock struct {
	// read returns what the machine says the time is, and how long the process has run, which nobody can set.
	read func() (now time.Time, running time.Duration)

	mu      sync.Mutex
	ahead   time.Duration // of the believed time before running
	other   time.Duration // the same of the last reading that was not believed
	since   time.Duration // when that began, as running
	started bool
}

// A reading that is off by less than smallStep is believed at once, a larger one when it has held for believedAfter.
const (
	smallStep     = 10 * time.Second
	believedAfter = 10 * time.Minute
)

func newClock() *clock {
	start := time.Now()
	return &clock{read: func() (time.Time, time.Duration) { return time.Now().Round(0), time.Since(start) }}
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	now, running := c.read()
	ahead := time.Duration(now.UnixNano()) - running
	switch {
	case !c.started, near(ahead, c.ahead):
		c.started, c.ahead, c.other = true, ahead, ahead
	case !near(ahead, c.other):
		c.other, c.since = ahead, running
	case running-c.since >= believedAfter:
		c.ahead = ahead
	}
	return time.Unix(0, int64(c.ahead+running))
}

func near(a, b time.Duration) bool { return (a - b).Abs() < smallStep }

// now is the time by the process's clock.
func (l *Log) now() time.Time {
	if l.options.Now != nil {
		return l.options.Now()
	}
	return l.clock.now()
}

// given is what the dialect's now takes as $1: the time in microseconds, nil where the database's clock tells.
func (l *Log) given() any {
	if l.dialect.server && l.options.Now == nil {
		return nil
	}
	return micros(l.now())
}
