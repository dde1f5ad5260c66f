package day

import "slices"

// likely is the correction of the date: the missing clocking, else the second touch.
func (j *judgement) likely(t turns, found []Finding) *Likely {
	broken := func(rule Rule) bool {
		return slices.ContainsFunc(found, func(f Finding) bool { return f.Rule == rule })
	}
	if broken(OddCount) {
		return t.hole.likely
	}
	for _, pair := range t.close {
		second := slices.ContainsFunc(t.second, func(s touch) bool { return s.ID == pair[1].ID })
		// A Reason beside an InOut says why somebody left: it repeats nothing.
		if broken(TooClose) && second && pair[0].Kind == pair[1].Kind && pair[0].Reason == pair[1].Reason {
			return &Likely{Do: Delete, Clocking: pair[1].ID, Source: SecondTouch}
		}
	}
	return nil
}
