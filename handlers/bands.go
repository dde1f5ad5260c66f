package handlers

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"protime-admin/internal/day"
	"protime-admin/internal/form"
	"protime-admin/internal/listing"
	"protime-admin/internal/people"
	"protime-admin/internal/tell"
	"protime-admin/protime/contract"
	"protime-admin/views"
)

// pageDays is how many days of people one page is meant to have. Where people have few clockings a page goes on with more
// of them, up to grown times as many at once, and ends after mostSlices: a year of nobody's is a call for each person.
const (
	pageDays   = 600
	grown      = 8
	mostSlices = 10
)

// bands draws a list of clockings by day: a band for each date, a row for each person, whatever order the API gives.
// Where the people are known and more than fit a page, a page has some of them for the whole period.
func (s *Server) bands(x *exchange, c *contract.Collection, selected *listing.Selection, l *views.List) error {
	ctx, cancel := context.WithTimeout(x.request().Context(), listTimeout)
	defer cancel()
	b := &bandSource{
		ctx: ctx, x: x, c: c, reader: newDayReader(x, c, selected), selected: selected, end: l.End,
		order: collate.New(language.Make(x.words.Tag), collate.IgnoreCase, collate.Numeric),
	}
	if !b.slice(x.request().URL.Query().Get("page")) {
		return x.to(x.request().URL.Path + "?" + with(x.request().URL.Query(), "page", "", "restarted", "1"))
	}
	b.parts = b.reader.read(ctx, b.ids, b.people)
	<-b.parts[0].ended // at the latest when the time is over
	if b.parts[0].err != nil {
		if err := b.reader.why(b.parts); !errors.Is(err, errTooMany) {
			status, failure := x.listFailure(c, err)
			return &pageError{status: status, failure: failure, cause: err}
		}
	}
	x.sawDone(c, nil, b.parts[0].done)
	l.Bands = b.bands
	l.Places = x.whyNot(c, contract.Replace) == "" || x.whyNot(c, contract.Create) == ""
	l.DeletePlaces = x.whyNot(c, contract.Delete) == ""
	page := x.page(l.Heading)
	page.Banner = x.banner()
	x.c.Response().Header().Set("Content-Type", "text/html; charset=utf-8")
	x.c.Response().WriteHeader(http.StatusOK)
	return views.ListPage(page, l).Render(x.request().Context(), x.c.Response())
}

// bandSource gives the bands of a page while parts of the period are read.
type bandSource struct {
	ctx      context.Context //nolint:containedctx // it lives as long as its page is written
	x        *exchange
	c        *contract.Collection
	reader   *dayReader
	selected *listing.Selection
	end      *views.ListEnd
	order    *collate.Collator

	ids    []string // of the people of this page, nil for everybody
	people int      // how many they are, at least
	last   string   // of them, where there are more
	slices int      // that were chosen
	parts  []*part
	shown  struct{ days, clockings int }
}

// slice chooses the people of a page that goes on after a person, "" for the first page. It returns false for a person
// who is none of them (any more).
func (b *bandSource) slice(after string) bool {
	state := b.x.s.People.State()
	all := b.selected.People
	days := b.selected.Days()
	b.people = len(all)
	if all == nil {
		b.people = state.Count
		known := state.Phase == people.Ready && !state.Partial && b.selected.Lists.String() == ""
		if !known || days == 0 || b.people*days <= pageDays {
			return after == ""
		}
		for p := range b.x.s.People.Everybody() {
			all = append(all, p.ID)
		}
	}
	most := max(1, pageDays*min(1<<b.slices, grown)/max(1, days))
	b.slices++
	b.last = ""
	if len(all) > most || after != "" {
		all = b.sorted(all)
	}
	if after != "" {
		at := slices.Index(all, after)
		if at < 0 {
			return false
		}
		all = all[at+1:]
	}
	if len(all) > most {
		all = all[:most]
		b.last = all[most-1]
	}
	b.ids, b.people = all, len(all)
	return true
}

