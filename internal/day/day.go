// Package day judges one person's date: which clockings are in and which out, which rules the date breaks, and what is
// the likely correction. It calls nothing and knows no clock: Rules.Judge turns Facts into a Day.
//
// # In and out
//
// An InOut clocking has no direction (documentation: clocking model), so direction is inferred, here and nowhere else:
//
//   - Clockings of kind InOut and Reason take turns: in, out, in, out. A Reason says why somebody leaves or comes, and
//     is taken for a turn like any other. Activity and ActivityEnd take none.
//   - A clocking counts for its own `date`, which an extended time (below 0, or 1440 and more) forces in Protime as
//     well; it is ordered by the moment it falls on.
//   - The last clocking of a date and the first of the next are one stretch of the earlier date, where they are at most
//     MaxStretch apart, or a quarter more from an evening to a morning, and both dates come out better with it: see
//     night.go.
//   - A clocking less than MinGap after another is a second touch of the same where in and out would otherwise be that
//     close, or where the date comes out even without it.
//   - Of an odd number, the person's plan or usual times tell which is missing. Where there are none, the last stands
//     without a partner, and nobody knows whether it was an in.
//
// Deleted clockings count for nothing.
//
// # Rules
//
//	odd-count           a clocking has no partner: an in or an out is missing
//	too-close           two clockings are less than RULE_MIN_GAP apart
//	long-stretch        between an in and its out is more than RULE_MAX_STRETCH
//	overlap             a clocking of the day before falls after the first of this one
//	on-absence          a clocking falls inside an absence
//	outside-employment  a clocking is before the first or after the last day of service
//	by-system           a clocking was made by Protime and by nobody
//	no-clocking         an assignment, no absence, and no clocking; the day is over
package day

import "slices"

// Facts are what is known of one person's date. Dates are yyyy-mm-dd.
type Facts struct {
	Person, Date string
	Clockings    []Clocking   // of the date, the day before and the day after, in any order; others are ignored
	Absences     []Absence    // of the date, in any order; others are ignored
	Assignments  []Assignment // that may cover the date; others are ignored
	// InService and OutOfService are the first and last day of service, ClosedUntil the last day of the closed period;
	// "" where there is none, or none is known.
	InService, OutOfService, ClosedUntil string
	// Today and Now, in minutes since its midnight, are the wall clock of TIME_ZONE.
	Today string
	Now   int
	Usual []Usual // the person's usual times, by number of clockings; nil: not known
}

// Usual is when a person clocks on the whole days that have as many clockings.
type Usual struct {
	Times   []int // minutes since midnight: in, out, in, out; always an even number
	Days    int   // how many days they are the median of
	Weekday bool  // those days are the same day of the week
}

// Stretch is a time at work. In and Out are inferred; one of them is nil where it is missing.
type Stretch struct{ In, Out *Clocking }

// Day is a judged date.
type Day struct {
	Person, Date string
	// Stretches are in order of time. Every active InOut or Reason of the date stands in one of them, or in Second, or
	// in the last stretch of the day before.
	Stretches []Stretch
	Second    []Clocking // second touches, which take no turn
	Gone      []Clocking // deleted
	Other     []Clocking // Activity and ActivityEnd
	// Beside are the clockings of the date and of the day after that stand in a stretch of another date. They are given of
	// a date with findings.
	Beside      []Clocking
	Absences    []Absence
	Assignments []Assignment
	Findings    []Finding // in the order of the rules; none: the date is as it should be
	Likely      *Likely   // nil: nothing is known, and a guess without a source is none
	Worked      int       // minutes of the stretches that have both ends
	Closed      bool      // the date is in the closed period
	// Running says that the last stretch has no out and may get one yet: the day is not over.
	Running bool
}

// Judge judges a date. It panics on nothing: a date that is none makes an empty Day.
func (r Rules) Judge(f Facts) Day {
	d := Day{Person: f.Person, Date: f.Date, Closed: f.Date <= f.ClosedUntil}
	j, ok := r.judgement(f)
	if !ok {
		return d
	}
	d.Absences, d.Assignments = j.absences, j.assignments
	for _, c := range j.rest {
		if c.Deleted {
			d.Gone = append(d.Gone, *c)
			continue
		}
		d.Other = append(d.Other, *c)
	}
	t := j.turns()
	if len(t.stretches) > 0 {
		d.Stretches = make([]Stretch, 0, len(t.stretches))
	}
	for _, s := range t.stretches {
		stretch := Stretch{}
		if s.in != nil {
			stretch.In = s.in.Clocking
		}
		if s.out != nil {
			stretch.Out = s.out.Clocking
		}
		if s.in != nil && s.out != nil {
			d.Worked += s.out.at - s.in.at
		}
		d.Stretches = append(d.Stretches, stretch)
	}
	for _, c := range t.second {
		d.Second = append(d.Second, *c.Clocking)
	}
	d.Running = t.running
	d.Findings = j.findings(t)
	if len(r.Off) > 0 {
		d.Findings = slices.DeleteFunc(d.Findings, func(f Finding) bool { return slices.Contains(r.Off, f.Rule) })
	}
	d.Likely = j.likely(t, d.Findings)
	if len(d.Findings) > 0 {
		d.Beside = j.beside(d)
	}
	return d
}

// Clone returns a Day that shares no memory of clockings with the Facts that it was judged from.
func (d Day) Clone() Day {
	d.Stretches = slices.Clone(d.Stretches)
	for i, s := range d.Stretches {
		d.Stretches[i] = Stretch{In: s.In.clone(), Out: s.Out.clone()}
	}
	for _, some := range []*[]Clocking{&d.Second, &d.Gone, &d.Other, &d.Beside} {
		*some = slices.Clone(*some)
		for i := range *some {
			(*some)[i] = *(*some)[i].clone()
		}
	}
	return d
}
