package handlers

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"protime-admin/internal/day"
	"protime-admin/internal/tell"
	"protime-admin/protime"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// dayTimeout bounds the reading of the day beside a form: the form is more important.
const dayTimeout = time.Second

// around reads what stands around a clocking: the records of its person from the day before to the day after. It is nil
// where the record says no person and day, or the list did not come in time.
func (f *formRequest) around(record protime.Record) []protime.Record {
	person, err := strconv.ParseInt(record.Text("person", "id"), 10, 64)
	date, badDate := time.Parse(time.DateOnly, record.Text("date"))
	if f.c.Name != "clockings" || err != nil || badDate != nil || f.x.whyNot(f.c, contract.List) != "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(f.x.request().Context(), dayTimeout)
	defer cancel()
	records, err := f.x.s.register.Around(ctx, f.c.URL(f.params...), person, date.Format(time.DateOnly))
	if err != nil {
		return nil
	}
	return records
}

// dayOf draws the day of a clocking; nil where it could not be read, and for records of other collections. own is the
// record that the form is about, the zero Record for one without person or date.
func (f *formRequest) dayOf(record protime.Record, around []protime.Record) *views.FormDay {
	if around == nil {
		return nil
	}
	x := f.x
	own, timed := f.clocking(record)
	judged := f.judgedDay(record.Text("person", "id"), record.Text("date"), own, around)
	frame := tell.FrameOf(judged)
	told := x.words.JudgedDay(judged, frame, tell.DayLinks{})
	view := &views.FormDay{
		Heading: x.words.LongDay(judged.Date), Week: weekPath(judged.Person, judged.Date), Drawn: told.Drawn, Worked: told.Worked,
	}
	if timed {
		if line, ok := frame.Line("was", own.Minute); ok && f.exists {
			view.Drawn.Shapes = append(view.Drawn.Shapes, line)
		}
		if line, ok := frame.Line("new", own.Minute); ok {
			view.Drawn.Shapes = append(view.Drawn.Shapes, line)
		}
	}
	for _, stretch := range told.Stretches {
		for _, punch := range stretch.Punches {
			if punch.ID == "" || punch.Tone == "gone" {
				continue
			}
			view.Times = append(view.Times, views.FormTime{
				Icon: punch.Icon, Text: punch.Text, Own: punch.ID == own.ID,
				Soft: strings.Join(slices.DeleteFunc([]string{punch.Unseen, f.terminalOf(punch.ID, around)}, func(s string) bool { return s == "" }), ", "),
			})
		}
	}
	return view
}

// weekPath leads to the week of a person around a date.
func weekPath(person, date string) string {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return ""
	}
	week := weekOf(day)
	return "/people/" + url.PathEscape(person) + "/days?" + url.Values{
		periodFrom: {week.from.Format(time.DateOnly)}, periodUntil: {week.to.Format(time.DateOnly)},
	}.Encode()
}

// terminalOf is the name of the terminal of one of the clockings, "" where it is not known.
func (f *formRequest) terminalOf(id string, around []protime.Record) string {
	for _, record := range around {
		if record.Text("id") == id {
			hit, _ := f.x.words.Names.Label("terminals", record.Text("terminal", "id"))
			return hit.Label
		}
	}
	return ""
}

// judged is the date of a clocking as it will be among the others.
func (f *formRequest) judged(c day.Clocking, around []protime.Record) day.Day {
	return f.judgedDay(c.Person, c.Date, c, around)
}

// judgedDay judges a date with own in the place of the record of the same number; the zero Clocking is none.
func (f *formRequest) judgedDay(person, date string, own day.Clocking, around []protime.Record) day.Day {
	facts := day.Facts{Person: person, Date: date}
	if own.ID != "" {
		facts.Clockings = append(facts.Clockings, own)
	}
	for _, record := range around {
		if other, ok := day.ClockingOf(record); ok && other.ID != own.ID {
			facts.Clockings = append(facts.Clockings, other)
		}
	}
	return f.x.s.register.Judge().Day(facts)
}
