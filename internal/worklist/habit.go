package worklist

import (
	"context"
	"slices"

	"protime-admin/internal/day"
)

// Usual times are those of the days before a date, as on a person's page. Where the dates of the period that were judged
// do not tell them, one list reads the days before the period, of the people concerned alone.
const (
	habitDays   = 28
	habitPeople = 500 // at most in a reading; the rows of others have no likely time
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

// usual are the person's usual times by the days before a date, as far as they are known; nil: too few are.
func (s *shared) usual(person, date string) []day.Usual {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h := s.habits[person]; h != nil {
		return h.UsualBefore(date, habitDays)
	}
	return nil
}

// askHabits begins to read the days before the period of those whose rows of a date want usual times that the earlier
// dates of the period do not tell. Everybody is asked for once.
func (c *scan) askHabits(ctx context.Context, j *judgement) {
	if day.Shift(j.date, -habitDays) >= c.dates[1] {
		return // everything that counts was judged
	}
	var people []string
	for _, f := range j.waiting {
		if len(c.asked) < habitPeople && !c.asked[f.Person] && c.usual(f.Person, f.Date) == nil {
			c.asked[f.Person] = true
			people = append(people, f.Person)
		}
	}
	who, err := numbers(people)
	if len(people) == 0 || err != nil {
		return
	}
	j.asks = true
	c.start(result{weight: 1, habit: j}, func() (loaded, error) {
		c.readHabits(ctx, people, who, j.date)
		return loaded{}, nil
	})
}

// readHabits learns from the days that are before a date and before the period. Usual times that cannot be read are no
// reason to end the reading with an error: every date is judged.
func (c *scan) readHabits(ctx context.Context, ids []string, who []int64, date string) {
	dates := day.Dates(day.Shift(date, -habitDays-1), c.dates[1]) // with a neighbour on either side
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