// sorted are people by name, then by id.
func (b *bandSource) sorted(ids []string) []string {
	var buffer collate.Buffer
	keys := make(map[string][]byte, len(ids))
	for _, id := range ids {
		keys[id] = b.order.KeyFromString(&buffer, b.x.words.PersonName(id))
	}
	sorted := slices.Clone(ids)
	slices.SortFunc(sorted, func(a, c string) int {
		if order := strings.Compare(string(keys[a]), string(keys[c])); order != 0 {
			return order
		}
		return strings.Compare(a, c)
	})
	return sorted
}

// bands yields the people of the page, and those after them while the page has few rows.
func (b *bandSource) bands(yield func(views.DayBand) bool) {
	for {
		if !b.dates(yield) {
			return
		}
		if b.last == "" || b.shown.days >= fullPage || b.slices == mostSlices {
			break
		}
		b.slice(b.last)
		b.parts = b.reader.read(b.ctx, b.ids, b.people)
	}
	b.ended(b.last)
}

// dates yields each date when it and its neighbours were read, and a failure where the reading ended too early. It returns
// false after one, and when nobody wants more.
func (b *bandSource) dates(yield func(views.DayBand) bool) bool {
	k := calendar{selected: b.selected, next: b.selected.From, days: map[string]map[string][]day.Clocking{}}
	for i, p := range b.parts {
		<-p.ended
		if p.err != nil {
			yield(views.DayBand{Failure: b.failure(b.reader.why(b.parts))})
			b.ended("")
			return false
		}
		k.add(p.read)
		complete := ""
		if i < len(b.parts)-1 {
			complete = p.to
		}
		for _, people := range k.until(complete) {
			if !yield(b.band(people)) {
				return false
			}
		}
	}
	return true
}

// failure says that the bands are not complete. What is too much for one page can be looked at without days.
func (b *bandSource) failure(err error) *views.Failure {
	x := b.x
	rows := rowSource{x: x, c: b.c}
	if !errors.Is(err, errTooMany) {
		return rows.failure(err)
	}
	u := x.request().URL
	return &views.Failure{
		Title: x.words.T("list.too-many"), Text: x.words.T("list.too-many") + " " + x.words.T("list.too-many.text"),
		Links: []views.Link{{Text: x.words.T("list.flat"), Href: u.EscapedPath() + "?" + with(u.Query(), "view", "flat", "page", "")}},
	}
}

func (b *bandSource) ended(next string) {
	rows := rowSource{x: b.x, c: b.c, end: b.end}
	rows.ended(b.shown.days, next)
	if next != "" { // the people after them were not looked at
		b.end.Empty, b.end.Advice = false, ""
	}
	if !b.end.Empty {
		b.end.Count = b.x.words.N("list.days", b.shown.days) + ", " + b.x.words.N("list.clockings", b.shown.clockings)
	}
}

