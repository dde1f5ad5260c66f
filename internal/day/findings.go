package day

import "slices"

// findings are the rules that the date breaks, in the order of AllRules.
func (j *judgement) findings(t turns) []Finding {
	var all []Finding
	if t.alone != nil && !t.running && j.now >= minutesOfDay {
		all = append(all, Finding{Rule: OddCount, Clockings: []string{t.alone.ID}, Missing: t.hole.missing()})
	}
	for _, pair := range t.close {
		all = append(all, Finding{
			Rule: TooClose, Clockings: []string{pair[0].ID, pair[1].ID}, Minutes: pair[1].at - pair[0].at,
			SameTerminal: pair[0].Terminal != "" && pair[0].Terminal == pair[1].Terminal,
		})
	}
	for _, s := range t.stretches {
		if s.in != nil && s.out != nil && s.out.at-s.in.at > j.maxStretch {
			all = append(all, Finding{
				Rule: LongStretch, Clockings: []string{s.in.ID, s.out.ID}, Minutes: s.out.at - s.in.at,
			})
		}
	}
	if f, ok := j.overlap(); ok {
		all = append(all, f)
	}
	all = append(all, j.onAbsence()...)
	if f, ok := j.outsideEmployment(); ok {
		all = append(all, f)
	}
	var generated []string
	for _, c := range j.own {
		if c.Generated {
			generated = append(generated, c.ID)
		}
	}
	if generated != nil {
		all = append(all, Finding{Rule: BySystem, Clockings: generated})
	}
	if j.notClocked() {
		all = append(all, Finding{Rule: NoClocking})
	}
	return all
}

// overlap finds a clocking of the day before, with an extended time, that falls after the first one of this day, or
// one of this day that falls before the last one of the day before.
func (j *judgement) overlap() (Finding, bool) {
	if len(j.before) == 0 || len(j.own) == 0 {
		return Finding{}, false
	}
	last, first := j.before[len(j.before)-1], j.own[0]
	if last.at <= first.at {
		return Finding{}, false
	}
	return Finding{Rule: Overlap, Clockings: []string{last.ID, first.ID}, Minutes: last.at - first.at}, true
}

// onAbsence finds the clockings inside each absence.
func (j *judgement) onAbsence() []Finding {
	var all []Finding
	for _, a := range j.absences {
		if !a.Counts() {
			continue
		}
		var on []string
		for _, c := range j.own {
			if a.covers(c.at) {
				on = append(on, c.ID)
			}
		}
		if on != nil {
			all = append(all, Finding{Rule: OnAbsence, Clockings: on, Absence: a.ID})
		}
	}
	return all
}

func (j *judgement) outsideEmployment() (Finding, bool) {
	inside := (j.InService == "" || j.Date >= j.InService) && (j.OutOfService == "" || j.Date <= j.OutOfService)
	if inside || len(j.own) == 0 {
		return Finding{}, false
	}
	f := Finding{Rule: OutsideEmployment}
	for _, c := range j.own {
		f.Clockings = append(f.Clockings, c.ID)
	}
	return f, true
}

// notClocked reports whether somebody with a plan and no absence made no clocking of any kind. A clocking of a
// neighbouring day counts where it falls near the plan, for nights.
func (j *judgement) notClocked() bool {
	active := func(c *Clocking) bool { return !c.Deleted }
	if len(j.own) > 0 || slices.ContainsFunc(j.rest, active) || len(j.assignments) == 0 || j.now < minutesOfDay {
		return false
	}
	for _, a := range j.absences {
		if a.Period == "" || a.Period == "Day" {
			return false // whoever may be away, or works elsewhere, is not expected to clock
		}
	}
	for _, a := range j.assignments {
		start, end := 0, minutesOfDay
		if a.Start != nil && a.End != nil && *a.Start < *a.End {
			start, end = *a.Start, *a.End
		}
		if j.now < end {
			return false
		}
		near := func(c touch) bool { return c.at >= start-nearPlan && c.at <= end+nearPlan }
		if start < 0 && slices.ContainsFunc(j.before, near) || end > minutesOfDay && slices.ContainsFunc(j.after, near) {
			return false
		}
	}
	return (j.InService == "" || j.Date >= j.InService) && (j.OutOfService == "" || j.Date <= j.OutOfService)
}

// nearPlan is how far from a planned night a clocking of a neighbouring day may be to belong to it, in minutes.
const nearPlan = 2 * 60
