package handlers

import (
	"cmp"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"protime-admin/internal/field"
	"protime-admin/internal/listing"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// period is the first and the last date of what a page shows, as midnight UTC.
type period struct {
	from, to time.Time
}

// Parameters of a period.
const (
	periodFrom  = "date.ge"
	periodUntil = "date.le"
	periodWeek  = "week" // by its number; the page of its dates answers
)

// weekOf is Monday to Sunday.
func weekOf(date time.Time) period {
	monday := date.AddDate(0, 0, -(int(date.Weekday())+6)%7)
	return period{monday, monday.AddDate(0, 0, 6)}
}

// askedPeriod reads date.ge and date.le: this week without either, the week of the one that is given, else from one to the
// other, of at most some days. Its error has a page.
func (x *exchange) askedPeriod(most int) (period, error) {
	from, errFrom := x.dateOf(periodFrom)
	to, errTo := x.dateOf(periodUntil)
	p := period{from, to}
	switch {
	case x.weekProblem() != "":
		return p, x.badPeriod(x.weekProblem())
	case errFrom != nil:
		return p, errFrom
	case errTo != nil:
		return p, errTo
	case !listing.InYears(from) || !listing.InYears(to):
		return p, x.badPeriod(x.words.T("filter.years"))
	case from.IsZero() && to.IsZero():
		return weekOf(x.words.Today), nil
	case to.IsZero():
		return weekOf(from), nil
	case from.IsZero():
		return weekOf(to), nil
	case to.Before(from):
		return p, x.badPeriod(x.words.T("filter.order"))
	case p.days() > most:
		return p, x.badPeriod(x.words.N("filter.too-wide", most))
	}
	return p, nil
}

// dateOf reads a date of the query, typed in any way that a form's date may be; zero where there is none.
func (x *exchange) dateOf(name string) (time.Time, error) {
	typed := strings.TrimSpace(x.address().Query().Get(name))
	if typed == "" {
		return time.Time{}, nil
	}
	raw, wrong := field.Parse(contract.Field{Type: "string", Format: "date"}, field.Typed{Text: typed}, x.words.Today)
	if wrong != nil {
		return time.Time{}, x.badPeriod(views.ProblemText(x.words.Printer, wrong))
	}
	date, err := time.Parse(time.DateOnly, field.Plain(raw))
	if err != nil {
		return time.Time{}, x.badPeriod(x.words.T(field.ProblemDate))
	}
	return date, nil
}

// badPeriod is the page for a period that cannot be shown, with the way to this week.
func (x *exchange) badPeriod(sentence string) error {
	failure := x.words.Failure("period", "problem", sentence)
	u := x.address()
	failure.Links = []views.Link{{
		Text: x.words.T("week.this"), Href: pathWith(u.EscapedPath(), with(u.Query(), periodFrom, "", periodUntil, "", periodWeek, "")),
	}}
	return &pageError{status: http.StatusUnprocessableEntity, failure: failure}
}

func (p period) days() int { return int(p.to.Sub(p.from).Hours()/24) + 1 }

// moved is the period as long as this one that lies beside it, in the direction of step.
func (p period) moved(step int) period {
	return period{p.from.AddDate(0, 0, step*p.days()), p.to.AddDate(0, 0, step*p.days())}
}

func (p period) isWeek() bool { return p == weekOf(p.from) }

// periodHref is the page's own address for another period.
func (x *exchange) periodHref(p period) string {
	u := x.address()
	return pathWith(u.EscapedPath(), with(u.Query(),
		periodFrom, p.from.Format(time.DateOnly), periodUntil, p.to.Format(time.DateOnly), periodWeek, "", "page", ""))
}

// weekForm is a week as it is typed: 47, 47/2026, 2026-W47.
var weekForm = regexp.MustCompile(`^(?i)(?:w?(\d{1,2})(?:/(\d{4}))?|(\d{4})-?w(\d{1,2}))$`)

// weekTyped reads the number of a week, of today's year unless it has one; false for what is none.
func weekTyped(text string, today time.Time) (period, bool) {
	found := weekForm.FindStringSubmatch(text)
	if found == nil {
		return period{}, false
	}
	number, _ := strconv.Atoi(cmp.Or(found[1], found[4])) // digits, as the year is
	year, _ := today.ISOWeek()
	if given, err := strconv.Atoi(cmp.Or(found[2], found[3])); err == nil {
		year = given
	}
	first := weekOf(time.Date(year, time.January, 4, 0, 0, 0, 0, time.UTC)) // the week of 4 January is the first (ISO 8601)
	monday := first.from.AddDate(0, 0, 7*(number-1))
	if y, n := monday.ISOWeek(); y != year || n != number {
		return period{}, false
	}
	return weekOf(monday), true
}

func (x *exchange) typedWeek() string { return strings.TrimSpace(x.address().Query().Get(periodWeek)) }

// weekHref is the page for the dates of the week that was typed, "" where none was.
func (x *exchange) weekHref() string {
	p, ok := weekTyped(x.typedWeek(), x.words.Today)
	if !ok {
		return ""
	}
	return x.periodHref(p)
}

// weekProblem says that what was typed is no week, "" where it is one or nothing was typed.
func (x *exchange) weekProblem() string {
	typed := x.typedWeek()
	if _, ok := weekTyped(typed, x.words.Today); ok || typed == "" {
		return ""
	}
	return x.words.T("filter.no-week")
}

// periodOf is the period of a selection; the zero value where it has no beginning or no end.
func periodOf(s *listing.Selection) period {
	from, wrong := time.Parse(time.DateOnly, s.From)
	to, err := time.Parse(time.DateOnly, s.To)
	if wrong != nil || err != nil || to.Before(from) {
		return period{}
	}
	return period{from, to}
}

// choiceOfDays is the choice of days of a page that shows a period, and at most some days since the closing. Without a
// period, the zero value, there is nothing before or after it.
func (x *exchange) choiceOfDays(p period, closing string, most int) *views.Period {
	view := &views.Period{
		Text: x.words.T("week.choose"), Choices: x.periods(closing, most),
		Week: views.FilterInput{
			Name: periodWeek, Label: x.words.T("filter.week"), Kind: "date", Value: x.typedWeek(), Problem: x.weekProblem(),
		},
	}
	if p == (period{}) {
		return view
	}
	view.Text, view.Days = x.periodTitle(p)
	view.Earlier = views.Link{Text: x.words.T("week.earlier"), Href: x.periodHref(p.moved(-1))}
	view.Later = views.Link{Text: x.words.T("week.later"), Href: x.periodHref(p.moved(1))}
	return view
}

// periodTitle names a period, "Week 47" where it is one, and says from when until when.
func (x *exchange) periodTitle(p period) (title, dates string) {
	from, to := p.from.Format(time.DateOnly), p.to.Format(time.DateOnly)
	switch {
	case p.isWeek():
		return x.words.T("week.number", "week", x.words.Week(from)), x.words.Range(from, to)
	case from == to:
		return x.words.Day(from), ""
	}
	return x.words.N("week.days", p.days()), x.words.Range(from, to)
}

// periods are those to choose from; the days since the closing where they are at most some.
func (x *exchange) periods(closing string, most int) []views.Link {
	today := x.words.Today
	yesterday := today.AddDate(0, 0, -1)
	links := []views.Link{
		{Text: x.words.T("week.yesterday"), Href: x.periodHref(period{yesterday, yesterday})},
		{Text: x.words.T("week.this"), Href: x.periodHref(weekOf(today))},
		{Text: x.words.T("week.last"), Href: x.periodHref(weekOf(today.AddDate(0, 0, -7)))},
	}
	first := time.Date(yesterday.Year(), yesterday.Month(), 1, 0, 0, 0, 0, time.UTC)
	links = append(links, views.Link{Text: x.words.T("week.month"), Href: x.periodHref(period{first, yesterday})})
	if closed, err := time.Parse(time.DateOnly, closing); err == nil {
		since := period{closed.AddDate(0, 0, 1), today}
		if n := since.days(); n > 0 && n <= most {
			links = append(links, views.Link{
				Text: x.words.T("week.since-closing", "date", x.words.Date(closing)), Href: x.periodHref(since),
			})
		}
	}
	return links
}

// mostDays is how many days one page shows of a person, mostWorkDays how many the worklist has: those since the last
// closing are more than a month by the time that the next one is due.
const (
	mostDays     = 31
	mostWorkDays = 62
)
