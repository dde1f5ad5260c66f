package day

import (
	"cmp"
	"math"
	"slices"
)

// touch is a clocking that takes turns, with the moment it falls on, in minutes since midnight of the date that is
// judged.
type touch struct {
	*Clocking
	at    int
	again bool // less than MinGap after the one before it on its date
}

// judgement is a date while it is judged.
type judgement struct {
	Facts
	minGap      int
	maxStretch  int
	before      []touch // of the day before, in order of time
	own         []touch
	after       []touch
	rest        []*Clocking // of the date, that take no turn
	absences    []Absence
	assignments []Assignment
	now         int // in minutes since midnight of the date
}

const minutesOfDay = 24 * 60

// judgement sorts the facts; false for a date that is none.
func (r Rules) judgement(f Facts) (*judgement, bool) {
	date, ok := dayNumber(f.Date)
	if !ok {
		return nil, false
	}
	j := &judgement{Facts: f, minGap: r.minGap(), maxStretch: r.maxStretch(), now: math.MaxInt32}
	if today, ok := dayNumber(f.Today); ok { // a date is long over where no clock is given
		j.now = (today-date)*minutesOfDay + f.Now
	}
	number, text := date, f.Date // of the last date seen: most clockings are of the same date as the one before
	all := make([]touch, 0, len(f.Clockings))
	for _, day := range []struct {
		distance int
		touches  *[]touch
	}{{-1, &j.before}, {0, &j.own}, {1, &j.after}} {
		begin := len(all)
		for i := range f.Clockings {
			c := &f.Clockings[i]
			if c.Date != text {
				number, ok = dayNumber(c.Date)
				text = c.Date
			}
			switch {
			case !ok || number != date+day.distance:
			case c.turns():
				all = append(all, touch{Clocking: c, at: day.distance*minutesOfDay + c.Minute})
			case day.distance == 0:
				j.rest = append(j.rest, c)
			}
		}
		*day.touches = all[begin:len(all):len(all)]
		j.sort(*day.touches)
	}
	slices.SortFunc(j.rest, func(a, b *Clocking) int {
		return cmp.Or(cmp.Compare(a.Minute, b.Minute), compareIDs(a.ID, b.ID))
	})
	j.known(f)
	return j, true
}

// sort orders the touches of a date and finds those that come too soon.
func (j *judgement) sort(touches []touch) {
	slices.SortFunc(touches, inOrder)
	for i := 1; i < len(touches); i++ {
		touches[i].again = touches[i].at-touches[i-1].at < j.minGap
	}
}

// known takes the absences and assignments of the date.
func (j *judgement) known(f Facts) {
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
}

func inOrder(a, b touch) int {
	if a.at != b.at {
		return cmp.Compare(a.at, b.at)
	}
	return compareIDs(a.ID, b.ID)
}

// firsts are the touches without those that come too soon.
func firsts(touches []touch) []touch {
	if !slices.ContainsFunc(touches, func(t touch) bool { return t.again }) {
		return touches
	}
	return slices.DeleteFunc(slices.Clone(touches), func(t touch) bool { return t.again })
}
