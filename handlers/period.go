package handlers

import (
	"net/url"
	"time"

	"protime-admin/views"
)

// mostDays is how many days the worklist takes: two months and what is left of their weeks.
const mostDays = 70

// period is the days of a page, both included, yyyy-mm-dd.
type period struct{ from, to string }

// span is the period from some days before a date to some days before it.
func span(date time.Time, first, last int) period {
	return period{date.AddDate(0, 0, first).Format(time.DateOnly), date.AddDate(0, 0, last).Format(time.DateOnly)}
}

// sinceMonday is how many days ago the week of a date began.
func sinceMonday(date time.Time) int { return (int(date.Weekday()) + 6) % 7 }

// days is how many days the period has; 0 for one that is none.
func (p period) days() int {
	from, errFrom := time.Parse(time.DateOnly, p.from)
	to, errTo := time.Parse(time.DateOnly, p.to)
	if errFrom != nil || errTo != nil || to.Before(from) {
		return 0
	}
	return int(to.Sub(from).Hours()/24) + 1
}

// moved is the period some days later.
func (p period) moved(days int) period {
	from, errFrom := time.Parse(time.DateOnly, p.from)
	to, errTo := time.Parse(time.DateOnly, p.to)
	if errFrom != nil || errTo != nil {
		return p
	}
	return period{from.AddDate(0, 0, days).Format(time.DateOnly), to.AddDate(0, 0, days).Format(time.DateOnly)}
}

// openPeriod is last week and this one until today: corrections are made while people remember, and a day that was missed
// on Friday is still there on Monday.
func openPeriod(today time.Time) period { return span(today, -sinceMonday(today)-7, 0) }

// periodChoice is a period that people ask for by name.
type periodChoice struct {
	key string
	period
}

// periodChoices are the usual ones; closed is the last day of the closed period, "" where none is known.
func periodChoices(today time.Time, closed string) []periodChoice {
	monday := sinceMonday(today)
	choices := []periodChoice{
		{"period.two-weeks", openPeriod(today)},
		{"period.this-week", span(today, -monday, 0)},
		{"period.last-week", span(today, -monday-7, -monday-1)},
		{"period.yesterday", span(today, -1, -1)},
	}
	if today.Day() > 1 {
		choices = append(choices, periodChoice{"period.month", span(today, 1-today.Day(), -1)})
	}
	if last, err := time.Parse(time.DateOnly, closed); err == nil {
		open := period{last.AddDate(0, 0, 1).Format(time.DateOnly), today.Format(time.DateOnly)}
		if days := open.days(); days > 0 && days <= mostDays {
			choices = append(choices, periodChoice{"period.closing", open})
		}
	}
	return choices
}

// periodView is the choice of days of a page whose query is q.
func (x *exchange) periodView(path string, q url.Values, p period, closed string) views.Period {
	to := func(p period) string { return path + "?" + with(q, "date.ge", p.from, "date.le", p.to) }
	view := views.Period{Text: x.words.T("period.days"), Days: x.words.Date(p.from) + " – " + x.words.Date(p.to)}
	if p.from == p.to {
		view.Text, view.Days = x.words.T("period.day"), x.words.Day(p.from)
	}
	from, _ := time.Parse(time.DateOnly, p.from)
	step := p.days()
	if sinceMonday(from) == 0 {
		if step <= 7 {
			view.Text = x.words.T("period.week", "week", x.words.Week(p.from))
		}
		step = (step + 6) / 7 * 7 // a week that is not over has seven days as well
	}
	for _, choice := range periodChoices(x.words.Today, closed) {
		text := x.words.T(choice.key, "date", x.words.Date(closed))
		if choice.period == p && step > 7 {
			view.Text = text
		}
		view.Choices = append(view.Choices, views.Link{Text: text, Href: to(choice.period)})
	}
	view.Earlier = views.Link{Text: x.words.T("period.earlier"), Href: to(p.moved(-step))}
	view.Later = views.Link{Text: x.words.T("period.later"), Href: to(p.moved(step))}
	return view
}
