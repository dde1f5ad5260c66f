package worklist

import (
	"context"

	"protime-admin/internal/day"
	"protime-admin/internal/parallel"
)

// A large company's first date is whole only after three dates were read. So a few people are asked for first, of whom
// a page or two hold everything that the first date needs, then more, until there is a row.
const (
	smallScope  = 50 // people whose dates are whole at once
	probeWeight = 3  // calls at once
)

// probes are how many people are asked for: three dates of 30 are some 200 clockings.
func probes() []int { return []int{30, 120, 480} }

// probe begins a probe, if the scope is large and it is known who is in it.
func (c *scan) probe(ctx context.Context) {
	if len(c.scope.Circles)+len(c.scope.OrgGroups) > 0 || c.probed == len(probes()) {
		return
	}
	people := c.candidates()
	ids, err := numbers(people)
	if len(people) == 0 || err != nil {
		return
	}
	r := result{weight: 1, probe: people}
	if c.probed == 0 {
		r.weight = probeWeight // nothing else goes before it
	}
	c.probed++
	c.start(r, func() (loaded, error) { return c.loadProbe(ctx, ids) })
}

// candidates are people of the scope, others each time.
func (c *scan) candidates() []string {
	skip, n := 0, probes()[c.probed]
	for _, before := range probes()[:c.probed] {
		skip += before
	}
	if known := c.scope.People; len(known) > 0 {
		if len(known) <= smallScope {
			return nil
		}
		return known[min(skip, len(known)):min(skip+n, len(known))]
	}
	if c.w.Employed == nil {
		return nil
	}
	var people []string
	for id := range c.w.Employed(c.dates[1]) {
		if skip > 0 {
			skip--
			continue
		}
		if people = append(people, id); len(people) == n {
			break
		}
	}
	return people
}

// loadProbe reads what the first date of a few people needs, all at once.
func (c *scan) loadProbe(ctx context.Context, ids []int64) (loaded, error) {
	who, date := people(ids), c.dates[1]
	var all [3]loaded
	var errs [3]error
	var reading parallel.Group
	read := func(i int, load func() (loaded, error)) {
		reading.Go(func() {
			all[i], errs[i] = load()
		})
	}
	read(0, func() (loaded, error) { return c.lists.loadClockings(ctx, who, c.dates[:3], len(ids)) })
	read(1, func() (loaded, error) { return c.lists.loadAbsences(ctx, who, date, date) })
	read(2, func() (loaded, error) { return c.lists.loadAssignments(ctx, who, day.Shift(date, -lookBack), date) })
	reading.Wait()
	for _, err := range errs {
		if err != nil {
			return loaded{}, err
		}
	}
	return loaded{
		clockings: all[0].clockings, absences: all[1].absences, assignments: all[2].assignments,
		unread: append(all[1].unread, all[2].unread...),
	}, nil
}

// judgeProbe gives out the rows of a probe whose likely times are known, and begins another one where there are none.
func (c *scan) judgeProbe(ctx context.Context, people []string, l loaded) {
	if c.judged > 1 {
		return // the first date is judged already
	}
	var rows []Row
	judge := c.w.Register.Judge()
	for _, person := range people {
		f := day.Facts{Person: person, Date: c.dates[1]}
		for _, s := range l.clockings {
			f.Clockings = s.of(f.Clockings, person)
		}
		for _, a := range l.absences {
			if a.Person == person {
				f.Absences = append(f.Absences, a)
			}
		}
		for _, a := range l.assignments {
			if a.Person == person {
				f.Assignments = append(f.Assignments, a)
			}
		}
		if d := judge.Day(f); len(d.Findings) > 0 && !lacksTime(d) {
			rows = append(rows, rowOf(d))
		}
	}
	if len(rows) == 0 {
		c.probe(ctx)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(rows)
}
