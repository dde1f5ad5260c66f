package audit

import (
	"sync"
	"time"
)

// SteadyClock is a clock that follows the machine's wall clock and ignores its short jumps: a reading that is off by
// ten seconds or more counts when it has held for ten minutes. read returns the wall clock, and how long the process
// has run, which nobody can set. A SQLite log has such a clock; a PostgreSQL log goes by the server's.
func SteadyClock(read func() (now time.Time, running time.Duration)) func() time.Time {
	return (&clock{read: read}).now
}

// A reading that is off by less than smallStep counts at once, a larger one when it has held for acceptedAfter.
const (
	smallStep     = 10 * time.Second
	acceptedAfter = 10 * time.Minute
)

// clock is the state of a SteadyClock.
type clock struct {
	read func() (now time.Time, running time.Duration)

	mu       sync.Mutex
	offset   time.Duration // of the accepted time from running
	rejected time.Duration // offset of the last reading that was not accepted
	since    time.Duration // when that offset began, as running
	started  bool
}

func newClock() *clock {
	start := time.Now()
	return &clock{read: func() (time.Time, time.Duration) { return time.Now().Round(0), time.Since(start) }}
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	now, running := c.read()
	offset := time.Duration(now.UnixNano()) - running
	switch {
	case !c.started, near(offset, c.offset):
		c.started, c.offset, c.rejected = true, offset, offset
	case !near(offset, c.rejected):
		c.rejected, c.since = offset, running
	case running-c.since >= acceptedAfter:
		c.offset = offset
	}
	return time.Unix(0, int64(c.offset+running))
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
func (l *Log) nowArgument() any {
	if l.dialect.server && l.options.Now == nil {
		return nil
	}
	return micros(l.now())
}
