package handlers

import (
	"net/url"
	"slices"
	"strings"

	"protime-admin/internal/attendance"
	"protime-admin/internal/day"
	"protime-admin/internal/form"
	"protime-admin/internal/tell"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// band is one date with a row for each of its people.
func (b *bandSource) band(found []attendance.PersonDay) views.DayBand {
	x := b.x
	date := found[0].Date
	ids := make([]string, len(found))
	byID := make(map[string]attendance.PersonDay, len(found))
	for i, d := range found {
		ids[i] = d.Person
		byID[d.Person] = d
	}
	band := views.DayBand{Heading: x.words.LongDay(date)}
	clockings, worked, marked := 0, 0, 0
	ids = b.sorted(ids)
	for i, id := range ids {
		d, next := byID[id], ""
		if i < len(ids)-1 {
			next = b.x.nextPath(ids[i+1], date, b.x.here())
		}
		// Absences and assignments are not read for a list.
		judged := b.judge.Day(day.Facts{Person: d.Person, Date: d.Date, Clockings: d.Clockings})
		row := b.row(d, judged, next)
		for _, c := range d.Clockings {
			if c.Date == date {
				clockings++
			}
		}
		worked += judged.Worked
		if left := leftAs(judged, b.left); left != nil {
			row.Day.Issues = []views.Issue{x.leftIssue(*left)}
		} else if len(judged.Findings) > 0 {
			marked++
		}
		band.Rows = append(band.Rows, row)
		if !row.Locked {
			band.New = b.newPath(date, "")
		}
	}
	b.shown.days += len(found)
	b.shown.clockings += clockings
	band.Summary = strings.Join([]string{
		x.words.N("list.people", len(found)), x.words.N("list.clockings", clockings),
		x.words.T("list.worked-sum", "length", x.words.Length(worked)),
	}, ", ")
	if marked > 0 {
		band.Marked = x.words.N("list.to-check", marked)
	}
	return band
}

// row is a person's date; next is the page of the next person of the band, "" for the last.
func (b *bandSource) row(d attendance.PersonDay, judged day.Day, next string) views.BandRow {
	x := b.x
	links := tell.DayLinks{
		Show: b.pagePath, New: b.days.Keep,
		Add: func(date string, _ *int) string { return b.newPath(date, judged.Person, d.Clockings...) },
	}
	if x.whyNot(b.c, contract.Replace) == "" {
		links.Edit = func(id string) string { return b.editPath(id, next) }
	}
	row := views.BandRow{
		Name: x.words.PersonName(judged.Person), Href: weekPath(judged.Person, judged.Date),
		Locked: judged.Closed,
		Day:    x.words.JudgedDay(judged, tell.FrameOf(judged), links),
	}
	if p, ok := x.s.People.Person(judged.Person); ok {
		row.Number = p.Number
	}
	if !judged.Closed {
		row.Tick = dayTick(personDay{judged.Person, judged.Date}, day.DigestOf(judged.Date, d.Clockings), nil)
		row.New = b.newPath(judged.Date, judged.Person, d.Clockings...)
	}
	row.Day.Stretches = append(b.nights(d, row, links), row.Day.Stretches...)
	for _, stretch := range row.Day.Stretches {
		row.Marked = row.Marked || slices.ContainsFunc(stretch.Punches, func(p views.Punch) bool { return p.ID != "" && p.ID == b.days.Keep })
	}
	return row
}

// nights are the clockings of a date that are not drawn with it: they end a stretch of the day before.
func (b *bandSource) nights(d attendance.PersonDay, row views.BandRow, links tell.DayLinks) []views.Stretch {
	path := links.Show
	if !row.Locked && links.Edit != nil {
		path = links.Edit
	}
	var nights []views.Stretch
	for _, c := range d.Clockings {
		elsewhere := c.Date == d.Date && !slices.ContainsFunc(row.Day.Stretches, func(s views.Stretch) bool {
			return slices.ContainsFunc(s.Punches, func(p views.Punch) bool { return p.ID == c.ID })
		})
		if !elsewhere {
			continue
		}
		punch := views.Punch{
			Text: b.x.words.Clock(c.Minute), Icon: "out", Href: path(c.ID), Was: b.x.words.T("list.night"),
			Unseen: b.x.words.T("day.out"),
		}
		if d.Date == b.selected.From {
			punch.ID = c.ID // the day before, which has it, is not on the page
		}
		nights = append(nights, views.Stretch{Punches: []views.Punch{punch}})
	}
	return nights
}

func (b *bandSource) pagePath(id string) string { return b.c.ItemURL(id) + b.x.backQuery() }

func (b *bandSource) editPath(id, next string) string {
	q := url.Values{form.InputReturn: {b.x.here()}}
	if next != "" {
		q.Set(inputNext, next)
	}
	return b.c.ItemURL(id) + "/edit?" + q.Encode()
}

// newPath leads to the form of a new clocking of a date and a person, "" for any; "" where none may be added. The form is
// told which clockings of the person were drawn.
func (b *bandSource) newPath(date, person string, drawn ...day.Clocking) string {
	if b.x.whyNot(b.c, contract.Create) != "" {
		return ""
	}
	inputs := url.Values{"date": {date}}
	if person != "" {
		inputs.Set("person.id", person)
		inputs.Set(inputDrawn, drawnDay(person, date, day.DigestOf(date, drawn)))
	}
	return newLink(b.c, nil, inputs, b.x.here())
}