// band is one date with a row for each of its people.
func (b *bandSource) band(found []bandDay) views.DayBand {
	x := b.x
	date := found[0].date
	ids := make([]string, len(found))
	byID := make(map[string]bandDay, len(found))
	for i, d := range found {
		ids[i] = d.person
		byID[d.person] = d
	}
	band := views.DayBand{Heading: x.words.LongDay(date)}
	clockings, worked, marked := 0, 0, 0
	for _, id := range b.sorted(ids) {
		judged := b.judge(byID[id])
		row := b.row(byID[id], judged)
		for _, c := range byID[id].clockings {
			if c.Date == date {
				clockings++
			}
		}
		worked += judged.Worked
		if len(judged.Findings) > 0 {
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

func (b *bandSource) row(d bandDay, judged day.Day) views.BandRow {
	x := b.x
	links := tell.DayLinks{
		Show: b.pagePath, New: b.reader.done,
		Add: func(date string, _ *int) string { return b.newPath(date, judged.Person, d.clockings...) },
	}
	if x.whyNot(b.c, contract.Replace) == "" {
		links.Edit = b.editPath
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
		row.New = b.newPath(judged.Date, judged.Person, d.clockings...)
	}
	row.Day.Stretches = append(b.nights(d, row), row.Day.Stretches...)
	for _, stretch := range row.Day.Stretches {
		row.Marked = row.Marked || slices.ContainsFunc(stretch.Punches, func(p views.Punch) bool { return p.ID != "" && p.ID == b.reader.done })
	}
	return row
}

// nights are the clockings of a date that are not drawn with it: they end a stretch of the day before.
func (b *bandSource) nights(d bandDay, row views.BandRow) []views.Stretch {
	path := b.pagePath
	if !row.Locked && b.x.whyNot(b.c, contract.Replace) == "" {
		path = b.editPath
	}
	var nights []views.Stretch
	for _, c := range d.clockings {
		elsewhere := c.Date == d.date && !slices.ContainsFunc(row.Day.Stretches, func(s views.Stretch) bool {
			return slices.ContainsFunc(s.Punches, func(p views.Punch) bool { return p.ID == c.ID })
		})
		if !elsewhere {
			continue
		}
		punch := views.Punch{
			Text: b.x.words.Clock(c.Minute), Icon: "out", Href: path(c.ID), Was: b.x.words.T("list.night"),
			Unseen: b.x.words.T("day.out"),
		}
		if d.date == b.selected.From {
			punch.ID = c.ID // the day before, which has it, is not on the page
		}
		nights = append(nights, views.Stretch{Punches: []views.Punch{punch}})
	}
	return nights
}

func (b *bandSource) pagePath(id string) string { return b.c.ItemURL(id) + b.x.backQuery() }

func (b *bandSource) editPath(id string) string {
	return b.c.ItemURL(id) + "/edit?" + url.Values{form.InputReturn: {b.x.here()}}.Encode()
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

// judge applies the rules to a person's date. Absences and assignments are not read for a list.
func (b *bandSource) judge(d bandDay) day.Day {
	s := b.x.s
	now := s.Now().In(s.Config.TimeZone)
	facts := day.Facts{
		Person: d.person, Date: d.date, Clockings: d.clockings,
		Today: b.x.words.Today.Format(time.DateOnly), Now: now.Hour()*60 + now.Minute(),
	}
	if p, ok := s.People.Person(d.person); ok {
		facts.InService, facts.OutOfService, facts.ClosedUntil = p.InService, p.OutOfService, p.PeriodClosing
	}
	return s.dayRules().Judge(facts)
}

// recordID is the id at the end of a record's path.
func recordID(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// bandDay is what was read of one person for one date of the list: its own clockings and those of its neighbours.
type bandDay struct {
	person, date string
	clockings    []day.Clocking
}

// calendar holds clockings by date and person until their days are complete.
type calendar struct {
	selected *listing.Selection
	next     string // the first date that was not given yet
	days     map[string]map[string][]day.Clocking
}

func (k *calendar) add(read []day.Clocking) {
	for _, c := range read {
		people := k.days[c.Date]
		if people == nil {
			people = map[string][]day.Clocking{}
			k.days[c.Date] = people
		}
		// A list that moves between two pages gives a clocking twice.
		if !slices.ContainsFunc(people[c.Person], func(other day.Clocking) bool { return other.ID == c.ID }) {
			people[c.Person] = append(people[c.Person], c)
		}
	}
}

// until gives the dates of the list before a date, all that are left for "", each with its people in no order.
func (k *calendar) until(end string) [][]bandDay {
	var given [][]bandDay
	for _, date := range slices.Sorted(maps.Keys(k.days)) {
		if date < k.next || end != "" && date >= end || k.selected.To != "" && date > k.selected.To {
			continue
		}
		if people := k.people(date); len(people) > 0 {
			given = append(given, people)
		}
	}
	k.next = max(k.next, end)
	before := shifted(end, -1)
	maps.DeleteFunc(k.days, func(date string, _ map[string][]day.Clocking) bool { return date < before })
	return given
}

// people are those of a date that the list shows.
func (k *calendar) people(date string) []bandDay {
	var all []bandDay
	for person, own := range k.days[date] {
		shown := slices.ContainsFunc(own, func(c day.Clocking) bool { return !c.Deleted || k.selected.Deleted })
		if !shown || !k.selected.HoldsPerson(person, date) {
			continue
		}
		d := bandDay{person: person, date: date}
		for _, near := range []string{shifted(date, -1), date, shifted(date, 1)} {
			for _, c := range k.days[near][person] {
				if !c.Deleted || k.selected.Deleted {
					d.clockings = append(d.clockings, c)
				}
			}
		}
		all = append(all, d)
	}
	return all
}
