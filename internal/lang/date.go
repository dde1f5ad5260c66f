package lang

import (
	"strconv"
	"strings"
	"time"
)

// Date is a date in the language's short form: "2026-11-17" reads "17 Nov 2026" or "17/11/2026". Text that is no date is
// returned unchanged, here and in Day, ShortDay and LongDay.
func (p *Printer) Date(iso string) string { return p.calendar(p.formats.date, iso) }

// Day is Date with the day of the week, "Tue 17 Nov 2026".
func (p *Printer) Day(iso string) string { return p.calendar(p.formats.day, iso) }

// ShortDay is Day without the year, "Tue 17 Nov".
func (p *Printer) ShortDay(iso string) string { return p.calendar(p.formats.shortDay, iso) }

// LongDay is the date with unabbreviated names, for headings and confirmations: "Tuesday 17 November 2026".
func (p *Printer) LongDay(iso string) string { return p.calendar(p.formats.longDay, iso) }

// Week is the number of the date's ISO week, "47"; "" when the text is no date.
func (p *Printer) Week(iso string) string {
	day, ok := parseDate(iso)
	if !ok {
		return ""
	}
	_, week := day.ISOWeek()
	return strconv.Itoa(week)
}

// Moment is an instant in a location, for the log: "17 Nov 2026 14:03:22".
func (p *Printer) Moment(at time.Time, in *time.Location) string {
	local := at.In(in)
	return p.T("format.moment", "date", p.Date(local.Format(time.DateOnly)), "time", local.Format(time.TimeOnly))
}

// parseDate reads yyyy-mm-dd. The result is in UTC for its calendar alone: no time is converted.
func parseDate(iso string) (time.Time, bool) {
	if len(iso) != len(time.DateOnly) {
		return time.Time{}, false
	}
	day, err := time.Parse(time.DateOnly, iso)
	return day, err == nil
}

func (p *Printer) calendar(m message, iso string) string {
	date, ok := parseDate(iso)
	if !ok {
		return iso
	}
	_, month, day := date.Date()
	weekday := (int(date.Weekday()) + 6) % 7 // Monday first

	var b strings.Builder
	b.Grow(40)
	for _, part := range m.parts {
		b.WriteString(part.Text)
		switch part.Name {
		case "year":
			b.WriteString(iso[0:4])
		case "mm":
			b.WriteString(iso[5:7])
		case "dd":
			b.WriteString(iso[8:10])
		case "day":
			b.WriteString(strconv.Itoa(day))
		case "month":
			b.WriteString(p.formats.months[month-1])
		case "longmonth":
			b.WriteString(p.formats.longMonths[month-1])
		case "weekday":
			b.WriteString(p.formats.weekdays[weekday])
		case "longweekday":
			b.WriteString(p.formats.longWeekdays[weekday])
		}
	}
	return b.String()
}
