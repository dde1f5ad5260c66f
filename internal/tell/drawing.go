package tell

import (
	"protime-admin/internal/day"
	"protime-admin/views"
)

// shapes are the drawing of a day, what lies behind first.
func (t *dayTeller) shapes() []views.Shape {
	var shapes []views.Shape
	put := func(s views.Shape, ok bool) {
		if ok {
			shapes = append(shapes, s)
		}
	}
	for _, a := range t.day.Assignments {
		if a.Start != nil && a.End != nil {
			put(t.frame.Area("plan", *a.Start, *a.End, ""))
		}
	}
	for _, a := range t.day.Absences {
		put(t.leave(a))
	}
	after := 0
	for i, s := range t.day.Stretches {
		from, to := t.ends(s)
		if i > 0 {
			put(t.frame.Area("gap", after, from, ""))
		}
		text := ""
		if to-from >= leastLabelled {
			text = t.Length(to - from)
		}
		switch {
		case s.In != nil && s.Out != nil:
			put(t.frame.Area("work", from, to, text))
		case !t.day.Running || i < len(t.day.Stretches)-1:
			put(t.frame.Area("slot", from, to, "?"))
		}
		if s.In != nil {
			put(t.frame.Line("edge", from))
		}
		if s.Out != nil {
			put(t.frame.Line("edge", to))
		}
		after = to
	}
	return shapes
}

// leastLabelled is the shortest stretch, in minutes, in which its length can be written.
const leastLabelled = 60

// unknownEnd is how long, in minutes, a stretch is drawn of which one end is not known.
const unknownEnd = 120

// ends are the minutes between which a stretch is drawn. A missing end is the likely time where there is one.
func (t *dayTeller) ends(s day.Stretch) (from, to int) {
	likely := func(otherwise int) int {
		if l := t.day.Likely; l != nil && l.Do == day.Add {
			return l.Minute
		}
		return otherwise
	}
	switch {
	case s.In != nil && s.Out != nil:
		return minuteOn(t.day.Date, *s.In), minuteOn(t.day.Date, *s.Out)
	case s.In != nil:
		from = minuteOn(t.day.Date, *s.In)
		return from, likely(from + unknownEnd)
	case s.Out != nil:
		to = minuteOn(t.day.Date, *s.Out)
		return likely(to - unknownEnd), to
	}
	return 0, 0
}

// leave is an absence as an area: over the whole drawing where the API gives no times. It is false for one that is not
// approved.
func (t *dayTeller) leave(a day.Absence) (views.Shape, bool) {
	if a.Elsewhere = false; !a.Counts() {
		return views.Shape{}, false
	}
	from, to := t.frame.From, t.frame.To
	if a.Start != nil && a.Duration != nil {
		from, to = *a.Start, *a.Start+*a.Duration
	}
	return t.frame.Area("leave", from, to, t.named("absence-definitions", a.Definition))
}
