package views

import (
	"strconv"

	"github.com/a-h/templ"
)

// Day is one person's date, ready to draw: the clockings as punches, what is wrong with them, the drawing behind them.
type Day struct {
	Date      string // yyyy-mm-dd
	Stretches []Stretch
	Issues    []Issue
	Notes     []Note // what else is known of the day: absences, assignments
	Drawn     DrawnDay
	Worked    string // "7:36" from in to out, "" where the clockings say nothing
}

// Stretch is an in and the out that follows it, or a punch that stands alone.
type Stretch struct {
	Punches []Punch
}

// Punch is one clocking of a day, or the place of one that is missing.
type Punch struct {
	ID     string // of the clocking; "" for a place
	Text   string // "08:26"
	Href   string // its form, "" where it cannot be changed
	Icon   string // "in", "out", "plus", "edit", "bin", "check"
	Tone   string // "odd" doubtful, "slot" missing, "new" changed just now, "gone" deleted, or ""
	Was    string // beside the time, softer: "was 17:20", "next day"
	Unseen string // what the icon says: "in", "out, changed", "add out"
	Change string // label of the input that takes the time's place: "Out on Tuesday 17 November 2026"
	On     string // the clocking's own date, yyyy-mm-dd, where Change is of a clocking
	Verb   string // on the button beside that input: "Save", "Add out"
}

// Places are the attributes of an element whose punches are changed where they stand, for the script: its words. canDelete
// offers to delete a clocking, too.
func (p *Page) Places(canDelete bool) templ.Attributes {
	words := templ.Attributes{
		"data-place":  true,
		"data-cancel": p.T("week.place.cancel"),
		"data-more":   p.T("week.place.more"),
		"data-hint":   p.T("week.place.hint"),
		"data-failed": p.T("week.place.failed"),
		"data-moved":  p.T("week.place.moved", "time", "{time}"),
	}
	if canDelete {
		words["data-delete"] = p.T("week.place.delete")
	}
	return words
}

// Mark is a sign and words: what is wrong or done.
type Mark struct {
	Icon, Text string
	Tone       string // "bad", "warn", "good", "quiet"
}

// Issue is a mark with what is known about it, and what to do.
type Issue struct {
	Mark Mark
	Text string // "17:06 is the end of the shift.", ""
	Way  Link   // "Delete 12:05", zero where there is none
}

// Note is a sentence about a day. One that the drawing says too is for those who cannot see it.
type Note struct {
	Text   string
	Unseen bool
}

// Frame is the part of a day that drawings show, in minutes since midnight.
type Frame struct {
	From, To int
}

// OfficeHours and WholeDay are the two frames: the second is for days with times outside of the first.
func OfficeHours() Frame { return Frame{From: 6 * 60, To: 22 * 60} }

// WholeDay is from midnight to midnight.
func WholeDay() Frame { return Frame{From: 0, To: 24 * 60} }

// Holds reports whether a minute lies in the frame, its edges included.
func (f Frame) Holds(minute int) bool { return f.From <= minute && minute <= f.To }

// Hour is one number of the scale above drawings.
type Hour struct {
	X, Text string
	Class   string // "start", "end", "few" for those that a narrow screen shows
}

// Hours is the scale: nine hours of the day.
func (f Frame) Hours() []Hour {
	const steps = 8
	var hours []Hour
	for i := range steps + 1 {
		minute := f.From + (f.To-f.From)*i/steps
		hour := Hour{X: f.place(minute), Text: strconv.Itoa(minute/60 + 100)[1:]}
		switch {
		case i == 0:
			hour.Class = "start few"
		case i == steps:
			hour.Class = "end few"
		case i%2 == 0:
			hour.Class = "few"
		}
		hours = append(hours, hour)
	}
	return hours
}

// DrawnDay is a day as a picture. It repeats what the punches say and is hidden from who cannot see it.
type DrawnDay struct {
	Frame  Frame
	Shapes []Shape
}

// Shape is a part of the picture; places are percentages of its width.
type Shape struct {
	Kind  string // "plan", "leave", "work", "slot", "more": areas; "edge", "gap", "grid", "was", "new": lines
	X     string
	Width string // of an area
	End   string // of a line
	Text  string // in the middle of an area, ""
	Mid   string
}

// Area is a time from one minute to another; what lies outside of the frame is cut off. It is false where nothing is
// left.
func (f Frame) Area(kind string, from, to int, text string) (Shape, bool) {
	from, to = max(from, f.From), min(to, f.To)
	if from >= to {
		return Shape{}, false
	}
	return Shape{
		Kind: kind, X: f.place(from), Width: percent((to - from) * 10000 / (f.To - f.From)), End: f.place(to),
		Text: text, Mid: f.place((from + to) / 2),
	}, true
}

// Line is a minute; false where it lies outside of the frame.
func (f Frame) Line(kind string, minute int) (Shape, bool) {
	x := f.place(minute)
	return Shape{Kind: kind, X: x, End: x}, f.Holds(minute)
}

func (f Frame) place(minute int) string { return percent((minute - f.From) * 10000 / (f.To - f.From)) }

// percent writes hundredths of a percent: 1562 is "15.62%".
func percent(hundredths int) string {
	whole, rest := strconv.Itoa(hundredths/100), hundredths%100
	switch {
	case rest == 0:
		return whole + "%"
	case rest%10 == 0:
		return whole + "." + strconv.Itoa(rest/10) + "%"
	}
	return whole + "." + strconv.Itoa(rest + 100)[1:] + "%"
}
