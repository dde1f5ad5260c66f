package batch_test

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"protime-admin/internal/batch"
)

// counted is a limit as an API may have it: a bucket, or a window.
type counted struct {
	mu        sync.Mutex
	most      float64
	perSecond float64       // of a bucket
	window    time.Duration // of a window
	taken     float64
	at        time.Time
}

func (c *counted) take() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	switch passed := now.Sub(c.at); {
	case c.window == 0:
		c.taken, c.at = max(0, c.taken-passed.Seconds()*c.perSecond), now
	case passed >= c.window:
		c.taken, c.at = 0, now.Truncate(c.window)
	}
	if c.taken+1 <= c.most {
		c.taken++
		return 0
	}
	wait := time.Duration((c.taken + 1 - c.most) / c.perSecond * float64(time.Second))
	if c.window > 0 {
		wait = c.at.Add(c.window).Sub(now)
	}
	return (wait + time.Second - 1).Truncate(time.Second)
}

func TestThePaceReachesNearlyWhatALimitAllows(t *testing.T) {
	tests := []struct {
		name    string
		limit   *counted
		rate    float64
		latency time.Duration
		calls   int
		share   float64
		still   time.Duration // the computer stands still for up to so long, every two seconds or so
	}{
		{"a bucket of 5 at 5 a second", &counted{most: 5, perSecond: 5}, 5, 50 * time.Millisecond, 10_000, 0.95, 0},
		{"a bucket of 5 at 10 a second", &counted{most: 5, perSecond: 10}, 10, 50 * time.Millisecond, 10_000, 0.95, 0},
		{"a bucket of 5 at 50 a second", &counted{most: 5, perSecond: 50}, 50, 20 * time.Millisecond, 10_000, 0.95, 0},
		{"a bucket of 20 at 100 a second", &counted{most: 20, perSecond: 100}, 100, 20 * time.Millisecond, 30_000, 0.95, 0},
		{
			"a bucket of 5 at 50 a second, while the computer stands still now and then",
			&counted{most: 5, perSecond: 50}, 50, 20 * time.Millisecond, 10_000, 0.92, 100 * time.Millisecond,
		},
		{"10 in a second", &counted{most: 10, window: time.Second}, 10, 50 * time.Millisecond, 10_000, 0.94, 0},
		{"50 in a second", &counted{most: 50, window: time.Second}, 50, 20 * time.Millisecond, 10_000, 0.95, 0},
		{"100 in ten seconds", &counted{most: 100, window: 10 * time.Second}, 10, 50 * time.Millisecond, 10_000, 0.95, 0},
		{"600 in a minute", &counted{most: 600, window: time.Minute}, 10, 50 * time.Millisecond, 10_000, 0.95, 0},
		{"3000 in a minute", &counted{most: 3000, window: time.Minute}, 50, 20 * time.Millisecond, 10_000, 0.95, 0},
		{"60 in a minute", &counted{most: 60, window: time.Minute}, 1, 50 * time.Millisecond, 2_000, 0.95, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(17 * time.Second) // in the midst of a window
				limit := test.limit
				var pace batch.Pace
				var made, refused atomic.Int64
				var late []time.Duration
				var mu sync.Mutex
				began := time.Now()
				random := rand.New(rand.NewPCG(1, 2))
				upTo := func(d time.Duration) time.Duration {
					mu.Lock()
					defer mu.Unlock()
					return time.Duration(random.Int64N(int64(d) + 1))
				}
				var still [2]time.Time
				pass := func(d time.Duration) {
					time.Sleep(d)
					mu.Lock()
					now := time.Now()
					if now.After(still[1]) {
						still[0] = now.Add(time.Duration(random.Int64N(int64(4 * time.Second))))
						still[1] = still[0].Add(time.Duration(random.Int64N(int64(test.still) + 1)))
					}
					rest := still[1].Sub(now)
					if now.Before(still[0]) {
						rest = 0
					}
					mu.Unlock()
					time.Sleep(rest)
				}
				var workers sync.WaitGroup
				for range 8 {
					workers.Go(func() {
						for made.Load() < int64(test.calls) {
							if pace.Wait(t.Context()) != nil {
								return
							}
							pass(upTo(test.still / 4)) // it is written to the log
							for {
								sent, err := pace.Leave(t.Context())
								if err != nil {
									return
								}
								pass(test.latency / 2)
								wait := limit.take()
								pass(test.latency / 2)
								if wait == 0 {
									pace.Accepted(sent)
									made.Add(1)
									break
								}
								pace.Refused(sent, wait)
								refused.Add(1)
								mu.Lock()
								late = append(late, time.Since(began).Round(time.Second))
								mu.Unlock()
								if pace.Wait(t.Context()) != nil {
									return
								}
							}
						}
					})
				}
				workers.Wait()
				took := time.Since(began).Seconds()
				share := float64(made.Load()) / took / test.rate
				t.Logf("%.3f of the limit, %d refused, in %.0f s %v", share, refused.Load(), took, late)
				steady := 0 // pauses in the second half
				for i, at := range late {
					if at.Seconds() > took/2 && (i == 0 || at-late[i-1] > time.Second) {
						steady++
					}
				}
				if test.still == 0 && steady > 1+int(took/2/60) {
					t.Errorf("%d pauses in the second half, want one a minute at most", steady)
				}
				if share < test.share {
					t.Errorf("got %.3f of what the limit allows, want %.2f", share, test.share)
				}
			})
		})
	}
}

