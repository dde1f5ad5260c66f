package day

import "math"

// hole is the place of the clocking that is missing in a row of turns: an even place misses an in, an odd one an out.
type hole struct {
	at     int
	known  bool    // by a plan or usual times
	likely *Likely // the time that belongs there; nil: not known
}

// missing is "" where the place is not known.
func (h hole) missing() Direction {
	switch {
	case !h.known:
		return ""
	case h.at%2 == 0:
		return In
	}
	return Out
}

// hole finds the place at which an odd row misses a clocking. Without a plan and usual times it is taken to be the end.
func (j *judgement) hole(row []touch) hole {
	plan := j.plan()
	same := j.usual(func(u Usual) bool { return len(u.Times) == len(row)+1 })
	other := j.usual(func(u Usual) bool { return len(u.Times) != len(row)+1 })
	h := hole{at: len(row), known: plan != nil || same != nil || other != nil}
	switch {
	case plan != nil:
		h.at = j.outside(row, plan[0], plan[1])
	case same != nil:
		h.at = nearest(row, same.Times)
	case other != nil:
		h.at = j.outside(row, other.Times[0], other.Times[len(other.Times)-1])
	}
	inside := h.at > 0 && h.at < len(row)
	if inside && same != nil {
		h.at = nearest(row, same.Times)
	}
	h.likely = j.fill(row, h.at, plan, same, other)
	return h
}

// plan is the start and the end of the one assignment of the date; nil where there are none or several that disagree.
func (j *judgement) plan() []int {
	var plan []int
	for _, a := range j.assignments {
		if a.Start == nil || a.End == nil || *a.End <= *a.Start {
			continue
		}
		if plan == nil {
			plan = []int{*a.Start, *a.End}
			continue
		}
		plan = []int{min(plan[0], *a.Start), max(plan[1], *a.End)}
	}
	return plan
}

// usual is the best known usual times of those wanted: of the same weekday, then of the most days.
func (j *judgement) usual(wanted func(Usual) bool) *Usual {
	var best *Usual
	for i := range j.Usual {
		u := &j.Usual[i]
		if len(u.Times) == 0 || len(u.Times)%2 == 1 || !wanted(*u) {
			continue
		}
		if best == nil || u.Weekday && !best.Weekday || u.Weekday == best.Weekday && u.Days > best.Days {
			best = u
		}
	}
	return best
}

// beside is how near an expected time a clocking has to be to be taken for it where nothing else decides, in minutes.
const beside = 30

// outside finds the hole of a row by the start and the end of the day: the in is missing where the first clocking is
// well after the start and the last is nearer the end than the first is to the start. Where both are there, the hole is
// inside: the return from a break.
func (j *judgement) outside(row []touch, start, end int) int {
	first, last := distance(row[0].at, start), distance(row[len(row)-1].at, end)
	switch {
	case len(row) > 1 && first <= beside && last <= beside:
		return len(row) - 1
	case last < first && row[0].at > start:
		return 0
	}
	return len(row)
}

// nearest finds the hole at which the rest of the usual times is nearest to the row; the last one of several.
func nearest(row []touch, times []int) int {
	best, least := len(row), math.MaxInt
	for at := len(row); at >= 0; at-- {
		sum := 0
		for i, t := range row {
			expected := times[i]
			if i >= at {
				expected = times[i+1]
			}
			sum += distance(t.at, expected)
		}
		if sum < least {
			best, least = at, sum
		}
	}
	return best
}

// fill is the time that belongs into a hole: planned, else usual. It has to fall between its neighbours and to make a
// stretch that is not too long.
func (j *judgement) fill(row []touch, at int, plan []int, same, other *Usual) *Likely {
	outer := at == 0 || at == len(row)
	edge := func(times []int) int {
		if at == 0 {
			return times[0]
		}
		return times[len(times)-1]
	}
	if plan != nil && outer {
		if minute := edge(plan); j.fits(row, at, minute) {
			return &Likely{Do: Add, Minute: minute, Source: Planned}
		}
	}
	if same != nil && j.fits(row, at, same.Times[at]) {
		return &Likely{Do: Add, Minute: same.Times[at], Source: Habit, Days: same.Days, Weekday: same.Weekday}
	}
	if other != nil && outer {
		if minute := edge(other.Times); j.fits(row, at, minute) {
			return &Likely{Do: Add, Minute: minute, Source: Habit, Days: other.Days, Weekday: other.Weekday}
		}
	}
	return nil
}

// fits reports whether a minute can stand in a hole.
func (j *judgement) fits(row []touch, at, minute int) bool {
	if at > 0 && minute-row[at-1].at < j.minGap || at < len(row) && row[at].at-minute < j.minGap {
		return false
	}
	length := 0
	switch {
	case at%2 == 1:
		length = minute - row[at-1].at
	case at < len(row):
		length = row[at].at - minute
	}
	return length <= j.maxStretch && minute >= -minutesOfDay && minute <= 2*minutesOfDay
}

func distance(a, b int) int {
	if a < b {
		return b - a
	}
	return a - b
}
