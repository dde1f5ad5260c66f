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
	if broken(TooClose) && len(t.second) > 0 {
		return &Likely{Do: Delete, Clocking: t.second[0].ID, Source: SecondTouch}
	}
	return nil
}
