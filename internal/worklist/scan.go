package worklist

import (
	"context"
	"slices"

	"protime-admin/internal/day"
	"protime-admin/internal/parallel"
)

// scan reads and judges the dates of one shared reading. One goroutine, that of run, owns it; jobs beside it read lists
// and hand over what they read.
type scan struct {
	*shared
	lists   reader
	dates   []string // that are read: the day before the period, the period as far as it has begun, the day after
	last    int      // of the dates that are judged, which begin at 1
	judged  int      // the next date to be judged
	given   int      // the next date whose rows are given out
	tracks  [3]*track
	results chan result
	running int // jobs, by their weight

	clockings   []*stock // by date; nil while not read and when not needed any more
	absences    map[key][]day.Absence
	assignments map[string][]day.Assignment // by person; those that ended are dropped
	judgements  []*judgement                // of the dates from given to judged
	asked       map[string]bool             // whose days before the period were asked for
	probed      int
}

// The positions in scan.tracks.
const (
	ofClockings = iota
	ofAbsences
	ofAssignments
)

// result is what a job did.
type result struct {
	weight int
	probe  []string   // the people of a probe
	habit  *judgement // whose people's days before were read
	track  int
	period period
	loaded loaded
	err    error
}

func newScan(s *shared) *scan {
	today := s.w.Register.Judge().Today()
	to := min(s.scope.To, max(today, s.scope.From)) // nothing has happened yet on later dates
	c := &scan{
		shared: s, lists: reader{w: s.w, shared: s, patience: longestPause}, judged: 1, given: 1, results: make(chan result), asked: map[string]bool{},
		absences: map[key][]day.Absence{}, assignments: map[string][]day.Assignment{},
	}
	c.dates = day.Dates(day.Shift(s.scope.From, -1), day.Shift(to, 1))
	c.last = len(c.dates) - 2
	c.clockings = make([]*stock, len(c.dates))
	c.tracks = [3]*track{
		newTrack(0, len(c.dates), len(s.scope.People)),
		newTrack(1, c.last+1, len(s.scope.People)),
		newTrack(1, c.last+1, len(s.scope.People)),
	}
	s.progress.Dates = c.last
	return c
}

// run reads and judges everything. It returns the error of the API that it ended with, nil when everything is judged.
func (c *scan) run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer func() {
		stop()
		for c.running > 0 { // no job outlives the reading
			c.running -= (<-c.results).weight
		}
	}()
	defer c.release() // also of a reading that breaks off: these dates are judged
	c.probe(ctx)
	for c.given <= c.last {
		for c.running < maxCalls && c.startNext(ctx) {
		}
		// A list that has ended makes room for the next one before a date is judged, so that the API is never waited
		// for twice.
		if !c.ready() {
			if err := c.finished(ctx, <-c.results); err != nil {
				return err
			}
			continue
		}
		select {
		case r := <-c.results:
			if err := c.finished(ctx, r); err != nil {
				return err
			}
		default:
			j := c.judge(c.judged)
			c.judged++
			c.judgements = append(c.judgements, j)
			c.askHabits(ctx, j)
			c.give()
		}
	}
	return ctx.Err()
}

// finished takes in what a job did.
func (c *scan) finished(ctx context.Context, r result) error {
	c.running -= r.weight
	if r.err != nil {
		return r.err
	}
	switch {
	case r.probe != nil: // its people are read again with everybody
		c.noteUnread(r.loaded.unread)
		c.judgeProbe(ctx, r.probe, r.loaded)
	case r.habit != nil:
		r.habit.asks = false
		c.give()
	default:
		c.take(r)
	}
	return nil
}

// start runs a job beside the others.
func (c *scan) start(r result, job func() (loaded, error)) {
	c.running += r.weight
	go func() {
		r.err = parallel.Guarded(func() (err error) {
			r.loaded, err = job()
			return err
		})
		c.results <- r
	}()
}

// startNext reads on with the track that is furthest behind; false where none may read on.
func (c *scan) startNext(ctx context.Context) bool {
	behind := -1
	for i, t := range c.tracks {
		if t.mayRead(c.judged) && (behind < 0 || t.at < c.tracks[behind].at) {
			behind = i
		}
	}
	if behind < 0 {
		return false
	}
	p := c.tracks[behind].next()
	dates := c.dates[p.from:p.until]
	from, to, expected := dates[0], dates[len(dates)-1], c.tracks[ofClockings].perDay
	c.start(result{weight: 1, track: behind, period: p}, func() (loaded, error) {
		switch behind {
		case ofAbsences:
			return c.lists.loadAbsences(ctx, c.filter, from, to)
		case ofAssignments:
			if p.from == 1 {
				from = day.Shift(from, -lookBack)
			}
			return c.lists.loadAssignments(ctx, c.filter, from, to)
		}
		return c.lists.loadClockings(ctx, c.filter, dates, expected)
	})
	return true
}

// take adds what a list gave to what is known.
func (c *scan) take(r result) {
	c.noteUnread(r.loaded.unread)
	c.tracks[r.track].read(r.period, r.loaded.rows)
	for i, s := range r.loaded.clockings {
		c.clockings[r.period.from+i] = s
	}
	for _, a := range r.loaded.absences {
		k := key{a.Person, a.Date}
		c.absences[k] = append(c.absences[k], a)
	}
	for _, a := range r.loaded.assignments {
		if a.Until >= c.dates[c.judged] {
			c.assignments[a.Person] = append(c.assignments[a.Person], a)
		}
	}
}

func (c *scan) noteUnread(collections []string) {
	for _, name := range collections {
		c.note(func(p *Progress) {
			if !slices.Contains(p.Unread, name) {
				p.Unread = append(slices.Clip(p.Unread), name) // followers hold the slice
			}
		})
	}
}

// ready reports whether the next date can be judged: everything of itself and the clockings of its neighbours are read.
func (c *scan) ready() bool {
	return c.judged <= c.last && c.tracks[ofClockings].done >= c.judged+2 && c.tracks[ofAbsences].done > c.judged &&
		c.tracks[ofAssignments].done > c.judged
}

// give gives out the rows of the dates that wait for no usual times, the earliest date first.
func (c *scan) give() {
	for len(c.judgements) > 0 && !c.judgements[0].asks {
		c.giveFirst()
	}
}

// giveFirst gives out the rows of the first date that has not been, with the usual times that are known.
func (c *scan) giveFirst() {
	j := c.judgements[0]
	for _, f := range j.waiting {
		j.rows = append(j.rows, rowOf(c.w.judge(f, c.usual(f.Person, f.Date))))
	}
	c.judgements = c.judgements[1:]
	c.given++
	c.shared.give(j.date, j.rows)
}

// release gives out the rows of all dates that are judged.
func (c *scan) release() {
	for len(c.judgements) > 0 {
		c.giveFirst()
	}
}

// forget drops what no later date needs.
func (c *scan) forget(at int) {
	c.clockings[at-1] = nil
	for k := range c.absences {
		if k.date <= c.dates[at] {
			delete(c.absences, k)
		}
	}
	for person, all := range c.assignments {
		left := slices.DeleteFunc(all, func(a day.Assignment) bool { return a.Until <= c.dates[at] })
		if len(left) == 0 {
			delete(c.assignments, person)
			continue
		}
		c.assignments[person] = left
	}
}
