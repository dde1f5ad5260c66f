package handlers

import (
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"protime-admin/internal/day"
	"protime-admin/internal/worklist"
	"protime-admin/views"
)

// tally counts what was found.
type tally struct {
	open, done int
	asked      int // that break the rule that was asked for, and are open
	drawn      int
	hidden     int // rows that were not drawn because there are too many
	rules      map[string]int
	focused    bool   // a row has the focus
	first      string // element id of the first open row that was drawn
}

// workSource gives the bands of the worklist while it follows the reading.
type workSource struct {
	*worklistPage
	next   func() (worklist.Update, error, bool)
	update worklist.Update
	err    error
	more   bool
	done   string // the first date whose days that are done were not told yet
	told   string // the date of the last band
	drawn  map[personDay]bool
	late   bool // rows of a date that was told may still come
	end    *views.WorkEnd
}

// begin reads until there is something to show, or to say why there is not.
func (s *workSource) begin() {
	s.done = s.scope.From
	for {
		s.update, s.err, s.more = s.next()
		if p := s.update.Progress; !s.more || s.err != nil || p.Whole || p.Through != "" || len(s.update.Rows) > 0 {
			s.late = !s.isWhole()
			return
		}
	}
}

// isWhole reports whether everything is known without waiting.
func (s *workSource) isWhole() bool { return s.err == nil && s.update.Progress.Whole }

// whole are all bands of what is known, with the end filled.
func (s *workSource) whole() iter.Seq[views.WorkBand] {
	return slices.Values(slices.Collect(iter.Seq[views.WorkBand](s.bands)))
}

// bands yields rows as they are found, those of a date together as far as they come together, and how far the reading is
// in between.
func (s *workSource) bands(yield func(views.WorkBand) bool) {
	for s.more && s.err == nil {
		if !s.tell(yield) {
			return
		}
		if s.update.Progress.Whole {
			break
		}
		if !yield(views.WorkBand{Progress: s.progress()}) {
			return
		}
		s.update, s.err, s.more = s.next()
	}
	s.ended()
}

// tell yields the bands of one update.
func (s *workSource) tell(yield func(views.WorkBand) bool) bool {
	for date, days := range s.dates() {
		band, ok := s.band(date, days)
		if ok && !yield(band) {
			return false
		}
	}
	return true
}

// dates are the rows of one update by date: what it found, and the days that are done of the dates that were judged.
func (s *workSource) dates() iter.Seq2[string, []workday] {
	return func(yield func(string, []workday) bool) {
		found := map[string][]day.Day{}
		for _, row := range s.update.Rows {
			if s.scope.holds(s.x, personDay{row.Person, row.Date}) {
				found[row.Date] = append(found[row.Date], row.Day)
			}
		}
		through := s.update.Progress.Through
		if s.update.Progress.Whole {
			through = s.scope.To
		}
		var judged []string
		for ; s.done != "" && s.done <= min(through, s.scope.To); s.done = day.Shift(s.done, 1) {
			judged = append(judged, s.done)
		}
		dates := slices.Concat(judged, slices.Collect(maps.Keys(found)))
		slices.Sort(dates)
		for _, date := range slices.Compact(dates) {
			if !yield(date, s.workdays(date, found[date], slices.Contains(judged, date))) {
				return
			}
		}
	}
}

// band draws days of a date; false where none of them is shown. The date and what is to do on it are said where they
// are known and were not said.
func (s *workSource) band(date string, days []workday) (views.WorkBand, bool) {
	open, done := 0, 0
	var rows []views.WorkRow
	for _, d := range days {
		switch {
		case !s.isAsked(d):
		case d.isOpen():
			open++
		case !s.hideDone:
			done++
		}
		if row, ok := s.draw(d); ok {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return views.WorkBand{}, false
	}
	band := views.WorkBand{Rows: slices.Values(rows)}
	if s.told == date {
		return band, true
	}
	s.told, band.Text = date, s.x.words.LongDay(date)
	if s.late {
		return band, true
	}
	var counts []string
	if open > 0 {
		counts = append(counts, s.x.words.N("desk.band.open", open))
	}
	if done > 0 {
		counts = append(counts, s.x.words.N("desk.band.done", done))
	}
	band.Counts = strings.Join(counts, ", ")
	return band, true
}

// draw counts a day and makes its row; false where it is not shown.
func (s *workSource) draw(d workday) (views.WorkRow, bool) {
	t := &s.tally
	if !d.isOpen() {
		t.done++
	} else {
		t.open++
		for _, tab := range tabsOf(*d.day) {
			if t.rules == nil {
				t.rules = map[string]int{}
			}
			t.rules[tab]++
		}
	}
	if s.hideDone && !d.isOpen() || !s.isAsked(d) {
		return views.WorkRow{}, false
	}
	if d.isOpen() {
		t.asked++
	}
	if t.drawn >= s.most {
		t.hidden++
		return views.WorkRow{}, false
	}
	t.drawn++
	switch {
	case d.made != nil:
		return s.doneRow(d.personDay, *d.made, d.day), true
	case d.left != nil:
		return s.leftRow(*d.day, *d.left), true
	}
	row := s.row(*d.day)
	if t.first == "" {
		t.first = row.ID
	}
	s.focus(&row, d.at)
	return row, true
}

// isAsked reports whether a day breaks the rule that was asked for, or is the one that was just dealt with: it stays, with
// its undo, although it breaks no rule any more.
func (s *workSource) isAsked(d workday) bool {
	return s.rule == "" || d.day != nil && slices.Contains(tabsOf(*d.day), s.rule) || !d.isOpen() && d.at == s.after
}

// focus makes a row the current one where it is the first to go on with.
func (s *workSource) focus(row *views.WorkRow, at position) {
	if row.Left != nil {
		row.Current, s.tally.focused = true, true
		return
	}
	order := at.compare(s.after)
	if s.tally.focused || s.leave != "" || s.after != (position{}) && (order < 0 || order == 0 && !s.itself) {
		return
	}
	if row.Add == nil && row.Way == nil {
		return
	}
	row.Current, row.Focus, s.tally.focused = true, true, true
}

// progress is how far the reading is.
func (s *workSource) progress() *views.WorkProgress {
	x, p := s.x, s.update.Progress
	view := &views.WorkProgress{Value: p.Judged, Max: p.Dates}
	view.Text = x.words.N("desk.found", s.tally.open) + " " +
		x.words.T("desk.read-days", "read", x.words.Count(p.Judged), "all", x.words.Count(p.Dates))
	if !p.PausedUntil.IsZero() {
		view.Text += " " + x.words.T("desk.paused", "time", s.clock(p.PausedUntil))
	}
	return view
}

func (s *workSource) clock(at time.Time) string { return at.In(s.x.s.Config.TimeZone).Format("15:04") }
