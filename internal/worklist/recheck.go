package worklist

import (
	"context"
	"slices"

	"protime-admin/internal/day"
	"protime-admin/protime"
)

// farApart is how many days after a date another one is read by a list of its own: a clocking may be moved by years.
const farApart = 31

// Recheck reads a person's dates again, after a change, in one list where they are near each other, and brings the
// readings that have them up to date. It returns the rows of the dates, also those that nothing is wrong with any more,
// by date. A change can move a night, so the days before and after are judged as well. Absences and assignments are
// those that the readings know. saw is called with each page of a list that is read. Errors are those of the API, also
// of one that asks for a pause: a request waits for this.
func (w *Worklist) Recheck(ctx context.Context, person string, saw func([]protime.Record), dates ...string) ([]Row, error) {
	if len(dates) == 0 {
		return nil, nil
	}
	dates = slices.Sorted(slices.Values(dates))
	for i := 1; i < len(dates); i++ {
		if dates[i] > day.Shift(dates[i-1], farApart) {
			earlier, err := w.Recheck(ctx, person, saw, dates[:i]...)
			if err != nil {
				return nil, err
			}
			later, err := w.Recheck(ctx, person, saw, dates[i:]...)
			return append(earlier, later...), err
		}
	}
	scope, _, err := Scope{From: dates[0], To: dates[len(dates)-1], People: []string{person}}.normal()
	if err != nil {
		return nil, err
	}
	ids, err := numbers(scope.People)
	if err != nil {
		return nil, err
	}
	read := day.Dates(day.Shift(scope.From, -2), day.Shift(scope.To, 2))
	l, err := reader{w: w, saw: saw}.loadClockings(ctx, people(ids), read, 4)
	if err != nil {
		return nil, err
	}
	var all []day.Clocking
	for _, s := range l.clockings {
		all = s.of(all, person)
	}
	var rows []Row
	readings := w.readings()
	judge := w.Register.Judge()
	for _, date := range read[1 : len(read)-1] {
		f := judge.Facts(day.Facts{Person: person, Date: date, Clockings: all})
		var usual []day.Usual
		for _, s := range readings {
			f.Absences, f.Assignments, usual = s.recall(f, usual)
		}
		row := rowOf(w.judge(f, usual))
		row.Resolved = len(row.Day.Findings) == 0
		for _, s := range readings {
			s.bring(row)
		}
		if slices.Contains(dates, date) {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// recall adds to facts what a reading knows of the date.
func (s *shared) recall(f day.Facts, usual []day.Usual) ([]day.Absence, []day.Assignment, []day.Usual) {
	if found := s.usual(f.Person, f.Date); found != nil {
		usual = found
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if row := s.at[key{f.Person, f.Date}]; row != nil {
		return row.Day.Absences, row.Day.Assignments, usual
	}
	return f.Absences, f.Assignments, usual
}

// bring brings a reading up to date. What it finds of the date later was read before the change, and does not count.
func (s *shared) bring(row Row) {
	if row.Date < s.scope.From || row.Date > s.scope.To {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rechecked[key{row.Person, row.Date}] = row
	if s.at[key{row.Person, row.Date}] == nil && (row.Resolved || !s.includes(row.Person) || s.comes(row.Date)) {
		return
	}
	s.put(row)
	s.tell()
}

// comes reports whether the rows of a date are still to be given out. The caller holds s.mu.
func (s *shared) comes(date string) bool { return date > s.progress.Through && !s.ended() }

// includes reports whether a person is surely in the scope: who is in a circle, the API alone knows.
func (s *shared) includes(person string) bool {
	if len(s.scope.Circles)+len(s.scope.OrgGroups) > 0 {
		return false
	}
	return len(s.scope.People) == 0 || slices.Contains(s.scope.People, person)
}
