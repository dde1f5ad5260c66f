package worklist

import (
	"maps"
	"slices"

	"protime-admin/internal/day"
)

// judgement is a judged date whose rows are not given out yet.
type judgement struct {
	date    string
	rows    []Row
	waiting []day.Facts // of rows that the person's usual times may give a likely time
	asks    bool        // usual times are being read
}

// judge judges everybody's date and forgets what is not needed any more.
func (c *scan) judge(at int) *judgement {
	date := c.dates[at]
	judge := c.w.Register.Judge()
	j := &judgement{date: date}
	var buffer []day.Clocking // that is used for each person
	var near [3]cursor
	person := func(id string) {
		buffer = buffer[:0]
		for i := range near {
			buffer = near[i].of(buffer, id)
		}
		f := judge.Facts(day.Facts{
			Person: id, Date: date, Clockings: buffer,
			Absences: c.absences[key{id, date}], Assignments: c.assignments[id],
		})
		c.judgePerson(j, f)
	}
	rewind := func() {
		for i := range near {
			near[i] = cursor{stock: c.clockings[at-1+i]}
		}
	}
	clocked := c.clockings[at]
	rewind()
	for _, h := range clocked.people {
		person(h.person)
	}
	rewind()
	for _, id := range slices.Sorted(maps.Keys(c.assignments)) { // who was to come and did not
		if _, ok := clocked.find(id); !ok {
			person(id)
		}
	}
	c.forget(at)
	return j
}

// judgePerson adds the row of one person's date, if there is one. The lists in the facts may be overwritten afterwards.
func (c *scan) judgePerson(j *judgement, f day.Facts) {
	judged := c.w.judge(f, nil)
	switch {
	case len(judged.Findings) == 0:
		c.learn(judged)
		if row, ok := c.nothing(judged); ok {
			j.rows = append(j.rows, row)
		}
	case lacksTime(judged):
		f.Clockings, f.Assignments = slices.Clone(f.Clockings), slices.Clone(f.Assignments)
		j.waiting = append(j.waiting, f)
	default:
		j.rows = append(j.rows, rowOf(judged))
	}
}

// nothing is the row of a date that a probe found something on and that was corrected since.
func (c *scan) nothing(d day.Day) (Row, bool) {
	if d.Date != c.dates[1] {
		return Row{}, false // no probe is of a later date
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.at[key{d.Person, d.Date}] == nil {
		return Row{}, false
	}
	row := rowOf(d)
	row.Resolved = true
	return row, true
}

// rowOf makes a row that shares no memory with the facts.
func rowOf(d day.Day) Row { return Row{Person: d.Person, Date: d.Date, Day: d.Clone()} }