func TestThePaceLetsPeopleGoFirst(t *testing.T) {
	tests := []struct {
		name    string
		serving bool
		last    time.Duration // ago; negative: nobody was ever there
		within  [2]int        // calls in ten seconds at a limit of 10 a second that is known
	}{
		{"nobody is there", false, -1, [2]int{88, 100}},
		{"somebody was there a while ago", false, 10 * time.Second, [2]int{88, 100}},
		{"somebody is working", false, time.Second, [2]int{70, 80}},
		{"a page is always being made", true, 0, [2]int{30, 80}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				limit := &counted{most: 5, perSecond: 10}
				present := false
				pace := batch.Pace{People: func() (bool, time.Time) {
					if !present || test.last < 0 {
						return false, time.Time{}
					}
					return test.serving, time.Now().Add(-test.last)
				}}
				calls := func(length time.Duration) (made int) {
					for end := time.Now().Add(length); time.Now().Before(end); {
						if pace.Wait(t.Context()) != nil {
							return made
						}
						left, err := pace.Leave(t.Context())
						if err != nil {
							return made
						}
						if wait := limit.take(); wait > 0 {
							pace.Refused(left, wait)
							continue
						}
						pace.Accepted(left)
						made++
					}
					return made
				}
				calls(40 * time.Second) // it knows the limit
				present = true
				if made := calls(10 * time.Second); made < test.within[0] || made > test.within[1] {
					t.Errorf("%d calls in ten seconds, want %d to %d", made, test.within[0], test.within[1])
				}
			})
		})
	}
}

func TestACallWithoutAnAnswerHoldsNoOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limit := &counted{most: 5, perSecond: 10}
		var pace batch.Pace
		calls := func(length time.Duration, answered func() bool) (made int) {
			for end := time.Now().Add(length); time.Now().Before(end); {
				if pace.Wait(t.Context()) != nil {
					break
				}
				left, err := pace.Leave(t.Context())
				if err != nil {
					break
				}
				switch wait := limit.take(); {
				case wait > 0:
					pace.Refused(left, wait)
				case answered():
					time.Sleep(time.Millisecond)
					pace.Accepted(left)
					made++
				}
			}
			return made
		}
		calls(40*time.Second, func() bool { return true }) // it knows the limit, and that answers come at once
		asked := 0
		if made := calls(10*time.Second, func() bool { asked++; return asked%10 != 0 }); made < 75 {
			t.Errorf("%d calls were answered in ten seconds of which every tenth is not, want 75", made)
		}
	})
}

func TestNoRowBeginsInAPauseThatBeganWhileItWaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var pace batch.Pace
		if err := pace.Wait(t.Context()); err != nil { // the next one has to wait for its turn
			t.Fatal(err)
		}
		left, err := pace.Leave(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		time.AfterFunc(time.Millisecond, func() { pace.Refused(left, 40*time.Second) })
		if err := pace.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(began); waited < 40*time.Second {
			t.Errorf("a row began %v after the API asked to wait for 40s", waited)
		}
	})
}

func TestARefusalThatSaysLittleAboutTheLimitLeavesMostOfTheRate(t *testing.T) {
	tests := []struct {
		name  string
		calls int           // before the refusal
		idle  time.Duration // before the last of them
		limit bool          // the limit was met before
	}{
		{"at the third call, because others have used the window", 3, 0, false},
		{"after an afternoon without calls", 200, 4 * time.Hour, false},
		{"after an afternoon without calls, since the limit was met", 200, 4 * time.Hour, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var pace batch.Pace
				var left time.Time
				call := func() {
					var err error
					if left, err = pace.Leave(t.Context()); err != nil || pace.Wait(t.Context()) != nil {
						t.Fatal(err)
					}
					pace.Accepted(left)
				}
				for range tt.calls {
					call()
				}
				if tt.limit {
					pace.Refused(time.Now(), time.Second)
					call()
				}
				time.Sleep(tt.idle)
				for range tt.calls {
					call()
				}
				before := pace.Rate()
				if left, _ = pace.Leave(t.Context()); left.IsZero() {
					t.Fatal("it did not leave")
				}
				pace.Refused(left, 45*time.Second)
				if rate := pace.Rate(); rate < before/2 {
					t.Errorf("got %.2f calls a second after %.2f, want half of that", rate, before)
				}
			})
		})
	}
}

// Where an API refuses everything for a while, it is soon called as before: the first call after a
// pause that is refused says that the pause was too short, and nothing about the rate.
func TestThePaceIsSoonThatOfBeforeWhenAnAPIHasRefusedEverything(t *testing.T) {
	for _, test := range []struct {
		name  string
		ask   time.Duration // Retry-After
		long  time.Duration
		reads bool // the first call after each wait is taken
		want  int  // calls in a minute; a long wait is taken for a part of what the limit counts
	}{
		{"longer than the wait that it asks for", 10 * time.Second, 15 * time.Second, false, 600},
		{"with short waits", time.Second, 30 * time.Second, false, 600},
		{"for many long waits", 30 * time.Second, 10 * time.Minute, false, 600},
		{"that writes, for some long waits", 8 * time.Second, 40 * time.Second, true, 30},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var pace batch.Pace
				limit := &counted{most: 5, perSecond: 20}
				began := time.Now()
				again := time.Minute + test.long
				end, taken, waited := again+2*time.Minute, 0, false
				for time.Since(began) < end {
					left, err := pace.Leave(t.Context())
					if err != nil {
						t.Fatal(err)
					}
					time.Sleep(10 * time.Millisecond)
					at, wait := time.Since(began), test.ask
					if at < time.Minute || at >= again || test.reads && waited {
						wait = limit.take()
					}
					if waited = wait > 0; waited {
						pace.Refused(left, wait)
						continue
					}
					pace.Accepted(left)
					if at >= again+time.Minute {
						taken++
					}
				}
				if taken < test.want {
					t.Errorf("a minute later: got %d calls in a minute, want %d at least", taken, test.want)
				}
			})
		})
	}
}
