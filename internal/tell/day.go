package tell

import (
	"fmt"
	"strings"
	"time"

	"protime-admin/internal/day"
	"protime-admin/views"
)

// DayLinks say where the punches of a day lead. A function that is nil, or returns "", gives no link.
type DayLinks struct {
	Show   func(clocking string) string // its page, for who may not change it
	Edit   func(clocking string) string
	Delete func(clocking string) string
	// Add leads to the form of a new clocking; minute is from 0 to 1439 of the date, nil where no time is likely.
	Add func(date string, minute *int) string
	New string // id of the clocking that was changed just now
}

// FrameOf is the part of the day in which all times of these days can be drawn.
func FrameOf(days ...day.Day) views.Frame {
	for _, d := range days {
		for _, minute := range minutesOf(d) {
			if !views.OfficeHours().Holds(minute) {
				return views.WholeDay()
			}
		}
	}
	return views.OfficeHours()
}

// minutesOf are the times of a day that a drawing shows.
func minutesOf(d day.Day) []int {
	var minutes []int
	for _, s := range d.Stretches {
		for _, c := range []*day.Clocking{s.In, s.Out} {
			if c != nil {
				minutes = append(minutes, minuteOn(d.Date, *c))
			}
		}
	}
	for _, a := range d.Assignments {
		if a.Start != nil && a.End != nil {
			minutes = append(minutes, *a.Start, *a.End)
		}
	}
	return minutes
}

// minuteOn is the time of a clocking in minutes since midnight of a date, which need not be the clocking's own.
func minuteOn(date string, c day.Clocking) int {
	if c.Date == date {
		return c.Minute
	}
	from, errFrom := time.Parse(time.DateOnly, date)
	to, errTo := time.Parse(time.DateOnly, c.Date)
	if errFrom != nil || errTo != nil {
		return c.Minute
	}
	return int(to.Sub(from).Hours())*60 + c.Minute
}

// Length is a length of time as tables have it: "7:36".
func (w *Words) Length(minutes int) string {
	sign := ""
	if minutes < 0 {
		sign, minutes = "−", -minutes
	}
	return fmt.Sprintf("%s%d:%02d", sign, minutes/60, minutes%60)
}

// JudgedDay puts a judged day into words: its punches, what is wrong with it, and its drawing in a frame.
func (w *Words) JudgedDay(d day.Day, f views.Frame, links DayLinks) views.Day {
	t := dayTeller{Words: w, day: d, frame: f, links: links, odd: map[string]bool{}}
	for _, finding := range d.Findings {
		switch finding.Rule {
		case day.TooClose, day.Overlap, day.BySystem:
			for _, id := range finding.Clockings {
				t.odd[id] = true
			}
		}
	}
	view := views.Day{
		Date: d.Date, Stretches: t.stretches(), Issues: t.issues(), Notes: t.notes(),
		Drawn: views.DrawnDay{Frame: f, Shapes: t.shapes()},
	}
	if len(d.Stretches) > 0 {
		view.Worked = w.Length(d.Worked)
	}
	return view
}

// dayTeller has what the parts of one day's words share.
type dayTeller struct {
	*Words
	day   day.Day
	frame views.Frame
	links DayLinks
	odd   map[string]bool // clockings that a rule doubts
}

func (t *dayTeller) stretches() []views.Stretch {
	var all []views.Stretch
	alone := func(p views.Punch) { all = append(all, views.Stretch{Punches: []views.Punch{p}}) }
	for _, s := range t.day.Stretches {
		var punches []views.Punch
		for _, end := range []struct {
			clocking  *day.Clocking
			direction day.Direction
		}{{s.In, day.In}, {s.Out, day.Out}} {
			alone := t.alone()
			switch {
			case end.clocking != nil && alone != nil && alone.Missing == "" && alone.Clockings[0] == end.clocking.ID:
				punches = append(punches, t.undirected(*end.clocking))
			case end.clocking != nil:
				punches = append(punches, t.punch(*end.clocking, end.direction))
			case alone != nil && (alone.Missing == "" || alone.Missing == end.direction):
				punches = append(punches, t.place(alone.Missing))
			}
		}
		all = append(all, views.Stretch{Punches: punches})
	}
	for _, c := range t.day.Second {
		alone(t.punch(c, ""))
	}
	for _, c := range t.day.Other {
		alone(t.punch(c, ""))
	}
	for _, c := range t.day.Gone {
		alone(views.Punch{
			ID: c.ID, Text: ClockText(t.minute(c)), Icon: "bin", Tone: "gone", Unseen: t.T("list.deleted"),
		})
	}
	return all
}

// alone is the finding of a clocking without a partner, nil where there is none: a day that is not over has an open
// stretch and lacks nothing yet.
func (t *dayTeller) alone() *day.Finding {
	for i := range t.day.Findings {
		if t.day.Findings[i].Rule == day.OddCount {
			return &t.day.Findings[i]
		}
	}
	return nil
}

