package day

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// touch is a clocking with the moment it falls on, in minutes since midnight of the date that is judged.
type touch struct {
	*Clocking
	day int // of its own date: -1, 0 or +1
	at  int
}

// judgement is a date while it is judged.
type judgement struct {
	Facts
	rules       Rules
	minGap      int
	maxStretch  int
	all         []touch // in order of time, then id
	absences    []Absence
	assignments []Assignment
	now         int // in minutes since midnight of the date
}

// judgement sorts the facts; false for a date that is none.
func (r Rules) judgement(f Facts) (*judgement, bool) {
	before, after, ok := around(f.Date)
	if !ok {
		return nil, false
	}
	j := &judgement{Facts: f, rules: r, minGap: r.minGap(), maxStretch: r.maxStretch(), now: sinceMidnight(f)}
	for i := range f.Clockings {
		c := &f.Clockings[i]
		day := 0
		switch c.Date {
		case before:
			day = -1
		case after:
			day = 1
		case f.Date:
		default:
			continue
		}
		j.all = append(j.all, touch{Clocking: c, day: day, at: day*minutesOfDay + c.Minute})
	}
	slices.SortFunc(j.all, inOrder)
	for _, a := range f.Absences {
		if a.Date == f.Date {
			j.absences = append(j.absences, a)
		}
	}
	for _, a := range f.Assignments {
		if a.Covers(f.Date) {
			j.assignments = append(j.assignments, a)
		}
	}
	slices.SortFunc(j.absences, func(a, b Absence) int { return compareIDs(a.ID, b.ID) })
	slices.SortFunc(j.assignments, func(a, b Assignment) int { return compareIDs(a.ID, b.ID) })
	return j, true
}

func inOrder(a, b touch) int { return cmp.Or(cmp.Compare(a.at, b.at), compareIDs(a.ID, b.ID)) }

func always(touch) bool { return true }

func turning(t touch) bool { return t.turns() }

// touches are those of a day, in order.
func (j *judgement) touches(day int, wanted func(touch) bool) []touch {
	var some []touch
	for _, t := range j.all {
		if t.day == day && wanted(t) {
			some = append(some, t)
		}
	}
	return some
}

const minutesOfDay = 24 * 60

// sinceMidnight is how many minutes ago the date began; a date is long over where no clock is given.
func sinceMidnight(f Facts) int {
	date, err := time.Parse(time.DateOnly, f.Date)
	today, wrong := time.Parse(time.DateOnly, f.Today)
	if err != nil || wrong != nil {
		return math.MaxInt32
	}
	return int(today.Sub(date)/time.Minute) + f.Now
}
