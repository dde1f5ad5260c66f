package day

import (
	"cmp"
	"math"
	"slices"
)

// History collects when a person clocked on whole days: those with an even number of clockings and nothing wrong. The
// zero value is empty.
type History struct {
	// Each day is its number since 2000, how many clockings it has, and their minutes: a year of everybody stays small.
	packed []int16
	days   int
}

// epoch is the day number that a History counts from: that of 2000-01-01.
const epoch = 730_120

// sinceEpoch counts days; false for what is no date, or centuries away.
func sinceEpoch(date string) (int16, bool) {
	number, ok := dayNumber(date)
	if number -= epoch; !ok || number < math.MinInt16 || number > math.MaxInt16 {
		return 0, false
	}
	return int16(number), true
}

// Learn adds a judged date, if it is a whole day. A date that is added twice counts twice.
func (h *History) Learn(d Day) {
	number, ok := sinceEpoch(d.Date)
	if !ok || len(d.Findings) > 0 || d.Running || len(d.Stretches) == 0 {
		return
	}
	from := len(h.packed)
	h.packed = append(h.packed, number, int16(2*len(d.Stretches))) //nolint:gosec // a person's day has few stretches
	for _, s := range d.Stretches {
		if s.In == nil || s.Out == nil {
			h.packed = h.packed[:from]
			return
		}
		out := s.Out.Minute
		if s.Out.Date > d.Date {
			out += minutesOfDay
		}
		h.packed = append(h.packed, int16(s.In.Minute), int16(out)) //nolint:gosec // -1440 to 4320
	}
	h.days++
}

// Days is how many whole days were added.
func (h *History) Days() int { return h.days }

// leastDays is of how many days, at least, a usual time is the median.
const leastDays = 3

// Usual returns the person's usual times, for a date that is not one of the days itself: for each number of clockings
// that at least three days have, the medians of those, and of those on the same weekday where they are at least
// three.
func (h *History) Usual(date string) []Usual { return h.usual(date, math.MinInt16, math.MaxInt16) }

// UsualBefore is Usual of so many days before the date alone.
func (h *History) UsualBefore(date string, days int) []Usual { return h.usual(date, -days, -1) }

// usual is Usual of the days from one to another, in days after the date.
func (h *History) usual(date string, from, to int) []Usual {
	number, ok := sinceEpoch(date)
	if !ok {
		return nil
	}
	type kind struct {
		count   int16
		weekday bool
	}
	days := map[kind][][]int16{}
	for rest := h.packed; len(rest) > 0; rest = rest[2+rest[1]:] {
		at, count := rest[0], rest[1]
		if after := int(at) - int(number); after == 0 || after < from || after > to {
			continue
		}
		times := rest[2 : 2+count]
		days[kind{count, false}] = append(days[kind{count, false}], times)
		if (at-number)%7 == 0 {
			days[kind{count, true}] = append(days[kind{count, true}], times)
		}
	}
	var all []Usual
	for k, same := range days {
		if len(same) < leastDays {
			continue
		}
		u := Usual{Times: make([]int, k.count), Days: len(same), Weekday: k.weekday}
		column := make([]int16, len(same))
		for i := range u.Times {
			for d, times := range same {
				column[d] = times[i]
			}
			slices.Sort(column)
			u.Times[i] = int(column[len(column)/2])
		}
		all = append(all, u)
	}
	slices.SortFunc(all, func(a, b Usual) int { // of as many days both, if all are of the weekday
		return cmp.Or(len(a.Times)-len(b.Times), a.Days-b.Days)
	})
	return all
}
