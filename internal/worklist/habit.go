package worklist

import (
	"context"
	"maps"
	"slices"

	"protime-admin/internal/day"
)

// Where the period itself does not tell a person's usual times, one list reads the days before it, of the people
// concerned alone.
const (
	habitDays   = 28
	habitPeople = 500 // at most; the rows of others have no likely time
)

// lacksTime reports whether a person's usual times could still give a likely time.
func lacksTime(d day.Day) bool {
	return d.Likely == nil && slices.ContainsFunc(d.Findings, func(f day.Finding) bool { return f.Rule == day.OddCount })
}

// learn adds a judged date to what is usual for the person.
func (c *scan) learn(d day.Day) {
	if len(d.Stretches) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	h := c.habits[d.Person]
	if h == nil {
		h = &day.History{}
		c.habits[d.Person] = h
	}
	h.Learn(d)
}

// withHabit judges a date again with the person's usual times; false where they are not known.
func (c *scan) withHabit(f day.Facts) (Row, bool) {
	usual := c.usual(f.Person, f.Date)
	if usual == nil {
		return Row{}, false
	}
	return rowOf(c.w.judge(f, usual)), true
}

func (s *shared) usual(person, date string) []day.Usual {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h := s.habits[person]; h != nil {
		return h.Usual(date)
	}
	return nil
}

// ripe are the waiting rows whose people's usual times are known now.
func (c *scan) ripe() []Row {
	var rows []Row
	c.waiting = slices.DeleteFunc(c.waiting, func(f day.Facts) bool {
		row, ok := c.withHabit(f)
		if ok {
			rows = append(rows, row)
		}
		return ok
	})
	return rows
}

// settleWaiting reads the days before the period for the rows that wait still, and gives out those that it helps. Usual
// times that cannot be read are no reason to end the reading with an error: every date is judged.
func (c *scan) settleWaiting(ctx context.Context) error {
	if len(c.waiting) == 0 {
		return nil
	}
	concerned := map[string]bool{}
	for _, f := range c.waiting {
		concerned[f.Person] = true
	}
	ids := slices.Sorted(maps.Keys(concerned))
	ids = ids[:min(len(ids), habitPeople)]
	if who, err := numbers(ids); err == nil {
		c.readHabits(ctx, ids, who)
	}
	c.add(c.ripe())
	return ctx.Err()
}

// release gives out the rows that still wait, without a likely time.
func (c *scan) release() {
	var rows []Row
	for _, f := range c.waiting {
		rows = append(rows, rowOf(c.w.judge(f, nil)))
	}
	c.waiting = nil
	c.add(rows)
}

// readHabits learns from the days before the period.
func (c *scan) readHabits(ctx context.Context, ids []string, who []int64) {
	var dates []string
	for i := habitDays + 1; i > 0; i-- { // with a neighbour on either side
		dates = append(dates, day.Shift(c.dates[1], -i))
	}
	l, err := c.lists.loadClockings(ctx, people(who), dates, 3*len(ids))
	if err != nil {
		return
	}
	judge := c.w.Register.Judge()
	for _, person := range ids {
		var all []day.Clocking
		for _, s := range l.clockings {
			all = s.of(all, person)
		}
		for _, date := range dates[1 : len(dates)-1] {
			c.learn(judge.Day(day.Facts{Person: person, Date: date, Clockings: all}))
		}
	}
}
