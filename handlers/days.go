package handlers

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"protime-admin/internal/attendance"
	"protime-admin/internal/day"
	"protime-admin/internal/form"
	"protime-admin/internal/people"
	"protime-admin/internal/tell"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// GET /people/76547/days?date.ge=2026-11-16&date.le=2026-11-22: a line for each day of a person.
func (s *Server) days(x *exchange, c *contract.Collection) error {
	if week := x.weekHref(); week != "" {
		return x.to(week)
	}
	clockings, read, err := x.askedDays(c)
	if err != nil {
		return err
	}
	v := x.week(clockings, read)
	page := x.page(v.Person + ", " + v.Period.Text)
	page.Banner = x.banner()
	return x.show(http.StatusOK, views.WeekPage(page, v))
}

// askedDays reads the days of the person and the period that a page's address names. The error has a page.
func (x *exchange) askedDays(c *contract.Collection) (clockings *contract.Collection, read personDays, err error) {
	params, err := x.params(c, true)
	if err != nil {
		return nil, read, err
	}
	clockings, known := x.s.Contract.Collection("clockings")
	number, err := strconv.ParseInt(params[0], 10, 64)
	if err != nil || !known {
		return nil, read, echo.ErrNotFound
	}
	if why := x.whyNot(clockings, contract.List); why != "" {
		return nil, read, x.refuse(clockings, contract.List, why)
	}
	p, err := x.askedPeriod(mostDays)
	if err != nil {
		return nil, read, err
	}
	if read, err = x.readDays(number, p); err != nil {
		status, failure := x.listFailure(clockings, err)
		return nil, read, &pageError{status: status, failure: failure, cause: err}
	}
	return clockings, read, nil
}

// week is the page of a person's days.
func (x *exchange) week(c *contract.Collection, read personDays) *views.Week {
	who, _ := x.s.People.Person(read.Person)
	v := &views.Week{
		Files:  x.files(x.address().EscapedPath(), with(x.address().Query())),
		Person: x.words.PersonName(read.Person), Facts: x.personFacts(who, read.period), Failures: read.missing,
		Period: x.choiceOfDays(read.period, who.PeriodClosing, mostDays), Action: x.address().EscapedPath(),
	}
	q := x.address().Query()
	for _, name := range slices.Sorted(maps.Keys(q)) {
		if name != periodFrom && name != periodUntil && name != periodWeek && with(url.Values{name: q[name]}) != "" {
			v.Hidden = append(v.Hidden, views.Pair{Name: name, Value: q.Get(name)})
		}
	}
	if this := weekOf(x.words.Today); read.period != this {
		v.Current = x.periodHref(this)
	}
	x.beside(v, read)
	switch why := x.whyNot(c, contract.Create); {
	case why != "":
		v.WhyNot = x.words.T("list.no-new", "why", why)
	default:
		v.Add = x.addClocking(c, read.Person, "", nil)
	}
	days := x.s.register.Judged(read.Days)
	v.Table = x.daysTable(c, read, days, v.After.Href)
	v.Table.Caption = x.daysCaption(v.Person, read.period)
	v.Sums, v.Open = x.sums(read, days)
	if len(read.Totals) > 0 {
		v.Read = x.words.T("week.read", "time", x.s.Now().In(x.s.Config.TimeZone).Format("15:04"))
	}
	return v
}

func (x *exchange) daysCaption(person string, p period) string {
	return x.words.T("week.caption", "person", person,
		"from", x.words.LongDay(p.from.Format(time.DateOnly)), "to", x.words.LongDay(p.to.Format(time.DateOnly)))
}

