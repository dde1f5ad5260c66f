package handlers

import (
	"slices"
	"strings"

	"protime-admin/internal/change"
	"protime-admin/internal/day"
)

// position is where a row stands: by date, then by name.
type position struct{ date, name, person string }

func (w *worklistPage) position(d personDay) position {
	return w.x.positionOf(d.person, d.date)
}

func (p position) before(other position) bool { return p.compare(other) < 0 }

func (p position) compare(other position) int {
	for _, pair := range [][2]string{{p.date, other.date}, {p.name, other.name}, {p.person, other.person}} {
		if c := strings.Compare(pair[0], pair[1]); c != 0 {
			return c
		}
	}
	return 0
}

// workday is a row before it is drawn.
type workday struct {
	personDay
	at   position
	day  *day.Day // nil: only the change is known
	left *change.Acknowledgement
	made *change.Receipt
}

// isOpen reports whether somebody still has to look at the day.
func (d workday) isOpen() bool { return d.left == nil && d.made == nil }

// workdays are the rows of a date in order: what breaks a rule, and once it is judged what was made right.
func (s *workSource) workdays(date string, days []day.Day, judged bool) []workday {
	var all []workday
	for i := range days {
		d := workday{personDay: personDay{days[i].Person, date}, day: &days[i]}
		s.drawn[d.personDay] = true
		switch {
		case len(days[i].Findings) == 0 && s.corrected.doubtful(d.personDay) != nil:
		case len(days[i].Findings) == 0:
			if d.made = s.corrected.made(d.personDay); d.made == nil {
				continue // it was made right in Protime
			}
		default:
			for _, a := range s.left[d.personDay] {
				if inForce(a, days[i]) {
					d.left = &a
				}
			}
		}
		all = append(all, d)
	}
	for of := range s.corrected {
		if !judged || of.date != date || s.drawn[of] || !s.scope.has(s.x, of) {
			continue
		}
		d := workday{personDay: of, made: s.corrected.made(of)}
		if s.corrected.doubtful(of) != nil {
			d.made = nil
		} else if d.made == nil {
			continue
		}
		if read, ok := s.reread[of]; ok {
			d.day = &read
		} else if d.made == nil {
			d.day = &day.Day{Person: of.person, Date: date}
		}
		all = append(all, d)
	}
	for i := range all {
		all[i].at = s.position(all[i].personDay)
	}
	slices.SortFunc(all, func(a, b workday) int { return a.at.compare(b.at) })
	return all
}

// tabsOf are the rules that a day breaks, as tabs have them: a missing clock-in is another one than a missing clock-out.
func tabsOf(d day.Day) []string {
	var tabs []string
	for _, f := range d.Findings {
		tab := string(f.Rule)
		if f.Rule == day.OddCount && f.Missing != "" {
			tab = "no-" + string(f.Missing)
		}
		if !slices.Contains(tabs, tab) {
			tabs = append(tabs, tab)
		}
	}
	return tabs
}
