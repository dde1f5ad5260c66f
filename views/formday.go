package views

import (
	"strconv"

	"protime-admin/internal/form"
)

// FormDay is the day of the clocking that a form is about, drawn beside the form.
type FormDay struct {
	Heading string // "Monday 16 November 2026"
	Week    string // path of the person's week
	Drawn   DrawnDay
	Times   []FormTime
	Worked  string // "7:36", "" where the clockings say nothing
}

// FormTime is one clocking of that day.
type FormTime struct {
	Icon, Text string
	Soft       string // "in, Gate A"
	Own        bool   // the one that the form is about
}

// from and to are the drawing's frame for the script, in minutes.
func (d DrawnDay) from() string { return strconv.Itoa(d.Frame.From) }
func (d DrawnDay) to() string   { return strconv.Itoa(d.Frame.To) }

// clockID is the element id of the time that a form is about, "" where there is none.
func clockID(cells []*form.Cell) string {
	for _, c := range cells {
		if len(c.Options) > 0 && c.Input.Field.ForcesDay {
			return inputID(c.Name)
		}
	}
	return ""
}