// undirected is a clocking of which nobody knows whether it is an in or an out.
func (t *dayTeller) undirected(c day.Clocking) views.Punch {
	p := t.punch(c, day.In)
	said := t.direction(day.In)
	if p.Icon == string(day.In) {
		p.Icon = "info"
	}
	p.Unseen = t.T("day.in-or-out") + strings.TrimPrefix(p.Unseen, said)
	if p.Change != "" {
		p.Change = t.label("", t.day.Date)
	}
	return p
}

// punch is one clocking. direction is "" for one that takes no turn.
func (t *dayTeller) punch(c day.Clocking, direction day.Direction) views.Punch {
	p := views.Punch{
		ID: c.ID, Text: ClockText(t.minute(c)), Icon: string(direction), Unseen: t.direction(direction), Was: t.beside(c),
	}
	switch {
	case direction != "":
	case c.Kind == "InOut":
		p.Icon, p.Unseen = "twins", t.T("day.second")
	default:
		p.Icon, p.Unseen = "info", t.Printer.Value("kind", c.Kind)
	}
	switch {
	case c.ID == t.links.New:
		p.Icon, p.Tone, p.Unseen = "check", "new", p.Unseen+", "+t.T("day.changed-now")
	case edited(c):
		p.Icon, p.Unseen = "edit", p.Unseen+", "+t.T("day.changed")
	case c.Generated:
		p.Unseen += ", " + t.T("list.generated")
	}
	if t.odd[c.ID] && p.Tone == "" {
		p.Tone = "odd"
	}
	if !t.day.Closed && t.links.Edit != nil {
		p.Href = t.links.Edit(c.ID)
	}
	switch {
	case p.Href != "":
		p.Change, p.Verb, p.On = t.label(direction, t.day.Date), t.T("day.save"), c.Date
	case t.links.Show != nil:
		p.Href = t.links.Show(c.ID)
	}
	return p
}

// edited reports whether the time is not the one that was registered.
func edited(c day.Clocking) bool { return c.Original != nil && *c.Original != c.Minute }

// beside is what stands beside a time: the reason, the day it falls on, what it was.
func (t *dayTeller) beside(c day.Clocking) string {
	var words []string
	if c.Reason != "" {
		words = append(words, t.named("absence-definitions", c.Reason))
	}
	if other := t.otherDay(t.minute(c)); other != "" {
		words = append(words, other)
	}
	switch {
	case edited(c):
		words = append(words, t.T("day.was", "time", ClockText(*c.Original)))
	case c.Calculated != nil && *c.Calculated != c.Minute:
		words = append(words, t.T("day.counts", "time", ClockText(*c.Calculated)))
	}
	return strings.Join(words, ", ")
}

// otherDay names the day on which a minute falls, "" for the date itself.
func (t *dayTeller) otherDay(minute int) string {
	switch {
	case minute >= minutesOfDay:
		return t.T("day.next")
	case minute < 0:
		return t.T("day.before")
	}
	return ""
}

// place is where a clocking is missing, with the likely time where there is one.
func (t *dayTeller) place(direction day.Direction) views.Punch {
	p := views.Punch{Icon: "plus", Tone: "slot", Unseen: t.T("day.add-one")}
	switch direction {
	case day.In:
		p.Unseen = t.T("day.add-in")
	case day.Out:
		p.Unseen = t.T("day.add-out")
	}
	date := t.day.Date
	var minute *int
	if l := t.day.Likely; l != nil && l.Do == day.Add {
		p.Text, p.Was = ClockText(l.Minute), t.otherDay(l.Minute)
		of := (l.Minute%minutesOfDay + minutesOfDay) % minutesOfDay
		date, minute = DateOf(date, l.Minute), &of
	}
	if !t.day.Closed && t.links.Add != nil {
		p.Href = t.links.Add(date, minute)
	}
	if p.Href != "" {
		p.Change, p.Verb = t.label(direction, date), UpperFirst(p.Unseen)
	}
	return p
}

// label names the input that takes the place of a time.
func (t *dayTeller) label(direction day.Direction, date string) string {
	date = t.LongDay(date)
	switch direction {
	case day.In:
		return t.T("day.in-on", "date", date)
	case day.Out:
		return t.T("day.out-on", "date", date)
	}
	return t.T("day.time-on", "date", date)
}

func (t *dayTeller) direction(direction day.Direction) string {
	if direction == day.Out {
		return t.T("day.out")
	}
	return t.T("day.in")
}

func (t *dayTeller) minute(c day.Clocking) int { return minuteOn(t.day.Date, c) }

// ClockText is the time of day of a minute, whichever day it falls on.
func ClockText(minute int) string {
	minute = (minute%minutesOfDay + minutesOfDay) % minutesOfDay
	return fmt.Sprintf("%02d:%02d", minute/60, minute%60)
}

const minutesOfDay = 24 * 60

// named is what a record is called, its id where that is not known (yet).
func (t *dayTeller) named(collection, id string) string {
	if hit, ok := t.Names.Label(collection, id); ok {
		return hit.Label
	}
	return id
}