// daysTable is a line for each day. next is the page of the next person, "" where none is known: a form can go on there.
func (x *exchange) daysTable(c *contract.Collection, read personDays, days []day.Day, next string) views.Days {
	links := x.dayLinks(c, read.Person)
	if edit := links.Edit; edit != nil && x.safe(next) != "" {
		links.Edit = func(id string) string { return edit(id) + "&" + url.Values{inputNext: {next}}.Encode() }
	}
	if add := links.Add; add != nil {
		links.Add = func(date string, minute *int) string {
			drawn := drawnDay(read.Person, date, day.DigestOf(date, read.Clockings))
			return add(date, minute) + "&" + url.Values{inputDrawn: {drawn}}.Encode()
		}
	}
	table := views.Days{
		Frame: tell.FrameOf(days...), Places: links.Edit != nil || links.Add != nil, Delete: links.Delete != nil,
	}
	for _, d := range days {
		weekday, short := x.words.Weekday(d.Date)
		row := views.DayRow{
			Day: x.words.JudgedDay(d, table.Frame, links), Weekday: weekday, Short: short, Locked: d.Closed,
			Link:   dayPath(d.Person, d.Date),
			Totals: x.dayTotals(read, d.Date), Changes: x.changesOn(read, d.Date),
		}
		if left := leftAs(d, read.left); left != nil {
			row.Issues = []views.Issue{x.leftIssue(*left)}
		}
		if len(row.Stretches)+len(row.Issues)+len(row.Notes)+len(row.Totals)+len(row.Changes) == 0 {
			row.Rest = x.words.T("week.rest")
			if read.Unread[attendance.Assignments] != nil {
				row.Rest = x.words.T("week.rest.unplanned")
			}
		}
		if links.Add != nil && !d.Closed {
			row.Add = views.Punch{
				Href: links.Add(d.Date, nil), Unseen: x.words.T("week.add-on", "date", x.words.LongDay(d.Date)),
				Change: x.words.T("day.time-on", "date", x.words.LongDay(d.Date)), Verb: x.words.T("week.add-to"),
			}
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

// dayLinks are where punches lead, as far as this person may change clockings; every form comes back to this page.
func (x *exchange) dayLinks(c *contract.Collection, person string) tell.DayLinks {
	links := tell.DayLinks{}
	back := "?" + url.Values{form.InputReturn: {x.withoutDone()}}.Encode()
	if c.Offers(contract.Read) && x.whyNot(c, contract.Read) == "" {
		links.Show = func(id string) string { return c.ItemURL(id) + back }
	}
	if x.whyNot(c, contract.Replace) == "" {
		links.Edit = func(id string) string { return c.ItemURL(id) + "/edit" + back }
	}
	if x.whyNot(c, contract.Delete) == "" {
		links.Delete = func(id string) string { return c.ItemURL(id) + "/delete" + back }
	}
	if x.whyNot(c, contract.Create) == "" {
		links.Add = func(date string, minute *int) string { return x.addClocking(c, person, date, minute) }
	}
	if changed, ok := strings.CutPrefix(x.doneRecord(), c.URL()+"/"); ok {
		links.New = changed
	}
	return links
}

// withoutDone is the page's own path without what was said about the last request.
func (x *exchange) withoutDone() string {
	u := x.address()
	if path := pathWith(u.EscapedPath(), with(u.Query())); x.safe(path) != "" {
		return path
	}
	return u.EscapedPath()
}

// addClocking leads to the form of a new clocking of a person; date may be "" and minute, of that date, nil.
func (x *exchange) addClocking(c *contract.Collection, person, date string, minute *int) string {
	inputs := url.Values{"person.id": {person}, "kind": {"InOut"}}
	if date != "" {
		inputs.Set("date", date)
	}
	if minute != nil {
		inputs.Set("timeOfDayInMinutes", x.words.Clock(*minute))
	}
	return newLink(c, nil, inputs, x.withoutDone())
}

// daysLink leads to a person's days, and from there back to where this page leads back to.
func (x *exchange) daysLink(who people.Person, p period) views.Link {
	if who.ID == "" {
		return views.Link{}
	}
	c, _ := x.s.Contract.Collection("people")
	q := with(x.address().Query(), periodFrom, p.from.Format(time.DateOnly), periodUntil, p.to.Format(time.DateOnly))
	return views.Link{Text: x.words.PersonName(who.ID), Href: c.ItemURL(who.ID) + "/days?" + q}
}
