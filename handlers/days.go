package handlers

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"protime-admin/internal/change"
	"protime-admin/internal/day"
	"protime-admin/internal/form"
	"protime-admin/internal/people"
	"protime-admin/internal/tell"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// GET /people/76547/days?date.ge=2026-11-16&date.le=2026-11-22: a line for each day of a person.
func (s *Server) days(x *exchange, c *contract.Collection) error {
	params, err := x.params(c, true)
	if err != nil {
		return err
	}
	clockings, known := s.Contract.Collection("clockings")
	number, err := strconv.ParseInt(params[0], 10, 64)
	if err != nil || !known {
		return echo.ErrNotFound
	}
	if why := x.whyNot(clockings, contract.List); why != "" {
		return x.refuse(clockings, contract.List, why)
	}
	p, err := x.askedPeriod(mostDays)
	if err != nil {
		return err
	}
	read, err := x.readDays(number, p)
	if err != nil {
		status, failure := x.listFailure(clockings, err)
		return &pageError{status: status, failure: failure, cause: err}
	}
	v := x.week(clockings, read)
	page := x.page(v.Person + ", " + v.Title)
	page.Banner = x.banner()
	return x.show(http.StatusOK, views.WeekPage(page, v))
}

// week is the page of a person's days.
func (x *exchange) week(c *contract.Collection, read personDays) *views.Week {
	who, _ := x.s.People.Person(read.person)
	v := &views.Week{
		Person: x.words.PersonName(read.person), Facts: x.personFacts(who, read.period), Failures: read.missing,
		Earlier: x.periodHref(read.moved(-1)), Later: x.periodHref(read.moved(+1)), Periods: x.periods(who.PeriodClosing),
	}
	v.Title, v.Range = x.periodTitle(read.period)
	if this := weekOf(x.words.Today); read.period != this {
		v.Current = x.periodHref(this)
	}
	x.beside(v, read)
	switch why := x.whyNot(c, contract.Create); {
	case why != "":
		v.WhyNot = x.words.T("list.no-new", "why", why)
	default:
		v.Add = x.addClocking(c, read.person, "", nil)
	}
	days := x.judged(read, who)
	v.Table = x.daysTable(c, read, days)
	v.Table.Caption = x.daysCaption(v.Person, read.period)
	v.Sums, v.Open = x.sums(read, days)
	if len(read.totals) > 0 {
		v.Read = x.words.T("week.read", "time", x.s.Now().In(x.s.Config.TimeZone).Format("15:04"))
	}
	return v
}

func (x *exchange) daysCaption(person string, p period) string {
	return x.words.T("week.caption", "person", person,
		"from", x.words.LongDay(p.from.Format(time.DateOnly)), "to", x.words.LongDay(p.to.Format(time.DateOnly)))
}

func (x *exchange) daysTable(c *contract.Collection, read personDays, days []day.Day) views.Days {
	links := x.dayLinks(c, read.person)
	if add := links.Add; add != nil {
		links.Add = func(date string, minute *int) string {
			drawn := drawnDay(read.person, date, day.DigestOf(date, read.clockings))
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
			Totals: x.dayTotals(read, d.Date), Changes: x.changesOn(read, d.Date),
		}
		row.Rest = len(row.Stretches)+len(row.Issues)+len(row.Notes)+len(row.Totals)+len(row.Changes) == 0
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

// dayTotals are what Protime calculated of a day.
func (x *exchange) dayTotals(read personDays, date string) []views.Part {
	record, ok := read.totals[date]
	if !ok {
		return nil
	}
	minutes, ok := record.Int("calculatedPresenceDurationInMinutes")
	if !ok {
		return nil
	}
	return []views.Part{{Name: x.words.T("week.calculated"), Value: views.Value{Text: x.words.Length(int(minutes))}}}
}

// changesOn are the changes that were made here to the clockings of a day, newest first.
func (x *exchange) changesOn(read personDays, date string) []views.DayChange {
	on := map[string]bool{}
	for _, c := range read.clockings {
		on[c.ID] = c.Date == date
	}
	var changes []views.DayChange
	for _, r := range read.changes {
		_, id, _ := strings.Cut(x.words.RecordPath(r), "/clockings/")
		told := r.ID == x.request().URL.Query().Get("done") // by the banner
		if r.Collection != "clockings" || r.State != change.Applied || told || !on[id] {
			continue
		}
		if changes = append(changes, views.DayChange{Text: x.words.Sentence(r), Href: "/changes/" + r.ID}); len(changes) == mostTold {
			break
		}
	}
	return changes
}

// mostTold is how many changes are told of one day.
const mostTold = 3

// sums are those of the period, and the weekdays that break a rule.
func (x *exchange) sums(read personDays, days []day.Day) (sums []views.Part, open string) {
	worked, planned, away := 0, 0, 0
	var weekdays []string
	for _, d := range days {
		worked += d.Worked
		for _, a := range d.Absences {
			if a.Counts() && a.Duration != nil {
				away += *a.Duration
			}
		}
		for _, a := range d.Assignments {
			if a.Start != nil && a.End != nil {
				planned += *a.End - *a.Start
				if a.Break != nil {
					planned -= *a.Break
				}
			}
		}
		if len(d.Findings) > 0 {
			weekday, _ := x.words.Weekday(d.Date)
			weekdays = append(weekdays, weekday)
		}
	}
	add := func(label string, minutes int) {
		sums = append(sums, views.Part{Name: label, Value: views.Value{Text: x.words.Length(minutes)}})
	}
	add(x.words.T("week.worked"), worked)
	if away > 0 {
		add(x.words.T("week.away"), away)
	}
	if planned > 0 {
		add(x.words.T("day.planned"), planned)
	}
	for _, total := range x.calculated(read) {
		add(total.label, total.minutes)
	}
	if len(days) > 7 && len(weekdays) > 0 {
		return sums, x.words.N("week.days", len(weekdays))
	}
	return sums, strings.Join(weekdays, ", ")
}

// calculated are the sums of what Protime calculated, by the names of its fields.
func (x *exchange) calculated(read personDays) []calculatedSum {
	c, ok := x.s.Contract.Collection(calculatedTotals)
	if !ok {
		return nil
	}
	var sums []calculatedSum
	for _, name := range []string{"timePresentDurationInMinutes", "calculatedPresenceDurationInMinutes"} {
		f, ok := c.Field(name)
		if !ok {
			continue
		}
		sum, given := calculatedSum{label: x.words.Label(c, f)}, false
		for _, record := range read.totals {
			if minutes, ok := record.Int(name); ok {
				sum.minutes, given = sum.minutes+int(minutes), true
			}
		}
		if given {
			sums = append(sums, sum)
		}
	}
	return sums
}

type calculatedSum struct {
	label   string
	minutes int
}

// personFacts tell people of one name apart: employee number, badge, and the department at the end of a period or today.
func (x *exchange) personFacts(who people.Person, p period) []string {
	facts := []string{who.Number}
	if who.Badge != "" {
		facts = append(facts, x.words.T("week.badge", "badge", who.Badge))
	}
	last := p.to
	if last.After(x.words.Today) {
		last = x.words.Today
	}
	if id, ok := x.s.Departments.Of(who.ID, last.Format(time.DateOnly)); ok {
		if department, ok := x.words.Names.Label("departments", id); ok {
			facts = append(facts, department.Label)
		}
	}
	return slices.DeleteFunc(facts, func(fact string) bool { return fact == "" })
}
