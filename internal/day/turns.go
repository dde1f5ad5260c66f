package day

import "slices"

// stretch is a Stretch while a date is judged.
type stretch struct{ in, out *touch }

// turns are how the clockings of a date take turns.
type turns struct {
	stretches []stretch
	second    []touch
	close     [][2]touch // pairs that are less than MinGap apart, in order
	alone     *touch     // the clocking whose partner is missing; nil: none is
	hole      hole       // where, if alone
	running   bool
}

// turns lets the clockings of the date take turns.
func (j *judgement) turns() turns {
	var t turns
	row := j.own
	for i := range row {
		if row[i].again {
			t.close = append(t.close, [2]touch{row[i-1], row[i]})
		}
	}
	before, own, after := firsts(j.before), firsts(j.own), firsts(j.after)
	if j.crosses(before, own) {
		n := 1
		for n < len(row) && row[n].again {
			n++
		}
		t.second = append(t.second, row[1:n]...)
		row = row[n:]
	}
	var night *stretch
	if j.crosses(own, after) {
		n := len(row) - 1
		for row[n].again {
			n--
		}
		night = &stretch{in: &row[n], out: &after[0]}
		t.second = append(t.second, row[n+1:]...)
		row = row[:n]
	}
	row, second := inTurn(row)
	t.second = append(t.second, second...)
	t.stretches = make([]stretch, 0, len(row)/2+2)
	j.pair(&t, row)
	if night != nil {
		t.stretches = append(t.stretches, *night)
	}
	slices.SortFunc(t.second, inOrder)
	return t
}

// inTurn returns the touches that take a turn, and the second ones. Nobody works for less than MinGap, so a touch that
// would be an out so soon after its in is a second one. A break may be that short: a touch that would be an in so soon
// after an out is a second one only where the number comes out even without it.
func inTurn(all []touch) (row, second []touch) {
	if !slices.ContainsFunc(all, func(t touch) bool { return t.again }) {
		return all, nil
	}
	doubtful := -1
	for _, t := range all {
		switch {
		case t.again && len(row)%2 == 1:
			second = append(second, t)
			continue
		case t.again:
			doubtful = len(row)
		}
		row = append(row, t)
	}
	if len(row)%2 == 1 && doubtful >= 0 {
		second = append(second, row[doubtful])
		row = slices.Delete(row, doubtful, doubtful+1)
	}
	return row, second
}

// pair makes stretches of the touches, with a hole where their number is odd.
func (j *judgement) pair(t *turns, row []touch) {
	if len(row)%2 == 0 {
		for i := 0; i < len(row); i += 2 {
			t.stretches = append(t.stretches, stretch{&row[i], &row[i+1]})
		}
		return
	}
	t.hole = j.hole(row)
	// With the hole in it the row is even: its touch i stands at i, or at i+1 behind the hole.
	at := func(i int) *touch {
		switch {
		case i < t.hole.at:
			return &row[i]
		case i == t.hole.at:
			return nil
		}
		return &row[i-1]
	}
	for i := 0; i < len(row)+1; i += 2 {
		t.stretches = append(t.stretches, stretch{at(i), at(i + 1)})
	}
	t.alone = at(t.hole.at ^ 1)
	t.running = t.hole.at == len(row) && j.mayRun(row[len(row)-1])
}

// mayRun reports whether the out of the last in can still come: the date is today or later, or the in is no longer ago
// than a stretch may be and nobody has clocked since.
func (j *judgement) mayRun(in touch) bool {
	if j.now < minutesOfDay {
		return true
	}
	return j.now-in.at <= j.maxStretch && len(j.after) == 0
}
