package handlers

import (
	"context"
	"encoding/json"
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
		if was, known := f.clocking(f.base); known && was.Date == judged.Date && was.Person == judged.Person {
			if line, ok := frame.Line("was", was.Minute); ok {
				view.Drawn.Shapes = append(view.Drawn.Shapes, line)
			}
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

// inputAround are the clockings around the one that a form changes, as they were when it was opened. The form brings them
// back, so that what speaks against a new time is known without reading them again.
const inputAround = "around"

// mostAround bounds what a form brings back, in bytes.
const mostAround = 64 << 10

// carriedDay are the clockings of a person from the day before a date to the day after it, in the shape of the API.
type carriedDay struct {
	Person    string            `json:"person"`
	Date      string            `json:"date"`
	Clockings []json.RawMessage `json:"clockings"`
}

// carriedClocking is what the rules need of a clocking.
type carriedClocking struct {
	ID       string    `json:"id"`
	Person   reference `json:"person"`
	Date     string    `json:"date"`
	Minute   int       `json:"timeOfDayInMinutes"`
	Kind     string    `json:"kind"`
	Terminal reference `json:"terminal"`
}

type reference struct {
	ID string `json:"id"`
}

// carry writes what stands around a clocking for the form, "" where that is not known.
func carry(record protime.Record, around []protime.Record) string {
	if around == nil {
		return ""
	}
	carried := carriedDay{Person: record.Text("person", "id"), Date: record.Text("date"), Clockings: []json.RawMessage{}}
	for _, each := range around {
		c, ok := day.ClockingOf(each)
		if !ok || c.Deleted {
			continue
		}
		text, err := json.Marshal(carriedClocking{c.ID, reference{c.Person}, c.Date, c.Minute, c.Kind, reference{c.Terminal}})
		if err != nil {
			return ""
		}
		carried.Clockings = append(carried.Clockings, text)
	}
	text, err := json.Marshal(carried)
	if err != nil || len(text) > mostAround {
		return ""
	}
	return string(text)
}

// aroundNow is what stands around a clocking where it is moved to: what the form brought where it is the same person and
// date, else what the API says.
func (f *formRequest) aroundNow(after protime.Record) []protime.Record {
	var carried carriedDay
	text := f.values.Get(inputAround)
	if len(text) <= mostAround && json.Unmarshal([]byte(text), &carried) == nil &&
		carried.Person == after.Text("person", "id") && carried.Date == after.Text("date") {
		around := make([]protime.Record, 0, len(carried.Clockings))
		for _, raw := range carried.Clockings {
			record, err := protime.ParseRecord(raw)
			if err != nil {
				return f.around(after)
			}
			around = append(around, record)
		}
		return around
	}
	around := f.around(after)
	f.carried = carry(after, around)
	return around
}
