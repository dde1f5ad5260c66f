package handlers

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"protime-admin/internal/attendance"
	"protime-admin/internal/change"
	"protime-admin/internal/day"
	"protime-admin/internal/listing"
	"protime-admin/internal/people"
	"protime-admin/protime"
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

// isByDay reports whether the records of a collection are clockings: of a person, on a date, at a time, and of kinds that
// take turns.
func isByDay(c *contract.Collection) bool {
	person, _ := c.Field("person")
	_, date := c.Field("date")
	_, time := c.Field("timeOfDayInMinutes")
	kind, _ := c.Field("kind")
	return person.Ref == "people" && date && time && slices.Contains(kind.Enum, "InOut")
}

// bands draws a list of clockings by day: a band for each date, a row for each person, whatever order the API gives.
// Where the people are known and more than fit a page, a page has some of them for the whole period.
func (s *Server) bands(x *exchange, c *contract.Collection, selected *listing.Selection, l *views.List) error {
	ctx, cancel := context.WithTimeout(x.request().Context(), listTimeout)
	defer cancel()
	b := &bandSource{
		ctx: ctx, x: x, c: c, selected: selected, end: l.End,
		order: collate.New(language.Make(x.words.Tag), collate.IgnoreCase, collate.Numeric), judge: x.s.register.Judge(),
		left: x.leftDays(selected.From, selected.To),
		days: attendance.ByDay{
			Register: x.s.register, Path: c.URL(), From: selected.From, To: selected.To, Deleted: selected.Deleted,
			Holds: selected.HoldsPerson,
		},
	}
	if path := x.doneRecord(); path != "" && path == c.ItemURL(recordID(path)) {
		b.days.Keep = recordID(path)
	}
	if !b.slice(x.request().URL.Query().Get("page")) {
		return x.to(x.request().URL.Path + "?" + with(x.request().URL.Query(), "page", "", "restarted", "1"))
	}
	b.read()
	kept, err := b.days.First()
	if err != nil && !errors.Is(err, attendance.ErrTooMany) {
		status, failure := x.listFailure(c, err)
		return &pageError{status: status, failure: failure, cause: err}
	}
	x.sawDone(c, nil, kept)
	l.Bands = b.bands
	l.Places = x.whyNot(c, contract.Replace) == "" || x.whyNot(c, contract.Create) == ""
	l.DeletePlaces = x.whyNot(c, contract.Delete) == ""
	l.Ticks = x.ticks(c, true)
	b.every = l.Ticks != nil && x.safe(x.path()) != ""
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
	selected *listing.Selection
	end      *views.ListEnd
	order    *collate.Collator
	judge    attendance.Judge
	left     []change.Acknowledgement // days of the period
	days     attendance.ByDay

	every  bool     // every row of the filter can be ticked at once
	ids    []string // of the people of this page, nil for everybody
	people int      // how many they are, at least
	last   string   // of them, where there are more
	slices int      // that were chosen
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
		b.read()
	}
	b.ended(b.last)
}

// read starts to read the clockings of the people of the page, with the days beside the period if the API takes them.
func (b *bandSource) read() {
	var date, person contract.Filter
	for _, f := range b.c.Filters {
		switch {
		case f.Name == b.selected.Period:
			date = f
		case f.Ref == "people":
			person = f
		}
	}
	from, to := day.Shift(b.selected.From, -1), day.Shift(b.selected.To, 1)
	if date.TooWide(from, to) {
		from, to = b.selected.From, b.selected.To
	}
	ids := b.ids
	b.days.Begin(b.ctx, from, to, b.people, func(from, to string) protime.Filter {
		conditions := []protime.Filter{protime.Condition(date, "ge", from)}
		if to != "" {
			conditions = append(conditions, protime.Condition(date, "le", to))
		}
		if ids != nil {
			conditions = append(conditions, protime.Condition(person, "in", ids...))
		}
		return protime.And(append(conditions, b.selected.Lists)...)
	})
}

// dates yields the band of each date, and a failure where the reading ended too early. It returns false after one, and
// when nobody wants more.
func (b *bandSource) dates(yield func(views.DayBand) bool) bool {
	for people, err := range b.days.Days() {
		if err != nil {
			yield(views.DayBand{Failure: b.failure(err)})
			b.ended("")
			return false
		}
		if !yield(b.band(people)) {
			return false
		}
	}
	return true
}

// failure says that the bands are not complete. What is too much for one page can be looked at without days.
func (b *bandSource) failure(err error) *views.Failure {
	x := b.x
	rows := rowSource{x: x, c: b.c}
	if !errors.Is(err, attendance.ErrTooMany) {
		return rows.failure(err)
	}
	u := x.request().URL
	return &views.Failure{
		Title: x.words.T("list.too-many"), Text: x.words.T("list.too-many") + " " + x.words.T("list.too-many.text"),
		Links: []views.Link{{Text: x.words.T("list.flat"), Href: u.EscapedPath() + "?" + with(u.Query(), "view", "flat", "page", "")}},
	}
}

func (b *bandSource) ended(next string) {
	rows := rowSource{x: b.x, c: b.c, end: b.end, every: b.every}
	rows.ended(b.shown.days, next)
	if next != "" { // the people after them were not looked at
		b.end.Empty, b.end.Advice = false, ""
	}
	if !b.end.Empty {
		b.end.Count = b.x.words.N("list.count", b.shown.days) + ", " + b.x.words.N("list.clockings", b.shown.clockings)
	}
}
